//! Repositories: the only room that knows how git stores things.

mod delta;
mod error;
mod forest;
mod inflate;
mod loose;
mod pack;
mod store;
mod table;
mod walk;

pub use error::GitError;
pub use store::Store;
pub use table::{Home, ObjectIndex, Table};
pub use walk::{Base, Object, Visitor, Walk, Walked};
