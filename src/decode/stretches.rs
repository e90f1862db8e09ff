//! All that looks encoded in a text.

use super::{
    Piece, base64, hex, recognise,
    wrap::{self, Alphabet},
};
use std::{ops::Range, slice};

/// The fewest digits of a stretch, all in one line.
const FEWEST: usize = 24;

/// So many printable bytes in a row are text: of random bytes one in five million places begins such a row.
const ROW: usize = 16;

/// So much of a stretch is decoded to see what it may be.
const LOOK: usize = 4 << 10;

/// Most bytes of one stretch.
const MOST: usize = 4 << 20;

/// Every stretch of base64 or hex in `text`, of 24 digits and more, whose bytes look like text, UTF-16 or a known
/// [`super::Format`]. For texts that were unwrapped themselves, and so are few.
pub fn stretches(text: &[u8]) -> impl Iterator<Item = (Range<usize>, Piece)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        while let Some(run) = next_run(text, at) {
            at = run.end;
            if let Some((range, piece)) = decode(text, run) {
                at = range.end.max(at);
                return Some((range, piece));
            }
        }
        None
    })
}

/// The next run of digits that is long enough.
fn next_run(text: &[u8], from: usize) -> Option<Range<usize>> {
    let mut start = from;
    // The last of so many bytes first: if it is no digit, none of the others begins a run.
    while let Some(window) = text.get(start..start + FEWEST) {
        let Some(last) = window.iter().rposition(|&byte| !base64::is_digit(byte)) else {
            let len = text[start..].iter().position(|&byte| !base64::is_digit(byte));
            return Some(start..len.map_or(text.len(), |len| start + len));
        };
        start += last + 1;
    }
    None
}

/// What the stretch that begins with `run` decodes to, if that looks like something.
fn decode(text: &[u8], run: Range<usize>) -> Option<(Range<usize>, Piece)> {
    let look = run.start..run.end.min(run.start + LOOK);
    let whole = |alphabet: Alphabet, phase: u8| {
        let (mut lines, _) = wrap::runs(text, run.start, phase.into(), alphabet, MOST)?;
        // What stands before it was looked at before.
        lines.retain(|line| line.start >= run.start);
        Some((run.start..lines.last()?.end, lines))
    };
    if text[look.clone()].iter().all(|&byte| hex::is_digit(byte))
        && let Some(phase) =
            [0, 1].into_iter().find(|&phase| looks_good(&hex::decode(text, slice::from_ref(&look), phase).0))
    {
        let (range, lines) = whole(hex::ALPHABET, phase)?;
        return Some((range, Piece::mapped("hex", hex::decode(text, &lines, phase))));
    }
    // Any number of the first digits may belong to something else: a path, an escape.
    let phase =
        [0, 3, 2, 1].into_iter().find(|&phase| looks_good(&base64::decode(text, slice::from_ref(&look), phase).0))?;
    let (range, lines) = whole(base64::ALPHABET, phase)?;
    Some((range, Piece::mapped("base64", base64::decode(text, &lines, phase))))
}

/// Whether decoded bytes look like text, UTF-16 or a known format.
fn looks_good(bytes: &[u8]) -> bool {
    let is_text = |byte: u8| matches!(byte, b' '..=b'~' | b'\t' | b'\r' | b'\n');
    let has_row = |step: usize| {
        let (mut row, mut zeros) = (0, 0);
        bytes.iter().any(|&byte| {
            if is_text(byte) {
                (row, zeros) = (row + 1, 0);
            } else if step == 2 && byte == 0 && zeros == 0 {
                zeros = 1;
            } else {
                (row, zeros) = (0, 0);
            }
            row >= ROW / step
        })
    };
    has_row(1) || bytes.windows(2).any(|pair| pair[0] == 0 || pair[1] == 0) && has_row(2) || recognise(bytes).is_some()
}

#[cfg(test)]
mod tests {
    use super::super::sample::{to_base64, to_hex, wrapped};
    use super::super::utf16;
    use super::*;
    use proptest::prelude::*;

    fn found(text: &str) -> Vec<(String, String)> {
        stretches(text.as_bytes())
            .map(|(_, piece)| (piece.layer, String::from_utf8_lossy(&piece.text).into_owned()))
            .collect()
    }

    const TEXT: &str = "id = one and two\nsecret = three and four";

    #[test]
    fn encoded_texts_are_found_and_their_places_with_them() {
        let (base64, hex) = (to_base64(TEXT.as_bytes()), to_hex(TEXT.as_bytes()));
        let wide = to_base64(&utf16::encode(TEXT, false));
        let text =
            format!("a: {base64}\nb: {hex}\n  path/to/{base64}\n\\n{base64} {wide} {}", wrapped(&base64, 28, "\n"));
        let all = found(&text);
        assert_eq!(all.len(), 6, "{all:?}");
        for (n, (layer, decoded)) in all.iter().enumerate() {
            match n {
                1 => assert_eq!((layer.as_str(), decoded.as_str()), ("hex", TEXT)),
                2 | 3 => assert!(layer == "base64" && decoded.ends_with(&TEXT[3..]), "{decoded}"),
                4 => assert_eq!(decoded.replace('\0', ""), TEXT),
                _ => assert_eq!((layer.as_str(), decoded.as_str()), ("base64", TEXT)),
            }
        }
        let (range, _) = stretches(text.as_bytes()).next().unwrap();
        assert_eq!(&text[range], base64.trim_end_matches('='));
        assert_eq!(found(&to_base64(b"PK\x03\x04\x00\x00\x00\x00\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff")).len(), 1);
    }

    #[test]
    fn names_hashes_and_paths_are_no_encoded_texts() {
        for text in [
            "d41d8cd98f00b204e9800998ecf8427ed41d8cd98f00b204e9800998ecf8427e",
            "src/main/java/org/example/product/module/SomeVeryLongClassNameFactory",
            "sha512-Lh3vJbNB3D1vTmDcLmXyqTnYwYoYRgN4dZ8bKKKuEtNaUqpuQtFYcPkLbQOqQmm5pWeA5JW/sIuCOeMMDIzqQw",
            "____________________________________________",
            "--------------------------------------------",
            "aVeryLongIdentifierThatIsWrittenInCamelCaseAndGoesOn",
            "",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }

    proptest! {
        #[test]
        fn stretches_stand_in_order(text in r"([A-Za-z0-9+/=]{0,40}[\n ]?){0,6}") {
            let mut last = 0;
            for (range, _) in stretches(text.as_bytes()) {
                prop_assert!(last <= range.start && range.start < range.end && range.end <= text.len());
                last = range.end;
            }
        }
    }
}
