//! Values where nobody looks: stashes, messages, lost commits, headers, refs at blobs.

use super::{life_of, lives_of, one_value};
use crate::support::{Keys, Repo, Scan};
use serde_json::Value;
use std::path::PathBuf;

/// The place of a finding's only occurrence in history: kind, object, line, column.
fn spot(outcome: &crate::support::Outcome, value: &str) -> (String, String, u64, u64) {
    let mut at = outcome.finding(value)["occurrences"].as_array().unwrap().clone();
    // A reflog may repeat the first line of a message.
    at.retain(|one| one["place"] != "reflog");
    assert_eq!(at.len(), 1, "{at:?}");
    let text = |field: &str| at[0][field].as_str().unwrap().to_owned();
    (text("place"), text("blob"), at[0]["line"].as_u64().unwrap(), at[0]["column"].as_u64().unwrap())
}

/// Line and column of `value` in what `git cat-file -p` shows.
fn shown_at(repo: &Repo, object: &str, value: &str) -> (u64, u64) {
    let text = repo.git(&["cat-file", "-p", object]);
    let (n, line) = text.lines().enumerate().find(|(_, line)| line.contains(value)).unwrap();
    (n as u64 + 1, line.find(value).unwrap() as u64 + 1)
}

#[test]
fn a_value_only_in_a_stash_is_held_by_the_stash() {
    let (repo, value, leak) = one_value();
    repo.put("config", "none\n");
    repo.write("config", &leak);
    repo.tick();
    repo.git(&["stash", "push", "-q"]);
    let life = life_of(&repo, &value);
    assert_eq!(life.introductions, [repo.git(&["rev-parse", "refs/stash"])]);
    assert_eq!(life.present_in, ["refs/stash"]);
    assert!(life.reachable && !life.at_head);
}

#[test]
fn a_value_in_an_untracked_file_of_a_stash_is_found() {
    let (repo, value, leak) = one_value();
    repo.put("readme", "x\n");
    repo.write("untracked", &leak);
    repo.tick();
    repo.git(&["stash", "push", "-q", "--include-untracked"]);
    let life = life_of(&repo, &value);
    assert_eq!(life.introductions, [repo.git(&["rev-parse", "refs/stash^3"])]);
    assert!(life.reachable);
}

#[test]
fn a_value_in_a_commit_message_is_held_by_every_ref_that_reaches_it() {
    let (repo, value, _) = one_value();
    repo.put("readme", "x\n");
    repo.branch("before");
    repo.checkout("main");
    repo.write("readme", "y\n");
    let commit = repo.commit(&format!("rotate\n\nThe old key was {value}, sorry."));
    repo.put("readme", "z\n");
    repo.tag("v1", "first");
    let (outcome, lives) = lives_of(&repo, std::slice::from_ref(&value));
    assert_eq!(lives[0].introductions, std::slice::from_ref(&commit));
    assert_eq!(lives[0].present_in, ["refs/heads/main", "refs/tags/v1"]);
    assert!(lives[0].at_head);
    let (line, column) = shown_at(&repo, &commit, &value);
    assert_eq!(spot(&outcome, &value), ("commit".to_owned(), commit, line, column));
}

#[test]
fn a_value_in_a_tag_message_is_held_by_the_tag() {
    let (repo, value, _) = one_value();
    repo.put("readme", "x\n");
    repo.tag("v1", &format!("release\n\nsigned with {value}"));
    let (outcome, lives) = lives_of(&repo, std::slice::from_ref(&value));
    let tag = repo.git(&["rev-parse", "refs/tags/v1"]);
    assert_eq!(lives[0].introductions, std::slice::from_ref(&tag));
    assert_eq!(lives[0].present_in, ["refs/tags/v1"]);
    let (line, column) = shown_at(&repo, &tag, &value);
    assert_eq!(spot(&outcome, &value), ("tag".to_owned(), tag, line, column));
    let by = &outcome.finding(&value)["introduced"];
    assert_eq!(by["author"], "Cem Committer", "the tagger");
}

