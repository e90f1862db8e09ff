//! Taken out again, and everything as it was.

use crate::fixture::{House, chmod, listing, script};
use std::{fs, os::unix::fs::symlink, path::Path};

/// Something that stands where our hook goes, and who puts it there.
type Before = (&'static str, fn(&Path));

fn uninstall(house: &House, server: &Path) -> crate::fixture::Ran {
    house.run(&["uninstall".as_ref(), "--pre-receive".as_ref(), server.as_os_str()])
}

#[test]
fn whatever_was_there_is_there_again() {
    let house = House::new();
    let before: [Before; 5] = [
        ("nothing", |_| {}),
        ("a hook", |hook| script(hook, "#!/bin/sh\nexit 0\n")),
        ("one that does not run", |hook| {
            script(hook, "#!/bin/sh\nexit 0\n");
            chmod(hook, 0o640);
        }),
        ("a link", |hook| {
            script(&hook.with_file_name("real"), "#!/bin/sh\nexit 0\n");
            symlink("real", hook).unwrap();
        }),
        ("a link to nothing", |hook| symlink("nothing", hook).unwrap()),
    ];
    for (n, (name, prepare)) in before.into_iter().enumerate() {
        let server = house.server(format!("{n}.git"));
        prepare(&server.join("hooks/pre-receive"));
        let before = listing(&server.join("hooks"));
        house.install_in(&server);
        house.judges(&server);
        let ran = uninstall(&house, &server);
        assert!(ran.code == 0 && ran.out.starts_with("removed: "), "{name}: {ran:?}");
        assert_eq!(listing(&server.join("hooks")), before, "{name}");
        house.lets_in(&server);
        let ran = uninstall(&house, &server);
        if n == 0 {
            assert!(ran.code == 0 && ran.out.starts_with("not there: "), "{name}: {ran:?}");
        } else {
            ran.failed(if n == 4 { "is not ours" } else { "is not ours: it is left as it is" });
            assert_eq!(listing(&server.join("hooks")), before, "{name}");
        }
    }
}

#[test]
fn a_hook_of_somebody_else_is_left_alone_even_where_ours_was() {
    let house = House::new();
    let server = house.server("a.git");
    let hook = server.join("hooks/pre-receive");
    script(&hook, "#!/bin/sh\nexit 0\n");
    house.install_in(&server);
    fs::remove_file(&hook).unwrap();
    let ran = uninstall(&house, &server);
    assert!(ran.code == 0 && ran.out.contains("pre-receive.before-keytrail was kept and is left as it is"), "{ran:?}");
    script(&hook, "#!/bin/sh\n# keytrail-like\nexit 0\n");
    let before = listing(&server);
    uninstall(&house, &server).failed("is not ours");
    assert_eq!(listing(&server), before);
}

#[test]
fn one_that_was_changed_by_hand_is_still_ours_to_take_out() {
    let house = House::new();
    let server = house.server("a.git");
    house.install_in(&server);
    let hook = server.join("hooks/pre-receive");
    let text = fs::read_to_string(&hook).unwrap();
    script(&hook, &text.replace("exec ", "umask 077\nexec "));
    assert!(uninstall(&house, &server).out.starts_with("removed: "));
    assert!(!hook.exists());
}
