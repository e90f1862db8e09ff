//! What AWS's own forms say, offline.

mod facts;
mod key_id;
mod profile;
mod signed_request;

pub use facts::{Facts, facts};
use key_id::{account_id, lifetime};
pub use profile::profile;
