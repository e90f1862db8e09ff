//! What came of a push, as its client sees it.

use crate::stage::{Pair, Stage};
use std::{collections::BTreeSet, path::PathBuf, process::Output};

/// What gitolite's own hook says of a new branch in a repository with SHA-256 ids: it knows zeros of 40 digits only.
const GITOLITE: &str = "remote: fatal: Not a valid commit name 000000000000";

/// The answer to a push.
pub struct Pushed<'a> {
    stage: &'a Stage<'a>,
    accepted: bool,
    /// All that the client printed.
    pub message: String,
    before: (String, BTreeSet<PathBuf>),
}

impl<'a> Pushed<'a> {
    pub fn new(stage: &'a Stage<'a>, output: Output, before: (String, BTreeSet<PathBuf>)) -> Self {
        let message = String::from_utf8(output.stderr).unwrap();
        let raw = message.chars().find(|&c| c != '\n' && (c.is_control() || is_bidirectional(c)));
        assert_eq!(raw, None, "a terminal would obey this: {message:.4000?}");
        Self { stage, accepted: output.status.success(), message, before }
    }

    /// All of it was let in, without a word.
    #[track_caller]
    pub fn accepted(self) {
        let spoken = self.message.lines().find(|line| line.starts_with("remote: ") && !line.starts_with(GITOLITE));
        assert!(self.accepted && spoken.is_none(), "{:.4000}\n{:.4000}", self.message, self.stage.audit_log());
    }

    /// All of it was let in, but something was said.
    #[track_caller]
    pub fn accepted_with_a_word(self) -> Self {
        assert!(self.accepted && self.message.contains("remote: "), "{:.4000}", self.message);
        self
    }

    /// None of it was let in, and nothing of it stays.
    #[track_caller]
    pub fn refused(self) -> Self {
        assert!(!self.accepted, "accepted: {:.4000}", self.message);
        self.says("pre-receive hook declined").leaves_nothing()
    }

    /// The server is as it was.
    #[track_caller]
    pub fn leaves_nothing(self) -> Self {
        let now = self.stage.holdings();
        assert_eq!(now.0, self.before.0, "refs moved");
        let came: Vec<_> = now.1.symmetric_difference(&self.before.1).collect();
        assert!(came.is_empty(), "objects changed: {came:?}");
        self
    }

    /// The message holds this.
    #[track_caller]
    pub fn says(self, what: &str) -> Self {
        assert!(self.message.contains(what), "{what:?} is not in: {:.4000}", self.message);
        self
    }

    /// The message tells who reads it which value, in which commit and where.
    #[track_caller]
    pub fn names(self, pair: &Pair, commit: &str, place: &str) -> Self {
        let redacted = format!("{}…(20)", &pair.id[..4]);
        self.says(&redacted).says(&commit[..7]).says(place)
    }
}

/// What turns the order of text about, and what cannot be seen.
fn is_bidirectional(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
