//! Merges: a value is a merge's own only if no parent holds it.

use super::{life_of, one_value, pickaxe};

#[test]
fn a_merge_passes_a_value_on_without_introducing_it() {
    let (repo, value, leak) = one_value();
    repo.put("readme", "x\n");
    repo.branch("side");
    let introduced = repo.put("config", &leak);
    repo.checkout("main");
    repo.put("readme", "y\n");
    repo.merge(&["side"]);
    let life = life_of(&repo, &value);
    assert_eq!((life.introductions, life.removals), (vec![introduced.clone()], vec![]));
    assert_eq!(life.present_in, ["refs/heads/main", "refs/heads/side"]);
    assert_eq!(pickaxe(&repo, &value), [introduced]);
}

#[test]
fn a_merge_with_a_branch_that_removed_the_value_leaves_the_removal_to_that_branch() {
    let (repo, value, leak) = one_value();
    repo.put("config", &leak);
    repo.branch("side");
    let removed = repo.drop_file("config");
    repo.checkout("main");
    repo.put("readme", "y\n");
    repo.merge(&["side"]);
    repo.git(&["branch", "-q", "-D", "side"]);
    let life = life_of(&repo, &value);
    assert_eq!((life.removals, life.removed), (vec![removed.clone()], Some(removed)));
}

#[test]
fn a_value_that_only_a_merge_resolution_brought_is_the_merge_commits_own() {
    let (repo, value, leak) = one_value();
    repo.put("config", "one\n");
    repo.branch("side");
    repo.put("config", "two\n");
    repo.checkout("main");
    repo.put("config", "three\n");
    let merge = repo.merge_as("side", &[("config", Some(&leak))]);
    repo.put("config", "four\n");
    let life = life_of(&repo, &value);
    assert_eq!(life.introductions, std::slice::from_ref(&merge));
    // Without -m, git log shows no change of a merge.
    assert!(!pickaxe(&repo, &value).contains(&merge));
    let found = repo.git(&["log", "--all", "-m", "--reverse", "--format=%H", &format!("-S{value}")]);
    assert_eq!(found.lines().next(), Some(merge.as_str()));
}

#[test]
fn an_evil_merge_that_drops_what_both_sides_hold_removed_it() {
    let (repo, value, leak) = one_value();
    repo.put("config", &leak);
    repo.branch("side");
    repo.put("a", "x\n");
    repo.checkout("main");
    repo.put("b", "y\n");
    let merge = repo.merge_as("side", &[("config", None)]);
    repo.git(&["branch", "-q", "-D", "side"]);
    let life = life_of(&repo, &value);
    assert_eq!((life.removals, life.removed), (vec![merge.clone()], Some(merge)));
}

#[test]
fn an_evil_merge_that_drops_what_one_side_brought_removed_it() {
    let (repo, value, leak) = one_value();
    repo.put("readme", "x\n");
    repo.branch("side");
    let introduced = repo.put("config", &leak);
    repo.checkout("main");
    repo.put("readme", "y\n");
    let merge = repo.merge_as("side", &[("config", None)]);
    repo.git(&["branch", "-q", "-D", "side"]);
    let life = life_of(&repo, &value);
    assert_eq!((life.introductions, life.removed), (vec![introduced], Some(merge)));
}

#[test]
fn merging_with_ours_drops_the_other_sides_value() {
    let (repo, value, leak) = one_value();
    repo.put("readme", "x\n");
    repo.branch("side");
    repo.put("config", &leak);
    repo.checkout("main");
    repo.put("readme", "y\n");
    let merge = repo.merge_with(&["-s", "ours"], &["side"]);
    repo.git(&["branch", "-q", "-D", "side"]);
    let life = life_of(&repo, &value);
    assert_eq!(life.removed, Some(merge));
    assert!(life.reachable && life.present_in.is_empty());
}

#[test]
fn an_octopus_passes_values_on_from_every_arm() {
    let (repo, value, leak) = one_value();
    repo.put("readme", "x\n");
    for arm in ["a", "b", "c"] {
        repo.checkout("main");
        repo.branch(arm);
        repo.put(arm, if arm == "b" { leak.as_str() } else { "x\n" });
    }
    repo.checkout("main");
    let merge = repo.merge(&["a", "b", "c"]);
    assert_eq!(repo.git(&["log", "-1", "--format=%P", &merge]).split(' ').count(), 4);
    repo.git(&["branch", "-q", "-D", "a", "b", "c"]);
    let life = life_of(&repo, &value);
    assert_eq!(life.introductions, [repo.git(&["rev-parse", &format!("{merge}^3")])]);
    assert_eq!(life.present_in, ["refs/heads/main"]);
}

#[test]
fn a_value_that_only_an_octopus_holds_is_its_own() {
    let (repo, value, leak) = one_value();
    repo.put("readme", "x\n");
    for arm in ["a", "b", "c"] {
        repo.checkout("main");
        repo.branch(arm);
        repo.put(arm, "x\n");
    }
    repo.checkout("main");
    repo.merge(&["a", "b", "c"]);
    repo.write("config", &leak);
    let merge = repo.amend();
    let life = life_of(&repo, &value);
    assert_eq!(life.introductions, [merge]);
}

#[test]
fn two_branches_that_bring_the_same_value_both_introduce_it_and_their_merge_does_not() {
    let (repo, value, leak) = one_value();
    repo.put("readme", "x\n");
    repo.branch("side");
    let one = repo.put("a", &leak);
    repo.checkout("main");
    let two = repo.put("b", format!("{leak}more\n"));
    repo.merge(&["side"]);
    let life = life_of(&repo, &value);
    assert_eq!(life.introductions, [one, two]);
}

#[test]
fn unrelated_histories_joined_by_a_merge_are_told_apart() {
    let (repo, value, leak) = one_value();
    repo.put("readme", "x\n");
    repo.orphan("other");
    let introduced = repo.put("config", &leak);
    repo.checkout("main");
    repo.merge_with(&["--allow-unrelated-histories"], &["other"]);
    assert_eq!(life_of(&repo, &value).introductions, [introduced]);
}
