//! What belongs together is one credential; a half alone is reported as a half.

use crate::support::{Keys, Outcome, Repo, Scan, values_of};
use serde_json::{Value, json};

fn id_line(id: &str) -> String {
    format!("aws_access_key_id = {id}\n")
}

fn secret_line(secret: &str) -> String {
    format!("aws_secret_access_key = {secret}\n")
}

/// Scans `repo`, which holds exactly one credential, made of these values.
#[track_caller]
fn one(repo: &Repo, values: &[&str]) -> Value {
    let mut outcome = Scan::of(repo.path()).run();
    assert_eq!((outcome.code, outcome.findings.len()), (1, 1), "{:#?}", outcome.findings);
    assert_eq!(values_of(&outcome.findings[0]), values);
    outcome.findings.remove(0)
}

#[test]
fn id_and_secret_in_one_file_are_a_pair_however_many_lines_lie_between() {
    for lines in [1, 5, 40, 400] {
        for id_first in [true, false] {
            let mut keys = Keys::new(50 + lines);
            let (id, secret) = (keys.id(), keys.secret());
            let between: String = (1..lines).map(|_| keys.filler() + "\n").collect();
            let [first, last] = [id_line(&id), secret_line(&secret)];
            let text = if id_first { first + &between + &last } else { last + &between + &first };
            let repo = Repo::new();
            repo.put("config", text);
            let finding = one(&repo, &[&id, &secret]);
            assert_eq!(finding["pairing"]["scope"], "same_blob");
            assert_eq!(finding["pairing"]["lines_apart"], lines);
            assert_eq!(finding["pairing"]["confidence"], if lines <= 10 { "high" } else { "medium" });
            assert_eq!((&finding["rule_id"], &finding["severity"]), (&json!("aws-access-key"), &json!("critical")));
        }
    }
}

#[test]
fn a_pair_keeps_its_fingerprint_when_it_moves() {
    let mut keys = Keys::new(60);
    let (id, secret) = (keys.id(), keys.secret());
    let repo = Repo::new();
    repo.put("config", id_line(&id) + &secret_line(&secret));
    let before = one(&repo, &[&id, &secret])["fingerprint"].clone();
    let other = Repo::new();
    other.put("else/where", format!("\n\n{}{}", secret_line(&secret), id_line(&id)));
    assert_eq!(one(&other, &[&id, &secret])["fingerprint"], before);
}

#[test]
fn halves_in_two_files_of_one_commit_are_a_pair() {
    let mut keys = Keys::new(61);
    let (id, secret) = (keys.id(), keys.secret());
    let repo = Repo::new();
    repo.put("readme", "x\n");
    repo.write("id", id_line(&id));
    repo.write("secret", secret_line(&secret));
    repo.commit("both");
    assert_eq!(one(&repo, &[&id, &secret])["pairing"]["scope"], "same_commit");
}

#[test]
fn halves_at_one_path_in_two_commits_are_a_pair() {
    let mut keys = Keys::new(62);
    let (id, secret) = (keys.id(), keys.secret());
    let repo = Repo::new();
    repo.put("config", id_line(&id));
    let second = repo.put("config", secret_line(&secret));
    let finding = one(&repo, &[&id, &secret]);
    assert_eq!(finding["pairing"]["scope"], "same_path");
    assert_eq!(finding["pairing"]["reason"], "in different versions of one file, at config");
    assert_eq!(finding["introduced"]["commit"], second.as_str(), "the credential's life is that of its secret");
}

#[test]
fn halves_in_files_and_commits_of_their_own_stay_halves() {
    let mut keys = Keys::new(63);
    let (id, secret) = (keys.id(), keys.secret());
    let repo = Repo::new();
    repo.put("one/file", id_line(&id));
    repo.put("two/file", secret_line(&secret));
    let outcome = Scan::of(repo.path()).run();
    assert_eq!(outcome.findings.len(), 2);
    let [lone_id, lone_secret] = [&id, &secret].map(|value| outcome.finding(value));
    assert_eq!((&lone_id["rule_id"], &lone_id["severity"]), (&json!("aws-access-key-id"), &json!("medium")));
    assert_eq!((&lone_secret["rule_id"], &lone_secret["severity"]), (&json!("aws-secret-access-key"), &json!("high")));
    assert!(outcome.findings.iter().all(|finding| finding["pairing"] == Value::Null));
    assert_eq!(lone_secret["account_id"], Value::Null);
}

