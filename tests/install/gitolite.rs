//! Gitolite's hooks are links into one folder. Its part is played here by what its `setup` does to files.

use crate::fixture::{House, listing, script};
use std::{ffi::OsStr, fs, os::unix::fs::symlink, path::Path};

/// Links every hook of the common folder into the repository.
fn set_up(home: &Path, repository: &Path) {
    for entry in fs::read_dir(home.join(".gitolite/hooks/common")).unwrap() {
        let hook = entry.unwrap().path();
        let link = repository.join("hooks").join(hook.file_name().unwrap());
        let _ = fs::remove_file(&link);
        symlink(&hook, link).unwrap();
    }
}

fn home(house: &House) -> std::path::PathBuf {
    let home = house.path("home");
    script(&home.join(".gitolite/hooks/common/update"), "#!/bin/sh\necho \"$1\" >>updates\n");
    home
}

fn arguments(home: &Path) -> [&OsStr; 4] {
    ["--layout".as_ref(), "gitolite".as_ref(), "--pre-receive".as_ref(), home.as_os_str()]
}

#[test]
fn one_hook_serves_all_repositories_and_gitolites_own_stays() {
    let house = House::new();
    let home = home(&house);
    let common = home.join(".gitolite/hooks/common");
    script(&common.join("pre-receive"), "#!/bin/sh\ncat >>seen\n");
    let servers = ["home/repositories/a.git", "home/repositories/b/c.git"].map(|name| house.server(name));
    for server in &servers {
        set_up(&home, server);
    }
    let before = listing(&common);

    let ran = house.install(&arguments(&home));
    assert!(ran.code == 0 && ran.out.contains("now run `gitolite setup --hooks-only`"), "{ran:?}");
    // One repository was made before anybody ran that.
    let doctor =
        |path: &Path| house.run(&["doctor".as_ref(), "--layout".as_ref(), "gitolite".as_ref(), path.as_os_str()]);
    fs::remove_file(servers[1].join("hooks/pre-receive")).unwrap();
    let ran = doctor(&home);
    assert!(ran.code == 1 && ran.out.contains("of 2 repositories 1 lack it, first "), "{ran:?}");
    for server in &servers {
        set_up(&home, server);
    }
    let ran = doctor(&home);
    assert!(ran.code == 0 && ran.out.contains("of 2 repositories each has it"), "{ran:?}");

    for server in &servers {
        house.judges(server);
        assert!(server.join("seen").exists() && server.join("updates").exists());
        let ran = house.run(&["doctor".as_ref(), server.as_os_str()]);
        assert!(ran.code == 0 && ran.out.contains("as gitolite has it"), "{ran:?}");
    }
    assert!(house.install(&arguments(&home)).out.starts_with("unchanged: "));
    assert!(house.install(&arguments(&home.join(".gitolite"))).out.starts_with("unchanged: "));
    let ran = house.run(&[&["uninstall".as_ref()][..], &arguments(&home)].concat());
    assert!(ran.out.contains("now run `gitolite setup --hooks-only`"), "{ran:?}");
    assert_eq!(listing(&common), before);
}

#[test]
fn a_hook_in_one_of_its_repositories_would_not_last() {
    let house = House::new();
    let home = home(&house);
    let server = house.server("home/repositories/a.git");
    set_up(&home, &server);
    let before = listing(&server);
    house.install(&["--all".as_ref(), home.as_os_str()]).failed("are gitolite's");
    house.run(&["uninstall".as_ref(), "--pre-receive".as_ref(), server.as_os_str()]).failed("are gitolite's");
    assert_eq!(listing(&server), before);
    // Whoever knows better says so.
    let plain = ["--layout".as_ref(), "plain".as_ref(), "--pre-receive".as_ref(), server.as_os_str()];
    assert_eq!(house.install(&plain).code, 0);
    house.judges(&server);
}

#[test]
fn a_hook_of_the_local_folder_is_not_displaced() {
    let house = House::new();
    let home = home(&house);
    let local = home.join("local/hooks/common");
    script(&local.join("pre-receive"), "#!/bin/sh\nexit 0\n");
    house.install(&arguments(&home)).failed("would displace it");
    let folder = ["--layout".as_ref(), "folder".as_ref(), "--pre-receive".as_ref(), local.as_os_str()];
    assert_eq!(house.install(&folder).code, 0);
    house.install(&arguments(&house.path("bin"))).failed("gitolite is not set up there");
}
