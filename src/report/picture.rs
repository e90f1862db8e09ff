//! What the morning picture is painted from: one scan, or what an audit's store knows of a whole organisation.
//!
//! Plain values, all of them redacted: whoever makes a [`Picture`] has masked its texts (see [`super::Mask`]); the writers
//! see to escapes, to what cannot be seen, and to lengths.

mod scan;

use crate::model::{Confidence, Gap, Lifetime, Severity, Tally};
use jiff::Timestamp;
use std::cmp::Reverse;

/// Seconds of a day.
const DAY: i64 = 86_400;

/// Everything that one page or table tells.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Picture {
    /// What was looked at: a repository's name, an organisation's.
    pub title: String,
    /// When it was made. Keys that nobody has revoked are exposed until then.
    pub made_at: Timestamp,
    /// When the run before was: what is new is new since then. `None` where nothing remembers an earlier one.
    pub since: Option<Timestamp>,
    /// All that were asked for, read or not.
    pub repositories: Vec<PictureRepository>,
    /// All that are shown, in any order.
    pub findings: Vec<PictureFinding>,
    /// The last runs, latest first; empty for one scan.
    pub runs: Vec<PictureRun>,
    /// What else the reader should know, a sentence each.
    pub notes: Vec<String>,
}

impl Picture {
    /// The findings in the order that they are read in: new and open ones first, worst first, longest exposed first.
    pub fn sorted(&self) -> Vec<&PictureFinding> {
        let mut sorted: Vec<&PictureFinding> = self.findings.iter().collect();
        sorted.sort_by_cached_key(|finding| {
            let since = finding.exposed_from.unwrap_or(Timestamp::MAX);
            let place = (finding.repository.clone(), finding.place.clone(), finding.fingerprint.clone());
            (!finding.state.counts(), Reverse(finding.severity), finding.state, since, place)
        });
        sorted
    }

    /// Those that somebody has to do something about.
    pub fn open(&self) -> impl Iterator<Item = &PictureFinding> {
        self.findings.iter().filter(|finding| finding.state.counts())
    }
}

/// What became of a repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// It could not be opened, fetched or scanned to an end.
    Failed,
    /// The run ended before its turn came.
    NotReached,
    /// Scanned, but something of it could not be read.
    Partly,
    /// Scanned whole.
    Whole,
    /// Nothing in it has changed since it was scanned whole.
    Unchanged,
}

impl Outcome {
    /// Whether everything in the repository was read.
    pub fn is_covered(self) -> bool {
        matches!(self, Self::Whole | Self::Unchanged)
    }

    /// The words used in outputs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::NotReached => "not reached",
            Self::Partly => "partly read",
            Self::Whole => "read whole",
            Self::Unchanged => "unchanged",
        }
    }
}

/// A repository and how far it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PictureRepository {
    /// As findings name it.
    pub name: String,
    /// Where a person can look at it. Only `https:` and `http:` addresses become links.
    pub url: Option<String>,
    /// What became of it.
    pub outcome: Outcome,
    /// Why it failed or was not reached.
    pub reason: Option<String>,
    /// What of it was not read.
    pub gaps: Vec<Gap>,
    /// Objects and texts, seen and read; `None` where nobody has counted.
    pub read: Option<Tally>,
    /// Objects of these that were not read again, since an earlier scan read them and found nothing in them.
    pub known: u64,
}

/// How a finding stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// Found for the first time in the last run.
    New,
    /// Known, and nobody has done anything about it.
    Open,
    /// Somebody has decided to live with it, for a time.
    Accepted,
    /// The scan was told not to count it.
    Suppressed,
    /// Somebody has said that it is no credential.
    FalsePositive,
    /// It is no longer found.
    Fixed,
    /// The credential no longer works.
    Revoked,
}

impl State {
    /// All of them, in the order of the page.
    pub const ALL: [Self; 7] =
        [Self::New, Self::Open, Self::Accepted, Self::Suppressed, Self::FalsePositive, Self::Fixed, Self::Revoked];

    /// Whether there is something to do.
    pub fn counts(self) -> bool {
        matches!(self, Self::New | Self::Open)
    }

