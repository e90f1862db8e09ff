//! Values that come and go on lines without merges.

use super::{life_of, lives_of, one_value, pickaxe};
use crate::support::{Keys, Repo};

#[test]
fn a_line_of_commits_names_the_first_with_the_value_and_the_first_without() {
    let (repo, value, leak) = one_value();
    repo.put("readme", "nothing\n");
    let introduced = repo.put("src/config", &leak);
    repo.put("src/config", format!("# above\n{leak}"));
    repo.put("readme", "something\n");
    let life = life_of(&repo, &value);
    assert_eq!((&life.introductions, &life.removed), (&vec![introduced.clone()], &None));
    assert_eq!(life.present_in, ["refs/heads/main"]);
    assert!(life.at_head && life.reachable);

    let removed = repo.put("src/config", "# above\n");
    repo.put("readme", "more\n");
    let life = life_of(&repo, &value);
    assert_eq!(life.removed.as_ref(), Some(&removed));
    assert!(life.present_in.is_empty() && !life.at_head && life.reachable);
    assert_eq!(life.places, [(Some("src/config".to_owned()), 2, true)]);
    assert_eq!(pickaxe(&repo, &value), [introduced, removed]);
}

#[test]
fn a_value_in_the_first_commit_is_introduced_by_it() {
    let (repo, value, leak) = one_value();
    let root = repo.put("config", &leak);
    repo.put("other", "x\n");
    assert_eq!(life_of(&repo, &value).introductions, [root]);
}

#[test]
fn a_renamed_file_leaves_the_introduction_where_it_was_and_lists_both_paths() {
    let (repo, value, leak) = one_value();
    let introduced = repo.put("old", &leak);
    repo.rename("old", "deep/down/new");
    repo.commit("rename");
    let life = life_of(&repo, &value);
    assert_eq!(life.introductions, [introduced]);
    assert!(life.removals.is_empty());
    let places = life.places.iter().map(|(path, blobs, _)| (path.as_deref().unwrap(), *blobs));
    assert_eq!(places.collect::<Vec<_>>(), [("deep/down/new", 1), ("old", 1)]);
}

#[test]
fn a_renamed_folder_moves_a_value_without_bringing_it_in_again() {
    let (repo, value, leak) = one_value();
    let introduced = repo.put("a/b/config", &leak);
    repo.rename("a", "z");
    repo.commit("move the folder");
    let life = life_of(&repo, &value);
    assert_eq!((life.introductions, life.removals), (vec![introduced], vec![]));
}

#[test]
fn a_value_that_moves_from_file_to_file_in_one_commit_is_neither_removed_nor_introduced() {
    let (repo, value, leak) = one_value();
    let introduced = repo.put("a", &leak);
    repo.write("a", "gone\n");
    repo.write("b", format!("before\n{leak}"));
    repo.commit("move");
    let life = life_of(&repo, &value);
    assert_eq!((life.introductions, life.removals), (vec![introduced], vec![]));
}

#[test]
fn a_value_brought_back_has_two_introductions_and_is_not_called_removed() {
    let (repo, value, leak) = one_value();
    let first = repo.put("config", &leak);
    let removed = repo.put("config", "none\n");
    let second = repo.put("elsewhere", &leak);
    let life = life_of(&repo, &value);
    assert_eq!(life.introductions, [first.clone(), second.clone()]);
    assert_eq!(life.removals, std::slice::from_ref(&removed));
    assert_eq!(life.removed, None);
    let last = repo.drop_file("elsewhere");
    let life = life_of(&repo, &value);
    assert_eq!(life.removals, [removed.clone(), last.clone()]);
    assert_eq!(life.removed, Some(last.clone()));
    assert_eq!(pickaxe(&repo, &value), [first, removed, second, last]);
}

#[test]
fn each_root_of_several_histories_introduces_for_itself() {
    let (repo, value, leak) = one_value();
    let first = repo.put("config", &leak);
    repo.orphan("second");
    let second = repo.put("other/config", &leak);
    repo.orphan("third");
    repo.put("harmless", "x\n");
    let life = life_of(&repo, &value);
    assert_eq!(life.introductions, [first, second]);
    assert_eq!(life.present_in, ["refs/heads/main", "refs/heads/second"]);
    assert!(!life.at_head);
}

