//! From the pushed refs down to what is new.

use super::{
    super::{
        commit::{CommitHeader, tag_target},
        error::GitError,
        known::Known,
        lender::Lender,
        store::Store,
    },
    trees::{Entry, MOST_PATH, Trees},
};
use crate::model::{Gap, GapKind, ObjectKind, Oid};
use rustc_hash::FxHashSet;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::atomic::{AtomicBool, Ordering},
};

/// What has been found to be new.
pub(super) struct Brought<'a> {
    /// What waits in quarantine.
    own: &'a Store,
    lender: &'a Lender,
    cancel: &'a AtomicBool,
    pub new: FxHashSet<Oid>,
    pub lent: BTreeMap<Oid, ObjectKind>,
    pub gaps: Vec<Gap>,
    /// Whether it builds on nothing, and brings what the store has: then the store is read as a whole.
    pub is_whole: bool,
    /// The commits it builds on.
    pub base: BTreeSet<Oid>,
    /// Trees and blobs that new commits, tags and refs name, each with who names it.
    roots: Vec<(Oid, String)>,
    trees: Trees<'a>,
}

/// A tree to be looked at.
struct Waiting {
    oid: Oid,
    path: Path,
}

/// Where it stands; `None`: deeper than any file system goes, and not compared with what was there before.
type Path = Option<Vec<u8>>;

/// An object that a new tree names, and that did not come with the push.
struct Absent {
    oid: Oid,
    kind: ObjectKind,
    path: Path,
    named_by: Oid,
}

impl<'a> Brought<'a> {
    pub fn new(own: &'a Store, lender: &'a Lender, hash: gix_hash::Kind, cancel: &'a AtomicBool) -> Self {
        Self {
            own,
            lender,
            cancel,
            new: FxHashSet::default(),
            lent: BTreeMap::new(),
            gaps: Vec::new(),
            is_whole: false,
            base: BTreeSet::new(),
            roots: Vec::new(),
            trees: Trees::new(lender, hash.len_in_bytes()),
        }
    }

    fn stopped(&self) -> bool {
        self.cancel.load(Ordering::Relaxed)
    }

    fn owns(&self, oid: &Oid) -> bool {
        self.own.table.find(oid.as_bytes()).is_some()
    }

    fn read(&self, oid: &Oid) -> Result<(ObjectKind, Vec<u8>), String> {
        match self.own.table.find(oid.as_bytes()) {
            Some(id) => self.own.read(id).map_err(|gap| gap.detail),
            None => self.lender.read(oid),
        }
    }

    fn missing(&mut self, oid: &Oid, named_by: &str) {
        let detail = format!("named by {named_by}, but neither pushed nor in the store");
        self.gaps.push(Gap { kind: GapKind::MissingObject, subject: oid.to_string(), detail });
    }

    fn corrupt(&mut self, oid: &Oid, detail: String) {
        self.gaps.push(Gap { kind: GapKind::CorruptObject, subject: oid.to_string(), detail });
    }

    /// Follows commits and tags from `tips`, each with the name of its ref. `moved` are the refs of the push.
    pub fn history(
        &mut self,
        tips: &[(Oid, String)],
        known: &Known<'_>,
        moved: &[&[u8]],
        shallow: &[Oid],
    ) -> Result<(), GitError> {
        let mut waiting: Vec<(Oid, String)> = tips.to_vec();
        let mut seen = FxHashSet::default();
        // Commits that the store had before: whether a ref reaches them is asked for all at once.
        let mut old = Vec::new();
        while let Some((oid, named_by)) = waiting.pop().filter(|_| !self.stopped()) {
            if !seen.insert(oid) {
                continue;
            }
            if self.owns(&oid) && !self.lender.has(&oid) {
                self.take(oid, &named_by, &mut waiting);
                continue;
            }
            match self.lender.header(&oid) {
                Ok(Some((ObjectKind::Commit, _))) => old.push(oid),
                Ok(Some((ObjectKind::Tag, _))) if known.names(&oid) => {}
                Ok(Some((ObjectKind::Tag, _))) => {
                    self.lent.insert(oid, ObjectKind::Tag);
                    self.take(oid, &named_by, &mut waiting);
                }
                Ok(Some(_)) => self.roots.push((oid, named_by)),
                // The parents of a shallow commit are left out on purpose.
                Ok(None) if shallow.iter().any(|commit| named_by == names(commit)) => {}
                Ok(None) => self.missing(&oid, &named_by),
                Err(detail) => self.corrupt(&oid, detail),
            }
        }
        old.sort_unstable();
        let unreached = known.unreached(&old, moved, self.lender)?;
        let among: FxHashSet<Oid> = unreached.iter().copied().collect();
        self.base.extend(old.into_iter().filter(|oid| !among.contains(oid)));
        for oid in unreached {
            let mut parents = Vec::new();
            self.lent.insert(oid, ObjectKind::Commit);
            self.take(oid, "a pushed ref", &mut parents);
            self.base.extend(parents.into_iter().map(|(parent, _)| parent).filter(|parent| !among.contains(parent)));
        }
        Ok(())
    }