    /// The words used in outputs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Open => "open",
            Self::Accepted => "accepted",
            Self::Suppressed => "suppressed",
            Self::FalsePositive => "false positive",
            Self::Fixed => "fixed",
            Self::Revoked => "revoked",
        }
    }
}

/// A value of a credential, redacted, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PictureValue {
    /// What it is, as a word: see [`crate::model::ComponentKind::as_str`].
    pub kind: String,
    /// What is shown of it.
    pub shown: String,
    /// `path:line:column`, and what it is wrapped in.
    pub place: String,
}

/// A commit that brought a value in or took it out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PictureCommit {
    /// Its id, whole.
    pub id: String,
    /// The author's name.
    pub author: String,
    /// The author's e-mail address.
    pub email: String,
    /// The author date, RFC 3339 with the author's own offset.
    pub date: String,
}

/// One credential in one repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PictureFinding {
    /// Its name from one scan to the next.
    pub fingerprint: String,
    /// The rule.
    pub rule: String,
    /// What it is in a few words.
    pub title: String,
    /// What the owner does next, in one line.
    pub advice: String,
    /// How bad.
    pub severity: Severity,
    /// How sure.
    pub confidence: Confidence,
    /// How it stands.
    pub state: State,
    /// What somebody has said of that: a reason, a date until which it holds.
    pub note: String,
    /// The account, where the values tell.
    pub account: Option<String>,
    /// Long-lived or temporary, where the values tell.
    pub lifetime: Option<Lifetime>,
    /// When it stops working by itself, RFC 3339, where it says so.
    pub expires: Option<String>,
    /// The repository's name, as in [`PictureRepository::name`].
    pub repository: String,
    /// What stands for the finding: `path:line`, or what else holds it.
    pub place: String,
    /// All of its values, the most telling place of each.
    pub values: Vec<PictureValue>,
    /// Other paths that held it.
    pub also_at: Vec<String>,
    /// The commit that brought it in first.
    pub introduced: Option<PictureCommit>,
    /// The commit that took it out for good.
    pub removed: Option<PictureCommit>,
    /// Names of refs whose tip holds it.
    pub still_in: Vec<String>,
    /// Where it is now, in a few words.
    pub now: String,
    /// When a run found it first and last; `None` for one scan.
    pub seen: Option<(Timestamp, Timestamp)>,
    /// Since when it could be read, as commits tell.
    pub exposed_from: Option<Timestamp>,
    /// When it stopped to work or was found revoked; `None` while it works, for all that is known. Taking it out of a branch
    /// ends nothing: history keeps it.
    pub exposed_to: Option<Timestamp>,
    /// Whether it works, if somebody asked.
    pub verified: Option<PictureVerdict>,
}

/// What was found out about a credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PictureVerdict {
    /// How it stands and whose it is.
    pub headline: String,
    /// When that was asked, RFC 3339.
    pub at: Option<String>,
    /// What else is known: a label, and what it says.
    pub facts: Vec<(String, String)>,
    /// The blast radius: how bad, where it stands, what it allows.
    pub risks: Vec<[String; 3]>,
    /// Ways into the account besides.
    pub open_roles: Vec<[String; 3]>,
}

impl PictureFinding {
    /// Whole days from the first exposure to its end or to `now`; never less than none, whatever commits claim.
    pub fn exposed_days(&self, now: Timestamp) -> Option<i64> {
        let from = self.exposed_from?.as_second();
        Some((self.exposed_to.unwrap_or(now).as_second() - from).max(0) / DAY)
    }
}

/// One run of an audit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PictureRun {
    /// What was audited, and which part of it.
    pub source: String,
    /// When it began.
    pub began: Timestamp,
    /// When it ended; `None` if it did not, or has not yet.
    pub ended: Option<Timestamp>,
    /// Repositories that the source listed.
    pub listed: u64,
    /// Of these: scanned.
    pub scanned: u64,
    /// Of these: not changed since they were scanned.
    pub unchanged: u64,
    /// Of these: failed, or read in part only.
    pub failed: u64,
    /// Of these: not reached.
    pub not_reached: u64,
    /// Findings that no run before had.
    pub new: u64,
}
