//! Escapes within ordinary text: `\u0041`, `%41`, `&#65;`, `=41`.

use super::{Map, hex};
use std::ops::Range;

/// A way to write characters that may not stand in a text as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Escapes {
    Backslash,
    Percent,
    Entities,
    QuotedPrintable,
}

/// What an escape stands for, and its own length.
type Meaning<T> = Option<(T, usize)>;

/// Names of the ASCII characters that HTML names (HTML Living Standard, 13.5). Others are no part of a credential.
const NAMES: [(&str, u8); 44] = [
    ("Tab", b'\t'),
    ("NewLine", b'\n'),
    ("nbsp", b' '),
    ("excl", b'!'),
    ("quot", b'"'),
    ("QUOT", b'"'),
    ("num", b'#'),
    ("dollar", b'$'),
    ("percnt", b'%'),
    ("amp", b'&'),
    ("AMP", b'&'),
    ("apos", b'\''),
    ("lpar", b'('),
    ("rpar", b')'),
    ("ast", b'*'),
    ("midast", b'*'),
    ("plus", b'+'),
    ("comma", b','),
    ("period", b'.'),
    ("sol", b'/'),
    ("colon", b':'),
    ("semi", b';'),
    ("lt", b'<'),
    ("LT", b'<'),
    ("equals", b'='),
    ("gt", b'>'),
    ("GT", b'>'),
    ("quest", b'?'),
    ("commat", b'@'),
    ("lsqb", b'['),
    ("lbrack", b'['),
    ("bsol", b'\\'),
    ("rsqb", b']'),
    ("rbrack", b']'),
    ("Hat", b'^'),
    ("lowbar", b'_'),
    ("UnderBar", b'_'),
    ("grave", b'`'),
    ("lcub", b'{'),
    ("lbrace", b'{'),
    ("verbar", b'|'),
    ("vert", b'|'),
    ("rcub", b'}'),
    ("rbrace", b'}'),
];

impl Escapes {
    /// The byte that each escape of this kind begins with.
    fn mark(self) -> u8 {
        match self {
            Self::Backslash => b'\\',
            Self::Percent => b'%',
            Self::Entities => b'&',
            Self::QuotedPrintable => b'=',
        }
    }

    /// Writes what the escape at the start of `text` stands for, and gives its length; `None` if it is none.
    fn read(self, text: &[u8], into: &mut Vec<u8>) -> Option<usize> {
        let char = match self {
            Self::Backslash => backslash(text)?,
            Self::Entities => entity(text)?,
            Self::Percent | Self::QuotedPrintable => {
                let (byte, len) = if self == Self::Percent { percent(text)? } else { quoted_printable(text)? };
                into.extend(byte);
                return Some(len);
            }
        };
        // What stands for one byte is one: `\xff` is no character of two bytes.
        match char {
            (Unit::Byte(byte), len) => {
                into.push(byte);
                Some(len)
            }
            (Unit::Char(char), len) => {
                into.extend_from_slice(char.encode_utf8(&mut [0; 4]).as_bytes());
                Some(len)
            }
        }
    }
}

/// What an escape may stand for.
enum Unit {
    Byte(u8),
    Char(char),
}

/// The part of `text` with its escapes replaced.
pub(super) fn decode(escapes: Escapes, text: &[u8], part: Range<usize>) -> (Vec<u8>, Map) {
    let (mut decoded, mut map, mut at) = (Vec::with_capacity(part.len()), Map::default(), part.start);
    let text = &text[..part.end];
    map.mark(0, at);
    while at < text.len() {
        let byte = text[at];
        let read = if byte == escapes.mark() { escapes.read(&text[at..], &mut decoded) } else { None };
        if read.is_none() {
            decoded.push(byte);
        }
        let len = read.unwrap_or(1);
        at += len;
        // A soft line break stands for nothing, and is a new line all the same.
        if text[at - 1] == b'\n' {
            map.mark(decoded.len(), at);
        }
    }
    map.mark(decoded.len(), at);
    (decoded, map)
}

fn backslash(text: &[u8]) -> Meaning<Unit> {
    let byte = |byte: u8, len: usize| Some((Unit::Byte(byte), len));
    match *text.get(1)? {
        b'n' => byte(b'\n', 2),
        b'r' => byte(b'\r', 2),
        b't' => byte(b'\t', 2),
        same @ (b'"' | b'\'' | b'/' | b'\\') => byte(same, 2),
        b'x' => byte(hex::byte(*text.get(2)?, *text.get(3)?)?, 4),
        b'u' if text.get(2) == Some(&b'{') => {
            let len = text.iter().take(10).position(|&byte| byte == b'}')?;
            Some((Unit::Char(char::from_u32(number(text.get(3..len)?, 16)?)?), len + 1))
        }
        b'u' => {
            let (unit, next) = (number(text.get(2..6)?, 16)?, text.get(6..12));
            let next = next.filter(|next| next.starts_with(b"\\u")).and_then(|next| number(&next[2..], 16));
            let (char, len) = match next {
                Some(low @ 0xdc00..=0xdfff) if (0xd800..0xdc00).contains(&unit) => {
                    (0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00), 12)
                }
                _ => (unit, 6),
            };
            Some((Unit::Char(char::from_u32(char).unwrap_or(char::REPLACEMENT_CHARACTER)), len))
        }
        b'U' => Some((Unit::Char(char::from_u32(number(text.get(2..10)?, 16)?)?), 10)),
        b'0'..=b'3' => byte(number(text.get(1..4)?, 8)? as u8, 4),
        _ => None,
    }
}

