//! The encoded stretch round a place.

use super::{
    Piece, base64,
    escapes::{self, Escapes},
    hex, utf16, wrap,
};
use std::ops::Range;

/// Most bytes to either side of the place, for encodings that show where they end.
const MOST: usize = 4 << 20;

/// The same for escapes in ordinary text, which goes on for ever: enough to hold what belongs together.
const CONTEXT: usize = 64 << 10;

/// How a stretch of text is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Coding {
    /// Base64 of either alphabet, wrapped or not.
    Base64,
    /// Hexadecimal digits, wrapped or not; a list such as `0x41, 0x4b`.
    Hex,
    /// UTF-16, the less significant byte first.
    Utf16Le,
    /// UTF-16, the more significant byte first.
    Utf16Be,
    /// Escapes with a backslash: `\u0041`, `\x41`, `\101`, `\n`.
    Backslash,
    /// Percent signs, RFC 3986: `%41`.
    Percent,
    /// References to characters in HTML and XML: `&#65;`, `&#x41;`, `&sol;`.
    Entities,
    /// Quoted-printable, RFC 2045: `=41`.
    QuotedPrintable,
}

impl Coding {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Base64,
        Self::Hex,
        Self::Utf16Le,
        Self::Utf16Be,
        Self::Backslash,
        Self::Percent,
        Self::Entities,
        Self::QuotedPrintable,
    ];

    /// As it stands in [`Piece::layer`].
    pub fn name(self) -> &'static str {
        match self {
            Self::Base64 => "base64",
            Self::Hex => "hex",
            Self::Utf16Le => "utf-16le",
            Self::Utf16Be => "utf-16be",
            Self::Backslash => "escapes",
            Self::Percent => "percent",
            Self::Entities => "entities",
            Self::QuotedPrintable => "quoted-printable",
        }
    }
}

/// The encoded stretch round `at`, where an encoded keyword begins, and what it decodes to.
///
/// It goes on in both directions as far as the encoding does: over line ends, indentation, and the seams between string
/// literals, 4 MiB at most. Of escapes, which stand in ordinary text, it is 64 KiB to either side, whole lines where
/// there are any.
///
/// `phase` is the place of the digit at `at` in its quantum: 0 to 3 in base64, 0 or 1 in hex; else it means nothing.
pub fn region(coding: Coding, text: &[u8], at: usize, phase: u8) -> Option<(Range<usize>, Piece)> {
    let escaped = |escapes: Escapes| {
        let found = context(text, at)?;
        Some((found.clone(), escapes::decode(escapes, text, found)))
    };
    let wide = |is_big: bool| {
        let found = utf16::region(text, at, is_big, MOST)?;
        Some((found.clone(), utf16::decode(text, found, is_big)))
    };
    let (range, decoded) = match coding {
        Coding::Base64 => {
            let (runs, phase) = wrap::runs(text, at, phase.into(), base64::ALPHABET, MOST)?;
            (span(&runs)?, base64::decode(text, &runs, phase as u8))
        }
        Coding::Hex => {
            if let Some(found) = hex::list(text, at, MOST) {
                (found.clone(), hex::decode_list(text, found))
            } else {
                let (runs, phase) = wrap::runs(text, at, phase.into(), hex::ALPHABET, MOST)?;
                (span(&runs)?, hex::decode(text, &runs, phase as u8))
            }
        }
        Coding::Utf16Le => wide(false)?,
        Coding::Utf16Be => wide(true)?,
        Coding::Backslash => escaped(Escapes::Backslash)?,
        Coding::Percent => escaped(Escapes::Percent)?,
        Coding::Entities => escaped(Escapes::Entities)?,
        Coding::QuotedPrintable => escaped(Escapes::QuotedPrintable)?,
    };
    (!decoded.0.is_empty()).then(|| (range, Piece::mapped(coding.name(), decoded)))
}

fn span(runs: &[Range<usize>]) -> Option<Range<usize>> {
    Some(runs.first()?.start..runs.last()?.end)
}

