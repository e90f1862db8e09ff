//! Each format, with each issue at the line that it is about.

use crate::{Run, over, policy};
use std::path::{Path, PathBuf};

fn files() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/policies/files")
}

/// Lines and checks that a file itself announces, by `#! check` at the end of a line.
fn announced(name: &str) -> Vec<(String, u64, String)> {
    let text = std::fs::read_to_string(files().join(name)).unwrap();
    let lines = text.lines().zip(1..);
    lines.filter_map(|(line, n)| Some((name.to_owned(), n, line.split_once("#! ")?.1.trim().to_owned()))).collect()
}

fn run(name: &str) -> Run {
    let folder = tempfile::tempdir().unwrap();
    std::fs::copy(files().join(name), folder.path().join(name)).unwrap();
    policy(folder.path(), &["-q", "-f", "jsonl", name])
}

fn assert_issues(name: &str, expected: &[(u64, &str)]) -> Run {
    let run = run(name);
    let expected: Vec<_> = expected.iter().map(|&(line, check)| (name.to_owned(), line, check.to_owned())).collect();
    assert_eq!(run.issues(), expected, "{name}");
    assert_eq!(run.code, 1, "{name}");
    assert!(run.unread().is_empty(), "{name}");
    run
}

#[test]
fn templates_and_configurations_have_their_issues_at_their_lines() {
    for name in ["cloudformation.yaml", "sam.yaml", "serverless.yml", "main.tf"] {
        let expected = announced(name);
        assert!(!expected.is_empty());
        let run = run(name);
        // What is written in JSON cannot announce anything.
        let issues: Vec<_> = run.issues().into_iter().filter(|issue| !in_json(issue)).collect();
        assert_eq!(issues, expected, "{name}");
        assert_eq!(run.code, 1, "{name}");
        assert!(run.unread().is_empty(), "{name}");
    }
}

fn in_json((path, line, _): &(String, u64, String)) -> bool {
    [("cloudformation.yaml", 73), ("main.tf", 66)].contains(&(path.as_str(), *line))
}

#[test]
fn json_in_a_block_of_yaml_and_in_a_heredoc_has_the_lines_of_its_file() {
    let issues = [run("cloudformation.yaml").issues(), run("main.tf").issues()].concat();
    let issues: Vec<_> = issues.into_iter().filter(in_json).map(|(_, line, check)| (line, check)).collect();
    assert_eq!(issues, [(73, "public-principal".to_owned()), (66, "wildcard-action".to_owned())]);
}

#[test]
fn json_has_its_issues_at_their_lines() {
    assert_issues("cloudformation.json", &[(12, "wildcard-action"), (28, "public-principal")]);
    assert_issues("main.tf.json", &[(7, "wildcard-action"), (16, "long-lived-user")]);
    let bare = run("policy.json");
    assert!(bare.issues().contains(&("policy.json".to_owned(), 5, "allow-not-action".to_owned())));
    assert!(bare.issues().iter().all(|(_, line, _)| *line == 5));
}

#[test]
fn answers_of_iam_are_read_as_they_come() {
    let run = assert_issues("answers.json", &[(4, "administrator"), (10, "trust-everyone"), (14, "public-principal")]);
    let kinds: Vec<_> = run.lines().iter().filter_map(|line| line["kind"].as_str().map(str::to_owned)).collect();
    assert_eq!(kinds, ["identity", "trust", "resource"]);
}

#[test]
fn all_documents_of_a_stream_are_read() {
    let issues = run("several.yaml").issues();
    let at = |line: u64, check: &str| issues.contains(&("several.yaml".to_owned(), line, check.to_owned()));
    assert!(at(12, "wildcard-action") && at(18, "wildcard-resource"), "{issues:?}");
}

#[test]
fn where_a_document_stands_is_said_in_the_words_of_its_format() {
    let names = |name: &str| -> Vec<String> {
        let mut names: Vec<_> =
            run(name).lines().iter().filter_map(|line| line["document"].as_str().map(str::to_owned)).collect();
        names.sort();
        names.dedup();
        names
    };
    assert_eq!(names("cloudformation.json"), ["Resources.Text", "Resources.Worker"]);
    assert_eq!(names("sam.yaml"), ["Resources.Thumbnails.Policies[2]"]);
    assert_eq!(names("policy.json"), [""]);
    let terraform = names("main.tf");
    for name in ["aws_iam_access_key.ci", "aws_iam_role.worker.inline_policy", "data.aws_iam_policy_document.deploy"] {
        assert!(terraform.contains(&name.to_owned()), "{terraform:?}");
    }
}

#[test]
fn what_only_the_deployment_knows_is_not_taken_for_wrong() {
    let clean = "\
Resources:
  Role:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Version: '2012-10-17'
        Statement:
          - Effect: !If [Live, Allow, Deny]
            Action: !Ref Actions
            Resource: !Split [',', !ImportValue Arns]
            Condition: !If [Live, {Bool: {'aws:SecureTransport': 'true'}}, !Ref 'AWS::NoValue']
          - !Ref Statement
";
    let run = over(&[("template.yaml", clean.as_bytes())]);
    assert_eq!((run.code, run.issues()), (0, Vec::new()));
    assert_eq!(run.summary()["documents"], 1);
}

#[test]
fn what_bounds_is_counted_and_not_judged() {
    let endpoint = r#"resource "aws_vpc_endpoint" "s3" {
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = "*", Action = "*", Resource = "*" }] })
}
"#;
    let run = over(&[("main.tf", endpoint.as_bytes())]);
    assert_eq!((run.code, run.issues()), (0, Vec::new()));
    assert_eq!((&run.summary()["bounding"], &run.summary()["documents"]), (&1.into(), &0.into()));
}
