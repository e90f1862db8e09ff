//! What AWS's own forms say, offline, and how a request to it is signed.

mod facts;
mod key_id;
mod profile;
mod signature;
mod signed_request;

pub use facts::{Facts, facts};
use key_id::{account_id, lifetime};
pub use profile::profile;
pub use signature::Signer;
