//! Packs that git would never write: made byte by byte, with an index by hand, since `git index-pack` refuses them.

use super::fixture::{Repo, leak};
use std::{fs, io::Write};

const BLOB: u8 = 3;
const OFS_DELTA: u8 = 6;
const REF_DELTA: u8 = 7;

/// An id that no content has.
pub fn id(n: u8) -> [u8; 20] {
    [n; 20]
}

fn hex(n: u8) -> String {
    format!("{n:02x}").repeat(20)
}

/// What stands in the header before the stream.
enum Base {
    None,
    Distance(u64),
    Id([u8; 20]),
}

struct Entry {
    id: [u8; 20],
    kind: u8,
    base: Base,
    /// The size that the header announces.
    size: u64,
    bytes: Vec<u8>,
}

impl Entry {
    fn blob(n: u8, text: &str) -> Self {
        Self { id: id(n), kind: BLOB, base: Base::None, size: text.len() as u64, bytes: text.as_bytes().to_vec() }
    }

    /// A delta that inserts `text`, shorter than 128 bytes, after the whole of a base of `base_len` bytes.
    fn delta(n: u8, base: Base, base_len: usize, text: &str) -> Self {
        let mut bytes = varint(base_len as u64);
        bytes.extend(varint((base_len + text.len()) as u64));
        bytes.extend([0xb0, base_len as u8, (base_len >> 8) as u8, text.len() as u8]);
        bytes.extend_from_slice(text.as_bytes());
        let kind = if matches!(base, Base::Id(_)) { REF_DELTA } else { OFS_DELTA };
        Self { id: id(n), kind, base, size: bytes.len() as u64, bytes }
    }
}

fn varint(mut value: u64) -> Vec<u8> {
    let mut out = Vec::new();
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
    out
}

/// Git's other number format, of offset deltas.
fn distance(mut value: u64) -> Vec<u8> {
    let mut out = vec![value as u8 & 0x7f];
    while value >= 0x80 {
        value = (value >> 7) - 1;
        out.push(0x80 | value as u8 & 0x7f);
    }
    out.reverse();
    out
}

fn packed(entry: &Entry) -> Vec<u8> {
    let mut size = entry.size >> 4;
    let mut out = vec![entry.kind << 4 | entry.size as u8 & 0x0f];
    while size > 0 {
        *out.last_mut().unwrap() |= 0x80;
        out.push(size as u8 & 0x7f);
        size >>= 7;
    }
    match entry.base {
        Base::None => {}
        Base::Distance(back) => out.extend(distance(back)),
        Base::Id(id) => out.extend(id),
    }
    let mut stream = flate2::write::ZlibEncoder::new(out, flate2::Compression::fast());
    stream.write_all(&entry.bytes).unwrap();
    stream.finish().unwrap()
}

/// Writes a pack of these entries and its index (version 2) into `repo`. Checksums of the files are left zero.
fn plant(repo: &Repo, name: char, entries: &[Entry]) {
    let count = (entries.len() as u32).to_be_bytes();
    let mut pack = [&b"PACK\0\0\0\x02"[..], &count].concat();
    let mut rows = Vec::new();
    for entry in entries {
        let bytes = packed(entry);
        rows.push((entry.id, libdeflater::crc32(&bytes), pack.len() as u32));
        pack.extend(bytes);
    }
    pack.extend([0; 20]);
    rows.sort_unstable();
    let mut index = [&b"\xfftOc\0\0\0\x02"[..]].concat();
    for first in 0..=255 {
        let below = rows.iter().filter(|row| row.0[0] <= first).count();
        index.extend((below as u32).to_be_bytes());
    }
    index.extend(rows.iter().flat_map(|row| row.0));
    index.extend(rows.iter().flat_map(|row| row.1.to_be_bytes()));
    index.extend(rows.iter().flat_map(|row| row.2.to_be_bytes()));
    index.extend([0; 40]);
    let path = |extension| repo.inside(&format!("objects/pack/pack-{}.{extension}", name.to_string().repeat(40)));
    fs::write(path("pack"), pack).unwrap();
    fs::write(path("idx"), index).unwrap();
}

/// The text of the `n`th key alone.
fn short(n: u64) -> String {
    format!("\naws_access_key_id = {}\n", super::fixture::key(n))
}

#[test]
fn a_sound_pack_made_by_hand_is_read() {
    let repo = Repo::leaky();
    let base = leak(8);
    let delta = Entry::delta(2, Base::Id(id(1)), base.len(), &short(9));
    let first = packed(&Entry::blob(1, &base)).len() as u64;
    let second = packed(&delta).len() as u64;
    let longer = base.len() + short(9).len();
    let other = Entry::delta(3, Base::Distance(second), longer, &short(10));
    let third = Entry::delta(4, Base::Distance(first + second + packed(&other).len() as u64), base.len(), &short(11));
    plant(&repo, 'a', &[Entry::blob(1, &base), delta, other, third]);
    let run = repo.scan();
    assert_eq!(run.code, Some(1), "{}", run.stdout);
    assert_eq!(run.found(), super::fixture::keys([0, 1, 2, 8, 9, 10, 11]));
}

#[test]
fn a_delta_without_its_base_is_named_with_the_base() {
    let repo = Repo::leaky();
    plant(&repo, 'a', &[Entry::blob(1, &leak(8)), Entry::delta(2, Base::Id(id(0xee)), 9, &short(9))]);
    repo.scan().names("missing_base", &hex(2), &hex(0xee), [0, 1, 2, 8]);
}