fn percent(text: &[u8]) -> Meaning<Option<u8>> {
    Some((Some(hex::byte(*text.get(1)?, *text.get(2)?)?), 3))
}

fn entity(text: &[u8]) -> Meaning<Unit> {
    // `&#x0010FFFF;` is twelve bytes long.
    let len = text.iter().take(12).position(|&byte| byte == b';')?;
    let unit = match &text[1..len] {
        [b'#', b'x' | b'X', digits @ ..] => Unit::Char(char::from_u32(number(digits, 16)?)?),
        [b'#', digits @ ..] => Unit::Char(char::from_u32(number(digits, 10)?)?),
        name => Unit::Byte(NAMES.iter().find(|(known, _)| known.as_bytes() == name)?.1),
    };
    Some((unit, len + 1))
}

fn quoted_printable(text: &[u8]) -> Meaning<Option<u8>> {
    match text {
        [_, b'\n', ..] => Some((None, 2)),
        [_, b'\r', b'\n', ..] => Some((None, 3)),
        // Lower-case digits are against RFC 2045, and `=ab` is what follows many a name.
        [_, high @ (b'0'..=b'9' | b'A'..=b'F'), low @ (b'0'..=b'9' | b'A'..=b'F'), ..] => {
            Some((Some(hex::byte(*high, *low)?), 3))
        }
        _ => None,
    }
}

/// A number of at most eight digits.
fn number(digits: &[u8], radix: u32) -> Option<u32> {
    if digits.is_empty() || digits.len() > 8 {
        return None;
    }
    digits
        .iter()
        .try_fold(0_u32, |value, &digit| value.checked_mul(radix)?.checked_add(char::from(digit).to_digit(radix)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn decoded(escapes: Escapes, text: &str) -> String {
        String::from_utf8_lossy(&decode(escapes, text.as_bytes(), 0..text.len()).0).into_owned()
    }

    #[test]
    fn each_kind_is_read() {
        for (escapes, text, meaning) in [
            (Escapes::Backslash, r#"\u0041\u004B \x41\101\u{41}\U00000041 a\/b\n\"c\\d"#, "AK AAAA a/b\n\"c\\d"),
            (Escapes::Backslash, r"\ud834\udd1e \ud834 \u00e9", "𝄞 \u{fffd} é"),
            (Escapes::Backslash, r"\q \u12 \x4 \", r"\q \u12 \x4 \"),
            (Escapes::Percent, "%41%4b%2f%2B 100% %zz %4", "AK/+ 100% %zz %4"),
            (Escapes::Entities, "&#65;&#x4b;&#X4B;&#0075; a&sol;b&plus;&amp;&apos;", "AKKK a/b+&'"),
            (Escapes::Entities, "a & b; &unknown; &#; &#x110000; &#65", "a & b; &unknown; &#; &#x110000; &#65"),
            (Escapes::QuotedPrintable, "=41=4B=3D soft=\r\n line=\nend =4b =", "AK= soft lineend =4b ="),
        ] {
            assert_eq!(decoded(escapes, text), meaning, "{text}");
        }
    }

    #[test]
    fn places_are_on_the_right_line() {
        let text = "one=\r\n=41\r\ntwo=\r\n=42";
        let (decoded, map) = decode(Escapes::QuotedPrintable, text.as_bytes(), 0..text.len());
        assert_eq!(decoded, b"oneA\r\ntwoB");
        let lines: Vec<usize> = (0..10).map(|at| text[..map.outer(at)].matches('\n').count()).collect();
        assert_eq!(lines, [0, 0, 0, 1, 1, 1, 2, 2, 2, 3]);
    }

    proptest! {
        #[test]
        fn any_text_decodes_to_no_more_than_it_was(text in r"[\\ux%&#;=0-9A-Fa-f{}n\r\n]{0,60}") {
            for escapes in [Escapes::Backslash, Escapes::Percent, Escapes::Entities, Escapes::QuotedPrintable] {
                let (decoded, map) = decode(escapes, text.as_bytes(), 0..text.len());
                prop_assert!(decoded.len() <= text.len());
                prop_assert!((0..=decoded.len()).all(|at| map.outer(at) <= text.len()));
            }
        }
    }
}
