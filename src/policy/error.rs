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

    /// That `path` is no TOML, or not that which is wanted. Names the entry it is about, and shows no value: somebody may
    /// have put a secret there.
    pub(crate) fn toml(path: &Path, text: &str, error: &toml::de::Error) -> Self {
        let line = line_of(text, error.span().map_or(0, |span| span.start));
        let place = entry_at(text, line).map(|(name, number)| format!("{name} entry {number}: ")).unwrap_or_default();
        // The message alone: the error's Display would quote the line.
        Self::invalid(path, line, format!("{place}{}", without_value(error.message())))
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
pub(crate) fn line_of(text: &str, offset: usize) -> usize {
    1 + text.as_bytes().iter().take(offset).filter(|&&byte| byte == b'\n').count()
}

/// The entry of a list of tables that `line` is in: the list's name, and which of its entries, from 1.
fn entry_at(text: &str, line: usize) -> Option<(&str, usize)> {
    let headings = text.lines().take(line).filter_map(|line| {
        let (name, _) = line.trim_start().strip_prefix("[[")?.split_once("]]")?;
        Some(name.trim())
    });
    let name = headings.clone().last()?;
    Some((name, headings.filter(|other| *other == name).count()))
}

/// The message of a TOML error without the value that it may quote between what it says and what was expected.
fn without_value(message: &str) -> String {
    let quotes =
        ["invalid type: ", "invalid value: ", "unknown variant "].iter().any(|start| message.starts_with(start));
    match message.rsplit_once(", expected ") {
        Some((_, expected)) if quotes => format!("expected {expected}"),
        _ => message.to_owned(),
    }
}
