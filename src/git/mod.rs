//! Repositories: the only room that knows how git stores things.

mod commit;
pub mod delta;
mod error;
mod forest;
mod graph;
mod inflate;
mod loose;
pub mod mirror;
mod owner;
mod pack;
mod refs;
mod repository;
mod sets;
mod store;
mod table;
mod tables;
mod trace;
mod tree;
mod walk;

pub use commit::{CommitHeader, signature, tag_target};
pub use error::GitError;
pub use graph::Graph;
pub use repository::{Head, Reference, Repository};
pub use store::{MAX_HELD, Store};
pub use table::{Home, ObjectIndex, Table};
pub use trace::{Life, Stand, Tracer};
pub use tree::{Containment, TreeReader};
pub use walk::{Base, Object, Visitor, Walk, Walked};
