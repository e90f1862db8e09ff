//! Where a value stands.

use super::{Oid, Wrapping};

/// What kind of place holds a value. Paths and names are raw bytes, since git does not promise UTF-8.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// A file, by its path from the repository's root.
    File(Vec<u8>),
    /// The content that Git LFS keeps for the pointer at this path.
    Lfs(Vec<u8>),
    /// The version of a file that is staged for the next commit.
    Staged(Vec<u8>),
    /// A file as it lies in the work tree or in a folder without a repository.
    Worktree(Vec<u8>),
    /// A commit object: its message or header. Lines count as `git cat-file -p` prints it.
    Commit,
    /// An annotated tag object, likewise.
    Tag,
    /// A blob that no scanned tree names.
    Unnamed,
    /// The name of a ref.
    RefName(Vec<u8>),
    /// A file of configuration, by its path from the git folder.
    Config(Vec<u8>),
    /// A file in which git writes down where a ref was, by its path from the git folder.
    Reflog(Vec<u8>),
    /// What came through standard input.
    Stdin,
}

impl Place {
    /// The path from the repository's root, for places that have one. The git folder's own files are called `.git/…`,
    /// wherever that folder is: no file of a repository can have such a path.
    pub fn path(&self) -> Option<Vec<u8>> {
        match self {
            Self::File(path) | Self::Lfs(path) | Self::Staged(path) | Self::Worktree(path) => Some(path.clone()),
            Self::RefName(path) | Self::Config(path) | Self::Reflog(path) => Some([b".git/", &path[..]].concat()),
            Self::Commit | Self::Tag | Self::Unnamed | Self::Stdin => None,
        }
    }

    /// The place for a person and for outputs, lossily decoded; places without a path say what they are.
    pub fn display(&self, object: &Oid) -> String {
        match self.path() {
            Some(path) => String::from_utf8_lossy(&path).into_owned(),
            None if *self == Self::Stdin => "standard input".to_owned(),
            None => format!("{} {}", self.kind(), object.short()),
        }
    }

    /// The word used in outputs.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::File(_) => "file",
            Self::Lfs(_) => "lfs",
            Self::Staged(_) => "staged",
            Self::Worktree(_) => "worktree",
            Self::Commit => "commit",
            Self::Tag => "tag",
            Self::Unnamed => "blob",
            Self::RefName(_) => "ref_name",
            Self::Config(_) => "config",
            Self::Reflog(_) => "reflog",
            Self::Stdin => "stdin",
        }
    }

    /// Whether it is an object of the repository's history, or what such an object stands for.
    pub fn is_history(&self) -> bool {
        matches!(self, Self::File(_) | Self::Lfs(_) | Self::Commit | Self::Tag | Self::Unnamed)
    }

    /// Whether it lies beside the history and is in use now. A reflog only tells of what was.
    pub fn is_current(&self) -> bool {
        !self.is_history() && !matches!(self, Self::Reflog(_))
    }
}

/// One exact spot: an object, a line and a column.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Location {
    /// What holds it.
    pub place: Place,
    /// The object that holds it: a blob, or a commit or tag for messages. For a text that lies beside the object store the
    /// id it would have as a blob (all zeros for standard input that is too large to be held); for Git LFS the pointer.
    pub object: Oid,
    /// How the text that holds it was got from the object; lines and columns are those of that text.
    pub wrapping: Wrapping,
    /// Line of the value's first character, from 1.
    pub line: u32,
    /// Column of the value's first byte in that line, in bytes, from 1.
    pub column: u32,
    /// Bytes that it takes there, as far as it stands in that line.
    pub length: u32,
}
