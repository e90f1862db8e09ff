//! Loose objects: damaged, lost, or of no known shape.

use super::fixture::{Repo, damage};
use std::{fs, io::Write};

fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

fn inflate(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    std::io::Read::read_to_end(&mut flate2::read::ZlibDecoder::new(bytes), &mut out).unwrap();
    out
}

/// Puts `bytes` where a new object would lie, and a ref on it.
fn plant(repo: &Repo, bytes: &[u8]) -> String {
    let oid = "ab".repeat(20);
    fs::create_dir_all(repo.loose(&oid).parent().unwrap()).unwrap();
    fs::write(repo.loose(&oid), bytes).unwrap();
    oid
}

#[test]
fn a_damaged_loose_blob_is_named_with_its_file_and_the_others_are_found() {
    type Change = fn(&mut Vec<u8>);
    let changes: [(Change, &str); 7] = [
        (|bytes| bytes.truncate(bytes.len() / 2), ""),
        (|bytes| bytes.truncate(bytes.len() - 1), ""),
        (|bytes| bytes.clear(), "the file is empty"),
        (|bytes| bytes.fill(0x5a), "damaged"),
        (|bytes| *bytes = deflate(&inflate(bytes)[3..]), "does not begin with an object header"),
        (|bytes| *bytes = deflate(b"blob 123456789012345\0short"), ""),
        (|bytes| *bytes = deflate(&[&inflate(bytes)[..], b"more"].concat()), "more than the"),
    ];
    for (change, detail) in changes {
        let repo = Repo::leaky();
        let blob = repo.oid("HEAD:file1.txt");
        damage(&repo.loose(&blob), change);
        repo.scan().names("corrupt_object", &blob, detail, [0, 2]);
    }
}

#[test]
fn a_header_that_announces_too_much_or_too_little_is_found_out() {
    for (header, detail) in [
        ("blob 3\0", "more than the 3 bytes"),
        ("blob 60000000\0", "cut short"),
        ("blob 1099511627776\0", "1099511627776"),
        ("blob 99999999999999999999999999\0", "does not begin with an object header"),
        ("blob -1\0", "does not begin with an object header"),
        ("blob\0", "does not begin with an object header"),
        ("blub 4\0", "does not begin with an object header"),
        ("tree 1099511627776\0", "1099511627776"),
    ] {
        let repo = Repo::leaky();
        let oid = plant(&repo, &deflate(&[header.as_bytes(), b"some bytes"].concat()));
        let kind = if header.starts_with("tree") { "too_large" } else { "corrupt_object" };
        repo.scan().names(kind, &oid, detail, 0..3);
    }
}

#[test]
fn bytes_after_the_end_of_the_stream_hide_nothing() {
    let repo = Repo::leaky();
    damage(&repo.loose(&repo.oid("HEAD:file1.txt")), |bytes| bytes.extend_from_slice(b"trailing"));
    assert_eq!(repo.scan().found(), super::fixture::keys(0..3));
}

#[test]
fn a_tree_that_does_not_parse_is_named_and_its_blobs_are_scanned() {
    for body in [&b"100644 name"[..], b"100644 name\0short", b"no nul, no space", &[0; 40]] {
        let repo = Repo::leaky();
        let tree = repo.oid("HEAD^{tree}");
        let bytes = [format!("tree {}\0", body.len()).as_bytes(), body].concat();
        damage(&repo.loose(&tree), |file| *file = deflate(&bytes));
        repo.scan().names("corrupt_object", &tree, "its entries do not parse", 0..3);
    }
}

#[test]
fn a_commit_whose_header_is_damaged_is_named() {
    for text in ["", "tree\n", "tree 12345\n", "author A <a@example.org> 1 +0000\n\nno tree\n"] {
        let repo = Repo::leaky();
        let commit = repo.oid("HEAD");
        damage(&repo.loose(&commit), |file| *file = deflate(format!("commit {}\0{text}", text.len()).as_bytes()));
        repo.scan().names("corrupt_object", &commit, "its header does not parse", 0..3);
    }
}

