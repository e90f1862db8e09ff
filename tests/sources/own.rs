//! Reflogs, names of refs, configuration; and that names, notes and stashes are objects like others.

use super::{harmless, places, spot, spots};
use crate::support::{Keys, Repo, Scan, git_knows_tables};
use serde_json::{Value, json};

#[test]
fn a_message_that_only_a_reflog_keeps_is_found() {
    let (repo, [value]) = harmless(1);
    repo.write("a", "x\n");
    repo.commit(&format!("use {value}"));
    repo.git(&["reset", "-q", "--hard", "HEAD~1"]);
    repo.git(&["-c", "gc.reflogExpireUnreachable=never", "-c", "gc.reflogExpire=never", "prune", "--expire=now"]);
    let lost = repo.git(&["reflog", "-1", "--format=%H", "HEAD@{1}"]);
    std::fs::remove_file(repo.objects().join(&lost[..2]).join(&lost[2..])).unwrap();
    let outcome = Scan::of(repo.path()).run();
    let expected = [spot("reflog", ".git/logs/HEAD"), spot("reflog", ".git/logs/refs/heads/main")];
    assert_eq!(spots(&outcome, &value), expected);
    let logs = |name: &str| repo.git(&["hash-object", "--no-filters", &format!(".git/{name}")]);
    let blobs: Vec<_> = places(&outcome, &value).into_iter().map(|(_, _, blob)| blob).collect();
    assert_eq!(blobs, [logs("logs/HEAD"), logs("logs/refs/heads/main")], "ids are those that git gives");
    let finding = outcome.finding(&value);
    assert_eq!((&finding["introduced"], &finding["reachable"]), (&Value::Null, &Value::Bool(false)));
    assert_eq!(Scan::of(repo.path()).arg("--reachable-only").run().summary["left_out"], 1);
}

#[test]
fn a_committer_that_only_the_reflog_of_a_linked_work_tree_keeps_is_found() {
    let (repo, [value]) = harmless(2);
    let other = repo.beside("other");
    repo.git_with_env(
        &["worktree", "add", "-q", "--detach", other.to_str().unwrap()],
        &[("GIT_COMMITTER_NAME", value.as_str())],
    );
    let outcome = Scan::of(repo.path()).run();
    assert_eq!(spots(&outcome, &value), [spot("reflog", ".git/worktrees/other/logs/HEAD")]);
    assert_eq!(spots(&Scan::of(&other).run(), &value), spots(&outcome, &value), "from either work tree");
}

#[test]
fn a_value_in_the_name_of_a_ref_is_held_by_it_and_never_shown() {
    let (repo, [branch, tag]) = harmless(3);
    repo.git(&["branch", &format!("try/{branch}")]);
    repo.git(&["tag", &format!("v-{tag}")]);
    repo.git(&["pack-refs", "--all"]);
    let outcome = Scan::of(repo.path()).run();
    for (value, name) in [(&branch, format!("refs/heads/try/{branch}")), (&tag, format!("refs/tags/v-{tag}"))] {
        assert_eq!(spots(&outcome, value)[0], spot("ref_name", &format!(".git/{name}")));
        assert_eq!(outcome.finding(value)["present_in"], json!([name]));
        assert_eq!(outcome.finding(value)["reachable"], true);
    }
    assert_eq!(outcome.summary["coverage"]["texts"]["ref_name"]["scanned"], 3);
    for format in ["text", "jsonl", "sarif"] {
        let shown = Scan::bare().args(&["scan", "-f", format]).arg(repo.path()).run().stdout;
        let shown = String::from_utf8(shown).unwrap();
        assert!(!shown.contains(&branch) && !shown.contains(&tag), "{shown}");
    }
}

/// What a scan finds of the rule for passwords: values, sorted, and their places.
fn passwords(repo: &Repo) -> Vec<(String, String)> {
    let outcome = Scan::of(repo.path()).run();
    let found = outcome.findings.iter().filter(|finding| finding["rule_id"] == "git-url-password");
    let component = |finding: &Value| finding["components"][0].clone();
    let text = |one: &Value| one.as_str().unwrap().to_owned();
    let mut found: Vec<_> =
        found.map(component).map(|component| (text(&component["value"]), text(&component["path"]))).collect();
    found.sort();
    found
}

fn made_up(keys: &mut Keys) -> String {
    keys.id()[4..].to_lowercase()
}

