//! The push hook behind real servers: real `git push`, and what the client, the logs and the audit log are told.
//!
//! What pushes to a folder can show runs with the other tests. What needs lighttpd, nginx, sshd or gitolite is ignored there;
//! `.ci/run` installs them and runs those tests, too.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic, its helpers too")]

mod bypass;
mod cases;
mod crowd;
mod daemon;
mod damaged;
mod disk;
mod doors;
mod gitolite;
mod hook;
mod huge;
mod input;
mod killed;
mod lighttpd;
mod mirrors;
mod nginx;
mod process;
mod pushed;
mod server;
mod ssh;
mod stage;
#[path = "../support/mod.rs"]
mod support;
mod way_out;

use server::Server;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Runs all cases, to the end, and says which promises were not kept.
fn keeps_all_promises(server: &Server, format: &str) {
    let kept = |case: &fn(&Server, &str)| catch_unwind(AssertUnwindSafe(|| case(server, format))).is_ok();
    let broken: Vec<&str> = cases::ALL.iter().filter(|(_, case)| !kept(case)).map(|(name, _)| *name).collect();
    assert!(broken.is_empty(), "{} with {format}: {broken:#?}\n{}", server.name, server.last_words());
}

#[test]
fn folders_refuse_what_is_dirty_and_take_what_is_clean() {
    keeps_all_promises(&Server::local().hooked(), "sha1");
}

#[test]
fn folders_with_sha256_do_so_too() {
    keeps_all_promises(&Server::local().hooked(), "sha256");
}

#[test]
fn a_crowd_gets_two_hundred_right_verdicts_and_a_hundred_events() {
    crowd::crowd(&Server::local().hooked());
}

#[test]
#[ignore = "needs servers: .ci/run runs them"]
fn a_crowd_behind_lighttpd_does_so_too() {
    crowd::crowd(&lighttpd::start());
}

#[test]
#[ignore = "needs servers: .ci/run runs them"]
fn a_crowd_behind_sshd_does_so_too() {
    crowd::crowd(&ssh::start());
}

#[test]
fn a_bypass_is_off_by_default_and_written_down_with_its_reason() {
    bypass::bypass(&Server::local().hooked(), "sha1");
}

#[test]
#[ignore = "needs servers: .ci/run runs them"]
fn a_bypass_by_way_of_a_server_is_written_down_with_its_user() {
    for start in [lighttpd::start, nginx::start, ssh::start, gitolite::start, daemon::start] {
        bypass::bypass(&start(), "sha1");
    }
}

#[test]
#[ignore = "needs servers: .ci/run runs them"]
fn hundreds_of_repositories_are_mirrored_and_brought_up_to_date() {
    mirrors::mirrors(&lighttpd::start());
}

macro_rules! behind {
    ($($server:ident: $sha1:ident, $sha256:ident;)*) => {$(
        #[test]
        #[ignore = "needs servers: .ci/run runs them"]
        fn $sha1() {
            keeps_all_promises(&$server::start(), "sha1");
        }

        #[test]
        #[ignore = "needs servers: .ci/run runs them"]
        fn $sha256() {
            keeps_all_promises(&$server::start(), "sha256");
        }
    )*};
}

behind! {
    lighttpd: lighttpd_refuses_what_is_dirty_and_takes_what_is_clean, lighttpd_with_sha256_does_so_too;
    nginx: nginx_refuses_what_is_dirty_and_takes_what_is_clean, nginx_with_sha256_does_so_too;
    ssh: sshd_refuses_what_is_dirty_and_takes_what_is_clean, sshd_with_sha256_does_so_too;
    gitolite: gitolite_refuses_what_is_dirty_and_takes_what_is_clean, gitolite_with_sha256_does_so_too;
    daemon: the_git_daemon_refuses_what_is_dirty_and_takes_what_is_clean, the_git_daemon_with_sha256_does_so_too;
}
