//! What the matcher hands on: a span of an object that a rule's pattern matched, kept or dropped with a reason.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Why a candidate is not a finding. Every drop is counted under one of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DropReason {
    /// Too few distinct characters for a random key.
    LowEntropy,
    /// Part of a longer run of the same alphabet: a hash, a blob of base64, an identifier.
    PartOfLongerRun,
    /// Only hexadecimal digits: a digest, not an AWS secret.
    HexDigest,
    /// Words, a path or a symbol name rather than random characters.
    Words,
    /// One character or a short pattern over and over, or a counting sequence.
    Repetitive,
    /// A value known to be harmless: a documentation key and the like.
    Allowlisted,
    /// Stands in no file of the name that its pattern asks for.
    OtherPath,
}

impl DropReason {
    /// The word used in outputs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::LowEntropy => "low_entropy",
            Self::PartOfLongerRun => "part_of_longer_run",
            Self::HexDigest => "hex_digest",
            Self::Words => "words",
            Self::Repetitive => "repetitive",
            Self::Allowlisted => "allowlisted",
            Self::OtherPath => "other_path",
        }
    }
}

impl fmt::Display for DropReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The answer to a candidate: never a bare `false`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// It goes on to pairing and reporting.
    Keep,
    /// It does not, for this reason.
    Drop(DropReason),
}

/// A span that a rule's pattern matched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Candidate {
    /// First byte of the value as it is written, from the start of the object.
    pub start: u32,
    /// One past the last byte of it.
    pub end: u32,
    /// The rule, as an index into the rule set.
    pub rule: u16,
    /// The pattern within the rule.
    pub pattern: u16,
    /// Kept or dropped.
    pub verdict: Verdict,
}

impl Candidate {
    /// The value as it stands in the object's bytes, escapes and all.
    pub fn raw<'a>(&self, object: &'a [u8]) -> &'a [u8] {
        &object[self.start as usize..self.end as usize]
    }
}
