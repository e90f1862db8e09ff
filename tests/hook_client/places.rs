//! Repositories of all shapes: git tells the hook by its environment which one it is.

use super::support::{Keys, Repo};
use super::{commit_in, guarded, install};
use std::{fs, path::Path};

/// In `folder`, which has one commit with `file` in it: all ways to commit are seen through.
#[track_caller]
fn every_way(repo: &Repo, folder: &Path, file: &str, seed: u64) {
    let mut keys = Keys::new(seed);
    let put = |name: &str, content: &str| fs::write(folder.join(name), format!("{content}\n")).unwrap();
    for options in [&["-a"][..], &["--", file]] {
        let value = keys.id();
        put(file, &value);
        commit_in(repo, folder, options).refused(1, &[&value]);
        put(file, &keys.filler());
        commit_in(repo, folder, options).passed();
    }
    let value = keys.id();
    put("added", &value);
    repo.git_in(folder, &["add", "added"]);
    commit_in(repo, folder, &[]).refused(1, &[&value]);
    put("added", &keys.filler());
    repo.git_in(folder, &["add", "added"]);
    commit_in(repo, folder, &[]).passed();
}

#[test]
fn a_work_tree_and_a_folder_in_it() {
    let (repo, []) = guarded(20);
    every_way(&repo, repo.path(), "readme", 20);
    let folder = repo.path().join("deep/er");
    fs::create_dir_all(&folder).unwrap();
    repo.put("deep/er/file", "x\n");
    every_way(&repo, &folder, "file", 21);
}

#[test]
fn a_linked_work_tree() {
    let (repo, []) = guarded(22);
    let linked = repo.beside("linked");
    repo.git(&["worktree", "add", "-q", "-b", "topic", linked.to_str().unwrap()]);
    every_way(&repo, &linked, "readme", 22);
    // Its own configuration counts.
    let value = Keys::new(23).id();
    fs::write(linked.join("fixture"), format!("{value}\n")).unwrap();
    fs::write(linked.join(".keytrail.toml"), "[[allow]]\npaths = ['fixture']\nreason = 'made up'\n").unwrap();
    repo.git_in(&linked, &["add", "-A"]);
    commit_in(&repo, &linked, &[]).passed();
}

#[test]
fn a_submodule() {
    let (repo, []) = guarded(24);
    let other = Repo::new();
    other.put("readme", "x\n");
    repo.git(&["submodule", "--quiet", "add", &other.url(), "part"]);
    let part = repo.path().join("part");
    install(&repo, &part, "hook pre-commit");
    every_way(&repo, &part, "readme", 24);
    // The new commit of the submodule is no file of the repository above.
    repo.git(&["add", "-A"]);
    commit_in(&repo, repo.path(), &[]).passed();
}

#[test]
fn a_repository_apart_from_its_work_tree() {
    let (repo, [value]) = guarded(25);
    let (git, home) = (repo.beside("dots.git"), repo.beside("home"));
    repo.git(&["init", "-q", "--bare", "-b", "main", git.to_str().unwrap()]);
    install(&repo, &git, "hook pre-commit");
    fs::create_dir_all(home.join("deep")).unwrap();
    let bound = [format!("--git-dir={}", git.display()), format!("--work-tree={}", home.display())];
    let run = |folder: &Path, arguments: &[&str]| {
        let bound = bound.each_ref().map(String::as_str);
        repo.try_git_in(folder, &[&bound[..], arguments].concat())
    };
    fs::write(home.join("deep/profile"), format!("{value}\n")).unwrap();
    for folder in [home.clone(), home.join("deep")] {
        assert!(run(&folder, &["add", "-A", ":/"]).status.success());
        let output = run(&folder, &["commit", "-q", "-m", "dots"]);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && said.contains(" deep/profile:1:1"), "{said}");
    }
    fs::write(home.join(".keytrail.toml"), "[[allow]]\npaths = ['deep/**']\nreason = 'made up'\n").unwrap();
    let output = run(&home.join("deep"), &["commit", "-q", "-m", "dots"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn an_index_of_any_form() {
    for (n, settings) in [
        &["core.splitIndex=true"][..],
        &["index.sparse=true", "core.sparseCheckout=true", "core.sparseCheckoutCone=true"],
        &["feature.manyFiles=true"],
    ]
    .into_iter()
    .enumerate()
    {
        let (repo, []) = guarded(30 + n as u64);
        repo.put("far/away", "x\n");
        for (name, value) in settings.iter().filter_map(|setting| setting.split_once('=')) {
            repo.git(&["config", name, value]);
        }
        match n {
            0 => repo.git(&["update-index", "--split-index"]),
            1 => repo.git(&["sparse-checkout", "set", "--cone", "--sparse-index", "near"]),
            _ => repo.git(&["update-index", "--index-version", "4"]),
        };
        every_way(&repo, repo.path(), "readme", 40 + n as u64);
        let index = repo.git(&["ls-files", "--sparse"]);
        assert_eq!(index.contains("far/\n"), n == 1, "{index}");
    }
}

#[test]
fn ids_of_the_other_hash() {
    let repo = Repo::with(&["--object-format=sha256"]);
    repo.put("readme", "x\n");
    install(&repo, repo.path(), "hook pre-commit");
    every_way(&repo, repo.path(), "readme", 26);
}
