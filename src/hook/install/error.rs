//! Why a hook is not put in or taken out.

use std::{
    io,
    path::{Path, PathBuf},
};

/// Why nothing, or nothing more, was done at a place. Messages name it.
#[derive(Debug, thiserror::Error)]
pub enum InstallError {
    /// Neither a repository nor a folder that holds one as its `.git`.
    #[error("{0} is not a git repository")]
    NoRepository(PathBuf),
    /// A pre-commit or pre-push hook was asked for where nobody commits.
    #[error("{0} has no work tree: nobody commits or pushes from there")]
    Bare(PathBuf),
    /// Git was asked where its hooks lie, and failed.
    #[error("git cannot say where the hooks of {repository} lie: {words}")]
    Git {
        /// The repository.
        repository: PathBuf,
        /// What git said.
        words: String,
    },
    /// The hooks lie outside the repository, because of `core.hooksPath` or a link.
    #[error("the hooks of {repository} lie in {folder}, outside of it, where others may share them")]
    Outside {
        /// The repository.
        repository: PathBuf,
        /// Where git looks for its hooks.
        folder: PathBuf,
    },
    /// The repository's hooks are links into a folder that gitolite keeps for all of them.
    #[error("the hooks of {0} are gitolite's, which links those of one folder into all repositories")]
    Gitolite(PathBuf),
    /// Not gitolite's home.
    #[error("there is no hooks/common/update in {0}, nor in a .gitolite below it: gitolite is not set up there")]
    NoGitolite(PathBuf),
    /// Gitolite links two folders' hooks into its repositories, and ours would displace one of them.
    #[error("{0} is linked into the repositories, too: a hook of gitolite's own folder would displace it")]
    Displaces(PathBuf),
    /// The folder would be looked into by nobody.
    #[error("nothing that lies in {0} is run as a hook")]
    NothingRuns(PathBuf),
    /// A file that is not ours stands where ours belongs, and cannot be chained.
    #[error("{0} is not ours: it is left as it is")]
    NotOurs(PathBuf),
    /// A hook is to be kept, and one is kept already.
    #[error("{hook} is not ours, and {kept} is there, too: one of them must go elsewhere first")]
    BothThere {
        /// The hook as it is now.
        hook: PathBuf,
        /// One that was kept before.
        kept: PathBuf,
    },
    /// The program that the hook would call.
    #[error("the hook cannot call {path}: {reason}")]
    Program {
        /// The program's path.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A file or folder.
    #[error("cannot {doing} {path}: {source}")]
    Io {
        /// What was tried: `read`, `write`, …
        doing: &'static str,
        /// With what.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
}

impl InstallError {
    pub(super) fn io(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { doing, path: path.to_path_buf(), source }
    }

    /// What the administrator may do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::NoRepository(_) => {
                Some("name the repository itself, or search a folder for bare ones with --all".into())
            }
            Self::Outside { folder, .. } => Some(format!(
                "to install for everyone who shares them, name that folder and --layout folder: {}",
                folder.display()
            )),
            Self::Gitolite(_) => {
                Some("name gitolite's home and --layout gitolite; or --layout plain for this one alone".into())
            }
            Self::Displaces(hook) => hook
                .parent()
                .map(|folder| format!("name that folder and --layout folder instead: {}", folder.display())),
            Self::NothingRuns(_) => Some("leave out --layout: it is told by what is there".into()),
            _ => None,
        }
    }
}
