//! The audit of an organisation of some hundred repositories on a real git server, a few of them hostile or broken: all that is
//! there is found, all that cannot be read is named, and the token goes to the one origin that it is for.
//!
//! Needs lighttpd: `.ci/run` installs it and runs this.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic, its helpers too")]

mod host;
mod nights;
#[path = "../servers/process.rs"]
mod process;
#[path = "../support/mod.rs"]
mod support;
