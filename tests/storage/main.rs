//! However git stores the objects, the same is found, and all of it is read.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic, its helpers too")]

mod formats;
mod gaps;
mod large;
mod layouts;
mod sample;
#[path = "../support/mod.rs"]
mod support;
