//! One scan: a repository in, a report out.

mod assemble;
mod content;
mod credential;
mod error;
mod grade;
mod interner;
mod ledger;
mod lines;
mod progress;
mod scanner;
mod sighting;
mod ties;

pub use error::ScanError;
pub use progress::{NoProgress, Progress, Stage};
pub use scanner::Scanner;

use crate::model::FingerprintKey;

/// What the user may set for a scan.
#[derive(Debug, Clone)]
pub struct ScanOptions {
    /// Objects larger than this many bytes are streamed in windows where their storage allows, or named in the ledger.
    pub max_object_size: u64,
    /// Leave out findings that no ref reaches; everything is read all the same.
    pub reachable_only: bool,
    /// Missing objects and shallow boundaries are named but do not make the scan incomplete.
    pub allow_missing: bool,
    /// Keep dropped values for `--explain`.
    pub explain: bool,
    /// Key of the fingerprints.
    pub fingerprint_key: FingerprintKey,
}

impl Default for ScanOptions {
    fn default() -> Self {
        Self {
            max_object_size: 64 << 20,
            reachable_only: false,
            allow_missing: false,
            explain: false,
            fingerprint_key: FingerprintKey::default(),
        }
    }
}
