//! Asks AWS, with a leaked credential or with the auditor's own.

mod answer;
mod call;
mod canary;
mod key;
mod pace;
mod partition;
mod verify;

pub use answer::{Answer, Refusal};
pub use call::{CallError, CallOptions, Caller, Endpoint};
pub use canary::canary;
pub use key::Key;
pub use partition::Partition;
pub use verify::{Leaked, Verifier, VerifyOptions};
