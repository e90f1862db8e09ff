//! Compressed streams.

use flate2::{Decompress, FlushDecompress, Status};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// At least so much room is made in the output at a time, and at most so much: it grows by doubling in between.
const STEP: (usize, usize) = (32 << 10, 16 << 20);

/// A kind of compressed stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Codec {
    /// Bytes as they are.
    Stored,
    /// Raw deflate, as in zips.
    Deflate,
    /// Deflate with zlib's header.
    Zlib,
    /// One or more gzip members.
    Gzip,
}

/// Why a stream ended before its end.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// It gives more than is allowed.
    TooMuch,
    /// It is damaged or cut short.
    Damaged(String),
    /// It needs what is not known here, or too much memory.
    Unsupported(String),
}

impl Stop {
    fn damaged(cause: impl ToString) -> Self {
        Self::Damaged(cause.to_string())
    }

    fn cut() -> Self {
        Self::damaged("cut short")
    }
}

/// Unpacks the stream at the start of `packed` to `text`, `most` bytes at most; gives how many bytes of it were read.
/// What was unpacked before an error stays in `text`.
///
/// A decoder's panic on bytes that nobody thought of becomes an error, as any other damage. The panic hook runs before
/// that, and prints unless the program has set one that does not: a library cannot change it without changing it for all.
pub(super) fn unpack(codec: Codec, packed: &[u8], most: usize, text: &mut Vec<u8>) -> (usize, Result<(), Stop>) {
    let mut rest = packed;
    let unpacked = catch_unwind(AssertUnwindSafe(|| match codec {
        Codec::Stored => stored(&mut rest, most, text),
        Codec::Deflate => inflate(&mut rest, most, text, Decompress::new(false)),
        Codec::Zlib => inflate(&mut rest, most, text, Decompress::new(true)),
        Codec::Gzip => gzip(&mut rest, most, text),
    }));
    let end = unpacked.unwrap_or_else(|_| Err(Stop::damaged("its decoder gave up")));
    (packed.len() - rest.len(), end)
}

fn stored(rest: &mut &[u8], most: usize, text: &mut Vec<u8>) -> Result<(), Stop> {
    let taken = rest.len().min(most);
    text.extend_from_slice(&rest[..taken]);
    *rest = &rest[taken..];
    if rest.is_empty() { Ok(()) } else { Err(Stop::TooMuch) }
}

fn gzip(rest: &mut &[u8], most: usize, text: &mut Vec<u8>) -> Result<(), Stop> {
    // What follows the last member is padding, or at least not gzip's.
    while rest.starts_with(&[0x1f, 0x8b]) {
        inflate(rest, most, text, Decompress::new_gzip(15))?;
    }
    Ok(())
}

fn inflate(rest: &mut &[u8], most: usize, text: &mut Vec<u8>, mut stream: Decompress) -> Result<(), Stop> {
    loop {
        let room = (most - text.len()).min(text.len().clamp(STEP.0, STEP.1));
        // A byte more than is allowed tells a stream that ends there from one that goes on.
        text.reserve(room + 1);
        let (read, written) = (stream.total_in(), stream.total_out());
        let status = stream.decompress_vec(rest, text, FlushDecompress::None);
        *rest = &rest[(stream.total_in() - read) as usize..];
        if text.len() > most {
            text.truncate(most);
            return Err(Stop::TooMuch);
        }
        match status {
            Ok(Status::StreamEnd) => return Ok(()),
            Ok(_) if stream.total_in() == read && stream.total_out() == written => return Err(Stop::cut()),
            Ok(_) => {}
            Err(error) => return Err(Stop::damaged(error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compression, write};
    use proptest::prelude::*;
    use std::io::Write;

    /// Text that packs to something longer than one block.
    fn sample() -> Vec<u8> {
        (0..20_000_u32).flat_map(|n| format!("line {} of it\n", n.wrapping_mul(2_654_435_761)).into_bytes()).collect()
    }

    fn pack(codec: Codec, text: &[u8]) -> Vec<u8> {
        match codec {
            Codec::Stored => text.to_vec(),
            Codec::Deflate => {
                let mut writer = write::DeflateEncoder::new(Vec::new(), Compression::fast());
                writer.write_all(text).unwrap();
                writer.finish().unwrap()
            }
            Codec::Zlib => {
                let mut writer = write::ZlibEncoder::new(Vec::new(), Compression::fast());
                writer.write_all(text).unwrap();
                writer.finish().unwrap()
            }
            Codec::Gzip => {
                let mut writer = flate2::GzBuilder::new().filename("a.txt").write(Vec::new(), Compression::fast());
                writer.write_all(text).unwrap();
                writer.finish().unwrap()
            }
        }
    }

    const ALL: [Codec; 4] = [Codec::Stored, Codec::Deflate, Codec::Zlib, Codec::Gzip];

    #[test]
    fn what_was_packed_is_unpacked_and_bytes_behind_it_are_left() {
        for codec in ALL {
            let mut packed = pack(codec, &sample());
            let len = packed.len();
            packed.extend_from_slice(if codec == Codec::Stored { b"" } else { b"more" });
            let mut text = Vec::new();
            assert_eq!(unpack(codec, &packed, usize::MAX >> 1, &mut text), (len, Ok(())), "{codec:?}");
            assert!(text == sample(), "{codec:?}");
        }
    }

    #[test]
    fn members_of_a_gzip_are_one_text() {
        let packed = [pack(Codec::Gzip, b"one "), pack(Codec::Gzip, b"two")].concat();
        let mut text = Vec::new();
        assert_eq!(unpack(Codec::Gzip, &packed, 100, &mut text).1, Ok(()));
        assert_eq!(text, b"one two");
    }

    #[test]
    fn a_stream_gives_what_is_allowed_and_no_more() {
        for codec in ALL {
            let packed = pack(codec, &sample());
            for most in [0, 1, 1000, 100_000, sample().len() - 1] {
                let mut text = Vec::new();
                assert_eq!(unpack(codec, &packed, most, &mut text).1, Err(Stop::TooMuch), "{codec:?} {most}");
                assert!(text == sample()[..most], "{codec:?} {most}");
            }
            let mut text = Vec::new();
            assert_eq!(unpack(codec, &packed, sample().len(), &mut text).1, Ok(()), "{codec:?}");
        }
    }

    #[test]
    fn a_stream_that_is_cut_short_gives_its_beginning() {
        for codec in ALL.into_iter().filter(|&codec| codec != Codec::Stored) {
            let packed = pack(codec, &sample());
            let mut text = Vec::new();
            let (_, end) = unpack(codec, &packed[..packed.len() / 2], usize::MAX >> 1, &mut text);
            assert!(matches!(end, Err(Stop::Damaged(_))), "{codec:?} {end:?}");
            assert!(text.len() > sample().len() / 3 && sample().starts_with(&text), "{codec:?}: {} bytes", text.len());
        }
    }

    proptest! {
        #[test]
        fn damage_never_panics_and_keeps_to_the_bounds(at in 0.0..1.0, with: u8, most in 0..400_000_usize) {
            for codec in ALL {
                let mut packed = pack(codec, &sample());
                let at = (packed.len() as f64 * at) as usize;
                packed[at] ^= with;
                let mut text = Vec::new();
                let (read, _) = unpack(codec, &packed, most, &mut text);
                prop_assert!(read <= packed.len() && text.len() <= most);
            }
        }
    }
}