#[test]
fn a_cherry_picked_commit_introduces_on_each_branch() {
    let (repo, value, leak) = one_value();
    repo.put("readme", "x\n");
    repo.branch("side");
    let first = repo.put("config", &leak);
    repo.checkout("main");
    repo.put("readme", "y\n");
    repo.tick();
    repo.git(&["cherry-pick", &first]);
    let life = life_of(&repo, &value);
    assert_eq!(life.introductions, [first, repo.head()]);
    assert_eq!(life.present_in, ["refs/heads/main", "refs/heads/side"]);
}

#[test]
fn what_one_branch_removed_and_another_still_holds_is_not_removed() {
    let (repo, value, leak) = one_value();
    repo.put("config", &leak);
    repo.branch("old-release");
    repo.put("readme", "x\n");
    repo.checkout("main");
    let removed = repo.drop_file("config");
    let life = life_of(&repo, &value);
    assert_eq!((life.removals, life.removed), (vec![removed], None));
    assert_eq!(life.present_in, ["refs/heads/old-release"]);
    assert!(!life.at_head);
}

#[test]
fn tags_and_remote_branches_hold_a_value_as_branches_do() {
    let (repo, value, leak) = one_value();
    repo.put("config", &leak);
    repo.tag("v1", "first");
    repo.git(&["tag", "light"]);
    repo.git(&["tag", "-a", "-m", "nested", "of-tag", "v1"]);
    repo.git(&["update-ref", "refs/remotes/origin/main", "HEAD"]);
    repo.git(&["symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main"]);
    repo.drop_file("config");
    let life = life_of(&repo, &value);
    assert_eq!(life.present_in, ["refs/remotes/origin/main", "refs/tags/light", "refs/tags/of-tag", "refs/tags/v1"]);
}

#[test]
fn values_that_share_a_file_have_lives_of_their_own() {
    let mut keys = Keys::new(2);
    let values: Vec<String> = (0..4).map(|_| keys.id()).collect();
    let repo = Repo::new();
    let text = |of: &[usize]| of.iter().map(|&n| format!("k{n} = {}\n", values[n])).collect::<String>();
    let commits: Vec<String> =
        [&[0][..], &[0, 1], &[1, 2], &[2, 3, 0], &[3]].iter().map(|of| repo.put("keys", text(of))).collect();
    let (_, lives) = lives_of(&repo, &values);
    let at = |n: usize| commits[n].clone();
    assert_eq!(lives[0].introductions, [at(0), at(3)]);
    assert_eq!(lives[0].removals, [at(2), at(4)]);
    assert_eq!((&lives[1].introductions, &lives[1].removed), (&vec![at(1)], &Some(at(3))));
    assert_eq!((&lives[2].introductions, &lives[2].removed), (&vec![at(2)], &Some(at(4))));
    assert_eq!((&lives[3].introductions, &lives[3].removed), (&vec![at(3)], &None));
    for (value, life) in values.iter().zip(&lives) {
        let mut told = [life.introductions.clone(), life.removals.clone()].concat();
        told.sort_by_key(|id| commits.iter().position(|commit| commit == id));
        assert_eq!(pickaxe(&repo, value), told);
    }
}

#[test]
fn a_mere_change_of_mode_or_of_the_lines_around_introduces_nothing() {
    let (repo, value, leak) = one_value();
    let introduced = repo.put("config", &leak);
    repo.git(&["update-index", "--chmod=+x", "config"]);
    repo.tick();
    repo.git(&["commit", "-q", "-m", "mode"]);
    repo.put("config", format!("{leak}{leak}"));
    assert_eq!(life_of(&repo, &value).introductions, [introduced]);
}

#[test]
fn the_author_is_named_and_not_the_committer() {
    let (repo, value, leak) = one_value();
    repo.write("config", &leak);
    repo.git(&["add", "-A"]);
    let author = [("GIT_AUTHOR_NAME", "Øy Vind"), ("GIT_AUTHOR_EMAIL", "oy@example.org")];
    let date = [("GIT_AUTHOR_DATE", "@1699999999 -0330")];
    repo.git_with_env(&["commit", "-q", "-m", "m"], &[&author[..], &date].concat());
    let outcome = crate::support::Scan::of(repo.path()).run();
    let by = &outcome.finding(&value)["introduced"];
    let format = repo.git(&["log", "-1", "--format=%H|%an|%ae|%aI"]);
    let told: Vec<&str> = ["commit", "author", "email", "date"].map(|field| by[field].as_str().unwrap()).to_vec();
    assert_eq!(told.join("|"), format);
}
