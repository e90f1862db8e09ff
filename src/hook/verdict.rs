//! What becomes of a push.

use super::doors::Doors;
use super::{Case, Ended, Fallback};
use crate::model::Finding;
use std::collections::BTreeSet;

/// The push option that lets a push in all the same.
const OPTION: &str = "keytrail.bypass";

/// Most characters of a reason.
pub(super) const MAX_REASON: usize = 500;

/// Whether the push is let in, and how that came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Let in: there is nothing to say.
    Accept,
    /// Let in: it brings credentials whose severity does not block.
    Warn,
    /// Let in, although not all of it was scanned.
    Unscanned,
    /// Let in for the reason that the pusher gave.
    Bypass,
    /// Refused: for what it brings, or because not all of it was scanned.
    Refuse,
}

/// Why not all of a push was scanned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unscanned {
    /// The time was over.
    Timeout,
    /// The hook failed, in words.
    Error(String),
    /// Something could not be read: the ledger names it.
    Gaps,
}

/// What is to be said of a bypass. It lets in everything there is against a push, a deadline and an error included: it is
/// the way out when nothing else helps, and it is written down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bypass {
    /// The push is let in without it.
    Unneeded,
    /// None was asked for, and none would be granted.
    Off,
    /// None was asked for, and one would be granted.
    Possible,
    /// Asked for with this reason, and not granted: at least one of the refs has none.
    Denied(String),
    /// Asked for without a reason.
    NoReason,
    /// Asked for with a reason that is too long, which begins like this.
    TooLong(String),
    /// Granted for this reason.
    Granted(String),
    /// Not granted, since it cannot be written down.
    NotLogged(String),
}

/// A verdict, and what it rests on.
#[derive(Debug, Clone)]
pub struct Verdict<'a> {
    /// What becomes of the push.
    pub decision: Decision,
    /// Findings that speak against it, in the report's order.
    pub blocking: Vec<&'a Finding>,
    /// Findings whose severity does not block at any of the refs they come in through.
    pub noted: Vec<&'a Finding>,
    /// Why not all was scanned, if so.
    pub unscanned: Option<Unscanned>,
    /// Whether it may be, or was, let in all the same.
    pub bypass: Bypass,
    /// Whom the pusher may ask.
    pub contact: Option<String>,
    /// Whether there was an event to write down, and it could not be.
    pub log_failed: bool,
}

impl Verdict<'_> {
    /// Whether git is to be told no.
    pub fn refuses(&self) -> bool {
        self.decision == Decision::Refuse
    }

    /// The verdict when its event could not be written down: what passes only because it is written down is refused, and
    /// for the rest that is an error like others. What is refused stays so.
    #[must_use]
    pub fn unlogged(mut self, on_error: Fallback) -> Self {
        self.log_failed = true;
        if let Bypass::Granted(reason) = self.bypass {
            self.bypass = Bypass::NotLogged(reason);
            self.decision = Decision::Refuse;
        } else if on_error == Fallback::Reject && self.decision != Decision::Accept {
            self.decision = Decision::Refuse;
        }
        self
    }
}

impl<'a> Case<'a> {
    /// Judges the push.
    ///
    /// A finding is let in only if its severity blocks at none of the refs it comes in through, whatever the scan's end. A
    /// scan that ended early, or that left gaps, is decided by the settings.
    pub fn judge(&self) -> Verdict<'a> {
        let doors = Doors::new(*self);
        let (mut blocking, mut noted, mut concerned) = (Vec::new(), Vec::new(), BTreeSet::new());
        for finding in &self.push.report.findings {
            let through = doors.of(finding);
            if doors.get(&through).any(|door| door.block.contains(&finding.severity)) {
                concerned.extend(through);
                blocking.push(finding);
            } else if !through.is_empty() {
                noted.push(finding);
            }
        }
        let unscanned = self.unscanned();
        let fallback = match unscanned {
            Some(Unscanned::Timeout) => self.effective.on_timeout,
            Some(_) => self.effective.on_error,
            None => Fallback::Accept,
        };
        if fallback == Fallback::Reject || concerned.is_empty() {
            concerned = doors.all();
        }
        let refused = !blocking.is_empty() || fallback == Fallback::Reject;
        // Where no ref is known, none of them can have a bypass.
        let mut concerned = doors.get(&concerned);
        let allowed = concerned.clone().next().is_some() && concerned.clone().all(|door| door.bypass);
        let bypass = if refused { Bypass::new(&self.pusher.options, allowed) } else { Bypass::Unneeded };
        let decision = match (refused, &bypass) {
            (true, Bypass::Granted(_)) => Decision::Bypass,
            (true, _) => Decision::Refuse,
            (false, _) if unscanned.is_some() => Decision::Unscanned,
            (false, _) if !noted.is_empty() => Decision::Warn,
            (false, _) => Decision::Accept,
        };
        let contact = concerned.find_map(|door| door.contact.clone()).or_else(|| self.effective.for_ref("").contact);
        Verdict { decision, blocking, noted, unscanned, bypass, contact, log_failed: false }
    }

    fn unscanned(&self) -> Option<Unscanned> {
        match self.ended {
            Ended::TimedOut => Some(Unscanned::Timeout),
            Ended::Failed(words) => Some(Unscanned::Error(words.clone())),
            Ended::Finished => (!self.push.report.coverage.is_complete()).then_some(Unscanned::Gaps),
        }
    }
}

impl Bypass {
    /// What `options` ask for: of several reasons the last counts, as with git's own settings.
    fn new(options: &[String], allowed: bool) -> Self {
        let asked = |option: &String| {
            let rest = option.strip_prefix(OPTION)?;
            if rest.is_empty() {
                Some(String::new())
            } else {
                rest.strip_prefix('=').map(|reason| reason.trim().to_owned())
            }
        };
        let Some(reason) = options.iter().rev().find_map(asked) else {
            return if allowed { Self::Possible } else { Self::Off };
        };
        let is_long = reason.chars().nth(MAX_REASON).is_some();
        let kept: String = reason.chars().take(MAX_REASON).collect();
        match (allowed, reason.is_empty(), is_long) {
            (false, ..) => Self::Denied(kept),
            (_, true, _) => Self::NoReason,
            (_, _, true) => Self::TooLong(kept),
            _ => Self::Granted(kept),
        }
    }

    /// The reason that was given, whatever became of it.
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::Denied(reason) | Self::TooLong(reason) | Self::Granted(reason) | Self::NotLogged(reason) => {
                Some(reason)
            }
            Self::Unneeded | Self::Off | Self::Possible | Self::NoReason => None,
        }
    }
}
