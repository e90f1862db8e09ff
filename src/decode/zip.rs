//! Zips, and all that are zips: jar, docx, xlsx, apk, whl.

use super::{Problem, codec::Codec, open::Out};
use memchr::memmem;
use rawzip::{CompressionMethod, ZipArchive, ZipSliceArchive};

/// How a member's own header begins.
const LOCAL: &[u8] = b"PK\x03\x04";

/// Unwraps each member. Where the directory at the end is missing or damaged, the members' own headers lead.
pub(super) fn open(bytes: &[u8], out: &mut Out<'_>) {
    match ZipArchive::from_slice(bytes) {
        Ok(archive) => listed(&archive, out),
        Err(error) => {
            out.problem(Problem::damaged("zip", error.to_string()));
            unlisted(bytes, out);
        }
    }
}

fn listed(archive: &ZipSliceArchive<&[u8]>, out: &mut Out<'_>) {
    let (mut entries, mut end) = (archive.entries(), 0);
    while out.goes_on("zip") {
        let entry = match entries.next_entry() {
            Ok(Some(entry)) => entry,
            Ok(None) => return,
            Err(error) => {
                out.problem(Problem::damaged("zip", error.to_string()));
                return unlisted(archive.get_ref().get(end..).unwrap_or_default(), out);
            }
        };
        if entry.is_dir() {
            continue;
        }
        let layer = layer(entry.file_path().as_bytes());
        match archive.get_entry(entry.wayfinder()) {
            Ok(found) => {
                end = end.max(found.compressed_data_range().1 as usize);
                member(&layer, entry.compression_method(), entry.flags().is_encrypted(), found.data(), out);
            }
            // Its place lies outside of what is left of the file.
            Err(error) => out.problem(Problem::damaged(&layer, error.to_string())),
        }
    }
}

/// Goes from one member's own header to the next.
fn unlisted(bytes: &[u8], out: &mut Out<'_>) {
    let mut rest = bytes;
    while let Some(at) = memmem::find(rest, LOCAL)
        && out.goes_on("zip")
    {
        rest = &rest[at..];
        let Some(header) = Header::read(rest) else { return };
        let Some(data) = rest.get(header.data..) else { return };
        let announced = if header.sized { header.packed } else { data.len() };
        let stored = header.method == CompressionMethod::STORE;
        let data = match data.get(..announced) {
            // Stored bytes do not say where they end; the next record does.
            Some(data) if stored && !header.sized => &data[..memmem::find(data, b"PK").unwrap_or(data.len())],
            Some(data) => data,
            None => data,
        };
        let read = member(&layer(header.name), header.method, header.encrypted, data, out);
        rest = rest.get(header.data + read..).unwrap_or_default();
    }
}

/// Unwraps one member; gives how many bytes of it were read.
fn member(layer: &str, method: CompressionMethod, encrypted: bool, data: &[u8], out: &mut Out<'_>) -> usize {
    if encrypted {
        out.problem(Problem::Encrypted(layer.to_owned()));
        return 0;
    }
    let codec = match method {
        CompressionMethod::STORE => Codec::Stored,
        CompressionMethod::DEFLATE => Codec::Deflate,
        CompressionMethod::BZIP2 => Codec::Bzip2,
        CompressionMethod::XZ => Codec::Xz,
        CompressionMethod::ZSTD | CompressionMethod::ZSTD_DEPRECATED => Codec::Zstd,
        other => {
            out.problem(Problem::unsupported(layer, format!("packed with method {}", other.as_u16())));
            return 0;
        }
    };
    out.packed(layer, codec, data)
}

fn layer(name: &[u8]) -> String {
    format!("zip:{}", String::from_utf8_lossy(name))
}

/// What a member's own header says.
struct Header<'a> {
    name: &'a [u8],
    method: CompressionMethod,
    encrypted: bool,
    /// Whether the packed size is known here; else it follows the data.
    sized: bool,
    packed: usize,
    /// Where the data begins.
    data: usize,
}

