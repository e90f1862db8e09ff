//! What a repository or its server would have git do besides.

use crate::refs::of;
use crate::server::{Answer, Server};
use crate::support::Repo;
use crate::{CALM, foreign};
use keytrail::git::mirror::{Mirror, MirrorError, MirrorOptions, keep, mirror, refs};
use std::collections::HashMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use tempfile::TempDir;

/// Tries the three ways to a URL, and says how each ended.
fn attempts(url: &str, options: &MirrorOptions<'_>, folder: &TempDir) -> [Result<(), MirrorError>; 3] {
    [
        refs(url, options, &CALM).map(drop),
        mirror(url, options, &CALM).map(drop),
        keep(url, (folder.path(), url), None, options, &CALM).map(drop),
    ]
}

/// A bare repository as git's oldest way over HTTP has it: files, which a server need not understand.
fn dumb(repo: &Repo) -> PathBuf {
    let path = repo.beside("dumb.git");
    repo.git(&["clone", "-q", "--bare", ".", path.to_str().unwrap()]);
    repo.git_in(&path, &["update-server-info"]);
    path
}

#[test]
fn names_that_lead_out_of_a_repository_lead_nowhere() {
    let repo = Repo::new();
    let head = repo.put("a", "a\n");
    let folder = dumb(&repo);
    // Git reads a name up to its first space.
    let good = ["refs/heads/main", "refs/heads/--upload-pack=touch", "refs/pull/1/head"];
    let bad = [
        "refs/heads/../../../config",
        "refs/../config",
        "../../outside",
        "/etc/outside",
        "config",
        "HEAD",
        "FETCH_HEAD",
        "refs/heads/.hidden",
        "refs/heads/a..b",
        "refs/heads/a.lock",
        "refs/heads/.a b",
        "refs/heads/a\x1b[31mb",
        "refs/heads/a~1",
        "refs/heads/a^{}",
        "refs/heads//a",
        "refs/heads/@{u}",
        "refs/heads/a\\b",
        "refs/heads/",
    ];
    let list: String = good.iter().chain(&bad).map(|name| format!("{head}\t{name}\n")).collect();
    fs::write(folder.join("info/refs"), list).unwrap();
    let server = Server::new(&folder, HashMap::new());
    let asked = refs(&server.url(), &foreign(), &CALM).unwrap();
    let mut names: Vec<&str> = asked.iter().map(|reference| reference.name.as_str()).collect();
    names.sort_unstable();
    let mut expected = good;
    expected.sort_unstable();
    assert_eq!(names, expected);
    let mirrored = mirror(&server.url(), &foreign(), &CALM).unwrap();
    assert_eq!(of(&mirrored.path()), asked);
    assert!(!fs::read_to_string(mirrored.path().join("config")).unwrap().contains(&head));
    let home = tempfile::tempdir().unwrap();
    for _ in 0..2 {
        let kept = keep(&server.url(), (home.path(), "id"), None, &foreign(), &CALM).unwrap();
        assert_eq!(of(kept.path()), asked);
    }
}

/// Objects are taken from the server that was named, and from no other that it names: neither by lists of alternates nor otherwise.
#[test]
fn other_places_that_a_server_names_are_not_asked() {
    let repo = Repo::new();
    repo.put("a", "a\n");
    let whole = dumb(&repo);
    let elsewhere = Server::new(&whole, HashMap::new());
    let bare = tempfile::tempdir().unwrap();
    for name in ["HEAD", "info/refs"] {
        fs::create_dir_all(bare.path().join(name).parent().unwrap()).unwrap();
        fs::copy(whole.join(name), bare.path().join(name)).unwrap();
    }
    fs::create_dir_all(bare.path().join("objects/info")).unwrap();
    fs::write(bare.path().join("objects/info/http-alternates"), format!("{}/objects\n", elsewhere.url())).unwrap();
    fs::write(bare.path().join("objects/info/alternates"), format!("{}\n", whole.join("objects").display())).unwrap();
    let server = Server::new(bare.path(), HashMap::new());
    let folder = tempfile::tempdir().unwrap();
    let [asked, mirrored, kept] = attempts(&server.url(), &foreign(), &folder);
    assert!(asked.is_ok() && mirrored.is_err() && kept.is_err());
    assert!(server.asked().len() > 3, "{:?}", server.asked());
    assert_eq!(elsewhere.asked(), [""; 0]);
}

