//! How a leaked key's id is taken from its place without being shown, and how a finding is named.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic, its helpers too")]

mod support;

use assert_cmd::Command;
use serde_json::Value;
use std::path::Path;
use support::{Keys, Repo};

struct Told {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

fn keytrail(arguments: &[&str], input: &str) -> Told {
    let mut command = Command::cargo_bin("keytrail").unwrap();
    let output = command.args(arguments).write_stdin(input).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Told { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

/// The findings in `folder`, as JSON Lines.
fn findings(folder: &Path) -> String {
    keytrail(&["scan", "-q", "-f", "jsonl", folder.to_str().unwrap()], "").stdout
}

/// The fingerprint of the first of them.
fn fingerprint(findings: &str) -> String {
    let first: Value = serde_json::from_str(findings.lines().next().unwrap()).unwrap();
    first["fingerprint"].as_str().unwrap_or_else(|| panic!("{first}")).to_owned()
}

/// What the first command of the plan puts into `KEY_ID`; `None` if it asks a person.
fn taken(plan: &Value) -> Option<String> {
    let command = plan["steps"][0]["commands"][0].as_str().unwrap();
    if command.starts_with("read ") {
        return None;
    }
    let script = format!("{command}; printf %s \"$KEY_ID\"");
    let output = std::process::Command::new("sh").args(["-c", &script]).output().unwrap();
    assert!(
        output.status.success() && output.stderr.is_empty(),
        "{command}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    Some(String::from_utf8(output.stdout).unwrap())
}

/// The ids that are taken from `folder` by way of a scan and by way of findings that were written down.
#[track_caller]
fn ids(folder: &Path) -> [Option<String>; 2] {
    let written = findings(folder);
    let fingerprint = fingerprint(&written);
    let scan = ["contain", "-q", "-f", "json", &fingerprint, "--scan", folder.to_str().unwrap()];
    let read = ["contain", "-q", "-f", "json", &fingerprint, "--findings", "-"];
    [keytrail(&scan, ""), keytrail(&read, &written)].map(|told| {
        assert_eq!(told.code, Some(0), "{}", told.stderr);
        taken(&serde_json::from_str(&told.stdout).unwrap())
    })
}

fn profile(keys: &mut Keys) -> (String, String) {
    let id = keys.id();
    let text = format!("# é\r\n[x]\r\n\taws_access_key_id = {id}\r\n\taws_secret_access_key = {}\r\n", keys.secret());
    (id, text)
}

#[test]
fn an_id_is_taken_from_each_place_that_a_shell_can_read() {
    let mut keys = Keys::new(31);
    let both = |id: &str| [Some(id.to_owned()), Some(id.to_owned())];
    // A file that is there no more, with a name and a folder that need quotes.
    let repo = Repo::new();
    let (id, text) = profile(&mut keys);
    repo.put("it's a/$(file).ini", &text);
    repo.drop_file("it's a/$(file).ini");
    assert_eq!(ids(repo.path()), both(&id));
    // A message.
    let repo = Repo::new();
    let (id, text) = profile(&mut keys);
    repo.commit(&format!("Subject\n\n{text}"));
    assert_eq!(ids(repo.path()), both(&id));
    let repo = Repo::new();
    let (id, text) = profile(&mut keys);
    repo.put("a", "nothing");
    repo.tag("v1", &text);
    assert_eq!(ids(repo.path()), both(&id));
    // A blob that nothing names.
    let repo = Repo::new();
    let (id, text) = profile(&mut keys);
    repo.put("a", "nothing");
    repo.blob(text.as_bytes());
    assert_eq!(ids(repo.path()), both(&id));
    // What is staged, and git's own configuration, from a folder below.
    let repo = Repo::new();
    let (id, text) = profile(&mut keys);
    repo.put("below/a", "nothing");
    repo.write("new.ini", &text);
    repo.git(&["add", "-A"]);
    assert_eq!(ids(&repo.path().join("below")), both(&id));
    let repo = Repo::new();
    let (id, text) = profile(&mut keys);
    repo.put("a", "nothing");
    let config = repo.path().join(".git/config");
    let old = std::fs::read_to_string(&config).unwrap();
    std::fs::write(&config, format!("{old}{}", text.replace("\taws", "\t# aws"))).unwrap();
    assert_eq!(ids(repo.path()), both(&id));
    // A folder in no repository.
    let folder = tempfile::tempdir().unwrap();
    let (id, text) = profile(&mut keys);
    std::fs::write(folder.path().join("a b.ini"), &text).unwrap();
    assert_eq!(ids(folder.path()), both(&id));
}

#[test]
fn an_id_that_is_wrapped_is_asked_for() {
    let mut keys = Keys::new(32);
    let repo = Repo::new();
    let (_, text) = profile(&mut keys);
    let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    repo.put("wide.ini", utf16);
    assert_eq!(ids(repo.path()), [None, None]);
}

#[test]
fn nothing_is_shown_unless_it_is_asked_for() {
    let mut keys = Keys::new(33);
    let repo = Repo::new();
    let (id, text) = profile(&mut keys);
    repo.put("a.ini", &text);
    let path = repo.path().to_str().unwrap();
    let fingerprint = fingerprint(&findings(repo.path()));
    for format in ["text", "json"] {
        let told = keytrail(&["contain", "-f", format, &fingerprint[..8], "--scan", path], "");
        assert!(told.code == Some(0) && !told.stdout.contains(&id) && !told.stderr.contains(&id), "{}", told.stderr);
        let told = keytrail(&["contain", "-f", format, &fingerprint, "--scan", path, "--reveal"], "");
        assert!(told.stdout.contains(&format!("KEY_ID={id}")), "{}", told.stdout);
    }
}

#[test]
fn a_finding_that_is_not_there_or_is_no_access_key_is_an_error() {
    let repo = Repo::new();
    repo.put("a.ini", "nothing");
    let path = repo.path().to_str().unwrap();
    let told = keytrail(&["contain", "01234567", "--scan", path], "");
    assert!(told.code == Some(2) && told.stderr.contains("no finding '01234567'"), "{}", told.stderr);
    for (input, says) in
        [("{\"type\":\"summary\"}\n", "no finding"), ("not json\n", "standard input, line 1"), ("\n[]\n", "line 2")]
    {
        let told = keytrail(&["contain", "01234567", "--findings", "-"], input);
        assert!(told.code == Some(2) && told.stderr.contains(says), "{}", told.stderr);
    }
    let told = keytrail(&["contain", "xyz"], "");
    assert!(told.code == Some(2) && told.stderr.contains("eight at least"), "{}", told.stderr);
}

#[test]
fn doing_it_needs_a_confirmation_before_anybody_is_asked() {
    let mut keys = Keys::new(34);
    let repo = Repo::new();
    repo.put("a.ini", profile(&mut keys).1);
    let path = repo.path().to_str().unwrap();
    let fingerprint = fingerprint(&findings(repo.path()));
    for more in [
        &["--apply"][..],
        &["--undo"],
        &["--apply", "--confirm", &fingerprint[..8]],
        &["--confirm", &fingerprint],
        &["--apply", "--undo", "--confirm", &fingerprint],
    ] {
        let told = keytrail(&[&["contain", &fingerprint, "--scan", path], more].concat(), "");
        assert!(told.code == Some(2) && told.stderr.contains("confirm"), "{}", told.stderr);
    }
    let told = keytrail(&["contain", &fingerprint, "--scan", path, "--assume-role", "x"], "");
    assert!(told.code == Some(2) && told.stderr.contains("--assume-role is for what is done"), "{}", told.stderr);
}

#[test]
fn canaries_and_sessions_are_left_alone() {
    let mut keys = Keys::new(35);
    // One of the accounts whose keys are laid out to be found.
    let canary = keys.id_of(52_310_077_262);
    let session = keys.temporary_id();
    for (id, token, says) in [(canary, String::new(), "canary"), (session, keys.token(300), "a session's key")] {
        let repo = Repo::new();
        let text = format!(
            "[x]\naws_access_key_id = {id}\naws_secret_access_key = {}\naws_session_token = {token}\n",
            keys.secret()
        );
        repo.put("a.ini", text);
        let path = repo.path().to_str().unwrap();
        let fingerprint = fingerprint(&findings(repo.path()));
        let told = keytrail(&["contain", &fingerprint, "--scan", path, "--apply", "--confirm", &fingerprint], "");
        assert!(told.code == Some(2) && told.stderr.contains(says), "{}", told.stderr);
    }
}
