//! Where the hosts look for hooks.

use crate::fixture::{House, listing, script};
use std::{ffi::OsStr, fs, os::unix::fs::symlink, path::Path};

/// Runs every file of a folder with the same lines, as the hooks of Gitea and Forgejo do: all of them, and the first code
/// that is not 0 is its own.
const DELEGATE: &str = r#"#!/bin/sh
lines=$(cat)
name=$(basename "$0")
first=0
for hook in ./hooks/${name}.d/*; do
    [ -x "$hook" ] || continue
    printf '%s\n' "$lines" | "$hook"
    code=$?
    [ $first -ne 0 ] || first=$code
done
exit $first
"#;

/// The same as Gitaly does it: by name, until one fails, and with the variables that it gives.
const GITALY: &str = r#"#!/bin/sh
lines=$(cat)
objects=$(realpath "$GIT_OBJECT_DIRECTORY")
for hook in ./custom_hooks/pre-receive.d/* "$GLOBAL"/pre-receive.d/*; do
    case $hook in *~) continue ;; esac
    [ -x "$hook" ] || continue
    printf '%s\n' "$lines" | env -i PATH="$PATH" GIT_DIR="$PWD" GIT_OBJECT_DIRECTORY="$objects" \
        GIT_ALTERNATE_OBJECT_DIRECTORIES="$PWD/objects" GL_ID=user-1 GL_USERNAME=ann GL_PROJECT_PATH=g/p \
        GL_PROTOCOL=ssh GL_REPOSITORY=project-1 "$hook" || exit
done
"#;

fn layout<'a>(name: &'a str, server: &'a Path) -> [&'a OsStr; 4] {
    ["--layout".as_ref(), name.as_ref(), "--pre-receive".as_ref(), server.as_os_str()]
}

fn uninstall(house: &House, arguments: &[&OsStr]) -> crate::fixture::Ran {
    house.run(&[&["uninstall".as_ref()], arguments].concat())
}

#[test]
fn gitea_runs_ours_beside_its_own() {
    let house = House::new();
    let server = house.server("a.git");
    script(&server.join("hooks/pre-receive"), DELEGATE);
    script(&server.join("hooks/pre-receive.d/gitea"), "#!/bin/sh\ncat >>seen\n");
    let before = listing(&server.join("hooks"));
    let hook = server.join("hooks/pre-receive.d/keytrail");
    assert_eq!(house.install_in(&server), format!("installed: {}\n", hook.display()));
    assert!(house.install_in(&server).starts_with("unchanged: "));
    house.judges(&server);
    assert_eq!(fs::read_to_string(server.join("seen")).unwrap().lines().count(), 2, "theirs heard of both pushes");
    let ran = house.run(&["doctor".as_ref(), server.as_os_str()]);
    assert!(ran.code == 0 && ran.out.contains("as gitea has it"), "{ran:?}");
    assert!(uninstall(&house, &["--pre-receive".as_ref(), server.as_os_str()]).out.starts_with("removed: "));
    assert_eq!(listing(&server.join("hooks")), before);

    // A file of another's under our name is not touched.
    script(&hook, "#!/bin/sh\nexit 0\n");
    house.install(&["--pre-receive".as_ref(), server.as_os_str()]).failed("is not ours");
}

#[test]
fn a_folder_that_nothing_runs_is_not_taken_for_giteas() {
    let house = House::new();
    let server = house.server("a.git");
    fs::create_dir(server.join("hooks/pre-receive.d")).unwrap();
    house.install(&layout("gitea", &server)).failed("is run as a hook");
    assert!(house.install_in(&server).ends_with("hooks/pre-receive\n"));
    house.judges(&server);
}

#[test]
fn gitlab_runs_ours_for_one_repository_or_for_all() {
    let house = House::new();
    let server = house.server("storage/@hashed/ab/cd/abcd.git");
    let global = house.path("global");
    for folder in [house.path("storage/+gitaly"), global.clone(), house.path("gitaly-hooks")] {
        fs::create_dir_all(folder).unwrap();
    }
    // Gitaly tells git to use hooks of its own.
    script(&house.path("gitaly-hooks/pre-receive"), &GITALY.replace("$GLOBAL", global.to_str().unwrap()));
    house.repo.git_in(&server, &["config", "core.hooksPath", house.path("gitaly-hooks").to_str().unwrap()]);
    house.lets_in(&server);
    let program = Path::new(env!("CARGO_BIN_EXE_keytrail"));
    let real = ["install".as_ref(), "--program".as_ref(), program.as_os_str()];

    let ran = house.run(&[&real[..], &["--pre-receive".as_ref(), server.as_os_str()]].concat());
    let hook = server.join("custom_hooks/pre-receive.d/keytrail");
    assert_eq!(ran.out, format!("installed: {}\n", hook.display()), "{ran:?}");
    house.judges(&server);
    let doctor = house.run(&["doctor".as_ref(), server.as_os_str()]);
    assert!(doctor.code == 0 && doctor.out.contains("as gitlab has it"), "{doctor:?}");
    assert!(uninstall(&house, &["--pre-receive".as_ref(), server.as_os_str()]).out.starts_with("removed: "));
    house.lets_in(&server);

    let ran = house.run(&[&real[..], &layout("gitlab", &global)].concat());
    assert_eq!(ran.out, format!("installed: {}\n", global.join("pre-receive.d/keytrail").display()), "{ran:?}");
    house.judges(&server);
    let doctor = house.run(&["doctor".as_ref(), "--layout".as_ref(), "gitlab".as_ref(), global.as_os_str()]);
    assert_eq!(doctor.code, 0, "{doctor:?}");
}

#[test]
fn hooks_that_the_repository_keeps_elsewhere_in_itself_go_there() {
    let house = House::new();
    let server = house.server("a.git");
    house.repo.git_in(&server, &["config", "core.hooksPath", "my/hooks"]);
    assert!(house.install_in(&server).ends_with("a.git/my/hooks/pre-receive\n"));
    house.judges(&server);
}

#[test]
fn hooks_that_others_may_share_are_only_changed_for_all() {
    let house = House::new();
    let [configured, linked] = ["a.git", "b.git"].map(|name| house.server(name));
    let shared = house.path("shared");
    script(&shared.join("pre-receive"), "#!/bin/sh\ncat >>seen\n");
    house.repo.git_in(&configured, &["config", "core.hooksPath", "../shared"]);
    fs::remove_dir_all(linked.join("hooks")).unwrap();
    symlink(&shared, linked.join("hooks")).unwrap();
    let before = listing(&shared);
    for server in [&configured, &linked] {
        let ran = house.install(&["--pre-receive".as_ref(), server.as_os_str()]);
        ran.failed(&format!("the hooks of {} lie in {}", server.display(), shared.display()));
        uninstall(&house, &["--pre-receive".as_ref(), server.as_os_str()]).failed("outside of it");
    }
    assert_eq!(listing(&shared), before);
    // An empty path is the root of all.
    for elsewhere in ["../not/there", "/dev/null", ""] {
        house.repo.git_in(&configured, &["config", "core.hooksPath", elsewhere]);
        house.install(&["--pre-receive".as_ref(), configured.as_os_str()]).failed("outside of it");
    }
    house.repo.git_in(&configured, &["config", "core.hooksPath", "../shared"]);

    assert_eq!(house.install(&layout("folder", &shared)).code, 0);
    for server in [&configured, &linked] {
        house.judges(server);
        assert!(server.join("seen").exists());
        let doctor = house.run(&["doctor".as_ref(), server.as_os_str()]);
        assert!(doctor.code == 0 && doctor.out.contains("is outside of the repository"), "{doctor:?}");
    }
    assert_eq!(uninstall(&house, &layout("folder", &shared)).code, 0);
    assert_eq!(listing(&shared), before);
    house.install(&layout("folder", &configured)).failed("is run as a hook");
}

#[test]
fn a_repository_without_a_folder_for_hooks_gets_one() {
    let house = House::new();
    let server = house.server("a.git");
    fs::remove_dir_all(server.join("hooks")).unwrap();
    house.install_in(&server);
    house.judges(&server);
}
