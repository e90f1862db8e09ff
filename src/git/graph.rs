//! The commit graph: parents, order, and what refs reach.

use super::{
    commit::CommitHeader,
    range::Range,
    repository::Reference,
    table::{ObjectIndex, Table},
};
use crate::model::{ObjectKind, Oid};
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// A commit, by number: parents have smaller numbers than their children.
pub(super) type CommitIndex = u32;

pub(super) struct Commit {
    pub id: ObjectIndex,
    /// `None`: the store lacks it.
    pub tree: Option<ObjectIndex>,
    /// Those that are in the store.
    pub parents: Vec<CommitIndex>,
    /// Whether a ref reaches it.
    pub reachable: bool,
    /// The commit date, and the longest way to a root: the order in which introductions are listed.
    pub age: (i64, u32),
}

/// All commits of the store and the refs that lead to them.
pub struct Graph {
    /// Parents first.
    pub(super) commits: Vec<Commit>,
    pub(super) refs: Vec<Tip>,
    numbers: FxHashMap<ObjectIndex, CommitIndex>,
    /// Objects that reachable commits, tags or refs name and the store lacks, each with who names it; sorted.
    pub missing: Vec<(Oid, String)>,
}

/// What a ref names, peeled.
pub(super) struct Tip {
    pub name: String,
    /// The tags on the way, outermost first.
    pub tags: Vec<ObjectIndex>,
    pub end: TipEnd,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TipEnd {
    Commit(CommitIndex),
    /// A tree or a blob, by its number.
    Other(ObjectIndex),
    /// The store lacks it.
    Missing,
}

impl Graph {
    /// Links `headers` up. `tags` gives the object each tag names; `shallow` the commits whose parents were left out on
    /// purpose.
    pub fn new(
        table: &Table,
        headers: &[(ObjectIndex, CommitHeader)],
        tags: &FxHashMap<ObjectIndex, Oid>,
        references: Vec<Reference>,
        shallow: &[Oid],
    ) -> Self {
        let mut missing = BTreeSet::new();
        // By commit, since what only unreachable commits name is not missed: git itself prunes it piece by piece.
        let mut lacking: Vec<(CommitIndex, Oid)> = Vec::new();
        let links: Vec<Links> = headers.par_iter().map(|(_, header)| Links::find(table, header)).collect();
        let mut numbers = FxHashMap::with_capacity_and_hasher(headers.len(), rustc_hash::FxBuildHasher);
        let mut commits: Vec<Commit> = Vec::with_capacity(headers.len());
        for n in parents_first(headers, &links) {
            let (id, header) = &headers[n as usize];
            let Links { tree, parents: found } = &links[n as usize];
            let number = commits.len() as CommitIndex;
            if tree.is_none() {
                lacking.push((number, header.tree));
            }
            let mut parents = Vec::with_capacity(found.len());
            for (parent, oid) in found.iter().zip(&header.parents) {
                match parent {
                    Some(parent) => parents.extend(numbers.get(parent).copied()),
                    None if shallow.contains(&table.id(*id)) => {}
                    None => lacking.push((number, *oid)),
                }
            }
            let depth = parents.iter().map(|&parent: &u32| commits[parent as usize].age.1 + 1).max().unwrap_or(0);
            numbers.insert(*id, number);
            commits.push(Commit { id: *id, tree: *tree, parents, reachable: false, age: (header.time, depth) });
        }
        let refs =
            references.into_iter().map(|reference| peel(table, &numbers, tags, &reference, &mut missing)).collect();
        let mut graph = Self { commits, refs, numbers, missing: Vec::new() };
        graph.mark_reachable();
        for (commit, oid) in lacking {
            let Commit { id, reachable, .. } = graph.commits[commit as usize];
            if reachable {
                missing.insert((oid, format!("commit {}", table.id(id))));
            }
        }
        graph.missing = missing.into_iter().collect();
        graph
    }

    /// The commit with this object number.
    pub(super) fn commit(&self, id: ObjectIndex) -> Option<&Commit> {
        self.numbers.get(&id).map(|&n| &self.commits[n as usize])
    }

    /// The commits of `range` (all without one) that were committed at `since`, in seconds since 1970, or later.
    pub fn select(&self, table: &Table, range: Option<&Range>, since: i64) -> FxHashSet<ObjectIndex> {
        let within = range.map(|range| self.within(table, range));
        let is_within = |n: usize| within.as_ref().is_none_or(|within| within[n]);
        let selected = self.commits.iter().enumerate().filter(|(n, commit)| is_within(*n) && commit.age.0 >= since);
        selected.map(|(_, commit)| commit.id).collect()
    }

    /// The number of the commit with this object number.
    pub(super) fn number(&self, id: ObjectIndex) -> Option<CommitIndex> {
        self.numbers.get(&id).copied()
    }

