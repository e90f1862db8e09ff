//! GitLab's report keeps to what its schema demands, written down here in a schema of our own.

use crate::{assert_snapshot, fixture, render};
use keytrail::model::{CommitRef, Gap, GapKind, Place, Report, RepositoryReport};
use keytrail::report::{Format, Style, write};
use serde_json::{Value, json};

/// 2026-11-24T20:34:22.5Z and a minute later.
fn style() -> Style {
    let second = |at| jiff::Timestamp::new(at, 500_000_000).unwrap();
    Style { began: second(1_795_552_462), ended: second(1_795_552_522), ..Style::default() }
}

fn document(repository: RepositoryReport, style: &Style) -> Value {
    let report = Report { repositories: vec![repository] };
    serde_json::from_str(&render(&report, Format::Gitlab, style)).unwrap()
}

fn validator() -> jsonschema::Validator {
    jsonschema::validator_for(&serde_json::from_str(include_str!("gitlab.schema.json")).unwrap()).unwrap()
}

#[track_caller]
fn assert_valid(document: &Value) {
    let errors: Vec<String> =
        validator().iter_errors(document).map(|error| format!("{} {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

#[test]
fn gitlab_looks_as_it_should() {
    let style = Style { show_suppressed: true, ..style() };
    assert_snapshot("findings.gitlab.json", &render(&fixture::report(), Format::Gitlab, &style));
}

#[test]
fn every_report_is_valid() {
    for show_suppressed in [false, true] {
        for repository in [&fixture::report().repositories[..], &fixture::two().repositories].concat() {
            let found = repository.findings.len() + if show_suppressed { repository.suppressed.len() } else { 0 };
            let document = document(repository, &Style { show_suppressed, ..style() });
            assert_valid(&document);
            assert_eq!(document["vulnerabilities"].as_array().unwrap().len(), found);
            let flagged = document.to_string().contains("false-positive");
            assert_eq!(flagged, found == 6, "what somebody decided not to count is shown on request, and flagged");
        }
    }
}

#[test]
fn the_schema_refuses_what_gitlab_would() {
    let good = document(fixture::report().repositories.remove(0), &style());
    let validator = validator();
    let with = |pointer: &str, value: Value| {
        let mut document = good.clone();
        *document.pointer_mut(pointer).unwrap() = value;
        validator.is_valid(&document)
    };
    assert!(with("/scan/start_time", json!("2026-11-24T20:34:22")));
    for time in ["2026-11-24T20:34:22Z", "2026-11-24T20:34:22.5", "2026-11-24 20:34:22"] {
        assert!(!with("/scan/start_time", json!(time)), "{time}");
    }
    assert!(!with("/scan/status", json!("partial")));
    assert!(!with("/scan/messages/0/level", json!("warning")));
    assert!(!with("/vulnerabilities/0/severity", json!("critical")));
    assert!(!with("/vulnerabilities/0/name", json!("x".repeat(256))));
    assert!(!with("/vulnerabilities/0/identifiers", json!([])));
    assert!(!with("/vulnerabilities/0/location/commit", json!({})));
    assert!(!with("/vulnerabilities/0/details/values/type", json!("table")));
    assert!(!with("/vulnerabilities/0/id", json!("1")));
    assert!(!with("/version", json!("15")));
}

#[test]
fn the_excerpt_is_left_out_even_when_values_are_shown() {
    let document = document(fixture::report().repositories.remove(0), &Style { reveal: true, ..style() });
    assert_valid(&document);
    assert!(!document.to_string().contains("raw_source_code_extract"));
}

#[test]
fn ids_are_those_of_the_credential_wherever_it_lies() {
    let mut repository = fixture::two().repositories.remove(1);
    let of = |repository: &RepositoryReport| {
        let document = document(repository.clone(), &style());
        let one = &document["vulnerabilities"][0];
        (one["id"].clone(), one["tracking"]["items"][0]["signatures"].clone())
    };
    let before = of(&repository);
    repository.findings[0].components[0].location.place = Place::File(b"moved".to_vec());
    repository.findings[0].components[0].location.line = 99;
    assert_eq!(of(&repository), before);
    repository.findings[0].fingerprint = fixture::report().repositories[0].findings[0].fingerprint.clone();
    assert!(of(&repository).0 != before.0 && of(&repository).1 != before.1);
}

#[test]
fn every_finding_has_a_commit_be_it_nobodys() {
    let mut repository = fixture::two().repositories.remove(1);
    let sha = |repository: &RepositoryReport| {
        let document = document(repository.clone(), &style());
        assert_valid(&document);
        document["vulnerabilities"][0]["location"]["commit"]["sha"].as_str().unwrap().to_owned()
    };
    let introduced: CommitRef = repository.findings[0].trace.introductions[0].clone();
    assert_eq!(sha(&repository), introduced.id.to_string());
    repository.findings[0].components[0].trace.introductions.clear();
    assert_eq!(sha(&repository), "0".repeat(40));
    repository.findings[0].components[0].trace.at_head = true;
    assert_eq!(sha(&repository), fixture::oid(100).to_string());
}

#[test]
fn what_was_not_read_is_a_failure_and_says_why() {
    let clean = document(fixture::two().repositories.remove(0), &style());
    assert_eq!(clean["scan"]["status"], "success");
    let mut repository = fixture::two().repositories.remove(0);
    let gap = |kind| Gap { kind, subject: "app".to_owned(), detail: "gone".to_owned() };
    repository.coverage.gaps = vec![gap(GapKind::NotOpened), gap(GapKind::TooLarge)];
    repository.coverage.gaps.extend(vec![gap(GapKind::MissingObject); 100]);
    let document = document(repository, &style());
    assert_valid(&document);
    assert_eq!(document["scan"]["status"], "failure");
    let messages = document["scan"]["messages"].as_array().unwrap();
    assert_eq!(messages[0], json!({"level": "fatal", "value": "not_opened: app: gone"}));
    assert_eq!(messages[1]["level"], "warn");
    assert_eq!(messages[100]["value"], "2 more gaps are not named here.");
}

#[test]
fn one_report_holds_one_repository() {
    let mut out = Vec::new();
    let error = write(&fixture::two(), &fixture::rules(), Format::Gitlab, &style(), &mut out).unwrap_err();
    assert!(error.to_string().contains("one repository") && out.is_empty(), "{error}");
    let nothing = serde_json::from_str(&render(&Report::default(), Format::Gitlab, &style())).unwrap();
    assert_valid(&nothing);
    assert_eq!(nothing["scan"]["status"], "failure");
}