/// The lines round `at`.
fn context(text: &[u8], at: usize) -> Option<Range<usize>> {
    text.get(at)?;
    let start = at.saturating_sub(CONTEXT);
    let end = text.len().min(at.saturating_add(CONTEXT));
    // A line that is cut at either end is left out, if another one is there.
    let first = if start == 0 { None } else { memchr::memchr(b'\n', &text[start..at]) };
    let last = if end == text.len() { None } else { memchr::memrchr(b'\n', &text[at..end]) };
    Some(first.map_or(start, |len| start + len + 1)..last.map_or(end, |len| at + len + 1))
}

#[cfg(test)]
mod tests {
    use super::super::sample::{to_base64, to_hex, wrapped};
    use super::*;
    use proptest::prelude::*;

    const TEXT: &str = "[default]\nid = one and two\nsecret = three and four\nregion = five, six, seven, eight, nine\n";

    /// The text round `needle` in `text`, and the number of the line that byte `at` of it is on.
    fn decoded(coding: Coding, text: &str, at: usize, phase: u8) -> (String, Piece) {
        let (range, piece) = region(coding, text.as_bytes(), at, phase).unwrap();
        assert!(range.contains(&at) && range.end <= text.len());
        (String::from_utf8_lossy(&piece.text).into_owned(), piece)
    }

    #[test]
    fn base64_is_found_from_each_of_its_digits() {
        let digits = to_base64(TEXT.as_bytes());
        let text = format!("key: {digits}\nnext: line");
        for n in 0..digits.trim_end_matches('=').len() {
            assert_eq!(decoded(Coding::Base64, &text, 5 + n, (n % 4) as u8).0, TEXT, "{n}");
        }
    }

    #[test]
    fn base64_goes_over_line_ends_of_all_kinds() {
        let digits = to_base64(TEXT.as_bytes());
        for width in [16, 64, 76, 61] {
            for (before, seam, after) in [
                ("", "\n", ""),
                ("words before\n", "\n", "\nwords behind"),
                ("-----BEGIN A KEY-----\r\n", "\r\n", "\r\n-----END A KEY-----\r\n"),
                ("key: |\n    ", "\n    ", "\nnext: line"),
                ("\"key\": \"", "\\n", "\\n\"}"),
                ("\"key\": \"", "\\r\\n", "\""),
                ("\"key\": \"", "\\\\r\\\\n", "\""),
                ("key = \"", "\" +\n      \"", "\";"),
                ("key = ('", "'\n       '", "')"),
                ("key=\"", "\\\n", "\""),
                ("# ", "\n# ", "\n"),
                ("[\"", "\",\n  \"", "\"]"),
            ] {
                let text = format!("{before}{}{after}", wrapped(&digits, width, seam));
                // Each line leads to all of them.
                for line in 0..digits.len().div_ceil(width) {
                    let at = before.len() + line * (width + seam.len());
                    let phase = (line * width % 4) as u8;
                    let (found, piece) = decoded(Coding::Base64, &text, at, phase);
                    assert_eq!(found, TEXT, "{text}");
                    let inner = TEXT.find("seven").unwrap();
                    let outer = before.len() + inner * 4 / 3 + inner * 4 / 3 / width * seam.len();
                    let place = piece.map.unwrap().outer(inner);
                    assert!(place.abs_diff(outer) <= 2, "{place} {outer} in {text}");
                }
            }
        }
    }

    #[test]
    fn values_on_lines_of_their_own_stay_apart() {
        let (one, two) = (to_base64(&TEXT.as_bytes()[..20]), to_base64(&TEXT.as_bytes()[20..60]));
        let (one, two) = (one.trim_end_matches('='), two.trim_end_matches('='));
        for text in [format!("id: {one}\nsecret: {two}\n"), format!("- {one}\n- {two}\n"), format!("{one} {two}")] {
            for (part, whole) in [(one, &TEXT[..20]), (two, &TEXT[20..60])] {
                let at = text.find(part).unwrap();
                assert_eq!(decoded(Coding::Base64, &text, at, 0).0, whole, "{text}");
            }
        }
    }