#[test]
fn a_value_in_a_deleted_tag_is_unreachable() {
    let (repo, value, _) = one_value();
    repo.put("readme", "x\n");
    repo.tag("v1", &format!("signed with {value}"));
    repo.git(&["tag", "-d", "v1"]);
    let life = life_of(&repo, &value);
    assert!(!life.reachable && life.present_in.is_empty());
}

#[test]
fn a_value_in_an_authors_name_is_found_in_the_commit() {
    let (repo, value, _) = one_value();
    repo.write("readme", "x\n");
    repo.git(&["add", "-A"]);
    repo.git_with_env(&["commit", "-q", "-m", "m"], &[("GIT_AUTHOR_NAME", value.as_str())]);
    let (outcome, lives) = lives_of(&repo, std::slice::from_ref(&value));
    assert_eq!(lives[0].introductions, [repo.head()]);
    let (line, column) = shown_at(&repo, "HEAD", &value);
    assert_eq!(spot(&outcome, &value), ("commit".to_owned(), repo.head(), line, column));
}

#[test]
fn a_value_in_a_note_is_found() {
    let (repo, value, _) = one_value();
    repo.put("readme", "x\n");
    repo.tick();
    repo.git(&["notes", "add", "-m", &format!("deployed with {value}"), "HEAD"]);
    let life = life_of(&repo, &value);
    assert_eq!(life.present_in, ["refs/notes/commits"]);
}

#[test]
fn a_value_only_in_a_dangling_commit_is_unreachable_and_can_be_left_out() {
    let (repo, value, leak) = one_value();
    repo.put("readme", "x\n");
    let lost = repo.put("config", &leak);
    repo.git(&["reset", "-q", "--hard", "HEAD~1"]);
    repo.git(&["reflog", "expire", "--expire=now", "--all"]);
    let life = life_of(&repo, &value);
    assert_eq!((&life.introductions, life.reachable, life.removed), (&vec![lost], false, None));
    assert_eq!(life.places, [(Some("config".to_owned()), 1, false)]);
    assert!(!repo.git(&["rev-list", "--objects", "--all"]).contains("config"));

    let outcome = Scan::of(repo.path()).arg("--reachable-only").run();
    assert_eq!((outcome.code, outcome.findings.len()), (0, 0));
}

#[test]
fn an_amended_commit_is_the_introduction_and_its_lost_draft_is_not() {
    let (repo, value, leak) = one_value();
    repo.put("readme", "x\n");
    let draft = repo.put("config", &leak);
    repo.write("readme", "y\n");
    let amended = repo.amend();
    assert_ne!(draft, amended);
    let life = life_of(&repo, &value);
    assert_eq!(life.introductions, [amended]);
    assert!(life.reachable);
}

#[test]
fn a_value_amended_away_is_still_found_in_the_draft() {
    let (repo, value, leak) = one_value();
    repo.put("readme", "x\n");
    let draft = repo.put("config", &leak);
    repo.write("config", "none\n");
    repo.amend();
    let life = life_of(&repo, &value);
    assert_eq!((life.introductions, life.reachable), (vec![draft], false));
}

#[test]
fn a_blob_that_was_only_ever_added_is_found_without_a_path_or_a_commit() {
    let (repo, value, leak) = one_value();
    repo.put("readme", "x\n");
    let blob = repo.blob(leak.as_bytes());
    let outcome = Scan::of(repo.path()).run();
    assert_eq!(spot(&outcome, &value), ("blob".to_owned(), blob, 1, 7));
    let finding = outcome.finding(&value);
    assert_eq!(finding["introduced"], Value::Null);
    assert_eq!(finding["reachable"], false);
}

