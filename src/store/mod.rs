//! What an audit remembers from one night to the next: repositories, what of them was scanned, findings and how long they
//! stood, what people decided about them, runs and what those covered.
//!
//! One implementation for `SQLite` (a file) and PostgreSQL (a server that several machines share). The interface blocks; any
//! number of threads may use one [`Store`], and any number of processes one database.
//!
//! **No secret is stored.** A finding is kept as its line of `docs/findings.schema.json`, redacted; a line that was written
//! with `--reveal` is refused ([`FindingLine::parse`]).
//!
//! **Everything may be told twice.** A queue delivers a job at least once, and a worker that was frozen wakes up late. What a
//! scan found is a state and not an event: recording it again writes the same rows, and a late word of an older run changes
//! nothing that a newer one knows.
//!
//! **Unknown is not no.** A finding is gone only when a scan that read everything no longer sees it.

mod address;
mod attempt;
mod changes;
mod clean_blobs;
mod database;
mod delivery;
mod document;
mod error;
mod filter;
mod finding;
mod life;
mod line;
mod moment;
mod outcome;
mod previous;
mod record;
mod repository;
mod row;
mod run;
mod schema;
mod shard;
mod triage;

pub use address::StoreAddress;
pub use attempt::{Attempt, Progress};
pub use changes::Changes;
pub use database::Store;
pub use delivery::Claim;
pub use error::StoreError;
pub use filter::Filter;
pub use finding::StoredFinding;
pub use life::{Life, Presence, Stamp};
pub use line::FindingLine;
pub use moment::Moment;
pub use outcome::{OutcomeKind, StoredOutcome};
pub use previous::{Previous, Tip};
pub use record::{Outcome, Record, Scan};
pub use repository::{Listed, Repository};
pub use run::{Counts, NewRun, Run, RunEnd, RunId};
pub use shard::{Shard, ShardError};
pub use triage::{Mark, Triage};
