//! The prefilter: where the keywords of all rules stand.

use crate::rules::RuleSet;
use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use std::collections::BTreeMap;

/// A keyword and the patterns it wakes.
#[derive(Debug)]
pub(super) struct Word {
    /// As written in the rule.
    text: Vec<u8>,
    /// With an upper-case letter it is matched as written, without one in any case.
    exact: bool,
    /// Patterns, as (rule, pattern).
    pub patterns: Vec<(u16, u16)>,
}

impl Word {
    /// Length in bytes.
    pub fn len(&self) -> u32 {
        self.text.len() as u32
    }
}

/// Finds keywords, overlapping ones too (`secret_key` in `aws_secret_key`).
#[derive(Debug)]
pub(super) struct Prefilter {
    automaton: AhoCorasick,
    pub words: Vec<Word>,
    /// Length of the longest keyword, at least 1.
    pub longest: u32,
}

impl Prefilter {
    /// Collects the keywords of all patterns.
    pub fn new(rules: &RuleSet) -> Result<Self, aho_corasick::BuildError> {
        let mut by_text: BTreeMap<&str, Vec<(u16, u16)>> = BTreeMap::new();
        for (r, rule) in rules.rules.iter().enumerate() {
            for (p, pattern) in rule.patterns.iter().enumerate() {
                for keyword in &pattern.keywords {
                    by_text.entry(keyword).or_default().push((r as u16, p as u16));
                }
            }
        }
        let words: Vec<Word> = by_text
            .into_iter()
            .map(|(text, patterns)| Word {
                text: text.as_bytes().to_vec(),
                exact: text.bytes().any(|byte| byte.is_ascii_uppercase()),
                patterns,
            })
            .collect();
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .ascii_case_insensitive(true)
            .kind(Some(AhoCorasickKind::DFA))
            .build(words.iter().map(|word| &word.text))?;
        let longest = words.iter().map(Word::len).max().unwrap_or(1);
        Ok(Self { automaton, words, longest })
    }

    /// Calls `found` with the place and number of every keyword in `bytes`, by the place of its end.
    pub fn find(&self, bytes: &[u8], mut found: impl FnMut(usize, u16)) {
        for hit in self.automaton.find_overlapping_iter(bytes) {
            let word = &self.words[hit.pattern().as_usize()];
            if !word.exact || bytes[hit.range()] == word.text[..] {
                found(hit.start(), hit.pattern().as_u32() as u16);
            }
        }
    }
}
