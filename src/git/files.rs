//! The files of a commit, by name: for the few that are read beside a leak or for their policies.

use super::{Repository, error::GitError};
use crate::model::Oid;

/// A file of a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitFile {
    /// From the repository's root.
    pub path: Vec<u8>,
    /// Its blob.
    pub blob: Oid,
    /// In bytes; `None` if the store lacks it.
    pub size: Option<u64>,
}

/// More files of one commit are not listed.
const MAX_FILES: usize = 1_000_000;

impl Repository {
    /// All files of a commit, in git's order; links and submodules are none.
    pub fn files_at(&self, commit: &Oid) -> Result<Vec<CommitFile>, GitError> {
        self.files_of(&self.tree_of(commit)?)
    }

    /// Those of the commit at HEAD: what a bare repository has for a work tree. Of a branch without commits, none.
    pub fn files_at_head(&self) -> Result<Vec<CommitFile>, GitError> {
        let tree = self.head_tree().map_err(self.failed())?;
        tree.map_or_else(|| Ok(Vec::new()), |tree| self.files_of(&tree))
    }

    fn files_of(&self, tree: &git2::Tree<'_>) -> Result<Vec<CommitFile>, GitError> {
        let failed = self.failed();
        let store = self.git.odb().map_err(&failed)?;
        let mut found = Vec::new();
        tree.walk(git2::TreeWalkMode::PreOrder, |folder, entry| {
            let is_file = entry.kind() == Some(git2::ObjectType::Blob) && entry.filemode() != 0o120_000;
            if let (true, Ok(blob)) = (is_file, Oid::from_bytes(entry.id().as_bytes())) {
                let path = [folder.as_bytes(), entry.name_bytes()].concat();
                let size = store.read_header(entry.id()).ok().map(|(size, _)| size as u64);
                found.push(CommitFile { path, blob, size });
            }
            if found.len() < MAX_FILES { git2::TreeWalkResult::Ok } else { git2::TreeWalkResult::Abort }
        })
        .map_err(&failed)?;
        Ok(found)
    }

    /// Whether a commit has a file at `path`. Of a commit that cannot be read, nobody knows: no.
    pub fn has_file(&self, commit: &Oid, path: &[u8]) -> bool {
        let Ok(tree) = self.tree_of(commit) else { return false };
        super::staged::entry_at(&tree, path).is_some()
    }

    /// The parents of a commit, in their order; none of one that cannot be read.
    pub fn parents_of(&self, commit: &Oid) -> Vec<Oid> {
        let id = git2::Oid::from_bytes(commit.as_bytes());
        let Ok(commit) = id.and_then(|id| self.git.find_commit(id)) else { return Vec::new() };
        commit.parent_ids().filter_map(|id| Oid::from_bytes(id.as_bytes()).ok()).collect()
    }

    fn tree_of(&self, commit: &Oid) -> Result<git2::Tree<'_>, GitError> {
        let failed = self.failed();
        let id = git2::Oid::from_bytes(commit.as_bytes()).map_err(&failed)?;
        let object = self.git.find_object(id, None).map_err(&failed)?;
        object.peel_to_tree().map_err(&failed)
    }
}
