//! What an audit remembers, on `SQLite` and on a PostgreSQL server that the test starts: the same promises for both.
//!
//! What needs the server is ignored with the other tests; `.ci/run` installs it and runs those, too.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic, its helpers too")]

mod cases;
mod crash;
mod crowd;
mod file;
mod house;
mod server;
#[path = "../support/mod.rs"]
mod support;

use keytrail::store::StoreAddress;
use server::Server;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Runs all cases, each on a store of its own, to the end, and says which promises were not kept.
fn keeps_all_promises(mut fresh: impl FnMut(&str) -> StoreAddress) {
    let mut kept = |(n, case): (usize, &fn(&StoreAddress))| {
        let address = fresh(&format!("case{n}"));
        catch_unwind(AssertUnwindSafe(|| case(&address))).is_ok()
    };
    let numbered = cases::ALL.iter().enumerate();
    let broken: Vec<&str> = numbered.filter(|(n, (_, case))| !kept((*n, case))).map(|(_, (name, _))| *name).collect();
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn a_file_keeps_all_promises() {
    let folder = tempfile::tempdir().unwrap();
    keeps_all_promises(|name| StoreAddress::File(folder.path().join(name)));
}

#[test]
#[ignore = "needs a server: .ci/run runs them"]
fn a_server_keeps_all_promises() {
    let server = Server::start();
    keeps_all_promises(|name| server.database(name));
}

#[test]
fn several_threads_and_processes_share_a_file() {
    let folder = tempfile::tempdir().unwrap();
    crowd::crowd(&StoreAddress::File(folder.path().join("store")));
}

#[test]
#[ignore = "needs a server: .ci/run runs them"]
fn several_threads_and_processes_share_a_server() {
    crowd::crowd(&Server::start().database("crowd"));
}

#[test]
fn whoever_is_killed_leaves_a_whole_file() {
    let folder = tempfile::tempdir().unwrap();
    crash::killed(&StoreAddress::File(folder.path().join("store")));
}

#[test]
#[ignore = "needs a server: .ci/run runs them"]
fn whoever_is_killed_leaves_a_whole_database() {
    crash::killed(&Server::start().database("killed"));
}

#[test]
#[ignore = "needs a server: .ci/run runs them"]
fn a_server_that_is_stopped_hard_for_three_seconds_loses_and_doubles_nothing() {
    crash::server_stopped(&Server::start());
}
