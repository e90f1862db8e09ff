//! 7z archives.
//!
//! No crate that builds with our oldest compiler bounds what a header may ask for. So the header is read here, and the
//! codecs are those that the other formats need too.

mod header;

use super::{
    Problem,
    codec::{self, Stop, WINDOW},
    open::Out,
};
use header::{Coder, Folder, Header};
use lzma_rust2::{
    Lzma2Reader, LzmaReader,
    filter::{bcj::BcjReader, delta::DeltaReader},
};
use std::io::Read;

/// How the file begins.
pub(super) const MAGIC: &[u8] = b"7z\xbc\xaf\x27\x1c";

/// The bytes of the archive's own header, in which the place of the other one stands.
const START: usize = 32;

/// How often a header may be packed; archivers do so once.
const PACKED: usize = 4;

/// Most bytes of an unpacked header: some 100,000 names.
const LONGEST: usize = 16 << 20;

/// Unwraps each member.
pub(super) fn open(bytes: &[u8], out: &mut Out<'_>) {
    let (folders, names) = match read(bytes) {
        Ok(header) => header,
        Err(Stop::Encrypted) => return out.problem(Problem::Encrypted("7z".to_owned())),
        Err(Stop::Unsupported(reason)) => return out.problem(Problem::unsupported("7z", reason)),
        Err(Stop::Damaged(reason)) => return out.problem(Problem::damaged("7z", reason)),
        Err(Stop::TooMuch) => return out.problem(Problem::unsupported("7z", "its header is too long")),
    };
    let mut names = names.into_iter();
    for folder in &folders {
        // One stream after the other, so that of a folder of many files only one is in memory.
        let mut stream = folder_stream(bytes, folder);
        let packed = folder.packed.1.min(bytes.len() as u64) as usize;
        let mut first = packed;
        for (n, &size) in folder.parts.iter().enumerate() {
            if !out.goes_on("7z") {
                return;
            }
            let layer = format!("7z:{}", names.next().unwrap_or_default());
            let mut is_cut = false;
            out.stream(&layer, packed, |most, text| {
                let end = stream.as_mut().map_err(|stop| stop.clone()).and_then(|stream| {
                    codec::guarded(|| codec::drain(stream.take(size), most, text))?;
                    if (text.len() as u64) < size { Err(Stop::cut()) } else { Ok(()) }
                });
                is_cut = end.is_err();
                // The packed bytes are read once for all files in them.
                (std::mem::take(&mut first), end)
            });
            // What is behind it in the same stream cannot be reached; it was told with this one.
            if is_cut {
                names.by_ref().take(folder.parts.len() - n - 1).for_each(drop);
                break;
            }
        }
    }
}

/// The archive's header, unpacked if it is packed.
fn read(bytes: &[u8]) -> Result<(Vec<Folder>, Vec<String>), Stop> {
    let damaged = || Stop::Damaged("its header cannot be read".to_owned());
    let start = bytes.first_chunk::<START>().ok_or_else(Stop::cut)?;
    let long = |at: usize| start[at..].first_chunk().map_or(0, |number| u64::from_le_bytes(*number));
    let mut header = part(bytes, long(12), long(20)).ok_or_else(Stop::cut)?.to_vec();
    if header.is_empty() {
        return Ok((Vec::new(), Vec::new()));
    }
    for _ in 0..PACKED {
        match Header::read(&header).ok_or_else(damaged)? {
            Header::Plain(folders, names) => return Ok((folders, names)),
            Header::Packed(folders) => {
                let folder = folders.first().ok_or_else(damaged)?;
                let stream = folder_stream(bytes, folder)?;
                let size = folder.parts.first().copied().ok_or_else(damaged)?;
                header.clear();
                codec::guarded(|| codec::drain(stream.take(size), LONGEST, &mut header))?;
            }
        }
    }
    Err(damaged())
}

/// The bytes behind the archive's own header.
fn part(bytes: &[u8], start: u64, len: u64) -> Option<&[u8]> {
    let start = usize::try_from(start).ok()?.checked_add(START)?;
    bytes.get(start..start.checked_add(usize::try_from(len).ok()?)?)
}

