//! From the pushed refs down to what is new.

use super::{
    super::{
        commit::{CommitHeader, tag_target},
        error::GitError,
        known::Known,
        lender::Lender,
        store::Store,
        table::ObjectIndex,
    },
    trees::{Entry, MOST_PATH, Trees},
};
use crate::model::{Gap, GapKind, ObjectKind, Oid};
use rustc_hash::FxHashSet;
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::atomic::{AtomicBool, Ordering},
};

/// Most gaps that are kept: a tree of some megabytes names a million objects that nobody has.
const MOST_GAPS: usize = 10_000;

/// Most bytes of a commit, tag or tree that is followed: a tree of that size has a million entries.
const MOST_BYTES: u64 = 64 << 20;

/// What has been found to be new.
pub(super) struct Brought<'a> {
    /// What waits in quarantine.
    own: &'a Store,
    lender: &'a Lender,
    cancel: &'a AtomicBool,
    /// Of what waits in quarantine all that pushed refs were seen to reach, and of what the store has commits and tags.
    pub new: FxHashSet<Oid>,
    pub lent: BTreeMap<Oid, ObjectKind>,
    pub gaps: Vec<Gap>,
    /// Whether it builds on nothing, and brings what the store has: then the store is read as a whole.
    pub is_whole: bool,
    /// The commits it builds on.
    pub base: BTreeSet<Oid>,
    /// Trees and blobs that new commits, tags and refs name, each with who names it.
    roots: Vec<(Oid, By<'a>)>,
    trees: Trees<'a>,
    /// What was put down as absent, and as what: a tree that packs to some kilobytes names one object ten million times.
    asked: FxHashSet<(Oid, ObjectKind)>,
}

/// Who names an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By<'a> {
    /// A ref of this name.
    Ref(&'a str),
    Tag(Oid),
    Commit(Oid),
}

