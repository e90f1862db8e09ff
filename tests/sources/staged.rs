//! `--staged`: what the next commit would bring.

use super::{harmless, places, spot, spots, sum};
use crate::support::{Keys, Outcome, Repo, Scan};
use serde_json::Value;

fn staged(repo: &Repo) -> Outcome {
    Scan::of(repo.path()).arg("--staged").run()
}

#[test]
fn only_what_the_staged_version_brings_counts() {
    let (repo, [old, new, unstaged]) = harmless(1);
    repo.put("config", format!("{old}\n"));
    assert_eq!(sum(&staged(&repo)), (0, 0), "nothing is staged");
    repo.write("config", format!("more\n{new}\n{old}\n"));
    repo.git(&["add", "config"]);
    repo.write("config", format!("{unstaged}\n"));
    repo.write("other", format!("{unstaged}\n"));
    let outcome = staged(&repo);
    assert_eq!(sum(&outcome), (1, 1), "{}", outcome.stderr);
    let blob = repo.git(&["rev-parse", ":config"]);
    assert_eq!(places(&outcome, &new), [("staged".to_owned(), "config".to_owned(), blob)]);
    let finding = outcome.finding(&new);
    assert_eq!((&finding["components"][0]["line"], &finding["introduced"]), (&2.into(), &Value::Null));
    assert_eq!((&finding["reachable"], &finding["at_head"]), (&Value::Bool(true), &Value::Bool(false)));
    assert_eq!(outcome.summary["repositories"][0]["source"], "staged");
    let text = Scan::bare().args(&["scan", "--staged"]).arg(repo.path()).run().stdout;
    let text = String::from_utf8(text).unwrap();
    assert!(text.contains("not committed yet") && !text.contains("unreachable"), "{text}");
}

#[test]
fn a_renamed_file_brings_only_what_is_new_in_it() {
    let (repo, [old, new]) = harmless(2);
    let mut keys = Keys::new(3);
    let body: String = (0..50).map(|_| keys.filler() + "\n").collect();
    repo.put("before", format!("{body}{old}\n"));
    repo.rename("before", "after");
    repo.git(&["add", "-A"]);
    assert_eq!(sum(&staged(&repo)), (0, 0));
    repo.write("after", format!("{body}{old}\n{new}\n"));
    repo.git(&["add", "-A"]);
    let outcome = staged(&repo);
    assert_eq!((sum(&outcome), spots(&outcome, &new)), ((1, 1), vec![spot("staged", "after")]));
}

#[test]
fn a_repository_without_commits_and_a_linked_work_tree_have_an_index_each() {
    let value = Keys::new(4).id();
    let repo = Repo::new();
    repo.write("a", format!("{value}\n"));
    repo.git(&["add", "a"]);
    assert_eq!(sum(&staged(&repo)), (1, 1));
    repo.commit("it is in now");
    let other = repo.beside("other");
    repo.git(&["worktree", "add", "-q", "-b", "topic", other.to_str().unwrap()]);
    let second = Keys::new(5).id();
    std::fs::write(other.join("b"), format!("{second}\n")).unwrap();
    repo.git_in(&other, &["add", "b"]);
    assert_eq!(sum(&staged(&repo)), (0, 0));
    let outcome = Scan::of(&other).arg("--staged").run();
    assert_eq!((sum(&outcome), spots(&outcome, &second)), ((1, 1), vec![spot("staged", "b")]));
}

#[test]
fn what_is_only_announced_brings_nothing_and_a_conflict_brings_what_no_parent_has() {
    let (repo, [announced, ours, theirs]) = harmless(6);
    repo.write("later", format!("{announced}\n"));
    repo.git(&["add", "--intent-to-add", "later"]);
    assert_eq!(sum(&staged(&repo)), (0, 0));
    repo.remove("later");
    repo.git(&["add", "-A"]);
    repo.put("config", "base\n");
    repo.branch("topic");
    repo.put("config", format!("{theirs}\n"));
    repo.checkout("main");
    repo.put("config", format!("{ours}\n"));
    // Both sides of a merge are its parents.
    repo.try_git(&["merge", "-q", "topic"]);
    assert!(repo.git(&["ls-files", "--unmerged"]).contains("config"));
    assert_eq!(sum(&staged(&repo)), (0, 0));
    repo.git(&["merge", "--abort"]);
    // What is picked is none.
    repo.try_git(&["cherry-pick", "topic"]);
    assert!(repo.git(&["ls-files", "--unmerged"]).contains("config"));
    let outcome = staged(&repo);
    assert_eq!((sum(&outcome), spots(&outcome, &theirs)), ((1, 1), vec![spot("staged", "config")]));
}

#[test]
fn the_allowlist_the_baseline_and_comments_are_heeded() {
    let (repo, [by_path, by_comment, by_baseline]) = harmless(7);
    repo.write(".keytrail.toml", "[[allow]]\npaths = ['fixtures/**']\nreason = 'made up'\n");
    repo.write("fixtures/a", format!("{by_path}\n"));
    repo.write("b", format!("{by_comment} # keytrail:allow\n"));
    repo.write("c", format!("{by_baseline}\n"));
    repo.git(&["add", "-A"]);
    let outcome = staged(&repo);
    assert_eq!((sum(&outcome), outcome.suppressed.len()), ((1, 1), 2), "{}", outcome.stderr);
    let baseline = repo.beside("baseline.json");
    let written = Scan::bare().arg("baseline").args(&["--worktree", "-o"]).arg(&baseline).arg(repo.path()).run();
    assert_eq!(written.code, 0, "{}", written.stderr);
    let outcome = Scan::of(repo.path()).args(&["--staged", "--baseline"]).arg(&baseline).run();
    assert_eq!((sum(&outcome), outcome.suppressed.len()), ((0, 0), 3), "{}", outcome.stderr);
}

#[test]
fn a_large_staged_file_is_streamed() {
    let (repo, [value]) = harmless(8);
    repo.write("large", "line of nothing\n".repeat(4000) + &value + "\n");
    repo.git(&["add", "-A"]);
    let outcome = Scan::of(repo.path()).args(&["--staged", "--max-object-size", "1k"]).run();
    assert_eq!(sum(&outcome), (1, 1));
    assert_eq!(outcome.finding(&value)["components"][0]["line"], 4001);
}

#[test]
fn what_makes_no_sense_together_is_refused() {
    let (repo, []) = harmless(9);
    for options in [
        &["--staged", "--worktree"][..],
        &["--staged", "--range", "HEAD"],
        &["--staged", "--since", "yesterday"],
        &["--staged", "--reachable-only"],
        &["--worktree", "--range", "HEAD"],
        &["--no-ignore"],
        &["--stdin"],
    ] {
        let outcome = Scan::of(repo.path()).args(options).run();
        assert_eq!(outcome.code, 2, "{options:?}");
        assert!(outcome.stderr.contains("Usage: "), "{options:?}: {}", outcome.stderr);
    }
    let bare = repo.beside("bare");
    repo.git(&["clone", "-q", "--bare", ".", bare.to_str().unwrap()]);
    for option in ["--staged", "--worktree"] {
        let outcome = Scan::of(&bare).arg(option).run();
        assert!(outcome.code == 2 && outcome.stderr.contains("bare"), "{}", outcome.stderr);
        assert_eq!(Scan::of(repo.url()).arg(option).run().code, 2);
    }
}
