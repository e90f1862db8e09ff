//! What a push brings: objects that wait in quarantine, and such as were in the store and become reachable only now.
//!
//! The time goes with the push and not with the repository. From the pushed refs down it is followed what is new; what
//! is reached and not new is looked up one by one. Trees are compared with those at the same path in the commits that
//! the push builds on, so that what was there before is known without reading it.

mod brought;
mod trees;

use super::{
    error::GitError,
    known::{Existing, Known},
    lender::Lender,
    repository::{Reference, Repository},
    store::{Lent, Store},
};
use crate::model::{Gap, ObjectKind, Oid, RefUpdate};
use brought::Brought;
use rustc_hash::FxHashSet;
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{Arc, atomic::AtomicBool},
};
use trees::Trees;

/// Where the objects of a push are.
#[derive(Debug, Clone, Default)]
pub struct Quarantine {
    /// The folder of objects that wait for the verdict; `None` if they are in the store already.
    pub incoming: Option<PathBuf>,
    /// Folders that lend objects, besides those of the repository.
    pub alternates: Vec<PathBuf>,
}

/// A push, followed as far as it is new.
pub struct Push {
    hash: gix_hash::Kind,
    incoming: Option<PathBuf>,
    lender: Arc<Lender>,
    references: Vec<Reference>,
    created: Vec<Reference>,
    /// Commits and tags that no existing ref reaches.
    new: FxHashSet<Oid>,
    /// Objects out of the store that become reachable.
    lent: BTreeMap<Oid, ObjectKind>,
    /// The commits that it builds on.
    base: Vec<Oid>,
    /// The object folder that is read whole, if it is.
    whole: Option<PathBuf>,
    gaps: Vec<Gap>,
}

impl Repository {
    /// Follows what `updates` ask for. What `existing` refs reach is not new. `cancel` ends it early.
    pub fn push(
        &self,
        updates: &[RefUpdate],
        quarantine: &Quarantine,
        existing: &Existing,
        cancel: &AtomicBool,
    ) -> Result<Push, GitError> {
        let own = self.git.commondir().join("objects");
        let mut folders = vec![own.clone()];
        folders.extend(quarantine.alternates.iter().filter(|folder| **folder != own).cloned());
        let lender = Arc::new(Lender::open(&folders, self.git.object_format())?);
        let incoming = quarantine.incoming.clone();
        let store = Store::gather(incoming.as_deref(), self.hash(), None);
        let known = Known::new(self.git.commondir(), existing, self.tables.is_none())?;
        let names: Vec<&[u8]> = updates.iter().map(|update| &update.name[..]).collect();
        let tips: Vec<(Oid, String)> = updates.iter().filter_map(|update| Some((update.new?, update.name()))).collect();
        let mut brought = Brought::new(&store, &lender, self.hash(), cancel);
        brought.history(&tips, &known, &names, &self.shallow())?;
        brought.contents();
        let reference = |update: &RefUpdate| Some(Reference { name: update.name(), target: update.new? });
        let mut references: Vec<Reference> = updates.iter().filter_map(reference).collect();
        let mut created: Vec<Reference> =
            updates.iter().filter(|update| update.old.is_none()).filter_map(reference).collect();
        references.sort();
        created.sort();
        let Brought { new, lent, base, gaps, is_whole, .. } = brought;
        let base = base.into_iter().collect();
        let whole = is_whole.then_some(own);
        drop(known);
        Ok(Push { hash: self.hash(), incoming, lender, references, created, new, lent, base, whole, gaps })
    }
}

impl Push {
    /// What the push brings, as a store, and what it builds on: the commits, and at each of `paths` the file that was there.
    pub fn store(&self, paths: &[Vec<u8>]) -> Store {
        if let Some(objects) = &self.whole {
            return Store::gather(Some(objects), self.hash, None);
        }
        let mut objects = self.lent.clone();
        if !paths.is_empty() {
            let mut trees = Trees::new(&self.lender, self.hash.len_in_bytes());
            for commit in &self.base {
                trees.add_commit(commit);
                objects.insert(*commit, ObjectKind::Commit);
            }
            objects.extend(paths.iter().flat_map(|path| trees.before(path)));
        }
        let lent = Lent { objects: objects.into_iter().collect(), lender: Arc::clone(&self.lender) };
        Store::gather(self.incoming.as_deref(), self.hash, Some(lent))
    }

    /// The pushed refs that are not deleted, sorted, and what each is to name.
    pub fn references(&self) -> &[Reference] {
        &self.references
    }

    /// Those of them that are created.
    pub fn created(&self) -> &[Reference] {
        &self.created
    }

    /// What the push leads to and nobody has.
    pub fn gaps(&self) -> &[Gap] {
        &self.gaps
    }

    /// Whether an object is new: no existing ref reaches it, as far as that was followed, or the store did not have it.
    /// What git put beside a thin pack, so that its deltas have their bases, is not.
    pub fn is_new(&self, oid: &Oid) -> bool {
        self.new.contains(oid) || self.lent.contains_key(oid) || !self.lender.has(oid)
    }

    /// Whether nothing in it can be new: it deletes refs, or moves them to what others reach.
    pub fn brings_nothing(&self) -> bool {
        self.incoming.as_deref().is_none_or(is_empty)
            && self.new.is_empty()
            && self.lent.is_empty()
            && self.created.is_empty()
            && self.gaps.is_empty()
    }
}

/// Whether a folder holds nothing; one that cannot be listed is not known to.
fn is_empty(folder: &Path) -> bool {
    std::fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_none())
}
