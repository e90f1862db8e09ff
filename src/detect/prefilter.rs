//! The prefilter: where the keywords of all rules stand.

use super::{
    anchors::{Anchor, choose},
    literal::Literal,
    wrapped::forms,
};
use crate::{model::Coding, rules::RuleSet};
use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind, Span, packed};
use std::{collections::BTreeMap, ops::Range};

/// A keyword and the patterns it wakes.
#[derive(Debug)]
pub(super) struct Word {
    literal: Literal,
    /// Patterns, as (rule, pattern).
    pub patterns: Vec<(u16, u16)>,
    /// What it tells of an encoding, and the phase; such a word wakes no pattern.
    pub hint: Option<(Coding, u8)>,
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
    /// One for the keywords of patterns, one for encoded words. Each passes over the bytes on its own: together they would
    /// have more spellings than the vector search bears.
    engines: Vec<Engine>,
    pub words: Vec<Word>,
    /// Length of the longest keyword, at least 1.
    pub longest: u32,
}

/// Looks for some of the words.
#[derive(Debug)]
enum Engine {
    /// A vector search for a few bytes of each keyword, which are then compared whole. Three to four times as fast as the
    /// automaton, but for a few anchors only.
    Anchors { searcher: packed::Searcher, anchors: Vec<Anchor> },
    /// An automaton of all keywords from the one with this number on.
    Automaton { automaton: AhoCorasick, first: usize },
}

impl Prefilter {
    /// Collects the keywords of all patterns, and the encoded words.
    pub fn new(rules: &RuleSet) -> Result<Self, aho_corasick::BuildError> {
        let mut by_text: BTreeMap<(&str, bool), Vec<(u16, u16)>> = BTreeMap::new();
        for (r, rule) in rules.rules.iter().enumerate() {
            for (p, pattern) in rule.patterns.iter().enumerate() {
                for keyword in &pattern.keywords {
                    by_text.entry((keyword, pattern.exact)).or_default().push((r as u16, p as u16));
                }
            }
        }
        let plain = by_text.into_iter().map(|((text, exact), patterns)| {
            let literal = Literal::keyword(text, exact);
            Word { literal, patterns, hint: None }
        });
        let encoded = forms(&rules.wrapped).into_iter().map(|form| Word {
            literal: form.literal,
            patterns: Vec::new(),
            hint: Some((form.coding, form.phase)),
        });
        let mut words: Vec<Word> = plain.collect();
        let of_patterns = words.len();
        words.extend(encoded);
        let longest = words.iter().map(Word::len).max().unwrap_or(1);
        let engines = [0..of_patterns, of_patterns..words.len()];
        let engines = engines.into_iter().filter(|numbers| !numbers.is_empty());
        let engines = engines.map(|numbers| Engine::new(&words, numbers)).collect::<Result<_, _>>()?;
        Ok(Self { engines, words, longest })
    }

    /// Calls `found` with the place and number of every keyword that lies within `range` of `bytes`, in no order.
    pub fn find(&self, bytes: &[u8], range: &Range<usize>, mut found: impl FnMut(usize, u16)) {
        for engine in &self.engines {
            engine.find(&self.words, bytes, range, &mut found);
        }
    }
}

impl Engine {
    fn new(words: &[Word], numbers: Range<usize>) -> Result<Self, aho_corasick::BuildError> {
        match Self::by_anchors(words, numbers.clone()) {
            Some(engine) => Ok(engine),
            None => Self::by_automaton(words, numbers),
        }
    }

    fn by_anchors(words: &[Word], numbers: Range<usize>) -> Option<Self> {
        let mut anchors = choose(&words[numbers.clone()].iter().map(|word| &word.literal).collect::<Vec<_>>())?;
        for (word, _) in anchors.iter_mut().flat_map(|anchor| &mut anchor.words) {
            *word += numbers.start as u16;
        }
        let mut builder = packed::Config::new().match_kind(packed::MatchKind::LeftmostFirst).builder();
        builder.extend(anchors.iter().flat_map(|anchor| anchor.literal.spellings()));
        Some(Self::Anchors { searcher: builder.build()?, anchors })
    }

