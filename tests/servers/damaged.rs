//! Objects in the server's store that nobody can read any more.

use crate::{hook, server::Server, stage::Stage};
use std::{fs, path::PathBuf};

/// A loose object's file in the server's store.
fn file(stage: &Stage, oid: &str) -> PathBuf {
    stage.bare.join("objects").join(&oid[..2]).join(&oid[2..])
}

/// Puts bytes there that are no object.
fn damage(stage: &Stage, oid: &str) {
    let path = file(stage, oid);
    assert!(path.exists(), "{oid} is not loose");
    hook::write_program(&path, "this is no object\n");
}

#[test]
fn what_cannot_be_read_is_refused_by_name_or_let_in_if_the_settings_say_so() {
    let server = Server::local().hooked();
    let stage = Stage::with_history(&server, "sha1");
    stage.client.branch("again");
    let (_, commit) = stage.leak("bad");
    let blob = stage.client.git(&["rev-parse", "HEAD:bad"]);
    // It came, went, and lies there since; git takes for granted that it is whole, and keeps it when it comes again.
    stage.smuggle(&["again"]);
    stage.smuggle(&[":again"]);
    damage(&stage, &blob);
    stage.push(&["again"]).refused().says(&blob[..7]);
    stage.configure("on-error = \"accept\"\n");
    stage.push(&["again"]).accepted_with_a_word().says(&blob[..7]);
    assert!(stage.has("refs/heads/again"), "{commit}");
}

#[test]
fn damage_in_what_the_push_builds_on_hides_nothing() {
    let server = Server::local().hooked();
    // Each object that a walk back from the push may ask for: the old tip, its tree, the file that is replaced, the first commit.
    for damaged in ["main", "main^{tree}", "main:src", "main:src/main.c", "main:readme", "main~", "main~^{tree}"] {
        let stage = Stage::with_history(&server, "sha1");
        damage(&stage, &stage.client.git(&["rev-parse", damaged]));
        stage.client.branch("dirty");
        stage.leak("src/main.c");
        let pushed = stage.push(&["dirty"]);
        assert!(pushed.message.contains("rejected"), "{damaged}: {}", pushed.message);
        pushed.leaves_nothing();
    }
}

#[test]
fn packs_that_are_cut_short_hide_nothing() {
    let server = Server::local().hooked();
    for (end, length) in [("pack", 40), ("idx", 1100), ("pack", 0), ("idx", 0)] {
        let stage = Stage::with_history(&server, "sha1");
        let bare = stage.bare.to_str().unwrap();
        stage.client.git(&["--git-dir", bare, "repack", "-adq"]);
        let packs = fs::read_dir(stage.bare.join("objects/pack")).unwrap().map(|entry| entry.unwrap().path());
        let pack = packs.into_iter().find(|path| path.extension().is_some_and(|name| name == end)).unwrap();
        let bytes = fs::read(&pack).unwrap();
        fs::remove_file(&pack).unwrap();
        fs::write(&pack, &bytes[..length.min(bytes.len())]).unwrap();
        stage.client.branch("dirty");
        stage.leak("bad");
        let pushed = stage.push(&["dirty"]);
        assert!(!stage.bare.join("refs/heads/dirty").exists(), "{end} {length}: {}", pushed.message);
    }
}
