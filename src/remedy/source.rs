//! A file beside a leak.

/// A file of the repository, as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// From the repository's root, as it may be shown.
    pub path: String,
    /// Its content, lossily decoded.
    pub text: String,
}

/// A line of a file that something rests on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Evidence {
    /// The file.
    pub path: String,
    /// Counted from 1.
    pub line: u32,
}

impl Evidence {
    /// The line `line` of the file at `path`.
    pub fn new(path: &str, line: u32) -> Self {
        Self { path: path.to_owned(), line }
    }
}

impl Source {
    /// The last part of the path.
    pub fn name(&self) -> &str {
        name(&self.path)
    }
}

/// The last part of a path.
pub(super) fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// The folder of a path, without a `/` at its end; empty for the root.
pub(super) fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}
