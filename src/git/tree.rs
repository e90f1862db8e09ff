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
    /// Numbers of the entries whose object the store lacks.
    lacking: Vec<u32>,
    /// The tree itself.
    tree: ObjectIndex,
}

/// What a worker collects.
#[derive(Default)]
pub struct TreeWork {
    edges: Vec<Edge>,
    /// Tree, first edge, number of edges.
    trees: Vec<(ObjectIndex, u32, u32)>,
    missing: Vec<(Oid, ObjectIndex)>,
    heirs: Vec<(ObjectIndex, ObjectIndex)>,
    damaged: Vec<ObjectIndex>,
}

/// An entry of a tree as it is written.
pub(super) struct Entry<'a> {
    pub mode: &'a [u8],
    pub name: &'a [u8],
    pub id: &'a [u8],
    /// Bytes that it takes.
    pub len: usize,
}

impl<'a> Entry<'a> {
    /// The entry at the start of `text`, `100644 name\0` and an id of `width` bytes; `None` if it is damaged.
    pub fn first(text: &'a [u8], width: usize) -> Option<Self> {
        let nul = memchr::memchr(0, text)?;
        let space = memchr::memchr(b' ', &text[..nul])?;
        let id = text.get(nul + 1..nul + 1 + width)?;
        Some(Self { mode: &text[..space], name: &text[space + 1..nul], id, len: nul + 1 + width })
    }
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
        let Entry { mode, name, id, len } = Entry::first(&object.bytes[at..], self.table.raw_id(0).len())?;
        // A gitlink names a commit of another repository, even where a commit of this one has its id.
        let found = if mode == b"160000" { None } else { Some(self.table.find(id)) };
        if found == Some(None) {
            work.missing.extend(Oid::from_bytes(id).map(|id| (id, object.id)));
            notes.lacking.push(notes.starts.len() as u32);
        }
        if let Some(Some(target)) = found
            && (self.wanted[target as usize] || self.table.kind(target) == Some(ObjectKind::Tree))
        {
            let edge = Edge { name: self.name(name), target };
            notes.edges.push((notes.starts.len() as u32, edge));
        }
        notes.starts.push(at as u32);
        Some(at + len)
    }

    fn read(&self, tree: Object<'_>, base: Option<Base<'_, TreeNotes>>, work: &mut TreeWork) -> Option<TreeNotes> {
        let mut notes = TreeNotes { tree: tree.id, ..TreeNotes::default() };
        let mut inherits = false;
        let mut at = 0;
        let (known, segments) = base.map_or((None, &[][..]), |base| (Some(base.notes), base.segments));
        let mut copies = segments.iter();
        let mut copy = copies.next();
        while at < tree.bytes.len() {
            while copy.is_some_and(|copy| copy.end() as usize <= at) {
                copy = copies.next();
            }
            let lacking = notes.lacking.len();
            let taken = match (known, copy) {
                (Some(known), Some(copy)) => notes.take_over(known, copy, at as u32),
                _ => None,
            };
            inherits |= taken.is_some() && notes.lacking.len() > lacking;
            at = match taken {
                Some(end) => end as usize,
                None => self.entry(tree, at, &mut notes, work)?,
            };
        }
        notes.starts.push(at as u32);
        if let (Some(known), true) = (known, inherits) {
            work.heirs.push((tree.id, known.tree));
        }
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
        let lacking = base.lacking.partition_point(|&entry| entry < first as u32);
        let taken = base.lacking[lacking..].iter().take_while(|&&entry| entry < last as u32);
        self.lacking.extend(taken.map(|&entry| entry - first as u32 + number));
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

    fn stream(&self, work: &mut TreeWork, id: ObjectIndex, _: Option<u64>, _: &mut dyn Read) -> std::io::Result<()> {
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
    /// Objects that trees name and the store lacks, each with the trees in which that was seen; sorted.
    missing: Vec<(Oid, ObjectIndex)>,
    /// A tree, and one from which it took over entries whose objects the store lacks; sorted. One number a tree: in a
    /// partial clone nearly every entry is such a one.
    heirs: Vec<(ObjectIndex, ObjectIndex)>,
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
            heirs: Vec::new(),
            damaged: Vec::new(),
        };
        for (worker, work) in walked.work.into_iter().enumerate() {
            for (tree, first, count) in work.trees {
                whole.spans[tree as usize] = Span { worker: worker as u32, first, count };
            }
            whole.edges.push(work.edges);
            whole.missing.extend(work.missing);
            whole.heirs.extend(work.heirs);
            whole.damaged.extend(work.damaged);
        }
        whole.missing.sort_unstable();
        whole.missing.dedup();
        whole.heirs.sort_unstable();
        whole.heirs.dedup();
        whole.damaged.sort_unstable();
        whole.damaged.dedup();
        whole
    }

    /// What a tree holds, as far as it was wanted.
    pub(super) fn edges(&self, tree: ObjectIndex) -> &[Edge] {
        let Span { worker, first, count } = self.spans[tree as usize];
        &self.edges[worker as usize][first as usize..][..count as usize]
    }

    /// Whether the store has all that trees name.
    pub(super) fn is_whole(&self) -> bool {
        self.missing.is_empty()
    }

    /// What the store lacks of what the trees in `seen` name, each object with a tree that names it, sorted.
    pub(super) fn missed(&self, mut seen: Vec<bool>) -> Vec<(Oid, ObjectIndex)> {
        let mut stack: Vec<ObjectIndex> =
            self.heirs.iter().map(|&(heir, _)| heir).filter(|&heir| seen[heir as usize]).collect();
        while let Some(heir) = stack.pop() {
            let from = self.heirs.partition_point(|&(other, _)| other < heir);
            for &(_, base) in self.heirs[from..].iter().take_while(|&&(other, _)| other == heir) {
                if !std::mem::replace(&mut seen[base as usize], true) {
                    stack.push(base);
                }
            }
        }
        let mut missed: Vec<_> = self.missing.iter().copied().filter(|(_, tree)| seen[*tree as usize]).collect();
        missed.dedup_by_key(|(oid, _)| *oid);
        missed
    }

    /// The bytes of a name.
    pub(super) fn name(&self, name: NameIndex) -> &[u8] {
        &self.names[name as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::git::Home;
    use proptest::prelude::*;

    /// Objects by the number in their ids: two blobs, of which the second is wanted, a tree, and trees to be read.
    const OBJECTS: u8 = 8;

    fn oid(n: u8) -> Oid {
        Oid::from_bytes(&[n; 20]).unwrap()
    }

    fn table() -> Table {
        let places = (0..OBJECTS).map(|n| (oid(n), Home::Loose(n.into()))).collect();
        let mut table = Table::new(20, places, |_, _| ());
        for (n, kind) in table.kinds.iter_mut().enumerate() {
            *kind = Some(if n < 2 { ObjectKind::Blob } else { ObjectKind::Tree });
        }
        table
    }

    fn entry(mode: &str, name: &str, target: u8) -> Vec<u8> {
        [format!("{mode} {name}\0").as_bytes(), &[target; 20]].concat()
    }

    fn tree(id: ObjectIndex, bytes: &[u8]) -> Object<'_> {
        Object { id, kind: ObjectKind::Tree, bytes, counts: true }
    }

    #[test]
    fn what_only_an_heir_of_a_lost_tree_still_names_is_missed() {
        let (table, wanted) = (table(), [false; OBJECTS as usize]);
        let reader = TreeReader::new(&table, &wanted);
        let mut work = reader.work();
        let lost = [entry("100644", "a", 90), entry("100644", "b", 91)].concat();
        let kept = [entry("100644", "a", 90), entry("100644", "c", 0)].concat();
        let copy = Segment { to: 0, from: Some(0), len: lost.len() as u32 / 2 };
        let insert = Segment { to: copy.len, from: None, len: kept.len() as u32 - copy.len };
        let notes = reader.visit(&mut work, tree(3, &lost), None);
        let base = Base { bytes: &lost, notes: &notes, segments: &[copy, insert] };
        let notes = reader.visit(&mut work, tree(4, &kept), Some(base));
        let whole = [Segment { len: kept.len() as u32, ..copy }];
        reader.visit(&mut work, tree(5, &kept), Some(Base { bytes: &kept, notes: &notes, segments: &whole }));
        let walked = Walked { work: vec![work], read: [(0, 0); 4], gaps: Vec::new() };
        let containment = Containment::new(reader, walked);
        let missed = |tree: usize| {
            let mut seen = vec![false; OBJECTS.into()];
            seen[tree] = true;
            containment.missed(seen).iter().map(|&(id, _)| id).collect::<Vec<_>>()
        };
        assert_eq!(missed(2), []);
        assert_eq!(missed(3), [oid(90), oid(91)]);
        assert!(missed(4).contains(&oid(90)) && missed(5).contains(&oid(90)));
    }

    proptest! {
        #[test]
        fn entries_taken_over_are_those_that_reading_the_tree_whole_finds(
            base in proptest::collection::vec((0..3_usize, "[a-z]{1,6}", 0..4_u8), 0..12),
            cuts in proptest::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>()), 0..4),
            brought in proptest::collection::vec((0..3_usize, "[a-z]{1,6}", 0..4_u8), 0..3),
        ) {
            let table = table();
            let mut wanted = [false; OBJECTS as usize];
            wanted[1] = true;
            let reader = TreeReader::new(&table, &wanted);
            // The last of the four is not in the store.
            let bytes = |entries: &[(usize, String, u8)]| -> Vec<u8> {
                let one = |(mode, name, target): &(usize, String, u8)| {
                    entry(["100644", "40000", "160000"][*mode], name, [0, 1, 2, 90][usize::from(*target)])
                };
                entries.iter().flat_map(one).collect()
            };
            let (base, brought) = (bytes(&base), bytes(&brought));
            // Copies of any stretch, whole entries or not, with what was brought after each.
            let (mut built, mut segments) = (Vec::new(), Vec::new());
            for (a, b) in cuts {
                let (a, b) = (a.index(base.len() + 1), b.index(base.len() + 1));
                for (from, part) in [(Some(a.min(b) as u32), &base[a.min(b)..a.max(b)]), (None, &brought)] {
                    if !part.is_empty() {
                        segments.push(Segment { to: built.len() as u32, from, len: part.len() as u32 });
                        built.extend_from_slice(part);
                    }
                }
            }
            let mut work = reader.work();
            if let Some(known) = reader.read(tree(3, &base), None, &mut work) {
                let of_base = Base { bytes: &base, notes: &known, segments: &segments };
                let taken = reader.read(tree(4, &built), Some(of_base), &mut work);
                let whole = reader.read(tree(4, &built), None, &mut work);
                prop_assert_eq!(taken.is_some(), whole.is_some());
                if let (Some(taken), Some(whole)) = (taken, whole) {
                    prop_assert_eq!(taken.starts, whole.starts);
                    prop_assert_eq!(taken.edges, whole.edges);
                    prop_assert_eq!(taken.lacking, whole.lacking);
                }
            }
        }
    }
}