/// What comes out of all of a folder's coders.
fn folder_stream<'a>(bytes: &'a [u8], folder: &Folder) -> Result<Box<dyn Read + 'a>, Stop> {
    if folder.coders.iter().any(|coder| coder.method.starts_with(b"\x06\xf1\x07")) {
        return Err(Stop::Encrypted);
    }
    if !folder.is_chain() {
        return Err(Stop::Unsupported("packed with a method of several streams".to_owned()));
    }
    // An archive that is cut short has no header either, so this is damage.
    let packed = part(bytes, folder.packed.0, folder.packed.1).ok_or_else(Stop::cut)?;
    folder.coders.iter().try_fold(Box::new(packed) as Box<dyn Read + 'a>, |stream, coder| unpacked(stream, coder))
}

/// What comes out of one coder.
fn unpacked<'a>(stream: Box<dyn Read + 'a>, coder: &Coder) -> Result<Box<dyn Read + 'a>, Stop> {
    let memory = WINDOW / 1024 + 1024;
    // No stream refers back beyond its own beginning.
    let window = |size: u32| size.min(u32::try_from(coder.size).unwrap_or(u32::MAX)).max(4096);
    let property = coder.properties.first().copied().unwrap_or(0);
    Ok(match coder.method.as_slice() {
        [0] => stream,
        [0x21] => {
            let size = if property >= 40 { u32::MAX } else { (2 | u32::from(property & 1)) << (property / 2 + 11) };
            Box::new(Lzma2Reader::new_mem_limit(stream, window(size), memory, None)?)
        }
        [3, 1, 1] => {
            let size = coder.properties.get(1..).and_then(<[u8]>::first_chunk).ok_or_else(Stop::cut)?;
            let size = window(u32::from_le_bytes(*size));
            if size > WINDOW {
                return Err(Stop::Unsupported(format!("needs more than {} MiB of memory", WINDOW >> 20)));
            }
            Box::new(LzmaReader::new_with_props(stream, coder.size, property, size, None)?)
        }
        [3] => Box::new(DeltaReader::new(stream, usize::from(property) + 1)),
        [4] | [3, 3, 1, 3] => Box::new(BcjReader::new_x86(stream, 0)),
        [7] | [3, 3, 5, 1] => Box::new(BcjReader::new_arm(stream, 0)),
        [10] => Box::new(BcjReader::new_arm64(stream, 0)),
        [4, 1, 8] => Box::new(flate2::read::DeflateDecoder::new(stream)),
        [4, 2, 2] => Box::new(bzip2::read::MultiBzDecoder::new(stream)),
        other => {
            let id: String = other.iter().map(|byte| format!("{byte:02x}")).collect();
            return Err(Stop::Unsupported(format!("packed with method {id}")));
        }
    })
}

#[cfg(test)]
mod tests {
    use super::super::{
        Format, Limits, recognise,
        sample::{Kept, opened, opened_within},
        utf16,
    };
    use super::*;
    use lzma_rust2::{Lzma2Options, Lzma2Writer};
    use proptest::prelude::*;
    use std::io::Write;

    const SOLID: [(&str, &[u8]); 2] =
        [("conf/app.env", b"first = 1\n"), ("b.txt", b"second = 2, second = 2, second = 2\n")];
    const PLAIN: (&str, &[u8]) = ("c", b"third");

    fn archive(packed: &[u8], header: &[u8]) -> Vec<u8> {
        let mut bytes = [MAGIC, &[0, 4, 0, 0, 0, 0]].concat();
        bytes.extend_from_slice(&(packed.len() as u64).to_le_bytes());
        bytes.extend_from_slice(&(header.len() as u64).to_le_bytes());
        bytes.extend_from_slice(&[0; 4]);
        [&bytes, packed, header].concat()
    }

