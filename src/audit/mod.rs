//! The audit of an organisation: which repositories it has, and what is in them.
//!
//! * [`Audit`]: one run over all of them. It lists them, leaves out those that have not changed, and waits for the rest.
//! * [`Worker`]: scans what is left, on any number of machines, each repository in a process of its own ([`Job`], [`Runner`]).
//!   Both meet in the queue, which is in the store's database.
//! * [`source`]: asks the host, or looks into a folder or a file, for the repositories there are.
//! * [`deliver`]: tells people what is new ([`Channel`]).
//! * [`picture()`]: what the store knows, for a page.
//!
//! Mirrors that are kept from one audit to the next are [`crate::git::mirror::keep`]'s.

mod error;
mod job;
mod notify;
mod picture;
mod queue;
mod run;
mod sarif;
pub mod source;
mod worker;

pub use error::AuditError;
pub use job::{Job, Runner, Scanned};
pub use notify::{Channel, Delivery, Mail, Webhook, WebhookKey, deliver, subscribe};
pub use picture::picture;
pub use queue::QueueError;
pub use run::{Audit, Ended};
pub use sarif::sarif;
pub use worker::{CredentialsOf, Told, Worker};
