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
            // Whoever pushes so many keys that nobody can list them in time is not let in for that.
            Some(_) if self.suspects > 0 => Fallback::Reject,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hook::sample::{Scene, lone, pair};
    use crate::model::Place;

    const MAIN: &str = "refs/heads/main";
    const BYPASS: &str = "audit-log = '/log'\nbypass = true\n";

    /// A push to main, and to a branch besides.
    fn scene(settings: &str) -> Scene {
        let scene = Scene::new(settings).update(MAIN, 1, 2).update("refs/heads/x", 0, 3);
        scene.brings(2, &[MAIN]).brings(3, &["refs/heads/x"]).brings(4, &[MAIN, "refs/heads/x"])
    }

    fn decision(scene: &Scene) -> Decision {
        scene.case().judge().decision
    }

    #[test]
    fn who_pushes_more_keys_than_can_be_listed_in_time_is_not_let_in_for_that() {
        let scene = scene("on-timeout = 'accept'\n").ended(Ended::TimedOut);
        assert_eq!(scene.case().judge().decision, Decision::Unscanned);
        let case = Case { suspects: 10_000, ..scene.case() };
        assert_eq!(case.judge().decision, Decision::Refuse);
        let mut words = Vec::new();
        crate::hook::message::write(&case, &case.judge(), &case.mask().unwrap(), &mut words).unwrap();
        let words = String::from_utf8(words).unwrap();
        assert!(words.contains("10000 values look like credentials"), "{words}");
    }

    #[test]
    fn every_end_of_a_scan_has_its_verdict() {
        use Decision::{Accept, Bypass, Refuse, Unscanned, Warn};
        let accept = "on-timeout = 'accept'\non-error = 'accept'\n";
        let ends = || [Ended::Finished, Ended::TimedOut, Ended::Failed("x".into())];
        // Per end: with nothing found, with what does not block, with what does.
        let table = [
            ("block = ['critical']\n".to_owned(), "", [[Accept, Warn, Refuse], [Refuse; 3], [Refuse; 3]]),
            (
                format!("block = ['critical']\n{accept}"),
                "",
                [[Accept, Warn, Refuse], [Unscanned, Unscanned, Refuse], [Unscanned, Unscanned, Refuse]],
            ),
            (
                format!("block = ['critical']\n{BYPASS}"),
                "keytrail.bypass=because",
                [[Accept, Warn, Bypass], [Bypass; 3], [Bypass; 3]],
            ),
            (
                "block = ['critical']\n".to_owned(),
                "keytrail.bypass=because",
                [[Accept, Warn, Refuse], [Refuse; 3], [Refuse; 3]],
            ),
        ];
        for (settings, option, wanted) in table {
            for (ended, wanted) in ends().into_iter().zip(wanted) {
                let base = || scene(&settings).ended(ended.clone()).option(option);
                let scenes = [
                    base(),
                    base().finding(lone(1, Place::File(b"a".into()), &[2])),
                    base().finding(pair(1, "a", &[2])),
                ];
                assert_eq!(scenes.each_ref().map(decision), wanted, "{settings} {option} {ended:?}");
            }
        }
    }

    #[test]
    fn a_gap_is_an_error() {
        assert_eq!(decision(&scene("on-timeout = 'accept'").gap("a", "b")), Decision::Refuse);
        let open = scene("on-error = 'accept'").gap("a", "b");
        assert_eq!(open.case().judge().unscanned, Some(Unscanned::Gaps));
        assert_eq!(decision(&open), Decision::Unscanned);
    }

    #[test]
    fn the_strictest_ref_that_a_finding_comes_in_through_decides() {
        let settings = "block = []\n[[override]]\nrefs = ['refs/heads/main']\nblock = ['critical']\n";
        for (commits, wanted) in [
            (&[3][..], Decision::Warn),
            (&[2], Decision::Refuse),
            (&[4], Decision::Refuse),
            (&[3, 2], Decision::Refuse),
            // Brought in by nothing that is known, or by what is no part of the push: all refs count.
            (&[], Decision::Refuse),
            (&[9], Decision::Refuse),
        ] {
            assert_eq!(decision(&scene(settings).finding(pair(1, "a", commits))), wanted, "{commits:?}");
        }
        // Each component counts: the secret's commit is on main.
        let mut finding = pair(1, "a", &[3]);
        finding.components[1].trace.introductions = pair(1, "a", &[2]).trace.introductions;
        assert_eq!(decision(&scene(settings).finding(finding)), Decision::Refuse);
        for (name, wanted) in [("refs/heads/x", Decision::Warn), (MAIN, Decision::Refuse)] {
            let mut finding = lone(1, Place::RefName(name.as_bytes().into()), &[]);
            finding.severity = crate::model::Severity::Critical;
            assert_eq!(decision(&scene(settings).finding(finding)), wanted, "{name}");
        }
    }

    #[test]
    fn what_comes_in_only_through_refs_that_are_not_watched_does_not_count() {
        let settings = "[[override]]\nrefs = ['refs/heads/x']\nenabled = false\n";
        assert_eq!(decision(&scene(settings).finding(pair(1, "a", &[3]))), Decision::Accept);
        assert_eq!(decision(&scene(settings).finding(pair(1, "a", &[4]))), Decision::Refuse);
        assert_eq!(decision(&scene(settings).finding(pair(1, "a", &[]))), Decision::Refuse);
    }

    #[test]
    fn a_bypass_must_be_on_for_each_ref_concerned_and_have_a_reason() {
        let long = "x".repeat(MAX_REASON);
        let only_x = format!("{BYPASS}[[override]]\nrefs = ['refs/heads/main']\nbypass = false\n");
        let of = |settings: &str, commit: u8, options: &[&str]| {
            let scene = scene(settings).finding(pair(1, "a", &[commit]));
            options.iter().fold(scene, |scene, option| scene.option(option)).case().judge().bypass
        };
        for (options, wanted) in [
            (&[][..], Bypass::Possible),
            (&["ci.skip", "keytrail.bypassed=x", "KEYTRAIL.BYPASS=x"], Bypass::Possible),
            (&["keytrail.bypass"], Bypass::NoReason),
            (&["keytrail.bypass="], Bypass::NoReason),
            (&["keytrail.bypass= \n\t"], Bypass::NoReason),
            (&["keytrail.bypass=a", "keytrail.bypass=b=c "], Bypass::Granted("b=c".into())),
            (&["keytrail.bypass=a", "keytrail.bypass="], Bypass::NoReason),
            (&[&format!("keytrail.bypass={long}")], Bypass::Granted(long.clone())),
            (&[&format!("keytrail.bypass={long}é")], Bypass::TooLong(long.clone())),
        ] {
            assert_eq!(of(BYPASS, 2, options), wanted, "{options:?}");
            assert_eq!(of(&only_x, 3, options), wanted, "{options:?}");
            let off = match &wanted {
                Bypass::Possible => Bypass::Off,
                asked => Bypass::Denied(asked.reason().unwrap_or_default().to_owned()),
            };
            for commit in [2, 4, 9] {
                assert_eq!(of(&only_x, commit, options), off, "{options:?} {commit}");
            }
        }
        let timed_out = scene(&only_x).option("keytrail.bypass=a").finding(pair(1, "a", &[3])).ended(Ended::TimedOut);
        assert_eq!(decision(&timed_out), Decision::Refuse, "what was not scanned may come in through main");
        let unknown = Scene::new(BYPASS).option("keytrail.bypass=a").ended(Ended::Failed("x".into()));
        assert_eq!(decision(&unknown), Decision::Refuse, "no ref is known");
    }

    #[test]
    fn what_cannot_be_written_down_does_not_pass() {
        let fate = |scene: &Scene, on_error| {
            let verdict = scene.case().judge().unlogged(on_error);
            assert!(verdict.log_failed);
            verdict.decision
        };
        let bypassed = scene(BYPASS).option("keytrail.bypass=a").finding(pair(1, "a", &[2]));
        let warned = scene("block = []").finding(pair(1, "a", &[2]));
        for (on_error, of_warning) in [(Fallback::Reject, Decision::Refuse), (Fallback::Accept, Decision::Warn)] {
            assert_eq!(fate(&bypassed, on_error), Decision::Refuse);
            assert_eq!(fate(&scene("").finding(pair(1, "a", &[2])), on_error), Decision::Refuse);
            assert_eq!(fate(&warned, on_error), of_warning);
        }
        assert_eq!(bypassed.case().judge().unlogged(Fallback::Accept).bypass, Bypass::NotLogged("a".into()));
    }

    #[test]
    fn the_contact_is_that_of_a_ref_concerned() {
        let settings = "contact = 'all'\n[[override]]\nrefs = ['refs/heads/x']\ncontact = 'x'\n\
             [[override]]\nrepositories = ['other']\ncontact = 'other'\n";
        let contact = |scene: Scene| scene.case().judge().contact.unwrap();
        assert_eq!(contact(scene(settings).finding(pair(1, "a", &[3]))), "x");
        assert_eq!(contact(scene(settings).finding(pair(1, "a", &[2]))), "all");
        assert_eq!(contact(Scene::new(settings).to("other").ended(Ended::TimedOut)), "other");
    }
}
