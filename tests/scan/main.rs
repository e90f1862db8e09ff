//! What a scan promises: its exit codes, its bytes, its silence about values, and what the user may decide beforehand.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic, its helpers too")]

mod contract;
mod decided;
mod pairing;
mod services;
#[path = "../support/mod.rs"]
mod support;
mod wrapped;