    #[test]
    fn hex_is_found_from_each_of_its_digits() {
        for digits in [to_hex(TEXT.as_bytes()), to_hex(TEXT.as_bytes()).to_uppercase()] {
            for seam in ["\n", "\r\n    ", "\\n", "\"\n\""] {
                let text = format!("\"{}\"", wrapped(&digits, 40, seam));
                for at in [0, 1, 17, 39] {
                    assert_eq!(decoded(Coding::Hex, &text, at + 1, (at % 2) as u8).0, TEXT, "{text}");
                }
                let last = text.len() - 3;
                assert_eq!(decoded(Coding::Hex, &text, last, 0).0, TEXT, "{text}");
            }
        }
        let text: Vec<String> = TEXT.bytes().map(|byte| format!("0x{byte:02X}")).collect();
        assert_eq!(decoded(Coding::Hex, &format!("{{ {} }}", text.join(", ")), 8, 0).0, TEXT);
    }

    #[test]
    fn escapes_bring_the_lines_round_them() {
        let all = |form: fn(char) -> String| TEXT.chars().map(form).collect::<String>();
        for (coding, text) in [
            (Coding::Backslash, all(|char| format!("\\u{:04x}", u32::from(char)))),
            (Coding::Backslash, all(|char| format!("\\x{:02X}", u32::from(char)))),
            (Coding::Percent, all(|char| format!("%{:02X}", u32::from(char)))),
            (Coding::Entities, all(|char| format!("&#{};", u32::from(char)))),
            (Coding::Entities, all(|char| format!("&#x{:X};", u32::from(char)))),
            (Coding::QuotedPrintable, all(|char| format!("={:02X}", u32::from(char)))),
        ] {
            assert_eq!(decoded(coding, &text, 0, 0).0, TEXT, "{text}");
        }
        let filler = "filler\n".repeat(20_000);
        let text = format!("{filler}a&equals;b\n{filler}");
        let (range, piece) = region(Coding::Entities, text.as_bytes(), filler.len() + 1, 0).unwrap();
        assert!(range.len() > CONTEXT && range.len() <= 2 * CONTEXT);
        assert!(text[range.clone()].starts_with("filler\n") && text[..range.end].ends_with("filler\n"), "whole lines");
        let at = memchr::memmem::find(&piece.text, b"a=b").unwrap();
        assert_eq!(piece.map.unwrap().outer(at), filler.len());
    }

    #[test]
    fn utf_16_is_found_in_binary_bytes() {
        for (coding, is_big) in [(Coding::Utf16Le, false), (Coding::Utf16Be, true)] {
            let text = [&[1, 2, 3, 0, 0], utf16::encode(TEXT, is_big).as_slice(), &[0, 0]].concat();
            let (range, piece) = region(coding, &text, 5 + 20, 0).unwrap();
            assert_eq!((range, piece.text.as_slice()), (5..text.len() - 2, TEXT.as_bytes()));
        }
    }

    proptest! {
        #[test]
        fn any_place_in_any_text_is_safe(text in r#"[A-Fa-f0x\\un"' +,%&#;=\r\n\x00]{0,80}"#, at in 0..90_usize, phase: u8) {
            for coding in Coding::ALL {
                if let Some((range, piece)) = region(coding, text.as_bytes(), at, phase) {
                    prop_assert!(range.contains(&at) || coding == Coding::Hex, "{:?} {:?}", coding, range);
                    prop_assert!(range.end <= text.len());
                    let map = piece.map.unwrap();
                    let mut last = range.start;
                    for at in 0..piece.text.len() {
                        let outer = map.outer(at);
                        prop_assert!(last <= outer && outer <= range.end);
                        last = outer;
                    }
                }
            }
        }
    }
}