#[test]
fn passwords_are_found_in_the_configuration_and_nowhere_else() {
    let (repo, []) = harmless(4);
    let mut keys = Keys::new(5);
    let [of_url, of_header, of_tree, included] = std::array::from_fn(|_| made_up(&mut keys));
    let url = |password: &str| format!("https://ada:{password}@example.org/x.git");
    repo.put("notes.txt", format!("clone {}\n", url(&made_up(&mut keys))));
    repo.git(&["config", "remote.origin.url", &url(&of_url)]);
    repo.git(&["config", "http.https://example.org/.extraHeader", &format!("Authorization: Bearer {of_header}")]);
    repo.git(&["config", "extensions.worktreeConfig", "true"]);
    repo.git(&["config", "--worktree", "remote.two.url", &url(&of_tree)]);
    repo.git(&["config", "include.path", "more.inc"]);
    repo.git(&["config", "--file", ".git/more.inc", "remote.three.pushUrl", &url(&included)]);
    for (n, harmless) in ["$TOKEN", "${TOKEN}", "<password>", "****", "x-oauth-basic", ""].iter().enumerate() {
        repo.git(&["config", &format!("remote.harmless{n}.url"), &url(harmless)]);
    }
    repo.git(&["config", "remote.plain.url", "https://x-access-token@example.org/x.git"]);
    let mut expected = [
        (of_url, ".git/config".to_owned()),
        (of_header, ".git/config".to_owned()),
        (of_tree, ".git/config.worktree".to_owned()),
        (included, ".git/more.inc".to_owned()),
    ];
    expected.sort();
    assert_eq!(passwords(&repo), expected);
}

#[test]
fn the_password_in_the_url_of_a_scan_is_no_finding() {
    let (repo, []) = harmless(6);
    repo.git(&["config", "remote.origin.url", &format!("https://ada:{}@example.org/x", made_up(&mut Keys::new(7)))]);
    assert_eq!(Scan::of(repo.path()).run().findings.len(), 1);
    assert_eq!(Scan::of(repo.url()).run().findings.len(), 0, "the configuration is that of the mirror");
}

#[test]
fn own_files_can_be_left_out_and_names_of_refs_cannot() {
    let (repo, [in_config, in_reflog, in_name]) = harmless(9);
    repo.git(&["config", "a.b", &in_config]);
    repo.git(&["update-ref", "--create-reflog", "-m", &in_reflog, "refs/heads/other", "HEAD"]);
    repo.git(&["branch", &in_name]);
    let outcome = Scan::of(repo.path()).run();
    for value in [&in_config, &in_reflog, &in_name] {
        outcome.finding(value);
    }
    let outcome = Scan::of(repo.path()).arg("--no-own-files").run();
    assert_eq!((outcome.code, outcome.findings.len()), (1, 1));
    assert_eq!(spots(&outcome, &in_name), [spot("ref_name", &format!(".git/refs/heads/{in_name}"))]);
}

#[test]
fn an_access_key_in_the_configuration_is_found() {
    let (repo, [value]) = harmless(8);
    repo.git(&["config", "alias.deploy", &format!("!aws configure set aws_access_key_id {value}")]);
    assert_eq!(spots(&Scan::of(repo.path()).run(), &value), [spot("config", ".git/config")]);
}

#[test]
fn names_addresses_notes_and_stashes_are_read() {
    let (repo, [author, email, committer, note, older, stash, untracked]) = harmless(9);
    for (name, value) in [
        ("GIT_AUTHOR_NAME", author.clone()),
        ("GIT_AUTHOR_EMAIL", format!("{email}@example.org")),
        ("GIT_COMMITTER_NAME", committer.clone()),
    ] {
        repo.tick();
        repo.git_with_env(&["commit", "-q", "--allow-empty", "-m", name], &[(name, value.as_str())]);
    }
    repo.git(&["notes", "add", "-m", &format!("deployed with {note}"), "HEAD"]);
    for value in [&older, &stash] {
        repo.write("readme", format!("{value}\n"));
        repo.write("new", format!("{untracked}\n"));
        repo.tick();
        repo.git(&["stash", "push", "-q", "--include-untracked"]);
    }
    let outcome = Scan::of(repo.path()).run();
    assert_eq!(outcome.code, 1, "{}", outcome.stderr);
    for value in [&author, &email, &committer] {
        assert_eq!(spots(&outcome, value)[0].0, "commit");
    }
    assert_eq!(spots(&outcome, &note)[0], spot("file", &repo.head()), "a note's path is the commit it is about");
    // Older stashes are kept by the reflog alone: what a ref reaches, too, is told of that.
    for (value, commit) in [(&older, "stash@{1}"), (&stash, "stash@{0}"), (&untracked, "stash@{0}^3")] {
        let introduced = &outcome.finding(value)["introduced"]["commit"];
        assert_eq!(introduced, repo.git(&["rev-parse", commit]).as_str(), "{commit}");
    }
}

#[test]
fn reflogs_in_tables_are_asked_of_git() {
    if !git_knows_tables() {
        return;
    }
    let value = Keys::new(10).id();
    let repo = Repo::with(&["--ref-format=reftable"]);
    repo.put("readme", "x\n");
    repo.write("a", "x\n");
    repo.commit(&format!("use {value}"));
    repo.amend();
    let outcome = Scan::of(repo.path()).run();
    assert_eq!(outcome.code, 1, "{}", outcome.stderr);
    assert!(spots(&outcome, &value).contains(&spot("reflog", ".git/reftable")), "{:?}", spots(&outcome, &value));
}
