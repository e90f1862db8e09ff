//! Where a secret may be seen while the program runs, and when it dies.

use crate::{
    cloud::ACCOUNT,
    leak::{Leak, session},
    program::Program,
    stub::{Answer, Stub},
};
use rustix::process::{Pid, Signal, kill_process};
use std::{fs, process::Command};

/// The processes below `id`, and itself.
fn family(id: u32) -> Vec<u32> {
    let children = fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap_or_default();
    let children = children.split_whitespace().filter_map(|child| child.parse().ok());
    std::iter::once(id).chain(children.flat_map(family)).collect()
}

/// A repository with a session's triple, and a server that lets the program wait.
fn waiting() -> (Leak, Stub) {
    (Leak::of(&session(600, ACCOUNT)), Stub::always(Answer::Silence))
}

#[test]
fn no_list_of_processes_shows_a_secret() {
    let (leak, stub) = waiting();
    let mut running = Program::verify(&leak, &stub.url()).args(&["--verify-timeout", "30"]).start();
    stub.wait_for_request();
    for id in family(running.id()) {
        for file in ["cmdline", "environ", "comm", "status"] {
            let shown = fs::read(format!("/proc/{id}/{file}")).unwrap_or_default();
            let shown = String::from_utf8_lossy(&shown);
            assert!(file != "cmdline" || shown.contains("scan"), "{shown}");
            assert!(leak.secrets.iter().all(|secret| !shown.contains(secret.as_str())), "/proc/{id}/{file}");
        }
    }
    running.kill();
    running.wait();
}

/// Whatever its caller allows: `ulimit -c unlimited` before it.
#[test]
fn who_dies_with_secrets_leaves_no_core_dump() {
    let (leak, stub) = waiting();
    let shell = |script: &str| {
        let mut shell = Command::new("sh");
        shell.args(["-c", script]);
        shell
    };
    let allowed = "ulimit -c \"$(ulimit -H -c)\"; exec \"$0\" \"$@\"";
    let program = Program::under(shell(allowed), &leak).arg(env!("CARGO_BIN_EXE_keytrail"));
    let program = program.args(&["scan", "--format", "jsonl"]).arg(leak.repo.path());
    let running = program.args(&["--verify", "--verify-timeout", "60", "--sts-endpoint", &stub.url()]).start();
    stub.wait_for_request();
    let limits = fs::read_to_string(format!("/proc/{}/limits", running.id())).unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    let soft: u64 = core["Max core file size".len()..].split_whitespace().next().unwrap().parse().unwrap();
    // One byte is less than any dump, and the one limit that Linux heeds before it hands a dump to another program.
    assert!(soft <= 1, "{core}");
    let id = Pid::from_raw(running.id().cast_signed()).unwrap();
    kill_process(id, Signal::ABORT).unwrap();
    let told = running.wait();
    assert_eq!((told.code, told.dumped), (None, false), "{}", told.stderr);
}

/// Ctrl-C while AWS is asked: the report is written all the same, and says of whom nobody was asked any more.
#[test]
fn an_interrupt_ends_the_asking_and_what_was_found_is_told() {
    let logins: Vec<_> = (610..640).map(|seed| session(seed, ACCOUNT)).collect();
    let (leak, stub) = (Leak::of_all(&logins), Stub::always(Answer::Silence));
    let running = Program::verify(&leak, &stub.url()).args(&["--verify-timeout", "5"]).start();
    stub.wait_for_request();
    kill_process(Pid::from_raw(running.id().cast_signed()).unwrap(), Signal::INT).unwrap();
    let told = running.wait();
    assert_eq!(told.findings.len(), logins.len(), "{}", told.stderr);
    assert!(told.findings.iter().all(|finding| finding["verification"]["status"] == "unknown"), "{}", told.stdout);
    assert!(told.stdout.contains("interrupted"), "{}", told.stdout);
    assert!(stub.requests().len() < logins.len(), "{} requests", stub.requests().len());
}
