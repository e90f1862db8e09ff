//! Hooks on the author's own machine.

use crate::{
    fixture::{House, script},
    support::Keys,
};
use std::{ffi::OsStr, fs};

fn commit_dirty(house: &House, folder: &std::path::Path) -> bool {
    fs::write(folder.join("key"), Keys::new(3).id()).unwrap();
    house.repo.git_in(folder, &["add", "key"]);
    let path = folder.to_str().unwrap();
    let done = house.repo.try_git(&["-C", path, "commit", "-q", "-m", "key"]).status.success();
    house.repo.git_in(folder, &["reset", "-q", "--hard"]);
    done
}

#[test]
fn the_hook_goes_where_commits_look_for_it_from_wherever_it_is_asked_for() {
    let house = House::new();
    let work = house.repo.path();
    house.repo.put("deep/er/file", "");
    let tree = house.path("linked tree");
    house.repo.git(&["worktree", "add", "-q", "-b", "other", tree.to_str().unwrap()]);
    let hook = work.join(".git/hooks/pre-commit");
    assert_eq!(house.install(&["--pre-commit".as_ref()]).out, format!("installed: {}\n", hook.display()));
    for place in [work.join("deep/er"), tree.clone(), work.to_path_buf()] {
        let ran = house.install(&["--pre-commit".as_ref(), place.as_os_str()]);
        assert_eq!(ran.out, format!("unchanged: {}\n", hook.display()), "{ran:?}");
    }
    assert!(!commit_dirty(&house, work) && !commit_dirty(&house, &tree));
    house.repo.put("clean", "");
    assert!(house.run(&["uninstall".as_ref(), "--pre-commit".as_ref()]).out.starts_with("removed: "));
    assert!(commit_dirty(&house, work));
}

#[test]
fn hooks_that_were_there_before_still_run_with_their_arguments_and_lines() {
    let house = House::new();
    let hooks = house.repo.path().join(".git/hooks");
    script(&hooks.join("pre-commit"), "#!/bin/sh\necho commit >>.git/seen\n");
    script(
        &hooks.join("pre-push"),
        "#!/bin/sh\necho \"$# $1\" >>.git/seen; cat >>.git/seen; exit \"$(cat .git/code)\"\n",
    );
    fs::write(house.repo.path().join(".git/code"), "0").unwrap();
    let server = house.server("a.git");
    house.repo.git(&["remote", "add", "far", server.to_str().unwrap()]);
    let install = |program: &OsStr| {
        let ran = house.run(&[
            "install".as_ref(),
            "--pre-commit".as_ref(),
            "--pre-push".as_ref(),
            "--program".as_ref(),
            program,
        ]);
        assert_eq!(ran.code, 0, "{ran:?}");
    };
    install(house.stand_in().as_os_str());
    let commit = house.repo.put("clean", "");
    // Ours takes what git gives and hands it on.
    install(OsStr::new(env!("CARGO_BIN_EXE_keytrail")));
    house.repo.git(&["push", "-q", "far", "main"]);
    let seen = fs::read_to_string(house.repo.path().join(".git/seen")).unwrap();
    assert_eq!(seen, format!("commit\n2 far\nrefs/heads/main {commit} refs/heads/main {}\n", "0".repeat(40)));
    fs::write(house.repo.path().join(".git/code"), "3").unwrap();
    assert!(!house.repo.try_git(&["push", "-q", "far", "main:other"]).status.success());
}

#[test]
fn hooks_that_are_shared_with_others_are_not_changed_for_one() {
    let house = House::new();
    house.repo.git(&["config", "core.hooksPath", "tools/hooks"]);
    house.repo.put("tools/hooks/readme", "");
    house.repo.put("sub/file", "");
    let folder = house.repo.path().join("tools/hooks");
    let below = house.repo.path().join("sub");
    let ran = house.install(&["--pre-commit".as_ref(), below.as_os_str()]);
    ran.failed(&format!("lie in {}", folder.display()));
    let shared = ["--layout".as_ref(), "folder".as_ref(), "--pre-commit".as_ref(), folder.as_os_str()];
    assert_eq!(house.install(&shared).code, 0);
    assert!(!commit_dirty(&house, house.repo.path()));
    let server = house.server("a.git");
    house.install(&["--pre-commit".as_ref(), server.as_os_str()]).failed("has no work tree");
}
