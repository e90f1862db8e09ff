//! Outputs: for a person, for a program, for code scanning. None of them holds a secret.

use crate::{WRONG, over, policy, support::Keys};
use keytrail::report::POLICY_SCHEMA_VERSION;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

fn validator() -> jsonschema::Validator {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/policy.schema.json");
    let schema: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    jsonschema::validator_for(&schema).unwrap()
}

fn fixtures() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/policies/files")
}

/// A folder with all the fixtures and one file that cannot be read.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for file in fs::read_dir(fixtures()).unwrap() {
        let file = file.unwrap();
        fs::copy(file.path(), folder.path().join(file.file_name())).unwrap();
    }
    fs::write(folder.path().join("broken.json"), "{\"Statement\": [{\"Effect\": \"Allow\"}").unwrap();
    folder
}

#[test]
fn every_line_keeps_to_its_schema_and_the_schema_says_no() {
    let folder = folder();
    let run = policy(folder.path(), &["-q", "-f", "jsonl"]);
    assert_eq!(run.code, 2);
    let (validator, lines) = (validator(), run.lines());
    assert!(lines.len() > 10);
    for line in &lines {
        let errors: Vec<String> = validator.iter_errors(line).map(|e| format!("{} {e}", e.instance_path())).collect();
        assert!(errors.is_empty(), "{errors:?}\n{line}");
        assert_eq!(line["schema_version"], POLICY_SCHEMA_VERSION);
    }
    assert_eq!(lines.iter().filter(|line| line["type"] == "summary").count(), 1);
    let with = |field: &str, value: Value| {
        let mut line = lines[0].clone();
        line[field] = value;
        validator.is_valid(&line)
    };
    assert!(with("added_later", json!(1)));
    for (field, value) in [("severity", json!("bad")), ("line", json!(0)), ("kind", json!("x")), ("type", json!("x"))] {
        assert!(!with(field, value), "{field}");
    }
}

#[test]
fn counts_in_the_summary_are_those_of_the_lines() {
    let folder = folder();
    let run = policy(folder.path(), &["-q", "-f", "jsonl"]);
    let (lines, summary) = (run.lines(), run.summary());
    assert_eq!(summary["issues"], lines.len() as u64 - 1);
    for severity in ["critical", "high", "medium", "low"] {
        let count = lines.iter().filter(|line| line["severity"] == severity).count();
        assert_eq!(summary["issues_by_severity"][severity], count as u64, "{severity}");
    }
    assert_eq!(summary["files"], fs::read_dir(folder.path()).unwrap().count() as u64);
    assert_eq!((&summary["complete"], &summary["allowed"]), (&json!(false), &json!(1)));
    let few = policy(folder.path(), &["-q", "-f", "jsonl", "--min-severity", "critical"]);
    assert!(few.lines().iter().all(|line| line["type"] == "summary" || line["severity"] == "critical"));
    let critical = few.summary()["issues"].as_u64().unwrap();
    assert_eq!(few.summary()["below"].as_u64().unwrap() + critical, summary["issues"].as_u64().unwrap());
}

#[test]
fn text_looks_as_it_should() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["main.tf", "cloudformation.yaml", "serverless.yml"] {
        fs::copy(fixtures().join(name), folder.path().join(name)).unwrap();
    }
    fs::write(folder.path().join("broken.json"), "{\"Statement\": [{\"Effect\": \"Allow\"}").unwrap();
    let run = policy(folder.path(), &["--min-severity", "medium"]);
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/snapshots/report/policies.txt");
    if std::env::var_os("BLESS").is_some() {
        fs::write(path, &run.stdout).unwrap();
    }
    let expected = fs::read_to_string(path).unwrap_or_default();
    assert!(expected == run.stdout, "it has changed; run with BLESS=1 if it should.\n{}", run.stdout);
    let colored = policy(folder.path(), &["--min-severity", "medium", "--color", "always"]);
    let mut plain = colored.stdout.clone();
    while let Some(at) = plain.find('\x1b') {
        let end = at + plain[at..].find('m').unwrap();
        plain.replace_range(at..=end, "");
    }
    assert!(colored.stdout.len() > plain.len());
    assert_eq!(plain, run.stdout);
}

#[test]
fn code_scanning_gets_rules_places_and_lasting_names() {
    let folder = folder();
    let run = policy(folder.path(), &["-q", "-f", "sarif"]);
    let log: Value = serde_json::from_str(&run.stdout).unwrap();
    let run = &log["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let results = run["results"].as_array().unwrap();
    assert!(results.len() > 10);
    for rule in rules {
        assert!(rule["help"]["text"].as_str().is_some_and(|help| help.len() > 20), "{rule}");
        assert!(rule["properties"]["security-severity"].is_string(), "{rule}");
    }
    for result in results {
        let index = result["ruleIndex"].as_u64().unwrap() as usize;
        assert_eq!(rules[index]["id"], result["ruleId"]);
        let place = &result["locations"][0]["physicalLocation"];
        assert!(folder.path().join(place["artifactLocation"]["uri"].as_str().unwrap()).is_file(), "{result}");
        assert!(result["partialFingerprints"]["primaryLocationLineHash"].as_str().unwrap().contains(':'));
    }
    assert_eq!(run["invocations"][0]["executionSuccessful"], false);
    assert_eq!(run["invocations"][0]["toolExecutionNotifications"][0]["level"], "error");
}

#[test]
fn a_name_lasts_when_lines_move_and_changes_with_what_is_wrong() {
    let name = |text: &str| over(&[("p.json", text.as_bytes())]).lines()[0]["fingerprint"].clone();
    assert_eq!(name(WRONG), name(&format!("\n\n{WRONG}")));
    assert_ne!(name(WRONG), name(&WRONG.replace("Alow", "Alowed")));
}

#[test]
fn a_secret_that_stands_in_a_template_gets_into_no_output() {
    let mut keys = Keys::new(6);
    let (id, secret) = (keys.id(), keys.secret());
    let template = format!(
        "Resources:\n  F:\n    Type: AWS::Serverless::Function\n    Properties:\n      Environment:\n        Variables:\n          AWS_ACCESS_KEY_ID: {id}\n          AWS_SECRET_ACCESS_KEY: {secret}\n      Policies:\n        - Statement: {{Effect: Allow, Action: '*', Resource: '*'}}\n"
    );
    let terraform = format!(
        "provider \"aws\" {{\n  access_key = \"{id}\"\n  secret_key = \"{secret}\"\n}}\nresource \"aws_iam_user\" \"u\" {{\n"
    );
    let broken = format!("{template}  {secret}: [\n");
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in [("a.yaml", &template), ("b.tf", &terraform), ("c.yaml", &broken)] {
        fs::write(folder.path().join(path), text).unwrap();
    }
    for format in ["text", "jsonl", "sarif"] {
        let run = policy(folder.path(), &["-f", format]);
        assert_eq!(run.code, 2);
        assert!(run.stdout.contains("a.yaml"), "{}", run.stdout);
        for value in [&id, &secret] {
            assert!(!run.stdout.contains(value.as_str()) && !run.stderr.contains(value.as_str()), "{format}");
        }
    }
}
