//! The nouns every other room speaks in. No I/O, no clock, no knowledge of git's storage or of a terminal.

mod candidate;
mod coding;
mod coverage;
mod evidence;
mod finding;
mod fingerprint;
mod known;
mod location;
mod object;
mod oid;
mod pairing;
mod report;
mod secret;
mod segment;
mod severity;
mod trace;
mod update;
mod wrapping;

pub use candidate::{Candidate, DropReason, Verdict};
pub use coding::Coding;
pub use coverage::{Coverage, Gap, GapKind, Tally};
pub use evidence::Evidence;
pub use finding::{Component, ComponentKind, Finding, Lifetime, Suppression, SuppressionKind};
pub use fingerprint::{Fingerprint, FingerprintKey, hex};
pub use known::KnownBlobs;
pub use location::{Location, Place};
pub use object::ObjectKind;
pub use oid::{Oid, OidError};
pub use pairing::{Pairing, PairingScope, Shared};
pub use report::{DropCount, Dropped, Report, RepositoryReport, Source};
pub use secret::{Secret, redact};
pub use segment::Segment;
pub use severity::{Confidence, Severity};
pub use trace::{CommitRef, Occurrence, Trace};
pub use update::{RefUpdate, UpdateError};
pub use wrapping::Wrapping;
