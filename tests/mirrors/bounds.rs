//! More than anybody has time, disk or memory for: named as what it is, and nothing is left of it.

use crate::server::{Answer, BLOB, OFS_DELTA, Server, deflated, endless, entry_header, pack_header, sealed, varint};
use crate::support::{Keys, Repo};
use crate::{CALM, foreign};
use keytrail::git::mirror::{MirrorError, MirrorOptions, keep, mirror};
use std::fs;
use std::path::Path;
use std::process::Command;

/// Bytes that the bomb's base has, and how often it is copied.
const BASE: u64 = 16 << 20;
const COPIES: u64 = 128;

/// A pack of some kilobytes whose one delta makes 2 GB.
fn bomb() -> Vec<u8> {
    let base = [entry_header(BLOB, BASE), deflated(&vec![0; BASE as usize])].concat();
    let mut delta = [varint(BASE), varint(COPIES * (BASE - 1))].concat();
    // All of the base but a byte: its length has three bytes.
    delta.extend([0xf0, 0xff, 0xff, 0xff].repeat(COPIES as usize));
    // So far back is the base; each byte but the last counts one more than it says.
    let (mut distance, mut back) = (base.len() as u64, vec![base.len() as u8 & 0x7f]);
    while distance >> 7 > 0 {
        distance = (distance >> 7) - 1;
        back.insert(0, 0x80 | (distance & 0x7f) as u8);
    }
    let entry = [entry_header(OFS_DELTA, delta.len() as u64), back, deflated(&delta)].concat();
    sealed([pack_header(2), base, entry].concat())
}

fn is_empty(folder: &Path) -> bool {
    fs::read_dir(folder).unwrap().next().is_none()
}

#[test]
fn data_without_end_is_stopped_at_the_bound() {
    let server = Server::of_pack(endless());
    let (folder, home) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let options = MirrorOptions { disk: Some(4 << 20), folder: Some(folder.path()), ..foreign() };
    let is_large = |error: &MirrorError| matches!(error, MirrorError::TooLarge { bytes: 4_194_304, .. });
    let error = mirror(&server.url(), &options, &CALM).unwrap_err();
    assert!(is_large(&error), "{error}");
    assert!(is_empty(folder.path()));
    let error = keep(&server.url(), (home.path(), "id"), None, &options, &CALM).unwrap_err();
    assert!(is_large(&error), "{error}");
    let kept = fs::read_dir(home.path()).unwrap().next().unwrap().unwrap().path();
    let left: Vec<_> = fs::read_dir(kept).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["lock"]);
}

#[test]
fn a_pack_that_unpacks_to_more_memory_than_git_may_have_fails_by_itself() {
    let server = Server::of_pack(Answer::Pack(bomb()));
    let folder = tempfile::tempdir().unwrap();
    let options = MirrorOptions { memory: Some(512 << 20), folder: Some(folder.path()), ..foreign() };
    let error = mirror(&server.url(), &options, &CALM).unwrap_err().to_string();
    assert!(error.contains("ut of memory"), "{error}");
    assert!(is_empty(folder.path()));
}

/// What goes over is named with its reason in an audit, and all others are covered.
#[test]
fn an_audit_goes_on_beside_those_that_go_over() {
    let home = tempfile::tempdir().unwrap();
    let (bomb, flood) = (Server::of_pack(Answer::Pack(bomb())), Server::of_pack(endless()));
    let mut keys = Keys::new(83);
    let small = Repo::new();
    small.put("config", format!("id = {}\nsecret = {}\n", keys.id(), keys.secret()));
    // More than the scan may hold at once, where it lies.
    let wide = Repo::new();
    wide.put("wide", "wide ".repeat(48 << 18));
    let temporary = home.path().join("temporary");
    fs::create_dir(&temporary).unwrap();
    let wide = wide.path().display().to_string();
    fs::write(home.path().join("list"), [bomb.url(), flood.url(), small.url(), wide.clone()].join("\n")).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_keytrail"));
    command.args(["audit", "run", "--max-memory", "48M", "--max-disk", "8M", "--max-time", "600"]);
    command.arg("--org").arg(format!("file:{}", home.path().join("list").display()));
    command.arg("--store").arg(home.path().join("store.db")).env("TMPDIR", &temporary);
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("4 repositories listed") && said.contains("0 not reached"), "{said}");
    assert!(said.contains("findings: 1 new"), "{said}");
    let reason = |url: &str| said.lines().find(|line| line.starts_with("not covered") && line.contains(url)).unwrap();
    assert!(reason(&bomb.url()).contains("/r.git: fatal: Out of memory"), "without progress and advice: {said}");
    assert!(reason(&flood.url()).contains("takes more than 8388608 bytes"), "{said}");
    // How far the scan comes depends on what the allocator had: it ends, or leaves the file out. Both are told.
    let wide = reason(&wide);
    assert!(wide.contains("too much memory") || wide.contains("could not be read"), "{said}");
    assert!(is_empty(&temporary), "something is left behind");
}
