//! Compressed streams.

use super::guard;
use bzip2::read::MultiBzDecoder;
use flate2::{Decompress, FlushDecompress, Status};
use lzma_rust2::{LzmaReader, XzReader};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder, StreamingDecoder};
use std::{
    fmt,
    io::{ErrorKind, Read},
};

/// Most memory for what a stream refers back to, in bytes: as much as `zstd --long` asks for, and twice what `xz -9` does.
/// A header may announce 4 GiB.
pub(super) const WINDOW: u32 = 128 << 20;

/// So much is read at a time from decoders that lose what they decoded together with an error.
const CHUNK: usize = 4 << 10;

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
    /// One or more bzip2 streams.
    Bzip2,
    /// One or more xz streams.
    Xz,
    /// LZMA with the header of its own file format.
    Lzma,
    /// One or more Zstandard frames.
    Zstd,
}

/// Why a stream ended before its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Stop {
    /// It gives more than is allowed.
    TooMuch,
    /// It is damaged or cut short.
    Damaged(String),
    /// It needs what is not known here, or too much memory.
    Unsupported(String),
    /// It needs a password.
    Encrypted,
}

impl Stop {
    fn damaged(cause: impl fmt::Display) -> Self {
        Self::Damaged(format!("{cause}"))
    }

    pub(super) fn cut() -> Self {
        Self::damaged("cut short")
    }
}

/// Unpacks the stream at the start of `packed` to `text`, `most` bytes at most; gives how many bytes of it were read.
/// What was unpacked before an error stays in `text`.
///
/// A decoder's panic on bytes that nobody thought of becomes an error, as any other damage.
pub(super) fn unpack(codec: Codec, packed: &[u8], most: usize, text: &mut Vec<u8>) -> (usize, Result<(), Stop>) {
    let mut rest = packed;
    let end = guarded(|| match codec {
        Codec::Stored => stored(&mut rest, most, text),
        Codec::Deflate => inflate(&mut rest, most, text, Decompress::new(false)),
        Codec::Zlib => inflate(&mut rest, most, text, Decompress::new(true)),
        Codec::Gzip => gzip(&mut rest, most, text),
        Codec::Bzip2 => drain(MultiBzDecoder::new(&mut rest), most, text),
        Codec::Xz => drain(XzReader::new_mem_limit(&mut rest, true, WINDOW / 1024 + 1024), most, text),
        Codec::Lzma => lzma(&mut rest, most, text),
        Codec::Zstd => zstd(&mut rest, most, text),
    });
    (packed.len() - rest.len(), end)
}

/// Runs a decoder that may panic.
pub(super) fn guarded<T>(decoder: impl FnOnce() -> Result<T, Stop>) -> Result<T, Stop> {
    guard::guarded(decoder).unwrap_or_else(|| Err(Stop::damaged("its decoder gave up")))
}

/// Reads all of `stream`, `most` bytes at most.
pub(super) fn drain(mut stream: impl Read, most: usize, text: &mut Vec<u8>) -> Result<(), Stop> {
    let mut chunk = [0; CHUNK];
    loop {
        match stream.read(&mut chunk) {
            Ok(0) => return Ok(()),
            Ok(read) if text.len() + read > most => {
                text.extend_from_slice(&chunk[..most - text.len()]);
                return Err(Stop::TooMuch);
            }
            Ok(read) => text.extend_from_slice(&chunk[..read]),
            Err(error) => return Err(error.into()),
        }
    }
}

fn lzma(rest: &mut &[u8], most: usize, text: &mut Vec<u8>) -> Result<(), Stop> {
    drain(LzmaReader::new_mem_limit(rest, WINDOW / 1024 + 1024, None)?, most, text)
}

