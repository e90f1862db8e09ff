//! Who brought a value in, who took it out, where it still is: as git itself sees it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic, its helpers too")]

mod lives;
mod merges;
#[path = "../support/mod.rs"]
mod support;
mod unusual;
mod wild;

use support::{Judge, Keys, Life, Outcome, Repo, Scan};

/// A repository, a value, and the text that leaks it.
fn one_value() -> (Repo, String, String) {
    let value = Keys::new(1).id();
    let leak = format!("key = {value}\n");
    (Repo::new(), value, leak)
}

/// Scans `repo` and gives the life of `value`, which must be what git's own words amount to.
#[track_caller]
fn life_of(repo: &Repo, value: &str) -> Life {
    lives_of(repo, &[value.to_owned()]).1.remove(0)
}

/// Scans `repo` and gives the lives of `values`, each held against git's.
#[track_caller]
fn lives_of(repo: &Repo, values: &[String]) -> (Outcome, Vec<Life>) {
    let outcome = Scan::of(repo.path()).run();
    assert_eq!((outcome.code, outcome.gaps()), (1, vec![]), "{}", outcome.stderr);
    assert_eq!(outcome.findings.len(), values.len(), "each value once");
    let judge = Judge::new(repo, values);
    let lives = values.iter().map(|value| {
        let told = Life::told(outcome.finding(value));
        assert_eq!(told, judge.life(value), "{value}\n{}", repo.git(&["log", "--graph", "--all", "--oneline"]));
        told
    });
    let lives = lives.collect();
    (outcome, lives)
}

/// Commits that change how often `value` stands in the tree, earliest first, as `git log -S` lists them.
fn pickaxe(repo: &Repo, value: &str) -> Vec<String> {
    let found = repo.git(&["log", "--all", "--reverse", "--format=%H", &format!("-S{value}")]);
    found.lines().map(str::to_owned).collect()
}
