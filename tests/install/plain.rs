//! One file, in repositories that git alone serves.

use crate::fixture::{House, chmod, listing, mode, script};
use crate::support::git_knows_tables;
use std::{
    ffi::OsStr,
    fs,
    os::unix::{
        ffi::OsStrExt,
        fs::{MetadataExt, chown},
    },
};

#[test]
fn a_fresh_hook_judges_pushes_and_anyone_may_run_it() {
    let house = House::new();
    let server = house.server("a.git");
    house.lets_in(&server);
    assert_eq!(house.install_in(&server), format!("installed: {}\n", server.join("hooks/pre-receive").display()));
    assert_eq!(mode(&server.join("hooks/pre-receive")), 0o755);
    house.judges(&server);
}

#[test]
fn the_program_itself_is_called_by_its_absolute_path_and_judges() {
    let house = House::new();
    let server = house.server("a.git");
    let ran = house.run(&["install".as_ref(), "--pre-receive".as_ref(), server.as_os_str()]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.err.contains("is in a build folder"), "{ran:?}");
    let script = fs::read_to_string(server.join("hooks/pre-receive")).unwrap();
    assert!(script.contains(&format!("exec '{}' hook pre-receive", env!("CARGO_BIN_EXE_keytrail"))), "{script}");
    house.judges(&server);
}

#[test]
fn a_second_installation_changes_nothing_and_another_program_or_file_updates() {
    let house = House::new();
    let server = house.server("a.git");
    house.install_in(&server);
    let before = listing(&server);
    assert!(house.install_in(&server).starts_with("unchanged: "));
    assert_eq!(listing(&server), before);

    let config = house.path("hook.toml");
    fs::write(&config, "").unwrap();
    let ran = house.install(&["--config".as_ref(), config.as_os_str(), "--pre-receive".as_ref(), server.as_os_str()]);
    assert!(ran.out.starts_with("updated: "), "{ran:?}");
    house.judges(&server);
    fs::remove_file(config).unwrap();
    assert_eq!(house.push_clean(&server).code, 1, "the stand-in refuses when its file is gone");

    // A link may lead to each new version: it is not resolved.
    let link = house.path("bin/link");
    std::os::unix::fs::symlink(house.stand_in(), &link).unwrap();
    let words = ["install", "--pre-receive"].map(OsStr::new);
    let ran = house.run(&[&words[..], &[server.as_os_str(), "--program".as_ref(), link.as_os_str()]].concat());
    assert!(ran.out.starts_with("updated: "), "{ran:?}");
    assert!(fs::read_to_string(server.join("hooks/pre-receive")).unwrap().contains("bin/link'"));
    house.judges(&server);
}

#[test]
fn a_hook_that_lost_its_rights_gets_them_back() {
    let house = House::new();
    let server = house.server("a.git");
    house.install_in(&server);
    for rights in [0o644, 0o700] {
        chmod(&server.join("hooks/pre-receive"), rights);
        assert!(house.install_in(&server).starts_with("updated: "), "{rights:o}");
        assert_eq!(mode(&server.join("hooks/pre-receive")), 0o755);
    }
}

#[test]
fn without_its_program_the_hook_refuses_everything() {
    let house = House::new();
    let server = house.server("a.git");
    house.install_in(&server);
    fs::remove_file(house.stand_in()).unwrap();
    let clean = house.push_clean(&server);
    assert!(clean.code != 0 && clean.err.contains("pre-receive hook declined"), "{clean:?}");
}

#[test]
fn a_dry_run_tells_every_step_and_changes_nothing() {
    let house = House::new();
    let server = house.server("a.git");
    script(&server.join("hooks/pre-receive"), "#!/bin/sh\nexit 0\n");
    house.stand_in();
    let before = listing(&house.path("."));
    let ran = house.install(&["--dry-run".as_ref(), "--pre-receive".as_ref(), server.as_os_str()]);
    assert_eq!(listing(&house.path(".")), before);
    let hook = server.join("hooks/pre-receive").display().to_string();
    for told in [
        format!("would install: {hook}\n"),
        format!("rename {hook} to {hook}.before-keytrail\n"),
        format!("write {hook}, which everyone may run:\n    #!/bin/sh\n"),
        format!("    exec '{}' hook pre-receive --then \"$0.before-keytrail\" \"$@\"\n", house.stand_in().display()),
    ] {
        assert!(ran.out.contains(&told), "{told} is not in {ran:?}");
    }

    house.install_in(&server);
    let before = listing(&house.path("."));
    let ran = house.run(&["uninstall".as_ref(), "--dry-run".as_ref(), "--pre-receive".as_ref(), server.as_os_str()]);
    assert_eq!(listing(&house.path(".")), before);
    assert!(ran.out.contains(&format!("rename {hook}.before-keytrail to {hook}\n")), "{ran:?}");
}

