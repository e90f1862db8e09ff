//! Where a value stands.

use super::Oid;

/// What kind of place holds a value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// A file, by its path from the repository's root; raw bytes, since git does not promise UTF-8.
    File(Vec<u8>),
    /// A commit object: its message or header. Lines count as `git cat-file -p` prints it.
    Commit,
    /// An annotated tag object, likewise.
    Tag,
    /// A blob that no scanned tree names.
    Unnamed,
}

impl Place {
    /// The path for a person and for outputs, lossily decoded; places without a path say what they are.
    pub fn display(&self, object: &Oid) -> String {
        match self {
            Self::File(path) => String::from_utf8_lossy(path).into_owned(),
            Self::Commit => format!("commit {}", object.short()),
            Self::Tag => format!("tag {}", object.short()),
            Self::Unnamed => format!("blob {}", object.short()),
        }
    }

    /// The word used in outputs.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::File(_) => "file",
            Self::Commit => "commit",
            Self::Tag => "tag",
            Self::Unnamed => "blob",
        }
    }
}

/// One exact spot: an object, a line and a column.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Location {
    /// What holds it.
    pub place: Place,
    /// The object that holds it: a blob, or a commit or tag for messages.
    pub object: Oid,
    /// Line of the value's first character, from 1.
    pub line: u32,
    /// Column of the value's first byte in that line, in bytes, from 1.
    pub column: u32,
    /// Length of the value in bytes, as far as it stands in that line.
    pub length: u32,
}
