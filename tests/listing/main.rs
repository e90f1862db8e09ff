//! Listings, asked of what others made: GitHub's own description of its API.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic, its helpers too")]

#[path = "../servers/process.rs"]
mod process;
mod recorded;
#[path = "../support/mod.rs"]
mod support;

use keytrail::audit::source::{Address, Credentials, ListOptions, Organisation, ProblemKind};
use keytrail::model::Secret;
use keytrail::net::SystemClock;
use process::{Process, free_port};
use std::{path::PathBuf, process::Command, sync::atomic::AtomicBool};

/// Prism answers with GitHub's own example of a page. Its `Link` leads to `api.github.com`, which is another host here.
#[test]
#[ignore = "needs prism: tests/listing/run.sh installs and runs it"]
fn githubs_own_examples_are_read_and_their_link_is_not_followed() {
    let tools = PathBuf::from(std::env::var_os("KEYTRAIL_TOOLS").unwrap());
    let modules = tools.join("node_modules");
    let description = modules.join("@octokit/openapi/generated/api.github.com.json");
    let (port, home) = (free_port(), tempfile::tempdir().unwrap());
    let mut prism = Command::new(modules.join(".bin/prism"));
    prism.args(["mock", "--host", "127.0.0.1", "--port", &port.to_string()]).arg(description);
    let _running = Process::start(&mut prism, home.path(), &home.path().join("log"), port);
    let base = format!("http://127.0.0.1:{port}");
    let organisation = Organisation::parse("github:acme", Some(&base)).unwrap();
    let token = Credentials::Token(Secret::new(b"not-a-token"));
    let listing = organisation.list(&token, &ListOptions::default(), &SystemClock, &AtomicBool::new(false));
    let Some(first) = listing.repositories.first() else { panic!("{:?}", listing.problems) };
    assert_eq!((first.name.as_str(), first.id.ends_with(":1296269")), ("octocat/Hello-World", true));
    assert_eq!(first.address, Address::Url("https://github.com/octocat/Hello-World.git".into()));
    let kinds: Vec<ProblemKind> = listing.problems.iter().map(|problem| problem.kind).collect();
    assert_eq!(kinds, [ProblemKind::ForeignOrigin], "{:?}", listing.problems);
}
