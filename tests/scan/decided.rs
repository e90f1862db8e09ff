//! What the user decided beforehand: baselines, the allowlist, comments on the line.

use crate::support::{Keys, Outcome, Repo, Scan};
use std::path::{Path, PathBuf};

fn pair(id: &str, secret: &str) -> String {
    format!("aws_access_key_id = {id}\naws_secret_access_key = {secret}\n")
}

/// Writes a baseline of what `repo` holds today.
fn baseline(repo: &Repo) -> PathBuf {
    let file = repo.beside("baseline.json");
    let written = Scan::bare().args(&["baseline", "--output"]).arg(&file).arg(repo.path()).run();
    assert_eq!(written.code, 0, "{}", written.stderr);
    file
}

fn against(repo: &Repo, file: &Path) -> Outcome {
    Scan::of(repo.path()).arg("--baseline").arg(file).run()
}

#[test]
fn a_baseline_covers_what_it_was_made_of_wherever_that_moves() {
    let mut keys = Keys::new(31);
    let (id, secret) = (keys.id(), keys.secret());
    let repo = Repo::new();
    repo.put("config", pair(&id, &secret));
    let file = baseline(&repo);
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(!text.contains(&id) && !text.contains(&secret));
    repo.rename("config", "src/other");
    repo.commit("move");
    repo.put("src/other", format!("# above\n\n{}", pair(&id, &secret)));
    let outcome = against(&repo, &file);
    assert_eq!((outcome.code, outcome.findings.len(), outcome.suppressed.len()), (0, 0, 1));
    assert_eq!(outcome.suppressed[0]["suppression"]["kind"], "baseline");
}

#[test]
fn a_new_secret_at_the_place_of_an_old_one_is_reported() {
    let mut keys = Keys::new(32);
    let repo = Repo::new();
    repo.put("config", pair(&keys.id(), &keys.secret()));
    let file = baseline(&repo);
    let (id, secret) = (keys.id(), keys.secret());
    repo.put("config", pair(&id, &secret));
    let outcome = against(&repo, &file);
    assert_eq!((outcome.code, outcome.findings.len()), (1, 1));
    outcome.finding(&secret);
}

#[test]
fn a_new_secret_for_a_known_id_is_reported() {
    let mut keys = Keys::new(33);
    let (id, new) = (keys.id(), keys.secret());
    let repo = Repo::new();
    repo.put("config", pair(&id, &keys.secret()));
    let file = baseline(&repo);
    repo.put("config", pair(&id, &new));
    let outcome = against(&repo, &file);
    assert_eq!(outcome.code, 1);
    outcome.finding(&new);
}

#[test]
fn a_baseline_of_a_shallow_clone_still_exits_2() {
    let repo = Repo::new();
    repo.put("a", format!("{}\n", Keys::new(34).id()));
    repo.put("b", "x\n");
    let at = repo.beside("shallow");
    repo.git(&["clone", "-q", "--depth=1", &repo.url(), at.to_str().unwrap()]);
    let file = repo.beside("baseline.json");
    assert_eq!(Scan::bare().args(&["baseline", "--output"]).arg(&file).arg(&at).run().code, 2);
}

/// Scans with these entries in the repository's own allowlist.
fn allowed(repo: &Repo, config: &str) -> Outcome {
    repo.write(".keytrail.toml", config);
    Scan::of(repo.path()).run()
}

#[test]
fn the_allowlist_hides_by_path_commit_fingerprint_and_rule_each_with_its_reason() {
    let repo = Repo::new();
    let commit = repo.put("tests/fixture", format!("{}\n", Keys::new(35).id()));
    let bare = Scan::of(repo.path()).run();
    let fingerprint = bare.findings[0]["fingerprint"].as_str().unwrap();
    for criterion in [
        "paths = ['tests/**']".to_owned(),
        format!("commits = ['{}']", &commit[..10]),
        format!("fingerprints = ['{fingerprint}']"),
        "rules = ['aws-access-key-id']".to_owned(),
    ] {
        let outcome = allowed(&repo, &format!("[[allow]]\n{criterion}\nreason = 'made up'\nexpires = 2999-01-01\n"));
        assert_eq!((outcome.code, outcome.suppressed.len()), (0, 1), "{criterion}: {}", outcome.stderr);
        let why = &outcome.suppressed[0]["suppression"];
        assert_eq!((&why["kind"], &why["reason"]), (&"config".into(), &"made up".into()));
        let counted = Scan::of(repo.path()).arg("--no-config").run();
        assert_eq!((counted.code, counted.findings.len()), (1, 1));
    }
}

