//! What AWS tells without being asked.

mod key_id;

pub use key_id::{account_id, lifetime};
