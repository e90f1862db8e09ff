//! A few bytes of each keyword that a vector search can look for.

use super::literal::Literal;
use std::collections::BTreeMap;

/// Length of an anchor; of a shorter keyword all of it.
const LENGTH: usize = 4;

/// More spellings than this and the vector search loses to the automaton: its 16 buckets fill up.
const MOST_SPELLINGS: usize = 64;

/// Bytes from common to rare, as met in source code. What is not listed is rarer.
const BY_FREQUENCY: &[u8] = b" etaoinrslc_dpumfhg.-bywvkxqjz0123456789";

/// Bytes that stand at a fixed place in some keywords, and nowhere far from any other.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Anchor {
    pub literal: Literal,
    pub words: Sharers,
}

/// Keywords under one anchor, as their number and its offset in them.
type Sharers = Vec<(u16, u8)>;

/// Anchors for all `words`, each word under one of them: first those that many words share, then the rarer
/// ones. `None` if there would be too many, or none.
pub(super) fn choose(words: &[&Literal]) -> Option<Vec<Anchor>> {
    let mut open: Vec<usize> = (0..words.len()).collect();
    let mut anchors: Vec<Anchor> = Vec::new();
    while !open.is_empty() {
        let mut by_literal: BTreeMap<Literal, Sharers> = BTreeMap::new();
        for &n in &open {
            let &Literal { ref text, exact } = words[n];
            let length = LENGTH.min(text.len());
            for (offset, part) in text.windows(length).enumerate().take(usize::from(u8::MAX)) {
                let sharers = by_literal.entry(Literal { text: part.to_vec(), exact }).or_default();
                if sharers.last().is_none_or(|&(last, _)| usize::from(last) != n) {
                    sharers.push((n as u16, offset as u8));
                }
            }
        }
        let best = by_literal.into_iter().max_by_key(|(literal, words)| (words.len(), rarity(&literal.text)));
        let (literal, sharers) = best?;
        open.retain(|&n| !sharers.iter().any(|&(word, _)| usize::from(word) == n));
        anchors.push(Anchor { literal, words: sharers });
    }
    let spellings: usize = anchors.iter().map(|anchor| anchor.literal.spellings().len()).sum();
    (1..=MOST_SPELLINGS).contains(&spellings).then_some(anchors)
}

fn rarity(text: &[u8]) -> usize {
    let of = |byte: &u8| {
        let byte = byte.to_ascii_lowercase();
        BY_FREQUENCY.iter().position(|&common| common == byte).unwrap_or(BY_FREQUENCY.len())
    };
    text.iter().map(of).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_share_bytes_share_an_anchor() {
        let words = ["secret_key", "aws_secret", "AKIA", "session_token"].map(|text| Literal::keyword(text, false));
        let anchors = choose(&words.each_ref()).unwrap();
        assert_eq!(anchors.len(), 3);
        assert_eq!(anchors[0].words.len(), 2);
        for anchor in &anchors {
            for &(word, offset) in &anchor.words {
                assert!(words[usize::from(word)].text[usize::from(offset)..].starts_with(&anchor.literal.text));
            }
        }
    }

    #[test]
    fn too_many_anchors_are_none() {
        let words: Vec<Literal> = (0..80).map(|n| Literal::keyword(&format!("{n:04}"), false)).collect();
        assert_eq!(choose(&words.iter().collect::<Vec<_>>()), None);
        assert_eq!(choose(&[]), None);
    }
}