#[test]
fn a_redirect_to_another_transport_is_not_followed() {
    let repo = Repo::new();
    repo.put("a", "a\n");
    let marker = repo.beside("marker");
    let targets = [
        format!("file://{}", repo.path().display()),
        format!("ext::sh -c touch%20{}", marker.display()),
        "git://127.0.0.1:1/r.git".to_owned(),
        "ssh://127.0.0.1:1/r.git".to_owned(),
        "ftp://127.0.0.1:1/r.git".to_owned(),
    ];
    for target in targets {
        let to = format!("{target}/info/refs?service=git-upload-pack");
        let answers = [("/r.git/info/refs?service=git-upload-pack", Answer::Moved(to))];
        let server = Server::new(repo.path(), answers.into());
        let folder = tempfile::tempdir().unwrap();
        assert!(attempts(&server.url(), &foreign(), &folder).iter().all(Result::is_err), "{target}");
    }
    assert!(!marker.exists());
}

/// Each of these would leave a marker if git ran it.
#[test]
fn nothing_that_a_repository_brings_is_run() {
    let repo = Repo::new();
    let marker = repo.beside("marker");
    let touch = format!("touch {}", marker.display());
    repo.write(".gitattributes", "* filter=run diff=run merge=run\n");
    repo.write(
        ".gitmodules",
        format!("[submodule \"s\"]\n\tpath = s\n\turl = ext::sh -c '{touch}'\n\tupdate = !{touch}\n"),
    );
    repo.write(".lfsconfig", format!("[lfs]\n\turl = ext::sh -c '{touch}'\n"));
    repo.write("a", "a\n");
    repo.git(&["update-index", "--add", "--cacheinfo", &format!("160000,{},s", "1".repeat(40))]);
    repo.commit("a submodule and filters");
    let git = repo.path().join(".git");
    let mut config = fs::read_to_string(git.join("config")).unwrap();
    config += &format!(
        "[filter \"run\"]\n\tsmudge = {touch}\n\tclean = {touch}\n[uploadpack]\n\tpackObjectsHook = {touch}\n[core]\n\tfsmonitor = {touch}\n\
         \tsshCommand = {touch}\n\thooksPath = {hooks}\n\talternateRefsCommand = {touch}\n\tgitProxy = {touch}\n[gc]\n\tauto = 1\n",
        hooks = git.join("hooks").display()
    );
    fs::write(git.join("config"), config).unwrap();
    fs::create_dir_all(git.join("hooks")).unwrap();
    for hook in ["post-checkout", "reference-transaction", "post-merge", "pre-auto-gc", "post-index-change", "update"] {
        let path = git.join("hooks").join(hook);
        fs::write(&path, format!("#!/bin/sh\n{touch}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }
    let folder = tempfile::tempdir().unwrap();
    for _ in 0..2 {
        for attempt in attempts(&repo.url(), &foreign(), &folder) {
            attempt.unwrap();
        }
        assert!(!marker.exists());
    }
    let mirrored: Mirror = mirror(&repo.url(), &foreign(), &CALM).unwrap();
    let config = fs::read_to_string(mirrored.path().join("config")).unwrap();
    assert!(!config.contains("touch"), "{config}");
}

/// A repository from which objects are missing, and which says that they can be had by running something.
#[test]
fn a_promise_to_fetch_what_is_missing_is_not_taken_up() {
    let repo = Repo::new();
    let marker = repo.beside("marker");
    repo.put("a", "a\n");
    let blob = repo.git(&["rev-parse", "HEAD:a"]);
    fs::remove_file(repo.objects().join(&blob[..2]).join(&blob[2..])).unwrap();
    for (key, value) in [
        ("core.repositoryFormatVersion", "1"),
        ("extensions.partialClone", "origin"),
        ("remote.origin.promisor", "true"),
        ("remote.origin.partialCloneFilter", "blob:none"),
        ("remote.origin.url", &format!("ext::sh -c touch% {}", marker.display())),
        ("protocol.ext.allow", "always"),
    ] {
        repo.git(&["config", key, value]);
    }
    let folder = tempfile::tempdir().unwrap();
    let [asked, mirrored, kept] = attempts(&repo.url(), &foreign(), &folder);
    assert!(asked.is_ok() && mirrored.is_err() && kept.is_err());
    assert!(!marker.exists());
}