#[test]
fn refs_at_a_blob_and_at_a_tree_hold_what_is_in_them() {
    let mut keys = Keys::new(3);
    let [in_blob, in_tree] = [keys.id(), keys.id()];
    let repo = Repo::new();
    repo.put("readme", "x\n");
    let blob = repo.blob(format!("key {in_blob}\n").as_bytes());
    let inner = repo.blob(format!("key {in_tree}\n").as_bytes());
    let tree = repo.git_with_input(&["mktree"], format!("100644 blob {inner}\tfolder-less\n").as_bytes());
    repo.git(&["update-ref", "refs/odd/blob", &blob]);
    repo.git(&["update-ref", "refs/odd/tree", &tree]);
    repo.git(&["tag", "-a", "-m", "of a blob", "blob-tag", &blob]);
    let (_, lives) = lives_of(&repo, &[in_blob, in_tree]);
    assert_eq!(lives[0].present_in, ["refs/odd/blob", "refs/tags/blob-tag"]);
    assert_eq!(lives[1].present_in, ["refs/odd/tree"]);
    assert_eq!(lives[1].places, [(Some("folder-less".to_owned()), 1, true)]);
    assert!(lives.iter().all(|life| life.introductions.is_empty() && life.reachable));
}

#[test]
fn a_detached_head_holds_a_value_under_its_own_name() {
    let (repo, value, leak) = one_value();
    repo.put("readme", "x\n");
    repo.git(&["checkout", "-q", "--detach"]);
    let introduced = repo.put("config", &leak);
    let life = life_of(&repo, &value);
    assert_eq!((life.introductions, life.present_in), (vec![introduced], vec!["HEAD".to_owned()]));
    assert!(life.at_head && life.reachable);
}

/// A linked work tree called `other` whose detached HEAD alone holds `leak`.
fn detached_beside(repo: &Repo, leak: &str) -> PathBuf {
    let other = repo.beside("other");
    repo.git(&["worktree", "add", "-q", "--detach", other.to_str().unwrap()]);
    std::fs::write(other.join("config"), leak).unwrap();
    repo.git_in(&other, &["add", "-A"]);
    repo.git_in(&other, &["commit", "-q", "-m", "there"]);
    other
}

#[test]
fn a_detached_head_of_a_linked_work_tree_keeps_a_value_reachable() {
    let (repo, value, leak) = one_value();
    repo.put("readme", "x\n");
    detached_beside(&repo, &leak);
    let outcome = Scan::of(repo.path()).run();
    let finding = outcome.finding(&value);
    assert_eq!(finding["present_in"], serde_json::json!(["worktrees/other/HEAD"]));
    assert_eq!((&finding["reachable"], &finding["removed"]), (&Value::Bool(true), &Value::Null));
}

#[cfg(unix)]
#[test]
fn a_symlinks_target_is_read_like_a_file() {
    let (repo, value, _) = one_value();
    repo.put("readme", "x\n");
    std::os::unix::fs::symlink(format!("/run/{value}/key"), repo.path().join("link")).unwrap();
    let introduced = repo.commit("link");
    let outcome = Scan::of(repo.path()).run();
    assert_eq!(outcome.finding(&value)["introduced"]["commit"], introduced.as_str());
    assert_eq!(outcome.finding(&value)["present_in"], serde_json::json!(["refs/heads/main"]));
    assert_eq!(super::pickaxe(&repo, &value), [introduced]);
}

#[test]
fn a_gitlink_is_not_taken_for_a_missing_object() {
    let (repo, value, leak) = one_value();
    repo.put("config", &leak);
    let elsewhere = "1".repeat(40);
    repo.git(&["update-index", "--add", "--cacheinfo", &format!("160000,{elsewhere},vendor")]);
    repo.tick();
    repo.git(&["commit", "-q", "-m", "a submodule"]);
    assert!(life_of(&repo, &value).at_head);
}

#[test]
fn a_ref_at_a_tree_or_a_blob_keeps_a_value_reachable_that_only_a_lost_commit_holds_otherwise() {
    let mut keys = Keys::new(4);
    let [in_tree, in_blob] = [keys.id(), keys.id()];
    let repo = Repo::new();
    repo.put("readme", "x\n");
    repo.put("config", format!("key {in_tree}\n"));
    repo.git(&["update-ref", "refs/odd/tree", "HEAD^{tree}"]);
    repo.put("other", format!("key {in_blob}\n"));
    repo.git(&["update-ref", "refs/odd/blob", "HEAD:other"]);
    repo.git(&["reset", "-q", "--hard", "HEAD~2"]);
    repo.git(&["reflog", "expire", "--expire=now", "--all"]);
    let outcome = Scan::of(repo.path()).arg("--reachable-only").run();
    for (value, name) in [(&in_tree, "refs/odd/tree"), (&in_blob, "refs/odd/blob")] {
        let finding = outcome.finding(value);
        assert_eq!((&finding["reachable"], &finding["present_in"]), (&Value::Bool(true), &serde_json::json!([name])));
    }
}

