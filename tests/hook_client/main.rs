//! The hooks on the author's own machine, run by git itself.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic, its helpers too")]

mod commits;
mod places;
#[path = "../support/mod.rs"]
mod support;

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};
use support::{Keys, Repo};

/// What `git commit` answered.
#[derive(Debug)]
struct Answer {
    committed: bool,
    said: String,
}

impl Answer {
    #[track_caller]
    fn passed(&self) -> &Self {
        assert!(self.committed && !self.said.contains("keytrail"), "{}", self.said);
        self
    }

    /// Refused for `count` credentials, none of which is shown.
    #[track_caller]
    fn refused(&self, count: usize, values: &[&str]) -> &Self {
        let heading = format!("would bring in {count} credential{}\n", if count == 1 { "" } else { "s" });
        assert!(!self.committed && self.said.contains(&heading), "{}", self.said);
        assert!(values.iter().all(|value| !self.said.contains(value)), "{}", self.said);
        self
    }
}

/// Where git looks for the hook of the repository in `folder`.
fn hook(repo: &Repo, folder: &Path) -> PathBuf {
    folder.join(repo.git_in(folder, &["rev-parse", "--git-path", "hooks"])).join("pre-commit")
}

/// Has git run `keytrail` with these arguments before each commit in `folder`.
fn install(repo: &Repo, folder: &Path, arguments: &str) {
    let file = hook(repo, folder);
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(&file, format!("#!/bin/sh\nexec '{}' {arguments}\n", env!("CARGO_BIN_EXE_keytrail"))).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
}

/// Commits in `folder` with these options.
fn commit_in(repo: &Repo, folder: &Path, options: &[&str]) -> Answer {
    repo.tick();
    let head = |folder: &Path| repo.try_git_in(folder, &["rev-parse", "-q", "--verify", "HEAD"]).stdout;
    let before = head(folder);
    let output = repo.try_git_in(folder, &[&["commit", "-q", "-m", "a commit"], options].concat());
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8(said).unwrap();
    assert_eq!(output.status.success(), head(folder) != before, "{said}");
    Answer { committed: output.status.success(), said }
}

/// Commits in the repository itself.
fn commit(repo: &Repo, options: &[&str]) -> Answer {
    commit_in(repo, repo.path(), options)
}

/// A repository with one commit and the hook in place, and as many key ids as asked for.
fn guarded<const N: usize>(seed: u64) -> (Repo, [String; N]) {
    let repo = Repo::new();
    repo.put("readme", "x\n");
    install(&repo, repo.path(), "hook pre-commit");
    let mut keys = Keys::new(seed);
    (repo, std::array::from_fn(|_| keys.id()))
}