#[test]
fn halves_in_one_folder_are_a_doubtful_pair() {
    let mut keys = Keys::new(71);
    let (id, secret) = (keys.id(), keys.secret());
    let repo = Repo::new();
    repo.put("deploy/one", id_line(&id));
    repo.put("deploy/two", secret_line(&secret));
    let finding = one(&repo, &[&id, &secret]);
    assert_eq!((&finding["pairing"]["scope"], &finding["severity"]), (&json!("same_directory"), &json!("high")));
    assert_eq!(finding["pairing"]["confidence"], "low");
    assert_eq!(finding["confidence"], "high", "the secret is as sure as it would be alone");
    assert_eq!(finding["evidence"], json!(["far_pair", "named"]));
}

#[test]
fn names_tell_pairs_apart_that_one_commit_brought_in() {
    let mut keys = Keys::new(72);
    let list: Vec<(String, String)> = (0..3).map(|_| (keys.id(), keys.secret())).collect();
    let names = ["PROD", "STAGING", "DEV"];
    let repo = Repo::new();
    let line = |n: usize, half: &str, value: &str| format!("{}_AWS_{half}={value}\n", names[n]);
    let ids: String = (0..3).map(|n| line(n, "ACCESS_KEY_ID", &list[n].0)).collect();
    let secrets: String = [2, 0, 1].into_iter().map(|n| line(n, "SECRET_ACCESS_KEY", &list[n].1)).collect();
    repo.write("ids.env", &ids);
    repo.write("secrets.env", &secrets);
    repo.commit("both");
    let outcome = Scan::of(repo.path()).run();
    pairs(&outcome, &list);
    let reason = outcome.finding(&list[0].0)["pairing"]["reason"].as_str().unwrap();
    assert!(reason.ends_with(", both named prod"), "{reason}");
    let repo = Repo::new();
    repo.put("all.env", ids + &secrets);
    pairs(&Scan::of(repo.path()).run(), &list);
}

#[test]
fn a_secret_that_was_rotated_alone_goes_with_its_id() {
    let mut keys = Keys::new(73);
    let (id, old, new) = (keys.id(), keys.secret(), keys.secret());
    let both = [(id.clone(), old.clone()), (id.clone(), new.clone())];
    let repo = Repo::new();
    repo.put("credentials", id_line(&id) + &secret_line(&old));
    repo.put("credentials", id_line(&id) + &secret_line(&new));
    pairs(&Scan::of(repo.path()).run(), &both);
    let repo = Repo::new();
    repo.write("ids/a", id_line(&id));
    repo.write("secrets/a", secret_line(&old));
    repo.commit("both");
    repo.put("secrets/a", secret_line(&new));
    let outcome = Scan::of(repo.path()).run();
    pairs(&outcome, &both);
    assert_eq!(outcome.finding(&new)["pairing"]["scope"], "replaced");
}

#[test]
fn a_key_in_tests_only_is_less_sure() {
    let mut keys = Keys::new(74);
    let text = id_line(&keys.id()) + &secret_line(&keys.secret());
    let repo = Repo::new();
    repo.put("tests/fixtures/a.ini", &text);
    let confidence = || Scan::of(repo.path()).run().findings[0]["confidence"].clone();
    assert_eq!(confidence(), "medium");
    repo.put("deploy.ini", text);
    assert_eq!(confidence(), "high");
}

/// Each secret is paired with the id of the same number.
#[track_caller]
fn pairs(outcome: &Outcome, pairs: &[(String, String)]) {
    assert_eq!(outcome.findings.len(), pairs.len());
    for (n, (id, secret)) in pairs.iter().enumerate() {
        assert_eq!(values_of(outcome.finding(secret)), [id.clone(), secret.clone()], "pair {n}");
    }
}

