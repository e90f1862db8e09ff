//! What a commit brings, however it is made.

use super::support::{Keys, Repo};
use super::{commit, guarded, install};
use std::fs;

#[test]
fn a_clean_commit_passes_in_silence() {
    let (repo, []) = guarded(1);
    repo.write("a", "nothing\n");
    repo.git(&["add", "a"]);
    assert_eq!(commit(&repo, &[]).passed().said, "");
}

#[test]
fn a_credential_is_told_with_its_place_and_the_ways_out() {
    let (repo, []) = guarded(2);
    let mut keys = Keys::new(2);
    let (id, secret) = (keys.id(), keys.secret());
    repo.write("conf/app.ini", format!("aws_access_key_id = {id}\naws_secret_access_key = {secret}\n"));
    repo.git(&["add", "-A"]);
    let answer = commit(&repo, &[]);
    let said = &answer.refused(1, &[&id, &secret]).said;
    for part in [
        "CRITICAL  ",
        "access key id      AKIA…(20)  conf/app.ini:1:21\n",
        "  conf/app.ini:2:25\n",
        "fingerprint  ",
        "`git restore --staged FILE`",
        "`keytrail:allow`",
        "in .keytrail.toml.\n",
        "fingerprints = [\"",
    ] {
        assert!(said.contains(part), "{part} is not in\n{said}");
    }
    assert!(!said.contains("--no-verify") && said.lines().count() < 16, "{said}");
    // What it says to write down lets it in.
    let entry = &said[said.find("  [[allow]]").unwrap()..];
    repo.write(".keytrail.toml", entry);
    commit(&repo, &[]).passed();
}

#[test]
fn only_what_is_staged_counts() {
    let (repo, [value]) = guarded(3);
    repo.write("a", "nothing\n");
    repo.git(&["add", "a"]);
    repo.write("a", format!("{value}\n"));
    repo.write("untracked", format!("{value}\n"));
    commit(&repo, &[]).passed();
    repo.git(&["add", "a"]);
    repo.write("a", "nothing\n");
    commit(&repo, &[]).refused(1, &[&value]);
}

#[test]
fn all_that_is_changed_counts_with_commit_all() {
    let (repo, [value]) = guarded(4);
    repo.write("readme", format!("{value}\n"));
    commit(&repo, &["-a"]).refused(1, &[&value]);
    repo.write("readme", "nothing\n");
    commit(&repo, &["-a"]).passed();
}

#[test]
fn a_partial_commit_is_judged_by_its_part() {
    let (repo, [staged, changed]) = guarded(5);
    repo.put("other", "x\n");
    repo.write("other", format!("{staged}\n"));
    repo.git(&["add", "other"]);
    repo.write("readme", "nothing\n");
    commit(&repo, &["--", "readme"]).passed();
    repo.write("readme", format!("{changed}\n"));
    let answer = commit(&repo, &["--", "readme"]);
    assert!(answer.refused(1, &[&changed]).said.contains(" readme:1:1"));
    let answer = commit(&repo, &["--include", "readme"]);
    answer.refused(2, &[&changed, &staged]);
    repo.write("readme", "nothing at all\n");
    commit(&repo, &["--only", "readme"]).passed();
}

#[test]
fn an_amended_commit_is_judged_by_what_is_added() {
    let (repo, [known, new]) = guarded(6);
    repo.write("readme", format!("{known}\n"));
    // It came in before there was a hook.
    repo.git(&["commit", "-qam", "known", "--no-verify"]);
    repo.write("readme", format!("{known}\n{new}\n"));
    commit(&repo, &["-a", "--amend"]).refused(1, &[&new, &known]);
    repo.write("readme", format!("{known}\nnothing\n"));
    commit(&repo, &["-a", "--amend"]).passed();
}

#[test]
fn the_first_commit_has_nothing_to_go_back_to() {
    let value = Keys::new(7).id();
    let repo = Repo::new();
    install(&repo, repo.path(), "hook pre-commit");
    repo.write("a", format!("{value}\n"));
    repo.git(&["add", "a"]);
    let answer = commit(&repo, &[]);
    assert!(answer.refused(1, &[&value]).said.contains("`git rm --cached FILE`"), "{}", answer.said);
    repo.write("a", "nothing\n");
    commit(&repo, &["-a"]).passed();
}

#[test]
fn a_merge_brings_what_no_side_has() {
    let (repo, [theirs, ours, new]) = guarded(8);
    repo.put("both", "base\n");
    repo.branch("topic");
    repo.write("both", format!("theirs\n{theirs}\n"));
    repo.write("theirs", format!("{theirs}\n"));
    repo.git(&["add", "-A"]);
    repo.git(&["commit", "-qm", "theirs", "--no-verify"]);
    repo.checkout("main");
    repo.write("both", format!("ours\n{ours}\n"));
    repo.git(&["commit", "-qam", "ours", "--no-verify"]);
    assert!(!repo.try_git(&["merge", "-q", "topic"]).status.success());
    repo.write("both", format!("resolved\n{ours}\n{theirs}\n{new}\n"));
    repo.git(&["add", "-A"]);
    commit(&repo, &[]).refused(1, &[&new, &ours, &theirs]);
    repo.write("both", format!("resolved\n{ours}\n{theirs}\n"));
    repo.git(&["add", "-A"]);
    commit(&repo, &[]).passed();
    assert_eq!(repo.git(&["rev-list", "--parents", "-1", "HEAD"]).split(' ').count(), 3);
}

