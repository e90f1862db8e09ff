//! One thing that is wrong with a policy document.

use crate::model::Severity;

/// What a document is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// What a user, group or role may do; a permissions boundary, too.
    Identity,
    /// Who may do what with a bucket, a queue, a key.
    Resource,
    /// Who may assume a role.
    Trust,
}

impl Kind {
    /// The word used in outputs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Resource => "resource",
            Self::Trust => "trust",
        }
    }
}

/// What is wrong, where, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    /// The check's id, one of [`CHECKS`](super::CHECKS).
    pub check: &'static str,
    /// How bad, here.
    pub severity: Severity,
    /// What is wrong, in a sentence without a final stop.
    pub says: String,
    /// What to do about it, in a sentence without a final stop.
    pub advice: String,
    /// The statement: its `Sid`, or `statement 2`. `None` for what several make together, or the document as a whole.
    pub statement: Option<String>,
    /// Of what the issue is about, counted from 1.
    pub line: u32,
    /// Counted from 1, in characters.
    pub column: u32,
}
