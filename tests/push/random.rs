//! Random pushes: nothing that becomes reachable escapes, and no commit is taken for new that is not.

use crate::{
    door::{knock, server},
    support::{Keys, Repo, git_knows_tables},
};
use keytrail::model::Oid;
use std::collections::BTreeSet;

const FOLDERS: [&str; 4] = ["", "a/", "a/b/", "c/"];

/// One step of an author who moves, copies, reverts, merges and goes back.
fn step(client: &Repo, keys: &mut Keys) {
    let path = |keys: &mut Keys| format!("{}f{}", keys.pick(&FOLDERS), keys.below(4));
    match keys.below(10) {
        0..=3 => {
            let (to, line) = (path(keys), keys.filler());
            client.write(&to, line);
        }
        4 => {
            let text = client.git(&["ls-files"]);
            let files: Vec<&str> = text.lines().collect();
            if !files.is_empty() {
                let (from, to) = (files[keys.below(files.len())], path(keys));
                if from != to && !client.path().join(&to).exists() {
                    client.rename(from, &to);
                }
            }
        }
        5 => {
            let old = client.git(&["rev-list", "--all", "--max-count=8"]);
            let commits: Vec<&str> = old.lines().collect();
            client.try_git(&["checkout", "-q", commits[keys.below(commits.len())], "--", "."]);
        }
        6 => {
            let name = format!("b{}", keys.below(5));
            client.try_git(&["checkout", "-q", "-f", "-B", &name]);
        }
        7 => {
            let name = format!("b{}", keys.below(5));
            client.try_git(&["checkout", "-q", "-f", &name]);
        }
        8 => {
            let name = format!("b{}", keys.below(5));
            if !client.try_git(&["merge", "-q", "-X", "ours", "-m", "merge", &name]).status.success() {
                client.try_git(&["merge", "--abort"]);
            }
        }
        _ => {
            client.try_git(&["reset", "-q", "--hard", "HEAD~1"]);
        }
    }
    client.commit("step");
}

fn branches(client: &Repo) -> Vec<String> {
    client.git(&["for-each-ref", "--format=%(refname)", "refs/heads", "refs/tags"]).lines().map(str::to_owned).collect()
}

fn round(seed: u64, options: &[&str]) {
    let mut keys = Keys::new(seed);
    let client = Repo::with(options);
    let server = server(&client, options);
    let in_server = |arguments: &[&str]| client.git_in(&server, arguments);
    // Some pushes stay packed, and then they are thin: git completes them with bases that nobody pushed.
    in_server(&["config", "receive.unpackLimit", if seed.is_multiple_of(2) { "1" } else { "100" }]);
    in_server(&["config", "receive.denyDeleteCurrent", "ignore"]);
    client.put("f0", "first\n");
    for number in 0..3 {
        (0..6).for_each(|_| step(&client, &mut keys));
        if keys.once_in(3) {
            client.try_git(&["tag", "-f", "-a", "-m", "tag", &format!("t{}", keys.below(3))]);
        }
        let all = branches(&client);
        let mut refs: Vec<&str> = all.iter().map(String::as_str).filter(|_| keys.once_in(2)).collect();
        if refs.is_empty() {
            refs.push(&all[0]);
        }
        let up_to_date =
            |name: &&str| client.try_git(&["rev-parse", name]).stdout == in_server_id(&client, &server, name);
        if !refs.iter().all(up_to_date) {
            let taken = knock(&client, &server, number, &refs);
            let repository = taken.repository();
            let push = taken.follow(&repository);
            assert_eq!(push.gaps(), [], "seed {seed}");
            let store = push.store(&[]);
            let lost: Vec<Oid> = taken
                .listed("objects.new")
                .into_iter()
                .filter(|oid| store.table().find(oid.as_bytes()).is_none())
                .collect();
            assert_eq!(lost, [], "seed {seed}: git says that these become reachable");
            let new = taken.listed("commits.new");
            let every: BTreeSet<Oid> = client
                .git(&["rev-list", "--all", "--reflog"])
                .lines()
                .map(|line| Oid::from_hex(line.as_bytes()).unwrap())
                .filter(|oid| {
                    client
                        .try_git(&["--git-dir", server.to_str().unwrap(), "cat-file", "-e", &oid.to_string()])
                        .status
                        .success()
                })
                .collect();
            for commit in new.union(&every) {
                if store.table().find(commit.as_bytes()).is_some() {
                    assert_eq!(push.is_new(commit), new.contains(commit), "seed {seed}: commit {commit}");
                }
            }
        }
        client.git(&[&["push", "-q", "-f", "origin"], &refs[..]].concat());
        // Deleted refs leave objects behind that no ref reaches; packed ones are overruled by files of their own.
        if keys.once_in(2) {
            let there = in_server(&["for-each-ref", "--format=%(refname)"]);
            let there: Vec<&str> = there.lines().collect();
            in_server(&["update-ref", "-d", there[keys.below(there.len())]]);
        }
        if keys.once_in(2) {
            in_server(&["pack-refs", "--all"]);
        }
    }
}

fn in_server_id(client: &Repo, server: &std::path::Path, name: &str) -> Vec<u8> {
    client.try_git(&["--git-dir", server.to_str().unwrap(), "rev-parse", name]).stdout
}

#[test]
fn whatever_becomes_reachable_is_looked_at() {
    (0..8).for_each(|seed| round(seed, &[]));
}

#[test]
fn the_same_with_the_other_hash_and_with_refs_in_tables() {
    (100..102).for_each(|seed| round(seed, &["--object-format=sha256"]));
    if git_knows_tables() {
        (200..202).for_each(|seed| round(seed, &["--ref-format=reftable"]));
    }
}