    /// By commit or tag of `objects`: the refs that reach it, sorted. A push of a thousand keys in a thousand commits and
    /// five thousand refs is looked through in 16 rounds; and equal lists are one.
    pub fn brought_by(&self, table: &Table, objects: impl Iterator<Item = Oid>) -> BTreeMap<Oid, Arc<[String]>> {
        let ids: BTreeSet<(ObjectIndex, Oid)> =
            objects.filter_map(|oid| Some((table.find(oid.as_bytes())?, oid))).collect();
        let mut tips: Vec<&Tip> = self.refs.iter().collect();
        tips.sort_unstable_by(|a, b| a.name.cmp(&b.name));
        let mut brought = BTreeMap::new();
        let mut lists: FxHashMap<Vec<u32>, Arc<[String]>> = FxHashMap::default();
        for batch in Vec::from_iter(ids).chunks(u64::BITS as usize) {
            let bit: FxHashMap<ObjectIndex, u64> = (0..).zip(batch).map(|(n, (id, _))| (*id, 1 << n)).collect();
            let own = |id: &ObjectIndex| bit.get(id).copied().unwrap_or(0);
            let mut above = vec![0_u64; self.commits.len()];
            for (n, commit) in self.commits.iter().enumerate() {
                above[n] = commit.parents.iter().fold(own(&commit.id), |sum, &parent| sum | above[parent as usize]);
            }
            let mut reaching = vec![Vec::new(); batch.len()];
            for (n, tip) in (0..).zip(&tips) {
                let end = if let TipEnd::Commit(commit) = tip.end { above[commit as usize] } else { 0 };
                let mut left = tip.tags.iter().map(own).fold(end, |sum, tag| sum | tag);
                while left != 0 {
                    reaching[left.trailing_zeros() as usize].push(n);
                    left &= left - 1;
                }
            }
            for ((_, oid), numbers) in batch.iter().zip(reaching) {
                let names = lists.entry(numbers).or_insert_with_key(|numbers: &Vec<u32>| {
                    numbers.iter().map(|&n| tips[n as usize].name.clone()).collect()
                });
                brought.insert(*oid, Arc::clone(names));
            }
        }
        brought
    }

    /// Trees and blobs that refs name, through tags or without.
    pub(super) fn objects_at_refs(&self) -> impl Iterator<Item = ObjectIndex> + '_ {
        self.refs.iter().filter_map(|tip| match tip.end {
            TipEnd::Other(object) => Some(object),
            TipEnd::Commit(_) | TipEnd::Missing => None,
        })
    }

    fn mark_reachable(&mut self) {
        for tip in &self.refs {
            if let TipEnd::Commit(commit) = tip.end {
                self.commits[commit as usize].reachable = true;
            }
        }
        for n in (0..self.commits.len()).rev() {
            let (before, rest) = self.commits.split_at_mut(n);
            if rest[0].reachable {
                rest[0].parents.iter().for_each(|&parent| before[parent as usize].reachable = true);
            }
        }
    }
}

/// The objects a commit names, as far as the store has them.
struct Links {
    tree: Option<ObjectIndex>,
    parents: Vec<Option<ObjectIndex>>,
}

impl Links {
    fn find(table: &Table, header: &CommitHeader) -> Self {
        let parents = header.parents.iter().map(|parent| table.find(parent.as_bytes())).collect();
        Self { tree: table.find(header.tree.as_bytes()), parents }
    }
}

/// The numbers of `headers` in an order that has parents before children. Depth first and iterative: history may be a
/// million commits deep.
fn parents_first(headers: &[(ObjectIndex, CommitHeader)], links: &[Links]) -> Vec<u32> {
    let numbers: FxHashMap<ObjectIndex, u32> = headers.iter().enumerate().map(|(n, (id, _))| (*id, n as u32)).collect();
    // Equal inputs must give equal orders, whichever worker read a commit first.
    let mut starts: Vec<u32> = (0..headers.len() as u32).collect();
    starts.sort_unstable_by_key(|&n| headers[n as usize].0);
    let mut entered = vec![false; headers.len()];
    let mut order = Vec::with_capacity(headers.len());
    let mut stack = Vec::new();
    for start in starts {
        if !std::mem::replace(&mut entered[start as usize], true) {
            stack.push((start, 0));
        }
        while let Some((n, next)) = stack.last_mut() {
            if let Some(parent) = links[*n as usize].parents.get(*next) {
                *next += 1;
                let parent = parent.and_then(|parent| numbers.get(&parent).copied());
                if let Some(parent) = parent
                    && !std::mem::replace(&mut entered[parent as usize], true)
                {
                    stack.push((parent, 0));
                }
            } else {
                order.push(*n);
                stack.pop();
            }
        }
    }
    order
}

fn peel(
    table: &Table,
    commits: &FxHashMap<ObjectIndex, CommitIndex>,
    tags: &FxHashMap<ObjectIndex, Oid>,
    reference: &Reference,
    missing: &mut BTreeSet<(Oid, String)>,
) -> Tip {
    let mut tip = Tip { name: reference.name.clone(), tags: Vec::new(), end: TipEnd::Missing };
    let (mut oid, mut named_by) = (reference.target, reference.name.clone());
    loop {
        let Some(found) = table.find(oid.as_bytes()) else {
            missing.insert((oid, named_by));
            return tip;
        };
        match table.kind(found) {
            Some(ObjectKind::Commit) => {
                // A commit that did not parse is named as corrupt elsewhere.
                tip.end = commits.get(&found).map_or(TipEnd::Missing, |&commit| TipEnd::Commit(commit));
                return tip;
            }
            Some(ObjectKind::Tag) if !tip.tags.contains(&found) => {
                tip.tags.push(found);
                match tags.get(&found) {
                    Some(target) => (oid, named_by) = (*target, format!("tag {oid}")),
                    None => return tip,
                }
            }
            Some(ObjectKind::Tree | ObjectKind::Blob) => {
                tip.end = TipEnd::Other(found);
                return tip;
            }
            _ => return tip,
        }
    }
}
