//! What git hands to the hook, and what else it could.

use crate::{server::Server, stage::Stage};
use std::{
    io::Write,
    process::{Command, Output, Stdio},
};

/// The hook as git runs it, without a push: the objects are in the store.
pub fn run(stage: &Stage, input: &[u8]) -> Output {
    let mut command = Command::new(stage.bare.join("hooks/pre-receive"));
    crate::support::clean(&mut command, stage.server.home());
    command.current_dir(&stage.bare).env("GIT_DIR", ".");
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    std::thread::scope(|scope| {
        // Who does not read to the end closes the pipe.
        scope.spawn(move || stdin.write_all(input).ok());
        child.wait_with_output().unwrap()
    })
}

/// A line of git's for a new branch.
fn line(commit: &str, branch: &str) -> String {
    format!("{} {commit} refs/heads/{branch}\n", "0".repeat(commit.len()))
}

#[test]
fn no_line_at_all_is_a_push_of_nothing() {
    let server = Server::local().hooked();
    let stage = Stage::with_history(&server, "sha1");
    let output = run(&stage, b"");
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
}

#[test]
fn a_line_that_ends_early_is_refused_wherever_it_ends() {
    let server = Server::local().hooked();
    let stage = Stage::with_history(&server, "sha1");
    let (_, commit) = stage.leak("bad");
    // Its objects lie in the store, and no ref there has them.
    stage.smuggle(&["main:gone"]);
    stage.smuggle(&[":gone"]);
    let whole = line(&commit, "x");
    for length in 1..=whole.len() {
        let output = run(&stage, &whole.as_bytes()[..length]);
        assert_eq!(output.status.code(), Some(1), "{length} bytes: {output:?}");
    }
}

#[test]
fn two_thousand_refs_at_once_are_read_to_the_last() {
    let server = Server::local().hooked();
    let stage = Stage::with_history(&server, "sha1");
    let clean = stage.client.head();
    let (pair, commit) = stage.leak("last");
    let mut refs: Vec<String> = (0..2_000).map(|n| format!("{clean}:refs/heads/b{n:04}")).collect();
    refs.push(format!("{commit}:refs/heads/z"));
    let all: Vec<&str> = refs.iter().map(String::as_str).collect();
    stage.push(&all).refused().names(&pair, &commit, "last:2");
    stage.push(&all[..2_000]).accepted();
}