    /// Takes a new commit or tag down, and puts what it names into `waiting`.
    fn take(&mut self, oid: Oid, named_by: &str, waiting: &mut Vec<(Oid, String)>) {
        let (kind, bytes) = match self.read(&oid) {
            Ok(object) => object,
            Err(detail) => return self.corrupt(&oid, detail),
        };
        match kind {
            ObjectKind::Commit => match CommitHeader::parse(&bytes) {
                Some(header) => {
                    self.roots.push((header.tree, names(&oid)));
                    waiting.extend(header.parents.into_iter().map(|parent| (parent, names(&oid))));
                }
                None => self.corrupt(&oid, "its header does not parse".to_owned()),
            },
            ObjectKind::Tag => match tag_target(&bytes) {
                Some(target) => waiting.push((target, format!("tag {oid}"))),
                None => self.corrupt(&oid, "its header does not parse".to_owned()),
            },
            ObjectKind::Tree | ObjectKind::Blob => return self.roots.push((oid, named_by.to_owned())),
        }
        self.new.insert(oid);
    }

    /// Follows trees from the new commits down.
    pub fn contents(&mut self) {
        self.is_whole = self.base.is_empty() && self.own.table.is_empty() && !self.new.is_empty();
        if self.is_whole {
            return;
        }
        self.base.iter().for_each(|commit| self.trees.add_commit(commit));
        let mut waiting = Vec::new();
        let mut absent = Vec::new();
        let mut seen = FxHashSet::default();
        for (oid, named_by) in std::mem::take(&mut self.roots) {
            if self.trees.is_known(&oid) {
                continue;
            }
            let kind = match self.own.table.find(oid.as_bytes()) {
                Some(id) => self.own.table.kind(id),
                None => match self.lender.header(&oid) {
                    Ok(Some((kind, _))) => {
                        self.lent.insert(oid, kind);
                        Some(kind)
                    }
                    Ok(None) => {
                        self.missing(&oid, &named_by);
                        None
                    }
                    Err(detail) => {
                        self.corrupt(&oid, detail);
                        None
                    }
                },
            };
            if kind == Some(ObjectKind::Tree) {
                waiting.push(Waiting { oid, path: Some(Vec::new()) });
            }
        }
        loop {
            while let Some(next) = waiting.pop().filter(|_| !self.stopped()) {
                if seen.insert(next.oid) {
                    self.compare(&next, &mut waiting, &mut absent);
                }
            }
            // By now more of what was there before is known: a file that was moved is not new.
            let before = std::mem::take(&mut absent);
            for Absent { oid, kind, path, named_by } in before {
                if self.stopped() || self.trees.is_known(&oid) || self.lent.contains_key(&oid) {
                    continue;
                }
                match self.lender.header(&oid) {
                    Ok(Some((found, _))) if found == kind => {
                        self.lent.insert(oid, kind);
                        if kind == ObjectKind::Tree {
                            waiting.push(Waiting { oid, path });
                        }
                    }
                    Ok(Some((found, _))) => {
                        self.corrupt(&oid, format!("a {found:?} that tree {named_by} names as a {kind:?}"));
                    }
                    Ok(None) => self.missing(&oid, &format!("tree {named_by}")),
                    Err(detail) => self.corrupt(&oid, detail),
                }
            }
            if waiting.is_empty() {
                return;
            }
        }
    }

    /// Compares a new tree with those that were at its path.
    fn compare(&mut self, tree: &Waiting, waiting: &mut Vec<Waiting>, absent: &mut Vec<Absent>) {
        let entries = match self.read(&tree.oid) {
            Ok((_, bytes)) => self.trees.parse(&bytes),
            Err(detail) => return self.corrupt(&tree.oid, detail),
        };
        let Some(entries) = entries else {
            return self.corrupt(&tree.oid, "its entries do not parse, so what is below it is unknown".to_owned());
        };
        if let Some(path) = &tree.path {
            self.trees.at(path);
        }
        for Entry { name, oid, kind } in entries {
            if self.trees.is_known(&oid) {
                continue;
            }
            let path = || match tree.path.as_deref()? {
                [] => Some(name.clone()),
                path if path.len() < MOST_PATH => Some([path, b"/", &name].concat()),
                _ => None,
            };
            match (self.owns(&oid), kind) {
                (true, ObjectKind::Tree) => waiting.push(Waiting { oid, path: path() }),
                (true, _) => {}
                (false, _) => absent.push(Absent { oid, kind, path: path(), named_by: tree.oid }),
            }
        }
    }
}

/// A commit as the one who names something.
fn names(commit: &Oid) -> String {
    format!("commit {commit}")
}
