//! A part of history, in the words of `git rev-list`.

use super::{Graph, Repository, error::GitError, graph::CommitIndex, table::Table, tables};
use crate::model::Oid;

/// Commits by what reaches them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Range {
    /// What these reach is in it,
    from: Vec<Oid>,
    /// unless one of these reaches it, too,
    without: Vec<Oid>,
    /// or both sides of one of these pairs (`A...B`).
    between: Vec<(Oid, Oid)>,
}

impl Repository {
    /// The range that `words` name: `A..B`, `A...B`, `A`, `^A`, each several times.
    pub fn range<'w>(&self, words: impl IntoIterator<Item = &'w str>) -> Result<Range, GitError> {
        let mut range = Range::default();
        let mut last = "";
        for word in words {
            last = word;
            if let Some(word) = word.strip_prefix('^') {
                range.without.push(self.commit_called(word)?);
            } else if let Some((left, right)) = word.split_once("...") {
                let (left, right) = (self.side(left)?, self.side(right)?);
                range.from.extend([left, right]);
                range.between.push((left, right));
            } else if let Some((left, right)) = word.split_once("..") {
                range.without.push(self.side(left)?);
                range.from.push(self.side(right)?);
            } else {
                range.from.push(self.commit_called(word)?);
            }
        }
        if range.from.is_empty() {
            return Err(bad(last, "it only takes commits away: name also one to begin with, such as HEAD"));
        }
        Ok(range)
    }

    /// One side of a range: nothing means HEAD.
    fn side(&self, word: &str) -> Result<Oid, GitError> {
        self.commit_called(if word.is_empty() { "HEAD" } else { word })
    }

    fn commit_called(&self, word: &str) -> Result<Oid, GitError> {
        if self.tables.is_some() {
            return tables::commit_called(self.git.path(), word).map_err(|reason| bad(word, &reason));
        }
        let commit = self.git.revparse_single(word).and_then(|object| object.peel_to_commit());
        let commit = commit.map_err(|error| bad(word, error.message()))?;
        Oid::from_bytes(commit.id().as_bytes()).map_err(|error| bad(word, &error.to_string()))
    }
}

fn bad(revision: &str, reason: &str) -> GitError {
    GitError::BadRevision { revision: revision.to_owned(), reason: reason.to_owned() }
}

impl Graph {
    /// By commit number: whether it is in `range`.
    pub(super) fn within(&self, table: &Table, range: &Range) -> Vec<bool> {
        let mut within = self.ancestors(table, &range.from);
        let take_away = |within: &mut [bool], commits: &[bool]| {
            within.iter_mut().zip(commits).for_each(|(within, &away)| *within &= !away);
        };
        take_away(&mut within, &self.ancestors(table, &range.without));
        for &(left, right) in &range.between {
            let (left, right) = (self.ancestors(table, &[left]), self.ancestors(table, &[right]));
            let both: Vec<bool> = left.into_iter().zip(right).map(|(left, right)| left && right).collect();
            take_away(&mut within, &both);
        }
        within
    }

    /// By commit number: whether one of `tips` reaches it.
    fn ancestors(&self, table: &Table, tips: &[Oid]) -> Vec<bool> {
        let mut reached = vec![false; self.commits.len()];
        for tip in tips.iter().filter_map(|tip| self.number(table.find(tip.as_bytes())?)) {
            reached[tip as usize] = true;
        }
        for n in (0..self.commits.len()).rev().filter(|_| !tips.is_empty()) {
            if reached[n] {
                self.commits[n].parents.iter().for_each(|&parent: &CommitIndex| reached[parent as usize] = true);
            }
        }
        reached
    }
}
