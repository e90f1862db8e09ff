//! Asks AWS, with a leaked credential or with the auditor's own.

mod account;
mod answer;
mod auditor;
mod call;
mod canary;
pub mod contain;
mod directory;
mod key;
mod organisation;
mod owner;
mod pace;
mod partition;
mod principal;
mod role;
mod roles;
mod source;
mod verify;

pub use account::{Account, KeyEntry, LastUse};
pub use answer::{Answer, Refusal};
pub use auditor::{Auditor, AuditorError, AuditorOptions, Identity};
pub use call::{CallError, CallOptions, Caller, Endpoint};
pub use canary::canary;
pub use key::Key;
pub use owner::{Found, LeakedId, OwnerOptions, Owners, Whereabouts};
pub use partition::Partition;
pub use role::{Credentials, Role};
pub use source::{Environment, SourceError};
pub use verify::{Leaked, Verifier, VerifyOptions};
