//! Hooks put in and taken out, judged by real pushes and commits.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic, its helpers too")]

#[path = "../support/mod.rs"]
mod support;

mod chained;
mod client;
mod doctor;
mod fixture;
mod gitolite;
mod layouts;
mod plain;
mod undone;
