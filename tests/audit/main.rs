//! Audits from end to end: repositories made by git, the program as a user runs it, and what the store says afterwards.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic, its helpers too")]

#[path = "../support/mod.rs"]
mod support;

mod house;
#[cfg(unix)]
mod job;
mod known;
mod logs;
mod nights;
#[cfg(unix)]
mod notify;