#[test]
fn a_chain_of_lost_deltas_is_named_whole() {
    let repo = Repo::leaky();
    let first = Entry::delta(2, Base::Id(id(0xee)), 9, &short(9));
    let back = packed(&first).len() as u64;
    let second = Entry::delta(3, Base::Distance(back), 9 + short(9).len(), "more");
    plant(&repo, 'a', &[first, second]);
    let run = repo.scan();
    run.names("missing_base", &hex(2), &hex(0xee), 0..3);
    run.names("missing_base", &hex(3), &hex(2), 0..3);
}

#[test]
fn deltas_in_a_circle_are_named_and_end() {
    for (a, b) in [(2, 2), (3, 2)] {
        let repo = Repo::leaky();
        let mut entries = vec![Entry::blob(1, &leak(8)), Entry::delta(2, Base::Id(id(a)), 9, "x")];
        if a != b {
            entries.push(Entry::delta(3, Base::Id(id(b)), 9, "y"));
            // Not in the circle, but on it.
            entries.push(Entry::delta(4, Base::Id(id(3)), 9, "z"));
        }
        plant(&repo, 'a', &entries);
        let run = repo.scan();
        run.names("corrupt_object", &hex(2), "circle", [0, 1, 2, 8]);
        if a != b {
            run.names("corrupt_object", &hex(3), "circle", [0, 1, 2, 8]);
            run.names("corrupt_object", &hex(4), "circle", [0, 1, 2, 8]);
        }
        assert_eq!(run.gaps().len(), entries.len() - 1);
    }
}

#[test]
fn deltas_in_a_circle_through_two_packs_are_named_and_end() {
    let repo = Repo::leaky();
    plant(&repo, 'a', &[Entry::blob(1, &leak(8)), Entry::delta(2, Base::Id(id(3)), 9, "x")]);
    plant(&repo, 'b', &[Entry::blob(4, &leak(9)), Entry::delta(3, Base::Id(id(2)), 9, "y")]);
    let run = repo.scan();
    run.names("missing_base", &hex(2), "circle", [0, 1, 2, 8, 9]);
    run.names("missing_base", &hex(3), "circle", [0, 1, 2, 8, 9]);
}

#[test]
fn a_chain_of_deltas_through_packs_in_any_order_is_read() {
    for [first, second, third] in [['a', 'b', 'c'], ['c', 'b', 'a'], ['b', 'c', 'a']] {
        let repo = Repo::leaky();
        let base = leak(8);
        let longer = base.len() + short(9).len();
        plant(&repo, first, &[Entry::blob(1, &base)]);
        plant(&repo, second, &[Entry::delta(2, Base::Id(id(1)), base.len(), &short(9))]);
        plant(&repo, third, &[Entry::delta(3, Base::Id(id(2)), longer, &short(10))]);
        let run = repo.scan();
        assert_eq!(run.code, Some(1), "{}", run.stdout);
        assert_eq!(run.found(), super::fixture::keys([0, 1, 2, 8, 9, 10]));
    }
}

#[test]
fn an_offset_delta_that_points_elsewhere_is_named() {
    for (back, detail) in
        [(1_u64 << 40, "outside the pack"), (0, "outside the pack"), (1, "no entry begins at its delta base")]
    {
        let repo = Repo::leaky();
        plant(&repo, 'a', &[Entry::blob(1, &leak(8)), Entry::delta(2, Base::Distance(back), 9, "x")]);
        repo.scan().names("corrupt_object", &hex(2), detail, [0, 1, 2, 8]);
    }
}

#[test]
fn headers_that_announce_the_wrong_size_are_found_out() {
    for (size, kind, detail) in [
        (3, "corrupt_object", "more than the 3 bytes"),
        (60_000_000, "corrupt_object", "cannot hold"),
        (1 << 40, "corrupt_object", "1099511627776"),
    ] {
        let repo = Repo::leaky();
        let lying = Entry { size, ..Entry::blob(2, "some bytes") };
        plant(&repo, 'a', &[Entry::blob(1, &leak(8)), lying]);
        repo.scan().names(kind, &hex(2), detail, [0, 1, 2, 8]);
    }
}

#[test]
fn a_lying_base_is_not_believed_by_the_delta_that_needs_it() {
    let repo = Repo::leaky();
    plant(&repo, 'a', &[Entry { size: 1 << 40, ..Entry::blob(1, "some bytes") }]);
    plant(&repo, 'b', &[Entry::delta(2, Base::Id(id(1)), 10, "x"), Entry::blob(3, &leak(8))]);
    repo.scan().names("missing_base", &hex(2), &hex(1), [0, 1, 2, 8]);
}

#[test]
fn deltas_that_do_not_fit_are_named() {
    let with = |bytes: &[u8]| Entry {
        size: bytes.len() as u64,
        bytes: bytes.to_vec(),
        ..Entry::delta(2, Base::Id(id(1)), 0, "")
    };
    for (bytes, detail) in [
        (&[4, 1, 0x90, 1][..], "made for a base of 4 bytes"),
        (&[10, 20, 0x90, 20], "beyond the end"),
        (&[10, 20, 0x90], "cut short"),
        (&[10, 20, 0x90, 1], "not of the size"),
        (&[10, 1, 0], "reserved"),
        (&[], "cut short"),
    ] {
        let repo = Repo::leaky();
        plant(&repo, 'a', &[Entry::blob(1, "some bytes"), with(bytes), Entry::blob(3, &leak(8))]);
        repo.scan().names("corrupt_object", &hex(2), detail, [0, 1, 2, 8]);
    }
    let repo = Repo::leaky();
    let huge = [&[10][..], &varint(1 << 40), &[0x90, 1]].concat();
    plant(&repo, 'a', &[Entry::blob(1, "some bytes"), with(&huge), Entry::blob(3, &leak(8))]);
    repo.scan().names("too_large", &hex(2), "1099511627776", [0, 1, 2, 8]);
}
