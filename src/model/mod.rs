//! The nouns every other room speaks in. No I/O, no clock, no knowledge of git's storage or of a terminal.

mod candidate;
mod coding;
mod coverage;
mod finding;
mod fingerprint;
mod location;
mod object;
mod oid;
mod report;
mod secret;
mod segment;
mod severity;
mod trace;

pub use candidate::{Candidate, DropReason, Verdict};
pub use coding::Coding;
pub use coverage::{Coverage, Gap, GapKind, Tally};
pub use finding::{Component, ComponentKind, Finding, Lifetime, Pairing, PairingScope, Suppression, SuppressionKind};
pub use fingerprint::{Fingerprint, FingerprintKey};
pub use location::{Location, Place};
pub use object::ObjectKind;
pub use oid::{Oid, OidError};
pub use report::{DropCount, Dropped, Report, RepositoryReport};
pub use secret::{Secret, redact};
pub use segment::Segment;
pub use severity::{Confidence, Severity};
pub use trace::{CommitRef, Occurrence, Trace};