#[test]
fn a_file_name_cannot_forge_a_line() {
    let (repo, [value]) = guarded(9);
    let name = "a\nkeytrail: all is well\u{1b}[2J";
    repo.write(name, format!("{value}\n"));
    repo.git(&["add", "-A"]);
    let answer = commit(&repo, &[]);
    let said = &answer.refused(1, &[&value]).said;
    assert!(said.contains(r"a\nkeytrail: all is well\u{1b}[2J:1:1"), "{said}");
    assert!(!said.contains('\u{1b}') && !said.lines().any(|line| line.starts_with("keytrail: all")), "{said}");
}

#[test]
fn comments_the_configuration_and_a_baseline_are_heeded() {
    let (repo, [by_comment, by_path, by_baseline]) = guarded(10);
    repo.write("a", format!("{by_comment} # keytrail:allow\n"));
    repo.write("fixtures/b", format!("{by_path}\n"));
    repo.write(".keytrail.toml", "[[allow]]\npaths = ['fixtures/**']\nreason = 'made up'\n");
    repo.git(&["add", "-A"]);
    install(&repo, repo.path(), "hook pre-commit --no-inline-allow --no-config");
    let answer = commit(&repo, &[]);
    let said = &answer.refused(2, &[&by_comment, &by_path]).said;
    assert!(!said.contains("keytrail:allow") && !said.contains("[[allow]]"), "{said}");
    install(&repo, repo.path(), "hook pre-commit --baseline ../known.json");
    let known = repo.beside("known.json");
    let write_baseline = |folder: &std::path::Path| {
        let arguments = ["baseline", "--worktree", "-o", known.to_str().unwrap(), folder.to_str().unwrap()];
        let scan = super::support::Scan::bare().args(&arguments).run();
        assert_eq!(scan.code, 0, "{}", scan.stderr);
    };
    write_baseline(repo.path());
    commit(&repo, &[]).passed();
    repo.write("c", format!("{by_baseline}\n"));
    repo.git(&["add", "-A"]);
    commit(&repo, &[]).refused(1, &[&by_baseline]);
    write_baseline(repo.path());
    commit(&repo, &[]).passed();
}

#[test]
fn what_cannot_be_read_stops_the_commit_too() {
    let (repo, []) = guarded(11);
    let oid = "1".repeat(64);
    repo.write("big", format!("version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize 12\n"));
    repo.git(&["add", "-A"]);
    let answer = commit(&repo, &[]);
    assert!(!answer.committed && answer.said.contains("could be read\n\n  big: "), "{}", answer.said);
    install(&repo, repo.path(), "hook pre-commit --allow-missing");
    commit(&repo, &[]).passed();
    repo.write(".keytrail.toml", "nonsense = 1\n");
    repo.write("readme", "nothing\n");
    let answer = commit(&repo, &["-a"]);
    assert!(!answer.committed && answer.said.contains("keytrail: error: "), "{}", answer.said);
}

#[test]
fn names_of_files_say_nothing() {
    let (repo, [value]) = guarded(12);
    install(&repo, repo.path(), "hook pre-commit readme no/such/file");
    repo.write("a", format!("{value}\n"));
    repo.git(&["add", "-A"]);
    commit(&repo, &[]).refused(1, &[&value]);
}

#[test]
fn many_findings_are_counted_and_some_told() {
    let (repo, values) = guarded::<12>(13);
    for (n, value) in values.iter().enumerate() {
        repo.write(&format!("f{n}"), format!("{value}\n"));
    }
    repo.git(&["add", "-A"]);
    let answer = commit(&repo, &[]);
    let said = &answer.refused(12, &values.each_ref().map(String::as_str)).said;
    assert!(said.contains("… and 2 more") && said.matches("fingerprint  ").count() == 10, "{said}");
}

#[test]
fn a_hook_of_ones_own_sees_the_same_index() {
    let (repo, [value]) = guarded(14);
    install(&repo, repo.path(), "scan --staged");
    repo.write("readme", format!("{value}\n"));
    let answer = commit(&repo, &["-a"]);
    assert!(!answer.committed && answer.said.contains(" readme:1:1"), "{}", answer.said);
    fs::remove_file(repo.path().join("readme")).unwrap();
    let answer = commit(&repo, &["-a"]);
    assert!(answer.committed, "{}", answer.said);
}
