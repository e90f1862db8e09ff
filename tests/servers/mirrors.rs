//! An organisation's repositories, mirrored from a server that asks for a password, and brought up to date.

use crate::{
    server::{Server, USER},
    stage::Stage,
};
use keytrail::git::mirror::{Kept, Login, MirrorError, MirrorOptions, display, keep};
use keytrail::model::Secret;
use std::{path::Path, process::Command, sync::atomic::AtomicBool, time::Duration};

/// As many as an organisation of some size has.
const REPOSITORIES: usize = 200;

static CALM: AtomicBool = AtomicBool::new(false);

fn tips(repository: &Path) -> Vec<u8> {
    let mut command = Command::new("git");
    command.arg("--git-dir").arg(repository).args(["for-each-ref", "--format=%(refname) %(objectname)"]);
    command.output().unwrap().stdout
}

pub fn mirrors(server: &Server) {
    let stage = Stage::new(server, "sha1");
    stage.client.put("readme", "Nothing to see\n");
    let names: Vec<String> = (0..REPOSITORIES).map(|n| format!("of-many-{n}")).collect();
    let bares: Vec<_> = names.iter().map(|name| server.create(name, "sha1")).collect();
    let push = |bare: &Path| {
        let unguarded = "--receive-pack=git -c core.hooksPath=/dev/null receive-pack";
        let refs = ["main", "main:refs/pull/1/head"];
        stage.client.git(&[&["push", "-q", unguarded, bare.to_str().unwrap()][..], &refs].concat());
    };
    for bare in &bares {
        push(bare);
    }

    let url = server.url(&names[0]);
    let password = url.split(':').nth(2).and_then(|rest| rest.split('@').next()).unwrap();
    let login = Login::new(USER, &Secret::new(password.as_bytes())).unwrap();
    let options = MirrorOptions {
        login: Some(&login),
        time: Some(Duration::from_mins(5)),
        disk: Some(1 << 30),
        foreign: true,
        ..MirrorOptions::default()
    };
    let folder = tempfile::tempdir().unwrap();
    let fetch = |name: &str, options: &MirrorOptions<'_>| {
        keep(&display(&server.url(name)), (folder.path(), name), Some("main"), options, &CALM)
    };
    let round = || -> Vec<Kept> { names.iter().map(|name| fetch(name, &options).unwrap()).collect() };
    let first = round();
    assert!(first.iter().all(Kept::is_new));
    assert!(first.iter().zip(&bares).all(|(kept, bare)| tips(kept.path()) == tips(bare)));
    drop(first);

    stage.client.put("readme", "Something new\n");
    push(&bares[7]);
    let second = round();
    assert!(!second.iter().any(Kept::is_new));
    assert!(second.iter().zip(&bares).all(|(kept, bare)| tips(kept.path()) == tips(bare)));
    let config = std::fs::read_to_string(second[7].path().join("config")).unwrap();
    assert!(!config.contains(&format!(":{password}@")), "{config}");
    drop(second);

    let error = fetch("absent", &options).unwrap_err();
    assert!(error.is_absent(), "{error}");
    let wrong = Login::new(USER, &Secret::new(b"wrong")).unwrap();
    let error = fetch("of-many-0", &MirrorOptions { login: Some(&wrong), ..options }).unwrap_err();
    assert!(matches!(error, MirrorError::Failed { .. }) && !error.is_absent(), "{error}");
}
