//! Why a scan could not begin.

use crate::git::GitError;

/// An error that ends a scan before it has a report. Anything less becomes a [`crate::model::Gap`].
#[derive(Debug, thiserror::Error)]
pub enum ScanError {
    /// The repository cannot be opened.
    #[error(transparent)]
    Git(#[from] GitError),
    /// A folder that is to be scanned cannot be.
    #[error("{}: {source}", .path.display())]
    Io {
        /// The folder.
        path: std::path::PathBuf,
        /// The system's answer.
        source: std::io::Error,
    },
    /// The rules have too many keywords, or keywords that are too long.
    #[error("the rules' keywords cannot be compiled: {0}")]
    Keywords(#[from] aho_corasick::BuildError),
}

impl ScanError {
    /// What to do about it, where there is something to do.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Git(error) => error.hint(),
            Self::Io { .. } => None,
            Self::Keywords(_) => Some("give fewer rules with --rules".to_owned()),
        }
    }
}
