//! The prefilter: where the keywords of all rules stand.

use super::{
    anchors::{Anchor, choose},
    literal::Literal,
};
use crate::rules::RuleSet;
use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind, Span, packed};
use std::{collections::BTreeMap, ops::Range};

/// A keyword and the patterns it wakes.
#[derive(Debug)]
pub(super) struct Word {
    literal: Literal,
    /// Patterns, as (rule, pattern).
    pub patterns: Vec<(u16, u16)>,
}

impl Word {
    /// Length in bytes.
    pub fn len(&self) -> u32 {
        self.literal.text.len() as u32
    }
}

/// Finds keywords, overlapping ones too (`secret_key` in `aws_secret_key`).
#[derive(Debug)]
pub(super) struct Prefilter {
    engine: Engine,
    pub words: Vec<Word>,
    /// Length of the longest keyword, at least 1.
    pub longest: u32,
}

#[derive(Debug)]
enum Engine {
    /// A vector search for a few bytes of each keyword, which are then compared whole. Three to four times as fast as the
    /// automaton, but for a few anchors only.
    Anchors { searcher: packed::Searcher, anchors: Vec<Anchor> },
    /// An automaton of all keywords.
    Automaton(AhoCorasick),
}

impl Prefilter {
    /// Collects the keywords of all patterns.
    pub fn new(rules: &RuleSet) -> Result<Self, aho_corasick::BuildError> {
        let mut by_text: BTreeMap<(&str, bool), Vec<(u16, u16)>> = BTreeMap::new();
        for (r, rule) in rules.rules.iter().enumerate() {
            for (p, pattern) in rule.patterns.iter().enumerate() {
                for keyword in &pattern.keywords {
                    by_text.entry((keyword, pattern.exact)).or_default().push((r as u16, p as u16));
                }
            }
        }
        let words: Vec<Word> = by_text
            .into_iter()
            .map(|((text, exact), patterns)| Word { literal: Literal::keyword(text, exact), patterns })
            .collect();
        let longest = words.iter().map(Word::len).max().unwrap_or(1);
        let engine = match Self::by_anchors(&words) {
            Some(engine) => engine,
            None => Self::by_automaton(&words)?,
        };
        Ok(Self { engine, words, longest })
    }

    fn by_anchors(words: &[Word]) -> Option<Engine> {
        let anchors = choose(&words.iter().map(|word| &word.literal).collect::<Vec<_>>())?;
        let mut builder = packed::Config::new().match_kind(packed::MatchKind::LeftmostFirst).builder();
        builder.extend(anchors.iter().flat_map(|anchor| anchor.literal.spellings()));
        Some(Engine::Anchors { searcher: builder.build()?, anchors })
    }

    fn by_automaton(words: &[Word]) -> Result<Engine, aho_corasick::BuildError> {
        let mut builder = AhoCorasick::builder();
        builder.match_kind(MatchKind::Standard).ascii_case_insensitive(true).kind(Some(AhoCorasickKind::DFA));
        Ok(Engine::Automaton(builder.build(words.iter().map(|word| &word.literal.text))?))
    }

    /// Calls `found` with the place and number of every keyword that lies within `range` of `bytes`, in no order.
    pub fn find(&self, bytes: &[u8], range: Range<usize>, mut found: impl FnMut(usize, u16)) {
        match &self.engine {
            Engine::Anchors { searcher, anchors } => {
                // The vector search wants so many bytes and falls back to a slow one below; more do no harm.
                let end = range.end.max(range.start + searcher.minimum_len()).min(bytes.len());
                let start = range.start.min(end.saturating_sub(searcher.minimum_len()));
                let mut span = Span { start, end };
                while let Some(hit) = searcher.find_in(bytes, span) {
                    span.start = hit.start() + 1;
                    for anchor in anchors.iter().filter(|anchor| anchor.literal.stands(bytes, hit.start())) {
                        for &(word, offset) in &anchor.words {
                            let Some(at) = hit.start().checked_sub(usize::from(offset)) else { continue };
                            let whole = &self.words[usize::from(word)].literal;
                            if at >= range.start && at + whole.text.len() <= range.end && whole.stands(bytes, at) {
                                found(at, word);
                            }
                        }
                    }
                }
            }
            Engine::Automaton(automaton) => {
                for hit in automaton.find_overlapping_iter(&bytes[range.clone()]) {
                    let word = hit.pattern().as_u32() as u16;
                    let at = range.start + hit.start();
                    if self.words[usize::from(word)].literal.stands(bytes, at) {
                        found(at, word);
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn prefilter(words: &[&str], anchored: bool) -> Prefilter {
        let words: Vec<Word> =
            words.iter().map(|text| Word { literal: Literal::keyword(text, false), patterns: Vec::new() }).collect();
        let longest = words.iter().map(Word::len).max().unwrap();
        let engine =
            if anchored { Prefilter::by_anchors(&words).unwrap() } else { Prefilter::by_automaton(&words).unwrap() };
        Prefilter { engine, words, longest }
    }

    fn found(prefilter: &Prefilter, text: &[u8], range: Range<usize>) -> Vec<(usize, u16)> {
        let mut found = Vec::new();
        prefilter.find(text, range, |at, word| found.push((at, word)));
        found.sort_unstable();
        found
    }

    const WORDS: [&str; 7] = ["AKIA", "secret_key", "secret", "key", "aws_secret", "s3_secret", "_key"];

    proptest! {
        #[test]
        fn both_engines_find_what_looking_everywhere_finds(
            parts in proptest::collection::vec(
                prop_oneof![
                    Just("AKIA"), Just("akia"), Just("secret"), Just("SeCret_"), Just("KEY"), Just("key"), Just("aws_"),
                    Just("s3_"), Just("_"), Just("se"), Just("."), Just("                                        "),
                ],
                0..30,
            ),
            from in any::<prop::sample::Index>(),
            to in any::<prop::sample::Index>(),
        ) {
            let text = parts.concat().into_bytes();
            let (from, to) = (from.index(text.len() + 1), to.index(text.len() + 1));
            let range = from.min(to)..from.max(to);
            let plain = prefilter(&WORDS, false);
            let mut expected = Vec::new();
            for at in range.clone() {
                for (n, word) in plain.words.iter().enumerate() {
                    if at + word.literal.text.len() <= range.end && word.literal.stands(&text, at) {
                        expected.push((at, n as u16));
                    }
                }
            }
            prop_assert_eq!(&found(&plain, &text, range.clone()), &expected);
            prop_assert_eq!(&found(&prefilter(&WORDS, true), &text, range), &expected);
        }
    }
}
