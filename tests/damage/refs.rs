//! Refs that lead nowhere, and repositories without what every repository has.

use super::fixture::{Repo, Run, keys};
use std::fs;

#[test]
fn a_ref_to_an_object_that_is_not_there_is_named() {
    let repo = Repo::leaky();
    let oid = "cd".repeat(20);
    fs::write(repo.inside("refs/heads/lost"), format!("{oid}\n")).unwrap();
    repo.scan().names("missing_object", &oid, "refs/heads/lost", 0..3);
}

#[test]
fn a_ref_file_that_holds_nothing_usable_is_named() {
    for (text, detail) in [("", "empty"), ("garbage\n", "neither"), ("\0\0\0\0", "neither"), ("ref: \n", "neither")] {
        let repo = Repo::leaky();
        fs::write(repo.inside("refs/heads/broken"), text).unwrap();
        repo.scan().names("bad_ref", "refs/heads/broken", detail, 0..3);
    }
}

#[test]
fn damaged_packed_refs_are_named_and_the_other_refs_still_count() {
    let repo = Repo::leaky();
    fs::write(repo.inside("packed-refs"), "what is this\n").unwrap();
    let run = repo.scan();
    run.names("bad_ref", "refs", "packed-refs", 0..3);
    assert!(run.stdout.contains("\"present_in\":[\"refs/heads/main\"]"), "{}", run.stdout);
}

#[test]
fn a_head_that_is_garbage_is_named() {
    for text in ["garbage\n", "", "ref: \n"] {
        let repo = Repo::leaky();
        fs::write(repo.inside("HEAD"), text).unwrap();
        repo.scan().names("bad_ref", "HEAD", "HEAD", 0..3);
    }
}

#[test]
fn symbolic_refs_to_nowhere_and_unborn_heads_are_no_damage() {
    let repo = Repo::leaky();
    repo.git(&["symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/gone"]);
    repo.git(&["symbolic-ref", "HEAD", "refs/heads/unborn"]);
    fs::write(repo.inside("refs/heads/main.lock"), "").unwrap();
    let run = repo.scan();
    assert_eq!((run.code, run.found()), (Some(1), keys(0..3)), "{}", run.stdout);
}

#[test]
fn what_is_not_there_or_leads_nowhere_is_refused_with_its_path() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("badlink")).unwrap();
    fs::write(folder.path().join("badlink/.git"), "gitdir: /nowhere/at/all\n").unwrap();
    for (name, words) in
        [("absent", "absent: no such file or folder"), ("badlink", "badlink/.git: the git folder lacks")]
    {
        let mut command =
            super::fixture::clean(std::process::Command::new(env!("CARGO_BIN_EXE_keytrail")), folder.path());
        Run::of(command.arg("scan").arg(name).current_dir(folder.path()).env("GIT_CEILING_DIRECTORIES", folder.path()))
            .refuses(&[words]);
    }
}

#[test]
fn a_repository_without_object_folder_is_refused_and_one_without_packs_is_read() {
    let repo = Repo::leaky();
    fs::remove_dir(repo.inside("objects/pack")).unwrap();
    fs::remove_dir_all(repo.inside("objects/info")).unwrap();
    assert_eq!(repo.scan().found(), keys(0..3));
    fs::remove_dir_all(repo.inside("objects")).unwrap();
    repo.scan().refuses(&["repo/.git: the git folder lacks objects", "\nhint: "]);
}

#[test]
fn a_repository_of_a_kind_that_is_not_known_is_refused_with_the_reason() {
    let repo = Repo::leaky();
    repo.git(&["config", "core.repositoryFormatVersion", "1"]);
    repo.git(&["config", "extensions.newfangled", "true"]);
    repo.scan().refuses(&["repo: ", "newfangled"]);
    let repo = Repo::leaky();
    fs::write(repo.inside("config"), "[core\nnonsense").unwrap();
    repo.scan().refuses(&["repo: ", "config"]);
}
