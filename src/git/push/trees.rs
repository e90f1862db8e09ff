//! The trees that a push builds on, by path: what they hold was there before.

use super::super::{lender::Lender, tree};
use crate::model::{ObjectKind, Oid};
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::Arc;

/// An entry of a tree, gitlinks left out.
pub(super) struct Entry {
    pub name: Vec<u8>,
    pub oid: Oid,
    pub kind: ObjectKind,
}

/// A tree that was there before.
pub(super) struct OldTree {
    pub oid: Oid,
    entries: FxHashMap<Vec<u8>, (Oid, ObjectKind)>,
}

/// Trees that were there before, read as they are asked for.
pub(super) struct Trees<'a> {
    lender: &'a Lender,
    /// Bytes of an id.
    width: usize,
    roots: Vec<Oid>,
    by_path: FxHashMap<Vec<u8>, Vec<Arc<OldTree>>>,
    by_id: FxHashMap<Oid, Arc<OldTree>>,
    known: FxHashSet<Oid>,
}

impl OldTree {
    /// The file of this name.
    pub fn blob(&self, name: &[u8]) -> Option<Oid> {
        self.entry(name, ObjectKind::Blob)
    }

    fn entry(&self, name: &[u8], kind: ObjectKind) -> Option<Oid> {
        self.entries.get(name).filter(|entry| entry.1 == kind).map(|entry| entry.0)
    }
}

impl<'a> Trees<'a> {
    pub fn new(lender: &'a Lender, width: usize) -> Self {
        Self {
            lender,
            width,
            roots: Vec::new(),
            by_path: FxHashMap::default(),
            by_id: FxHashMap::default(),
            known: FxHashSet::default(),
        }
    }

    /// Adds the tree of a commit that was there before.
    pub fn add_root(&mut self, tree: Oid) {
        if self.known.insert(tree) {
            self.roots.push(tree);
        }
    }

    /// Whether an object is in one of the trees that were asked for.
    pub fn is_known(&self, oid: &Oid) -> bool {
        self.known.contains(oid)
    }

    /// The distinct trees that were at `path`. One that cannot be read is left out: what it holds is then taken for new.
    pub fn at(&mut self, path: &[u8]) -> Vec<Arc<OldTree>> {
        if let Some(trees) = self.by_path.get(path) {
            return trees.clone();
        }
        let mut ids = if path.is_empty() {
            self.roots.clone()
        } else {
            let slash = memchr::memrchr(b'/', path);
            let (parent, name) = slash.map_or((&b""[..], path), |at| (&path[..at], &path[at + 1..]));
            // Parents are looked at before their children, so that this goes one level up only.
            let parents = self.at(parent);
            parents.iter().filter_map(|tree| tree.entry(name, ObjectKind::Tree)).collect()
        };
        ids.sort_unstable();
        ids.dedup();
        let trees: Vec<Arc<OldTree>> = ids.into_iter().filter_map(|oid| self.read(oid)).collect();
        self.by_path.insert(path.to_vec(), trees.clone());
        trees
    }

    fn read(&mut self, oid: Oid) -> Option<Arc<OldTree>> {
        if let Some(tree) = self.by_id.get(&oid) {
            return Some(Arc::clone(tree));
        }
        let (_, bytes) = self.lender.read(&oid).ok()?;
        let entries = self.parse(&bytes)?;
        self.known.extend(entries.iter().map(|entry| entry.oid));
        let entries = entries.into_iter().map(|Entry { name, oid, kind }| (name, (oid, kind))).collect();
        let tree = Arc::new(OldTree { oid, entries });
        self.by_id.insert(oid, Arc::clone(&tree));
        Some(tree)
    }

    /// The entries of a tree; `None` if it is damaged.
    pub fn parse(&self, bytes: &[u8]) -> Option<Vec<Entry>> {
        let (mut entries, mut rest) = (Vec::new(), bytes);
        while !rest.is_empty() {
            let tree::Entry { mode, name, id, len } = tree::Entry::first(rest, self.width)?;
            let kind = match mode {
                b"160000" => None,
                b"40000" | b"040000" => Some(ObjectKind::Tree),
                _ => Some(ObjectKind::Blob),
            };
            if let Some(kind) = kind {
                entries.push(Entry { name: name.to_vec(), oid: Oid::from_bytes(id).ok()?, kind });
            }
            rest = &rest[len..];
        }
        Some(entries)
    }
}
