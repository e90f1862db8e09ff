//! Tars, with or without the mark of POSIX.

use super::{
    Problem,
    codec::{self, Stop},
    open::Out,
};
use std::io;
use tar::{Archive, EntryType};

/// A header, and the unit of everything.
const BLOCK: usize = 512;

/// Whether `bytes` begin with a member's header: its checksum is right. Ordinary text is seen not to by two of its bytes.
pub(super) fn recognise(bytes: &[u8]) -> bool {
    let Some(header) = bytes.first_chunk::<BLOCK>() else { return false };
    // The name ends with a zero or fills its field; the numbers behind it end with a zero or a space.
    matches!(header[107], 0 | b' ') && (header[99] == 0 || header[257..].starts_with(b"ustar")) && is_summed(header)
}

fn is_summed(header: &[u8; BLOCK]) -> bool {
    let field = header[148..156].trim_ascii();
    let digits = field.split(|byte| !byte.is_ascii_digit()).next().unwrap_or_default();
    let stated = digits.iter().try_fold(0, |sum, digit| Some(sum << 3 | char::from(*digit).to_digit(8)?));
    let sum: u32 = header.iter().map(|&byte| u32::from(byte)).sum();
    // The checksum is made with spaces in its own place.
    let own: u32 = header[148..156].iter().map(|&byte| u32::from(byte)).sum();
    !digits.is_empty() && stated == Some(sum - own + 8 * u32::from(b' '))
}

/// Unwraps each member. Behind a damaged header the next good one is looked for.
pub(super) fn open(bytes: &[u8], out: &mut Out<'_>) {
    let mut from = 0;
    while let Some(end) = members(bytes, from, out) {
        let next = (end..bytes.len()).step_by(BLOCK).find(|&at| recognise(&bytes[at..]));
        let Some(next) = next else { return };
        from = next;
    }
}

/// Unwraps the members from `from` on; gives where to go on behind a header that cannot be read.
fn members(bytes: &[u8], from: usize, out: &mut Out<'_>) -> Option<usize> {
    let mut archive = Archive::new(&bytes[from..]);
    archive.set_ignore_zeros(true);
    let (mut entries, mut end) = (archive.entries().ok()?, from);
    while out.goes_on("tar") {
        let Ok(entry) = codec::guarded(|| entries.next().transpose().map_err(Stop::from)) else {
            out.problem(Problem::damaged("tar", format!("no header of a member at byte {end} or behind it")));
            return Some(end + BLOCK);
        };
        let mut entry = entry?;
        let data = from + entry.raw_file_position() as usize;
        let kind = entry.header().entry_type();
        let packed =
            entry.header().entry_size().unwrap_or(0).min((bytes.len() - data.min(bytes.len())) as u64) as usize;
        end = data + packed.next_multiple_of(BLOCK);
        if matches!(kind, EntryType::Directory | EntryType::Link | EntryType::Symlink) {
            continue;
        }
        let layer = format!("tar:{}", String::from_utf8_lossy(&entry.path_bytes()));
        let size = entry.size();
        out.stream(&layer, packed, |most, text| {
            let end = codec::guarded(|| codec::drain(io::Read::by_ref(&mut entry), most, text));
            (packed, end.and_then(|()| if (text.len() as u64) < size { Err(Stop::cut()) } else { Ok(()) }))
        });
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::{
        Format, Limits,
        sample::{Kept, opened, opened_within},
    };
    use super::*;
    use proptest::prelude::*;
    use tar::{Builder, Header};

    const LONG: &str =
        "a/folder/with/a/name/that/is/longer/than/the/hundred/bytes/that/the/oldest/headers/have/for/it/file.txt";

    fn tarred(kind: fn() -> Header) -> Vec<u8> {
        let mut builder = Builder::new(Vec::new());
        for (name, text) in [("a.txt", "first".to_owned()), (LONG, "second ".repeat(100)), ("c", "third".to_owned())] {
            let mut header = kind();
            header.set_size(text.len() as u64);
            header.set_mode(0o644);
            builder.append_data(&mut header, name, text.as_bytes()).unwrap();
        }
        builder.into_inner().unwrap()
    }

    fn names(kept: &Kept) -> Vec<&str> {
        kept.pieces.iter().map(|(layer, _)| layer.as_str()).collect()
    }

    #[test]
    fn each_member_comes_out_whatever_the_header() {
        for kind in [Header::new_gnu, Header::new_ustar, Header::new_old] {
            let bytes = tarred(kind);
            assert!(recognise(&bytes));
            let kept = opened(Format::Tar, &bytes);
            assert_eq!(names(&kept), ["tar:a.txt", format!("tar:{LONG}").as_str(), "tar:c"]);
            assert_eq!((kept.pieces[1].1.len(), kept.problems), (700, vec![]));
        }
    }

    #[test]
    fn behind_a_damaged_header_the_next_one_is_found() {
        let mut bytes = tarred(Header::new_ustar);
        bytes[1024] ^= 1;
        let kept = opened(Format::Tar, &bytes);
        assert_eq!(names(&kept), ["tar:a.txt", "tar:c"]);
        assert!(
            matches!(&kept.problems[..], [Problem::Damaged { layer, .. }] if layer == "tar"),
            "{:?}",
            kept.problems
        );
        bytes[0] ^= 1;
        assert!(!recognise(&bytes));
    }

    #[test]
    fn cut_short_it_gives_its_beginning() {
        let bytes = tarred(Header::new_gnu);
        let second = bytes.windows(7).position(|window| window == b"second ").unwrap();
        let kept = opened(Format::Tar, &bytes[..second + 70]);
        assert_eq!(kept.pieces.last().unwrap().1, b"second ".repeat(10));
        let cut = Problem::damaged(&format!("tar:{LONG}"), "cut short");
        assert!(kept.problems.contains(&cut), "{:?}", kept.problems);
    }

    proptest! {
        #[test]
        fn damage_never_panics(at in 0..6000_usize, with: u8, cut in 0..6000_usize) {
            let mut bytes = tarred(Header::new_gnu);
            let len = bytes.len();
            bytes[at % len] ^= with;
            let kept = opened_within(Limits { bytes: 0, ..Limits::default() }, Format::Tar, &bytes[..len.min(cut)]);
            let sum: usize = kept.pieces.iter().map(|(_, text)| text.len()).sum();
            prop_assert!(sum <= len);
        }
    }
}
