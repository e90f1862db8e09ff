//! A rule as the matcher uses it: compiled and checked.

use super::{Allowlist, Expression, Paths};
use crate::model::{Coding, ComponentKind, Confidence, Severity};
use regex::bytes::Regex;
use serde::Deserialize;

/// All rules of a run, in a fixed order: built-in ones as in their files, then the user's.
#[derive(Debug, Clone, Default)]
pub struct RuleSet {
    /// Rules; a [`crate::model::Candidate`] names one by its index here.
    pub rules: Vec<Rule>,
    /// How components make a credential, most complete first.
    pub credentials: Vec<CredentialRule>,
    /// Values known to be harmless.
    pub allowlist: Allowlist,
    /// What tells that something is wrapped in an encoding.
    pub wrapped: Vec<Wrapped>,
}

impl RuleSet {
    /// The rule called `id`.
    pub fn rule(&self, id: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.id == id)
    }

    /// The same rules, where those that are restricted to other texts find nothing. Each keeps its number.
    #[must_use]
    pub fn within(&self, scope: Option<Scope>) -> Self {
        let mut rules = self.clone();
        let elsewhere = |rule: &&mut Rule| rule.only.is_some() && rule.only != scope;
        rules.rules.iter_mut().filter(elsewhere).for_each(|rule| rule.patterns.clear());
        rules
    }

    /// The credential called `id`.
    pub fn credential(&self, id: &str) -> Option<&CredentialRule> {
        self.credentials.iter().find(|credential| credential.id == id)
    }
}

/// Texts to which a rule may be restricted, since what it looks for is harmless, or far too frequent, elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// A repository's own configuration.
    Config,
}

impl Scope {
    /// The word used in rule files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Config => "config",
        }
    }
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
    /// Where alone it is looked for; `None`: everywhere.
    pub only: Option<Scope>,
    /// Where the facts come from: URLs.
    pub references: Vec<String>,
    /// Whether a matched value may hold escapes and joints of string literals (`%2F`, `\\u002b`, `" + "`): the value is
    /// then what they mean.
    pub escaped: bool,
    /// Ways in which the value turns up.
    pub patterns: Vec<Pattern>,
    /// What a matched value must pass whatever the pattern, in order; the pattern's own checks follow.
    pub checks: Vec<Check>,
    /// Texts in which the rule must keep a value: see [`crate::detect::prove`].
    pub examples: Vec<String>,
    /// Texts in which it must keep none.
    pub negative_examples: Vec<String>,
    /// Where the rule was read: `patterns/aws.toml:12`, or a user's file and line.
    pub source: String,
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
    /// Whether all keywords are matched as written: a word of four letters has sixteen spellings, and the search for
    /// keywords has room for 64 in all.
    pub exact: bool,
    /// Instead of keywords: the index of the rule whose kept candidates wake the pattern.
    pub near: Option<usize>,
    /// Bytes of the window before the first byte of the keyword or candidate.
    pub before: u32,
    /// Bytes of the window after its last byte.
    pub after: u32,
    /// The expression; its group `value`, or else the whole match, is the value.
    pub regex: Expression,
    /// Set where `regex` matches a value that is encoded.
    pub decode: Option<Decode>,
    /// How sure a match is, before pairing.
    pub confidence: Confidence,
    /// Where a value must stand for its match to count. Known only once trees are read. Of the
    /// examples a match proves the good ones and is no failure of the bad ones.
    pub paths: Option<Paths>,
    /// What a value matched by this pattern must pass beyond [`Rule::checks`]: the less the surroundings say, the more.
    pub checks: Vec<Check>,
}

/// How a value that stands encoded is read.
#[derive(Debug, Clone)]
pub struct Decode {
    /// Codings to try, in order: base64, also of base64, and hex.
    pub from: Vec<Coding>,
    /// What the decoded value must be as a whole, a line end at its end aside; else the match is none.
    pub to: Regex,
}

/// Words that tell, in encoded form, where decoding is worth while. They lead to no candidates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrapped {
    /// The words, as they read when decoded.
    pub keywords: Vec<String>,
    /// The encoded forms of each word that are looked for.
    pub forms: Vec<WrappedForm>,
}

