//! What a push brings, judged by what git itself says becomes reachable.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic, its helpers too")]

#[path = "../support/mod.rs"]
mod support;

mod blame;
mod client;
mod door;
mod odd;
mod random;
