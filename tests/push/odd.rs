//! Pushes as no honest client makes them, into a store that holds more than its refs reach.

use crate::{
    door::{found, knock, server},
    support::{Keys, Repo},
};
use std::path::{Path, PathBuf};

/// A clean history on both sides, and a dirty blob that both have and no ref of the server's reaches.
fn stage(seed: u64) -> (Repo, PathBuf, String) {
    let client = Repo::new();
    let server = server(&client, &[]);
    client.put("readme", "nothing\n");
    client.git(&["push", "-q", "origin", "main"]);
    let mut keys = Keys::new(seed);
    let blob =
        client.blob(format!("AWS_ACCESS_KEY_ID={}\nAWS_SECRET_ACCESS_KEY={}\n", keys.id(), keys.secret()).as_bytes());
    leave(&client, &server, &[&blob]);
    (client, server, blob)
}

/// Puts objects into the server's store without a ref.
fn leave(client: &Repo, server: &Path, ids: &[&str]) {
    for id in ids {
        let place = format!("{id}:refs/tags/gone");
        client.git(&["push", "-q", "-f", server.to_str().unwrap(), &place]);
    }
    client.git(&["push", "-q", server.to_str().unwrap(), ":refs/tags/gone"]);
}

/// A tree with one entry, written as it is.
fn tree(client: &Repo, mode: &str, id: &str) -> String {
    let digits =
        id.as_bytes().chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap());
    let entry: Vec<u8> = mode.bytes().chain(*b" x\0").chain(digits).collect();
    client.git_with_input(&["hash-object", "-w", "-t", "tree", "--literally", "--stdin"], &entry)
}

#[test]
fn what_git_takes_for_a_folder_is_followed_whatever_its_mode() {
    let (client, server, blob) = stage(1);
    let folder = tree(&client, "100644", &blob);
    for (number, mode) in ["40755", "0040000", "1040000", "47777"].into_iter().enumerate() {
        let root = tree(&client, mode, &folder);
        let commit = client.git(&["commit-tree", "-m", mode, "-p", "main", &root]);
        let taken = knock(&client, &server, number, &[&format!("{commit}:refs/heads/main")]);
        assert_eq!(found(&taken.scan().report).len(), 2, "{mode}");
    }
}

#[test]
fn what_a_ref_names_is_new_also_if_it_is_pushed_and_lies_in_the_store() {
    let (client, server, blob) = stage(2);
    // The pack is kept as it is, with what the store has.
    client.git_in(&server, &["config", "receive.unpackLimit", "1"]);
    client.git(&["tag", "-a", "-m", "harmless", "outer", &blob]);
    for (number, name) in [blob.clone(), tree(&client, "100644", &blob), "outer".to_owned()].iter().enumerate() {
        let taken = knock(&client, &server, number, &[&format!("{name}:refs/tags/new")]);
        assert_eq!(found(&taken.scan().report).len(), 2, "{name}");
    }
}

#[test]
fn what_a_ref_names_is_new_beside_a_history_that_lies_in_the_store_as_a_whole() {
    let (client, server, blob) = stage(3);
    client.orphan("other");
    let other = client.put("other", "nothing\n");
    let folder = tree(&client, "100644", &blob);
    leave(&client, &server, &[&other, &folder]);
    for (number, name) in [blob, folder].iter().enumerate() {
        let taken = knock(&client, &server, number, &["other", &format!("{name}:refs/tags/new")]);
        assert_eq!(found(&taken.scan().report).len(), 2, "{name}");
    }
}