impl fmt::Display for By<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ref(name) => f.write_str(name),
            Self::Tag(oid) => write!(f, "tag {oid}"),
            Self::Commit(oid) => write!(f, "commit {oid}"),
        }
    }
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
            asked: FxHashSet::default(),
        }
    }

    fn stopped(&self) -> bool {
        self.cancel.load(Ordering::Relaxed)
    }

    /// The number of an object that waits in quarantine.
    fn owned(&self, oid: &Oid) -> Option<ObjectIndex> {
        self.own.table.find(oid.as_bytes())
    }

    fn is_tree(&self, id: ObjectIndex) -> bool {
        self.own.table.kind(id) == Some(ObjectKind::Tree)
    }

    fn read(&self, oid: &Oid) -> Result<(ObjectKind, Vec<u8>), String> {
        match self.owned(oid) {
            Some(id) => self.own.read_within(id, MOST_BYTES).map_err(|gap| gap.detail),
            None => match self.lender.header(oid)? {
                Some((_, size)) if size > MOST_BYTES => Err(format!("{size} bytes are too many to be held")),
                _ => self.lender.read(oid),
            },
        }
    }

    fn missing(&mut self, oid: &Oid, named_by: impl fmt::Display) {
        let detail = format!("named by {named_by}, but neither pushed nor in the store");
        self.gap(GapKind::MissingObject, oid, detail);
    }

    fn corrupt(&mut self, oid: &Oid, detail: String) {
        self.gap(GapKind::CorruptObject, oid, detail);
    }

    fn gap(&mut self, kind: GapKind, oid: &Oid, detail: String) {
        if self.gaps.len() < MOST_GAPS {
            self.gaps.push(Gap { kind, subject: oid.to_string(), detail });
        }
    }

    /// Follows commits and tags from `tips`, each with the name of its ref. `moved` are the refs of the push.
    pub fn history(
        &mut self,
        tips: &'a [(Oid, String)],
        known: &Known<'_>,
        moved: &[&[u8]],
        shallow: &[Oid],
    ) -> Result<(), GitError> {
        let mut waiting: Vec<(Oid, By<'a>)> = tips.iter().map(|(oid, name)| (*oid, By::Ref(name))).collect();
        let mut seen = FxHashSet::default();
        // Commits that the store had before: whether a ref reaches them is asked for all at once.
        let mut old = Vec::new();
        while let Some((oid, named_by)) = waiting.pop().filter(|_| !self.stopped()) {
            if !seen.insert(oid) {
                continue;
            }
            if self.owned(&oid).is_some() && !self.lender.has(&oid) {
                self.take(oid, named_by, &mut waiting);
                continue;
            }
            match self.lender.header(&oid) {
                Ok(Some((ObjectKind::Commit, _))) => old.push(oid),
                Ok(Some((ObjectKind::Tag, _))) if known.names(&oid) => {}
                Ok(Some((ObjectKind::Tag, _))) => {
                    self.lent.insert(oid, ObjectKind::Tag);
                    self.take(oid, named_by, &mut waiting);
                }
                Ok(Some(_)) => self.roots.push((oid, named_by)),
                // The parents of a shallow commit are left out on purpose.
                Ok(None) if shallow.iter().any(|commit| named_by == By::Commit(*commit)) => {}
                Ok(None) => self.missing(&oid, named_by),
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
            self.take(oid, By::Ref("a pushed ref"), &mut parents);
            // Nor does git look behind a shallow commit: nothing is known of what may lie there.
            if !shallow.contains(&oid) {
                self.base
                    .extend(parents.into_iter().map(|(parent, _)| parent).filter(|parent| !among.contains(parent)));
            }
        }
        Ok(())
    }

    /// Takes a new commit or tag down, and puts what it names into `waiting`.
    fn take(&mut self, oid: Oid, named_by: By<'a>, waiting: &mut Vec<(Oid, By<'a>)>) {
        let (kind, bytes) = match self.read(&oid) {
            Ok(object) => object,
            Err(detail) => return self.corrupt(&oid, detail),
        };
        match kind {
            ObjectKind::Commit => match CommitHeader::parse(&bytes) {
                Some(header) => {
                    self.roots.push((header.tree, By::Commit(oid)));
                    waiting.extend(header.parents.into_iter().map(|parent| (parent, By::Commit(oid))));
                }
                None => self.corrupt(&oid, "its header does not parse".to_owned()),
            },
            ObjectKind::Tag => match tag_target(&bytes) {
                Some(target) => waiting.push((target, By::Tag(oid))),
                None => self.corrupt(&oid, "its header does not parse".to_owned()),
            },
            ObjectKind::Tree | ObjectKind::Blob => return self.roots.push((oid, named_by)),
        }
        self.new.insert(oid);
    }

    /// Follows trees from the new commits down.
    pub fn contents(&mut self) {
        // What refs and tags name beside commits is not told from the rest of the store, unless it is followed.
        let only_commits = self.roots.iter().all(|(_, named_by)| matches!(named_by, By::Commit(_)));
        self.is_whole = self.base.is_empty() && self.own.table.is_empty() && !self.new.is_empty() && only_commits;
        if self.is_whole {
            return;
        }
        self.base.iter().for_each(|commit| self.trees.add_commit(commit));
        let mut waiting = Vec::new();
        let mut absent = Vec::new();
        for (oid, named_by) in std::mem::take(&mut self.roots) {
            if self.trees.is_known(&oid) || self.lent.contains_key(&oid) {
                continue;
            }
            if let Some(id) = self.owned(&oid) {
                if self.new.insert(oid) && self.is_tree(id) {
                    waiting.push(Waiting { oid, path: Some(Vec::new()) });
                }
                continue;
            }
            match self.lender.header(&oid) {
                Ok(Some((kind, _))) => {
                    self.lent.insert(oid, kind);
                    if kind == ObjectKind::Tree {
                        waiting.push(Waiting { oid, path: Some(Vec::new()) });
                    }
                }
                Ok(None) => self.missing(&oid, named_by),
                Err(detail) => self.corrupt(&oid, detail),
            }
        }
        loop {
            while let Some(next) = waiting.pop().filter(|_| !self.stopped()) {
                self.compare(&next, &mut waiting, &mut absent);
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
                    Ok(None) => self.missing(&oid, format_args!("tree {named_by}")),
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
        let bytes = match self.read(&tree.oid) {
            Ok((_, bytes)) => bytes,
            Err(detail) => return self.corrupt(&tree.oid, detail),
        };
        if let Some(path) = &tree.path {
            self.trees.at(path);
        }
        for entry in self.trees.entries(&bytes) {
            let Ok(Entry { name, oid, kind }) = entry else {
                return self.corrupt(&tree.oid, "its entries do not parse, so what is below it is unknown".to_owned());
            };
            if self.trees.is_known(&oid) {
                continue;
            }
            let path = || match tree.path.as_deref()? {
                [] => Some(name.to_vec()),
                path if path.len() < MOST_PATH => Some([path, b"/", name].concat()),
                _ => None,
            };
            if let Some(id) = self.owned(&oid) {
                // What it is decides, and not what it is called here: another tree may call it by its kind.
                if self.new.insert(oid) && self.is_tree(id) {
                    waiting.push(Waiting { oid, path: path() });
                }
            } else if self.asked.insert((oid, kind)) {
                absent.push(Absent { oid, kind, path: path(), named_by: tree.oid });
            }
        }
    }
}
