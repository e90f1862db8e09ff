//! Where else a credential hides, and what else a scan can be pointed at.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic, its helpers too")]

mod formats;
mod lfs;
mod now;
mod own;
mod range;
mod staged;
#[path = "../support/mod.rs"]
mod support;
mod unwrapped;

use serde_json::Value;
use support::{Keys, Outcome, Repo};

/// A repository with one harmless commit, and as many values as asked for.
fn harmless<const N: usize>(seed: u64) -> (Repo, [String; N]) {
    let mut keys = Keys::new(seed);
    let repo = Repo::new();
    repo.put("readme", "x\n");
    (repo, std::array::from_fn(|_| keys.id()))
}

/// Place, path and blob of a finding's occurrences.
fn places(outcome: &Outcome, value: &str) -> Vec<(String, String, String)> {
    let text = |one: &Value| one.as_str().unwrap_or_default().to_owned();
    let occurrences = outcome.finding(value)["occurrences"].as_array().unwrap();
    occurrences.iter().map(|one| (text(&one["place"]), text(&one["path"]), text(&one["blob"]))).collect()
}

/// Place and path of a finding's occurrences.
fn spots(outcome: &Outcome, value: &str) -> Vec<(String, String)> {
    places(outcome, value).into_iter().map(|(place, path, _)| (place, path)).collect()
}

fn spot(place: &str, path: &str) -> (String, String) {
    (place.to_owned(), path.to_owned())
}

/// Exit code and number of findings.
fn sum(outcome: &Outcome) -> (i32, usize) {
    (outcome.code, outcome.findings.len())
}
