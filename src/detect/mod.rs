//! Bytes in, candidates out: no files, no terminal, no state between objects.

mod entropy;
mod escape;
mod judge;
pub mod prove;
mod structure;

pub use judge::{Inside, judge, values};
