//! The audit of an organisation: which repositories it has, and what is in them.
//!
//! * [`Audit`]: one run over all of them, each scanned in a process of its own ([`Job`], [`Runner`]).
//! * [`source`]: asks the host, or looks into a folder or a file, for the repositories there are.
//!
//! Mirrors that are kept from one audit to the next are [`crate::git::mirror::keep`]'s.

mod job;
mod picture;
mod run;
pub mod source;

pub use job::{Job, Runner, Scanned};
pub use picture::picture;
pub use run::{Audit, Ended, Told};