fn zstd(rest: &mut &[u8], most: usize, text: &mut Vec<u8>) -> Result<(), Stop> {
    let mut decoder = FrameDecoder::new();
    decoder.set_max_window_size(WINDOW.into());
    while let [first, second, third, fourth, ..] = **rest {
        match [first, second, third, fourth] {
            [0x28, 0xb5, 0x2f, 0xfd] => {
                let mut frame = StreamingDecoder::new_with_decoder(&mut *rest, &mut decoder).map_err(Stop::damaged)?;
                let end = drain(&mut frame, most, text);
                if matches!(end, Err(Stop::Damaged(_))) {
                    // What may still be referred to is held back; an empty last block, and a checksum, bring it out.
                    let (_, decoder) = frame.into_parts();
                    if decoder.decode_blocks(&[1, 0, 0, 0, 0, 0, 0][..], BlockDecodingStrategy::All).is_ok() {
                        drain(decoder, most, text)?;
                    }
                }
                end?;
            }
            // A frame to be skipped says how long it is.
            [0x50..=0x5f, 0x2a, 0x4d, 0x18] => {
                let length =
                    rest.get(4..).and_then(<[u8]>::first_chunk).map_or(0, |length| u32::from_le_bytes(*length));
                *rest = rest.get(8 + length as usize..).unwrap_or_default();
            }
            _ => break,
        }
    }
    Ok(())
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

impl From<std::io::Error> for Stop {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            ErrorKind::OutOfMemory => Self::Unsupported(format!("needs more than {} MiB of memory", WINDOW >> 20)),
            ErrorKind::UnexpectedEof => Self::cut(),
            _ => Self::damaged(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compression, write};
    use proptest::prelude::*;
    use std::{io::Write, sync::OnceLock};

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
            Codec::Bzip2 => {
                let mut writer = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
                writer.write_all(text).unwrap();
                writer.finish().unwrap()
            }
            Codec::Xz => {
                let mut writer = lzma_rust2::XzWriter::new(Vec::new(), lzma_rust2::XzOptions::with_preset(1)).unwrap();
                writer.write_all(text).unwrap();
                writer.finish().unwrap()
            }
            Codec::Lzma => {
                let options = lzma_rust2::LzmaOptions::with_preset(1);
                let mut writer = lzma_rust2::LzmaWriter::new_use_header(Vec::new(), &options, None).unwrap();
                writer.write_all(text).unwrap();
                writer.finish().unwrap()
            }
            Codec::Zstd => {
                let skipped = b"\x5a\x2a\x4d\x18\x03\x00\x00\x00???";
                let packed = ruzstd::encoding::compress_to_vec(text, ruzstd::encoding::CompressionLevel::Fastest);
                [skipped, packed.as_slice()].concat()
            }
        }
    }

    const ALL: [Codec; 8] =
        [Codec::Stored, Codec::Deflate, Codec::Zlib, Codec::Gzip, Codec::Bzip2, Codec::Xz, Codec::Lzma, Codec::Zstd];

    #[test]
    fn what_was_packed_is_unpacked_and_bytes_behind_it_are_left() {
        for codec in ALL {
            let mut packed = pack(codec, &sample());
            let len = packed.len();
            let mut text = Vec::new();
            assert_eq!(unpack(codec, &packed, usize::MAX >> 1, &mut text), (len, Ok(())), "{codec:?}");
            assert!(text == sample(), "{codec:?}");
            if [Codec::Deflate, Codec::Zlib, Codec::Gzip, Codec::Zstd].contains(&codec) {
                packed.extend_from_slice(b"more");
                text.clear();
                assert_eq!(unpack(codec, &packed, usize::MAX >> 1, &mut text), (len, Ok(())), "{codec:?}");
            }
        }
    }

    #[test]
    fn streams_behind_each_other_are_one_text() {
        for codec in [Codec::Gzip, Codec::Bzip2, Codec::Xz, Codec::Zstd] {
            let packed = [pack(codec, b"one "), pack(codec, b"two")].concat();
            let mut text = Vec::new();
            assert_eq!(unpack(codec, &packed, 100, &mut text).1, Ok(()), "{codec:?}");
            assert_eq!(text, b"one two", "{codec:?}");
        }
    }

    #[test]
    fn a_header_that_asks_for_gigabytes_is_refused() {
        let mut lzma = pack(Codec::Lzma, b"text");
        lzma[1..5].copy_from_slice(&0xf000_0000_u32.to_le_bytes());
        // A window of 3.75 TiB.
        let zstd = b"\x28\xb5\x2f\xfd\x00\xff\x01\x00\x00";
        for (codec, packed) in [(Codec::Lzma, lzma.as_slice()), (Codec::Zstd, zstd)] {
            let mut text = Vec::new();
            let (_, end) = unpack(codec, packed, 1000, &mut text);
            assert!(matches!(end, Err(Stop::Unsupported(_) | Stop::Damaged(_))), "{codec:?} {end:?}");
        }
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
            // A chunk of xz is 64 KiB packed, and whole or nothing.
            let packed = pack(codec, &sample());
            let mut text = Vec::new();
            let (_, end) = unpack(codec, &packed[..packed.len() / 10 * 9], usize::MAX >> 1, &mut text);
            assert!(matches!(end, Err(Stop::Damaged(_))), "{codec:?} {end:?}");
            assert!(text.len() > sample().len() / 3 && sample().starts_with(&text), "{codec:?}: {} bytes", text.len());
        }
    }

    proptest! {
        #[test]
        fn damage_never_panics_and_keeps_to_the_bounds(at: usize, with: u8, most in 0..12_000_usize) {
            static PACKED: OnceLock<Vec<(Codec, Vec<u8>)>> = OnceLock::new();
            let all = PACKED.get_or_init(|| ALL.map(|codec| (codec, pack(codec, &sample()[..10_000]))).into());
            for (codec, mut packed) in all.iter().cloned() {
                let at = at % packed.len();
                packed[at] ^= with;
                let mut text = Vec::new();
                let (read, _) = unpack(codec, &packed, most, &mut text);
                prop_assert!(read <= packed.len() && text.len() <= most);
            }
        }
    }
}
