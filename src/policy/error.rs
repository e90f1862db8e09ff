//! What can be wrong with a user's decisions.

use std::path::{Path, PathBuf};

/// A configuration or baseline file that cannot be used. The message names the file and, where there is one, the line.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// The file cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// The file is read, but says something that has no meaning.
    #[error("{}:{line}: {message}", path.display())]
    Invalid {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong, and in which entry.
        message: String,
    },
}

impl PolicyError {
    /// What the user may do about it.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Read { .. } => None,
            Self::Invalid { path, .. } if path.extension().is_some_and(|extension| extension == "json") => {
                Some("write the baseline anew with `keytrail baseline`")
            }
            Self::Invalid { .. } => Some("correct the entry, or leave the file out with --no-config"),
        }
    }

    pub(super) fn invalid(path: &Path, line: usize, message: impl Into<String>) -> Self {
        Self::Invalid { path: path.to_owned(), line, message: message.into() }
    }

    /// Reads `path` as text.
    pub(super) fn read(path: &Path) -> Result<String, Self> {
        std::fs::read_to_string(path).map_err(|source| Self::Read { path: path.to_owned(), source })
    }
}

/// The line of the byte at `offset` of `text`, from 1.
pub(super) fn line_of(text: &str, offset: usize) -> usize {
    1 + text.as_bytes().iter().take(offset).filter(|&&byte| byte == b'\n').count()
}
