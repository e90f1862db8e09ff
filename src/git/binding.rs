//! What git tells the hooks that it runs: in which repository, and with which index.

use super::{Repository, error::GitError};
use std::path::{Path, PathBuf};

/// Paths to which git's environment binds a process. Relative ones begin at the current folder.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Binding {
    /// `GIT_DIR`: not set where the current folder says it already.
    pub git_dir: Option<PathBuf>,
    /// `GIT_WORK_TREE`: set where the user named one.
    pub work_tree: Option<PathBuf>,
    /// `GIT_INDEX_FILE`: what is about to be committed. With `git commit -a` and `git commit -- PATH` it is not the
    /// repository's own index, which does not hold that yet, or holds more.
    pub index: Option<PathBuf>,
}

impl Repository {
    /// Opens the repository that git means: the one at `path`, unless `binding` says otherwise.
    pub fn open_bound(path: &Path, binding: &Binding) -> Result<Self, GitError> {
        let mut repository = Self::open(binding.git_dir.as_deref().unwrap_or(path))?;
        if let Some(work_tree) = &binding.work_tree {
            repository.git.set_workdir(work_tree, false).map_err(repository.failed())?;
        }
        repository.index_file.clone_from(&binding.index);
        Ok(repository)
    }
}
