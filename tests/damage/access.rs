//! Files that may not be read or written, and repositories of other users.
//!
//! The superuser may read everything: run by root, these tests give the repository and the program to another user.

#![cfg(unix)]

use super::fixture::{Repo, Run, clean, leak};
use std::{
    fs,
    os::unix::{
        fs::{PermissionsExt, chown},
        process::CommandExt,
    },
    path::Path,
    process::Command,
};

/// The user called `nobody` nearly everywhere; any that is not root would do.
const NOBODY: u32 = 65_534;

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

fn give_away(path: &Path) {
    chown(path, Some(NOBODY), Some(NOBODY)).unwrap();
    if path.is_dir() {
        for entry in fs::read_dir(path).unwrap() {
            give_away(&entry.unwrap().path());
        }
    }
}

fn mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// The program, to be run by a user whom permissions bind, in a folder that is his.
fn bound(repo: &Repo) -> Command {
    let folder = repo.root().parent().unwrap().to_owned();
    let program = folder.join("keytrail");
    fs::copy(env!("CARGO_BIN_EXE_keytrail"), &program).unwrap();
    let mut command = clean(Command::new(&program), &folder.join("home"));
    command.args(["scan", "--reveal", "-f", "jsonl"]).arg(repo.root()).current_dir(&folder);
    if is_root() {
        give_away(&folder);
        command.uid(NOBODY).gid(NOBODY);
    }
    command
}

#[test]
fn what_may_not_be_read_is_named_and_the_rest_is_scanned() {
    // What is closed, what the gap is about, and the keys that are found all the same.
    for (close, kind, found) in [
        ("pack", "unreadable_store", vec![8, 9]),
        ("idx", "unreadable_store", vec![8, 9]),
        ("objects/pack", "unreadable_store", vec![8, 9]),
        ("loose", "corrupt_object", vec![0, 1, 2, 3, 4, 5, 6, 9]),
        ("fan", "unreadable_store", vec![0, 1, 2, 3, 4, 5, 6, 9]),
        ("refs/heads/main", "bad_ref", vec![0, 1, 2, 3, 4, 5, 6, 8, 9]),
        ("refs/heads", "bad_ref", vec![0, 1, 2, 3, 4, 5, 6, 8, 9]),
        ("packed-refs", "bad_ref", vec![0, 1, 2, 3, 4, 5, 6, 8, 9]),
    ] {
        let repo = Repo::packed();
        repo.git(&["branch", "other"]);
        repo.git(&["pack-refs", "--all"]);
        repo.write("late.txt", &leak(8));
        repo.write("later.txt", &leak(9));
        repo.commit("late");
        let blob = repo.oid("HEAD:late.txt");
        let path = match close {
            "pack" | "idx" => repo.pack(close),
            "loose" => repo.loose(&blob),
            "fan" => repo.loose(&blob).parent().unwrap().to_owned(),
            inside => repo.inside(inside),
        };
        let mut command = bound(&repo);
        mode(&path, 0o000);
        let run = Run::of(&mut command);
        mode(&path, 0o755);
        let path = path.canonicalize().unwrap().display().to_string();
        assert_eq!(run.code, Some(2), "{close}: {}", run.stderr);
        assert_eq!(run.found(), super::fixture::keys(found), "{close}: {:?}", run.gaps());
        let denied = |gap: &[String; 3]| gap[0] == kind && (gap[1] == path || gap[2].contains(&path));
        assert!(run.gaps().iter().any(denied), "{close}: {:?}", run.gaps());
        let said = |gap: &[String; 3]| gap[2].to_lowercase().contains("permission denied");
        assert!(run.gaps().iter().any(said), "{close}: {:?}", run.gaps());
    }
}

#[test]
fn a_repository_that_may_not_be_entered_is_refused() {
    let repo = Repo::leaky();
    let mut command = bound(&repo);
    mode(&repo.root(), 0o000);
    let run = Run::of(&mut command);
    mode(&repo.root(), 0o755);
    run.refuses(&["repo"]);
}

#[test]
fn files_that_may_not_be_read_or_written_are_named_before_the_scan() {
    let repo = Repo::leaky();
    let folder = repo.root().parent().unwrap().to_owned();
    fs::create_dir(folder.join("closed")).unwrap();
    fs::write(folder.join("secret.toml"), "").unwrap();
    let ready = || {
        let command = bound(&repo);
        mode(&folder.join("closed"), 0o555);
        mode(&folder.join("secret.toml"), 0o000);
        command
    };
    Run::of(ready().args(["--output", "closed/report"])).refuses(&["cannot write closed/report: ", "\nhint: "]);
    for option in ["--rules", "--config", "--baseline", "--fingerprint-key"] {
        Run::of(ready().args([option, "secret.toml"])).refuses(&["secret.toml", "ermission denied"]);
    }
}

#[test]
fn a_repository_of_another_user_is_refused_with_gits_own_remedy_unless_git_trusts_it() {
    if !is_root() {
        // Only root can make a file another's.
        return;
    }
    let repo = Repo::leaky();
    give_away(&repo.root());
    repo.scan()
        .refuses(&["repo: the repository belongs to another user", "git config --global --add safe.directory '"]);
    let path = repo.root().canonicalize().unwrap().display().to_string();
    for value in [path.as_str(), "*"] {
        let mut command = repo.keytrail();
        command.envs([
            ("GIT_CONFIG_COUNT", "1"),
            ("GIT_CONFIG_KEY_0", "safe.directory"),
            ("GIT_CONFIG_VALUE_0", value),
        ]);
        let run = Run::of(&mut command);
        assert_eq!((run.code, run.found()), (Some(1), super::fixture::keys(0..3)), "{value} {}", run.stderr);
    }
    // Trust in one is no trust in another, also within one run.
    let other = Repo::leaky();
    give_away(&other.root());
    let mut command = repo.keytrail();
    command.envs([("GIT_CONFIG_COUNT", "1"), ("GIT_CONFIG_KEY_0", "safe.directory"), ("GIT_CONFIG_VALUE_0", &path)]);
    let run = Run::of(command.arg(other.root()));
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.contains("belongs to another user"), "{}", run.stderr);
    let home = repo.root().parent().unwrap().join("home");
    fs::write(home.join(".gitconfig"), format!("[safe]\n\tdirectory = {path}\n")).unwrap();
    assert_eq!(repo.scan().code, Some(1));
}
