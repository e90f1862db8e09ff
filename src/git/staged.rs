//! The index: what the next commit would bring. Read by libgit2, object by object: a hook has no time to list a store.

use super::{Repository, error::GitError};
use crate::model::Oid;
use std::{fs, io::Read, path::Path};

/// A version of a file that is staged.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct StagedFile {
    /// From the repository's root.
    pub path: Vec<u8>,
    /// Its blob.
    pub blob: Oid,
    /// The blobs that it replaces: at HEAD, be it under another name, and at the other parents of a merge.
    pub before: Vec<Oid>,
}

impl Repository {
    /// What the index holds and no parent of the next commit does, sorted by path: parents are HEAD and, in a merge, what is
    /// merged. A file that is only announced (`git add --intent-to-add`) brings nothing yet; of one in conflict both sides
    /// are listed, as the commit would bring either.
    pub fn staged(&self) -> Result<Vec<StagedFile>, GitError> {
        self.work_tree()?;
        let failed = self.failed();
        let index = self.index()?;
        let head = self.head_tree().map_err(&failed)?;
        let merged = self.merged_trees();
        let merged = |path: &[u8]| merged.iter().filter_map(|tree| entry_at(tree, path)).collect::<Vec<_>>();
        let mut options = git2::DiffOptions::new();
        options.include_typechange(true).ignore_submodules(true);
        let diff = self.git.diff_tree_to_index(head.as_ref(), Some(&index), Some(&mut options));
        let mut diff = diff.map_err(&failed)?;
        // Renames are told by content. Where some of it is missing, as in a partial clone, files are taken for new ones.
        diff.find_similar(Some(git2::DiffFindOptions::new().renames(true).copies(false))).ok();
        let mut found = Vec::new();
        for delta in diff.deltas() {
            let (old, new) = (delta.old_file(), delta.new_file());
            let is_file = |file: &git2::DiffFile<'_>| {
                matches!(
                    file.mode(),
                    git2::FileMode::Blob
                        | git2::FileMode::BlobGroupWritable
                        | git2::FileMode::BlobExecutable
                        | git2::FileMode::Link
                )
            };
            let brings = !matches!(delta.status(), git2::Delta::Deleted | git2::Delta::Conflicted);
            if let (true, true, Some(path), Some(blob)) = (brings, is_file(&new), new.path_bytes(), own(new.id())) {
                let at_head = if old.exists() && is_file(&old) { own(old.id()) } else { None };
                let before = merged(path).into_iter().chain(at_head).collect();
                found.push(StagedFile { path: path.to_vec(), blob, before });
            }
        }
        // Entries in conflict stand at stages 1 (what both sides come from), 2 and 3.
        for entry in index.iter().filter(|entry| matches!(entry.flags >> 12 & 3, 2 | 3)) {
            if let (0o100_000 | 0o120_000, Some(blob)) = (entry.mode & 0o170_000, own(entry.id)) {
                let at_head = head.as_ref().and_then(|tree| entry_at(tree, &entry.path));
                let before = merged(&entry.path).into_iter().chain(at_head).collect();
                found.push(StagedFile { path: entry.path, blob, before });
            }
        }
        // A file that only has another name or another mode brings nothing, nor does one that is merged as it is.
        found.retain(|file| !file.before.contains(&file.blob));
        found.sort();
        found.dedup();
        Ok(found)
    }

    /// Paths of all files in the index.
    pub fn tracked(&self) -> Result<Vec<Vec<u8>>, GitError> {
        let index = self.index()?;
        let mut paths: Vec<Vec<u8>> =
            index.iter().filter(|entry| entry.mode & 0o170_000 != 0o160_000).map(|entry| entry.path).collect();
        paths.dedup();
        Ok(paths)
    }

    /// Hands the content of a blob to `read`. One that is stored as a delta is built in memory, others are
    /// streamed if they are larger than `most` bytes.
    pub fn with_blob<T>(&self, blob: &Oid, most: u64, read: impl FnOnce(&mut dyn Read) -> T) -> Result<T, GitError> {
        let failed = self.failed();
        let oid = git2::Oid::from_bytes(blob.as_bytes()).map_err(&failed)?;
        let store = self.git.odb().map_err(&failed)?;
        let (size, _) = store.read_header(oid).map_err(&failed)?;
        // Only loose objects can be streamed.
        if size as u64 > most
            && let Ok((mut content, ..)) = store.reader(oid)
        {
            return Ok(read(&mut content));
        }
        let object = store.read(oid).map_err(&failed)?;
        Ok(read(&mut object.data()))
    }

    /// The content of the file at `path` in the commit at HEAD, if there is one.
    pub fn file_at_head(&self, path: &[u8]) -> Result<Option<Vec<u8>>, GitError> {
        let mut bytes = Vec::new();
        let Some(blob) = self.blob_at_head(path) else { return Ok(None) };
        let read = self.with_blob(&blob, u64::MAX, |content| content.read_to_end(&mut bytes))?;
        read.map_err(|source| GitError::Io { path: self.path.clone(), source })?;
        Ok(Some(bytes))
    }

    /// The blob at `path` in the commit at HEAD.
    pub fn blob_at_head(&self, path: &[u8]) -> Option<Oid> {
        entry_at(&self.head_tree().ok()??, path)
    }

    /// Those of the commits that are being merged. What is missing of them says nothing: then more counts.
    fn merged_trees(&self) -> Vec<git2::Tree<'_>> {
        let heads = fs::read(self.git.path().join("MERGE_HEAD")).unwrap_or_default();
        let ids = heads.split(|&byte| byte == b'\n').filter_map(|line| Oid::from_hex(line.trim_ascii()).ok());
        let commits = ids.filter_map(|id| self.git.find_commit(git2::Oid::from_bytes(id.as_bytes()).ok()?).ok());
        commits.filter_map(|commit| commit.tree().ok()).collect()
    }

    /// `None` on a branch without commits.
    pub(super) fn head_tree(&self) -> Result<Option<git2::Tree<'_>>, git2::Error> {
        match self.head().commit {
            Some(commit) => self.git.find_commit(git2::Oid::from_bytes(commit.as_bytes())?)?.tree().map(Some),
            None => Ok(None),
        }
    }
}

fn own(oid: git2::Oid) -> Option<Oid> {
    Oid::from_bytes(oid.as_bytes()).ok()
}

pub(super) fn entry_at(tree: &git2::Tree<'_>, path: &[u8]) -> Option<Oid> {
    let entry = tree.get_path(Path::new(std::str::from_utf8(path).ok()?)).ok()?;
    (entry.kind() == Some(git2::ObjectType::Blob)).then(|| own(entry.id())).flatten()
}