    /// Two files in one folder of LZMA2, one as it is, and an empty one between them.
    fn sample() -> (Vec<u8>, Vec<u8>) {
        let mut writer = Lzma2Writer::new(Vec::new(), Lzma2Options::with_preset(1));
        for (_, text) in SOLID {
            writer.write_all(text).unwrap();
        }
        let solid = writer.finish().unwrap();
        let sum = SOLID.iter().map(|(_, text)| text.len() as u8).sum::<u8>();
        let (first, third) = (SOLID[0].1.len() as u8, PLAIN.1.len() as u8);
        let names = format!("{}\0empty\0{}\0{}\0", SOLID[0].0, SOLID[1].0, PLAIN.0);
        let names = utf16::encode(&names, false);
        let header = [
            // The sizes of two packed streams from byte 0 on.
            &[1, 4, 6, 0, 2, 9, solid.len() as u8, third, 0][..],
            // Two folders of a coder each, their sizes, and a checksum of the second.
            &[7, 0x0b, 2, 0, 1, 0x21, 0x21, 1, 0x10, 1, 1, 0, 0x0c, sum, third, 0x0a, 0, 0x40, 1, 2, 3, 4, 0],
            // Two files in the first folder and one in the second, the first one's size, checksums of the first two.
            &[8, 0x0d, 2, 1, 9, first, 0x0a, 1, 1, 1, 1, 1, 2, 2, 2, 2, 0, 0],
            // Four files, of which the second is empty, and their names.
            &[5, 4, 0x0e, 1, 0x40, 0x11, names.len() as u8 + 1, 0],
            &names,
            &[0, 0],
        ]
        .concat();
        ([solid.as_slice(), PLAIN.1].concat(), header)
    }

    fn texts(kept: &Kept) -> Vec<(&str, &[u8])> {
        kept.pieces.iter().map(|(layer, text)| (layer.as_str(), text.as_slice())).collect()
    }

    fn expected() -> [(&'static str, &'static [u8]); 3] {
        [("7z:conf/app.env", SOLID[0].1), ("7z:b.txt", SOLID[1].1), ("7z:c", PLAIN.1)]
    }

    #[test]
    fn each_member_comes_out() {
        let (packed, header) = sample();
        let bytes = archive(&packed, &header);
        assert_eq!(recognise(&bytes), Some(Format::SevenZ));
        let kept = opened(Format::SevenZ, &bytes);
        assert_eq!((texts(&kept), &kept.problems), (expected().to_vec(), &vec![]));
    }

    #[test]
    fn a_header_may_be_packed() {
        let (packed, header) = sample();
        let number = |number: usize| if number < 0x80 { vec![number as u8] } else { vec![0x80, number as u8] };
        let (start, len) = (number(packed.len()), number(header.len()));
        let outer = [&[0x17, 6], &start[..], &[1, 9], &len, &[0, 7, 0x0b, 1, 0, 1, 1, 0, 0x0c], &len, &[0, 0]].concat();
        let kept = opened(Format::SevenZ, &archive(&[packed, header].concat(), &outer));
        assert_eq!((texts(&kept), &kept.problems), (expected().to_vec(), &vec![]));
    }

    #[test]
    fn what_cannot_be_read_is_told_and_the_rest_comes_out() {
        let (packed, header) = sample();
        let coder = header.windows(3).position(|window| window == [0x21, 0x21, 1]).unwrap();
        let mut unknown = header.clone();
        unknown[coder + 1] = 0x77;
        let kept = opened(Format::SevenZ, &archive(&packed, &unknown));
        assert_eq!(texts(&kept), expected()[2..]);
        assert_eq!(kept.problems, [Problem::unsupported("7z:conf/app.env", "packed with method 77")]);
        let mut damaged = packed.clone();
        damaged[0] = 0x7f;
        let kept = opened(Format::SevenZ, &archive(&damaged, &header));
        assert_eq!(texts(&kept), expected()[2..]);
        assert!(matches!(&kept.problems[..], [Problem::Damaged { layer, .. }] if layer == "7z:conf/app.env"));
    }

    proptest! {
        #[test]
        fn damage_never_panics(damage in prop::collection::vec((0..300_usize, any::<u8>()), 0..4), cut in 0..300_usize) {
            let (packed, header) = sample();
            let mut bytes = archive(&packed, &header);
            let len = bytes.len();
            for (at, with) in damage {
                bytes[at % len] = with;
            }
            let limits = Limits { bytes: 1000, members: 50, ..Limits::default() };
            let kept = opened_within(limits, Format::SevenZ, &bytes[..len.min(cut)]);
            prop_assert!(kept.pieces.len() <= 50);
        }
    }
}
