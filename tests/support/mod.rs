//! What tests on real repositories share: git itself, keys made from a seed, and the built program.

#![allow(dead_code, unused_imports, reason = "each test target uses its own part")]

mod judge;
mod keys;
mod repo;
mod scan;

pub use judge::{Judge, Life};
pub use keys::Keys;
pub use repo::{Repo, clean, git_command, git_knows_tables};
pub use scan::{Outcome, Scan, values_of};
