//! What bytes are wrapped in, by their beginning.

use super::{base64, hex, pyc, sevenz, sqlite, tar, utf16};

/// A container, a compressed stream, or an encoding of a whole text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// Gzip, RFC 1952.
    Gzip,
    /// A zlib stream, RFC 1950.
    Zlib,
    /// Bzip2.
    Bzip2,
    /// The xz file format.
    Xz,
    /// LZMA in its own, older file format.
    Lzma,
    /// Zstandard, RFC 8878.
    Zstd,
    /// Tar, with the mark of POSIX or without.
    Tar,
    /// 7z.
    SevenZ,
    /// A SQLite database.
    Sqlite,
    /// Compiled Python.
    Pyc,
    /// Zip, and what is built on it: jar, docx, xlsx, apk, whl.
    Zip,
    /// UTF-16, the less significant byte first.
    Utf16Le,
    /// UTF-16, the more significant byte first.
    Utf16Be,
    /// Base64 throughout, RFC 4648.
    Base64,
    /// Hexadecimal digits throughout, as `xxd -p` prints them.
    Hex,
    /// A dump with offsets and a column of text, as `xxd` and `hexdump -C` print them.
    HexDump,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 16] = [
        Self::Gzip,
        Self::Zlib,
        Self::Bzip2,
        Self::Xz,
        Self::Lzma,
        Self::Zstd,
        Self::Tar,
        Self::SevenZ,
        Self::Sqlite,
        Self::Pyc,
        Self::Zip,
        Self::Utf16Le,
        Self::Utf16Be,
        Self::Base64,
        Self::Hex,
        Self::HexDump,
    ];

    /// As it stands in [`super::Piece::layer`].
    pub fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Zlib => "zlib",
            Self::Bzip2 => "bzip2",
            Self::Xz => "xz",
            Self::Lzma => "lzma",
            Self::Zstd => "zstd",
            Self::Tar => "tar",
            Self::SevenZ => "7z",
            Self::Sqlite => "sqlite",
            Self::Pyc => "pyc",
            Self::Zip => "zip",
            Self::Utf16Le => "utf-16le",
            Self::Utf16Be => "utf-16be",
            Self::Base64 => "base64",
            Self::Hex => "hex",
            Self::HexDump => "hexdump",
        }
    }
}

/// What `bytes` are wrapped in as a whole; `None` for ordinary text, after a look at its first few bytes.
///
/// Only where these are nothing but digits of base64 all of the text is looked at.
pub fn recognise(bytes: &[u8]) -> Option<Format> {
    match bytes {
        [0x1f, 0x8b, 8, ..] => Some(Format::Gzip),
        // Levels of zlib other than these three give `x^`, which is text.
        [0x78, 0x01 | 0x9c | 0xda, ..] => Some(Format::Zlib),
        [b'P', b'K', 3, 4, ..] => Some(Format::Zip),
        [b'B', b'Z', b'h', b'1'..=b'9', 0x31, 0x41, 0x59, 0x26, 0x53, 0x59, ..] => Some(Format::Bzip2),
        [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Some(Format::Xz),
        // The usual properties, a whole number of 64 KiB to refer back to, a size below 1 TiB or none.
        [0x5d, 0, 0, _, _, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, ..]
        | [0x5d, 0, 0, _, _, _, _, _, _, _, 0, 0, 0, 0, ..] => Some(Format::Lzma),
        [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Some(Format::Zstd),
        _ if bytes.starts_with(sevenz::MAGIC) => Some(Format::SevenZ),
        _ if bytes.starts_with(sqlite::MAGIC) => Some(Format::Sqlite),
        _ if pyc::recognise(bytes) => Some(Format::Pyc),
        _ if tar::recognise(bytes) => Some(Format::Tar),
        _ => utf16::recognise(bytes)
            .map(|is_big| if is_big { Format::Utf16Be } else { Format::Utf16Le })
            .or_else(|| digits(bytes)),
    }
}

fn digits(bytes: &[u8]) -> Option<Format> {
    if hex::is_dump(bytes) {
        Some(Format::HexDump)
    } else if !base64::begins(bytes) {
        None
    } else if hex::is_whole(bytes) {
        Some(Format::Hex)
    } else {
        base64::is_whole(bytes).then_some(Format::Base64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_texts_are_not_wrapped() {
        let long = "x".repeat(5000);
        for text in [
            "",
            "a",
            "fn main() {}\n",
            "x^2",
            "{\"a\": 1}",
            "PK is no zip",
            "BZh is no bzip2",
            "0000: not a dump",
            "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA and on",
            "d41d8cd98f00b204e9800998ecf8427e  empty.txt\n",
            "a_word_of_more_than_twenty_four_letters\nand_a_shorter\nand_another_long_one_that_is_not_equal\n",
            &format!("{long}\n{long} {long}"),
        ] {
            assert_eq!(recognise(text.as_bytes()), None, "{text:.40}");
        }
        assert_eq!(recognise(&[0; 600]), None);
        assert_eq!(recognise(&[0, 1, 0, 2, 0, 3, 0, 4]), None);
    }
}
