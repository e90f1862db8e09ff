//! The trees that a push builds on, by path: what they hold was there before.

use super::super::{commit::CommitHeader, lender::Lender, tree};
use crate::model::{ObjectKind, Oid};
use rustc_hash::{FxHashMap, FxHashSet};
use std::{iter, sync::Arc};

/// Bytes of a path that is still followed: the most that Linux opens. A hostile tree may be a hundred thousand levels deep,
/// and all its paths together larger than memory.
pub(super) const MOST_PATH: usize = 4096;

/// An entry of a tree, gitlinks left out.
pub(super) struct Entry<'t> {
    pub name: &'t [u8],
    pub oid: Oid,
    pub kind: ObjectKind,
}

/// That an entry does not parse.
pub(super) struct Damaged;

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
    pub fn add_commit(&mut self, commit: &Oid) {
        let tree = self.lender.read(commit).ok().and_then(|(_, bytes)| Some(CommitHeader::parse(&bytes)?.tree));
        if let Some(tree) = tree.filter(|tree| self.known.insert(*tree)) {
            self.roots.push(tree);
        }
    }

    /// What was at `path` before: the files, and the trees that lead there.
    pub fn before(&mut self, path: &[u8]) -> Vec<(Oid, ObjectKind)> {
        let mut found = Vec::new();
        let (mut folder, name) = split(path);
        found.extend(self.at(folder).iter().filter_map(|tree| Some((tree.blob(name)?, ObjectKind::Blob))));
        loop {
            found.extend(self.at(folder).iter().map(|tree| (tree.oid, ObjectKind::Tree)));
            if folder.is_empty() {
                return found;
            }
            folder = split(folder).0;
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
        if path.len() > MOST_PATH {
            return Vec::new();
        }
        let mut ids = if path.is_empty() {
            self.roots.clone()
        } else {
            let (parent, name) = split(path);
            // Parents are mostly looked at before their children; paths are no longer than a file system has them.
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
        let entry = |entry: Result<Entry<'_>, _>| entry.map(|Entry { name, oid, kind }| (name.to_vec(), (oid, kind)));
        let entries: FxHashMap<_, _> = self.entries(&bytes).map(entry).collect::<Result<_, _>>().ok()?;
        self.known.extend(self.entries(&bytes).flatten().map(|entry| entry.oid));
        let tree = Arc::new(OldTree { oid, entries });
        self.by_id.insert(oid, Arc::clone(&tree));
        Some(tree)
    }

    /// The entries of a tree; what comes after a damaged one is not known.
    pub fn entries<'t>(&self, bytes: &'t [u8]) -> impl Iterator<Item = Result<Entry<'t>, Damaged>> + use<'t> {
        let (width, mut rest) = (self.width, bytes);
        let each = iter::from_fn(move || {
            let first = (!rest.is_empty()).then(|| tree::Entry::first(rest, width))?;
            rest = first.as_ref().map_or(&[], |entry| &rest[entry.len..]);
            Some(first.ok_or(Damaged))
        });
        each.filter_map(|entry| entry.and_then(|entry| Entry::of(&entry)).transpose())
    }
}

impl<'t> Entry<'t> {
    /// `None` for a gitlink.
    fn of(entry: &tree::Entry<'t>) -> Result<Option<Self>, Damaged> {
        let oid = Oid::from_bytes(entry.id).map_err(|_| Damaged)?;
        Ok(kind_of(entry.mode)?.map(|kind| Self { name: entry.name, oid, kind }))
    }
}

/// What an entry of this mode is; `None`: a commit of another repository. Git looks at the bits of the file's type alone, so
/// `0040000` and `40755` are folders, too.
fn kind_of(mode: &[u8]) -> Result<Option<ObjectKind>, Damaged> {
    let digit = |sum: u16, &byte: &u8| matches!(byte, b'0'..=b'7').then(|| sum << 3 | u16::from(byte - b'0'));
    Ok(match mode.iter().try_fold(0, digit).ok_or(Damaged)? & 0o170_000 {
        0o160_000 => None,
        0o040_000 => Some(ObjectKind::Tree),
        _ => Some(ObjectKind::Blob),
    })
}

/// A path's folder and its last name.
fn split(path: &[u8]) -> (&[u8], &[u8]) {
    memchr::memrchr(b'/', path).map_or((b"", path), |at| (&path[..at], &path[at + 1..]))
}
