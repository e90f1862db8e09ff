//! Whether an installed hook can do its work.

use crate::fixture::{House, Ran, chmod, listing, script};
use std::{ffi::OsStr, fs, path::Path};

fn doctor(house: &House, server: &Path) -> Ran {
    house.run(&["doctor".as_ref(), server.as_os_str()])
}

/// The lines that begin with this word.
fn lines<'a>(ran: &'a Ran, word: &str) -> Vec<&'a str> {
    ran.out.lines().map(str::trim).filter(|line| line.starts_with(word)).collect()
}

/// There is one problem, and it is this one.
fn problem(ran: &Ran, words: &str) {
    let problems = lines(ran, "problem");
    assert!(ran.code == 1 && problems.len() == 1 && problems[0].contains(words), "{words}: {ran:?}");
}

/// `LOG` stands for the folder's path.
fn install_real(house: &House, server: &Path, settings: &str) {
    let config = house.path("hook.toml");
    fs::write(&config, settings.replace("LOG", house.path("").to_str().unwrap())).unwrap();
    let words = ["install", "--pre-receive"].map(OsStr::new);
    let ran = house.run(&[&words[..], &[server.as_os_str(), "--config".as_ref(), config.as_os_str()]].concat());
    assert_eq!(ran.code, 0, "{ran:?}");
}

#[test]
fn a_hook_that_works_is_proved_by_pushes_and_nothing_is_left_behind() {
    let house = House::new();
    let server = house.server("a.git");
    let log = house.path("audit.log");
    install_real(&house, &server, "audit-log = \"LOG/audit.log\"\nbypass = true\n");
    house.repo.git_in(&server, &["config", "receive.advertisePushOptions", "true"]);
    fs::write(&log, "").unwrap();
    chmod(&log, 0o600);
    let before = listing(&house.path("."));
    let ran = doctor(&house, &server);
    assert_eq!(ran.code, 0, "{ran:?}");
    for line in [
        "ok       hook: ",
        "ok       hooks folder: ",
        "ok       git: git version ",
        "ok       program: ",
        "ok       settings: ",
        "ok       audit log: ",
        "ok       push options: are taken",
        "ok       trial: a clean push is let in, one with a made-up credential is refused",
        "ok       time: ",
    ] {
        assert_eq!(lines(&ran, line).len(), 1, "{line}: {ran:?}");
    }
    let event = fs::read_to_string(&log).unwrap();
    assert_eq!(event.lines().count(), 1, "the refusal is written down like any other");
    assert!(event.contains("keytrail-doctor"), "{event}");
    fs::write(&log, "").unwrap();
    assert_eq!(listing(&house.path(".")), before);
}

#[test]
fn what_is_missing_is_told() {
    let house = House::new();
    let server = house.server("a.git");
    problem(&doctor(&house, &server), "there is none at");
    script(&server.join("hooks/pre-receive"), "#!/bin/sh\nexit 0\n");
    problem(&doctor(&house, &server), "is not ours");
    house.install_in(&server);
    let kept = server.join("hooks/pre-receive.before-keytrail");
    chmod(&kept, 0o644);
    problem(&doctor(&house, &server), "is called and cannot be run");
    fs::remove_file(kept).unwrap();
    house.install_in(&server);
    chmod(&server.join("hooks/pre-receive"), 0o644);
    problem(&doctor(&house, &server), "git passes over it");
    house.install_in(&server);
    assert_eq!(doctor(&house, &server).code, 0);
    doctor(&house, &house.path("bin")).failed("is not a git repository");
}

#[test]
fn a_program_of_another_version_is_told_and_one_that_is_gone_is_a_problem() {
    let house = House::new();
    let server = house.server("a.git");
    house.install_in(&server);
    let text = fs::read_to_string(house.stand_in()).unwrap();
    script(&house.stand_in(), &text.replace("echo 'keytrail ", "echo 'keytrail 9"));
    let ran = doctor(&house, &server);
    assert!(
        ran.code == 0 && lines(&ran, "warning").iter().any(|line| line.contains("says it is 'keytrail 9")),
        "{ran:?}"
    );
    fs::remove_file(house.stand_in()).unwrap();
    let ran = doctor(&house, &server);
    assert!(
        ran.code == 1 && lines(&ran, "problem").iter().any(|line| line.contains("every push is refused")),
        "{ran:?}"
    );
}

#[test]
fn a_hook_that_cannot_see_what_is_pushed_is_found_out() {
    let house = House::new();
    let server = house.server("a.git");
    // Looks into the store alone, and takes what is not there for nothing.
    script(
        &house.stand_in(),
        &format!(
            "#!/bin/sh\n[ \"$1\" = --version ] && {{ echo 'keytrail {}'; exit; }}\nunset GIT_OBJECT_DIRECTORY GIT_QUARANTINE_PATH\n\
             while read -r old new ref; do git cat-file -e \"$new\" 2>/dev/null && exit 1; done\nexit 0\n",
            env!("CARGO_PKG_VERSION")
        ),
    );
    house.install_in(&server);
    problem(&doctor(&house, &server), "a push with a made-up credential is let in");
}

#[test]
fn a_hook_that_refuses_everything_is_no_proof() {
    let house = House::new();
    let server = house.server("a.git");
    house.install_in(&server);
    let text = fs::read_to_string(house.stand_in()).unwrap();
    script(&house.stand_in(), &text.replace("lines=$(cat)", "lines=$(cat); echo 'no way' >&2; exit 1"));
    problem(&doctor(&house, &server), "a clean push is refused: no way");
}

#[test]
fn settings_that_cannot_be_used_are_told_with_the_reason() {
    let house = House::new();
    let server = house.server("a.git");
    for (settings, reason) in [
        ("deadlines = 3\n", "deadlines"),
        ("rules = [\"absent.toml\"]\n", "absent.toml"),
        ("baseline = \"absent.json\"\n", "absent.json"),
        ("fingerprint-key = \"absent.key\"\n", "absent.key"),
    ] {
        install_real(&house, &server, settings);
        let ran = doctor(&house, &server);
        let problems = lines(&ran, "problem");
        assert!(
            ran.code == 1
                && problems.iter().any(|line| line.starts_with("problem  settings: ") && line.contains(reason)),
            "{ran:?}"
        );
    }
    install_real(&house, &server, "audit-log = \"LOG/absent/audit.log\"\n");
    problem(&doctor(&house, &server), "audit.log: ");
    install_real(&house, &server, "audit-log = \"LOG/audit.log\"\nbypass = true\n");
    let ran = doctor(&house, &server);
    assert!(
        ran.code == 0 && lines(&ran, "warning").iter().any(|line| line.contains("nobody can use the bypass")),
        "{ran:?}"
    );
}