#[test]
fn all_bare_repositories_of_a_tree_are_found_and_nothing_else() {
    let house = House::new();
    let servers =
        ["tree/a.git", "tree/b/c.git", "tree/b/d e.git", "tree/f/g/h/i.git", "tree/z"].map(|name| house.server(name));
    house.server("tree/a.git/modules/inner.git");
    house.server("elsewhere.git");
    let tree = house.path("tree");
    house.repo.git(&["init", "-q", tree.join("work").to_str().unwrap()]);
    std::os::unix::fs::symlink(house.path("elsewhere.git"), tree.join("link.git")).unwrap();
    std::os::unix::fs::symlink("..", tree.join("b/up")).unwrap();
    fs::create_dir(tree.join("empty")).unwrap();
    let ran = house.install(&["--all".as_ref(), tree.as_os_str()]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let installed: Vec<&str> = ran.out.lines().filter(|line| line.starts_with("installed: ")).collect();
    let expected =
        servers.each_ref().map(|server| format!("installed: {}", server.join("hooks/pre-receive").display()));
    assert_eq!(installed, expected);
    for (name, reason) in [("link.git", "it is a link"), ("b/up", "it is a link"), ("work", "it has a work tree")] {
        let line = format!("skipped: {}: {reason}\n", tree.join(name).display());
        assert!(ran.out.contains(&line), "{line} is not in {ran:?}");
    }
    for server in &servers {
        house.judges(server);
    }

    let ran = house.run(&["uninstall".as_ref(), "--all".as_ref(), tree.as_os_str()]);
    assert_eq!(ran.out.lines().filter(|line| line.starts_with("removed: ")).count(), 5, "{ran:?}");
    house
        .run(&["uninstall".as_ref(), "--all".as_ref(), tree.join("empty").as_os_str()])
        .failed("there is no bare repository");
}

#[test]
fn one_repository_that_fails_does_not_keep_the_others_from_it() {
    let house = House::new();
    let [first, last] = ["a.git", "c.git"].map(|name| house.server(name));
    let ran = house.install(&["--pre-receive".as_ref(), first.as_os_str(), "absent".as_ref(), last.as_os_str()]);
    ran.failed("cannot find absent");
    house.judges(&first);
    house.judges(&last);
    house.install(&["--pre-receive".as_ref(), house.path("bin").as_os_str()]).failed("is not a git repository");
}

#[test]
fn any_path_will_do() {
    let house = House::new();
    for (n, name) in
        ["it's a \"repo\".git", "new\nline.git", "$(touch x)`touch y`.git", "-x.git", "ü %s \\.git"].iter().enumerate()
    {
        let server = house.server(name);
        let program = house.path(format!("bin {n}/{name}"));
        script(&program, &fs::read_to_string(house.stand_in()).unwrap());
        let config = house.path(format!("{name}.toml"));
        fs::write(&config, "").unwrap();
        script(&server.join("hooks/pre-receive"), "#!/bin/sh\ncat >seen\n");
        let words = ["install", "--pre-receive"].map(OsStr::new);
        let options =
            [server.as_os_str(), "--program".as_ref(), program.as_os_str(), "--config".as_ref(), config.as_os_str()];
        let install = || house.run(&[&words[..], &options].concat());
        let ran = install();
        assert!(ran.code == 0 && ran.out.starts_with("installed"), "{ran:?}");
        house.judges(&server);
        assert!(server.join("seen").exists());
        assert!(install().out.starts_with("unchanged"));
    }
    // Bytes that are no text. Git itself is given the path by its folder.
    let odd = house.path(OsStr::from_bytes(b"odd\xff"));
    fs::create_dir(&odd).unwrap();
    fs::rename(house.server("plain.git"), odd.join("a.git")).unwrap();
    let ran = house.install(&["--pre-receive".as_ref(), odd.join("a.git").as_os_str()]);
    assert!(ran.code == 0 && odd.join("a.git/hooks/pre-receive").exists(), "{ran:?}");
}

#[test]
fn the_environment_leads_nowhere_else() {
    let house = House::new();
    let [server, other] = ["a.git", "other.git"].map(|name| house.server(name));
    let before = listing(&other);
    let variables = ["GIT_DIR", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY", "GIT_QUARANTINE_PATH"];
    let variables = variables.map(|name| (name, other.as_os_str()));
    let program = house.stand_in();
    let words = ["install", "--program"].map(OsStr::new);
    let arguments = [&words[..], &[program.as_os_str(), "--pre-receive".as_ref(), server.as_os_str()]].concat();
    let ran = house.run_with(&arguments, &variables);
    assert_eq!(ran.out, format!("installed: {}\n", server.join("hooks/pre-receive").display()), "{ran:?}");
    let ran = house.run_with(&["doctor".as_ref(), server.as_os_str()], &variables);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(listing(&other), before);
    house.judges(&server);
}

#[test]
fn a_repository_with_a_work_tree_is_judged_if_it_is_named() {
    let house = House::new();
    let work = house.path("work tree");
    house.repo.git(&["init", "-q", "-b", "unused", work.to_str().unwrap()]);
    house.install_in(&work);
    house.judges(&work);
}

#[test]
fn refs_in_tables_and_longer_ids_make_no_difference() {
    let house = House::new();
    if git_knows_tables() {
        let server = house.path("tables.git");
        house.repo.git(&["init", "-q", "--bare", "--ref-format=reftable", server.to_str().unwrap()]);
        house.install_in(&server);
        house.judges(&server);
    }
    let server = house.path("sha256.git");
    house.repo.git(&["init", "-q", "--bare", "--object-format=sha256", server.to_str().unwrap()]);
    house.install_in(&server);
    let ran = house.run(&["doctor".as_ref(), server.as_os_str()]);
    assert!(ran.code == 0 && ran.out.contains("a clean push is let in"), "{ran:?}");
}

#[test]
fn a_program_or_file_that_is_not_there_is_not_written_into_a_hook() {
    let house = House::new();
    let server = house.server("a.git");
    let before = listing(&server);
    let install = ["install", "--pre-receive"].map(OsStr::new);
    for (option, file, reason) in [
        ("--program", "absent", "it is not there"),
        ("--program", "readme", "it is not a program that may be run"),
        ("--config", "absent", "cannot read absent"),
    ] {
        let ran = house.run(&[&install[..], &[server.as_os_str(), option.as_ref(), file.as_ref()]].concat());
        ran.failed(reason);
    }
    assert_eq!(listing(&server), before);
}

#[test]
fn a_program_that_others_may_change_or_may_not_run_is_warned_of() {
    let house = House::new();
    let server = house.server("a.git");
    let said = || house.install(&["--dry-run".as_ref(), "--pre-receive".as_ref(), server.as_os_str()]).err;
    let program = house.stand_in();
    chmod(&program, 0o757);
    assert!(said().contains(&format!("change the program: {} is open to all", program.display())), "{}", said());
    chmod(&program, 0o755);
    chmod(&house.path("bin"), 0o777);
    assert!(said().contains("replace the program"), "{}", said());
    chmod(&house.path("bin"), 0o1777);
    assert!(!said().contains("replace the program"), "{}", said());
}

#[test]
fn the_script_for_github_enterprise_names_its_own_program_and_deadline() {
    let house = House::new();
    let ran = house.run(&["install".as_ref(), "--print".as_ref(), "ghes".as_ref()]);
    let last = ran.out.lines().last().unwrap();
    assert_eq!(last, "exec '/usr/local/bin/keytrail' hook pre-receive '--deadline' '4' \"$@\"");
    let ran = house.run(&["install", "--print", "ghes", "--program", "/opt/keytrail"].map(OsStr::new));
    assert!(ran.out.ends_with("exec '/opt/keytrail' hook pre-receive '--deadline' '4' \"$@\"\n"), "{ran:?}");
}

/// Only the administrator can give files away: others cannot try this.
#[test]
fn what_the_administrator_puts_in_belongs_to_the_repositorys_owner() {
    let house = House::new();
    let server = house.server("a.git");
    fs::remove_dir_all(server.join("hooks")).unwrap();
    if chown(&server, Some(65_534), Some(65_534)).is_err() {
        return;
    }
    house.install_in(&server);
    for path in ["hooks", "hooks/pre-receive"] {
        let meta = fs::metadata(server.join(path)).unwrap();
        assert_eq!((meta.uid(), meta.gid()), (65_534, 65_534), "{path}");
    }
    let ran = house.run(&["doctor".as_ref(), server.as_os_str()]);
    assert!(ran.code == 1 && ran.out.contains("the hook runs as user 65534"), "{ran:?}");
    assert!(!ran.out.contains("trial"), "what we leave behind could be in the user's way: {ran:?}");
}
