//! What is found beside the history, in each format.

use super::harmless;
use crate::support::{Repo, Scan};
use serde_json::Value;

/// A repository with a value in every place that has one of its own.
fn everywhere() -> Repo {
    let (repo, [staged, branch, config, reflog]) = harmless(1);
    repo.git(&["branch", &format!("try/{branch}")]);
    repo.git(&["config", "alias.deploy", &format!("!deploy {config}")]);
    repo.git(&["update-ref", "-m", &format!("for {reflog}"), "refs/heads/main", "HEAD^{commit}", "HEAD"]);
    repo.git(&["update-ref", "--create-reflog", "-m", &format!("for {reflog}"), "refs/heads/again", "HEAD"]);
    repo.write("staged", format!("{staged}\n"));
    repo.git(&["add", "staged"]);
    repo
}

#[test]
fn json_lines_keep_to_their_schema() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/findings.schema.json");
    let schema: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let repo = everywhere();
    for (option, places) in [
        ("--quiet", vec!["blob", "config", "ref_name", "reflog"]),
        ("--staged", vec!["staged"]),
        ("--worktree", vec!["worktree"]),
    ] {
        let outcome = Scan::of(repo.path()).args(&["--explain", option]).run();
        let mut told = Vec::new();
        for line in outcome.findings.iter().chain([&outcome.summary]) {
            let errors: Vec<String> = validator.iter_errors(line).map(|error| error.to_string()).collect();
            assert!(errors.is_empty(), "{errors:?}\n{line}");
            let occurrences = line["occurrences"].as_array().into_iter().flatten();
            told.extend(occurrences.map(|one| one["place"].as_str().unwrap().to_owned()));
        }
        told.sort();
        told.dedup();
        assert_eq!(told, places, "{option}");
    }
}

#[test]
fn code_scanning_gets_what_is_there_now_under_the_plain_rule_and_a_category_of_its_own() {
    let repo = everywhere();
    let log = |option: &str| -> Value {
        let outcome = Scan::bare().args(&["scan", "-f", "sarif", option]).arg(repo.path()).run();
        serde_json::from_slice(&outcome.stdout).unwrap()
    };
    let staged = &log("--staged")["runs"][0];
    assert_eq!(staged["automationDetails"]["id"], "keytrail/staged/");
    assert_eq!(staged["results"][0]["ruleId"], "aws-access-key-id");
    assert_eq!(staged["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"], "staged");
    let hash = staged["results"][0]["partialFingerprints"]["primaryLocationLineHash"].as_str().unwrap();
    let on_disk = &log("--worktree")["runs"][0];
    assert_eq!(on_disk["results"][0]["partialFingerprints"]["primaryLocationLineHash"], hash, "of the file itself");
    let history = &log("--quiet")["runs"][0];
    assert_eq!(history["automationDetails"]["id"], "keytrail/history/");
    let uris: Vec<&str> = history["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["locations"][0])
        .map(|one| one["physicalLocation"]["artifactLocation"]["uri"].as_str().unwrap())
        .collect();
    assert!(uris.contains(&".git/config"), "{uris:?}");
}
