//! What can go wrong before a scan begins.

use std::path::PathBuf;

/// A repository that cannot be opened or read at all. Lesser damage becomes a [`crate::model::Gap`].
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    /// Nothing at that path.
    #[error("{}: no such file or folder", .0.display())]
    NotFound(PathBuf),
    /// No repository there.
    #[error("{}: not a git repository, nor inside one", .0.display())]
    NotARepository(PathBuf),
    /// There is a git folder, and it is not whole.
    #[error("{}: the git folder lacks {lacks}", .path.display())]
    NotWhole {
        /// The git folder.
        path: PathBuf,
        /// What it lacks.
        lacks: String,
    },
    /// Git's ownership rule (`safe.directory`) forbids it.
    #[error("{}: the repository belongs to another user", .0.display())]
    OtherOwner(PathBuf),
    /// It needs a feature that is not known here.
    #[error("{}: {reason}", .path.display())]
    Unsupported {
        /// The repository.
        path: PathBuf,
        /// What it needs.
        reason: String,
    },
    /// A revision that names no commit.
    #[error("'{revision}': {reason}")]
    BadRevision {
        /// As the user wrote it.
        revision: String,
        /// What is wrong with it.
        reason: String,
    },
    /// It has no work tree.
    #[error("{}: a bare repository has no work tree and no index", .0.display())]
    Bare(PathBuf),
    /// A file or folder that must be read cannot be.
    #[error("{}: {source}", .path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The system's answer.
        source: std::io::Error,
    },
    /// libgit2's own complaint.
    #[error("{}: {}", .path.display(), .source.message())]
    Git {
        /// The repository.
        path: PathBuf,
        /// libgit2's error.
        source: git2::Error,
    },
}

impl GitError {
    /// What to do about it, where there is something to do.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::NotARepository(_) => Some(
                "name a repository's work tree, its .git folder, a bare repository, or a URL; check the path"
                    .to_owned(),
            ),
            Self::NotWhole { .. } => {
                Some("it is damaged beyond what can be scanned: restore it from a copy, or clone anew".to_owned())
            }
            Self::OtherOwner(path) => Some(format!(
                "if you trust it: git config --global --add safe.directory '{}'",
                path.canonicalize().unwrap_or_else(|_| path.clone()).display()
            )),
            Self::Io { source, .. } if source.kind() == std::io::ErrorKind::PermissionDenied => {
                Some("run as a user who may read the repository".to_owned())
            }
            _ => None,
        }
    }
}
