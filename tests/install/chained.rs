//! A hook that was there before has its say.

use crate::fixture::{House, chmod, mode, script};
use std::{fs, path::Path};

/// Writes its lines and its environment's quarantine down, and gives this code.
fn old_hook(server: &Path, code: u8) {
    let text =
        format!("#!/bin/sh\ncat >>seen; echo \"$GIT_QUARANTINE_PATH\" >quarantine; echo 'old hook' >&2; exit {code}\n");
    script(&server.join("hooks/pre-receive"), &text);
}

fn install_real(house: &House, server: &Path) {
    let ran = house.run(&["install".as_ref(), "--pre-receive".as_ref(), server.as_os_str()]);
    assert!(ran.code == 0 && ran.out.contains("runs after ours, with the same lines"), "{ran:?}");
}

#[test]
fn both_hear_the_same_lines_and_the_old_one_is_asked_only_about_what_ours_lets_in() {
    let house = House::new();
    let server = house.server("a.git");
    old_hook(&server, 0);
    install_real(&house, &server);
    assert_eq!(mode(&server.join("hooks/pre-receive.before-keytrail")), 0o755);
    house.judges(&server);
    let seen = fs::read_to_string(server.join("seen")).unwrap();
    assert_eq!(seen.lines().count(), 1, "{seen}");
    let id = seen.split(' ').nth(1).unwrap();
    assert_eq!(seen, format!("{} {id} refs/heads/b{id}\n", "0".repeat(40)));
    assert!(fs::read_to_string(server.join("quarantine")).unwrap().contains("objects/"));
}

#[test]
fn the_old_one_refuses_in_its_own_words() {
    let house = House::new();
    let server = house.server("a.git");
    old_hook(&server, 3);
    install_real(&house, &server);
    let ran = house.push_clean(&server);
    assert!(ran.code != 0 && ran.err.contains("remote: old hook"), "{ran:?}");
}

#[test]
fn many_refs_reach_the_old_one_whole() {
    let house = House::new();
    let server = house.server("a.git");
    old_hook(&server, 0);
    install_real(&house, &server);
    let head = house.repo.head();
    // Names of 200 bytes: 2,000 lines do not fit into a pipe.
    let long = "x".repeat(200);
    let lines: String = (0..2000).map(|n| format!("create refs/tags/{n}{long} {head}\n")).collect();
    house.repo.git_with_input(&["update-ref", "--stdin"], lines.as_bytes());
    house.repo.git(&["push", "-q", "--tags", server.to_str().unwrap()]);
    assert_eq!(fs::read_to_string(server.join("seen")).unwrap().lines().count(), 2000);
}

#[test]
fn one_that_git_did_not_run_is_kept_and_not_run() {
    let house = House::new();
    let server = house.server("a.git");
    old_hook(&server, 1);
    chmod(&server.join("hooks/pre-receive"), 0o644);
    assert!(house.install_in(&server).contains("git did not run it, and it is not run now"));
    house.judges(&server);
    assert!(!server.join("seen").exists());

    // Once it is made one that runs, the next installation calls it.
    chmod(&server.join("hooks/pre-receive.before-keytrail"), 0o755);
    assert!(house.install_in(&server).starts_with("updated: "));
    assert!(house.push_clean(&server).code != 0 && server.join("seen").exists());
}

#[test]
fn a_repository_may_be_moved_with_both() {
    let house = House::new();
    let server = house.server("a.git");
    old_hook(&server, 3);
    install_real(&house, &server);
    let moved = house.path("moved.git");
    fs::rename(server, &moved).unwrap();
    let ran = house.push_clean(&moved);
    assert!(ran.err.contains("remote: old hook"), "{ran:?}");
}

#[test]
fn without_the_old_one_the_hook_refuses() {
    let house = House::new();
    let server = house.server("a.git");
    old_hook(&server, 0);
    install_real(&house, &server);
    fs::remove_file(server.join("hooks/pre-receive.before-keytrail")).unwrap();
    let ran = house.push_clean(&server);
    assert!(ran.code != 0 && ran.err.contains("the hook that was here before cannot be run"), "{ran:?}");
    // The next installation takes the loss as it is.
    assert!(
        house.run(&["install".as_ref(), "--pre-receive".as_ref(), server.as_os_str()]).out.starts_with("updated: ")
    );
    house.judges(&server);
}

#[test]
fn two_hooks_that_are_not_ours_are_too_many() {
    let house = House::new();
    let server = house.server("a.git");
    old_hook(&server, 0);
    fs::copy(server.join("hooks/pre-receive"), server.join("hooks/pre-receive.before-keytrail")).unwrap();
    let ran = house.install(&["--pre-receive".as_ref(), server.as_os_str()]);
    ran.failed("one of them must go elsewhere first");
    fs::remove_file(server.join("hooks/pre-receive")).unwrap();
    fs::create_dir(server.join("hooks/pre-receive")).unwrap();
    house.install(&["--pre-receive".as_ref(), server.as_os_str()]).failed("it is not a file");
}
