//! Audits by several processes at once, some of which die: every repository ends scanned, or named with a reason, and no
//! finding is lost or told twice.
//!
//! What needs a PostgreSQL server is ignored with the other tests; `.ci/run` installs it and runs those, too.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic, its helpers too")]

mod cases;
mod crew;
mod disk;
#[path = "../store/server.rs"]
mod server;
#[path = "../support/mod.rs"]
mod support;

use keytrail::store::StoreAddress;
use server::Server;

/// Each case on a file, and on a server that the test starts.
macro_rules! on_both {
    ($($case:ident)*) => {$(
        mod $case {
            use super::*;

            #[test]
            fn on_a_file() {
                let folder = tempfile::tempdir().unwrap();
                cases::$case(&StoreAddress::File(folder.path().join("store.db")));
            }

            #[test]
            #[ignore = "needs a server: .ci/run runs them"]
            fn on_a_server() {
                cases::$case(&Server::start().database("fleet"));
            }
        }
    )*};
}

on_both! {
    workers_share_a_run
    what_a_killed_worker_had_is_done_by_another
    a_frozen_worker_wakes_up_late
    a_repository_that_takes_its_worker_along_is_given_up
    a_run_that_was_killed_goes_on
    shards_are_all_there_is
    a_newer_run_takes_the_place_of_an_older_one
    a_worker_with_other_rules_takes_nothing
}

#[test]
#[ignore = "needs a server: .ci/run runs them"]
fn a_server_that_is_stopped_hard_in_a_run_loses_and_doubles_nothing() {
    cases::server_stopped(&Server::start());
}
