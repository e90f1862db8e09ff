//! A rule as the matcher uses it: compiled and checked.

use crate::model::{ComponentKind, Confidence, Severity};
use regex::bytes::Regex;

/// All rules of a run, in a fixed order: built-in ones as in their files, then the user's.
#[derive(Debug, Clone)]
pub struct RuleSet {
    /// Rules; a [`crate::model::Candidate`] names one by its index here.
    pub rules: Vec<Rule>,
    /// How components make a credential, most complete first.
    pub credentials: Vec<CredentialRule>,
}

/// What one kind of component looks like.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Unique, e.g. `aws-access-key-id`.
    pub id: String,
    /// What it finds, in a few words.
    pub name: String,
    /// What the value is.
    pub kind: ComponentKind,
    /// What it finds and why it matters: a paragraph.
    pub description: String,
    /// How bad a lone value is.
    pub severity: Severity,
    /// What the owner of a lone value does next: one line.
    pub advice: String,
    /// Where the facts come from: URLs.
    pub references: Vec<String>,
    /// Ways in which the value turns up.
    pub patterns: Vec<Pattern>,
    /// What a matched value must pass, in order.
    pub checks: Vec<Check>,
}

/// One way in which a value turns up.
///
/// A pattern is evaluated in a window of an object: around each hit of one of its keywords, around each kept candidate
/// of the rule it is `near`, or, with neither, over the whole object. Every match of `regex` in the window whose span
/// does not touch an edge of the window (unless that edge is the object's own) is a candidate. So the outcome depends
/// on the bytes of the window and nothing else.
#[derive(Debug, Clone)]
pub struct Pattern {
    /// Unique within the rule, e.g. `named`.
    pub name: String,
    /// Literal strings that wake the pattern. One with an upper-case letter is matched as written, one without in any
    /// case.
    pub keywords: Vec<String>,
    /// Instead of keywords: the index of the rule whose kept candidates wake the pattern.
    pub near: Option<usize>,
    /// Bytes of the window before the first byte of the keyword or candidate.
    pub before: u32,
    /// Bytes of the window after its last byte.
    pub after: u32,
    /// The expression; its group `value`, or else the whole match, is the value.
    pub regex: Regex,
    /// How sure a match is, before pairing.
    pub confidence: Confidence,
}

/// A test of a matched value. Each has one [`crate::model::DropReason`].
#[derive(Debug, Clone, PartialEq)]
pub enum Check {
    /// Neither neighbour of the value is a byte of this set; else the value is a part of a longer run.
    Bounded(ByteSet),
    /// Shannon entropy over the value's bytes, in bits a byte, is above this.
    Entropy(f64),
    /// Not made of hexadecimal digits alone.
    NotHex,
    /// Not words, a path or a symbol name.
    NotWords,
    /// Not one character or a short pattern repeated, nor a counting sequence.
    NotRepetitive,
}

/// A set of bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct ByteSet(pub Box<[bool; 256]>);

impl std::fmt::Debug for ByteSet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let members: Vec<u8> = (0..=255).filter(|&b| self.0[usize::from(b)]).collect();
        write!(f, "ByteSet({})", members.escape_ascii())
    }
}

/// How components are put together into one credential.
#[derive(Debug, Clone)]
pub struct CredentialRule {
    /// The finding's rule id, e.g. `aws-access-key`.
    pub id: String,
    /// What was found in a few words.
    pub name: String,
    /// A paragraph for rule listings and SARIF.
    pub description: String,
    /// Kinds that must all be there.
    pub requires: Vec<ComponentKind>,
    /// The id must begin with one of these; empty: any.
    pub id_prefixes: Vec<String>,
    /// How bad.
    pub severity: Severity,
    /// What the owner does next: one line.
    pub advice: String,
    /// Where the facts come from: URLs.
    pub references: Vec<String>,
}
