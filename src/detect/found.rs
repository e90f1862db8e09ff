//! What the matcher found in one object, in a form that can be handed on to objects built from it.

use crate::model::{Candidate, Coding, Verdict};

/// A keyword seen in an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hit {
    /// First byte of the keyword.
    pub at: u32,
    /// Which keyword.
    pub word: u16,
    /// How many candidates it led to.
    pub count: u32,
    /// Where they begin in [`Found::candidates`].
    pub first: u32,
}

/// A place at which an encoded word stands, so that decoding round it is worth while.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hint {
    /// First byte of the encoded word that is fixed.
    pub at: u32,
    /// How it is encoded.
    pub coding: Coding,
    /// Of base64, which of the four places in its quantum the character at `at` has; else 0.
    pub phase: u8,
}

/// Keywords and candidates of one object. Most objects have neither, and then it owns no memory.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// Sorted by place, then keyword.
    pub(super) hits: Vec<Hit>,
    /// Grouped by hit, followed by those of patterns without keywords.
    pub(super) candidates: Vec<Candidate>,
}

impl Found {
    /// Whether there is no candidate, kept or dropped. There may be hints.
    pub fn is_empty(&self) -> bool {
        self.candidates.is_empty()
    }

    /// The distinct candidates by place. Several keywords, or several patterns of a rule, may lead to one value: the
    /// first pattern in the rule's order that keeps it counts, else the first that drops it.
    pub fn candidates(&self) -> Vec<Candidate> {
        let mut candidates = self.candidates.clone();
        candidates.sort_unstable_by_key(|candidate| {
            let Candidate { start, end, rule, pattern, verdict } = *candidate;
            (start, end, rule, verdict != Verdict::Keep, pattern, verdict)
        });
        candidates.dedup_by_key(|candidate| (candidate.start, candidate.end, candidate.rule));
        candidates
    }

    /// The hits whose keyword begins in `start..end`.
    pub(super) fn hits_in(&self, start: u32, end: u32) -> &[Hit] {
        let from = self.hits.partition_point(|hit| hit.at < start);
        let to = self.hits.partition_point(|hit| hit.at < end);
        &self.hits[from..to]
    }

    /// The candidates a hit led to.
    pub(super) fn of(&self, hit: &Hit) -> &[Candidate] {
        &self.candidates[hit.first as usize..][..hit.count as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::DropReason;

    #[test]
    fn a_value_that_one_pattern_keeps_is_kept_whatever_others_say() {
        let candidate = |start, pattern, verdict| Candidate { start, end: 9, rule: 0, pattern, verdict };
        let (drop, keep) = (Verdict::Drop(DropReason::Words), Verdict::Keep);
        let candidates = vec![
            candidate(5, 2, keep),
            candidate(5, 1, keep),
            candidate(5, 0, drop),
            candidate(1, 1, drop),
            candidate(1, 0, Verdict::Drop(DropReason::Repetitive)),
        ];
        let found = Found { hits: Vec::new(), candidates };
        let told: Vec<_> = found.candidates().iter().map(|one| (one.start, one.pattern, one.verdict)).collect();
        assert_eq!(told, [(1, 0, Verdict::Drop(DropReason::Repetitive)), (5, 1, keep)]);
    }
}
