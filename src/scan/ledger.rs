//! The ledger while it is being written: what was read, and every gap that comes to light on the way.

use crate::{
    git::{Graph, ObjectIndex, Push, Store, Tracer, Walked, lfs::Pointer},
    model::{Coverage, Gap, GapKind, ObjectKind, Oid, Tally},
};
use std::collections::BTreeMap;

/// Gathers gaps and counts.
pub(super) struct Ledger<'a> {
    store: &'a Store,
    gaps: Vec<Gap>,
    /// What the repository itself lacks: a gap, unless the user accepts it.
    lacking: Vec<Gap>,
    /// Objects and bytes, in the order of [`ObjectKind::ALL`].
    read: [(u64, u64); 4],
    refs: u64,
    texts: BTreeMap<&'static str, Tally>,
    sealed: Vec<Gap>,
}

impl<'a> Ledger<'a> {
    /// Begins with what could not be opened.
    pub fn new(store: &'a Store, refs: usize, bad_refs: Vec<Gap>) -> Self {
        let mut gaps = bad_refs;
        gaps.extend(store.gaps().iter().cloned());
        let (lacking, sealed) = (Vec::new(), Vec::new());
        Self { store, gaps, lacking, read: [(0, 0); 4], refs: refs as u64, texts: BTreeMap::new(), sealed }
    }

    /// Takes down what a walk read and could not read.
    pub fn walked<W>(&mut self, walked: &mut Walked<W>) {
        self.gaps.append(&mut walked.gaps);
        for (sum, part) in self.read.iter_mut().zip(walked.read) {
            *sum = (sum.0 + part.0, sum.1 + part.1);
        }
    }

    /// Takes down what lies beside the store.
    pub fn beside(&mut self, texts: BTreeMap<&'static str, Tally>, mut gaps: Vec<Gap>, mut lacking: Vec<Gap>) {
        self.texts = texts;
        self.gaps.append(&mut gaps);
        self.lacking.append(&mut lacking);
    }

    /// Git LFS pointers whose content is not here, and why. As with other objects, what no ref reaches is not missed: who
    /// clones or prunes leaves it out on purpose.
    pub fn lfs_absent(&mut self, absent: &[(ObjectIndex, Pointer, String)], reached: &[bool]) {
        for (number, pointer, problem) in absent.iter().filter(|(number, ..)| reached[*number as usize]) {
            let blob = self.store.table().id(*number);
            let problem = if problem.is_empty() { "run 'git lfs fetch --all'" } else { problem };
            let detail = format!("the content of blob {blob}, {} bytes, is not stored here: {problem}", pointer.size);
            self.lacking.push(Gap { kind: GapKind::LfsNotStored, subject: pointer.oid.clone(), detail });
            self.texts.entry("lfs").or_default().seen += 1;
        }
    }

    /// What was not unpacked.
    pub fn unopened(&mut self, unopened: Vec<Gap>) {
        let (sealed, mut bounded) = unopened.into_iter().partition(|gap| gap.kind == GapKind::Sealed);
        self.sealed = sealed;
        self.gaps.append(&mut bounded);
    }

    /// Objects that were read but make no sense.
    pub fn damaged(&mut self, objects: impl Iterator<Item = ObjectIndex>) {
        for id in objects {
            let detail = match self.store.table().kind(id) {
                Some(ObjectKind::Tree) => "its entries do not parse, so the paths below it are unknown",
                _ => "its header does not parse, so its place in history is unknown",
            };
            self.corrupt(id, detail);
        }
    }

    /// Trees that hold themselves.
    pub fn circular(&mut self, tracer: &Tracer<'_>) {
        for id in tracer.circular() {
            self.corrupt(
                id,
                "a tree that holds itself, which no honest repository has: it was not followed in a circle",
            );
        }
    }

    /// What a push leads to and nobody has.
    pub fn pushed(&mut self, push: &Push) {
        self.gaps.extend(push.gaps().iter().cloned());
    }

    /// What only following history shows: objects that are named and lacking.
    pub fn traced(&mut self, graph: &Graph, tracer: &Tracer<'_>, shallow: &[Oid]) {
        let missing = |oid: &Oid, named_by: String| Gap {
            kind: GapKind::MissingObject,
            subject: oid.to_string(),
            detail: format!("named by {named_by}, but not in the store: a partial clone, or an object was lost"),
        };
        self.lacking.extend(graph.missing.iter().map(|(oid, named_by)| missing(oid, named_by.clone())));
        let missed = tracer.missed();
        let tree = |id: ObjectIndex| format!("tree {}", self.store.table().id(id));
        self.lacking.extend(missed.iter().map(|(oid, named_by)| missing(oid, tree(*named_by))));
        self.lacking.extend(shallow.iter().map(boundary));
    }

    /// Closes the ledger. `allow_missing`: the user accepts what the repository itself lacks.
    pub fn close(mut self, allow_missing: bool, interrupted: bool) -> Coverage {
        if !allow_missing {
            self.gaps.append(&mut self.lacking);
        }
        let objects = self.tallies();
        let sum = |of: fn(&Tally) -> u64| objects.values().map(of).sum::<u64>();
        let (seen, scanned) = (sum(|tally| tally.seen), sum(|tally| tally.scanned));
        if interrupted {
            let texts = Tally::sum(self.texts.values());
            self.gaps.push(stopped(scanned + texts.scanned, seen + texts.seen));
        } else if self.gaps.is_empty() && scanned != seen {
            // Cannot happen; but should an object slip through, it must not pass for read.
            self.gaps.push(unaccounted(scanned, seen));
        }
        self.gaps.sort();
        self.gaps.dedup();
        let known = (0..self.store.table().len() as ObjectIndex).filter(|&id| self.store.is_known(id)).count() as u64;
        let Self { gaps, lacking, refs, texts, mut sealed, .. } = self;
        sealed.sort();
        sealed.dedup();
        Coverage { objects, known, gaps, accepted_gaps: lacking, refs, texts, sealed }
    }

    fn corrupt(&mut self, id: ObjectIndex, detail: &str) {
        let subject = self.store.table().id(id).to_string();
        self.gaps.push(Gap { kind: GapKind::CorruptObject, subject, detail: detail.to_owned() });
    }

    fn tallies(&self) -> BTreeMap<ObjectKind, Tally> {
        let mut tallies: BTreeMap<ObjectKind, Tally> = ObjectKind::ALL
            .into_iter()
            .zip(self.read)
            .map(|(kind, (scanned, bytes))| (kind, Tally { seen: 0, scanned, bytes }))
            .collect();
        let table = self.store.table();
        let read = |&id: &ObjectIndex| !self.store.is_known(id);
        for kind in (0..table.len() as ObjectIndex).filter(read).filter_map(|id| table.kind(id)) {
            if let Some(tally) = tallies.get_mut(&kind) {
                tally.seen += 1;
            }
        }
        tallies
    }
}

fn boundary(commit: &Oid) -> Gap {
    Gap {
        kind: GapKind::ShallowBoundary,
        subject: commit.to_string(),
        detail: "a shallow clone: what came before this commit is not here; run 'git fetch --unshallow'".to_owned(),
    }
}

fn stopped(scanned: u64, seen: u64) -> Gap {
    let detail = format!("stopped after {scanned} of {seen} objects");
    Gap { kind: GapKind::Interrupted, subject: "scan".to_owned(), detail }
}

fn unaccounted(scanned: u64, seen: u64) -> Gap {
    let detail = format!("{scanned} objects were read of {seen}, and nothing says why; please report this");
    Gap { kind: GapKind::UnreadableStore, subject: "scan".to_owned(), detail }
}