#[test]
fn an_expired_or_ill_fitting_entry_hides_nothing_and_is_told() {
    let repo = Repo::new();
    repo.put("tests/fixture", format!("{}\n", Keys::new(36).id()));
    for criterion in ["paths = ['tests/**']\nexpires = 2020-01-01", "paths = ['src/**']", "commits = ['0000000']"] {
        let outcome = allowed(&repo, &format!("[[allow]]\n{criterion}\nreason = 'made up'\n"));
        assert_eq!((outcome.code, outcome.findings.len()), (1, 1), "{criterion}");
        assert_eq!(outcome.summary["stale"].as_array().unwrap().len(), 1, "{criterion}");
    }
}

#[test]
fn a_path_that_is_allowed_does_not_hide_a_value_that_stands_elsewhere_too() {
    let value = Keys::new(37).id();
    let repo = Repo::new();
    repo.put("tests/fixture", format!("{value}\n"));
    repo.put("src/main", format!("key = {value}\n"));
    repo.drop_file("src/main");
    let outcome = allowed(&repo, "[[allow]]\npaths = ['tests/**']\nreason = 'made up'\n");
    assert_eq!((outcome.code, outcome.suppressed.len()), (1, 0));
}

#[test]
fn a_broken_allowlist_ends_the_scan_before_it_begins() {
    let repo = Repo::new();
    repo.put("a", "x\n");
    let outcome = allowed(&repo, "[[allow]]\npaths = ['a']\n");
    assert_eq!((outcome.code, outcome.gap_kinds()), (2, vec!["not_opened".to_owned()]));
    assert!(outcome.stderr.contains("`reason` is missing"), "{}", outcome.stderr);
}

#[test]
fn a_comment_on_the_line_hides_and_can_be_overruled() {
    for marker in ["keytrail:allow", "gitleaks:allow", "pragma: allowlist secret"] {
        let repo = Repo::new();
        repo.put("config", format!("key = {} # {marker}\n", Keys::new(38).id()));
        let outcome = Scan::of(repo.path()).run();
        assert_eq!((outcome.code, outcome.suppressed.len()), (0, 1), "{marker}");
        let why = &outcome.suppressed[0]["suppression"];
        assert_eq!((&why["kind"], &why["reason"]), (&"inline".into(), &marker.into()));
        assert_eq!(Scan::of(repo.path()).arg("--no-inline-allow").run().code, 1, "{marker}");
    }
}

#[test]
fn a_comment_added_later_speaks_for_the_older_versions_of_its_file() {
    let value = Keys::new(39).id();
    let repo = Repo::new();
    repo.put("config", format!("key = {value}\n"));
    repo.put("config", format!("key = {value} # keytrail:allow\n"));
    assert_eq!(Scan::of(repo.path()).run().code, 0);
}

#[test]
fn a_comment_hides_nothing_that_another_file_or_a_message_holds_without_one() {
    let value = Keys::new(40).id();
    let marked = format!("key = {value} # keytrail:allow\n");
    let repo = Repo::new();
    repo.put("config", &marked);
    repo.put("other", format!("key = {value}\n"));
    repo.drop_file("other");
    assert_eq!(Scan::of(repo.path()).run().code, 1);
    let repo = Repo::new();
    repo.write("config", &marked);
    repo.commit(&format!("with {value}"));
    assert_eq!(Scan::of(repo.path()).run().code, 1);
    let repo = Repo::new();
    repo.put("config", format!("# keytrail:allow\nkey = {value}\n"));
    assert_eq!(Scan::of(repo.path()).run().code, 1, "the comment is on another line");
}

#[test]
fn a_comment_beside_the_id_alone_does_not_hide_the_pair() {
    let mut keys = Keys::new(41);
    let (id, secret) = (keys.id(), keys.secret());
    let repo = Repo::new();
    repo.put("config", pair(&id, &secret).replacen('\n', " # keytrail:allow\n", 1));
    assert_eq!(Scan::of(repo.path()).run().code, 1);
    repo.put("config", pair(&id, &secret).replace('\n', " # keytrail:allow\n"));
    assert_eq!(Scan::of(repo.path()).run().code, 0);
}
