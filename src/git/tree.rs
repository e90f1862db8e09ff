//! Which tree holds what: all trees, read once in delta order.
//!
//! Most of a tree's entries are copied from its base. Where a copy covers whole entries of the base, what is known of
//! them is taken over; only the entries that a delta brought are parsed and looked up.

use super::{
    table::{ObjectIndex, Table},
    walk::{Base, Object, Visitor, Walked},
};
use crate::model::{ObjectKind, Oid, Segment};
use rustc_hash::FxHashMap;
use std::{
    io::Read,
    sync::{Mutex, PoisonError},
};

/// A name in a tree, by number: see [`Containment::name`].
pub(super) type NameIndex = u32;

/// That a tree holds something under a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Edge {
    pub name: NameIndex,
    pub target: ObjectIndex,
}

/// Reads trees. Notes which trees hold wanted blobs, which trees hold which trees, and what trees name but the store
/// lacks.
pub struct TreeReader<'a> {
    table: &'a Table,
    /// By object number: whether to note where it stands.
    wanted: &'a [bool],
    names: Mutex<Names>,
}

#[derive(Default)]
struct Names {
    numbers: FxHashMap<Box<[u8]>, NameIndex>,
    list: Vec<Box<[u8]>>,
}

/// What is known of a tree for the sake of those built from it.
#[derive(Default)]
pub struct TreeNotes {
    /// Where each entry begins, and where the last one ends.
    starts: Vec<u32>,
    /// By number of the entry.
    edges: Vec<(u32, Edge)>,
}

/// What a worker collects.
#[derive(Default)]
pub struct TreeWork {
    edges: Vec<Edge>,
    /// Tree, first edge, number of edges.
    trees: Vec<(ObjectIndex, u32, u32)>,
    missing: Vec<(Oid, ObjectIndex)>,
    damaged: Vec<ObjectIndex>,
}

impl<'a> TreeReader<'a> {
    /// Notes the places of objects for which `wanted` is set.
    pub fn new(table: &'a Table, wanted: &'a [bool]) -> Self {
        Self { table, wanted, names: Mutex::default() }
    }

    fn name(&self, name: &[u8]) -> NameIndex {
        let mut names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(&number) = names.numbers.get(name) {
            return number;
        }
        let number = names.list.len() as NameIndex;
        names.list.push(name.into());
        names.numbers.insert(name.into(), number);
        number
    }

    /// Parses the entry at `at` and notes what it tells. Returns where it ends; `None` if it is damaged.
    fn entry(&self, object: Object<'_>, at: usize, notes: &mut TreeNotes, work: &mut TreeWork) -> Option<usize> {
        let width = self.table.raw_id(0).len();
        let rest = &object.bytes[at..];
        // "100644 name\0" and the raw id.
        let nul = memchr::memchr(0, rest)?;
        let space = memchr::memchr(b' ', &rest[..nul])?;
        let id = rest.get(nul + 1..nul + 1 + width)?;
        let mode = &rest[..space];
        // A gitlink names a commit of another repository, even where a commit of this one has its id.
        let found = if mode == b"160000" { None } else { Some(self.table.find(id)) };
        if found == Some(None) {
            work.missing.extend(Oid::from_bytes(id).map(|id| (id, object.id)));
        }
        if let Some(Some(target)) = found
            && (self.wanted[target as usize] || self.table.kind(target) == Some(ObjectKind::Tree))
        {
            let edge = Edge { name: self.name(&rest[space + 1..nul]), target };
            notes.edges.push((notes.starts.len() as u32, edge));
        }
        notes.starts.push(at as u32);
        Some(at + nul + 1 + width)
    }

    fn read(&self, tree: Object<'_>, base: Option<Base<'_, TreeNotes>>, work: &mut TreeWork) -> Option<TreeNotes> {
        let mut notes = TreeNotes::default();
        let mut at = 0;
        let (known, segments) = base.map_or((None, &[][..]), |base| (Some(base.notes), base.segments));
        let mut copies = segments.iter();
        let mut copy = copies.next();
        while at < tree.bytes.len() {
            while copy.is_some_and(|copy| copy.end() as usize <= at) {
                copy = copies.next();
            }
            let taken = match (known, copy) {
                (Some(known), Some(copy)) => notes.take_over(known, copy, at as u32),
                _ => None,
            };
            at = match taken {
                Some(end) => end as usize,
                None => self.entry(tree, at, &mut notes, work)?,
            };
        }
        notes.starts.push(at as u32);
        Some(notes)
    }
}

