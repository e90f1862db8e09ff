//! What is written, and how it ends.

use super::{Keys, Repo, Scan, replace, repo};
use std::process::Command;

const WORKFLOW: &str = "on: push\njobs:\n  site:\n    env:\n      AWS_ACCESS_KEY_ID: {ID}\n      AWS_SECRET_ACCESS_KEY: {SECRET}\n    steps:\n\
                        \x20     - run: aws s3 sync build s3://acme-site --delete\n      - run: aws sns publish --topic-arn $TOPIC --message done\n";

fn sample() -> (Repo, [String; 2]) {
    repo(&[(".github/workflows/site.yml", WORKFLOW)])
}

/// Compares with the file, or writes it when `BLESS` is set. Fingerprints are those of values made from a seed.
fn assert_snapshot(name: &str, actual: &str) {
    let path = format!("{}/tests/snapshots/replace/{name}", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("BLESS").is_some() {
        std::fs::create_dir_all(std::path::Path::new(&path).parent().unwrap()).unwrap();
        std::fs::write(&path, actual).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(expected == actual, "{name} has changed; run with BLESS=1 if it should.\n{actual}");
}

#[test]
fn each_format_looks_as_it_should_and_shows_no_value() {
    let (repo, values) = sample();
    for (format, name) in [("text", "workflow.txt"), ("json", "workflow.json"), ("terraform", "workflow.tf")] {
        let outcome = replace(&repo, &["-f", format]);
        assert_eq!(outcome.code, 0, "{}", outcome.stderr);
        let written = String::from_utf8(outcome.stdout).unwrap();
        assert!(values.iter().all(|value| !written.contains(value) && !outcome.stderr.contains(value)));
        assert_snapshot(name, &written);
        let again = String::from_utf8(replace(&repo, &["-f", format]).stdout).unwrap();
        assert_eq!(written, again);
    }
}

#[test]
fn terraform_finds_nothing_to_change_in_what_is_written() {
    if Command::new("terraform").arg("version").output().is_err() {
        eprintln!("terraform is not installed: its own check is left out");
        return;
    }
    let mut keys = Keys::new(11);
    let repo = Repo::new();
    for (path, text) in [
        ("a/serverless.yml", "service: a\nenv:\n"),
        ("b/user-data.sh", "aws s3 ls\n"),
        ("c/task-definition.json", "{\"containerDefinitions\": 1,\n"),
        ("d/k8s/x.yaml", "apiVersion: v1\nkind: Secret\n"),
        ("e/.aws/credentials", "[default]\n"),
        ("f/partner.py", "sts.assume_role(ExternalId=1)\n"),
        ("g/Jenkinsfile", "aws s3 cp a s3://b\n"),
        (".circleci/config.yml", "aws s3 cp a s3://b\n"),
        (".gitlab-ci.yml", "aws s3 cp a s3://b\n"),
    ] {
        repo.write(path, format!("{text}aws_access_key_id: {}\naws_secret_access_key: {}\n", keys.id(), keys.secret()));
    }
    repo.commit("all");
    let file = repo.beside("replace.tf");
    let outcome = replace(&repo, &["-f", "terraform", "-o", file.to_str().unwrap()]);
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    let check = Command::new("terraform").args(["fmt", "-check", "-diff"]).arg(&file).output().unwrap();
    let said = String::from_utf8_lossy(&check.stdout);
    assert!(check.status.success(), "{said}{}", String::from_utf8_lossy(&check.stderr));
    let written = std::fs::read_to_string(&file).unwrap();
    assert_eq!(written.matches("# Replaced by ").count(), 9, "{written}");
}

#[test]
fn a_fingerprint_chooses_and_an_unknown_one_is_named() {
    let (repo, _) = sample();
    let mut keys = Keys::new(12);
    repo.put("b.py", format!("x = '{}'\ny = '{}'\n", keys.id(), keys.secret()));
    let found = Scan::of(repo.path()).run();
    assert_eq!(found.findings.len(), 2);
    for print in found.fingerprints() {
        let outcome = replace(&repo, &["-f", "json", ".", &print]);
        let all: serde_json::Value = serde_json::from_slice(&outcome.stdout).unwrap();
        assert_eq!(
            (outcome.code, all.as_array().unwrap().len(), all[0]["fingerprint"].as_str().unwrap()),
            (0, 1, print.as_str())
        );
        // The folder may be left out.
        assert_eq!(replace(&repo, &["-f", "json", &print]).stdout, outcome.stdout);
    }
    let none = "00000000000000000000000000000000";
    let outcome = replace(&repo, &[none]);
    assert_eq!((outcome.code, outcome.stdout.len()), (2, 0));
    assert!(outcome.stderr.contains(none), "{}", outcome.stderr);
    let outcome = replace(&repo, &[".", "no-print"]);
    assert!(outcome.code == 2 && outcome.stderr.contains("no-print"), "{}", outcome.stderr);
}

#[test]
fn nothing_found_is_said_and_no_repository_is_an_error() {
    let clean = Repo::new();
    clean.put("readme", "x\n");
    let outcome = replace(&clean, &[]);
    assert_eq!((outcome.code, String::from_utf8(outcome.stdout).unwrap().starts_with("Nothing found")), (0, true));
    assert_eq!(replace(&clean, &["-f", "json"]).stdout, b"[]\n");
    let outcome = replace(&clean, &["no-such-place"]);
    assert!(outcome.code == 2 && outcome.stderr.contains("no-such-place"), "{}", outcome.stderr);
    let outcome = replace(&clean, &["https://example.org/a.git"]);
    assert!(outcome.code == 2 && outcome.stderr.contains("https://example.org/a.git"), "{}", outcome.stderr);
}

#[test]
fn a_value_in_a_path_or_a_name_is_masked() {
    let mut keys = Keys::new(13);
    let (id, secret) = (keys.id(), keys.secret());
    let repo = Repo::new();
    let code = format!("s3 = boto3.client('s3', '{id}', '{secret}')\ns3.get_object(Bucket='{id}', Key='{secret}')\n");
    repo.put(&format!("{id}/a\u{1b}.py"), code);
    for format in ["text", "json", "terraform"] {
        let outcome = replace(&repo, &["-f", format]);
        assert_eq!(outcome.code, 0, "{}", outcome.stderr);
        let written = String::from_utf8(outcome.stdout).unwrap();
        assert!(!written.contains(&id) && !written.contains(&secret) && !written.contains('\u{1b}'), "{written}");
    }
}

#[test]
fn a_damaged_store_is_no_reason_to_say_nothing_and_ends_with_2() {
    let (repo, _) = sample();
    repo.put("other.txt", "x\n");
    let lost = repo.git(&["rev-parse", "HEAD:other.txt"]);
    std::fs::remove_file(repo.objects().join(&lost[..2]).join(&lost[2..])).unwrap();
    let outcome = replace(&repo, &["-f", "json"]);
    assert_eq!(outcome.code, 2);
    let all: serde_json::Value = serde_json::from_slice(&outcome.stdout).unwrap();
    assert_eq!(all.as_array().unwrap().len(), 1);
    assert!(outcome.stderr.contains("not read whole"), "{}", outcome.stderr);
}

#[test]
fn a_lost_tree_leaves_the_place_known_and_is_named() {
    let (repo, _) = repo(&[(".github/workflows/site.yml", WORKFLOW), ("lib/a.txt", "x\n")]);
    let lost = repo.git(&["rev-parse", "HEAD:lib"]);
    std::fs::remove_file(repo.objects().join(&lost[..2]).join(&lost[2..])).unwrap();
    let outcome = replace(&repo, &["-f", "json"]);
    assert_eq!(outcome.code, 2);
    let all: serde_json::Value = serde_json::from_slice(&outcome.stdout).unwrap();
    assert_eq!(all[0]["place"]["kind"], "github_actions");
    assert!(all[0]["limits"].to_string().contains("no file beside the leak could be read"), "{all:#}");
}
