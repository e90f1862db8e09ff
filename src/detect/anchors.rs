//! A few bytes of each keyword that a vector search can look for.

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
    /// In lower case unless exact.
    text: Vec<u8>,
    exact: bool,
    pub words: Sharers,
}

impl Anchor {
    /// Whether it stands at `at`.
    pub fn stands(&self, bytes: &[u8], at: usize) -> bool {
        let found = bytes.get(at..at + self.text.len());
        found.is_some_and(|found| found == self.text || !self.exact && found.eq_ignore_ascii_case(&self.text))
    }

    /// All ways to write it: one if it is exact, else each letter in both cases.
    pub fn spellings(&self) -> Vec<Vec<u8>> {
        let mut spellings = vec![Vec::new()];
        for &byte in &self.text {
            let upper = byte.to_ascii_uppercase();
            let both = !self.exact && upper != byte;
            let others: Vec<Vec<u8>> = if both { spellings.clone() } else { Vec::new() };
            for spelling in &mut spellings {
                spelling.push(byte);
            }
            spellings.extend(others.into_iter().map(|mut spelling| {
                spelling.push(upper);
                spelling
            }));
        }
        spellings
    }
}

/// Keywords under one anchor, as their number and its offset in them.
type Sharers = Vec<(u16, u8)>;

/// Anchors for all `words` (text, exact), each word under one of them: first those that many words share, then the rarer
/// ones. `None` if there would be too many, or none.
pub(super) fn choose(words: &[(&[u8], bool)]) -> Option<Vec<Anchor>> {
    let mut open: Vec<usize> = (0..words.len()).collect();
    let mut anchors: Vec<Anchor> = Vec::new();
    while !open.is_empty() {
        let mut by_text: BTreeMap<(Vec<u8>, bool), Sharers> = BTreeMap::new();
        for &n in &open {
            let (text, exact) = words[n];
            let length = LENGTH.min(text.len());
            for (offset, part) in text.windows(length).enumerate().take(usize::from(u8::MAX)) {
                let sharers = by_text.entry((part.to_vec(), exact)).or_default();
                if sharers.last().is_none_or(|&(last, _)| usize::from(last) != n) {
                    sharers.push((n as u16, offset as u8));
                }
            }
        }
        let best = by_text.into_iter().max_by_key(|((text, _), words)| (words.len(), rarity(text)));
        let ((text, exact), sharers) = best?;
        open.retain(|&n| !sharers.iter().any(|&(word, _)| usize::from(word) == n));
        anchors.push(Anchor { text, exact, words: sharers });
    }
    let spellings: usize = anchors.iter().map(|anchor| anchor.spellings().len()).sum();
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
        let words: [(&[u8], bool); 4] =
            [(b"secret_key", false), (b"aws_secret", false), (b"AKIA", true), (b"session_token", false)];
        let anchors = choose(&words).unwrap();
        assert_eq!(anchors.len(), 3);
        assert_eq!(anchors[0].words.len(), 2);
        for anchor in &anchors {
            for &(word, offset) in &anchor.words {
                assert!(words[usize::from(word)].0[usize::from(offset)..].starts_with(&anchor.text));
            }
        }
    }

    #[test]
    fn an_anchor_is_spelt_in_all_cases_unless_exact() {
        let anchor = |exact| Anchor { text: b"a_b".to_vec(), exact, words: Vec::new() };
        let mut all = anchor(false).spellings();
        all.sort();
        assert_eq!(all, [b"A_B", b"A_b", b"a_B", b"a_b"]);
        assert_eq!(anchor(true).spellings(), [b"a_b"]);
    }

    #[test]
    fn too_many_anchors_are_none() {
        let words: Vec<Vec<u8>> = (0..80_u32).map(|n| format!("{n:04}").into_bytes()).collect();
        let words: Vec<(&[u8], bool)> = words.iter().map(|word| (&word[..], true)).collect();
        assert_eq!(choose(&words), None);
        assert_eq!(choose(&[]), None);
    }
}
