//! `keytrail replace` on small repositories of each place, as a whole program.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says no by panicking")]
#![allow(unreachable_pub, reason = "modules of a test have no public")]

#[path = "../support/mod.rs"]
mod support;

mod history;
mod outputs;
mod places;

use serde_json::Value;
use support::{Keys, Outcome, Repo, Scan};

/// An account that ids of keys can carry.
const ACCOUNT: u64 = 210_987_654_321;

/// A repository that is hosted, with files in each of which `ID` and `SECRET` stand for a key's.
fn repo(files: &[(&str, &str)]) -> (Repo, [String; 2]) {
    let mut keys = Keys::new(5);
    let values = [keys.id_of(ACCOUNT), keys.secret()];
    let repo = Repo::new();
    repo.git(&["remote", "add", "origin", "https://github.com/acme/shop.git"]);
    for (path, text) in files {
        repo.write(path, text.replace("{ID}", &values[0]).replace("{SECRET}", &values[1]));
    }
    repo.commit("files");
    (repo, values)
}

/// What the program says in this folder.
fn replace(repo: &Repo, arguments: &[&str]) -> Outcome {
    Scan::bare().arg("replace").args(arguments).within(repo.path()).run()
}

/// The one remedy of the repository.
#[track_caller]
fn remedy(repo: &Repo) -> Value {
    let outcome = replace(repo, &["-f", "json"]);
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    let all: Value = serde_json::from_slice(&outcome.stdout).unwrap();
    assert_eq!(all.as_array().unwrap().len(), 1, "{all:#}");
    all[0].clone()
}

/// The statements of a remedy's permission policy, as `actions on resources`.
fn statements(remedy: &Value) -> Vec<String> {
    let words = |list: &Value| -> String {
        let words: Vec<&str> = list.as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect();
        words.join(" ")
    };
    let list = remedy["permission_policy"]["Statement"].as_array().cloned().unwrap_or_default();
    list.iter().map(|one| format!("{} on {}", words(&one["Action"]), words(&one["Resource"]))).collect()
}