#[test]
fn absurd_people_and_dates_in_a_commit_are_survived() {
    let repo = Repo::leaky();
    let (commit, tree) = (repo.oid("HEAD"), repo.oid("HEAD^{tree}"));
    for person in
        ["", "<", "A > < 9", "A <a> 99999999999999999999 +99999999999", "A <a> -9223372036854775808 -2147483648"]
    {
        let text = format!("tree {tree}\nauthor {person}\ncommitter {person}\n\nmessage\n");
        damage(&repo.loose(&commit), |file| *file = deflate(format!("commit {}\0{text}", text.len()).as_bytes()));
        let run = repo.scan();
        assert_eq!(run.code, Some(1), "{person}");
        assert_eq!(run.found(), super::fixture::keys(0..3));
    }
}

#[test]
fn lost_objects_are_named_with_what_names_them() {
    for (name, kept, namer) in [
        ("HEAD^{tree}", vec![0, 1, 2], "commit "),
        ("HEAD:file1.txt", vec![0, 2], "tree "),
        ("HEAD~1", vec![0, 1, 2], "commit "),
        ("HEAD", vec![0, 1, 2], "refs/heads/main"),
    ] {
        let repo = Repo::leaky();
        repo.commit("a child");
        let oid = repo.oid(name);
        fs::remove_file(repo.loose(&oid)).unwrap();
        repo.scan().names("missing_object", &oid, namer, kept);
    }
}

#[test]
fn trees_that_hold_themselves_are_named_and_end() {
    let repo = Repo::leaky();
    let (tree, blob) = (repo.oid("HEAD^{tree}"), repo.oid("HEAD:file1.txt"));
    let entry = |mode: &str, name: &str, oid: &str| {
        let raw: Vec<u8> = (0..20).map(|n| u8::from_str_radix(&oid[2 * n..2 * n + 2], 16).unwrap()).collect();
        [format!("{mode} {name}\0").as_bytes(), &raw].concat()
    };
    let other = "ab".repeat(20);
    for (first, second) in [(&tree, &tree), (&other, &tree)] {
        let body = |holds: &str| [entry("100644", "file1.txt", &blob), entry("40000", "sub", holds)].concat();
        let file = |body: &[u8]| deflate(&[format!("tree {}\0", body.len()).as_bytes(), body].concat());
        plant(&repo, &file(&body(second)));
        damage(&repo.loose(&tree), |bytes| *bytes = file(&body(first)));
        let run = repo.scan();
        assert_eq!(run.code, Some(2));
        assert_eq!(run.found(), super::fixture::keys(0..3));
        assert!(run.gaps().iter().any(|gap| gap[2].contains("holds itself")), "{:?}", run.gaps());
    }
}

#[test]
fn a_file_in_the_place_of_a_folder_keeps_nothing_else_from_being_read() {
    let repo = Repo::leaky();
    repo.git(&["repack", "-adq"]);
    repo.write("late.txt", &super::fixture::leak(8));
    repo.commit("late");
    let free = (0..256).map(|n| format!("{n:02x}")).find(|name| !repo.inside("objects").join(name).exists()).unwrap();
    fs::write(repo.inside("objects").join(&free), "no folder").unwrap();
    repo.scan().names("unreadable_store", &free, "", [0, 1, 2, 8]);
}

#[cfg(unix)]
#[test]
fn links_that_run_in_a_circle_end() {
    let repo = Repo::leaky();
    for (name, target) in [("objects/loop", "."), ("objects/pack/loop", ".."), ("refs/heads/loop", "..")] {
        std::os::unix::fs::symlink(target, repo.inside(name)).unwrap();
    }
    let dangling = (0..256).map(|n| format!("objects/{n:02x}")).find(|name| !repo.inside(name).exists()).unwrap();
    std::os::unix::fs::symlink("nowhere", repo.inside(&dangling)).unwrap();
    let run = repo.scan();
    assert_eq!(run.found(), super::fixture::keys(0..3));
}