#[test]
fn a_tree_that_stands_at_more_paths_than_can_be_listed_is_survived() {
    let (repo, value, leak) = one_value();
    let blob = repo.blob(leak.as_bytes());
    let mut entry = format!("100644 blob {blob}");
    for _ in 0..12 {
        let tree: String = (0..10).map(|n| format!("{entry}\tf{n}\n")).collect();
        entry = format!("040000 tree {}", repo.git_with_input(&["mktree"], tree.as_bytes()));
    }
    let tree = entry.rsplit(' ').next().unwrap();
    let commit = repo.git(&["commit-tree", "-m", "a bomb", tree]);
    repo.git(&["update-ref", "refs/heads/main", &commit]);
    let outcome = Scan::of(repo.path()).run();
    let finding = outcome.finding(&value);
    assert_eq!(finding["introduced"]["commit"], commit.as_str());
    assert_eq!((&finding["at_head"], &finding["reachable"]), (&Value::Bool(true), &Value::Bool(true)));
}

#[test]
fn a_commit_whose_tree_is_lost_is_not_said_to_have_removed_or_its_child_to_have_introduced_anything() {
    let (repo, value, leak) = one_value();
    let introduced = repo.put("config", leak);
    repo.put("readme", "x\n");
    let lost = repo.git(&["rev-parse", "HEAD^{tree}"]);
    repo.put("readme", "y\n");
    std::fs::remove_file(repo.objects().join(&lost[..2]).join(&lost[2..])).unwrap();
    let outcome = Scan::of(repo.path()).run();
    assert_eq!(outcome.gap_kinds(), ["missing_object"]);
    let finding = outcome.finding(&value);
    let commits = |list: &Value| list.as_array().unwrap().iter().map(|one| one["commit"].clone()).collect::<Vec<_>>();
    assert_eq!(commits(&finding["introductions"]), [Value::String(introduced)]);
    assert_eq!(finding["removed"], Value::Null);
}

#[test]
fn a_gitlink_at_a_commit_of_this_repository_holds_nothing_of_its_message() {
    let (repo, value, _) = one_value();
    repo.write("readme", "x\n");
    let commit = repo.commit(&format!("rotate {value}"));
    repo.git(&["update-index", "--add", "--cacheinfo", &format!("160000,{commit},self")]);
    repo.tick();
    repo.git(&["commit", "-q", "-m", "a submodule"]);
    let outcome = Scan::of(repo.path()).run();
    assert_eq!(spot(&outcome, &value).0, "commit");
    assert_eq!(outcome.finding(&value)["introduced"]["commit"], commit.as_str());
}

#[test]
fn a_detached_head_of_the_linked_work_tree_that_is_scanned_is_head() {
    let (repo, value, leak) = one_value();
    repo.put("readme", "x\n");
    let other = detached_beside(&repo, &leak);
    assert_eq!(Scan::of(&other).run().finding(&value)["at_head"], true);
    repo.git(&["checkout", "-q", "--detach"]);
    assert_eq!(Scan::of(&other).run().finding(&value)["at_head"], true);
    assert_eq!(Scan::of(repo.path()).run().finding(&value)["at_head"], false);
}

#[test]
fn head_may_name_a_branch_by_another_name() {
    let (repo, value, leak) = one_value();
    repo.put("config", leak);
    repo.git(&["branch", "-m", "main", "trunk"]);
    repo.git(&["symbolic-ref", "refs/heads/main", "refs/heads/trunk"]);
    repo.git(&["symbolic-ref", "HEAD", "refs/heads/main"]);
    let outcome = Scan::of(repo.path()).run();
    assert_eq!(outcome.finding(&value)["at_head"], true);
}
