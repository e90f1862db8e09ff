//! What can go wrong with a store.

use super::StoreAddress;

/// A store that cannot be used, or something that it cannot take. The message names the store or the thing.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database said no, or could not be asked. What was to be written is not there, not even in part.
    #[error("the store {store}: cannot {doing}: {source}")]
    Database {
        /// Which store.
        store: StoreAddress,
        /// What was to be done, e.g. `record a scan`.
        doing: &'static str,
        /// The database's reason.
        source: sqlx::Error,
    },
    /// The file cannot be made, or nothing can be run to talk to the database.
    #[error("the store {store}: {source}")]
    Io {
        /// Which store.
        store: StoreAddress,
        /// The system's reason.
        source: std::io::Error,
    },
    /// The path of the file is not UTF-8, which the database's address has to be.
    #[error("the store {store}: its path is not valid UTF-8")]
    Path {
        /// Which store.
        store: StoreAddress,
    },
    /// A newer Keytrail has changed the tables.
    #[error("the store {store} has tables of version {found}, and this program knows versions up to {known}")]
    Newer {
        /// Which store.
        store: StoreAddress,
        /// The version of its tables.
        found: i64,
        /// The newest that is known here.
        known: u32,
    },
    /// What was asked about is not there.
    #[error("the store {store} knows no {what}")]
    Unknown {
        /// Which store.
        store: StoreAddress,
        /// E.g. `finding 0123…`.
        what: String,
    },
    /// A line that is no `finding` line of the contract. It is not shown.
    #[error("not a finding line: {0}")]
    Line(String),
    /// A line that shows a value: it was written with `--reveal`.
    #[error("the finding {0} shows its value; a store takes redacted findings only")]
    Revealed(String),
}

impl StoreError {
    /// What the user may do about it.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Newer { .. } => Some("use the newest Keytrail that has written to it"),
            Self::Database { store: StoreAddress::File(_), source: sqlx::Error::Database(error), .. }
                if error.code().is_some_and(|code| is_of_the_disk(&code)) =>
            {
                Some("look whether the disk is full: what was written down before is safe")
            }
            Self::Unknown { .. } | Self::Database { .. } | Self::Io { .. } | Self::Path { .. } => None,
            Self::Line(_) | Self::Revealed(_) => Some("hand over what `keytrail scan --format jsonl` writes"),
        }
    }
}

/// Whether `SQLite` says that the disk is full (13) or cannot be read or written (10, in the low byte; a full one is that, too, where
/// the file is mapped): <https://www.sqlite.org/rescode.html>.
fn is_of_the_disk(code: &str) -> bool {
    code.parse::<u32>().is_ok_and(|code| matches!(code & 0xff, 10 | 13))
}
