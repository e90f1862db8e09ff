//! Whether a key is live, asked of what stands in for AWS.
//!
//! A server of our own says what no real one would say when it is wanted: throttling, quirks, half an answer, an endless one.
//! moto and `MiniStack` say what they think is right; they are ignored here, and `tests/live/run.sh` installs and runs them.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic, its helpers too")]

mod answers;
mod clock;
mod cloud;
mod contain;
mod definite;
mod endpoints;
mod findings_file;
mod leak;
mod lists;
mod memory;
mod ministack;
mod moto;
mod offline;
mod owner;
mod pace;
#[path = "../servers/process.rs"]
mod process;
mod program;
mod proxies;
mod signer;
mod skew;
mod stub;
#[path = "../support/mod.rs"]
mod support;
mod tls;
mod unknown;
