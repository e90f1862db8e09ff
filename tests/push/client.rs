//! The hook on the author's own machine: git runs it before anything leaves.

use crate::{
    door::{executable, server},
    support::{Keys, Repo},
};
use std::{
    fs,
    io::Read,
    path::Path,
    process::{Command, Output, Stdio},
};

fn install(client: &Repo) {
    let hook = client.path().join(".git/hooks/pre-push");
    fs::create_dir_all(hook.parent().unwrap()).unwrap();
    fs::write(&hook, format!("#!/bin/sh\nexec '{}' hook pre-push \"$@\"\n", env!("CARGO_BIN_EXE_keytrail"))).unwrap();
    executable(&hook);
}

fn refs(client: &Repo, server: &Path) -> String {
    client.git_in(server, &["for-each-ref"])
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn only_what_the_remote_does_not_have_is_judged() {
    let client = Repo::new();
    let server = server(&client, &[]);
    let mut keys = Keys::new(11);
    let (id, secret) = (keys.id(), keys.secret());
    client.put("old.env", format!("AWS_ACCESS_KEY_ID={id}\nAWS_SECRET_ACCESS_KEY={secret}\n"));
    client.git(&["push", "-q", "origin", "main"]);
    install(&client);
    client.put("clean", "clean\n");
    client.git(&["push", "-q", "origin", "main"]);
    client.git(&["push", "-q", "origin", "main:refs/heads/copy"]);
    client.git(&["push", "-q", "origin", ":refs/heads/copy"]);

    let before = refs(&client, &server);
    let (id, secret) = (keys.id(), keys.secret());
    let commit = client.put("new.env", format!("AWS_ACCESS_KEY_ID={id}\nAWS_SECRET_ACCESS_KEY={secret}\n"));
    client.drop_file("new.env");
    for refs in [&["main"][..], &["HEAD:refs/heads/other"], &["--all"]] {
        let output = client.try_git(&[&["push", "-q", "origin"], refs].concat());
        let said = said(&output);
        assert!(!output.status.success(), "{said}");
        assert!(said.contains("new.env:1") && said.contains(&commit[..10]), "{said}");
        assert!(!said.contains("old.env") && !said.contains(&id) && !said.contains(&secret), "{said}");
    }
    assert_eq!(refs(&client, &server), before);
}

#[test]
fn a_server_that_keeps_its_end_open_gets_its_verdict_all_the_same() {
    let client = Repo::new();
    let server = server(&client, &[]);
    for (verdict, code) in [("reject", 1), ("accept", 0)] {
        let mut hook = Command::new(env!("CARGO_BIN_EXE_keytrail"));
        hook.args(["hook", "pre-receive", "--deadline", "0.4", "--on-timeout", verdict]).current_dir(&server);
        let mut hook = hook.stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let stdin = hook.stdin.take().unwrap();
        let mut said = String::new();
        // Its end of standard error is closed when it ends.
        hook.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        assert_eq!(hook.wait().unwrap().code(), Some(code), "{said}");
        assert!(said.contains("not scanned to its end"), "{said}");
        drop(stdin);
    }
}

#[test]
fn a_remote_without_a_name_is_known_by_what_it_says_it_has_and_an_empty_one_gets_everything() {
    let client = Repo::new();
    let server = server(&client, &[]);
    let url = server.to_str().unwrap();
    let mut keys = Keys::new(12);
    client.put("old.env", format!("AWS_ACCESS_KEY_ID={}\nAWS_SECRET_ACCESS_KEY={}\n", keys.id(), keys.secret()));
    client.drop_file("old.env");
    install(&client);
    let output = client.try_git(&["push", "-q", url, "main"]);
    assert!(!output.status.success() && said(&output).contains("old.env:1"), "{}", said(&output));
    client.git(&["push", "-q", "--no-verify", url, "main"]);
    client.put("clean", "clean\n");
    client.git(&["push", "-q", url, "main"]);
}