    fn by_automaton(words: &[Word], numbers: Range<usize>) -> Result<Self, aho_corasick::BuildError> {
        let mut builder = AhoCorasick::builder();
        builder.match_kind(MatchKind::Standard).ascii_case_insensitive(true).kind(Some(AhoCorasickKind::DFA));
        let first = numbers.start;
        Ok(Self::Automaton { automaton: builder.build(words[numbers].iter().map(|word| &word.literal.text))?, first })
    }

    fn find(&self, words: &[Word], bytes: &[u8], range: &Range<usize>, found: &mut impl FnMut(usize, u16)) {
        match self {
            Self::Anchors { searcher, anchors } => {
                // The vector search wants so many bytes and falls back to a slow one below; more do no harm.
                let end = range.end.max(range.start + searcher.minimum_len()).min(bytes.len());
                let start = range.start.min(end.saturating_sub(searcher.minimum_len()));
                let mut span = Span { start, end };
                while let Some(hit) = searcher.find_in(bytes, span) {
                    span.start = hit.start() + 1;
                    for anchor in anchors.iter().filter(|anchor| anchor.literal.stands(bytes, hit.start())) {
                        for &(word, offset) in &anchor.words {
                            let Some(at) = hit.start().checked_sub(usize::from(offset)) else { continue };
                            let whole = &words[usize::from(word)].literal;
                            if at >= range.start && at + whole.text.len() <= range.end && whole.stands(bytes, at) {
                                found(at, word);
                            }
                        }
                    }
                }
            }
            Self::Automaton { automaton, first } => {
                for hit in automaton.find_overlapping_iter(&bytes[range.clone()]) {
                    let word = first + hit.pattern().as_usize();
                    let at = range.start + hit.start();
                    if words[word].literal.stands(bytes, at) {
                        found(at, word as u16);
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
        let word = |text: &&str| Word { literal: Literal::keyword(text, false), patterns: Vec::new(), hint: None };
        let words: Vec<Word> = words.iter().map(word).collect();
        let longest = words.iter().map(Word::len).max().unwrap();
        // Two engines, as for keywords and encoded words.
        let engine = |numbers: Range<usize>| {
            let anchors = anchored.then(|| Engine::by_anchors(&words, numbers.clone()).unwrap());
            anchors.unwrap_or_else(|| Engine::by_automaton(&words, numbers).unwrap())
        };
        let engines = vec![engine(0..3), engine(3..words.len())];
        Prefilter { engines, words, longest }
    }

    fn found(prefilter: &Prefilter, text: &[u8], range: Range<usize>) -> Vec<(usize, u16)> {
        let mut found = Vec::new();
        prefilter.find(text, &range, |at, word| found.push((at, word)));
        found.sort_unstable();
        found
    }

    const WORDS: [&str; 7] = ["AKIA", "secret_key", "secret", "key", "aws_secret", "s3_secret", "_key"];

    /// Beyond that an automaton takes over, which is three to four times as slow.
    #[test]
    fn the_built_in_words_are_few_enough_for_the_vector_search() {
        // Those of the configuration alone are looked for by a detector of their own.
        let prefilter = Prefilter::new(&crate::rules::builtin().unwrap().within(None)).unwrap();
        let spellings = |engine: &Engine| match engine {
            Engine::Anchors { anchors, .. } => anchors.iter().map(|anchor| anchor.literal.spellings().len()).sum(),
            Engine::Automaton { .. } => usize::MAX,
        };
        let spellings: Vec<usize> = prefilter.engines.iter().map(spellings).collect();
        assert!(spellings.iter().all(|&count| count <= 64), "{spellings:?}");
    }

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
