//! Nobody is asked unless somebody says so. What strace sees of a scan shows it.

use crate::{answers::active, cloud::ACCOUNT, leak::Leak, program::Program, stub::Stub};
use std::{fs, path::Path, process::Command};

#[test]
fn without_verify_nothing_is_said_of_whether_a_key_works() {
    let leak = Leak::made_up(800);
    for options in [&[][..], &["--offline"]] {
        let told = Program::scan(&leak).args(options).run();
        assert_eq!((told.code, told.findings.len()), (Some(1), 1), "{}", told.stderr);
        assert!(told.findings[0].get("verification").is_none(), "{}", told.stdout);
    }
}

#[test]
fn offline_and_what_needs_the_network_exclude_each_other() {
    let leak = Leak::made_up(801);
    let stub = Stub::new(|_, _| active(ACCOUNT));
    let told = Program::verify(&leak, &stub.url()).arg("--offline").run();
    assert_eq!(told.code, Some(2), "{}", told.stdout);
    assert!(told.stderr.contains("--offline") && told.stderr.contains("--verify"), "{}", told.stderr);
    for address in [format!("{}/r.git", stub.url()), "ssh://git@127.0.0.1:1/r.git".into(), "git@localhost:r.git".into()]
    {
        let told = Program::new(&leak).args(&["scan", "--offline", &address]).run();
        assert_eq!(told.code, Some(2), "{}", told.stdout);
        assert!(told.stderr.contains("offline") && told.stderr.contains(&address), "{}", told.stderr);
    }
    assert_eq!(stub.connections(), 0);
}

/// What it asks the kernel about networks, itself and its children.
fn calls(leak: &Leak, options: &[&str]) -> (usize, String) {
    let folder = tempfile::tempdir().unwrap();
    let trace = folder.path().join("trace");
    let mut strace = Command::new("strace");
    strace.args(["-f", "-qq", "-e", "trace=%network", "-o"]).arg(&trace).arg("--").arg(env!("CARGO_BIN_EXE_keytrail"));
    let program = Program::under(strace, leak).args(&["scan", "--format", "jsonl"]).arg(leak.repo.path());
    let told = program.args(options).run();
    assert_eq!(told.code, Some(1), "strace cannot run here? {}", told.stderr);
    (told.findings.len(), read(&trace))
}

fn read(trace: &Path) -> String {
    let trace = fs::read_to_string(trace).unwrap();
    let calls = trace.lines().filter(|line| line.contains('(') && !line.contains("+++"));
    calls.map(|line| format!("{line}\n")).collect()
}

#[test]
#[ignore = "needs strace: tests/live/run.sh runs it"]
fn a_scan_opens_no_socket() {
    let leak = Leak::made_up(802);
    for options in [&[][..], &["--offline"], &["--worktree"]] {
        let (found, calls) = calls(&leak, options);
        assert_eq!((found, calls.as_str()), (1, ""), "{options:?}");
    }
    // That strace sees one if there is one.
    let stub = Stub::new(|_, _| active(ACCOUNT));
    let (_, calls) = calls(&leak, &["--verify", "--sts-endpoint", &stub.url()]);
    assert!(calls.contains("socket(AF_INET") && calls.contains("connect("), "{calls}");
}
