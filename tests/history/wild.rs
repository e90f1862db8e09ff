//! Histories that nobody would write by hand, made from a seed and judged by brute force.

use super::lives_of;
use crate::support::{Keys, Repo};
use std::collections::BTreeMap;

const HISTORIES: u64 = 40;
const COMMITS: usize = 25;
const VALUES: usize = 6;
const PATHS: [&str; 8] = ["a", "b.txt", "dir/a", "dir/b", "dir/deep/c", "dir2/a", "other/x/y/z", "z"];

/// A tree as paths and the values each holds, with a number that tells versions apart.
type Tree = BTreeMap<&'static str, (Vec<usize>, u64)>;

/// Writes a stream for `git fast-import`: branches, merges and octopuses, values that come, move and go.
fn history(keys: &mut Keys, values: &[String]) -> Vec<u8> {
    let mut stream = String::new();
    let mut trees: Vec<Tree> = Vec::new();
    let mut times: Vec<usize> = (0..COMMITS).collect();
    for n in 1..COMMITS {
        // Clocks go wrong: children may be older than their parents.
        if keys.once_in(4) {
            times.swap(n - 1, n);
        }
    }
    for (n, time) in times.into_iter().enumerate() {
        let parents = parents(keys, n);
        let mut tree = parents.first().map(|&first| trees[first].clone()).unwrap_or_default();
        for &other in parents.iter().skip(1) {
            // Whatever either side has, or nothing of the other, or a mixture.
            for (path, file) in trees[other].clone() {
                if !keys.once_in(3) {
                    tree.insert(path, file);
                }
            }
        }
        for _ in 0..keys.below(4) {
            change(keys, &mut tree);
        }
        let message = if keys.once_in(12) { format!("about {}", keys.pick(values)) } else { "plain".to_owned() };
        stream += &format!("commit refs/lines/{n}\nmark :{}\n", n + 1);
        stream += &format!("committer C <c@example.org> {} +0000\n", 1_700_000_000 + 100 * time);
        stream += &format!("data {}\n{message}\n", message.len());
        for (place, &parent) in parents.iter().enumerate() {
            stream += &format!("{} :{}\n", if place == 0 { "from" } else { "merge" }, parent + 1);
        }
        stream += "deleteall\n";
        for (path, (held, version)) in &tree {
            let mut text = format!("version {version}\n");
            text.extend(held.iter().map(|&value| format!("key = {}\n", values[value])));
            stream += &format!("M 100644 inline {path}\ndata {}\n{text}\n", text.len());
        }
        trees.push(tree);
    }
    stream.into_bytes()
}

fn parents(keys: &mut Keys, n: usize) -> Vec<usize> {
    let count = match keys.below(20) {
        _ if n == 0 => 0,
        0 => 0,
        1 => 3,
        2..=6 => 2,
        _ => 1,
    };
    let mut parents = Vec::new();
    for _ in 0..count {
        // Mostly a recent one, so that lines grow long.
        let parent = n - 1 - keys.below(n.min(4));
        if !parents.contains(&parent) {
            parents.push(parent);
        }
    }
    parents
}

fn change(keys: &mut Keys, tree: &mut Tree) {
    let path = *keys.pick(&PATHS);
    let version = keys.number() % 3;
    match keys.below(6) {
        0 => drop(tree.remove(path)),
        1 => {
            let from = *keys.pick(&PATHS);
            if let Some(file) = tree.remove(from) {
                tree.insert(path, file);
            }
        }
        2 => drop(tree.insert(path, (vec![], version))),
        _ => {
            let file = tree.entry(path).or_default();
            let value = keys.below(VALUES);
            if file.0.contains(&value) {
                file.0.retain(|&held| held != value);
            } else {
                file.0.push(value);
            }
            file.1 = version;
        }
    }
}

fn check(seed: u64) {
    let mut keys = Keys::new(seed);
    let values: Vec<String> = (0..VALUES).map(|_| keys.id()).collect();
    let repo = Repo::new();
    repo.git_with_input(&["fast-import", "--quiet", "--force"], &history(&mut keys, &values));
    let names = repo.git(&["for-each-ref", "--format=%(refname)"]);
    // Few lines stay named: the others are reached from them, or lost.
    let mut renaming = String::new();
    for name in names.lines() {
        if keys.once_in(3) {
            renaming += &format!("create {} {}\n", name.replace("lines", "heads"), repo.git(&["rev-parse", name]));
        }
        renaming += &format!("delete {name}\n");
    }
    repo.git_with_input(&["update-ref", "--stdin"], renaming.as_bytes());
    let branches = repo.git(&["for-each-ref", "--format=%(refname)", "refs/heads"]);
    if let Some(branch) = branches.lines().next() {
        repo.git(&["symbolic-ref", "HEAD", branch]);
    }
    let held = repo.git(&["cat-file", "--batch-all-objects", "--batch", "--buffer"]);
    let present: Vec<String> = values.into_iter().filter(|value| held.contains(value.as_str())).collect();
    lives_of(&repo, &present);
}

#[test]
fn random_histories_are_told_as_brute_force_over_every_commit_tells_them() {
    (0..HISTORIES / 2).for_each(check);
}

#[test]
fn more_random_histories_are_told_as_brute_force_over_every_commit_tells_them() {
    (HISTORIES / 2..HISTORIES).for_each(check);
}
