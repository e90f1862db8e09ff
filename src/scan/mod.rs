//! One scan: a repository in, a report out.

mod assemble;
mod beside;
mod content;
mod credential;
mod error;
mod files;
mod grade;
mod interner;
mod ledger;
mod lines;
mod objects;
mod progress;
mod push;
mod scanner;
mod selection;
mod sighting;
mod snapshot;
mod texts;
mod ties;
mod unwrap;

pub use error::ScanError;
pub use files::{Listed, worth_reading};
pub use progress::{NoProgress, Progress, Stage};
pub use push::PushReport;
pub use scanner::Scanner;

pub use crate::decode::{Limits, is_guarded};
use crate::model::FingerprintKey;

/// What the user may set for a scan.
#[derive(Debug, Clone)]
#[allow(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub struct ScanOptions {
    /// Objects larger than this many bytes are streamed in windows where their storage allows, or named in the ledger.
    pub max_object_size: u64,
    /// Leave out findings that no ref reaches; everything is read all the same.
    pub reachable_only: bool,
    /// Count only what a commit of this range introduced, in the words of `git rev-list`; empty: of any.
    pub range: Vec<String>,
    /// Count only what a commit introduced at this time or later, in seconds since 1970.
    pub since: Option<i64>,
    /// Read the repository's own files, too: reflogs and configuration. Off for a mirror, whose files are not those of
    /// the repository that it mirrors.
    pub own_files: bool,
    /// Missing objects, absent LFS files and shallow boundaries are named but do not make the scan incomplete.
    pub allow_missing: bool,
    /// Keep dropped values for `--explain`.
    pub explain: bool,
    /// How far what is encoded or packed is looked into; `None`: not at all.
    pub unwrap: Option<Limits>,
    /// Key of the fingerprints.
    pub fingerprint_key: FingerprintKey,
}

impl Default for ScanOptions {
    fn default() -> Self {
        Self {
            max_object_size: 64 << 20,
            reachable_only: false,
            range: Vec::new(),
            since: None,
            own_files: true,
            allow_missing: false,
            explain: false,
            unwrap: Some(Limits::default()),
            fingerprint_key: FingerprintKey::default(),
        }
    }
}
