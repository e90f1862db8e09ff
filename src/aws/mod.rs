//! What AWS's own forms say, offline.

mod key_id;
mod profile;

pub use key_id::{account_id, lifetime};
pub use profile::profile;
