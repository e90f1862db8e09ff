//! Repositories elsewhere that mean no good, or too much: what is asked for, what is fetched, and what is left when it is stopped.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic, its helpers too")]

mod bounds;
mod hostile;
mod killed;
mod refs;
mod server;
#[path = "../support/mod.rs"]
mod support;

use keytrail::git::mirror::MirrorOptions;
use std::sync::atomic::AtomicBool;

static CALM: AtomicBool = AtomicBool::new(false);

/// As an audit asks for what somebody else named.
fn foreign() -> MirrorOptions<'static> {
    MirrorOptions { foreign: true, ..MirrorOptions::default() }
}
