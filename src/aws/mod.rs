//! What AWS tells without being asked.

mod facts;
mod key_id;
mod signed_request;

pub use facts::{Facts, facts};
use key_id::{account_id, lifetime};