impl TreeNotes {
    /// Takes over the entries of `base` that `copy` brings whole, if one begins at `at` of the new tree. Returns where
    /// the last of them ends.
    fn take_over(&mut self, base: &Self, copy: &Segment, at: u32) -> Option<u32> {
        let from = copy.from?;
        let in_base = from + (at - copy.to);
        let first = base.starts.binary_search(&in_base).ok()?;
        let last = base.starts.partition_point(|&start| start <= from + copy.len) - 1;
        if last <= first {
            return None;
        }
        let moved = |start: u32| (start + at) - in_base;
        let number = self.starts.len() as u32;
        self.starts.extend(base.starts[first..last].iter().map(|&start| moved(start)));
        let edges = base.edges.partition_point(|&(entry, _)| entry < first as u32);
        let taken = base.edges[edges..].iter().take_while(|&&(entry, _)| entry < last as u32);
        self.edges.extend(taken.map(|&(entry, edge)| (entry - first as u32 + number, edge)));
        Some(moved(base.starts[last]))
    }
}

impl Visitor for TreeReader<'_> {
    type Notes = TreeNotes;
    type Work = TreeWork;

    fn work(&self) -> TreeWork {
        TreeWork::default()
    }

    fn visit(&self, work: &mut TreeWork, object: Object<'_>, base: Option<Base<'_, TreeNotes>>) -> TreeNotes {
        let Some(notes) = self.read(object, base, work) else {
            work.damaged.push(object.id);
            return TreeNotes::default();
        };
        if object.counts && !notes.edges.is_empty() {
            work.trees.push((object.id, work.edges.len() as u32, notes.edges.len() as u32));
            work.edges.extend(notes.edges.iter().map(|&(_, edge)| edge));
        }
        notes
    }

    fn stream(&self, work: &mut TreeWork, id: ObjectIndex, _: u64, _: &mut dyn Read) -> std::io::Result<()> {
        work.damaged.push(id);
        Ok(())
    }
}

/// Where the edges of a tree are: which worker's, the first, and how many.
#[derive(Clone, Copy, Default)]
struct Span {
    worker: u32,
    first: u32,
    count: u32,
}

/// Which tree holds which trees and wanted blobs.
pub struct Containment {
    /// By worker.
    edges: Vec<Vec<Edge>>,
    /// By object number.
    spans: Vec<Span>,
    names: Vec<Box<[u8]>>,
    /// Objects that trees name and the store lacks, each with a tree that names it; sorted.
    pub missing: Vec<(Oid, ObjectIndex)>,
    /// Trees that do not parse, sorted.
    pub damaged: Vec<ObjectIndex>,
}

impl Containment {
    /// Puts together what the workers of a walk with `reader` collected.
    pub fn new(reader: TreeReader<'_>, walked: Walked<TreeWork>) -> Self {
        let TreeReader { names, .. } = reader;
        let names = names.into_inner().unwrap_or_else(PoisonError::into_inner).list;
        let objects = reader.table.len();
        let mut whole = Self {
            edges: Vec::new(),
            spans: vec![Span::default(); objects],
            names,
            missing: Vec::new(),
            damaged: Vec::new(),
        };
        for (worker, work) in walked.work.into_iter().enumerate() {
            for (tree, first, count) in work.trees {
                whole.spans[tree as usize] = Span { worker: worker as u32, first, count };
            }
            whole.edges.push(work.edges);
            whole.missing.extend(work.missing);
            whole.damaged.extend(work.damaged);
        }
        whole.missing.sort_unstable();
        whole.missing.dedup();
        whole.damaged.sort_unstable();
        whole.damaged.dedup();
        whole
    }

    /// What a tree holds, as far as it was wanted.
    pub(super) fn edges(&self, tree: ObjectIndex) -> &[Edge] {
        let Span { worker, first, count } = self.spans[tree as usize];
        &self.edges[worker as usize][first as usize..][..count as usize]
    }

    /// The bytes of a name.
    pub(super) fn name(&self, name: NameIndex) -> &[u8] {
        &self.names[name as usize]
    }
}