/// An encoded form of a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WrappedForm {
    /// Base64, at any of its three phases.
    Base64,
    /// The word itself is base64 already: of how a file format begins.
    Base64Start,
    /// Base64 of base64.
    Base64Base64,
    /// Base64 of UTF-16, little endian: `powershell -EncodedCommand`.
    #[serde(rename = "base64-utf-16")]
    Base64Utf16,
    /// UTF-16 of either endianness.
    #[serde(rename = "utf-16")]
    Utf16,
    /// Hexadecimal digits of either case.
    Hex,
    /// `\u0041`.
    Json,
    /// `%41`.
    Url,
    /// `&#65;`, and `&#x41;`.
    Html,
    /// `\x41`.
    Backslash,
    /// `\101`.
    Octal,
    /// `0x41, 0x4b`, with or without the space.
    HexList,
}

/// A test of a matched value. Each has one [`crate::model::DropReason`]; what they measure stands in
/// [`crate::detect::judge`].
#[derive(Debug, Clone, PartialEq)]
pub enum Check {
    /// The neighbours of the value as it stands are not bytes of these sets; else the value is a part of a longer run. An escape is the
    /// byte it means: `\n`, `%3D`, `\u003d`. Reads at most ten bytes on either side. The other checks read the value itself, without its escapes.
    Bounded {
        /// What must not stand before the value.
        before: ByteSet,
        /// What must not stand after it.
        after: ByteSet,
    },
    /// Shannon entropy over the value's bytes, in bits a byte, is above this.
    Entropy(f64),
    /// Not made of hexadecimal digits alone.
    NotHex,
    /// Not words, a path, a symbol name or base64 of text. For values of a mixed-case alphabet.
    NotWords,
    /// Made of bytes of this set alone: what escapes mean is seen only when they are read.
    Alphabet(ByteSet),
    /// Not words after a prefix of four letters. For values of capitals and digits.
    NotCapitalWords,
    /// Not one character or a short pattern repeated, nor a counting sequence.
    NotRepetitive,
}

/// A set of bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct ByteSet(Box<[bool; 256]>);

impl ByteSet {
    /// From a list of ASCII characters and ranges, as in a regex class without its brackets: `A-Za-z0-9/+`. A hyphen
    /// at either end is itself. `None` if the list is empty, not ASCII, or a range runs backwards.
    pub fn parse(list: &str) -> Option<Self> {
        let mut set = Box::new([false; 256]);
        let mut left = list.as_bytes();
        if left.is_empty() || !left.is_ascii() {
            return None;
        }
        while let [start, after @ ..] = left {
            let (end, after) = match after {
                [b'-', end, after @ ..] => (end, after),
                _ => (start, after),
            };
            if end < start {
                return None;
            }
            set[usize::from(*start)..=usize::from(*end)].fill(true);
            left = after;
        }
        Some(Self(set))
    }

    /// Whether `byte` is a member.
    pub fn contains(&self, byte: u8) -> bool {
        self.0[usize::from(byte)]
    }
}

impl std::fmt::Debug for ByteSet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let members: Vec<u8> = (0..=255).filter(|&b| self.contains(b)).collect();
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
    /// Kinds that must all be there. A single one makes a rule for a lone value, worded better than the rule that
    /// found it.
    pub requires: Vec<ComponentKind>,
    /// Kinds that belong to it where they are found.
    pub optional: Vec<ComponentKind>,
    /// The id must begin with one of these; empty: any.
    pub id_prefixes: Vec<String>,
    /// How bad.
    pub severity: Severity,
    /// What the owner does next: one line.
    pub advice: String,
    /// Where the facts come from: URLs.
    pub references: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_set_reads_like_a_regex_class() {
        let set = ByteSet::parse("A-C/+-").unwrap();
        let members: Vec<u8> = (0..=255).filter(|&b| set.contains(b)).collect();
        assert_eq!(members, b"+-/ABC");
        assert_eq!(ByteSet::parse(""), None);
        assert_eq!(ByteSet::parse("z-a"), None);
    }
}
