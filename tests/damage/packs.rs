//! Packs that git wrote and somebody damaged.

use super::fixture::{Repo, damage, leak};
use std::fs;

/// Offset of an object's entry in the pack, and the offset of the next.
fn entry(repo: &Repo, oid: &str) -> (usize, usize) {
    let listing = repo.git(&["verify-pack", "-v", repo.pack("idx").to_str().unwrap()]);
    let line = listing.lines().find(|line| line.starts_with(oid)).unwrap();
    let mut words = line.split_ascii_whitespace().skip(3).map(|word| word.parse::<usize>().unwrap());
    let (len, offset) = (words.next().unwrap(), words.next().unwrap());
    (offset, offset + len)
}

/// `(delta, base)` for all deltas of the pack.
fn deltas(repo: &Repo) -> Vec<(String, String)> {
    let listing = repo.git(&["verify-pack", "-v", repo.pack("idx").to_str().unwrap()]);
    let words = listing.lines().map(|line| line.split_ascii_whitespace().collect::<Vec<_>>());
    words.filter(|words| words.len() == 7).map(|words| (words[0].to_owned(), words[6].to_owned())).collect()
}

/// A second commit with the keys 8 and 9 stays loose, so that there is something to be found beside the pack.
fn packed_and_loose() -> Repo {
    let repo = Repo::packed();
    repo.write("late.txt", &(leak(8) + &leak(9)));
    repo.commit("late");
    repo
}

#[test]
fn a_pack_that_is_none_is_named_and_the_rest_is_scanned() {
    for (at, value, detail) in
        [(0, b'X', "not a pack of version 2 or 3"), (7, 9, "not a pack of version 2 or 3"), (11, 0xff, "its index")]
    {
        let repo = packed_and_loose();
        damage(&repo.pack("pack"), |bytes| bytes[at] = value);
        repo.scan().names("unreadable_store", ".pack", detail, 8..10);
    }
}

#[test]
fn a_pack_cut_to_any_length_loses_what_is_cut_off_and_no_more() {
    let repo = packed_and_loose();
    let whole = fs::read(repo.pack("pack")).unwrap();
    for len in [0, 3, 11, 12, 20, 31, 32, 100, whole.len() / 2, whole.len() - 21, whole.len() - 1] {
        damage(&repo.pack("pack"), |bytes| *bytes = whole[..len].to_vec());
        let run = repo.scan();
        assert_eq!(run.code, Some(2), "{len}");
        assert!(run.found().is_superset(&super::fixture::keys(8..10)), "{len}");
        assert!(!run.gaps().is_empty(), "{len}");
        if len >= whole.len() - 21 {
            assert!(run.found().len() > 7, "{len}: {:?}", run.gaps());
        }
    }
}

#[test]
fn an_index_that_cannot_be_used_is_named_and_the_rest_is_scanned() {
    type Change = fn(&mut Vec<u8>);
    let changes: [(Change, &str); 5] = [
        (|bytes| bytes.truncate(0), "the pack's index cannot be used"),
        (|bytes| bytes.truncate(bytes.len() / 2), "the pack's index cannot be used"),
        (|bytes| bytes[7] = 7, "version"),
        (|bytes| bytes.fill(0xa5), "the pack's index cannot be used"),
        (|bytes| bytes[8] = 0xff, "fan-out"),
    ];
    for (change, detail) in changes {
        let repo = packed_and_loose();
        damage(&repo.pack("idx"), change);
        repo.scan().names("unreadable_store", ".idx", detail, 8..10);
    }
}

#[test]
fn an_index_of_another_pack_is_found_out() {
    let (repo, other) = (packed_and_loose(), Repo::packed());
    other.write("more.txt", "more\n");
    other.commit("more");
    other.git(&["repack", "-adfq"]);
    let index = fs::read(other.pack("idx")).unwrap();
    damage(&repo.pack("idx"), |bytes| *bytes = index);
    repo.scan().names("unreadable_store", ".pack", "run 'git index-pack' on it", 8..10);
}

#[test]
fn a_pack_without_index_and_an_index_without_pack_are_named() {
    let repo = packed_and_loose();
    fs::remove_file(repo.pack("idx")).unwrap();
    repo.scan().names("unreadable_store", ".pack", "git index-pack", 8..10);
    let repo = packed_and_loose();
    fs::remove_file(repo.pack("pack")).unwrap();
    repo.scan().names("unreadable_store", ".idx", "without its pack", 8..10);
}

#[test]
fn a_folder_in_the_place_of_a_pack_is_named() {
    for extension in ["pack", "idx"] {
        let repo = packed_and_loose();
        let path = repo.pack(extension);
        fs::remove_file(&path).unwrap();
        fs::create_dir(&path).unwrap();
        repo.scan().names("unreadable_store", &format!(".{extension}"), "", 8..10);
    }
}

#[test]
fn a_flipped_byte_in_a_blob_names_the_blob_and_loses_nothing_else() {
    let repo = Repo::packed();
    let blob = repo.oid("HEAD:file1.txt");
    let (from, to) = entry(&repo, &blob);
    damage(&repo.pack("pack"), |bytes| bytes[usize::midpoint(from, to)] ^= 0x10);
    repo.scan().names("corrupt_object", &blob, "damaged", [0, 2, 3, 4, 5, 6]);
}

#[test]
fn a_flipped_byte_in_a_base_names_everything_that_hangs_on_it() {
    let repo = Repo::packed();
    let deltas = deltas(&repo);
    let base = repo.oid("HEAD:grown.txt");
    let (from, to) = entry(&repo, &base);
    damage(&repo.pack("pack"), |bytes| bytes[usize::midpoint(from, to)] ^= 0x10);
    let run = repo.scan();
    run.names("corrupt_object", &base, "damaged", 0..3);
    let older: Vec<_> = (1..4).map(|n| repo.git(&["rev-parse", &format!("{}~{n}:grown.txt", "main")])).collect();
    for blob in &older {
        assert!(deltas.iter().any(|(delta, _)| delta == blob), "the test needs a chain: {deltas:?}");
        run.names("missing_base", blob, &format!("its base {base} could not be built"), 0..3);
    }
}

#[test]
fn one_flipped_bit_anywhere_in_an_entry_header_is_found_out() {
    let repo = Repo::packed();
    let all = repo.scan();
    let whole = fs::read(repo.pack("pack")).unwrap();
    for name in ["HEAD:file1.txt", "HEAD~1:grown.txt", "HEAD^{tree}", "HEAD~2^{tree}", "HEAD"] {
        let (from, _) = entry(&repo, &repo.oid(name));
        for (byte, bit) in (0..3).flat_map(|byte| (0..8).map(move |bit| (byte, bit))) {
            damage(&repo.pack("pack"), |bytes| {
                *bytes = whole.clone();
                bytes[from + byte] ^= 1 << bit;
            });
            let run = repo.scan();
            assert!(run.code == Some(2) || run.stdout == all.stdout, "{name} {byte} {bit}: {:?}", run.stdout);
        }
        damage(&repo.pack("pack"), |bytes| *bytes = whole.clone());
    }
}