impl<'a> Header<'a> {
    /// The header at the start of `bytes`; `None` if it is cut short.
    fn read(bytes: &'a [u8]) -> Option<Self> {
        let fixed: &[u8; 30] = bytes.first_chunk()?;
        let short = |at: usize| u16::from_le_bytes([fixed[at], fixed[at + 1]]);
        let packed = u32::from_le_bytes([fixed[18], fixed[19], fixed[20], fixed[21]]);
        let name_end = 30 + usize::from(short(26));
        Some(Self {
            name: bytes.get(30..name_end)?,
            method: CompressionMethod::new(short(8)),
            encrypted: short(6) & 1 != 0,
            // All ones: the size stands in the extra fields, as it is too large for here.
            sized: short(6) & 8 == 0 && packed != u32::MAX,
            packed: packed as usize,
            data: name_end + usize::from(short(28)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::{
        Format, Limits,
        sample::{Kept, opened, opened_within},
    };
    use super::*;
    use flate2::{Compression, write::DeflateEncoder};
    use proptest::prelude::*;
    use std::io::Write;

    /// How a member is packed, its name and its text.
    type Member<'a> = (CompressionMethod, &'a str, &'a [u8]);

    fn zipped(members: &[Member<'_>]) -> Vec<u8> {
        let mut archive = rawzip::ZipArchiveWriter::new(Vec::new());
        for &(method, name, text) in members {
            let (mut entry, config) = archive.new_file(name).compression_method(method).start().unwrap();
            let descriptor = if method == CompressionMethod::STORE {
                let mut writer = config.wrap(&mut entry);
                writer.write_all(text).unwrap();
                writer.finish().unwrap().1
            } else {
                let mut writer = config.wrap(DeflateEncoder::new(&mut entry, Compression::fast()));
                writer.write_all(text).unwrap();
                let (encoder, descriptor) = writer.finish().unwrap();
                encoder.finish().unwrap();
                descriptor
            };
            entry.finish(descriptor).unwrap();
        }
        archive.finish().unwrap()
    }

    const MEMBERS: [Member<'_>; 4] = [
        (CompressionMethod::STORE, "conf/app.env", b"first = 1\n"),
        (CompressionMethod::DEFLATE, "b.txt", b"second = 2, second = 2, second = 2\n"),
        (CompressionMethod::DEFLATE, "empty", b""),
        (CompressionMethod::DEFLATE, "b.txt", b"the same name again"),
    ];

    fn texts(kept: &Kept) -> Vec<(&str, &[u8])> {
        kept.pieces.iter().map(|(layer, text)| (layer.as_str(), text.as_slice())).collect()
    }

    fn expected() -> [(&'static str, &'static [u8]); 3] {
        [("zip:conf/app.env", MEMBERS[0].2), ("zip:b.txt", MEMBERS[1].2), ("zip:b.txt", MEMBERS[3].2)]
    }

    #[test]
    fn each_member_comes_out() {
        let kept = opened(Format::Zip, &zipped(&MEMBERS));
        assert_eq!(texts(&kept), expected());
        assert_eq!(kept.problems, []);
        let prefixed = [b"#!/bin/sh\n", zipped(&MEMBERS).as_slice()].concat();
        assert_eq!(texts(&opened(Format::Zip, &prefixed)), expected());
    }

    #[test]
    fn without_a_directory_the_members_lead() {
        let mut zip = zipped(&MEMBERS);
        let directory = memmem::find(&zip, b"PK\x01\x02").unwrap();
        // A damaged record of the directory, and none at all.
        zip[directory + 1] = b'X';
        for bytes in [zip.as_slice(), &zip[..directory]] {
            let kept = opened(Format::Zip, bytes);
            assert_eq!(texts(&kept), expected());
            assert!(matches!(&kept.problems[..], [Problem::Damaged { layer, .. }] if layer == "zip"));
        }
    }

    #[test]
    fn one_members_problem_does_not_end_the_others() {
        let members = [MEMBERS[1], (CompressionMethod::DEFLATE, "bad", b"to be damaged"), MEMBERS[0]];
        let mut zip = zipped(&members);
        let at = memmem::find(&zip, b"bad").unwrap() + 3;
        zip[at] = 0xff;
        let kept = opened(Format::Zip, &zip);
        assert_eq!(texts(&kept), [("zip:b.txt", MEMBERS[1].2), ("zip:conf/app.env", MEMBERS[0].2)]);
        assert!(matches!(&kept.problems[..], [Problem::Damaged { layer, .. }] if layer == "zip:bad"));

        let mut zip = zipped(&members);
        let record = memmem::find(&zip, b"PK\x01\x02").unwrap();
        zip[record + 8] |= 1;
        let kept = opened(Format::Zip, &zip);
        assert_eq!(kept.problems, [Problem::Encrypted("zip:b.txt".into())]);
        assert_eq!(kept.pieces.len(), 2);

        let mut zip = zipped(&members);
        zip[record + 10] = 6;
        let kept = opened(Format::Zip, &zip);
        assert_eq!(kept.problems, [Problem::unsupported("zip:b.txt", "packed with method 6")]);
    }

    #[test]
    fn a_bomb_is_cut_and_what_stands_beside_it_is_not() {
        let zeros = vec![0; 64 << 20];
        let zip = zipped(&[MEMBERS[0], (CompressionMethod::DEFLATE, "zeros", &zeros), MEMBERS[1]]);
        let kept = opened_within(Limits { ratio: 10, ..Limits::default() }, Format::Zip, &zip);
        assert_eq!(kept.pieces.len(), 3);
        assert_eq!(kept.pieces[1].1.len(), 8 << 20);
        assert_eq!(kept.problems, [Problem::Ratio { layer: "zip:zeros".into(), ratio: 10 }]);
    }

    #[test]
    fn entries_that_share_their_bytes_are_bounded_by_the_budget() {
        let zip = zipped(&[(CompressionMethod::DEFLATE, "a", &vec![7; 1 << 20])]);
        let record = memmem::find(&zip, b"PK\x01\x02").unwrap();
        let end = memmem::find(&zip, b"PK\x05\x06").unwrap();
        let (count, mut shared) = (1000_u16, zip[..record].to_vec());
        for _ in 0..count {
            shared.extend_from_slice(&zip[record..end]);
        }
        let mut tail = zip[end..].to_vec();
        tail[8..10].copy_from_slice(&count.to_le_bytes());
        tail[10..12].copy_from_slice(&count.to_le_bytes());
        tail[12..16].copy_from_slice(&((end - record) as u32 * u32::from(count)).to_le_bytes());
        shared.extend_from_slice(&tail);
        let limits = Limits { bytes: 10 << 20, ..Limits::default() };
        let kept = opened_within(limits, Format::Zip, &shared);
        assert_eq!(kept.pieces.len(), 11, "the last of them in part");
        assert!(matches!(&kept.problems[..], [Problem::TooLarge { .. }]), "{:?}", kept.problems);
        let kept = opened_within(Limits { members: 5, ..Limits::default() }, Format::Zip, &shared);
        assert_eq!(kept.pieces.len(), 5);
        assert_eq!(kept.problems, [Problem::TooManyMembers { layer: "zip".into(), limit: 5 }]);
    }

    #[test]
    fn zips_in_zips_end_with_the_depth() {
        let mut zip = zipped(&MEMBERS);
        for _ in 0..12 {
            zip = zipped(&[(CompressionMethod::DEFLATE, "inner.zip", &zip)]);
        }
        let mut kept = Kept { is_nosy: true, ..Kept::default() };
        let limits = Limits { depth: 8, ..Limits::default() };
        let mut budget = super::super::Budget::new(limits, zip.len());
        super::super::open(Format::Zip, &zip, &mut budget, &mut kept);
        assert_eq!(kept.problems, [Problem::TooDeep { layer: "zip".into(), limit: 8 }]);
        assert_eq!(kept.pieces.len(), 8);
    }

    proptest! {
        #[test]
        fn cut_short_or_damaged_it_never_panics(cut in 0..500_usize, at in 0..500_usize, with: u8) {
            let mut zip = zipped(&MEMBERS);
            let len = zip.len();
            zip[at % len] ^= with;
            let kept = opened(Format::Zip, &zip[..len.min(cut)]);
            prop_assert!(kept.pieces.len() <= 20);
        }
    }
}
