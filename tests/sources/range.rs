//! `--range` and `--since`: what commits of a part of history introduced, as `git rev-list` counts them.

use super::{harmless, sum};
use crate::support::{Keys, Repo, Scan};
use std::collections::BTreeSet;

/// A history with a side branch, each commit of which brings one value in.
fn history() -> (Repo, Vec<(String, String)>) {
    let mut keys = Keys::new(1);
    let repo = Repo::new();
    let mut brought = Vec::new();
    let mut put = |name: &str| {
        let value = keys.id();
        brought.push((repo.put(name, format!("{value}\n")), value));
    };
    put("a");
    put("b");
    repo.branch("side");
    put("c");
    put("d");
    repo.checkout("main");
    put("e");
    repo.merge(&["side"]);
    put("f");
    repo.git(&["checkout", "-q", "-b", "other", "HEAD~2"]);
    put("g");
    repo.checkout("main");
    (repo, brought)
}

#[test]
fn a_range_is_what_git_takes_it_for() {
    let (repo, brought) = history();
    let before = |n: usize| brought[n].0.clone();
    for words in [
        "main".to_owned(),
        "main..other".to_owned(),
        "other..main".to_owned(),
        "main...other".to_owned(),
        "^other main".to_owned(),
        "HEAD~2..".to_owned(),
        "..other".to_owned(),
        format!("{}..main", before(1)),
        format!("{} other ^{}", before(2), before(0)),
        "HEAD^!".replace("^!", "~1..HEAD"),
    ] {
        let mut arguments = vec!["rev-list"];
        arguments.extend(words.split(' '));
        let listed = repo.git(&arguments);
        let listed: BTreeSet<&str> = listed.lines().collect();
        let expected: BTreeSet<&str> = brought
            .iter()
            .filter(|(commit, _)| listed.contains(commit.as_str()))
            .map(|(commit, _)| &**commit)
            .collect();
        let outcome = Scan::of(repo.path()).args(&["--range", &words]).run();
        let told: BTreeSet<&str> =
            outcome.findings.iter().map(|finding| finding["introduced"]["commit"].as_str().unwrap()).collect();
        assert_eq!(told, expected, "{words}");
        assert_eq!(outcome.summary["left_out"], brought.len() - expected.len(), "{words}");
        let separate = words.split(' ').flat_map(|word| ["--range", word]).collect::<Vec<_>>();
        assert_eq!(Scan::of(repo.path()).args(&separate).run().fingerprints(), outcome.fingerprints(), "{words}");
    }
}

#[test]
fn a_revision_that_nobody_knows_is_an_error_that_names_it() {
    let (repo, []) = harmless(2);
    for (words, named) in [("no-such-branch..HEAD", "no-such-branch"), ("HEAD:readme", "readme"), ("^HEAD", "HEAD")] {
        let outcome = Scan::of(repo.path()).args(&["--range", words]).run();
        assert_eq!(outcome.code, 2, "{words}");
        assert!(outcome.stderr.contains(named), "{words}: {}", outcome.stderr);
    }
}

#[test]
fn since_counts_by_the_commits_date() {
    let (repo, brought) = history();
    let dates = repo.git(&["log", "--no-walk=unsorted", "--format=%cI", &brought[2].0, &brought[4].0]);
    for (date, count) in dates.lines().zip([5, 3]) {
        let outcome = Scan::of(repo.path()).args(&["--since", date]).run();
        assert_eq!(sum(&outcome), (1, count), "{date}");
        assert_eq!(outcome.summary["left_out"], brought.len() - count);
    }
    assert_eq!(sum(&Scan::of(repo.path()).args(&["--since", "2 weeks ago"]).run()), (0, 0));
    let both = Scan::of(repo.path()).args(&["--since", dates.lines().next().unwrap(), "--range", "other"]).run();
    assert_eq!(sum(&both), (1, 2), "e and g");
    let outcome = Scan::of(repo.path()).args(&["--since", "some day"]).run();
    assert!(outcome.code == 2 && outcome.stderr.contains("2 weeks ago"), "{}", outcome.stderr);
}

#[test]
fn a_tag_counts_since_it_was_set() {
    let (repo, [value]) = harmless(3);
    repo.tag("v1", &format!("signed with {value}"));
    let date = repo.git(&["for-each-ref", "--format=%(taggerdate:iso-strict)", "refs/tags/v1"]);
    assert_eq!(sum(&Scan::of(repo.path()).args(&["--since", &date]).run()), (1, 1));
    assert_eq!(sum(&Scan::of(repo.path()).args(&["--since", "2024-01-01"]).run()), (0, 0));
}

#[test]
fn a_secret_of_the_range_takes_an_older_id_along() {
    let mut keys = Keys::new(4);
    let (id, secret) = (keys.id(), keys.secret());
    let repo = Repo::new();
    repo.put("config", format!("aws_access_key_id = {id}\n"));
    repo.put("config", format!("aws_access_key_id = {id}\naws_secret_access_key = {secret}\n"));
    let outcome = Scan::of(repo.path()).args(&["--range", "HEAD~1..HEAD"]).run();
    assert_eq!(sum(&outcome), (1, 1));
    assert_eq!(outcome.finding(&id)["rule_id"], "aws-access-key");
    assert_eq!(sum(&Scan::of(repo.path()).args(&["--range", "HEAD..HEAD"]).run()), (0, 0));
}

#[test]
fn a_shallow_boundary_matters_only_where_it_is_asked_about() {
    let (repo, [old, new]) = harmless(5);
    repo.put("a", format!("{old}\n"));
    repo.put("b", "x\n");
    repo.put("c", format!("{new}\n"));
    let shallow = repo.beside("shallow");
    repo.git(&["clone", "-q", "--depth=2", &repo.url(), shallow.to_str().unwrap()]);
    let range = |words: &str| Scan::of(&shallow).args(&["--range", words]).run();
    assert_eq!(sum(&Scan::of(&shallow).run()), (2, 2));
    let inside = range("HEAD~1..HEAD");
    assert_eq!((sum(&inside), inside.summary["left_out"].as_u64()), ((1, 1), Some(1)));
    inside.finding(&new);
    assert_eq!(sum(&range("HEAD")), (2, 2), "what the boundary brought may be older");
}

#[test]
fn a_value_that_is_left_out_is_masked_in_the_names_of_others() {
    let (mut keys, repo) = (Keys::new(9), Repo::new());
    let (old, new) = (keys.id(), keys.id());
    let before = repo.put("a", format!("{old}\n"));
    repo.put(&format!("{}/b", old.replacen('A', "%41", 1)), format!("{new}\n"));
    repo.git(&["branch", &format!("fix-{}", old.to_lowercase())]);
    let outcome =
        Scan::bare().args(&["scan", "--format", "jsonl", "--range", &format!("{before}..")]).arg(repo.path()).run();
    assert_eq!((outcome.findings.len(), outcome.summary["left_out"].as_u64()), (1, Some(1)));
    let told = String::from_utf8(outcome.stdout).unwrap();
    assert!(told.contains("AKIA…(20)/b") && told.contains("refs/heads/fix-AKIA…(20)"), "{told}");
    assert!(!told.to_uppercase().contains(&old[4..]), "{told}");
}
