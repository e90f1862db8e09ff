//! TEMPORARY STUB of this branch: only `mirror` is real. Keep the other branch's `mod.rs` and add `pub mod mirror;`.

pub mod mirror;
