//! The files of the commit at HEAD: what a bare repository has for a work tree.

use super::{Repository, error::GitError};
use crate::model::Oid;

impl Repository {
    /// Paths from the root on and blobs of all files of the commit at HEAD, in the order of the tree; of a branch without
    /// commits, none. Links and submodules are left out.
    pub fn files_at_head(&self) -> Result<Vec<(Vec<u8>, Oid)>, GitError> {
        let failed = self.failed();
        let mut files = Vec::new();
        let Some(tree) = self.head_tree().map_err(&failed)? else { return Ok(files) };
        tree.walk(git2::TreeWalkMode::PreOrder, |folder, entry| {
            if matches!(entry.filemode(), 0o100_644 | 0o100_755 | 0o100_664)
                && let Ok(blob) = Oid::from_bytes(entry.id().as_bytes())
            {
                files.push(([folder.as_bytes(), entry.name_bytes()].concat(), blob));
            }
            git2::TreeWalkResult::Ok
        })
        .map_err(&failed)?;
        Ok(files)
    }
}