#[test]
fn a_list_of_pairs_is_paired_in_order_whichever_half_comes_first() {
    let mut keys = Keys::new(64);
    let list: Vec<(String, String)> = (0..10).map(|_| (keys.id(), keys.secret())).collect();
    let id_first = |(id, secret): &(String, String)| id_line(id) + &secret_line(secret);
    let secret_first = |(id, secret): &(String, String)| secret_line(secret) + &id_line(id);
    let in_profiles = |pair: &(String, String)| format!("[profile]\n{}\n", id_first(pair));
    let in_secret_first_profiles = |pair: &(String, String)| format!("[profile]\n{}\n", secret_first(pair));
    let texts: [String; 4] = [
        list.iter().map(id_first).collect(),
        list.iter().map(secret_first).collect(),
        list.iter().map(in_profiles).collect(),
        list.iter().map(in_secret_first_profiles).collect(),
    ];
    for text in texts {
        let repo = Repo::new();
        repo.put("credentials", text);
        pairs(&Scan::of(repo.path()).run(), &list);
    }
}

#[test]
fn rows_of_a_table_are_pairs() {
    let mut keys = Keys::new(65);
    let list: Vec<(String, String)> = (0..10).map(|_| (keys.id(), keys.secret())).collect();
    let repo = Repo::new();
    let rows: String = list.iter().map(|(id, secret)| format!("{id},{secret}\n")).collect();
    repo.put("keys.csv", format!("Access key ID,Secret access key\n{rows}"));
    pairs(&Scan::of(repo.path()).run(), &list);
}

#[test]
fn a_temporary_credential_is_a_triple() {
    let mut keys = Keys::new(66);
    let (id, secret, token) = (keys.temporary_id(), keys.secret(), keys.token(700));
    let repo = Repo::new();
    repo.put("env", format!("{}{}aws_session_token = {token}\n", id_line(&id), secret_line(&secret)));
    let finding = one(&repo, &[&id, &secret, &token]);
    assert_eq!(finding["lifetime"], "temporary");
    let kinds: Vec<&Value> = finding["components"].as_array().unwrap().iter().map(|one| &one["kind"]).collect();
    assert_eq!(kinds, ["access_key_id", "secret_access_key", "session_token"]);
}

#[test]
fn a_secret_alone_an_id_alone_and_a_token_alone_are_reported() {
    let mut keys = Keys::new(67);
    for (value, text, rule) in [
        (keys.id(), "", "aws-access-key-id"),
        (keys.secret(), "aws_secret_access_key = ", "aws-secret-access-key"),
        (keys.token(400), "", "aws-session-token"),
    ] {
        let repo = Repo::new();
        repo.put("file", format!("{text}{value}\n"));
        assert_eq!(one(&repo, &[&value])["rule_id"], rule);
    }
}

#[test]
fn secrets_that_begin_or_end_in_signs_are_whole() {
    let mut keys = Keys::new(68);
    for (first, last) in [('/', 'x'), ('+', 'x'), ('x', '/'), ('x', '+'), ('/', '+')] {
        let secret = format!("{first}{}{last}", &keys.secret()[1..39]);
        let repo = Repo::new();
        repo.put("config", secret_line(&secret));
        one(&repo, &[&secret]);
    }
}

#[test]
fn with_reachable_only_a_half_that_no_ref_reaches_is_no_part_of_a_pair() {
    let mut keys = Keys::new(70);
    let (id, secret) = (keys.id(), keys.secret());
    let repo = Repo::new();
    repo.put("config", id_line(&id));
    repo.put("config", secret_line(&secret));
    repo.git(&["reset", "-q", "--hard", "HEAD~1"]);
    repo.git(&["reflog", "expire", "--expire=now", "--all"]);
    one(&repo, &[&id, &secret]);
    let outcome = Scan::of(repo.path()).arg("--reachable-only").run();
    assert_eq!(outcome.findings.len(), 1);
    assert_eq!(values_of(outcome.finding(&id)), [id]);
    assert_eq!(outcome.summary["left_out"], 1);
    assert_eq!(memchr::memmem::find(&outcome.stdout, secret.as_bytes()), None);
}
