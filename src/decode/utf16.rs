//! UTF-16, with a mark of its byte order or without.

use super::Map;
use std::ops::Range;

/// Most units that [`recognise`] looks at.
const LOOK: usize = 16;

/// The fewest units that are taken for text without a mark.
const FEWEST: usize = 4;

/// Whether `bytes` begin as UTF-16 does, and then whether its more significant byte comes first.
pub(super) fn recognise(bytes: &[u8]) -> Option<bool> {
    match bytes {
        // With two zeros more it would be UTF-32.
        [0xff, 0xfe, 0, 0, ..] => None,
        [0xff, 0xfe, _, _, ..] => Some(false),
        [0xfe, 0xff, _, _, ..] => Some(true),
        [0, second, ..] if *second != 0 => begins(bytes, true).then_some(true),
        [_, 0, ..] => begins(bytes, false).then_some(false),
        _ => None,
    }
}

/// Whether the first units are ASCII text.
fn begins(bytes: &[u8], is_big: bool) -> bool {
    let units = bytes.chunks_exact(2).take(LOOK);
    units.len() >= FEWEST && units.map(|pair| unit(pair, is_big)).all(|unit| unit < 0x7f && is_text(unit))
}

fn unit(pair: &[u8], is_big: bool) -> u16 {
    let pair = [pair[0], pair[1]];
    if is_big { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) }
}

/// Whether `unit` stands in texts: printable ASCII, white space, letters and punctuation of other scripts.
fn is_text(unit: u16) -> bool {
    match unit {
        0x09 | 0x0a | 0x0d | 0x20..=0x7e | 0xa0..=0xff | 0x2010..=0x205e | 0x3000..=0x303f | 0xff00..=0xffef => true,
        0..0xa0 => false,
        _ => char::from_u32(unit.into()).is_some_and(char::is_alphanumeric),
    }
}

/// The whole of `bytes` as UTF-8. Half a pair of surrogates becomes U+FFFD, as does a last single byte.
pub(super) fn whole(bytes: &[u8], is_big: bool) -> (Vec<u8>, Map) {
    let mark = if is_big { [0xfe, 0xff] } else { [0xff, 0xfe] };
    decode(bytes, if bytes.starts_with(&mark) { 2 } else { 0 }..bytes.len(), is_big)
}

/// The text round the unit at `at`, at most `most` bytes to either side, and where it stands.
pub(super) fn region(bytes: &[u8], at: usize, is_big: bool, most: usize) -> Option<Range<usize>> {
    let goes_on = |pair: &[u8]| is_text(unit(pair, is_big));
    let after = bytes.get(at..)?;
    let after = after[..after.len().min(most)].chunks_exact(2).take_while(|pair| goes_on(pair)).count();
    let before = &bytes[at.saturating_sub(most)..at];
    let before = before.rchunks_exact(2).take_while(|pair| goes_on(pair)).count();
    (after > 0).then(|| at - 2 * before..at + 2 * after)
}

/// The part of `bytes` as UTF-8.
pub(super) fn decode(bytes: &[u8], part: Range<usize>, is_big: bool) -> (Vec<u8>, Map) {
    let (mut text, mut map, mut at) = (String::with_capacity(part.len() / 2), Map::default(), part.start);
    map.mark(0, at);
    let pairs = bytes[part.clone()].chunks_exact(2);
    let half = !pairs.remainder().is_empty();
    for decoded in char::decode_utf16(pairs.map(|pair| unit(pair, is_big))) {
        let char = decoded.unwrap_or(char::REPLACEMENT_CHARACTER);
        text.push(char);
        at += 2 * char.len_utf16();
        if char == '\n' {
            map.mark(text.len(), at);
        }
    }
    text.extend(half.then_some(char::REPLACEMENT_CHARACTER));
    map.mark(text.len(), part.end);
    (text.into_bytes(), map)
}

#[cfg(test)]
pub(super) fn encode(text: &str, is_big: bool) -> Vec<u8> {
    text.encode_utf16().flat_map(|unit| if is_big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn it_is_known_by_its_mark_or_by_its_zeros() {
        for is_big in [false, true] {
            assert_eq!(recognise(&encode("\u{feff}λόγος", is_big)), Some(is_big));
            assert_eq!(recognise(&encode("[default]\r\nkey = 1", is_big)), Some(is_big));
            assert_eq!(recognise(&encode("\u{1}\u{2}\u{3}\u{4}\u{5}", is_big)), None);
        }
        assert_eq!(recognise(&[0xff, 0xfe, 0, 0, b'a', 0, 0, 0]), None, "UTF-32");
        assert_eq!(recognise(b"a\0b\0"), None, "too short to tell");
    }

    #[test]
    fn places_are_on_the_right_line() {
        let text = "eins\r\nzwei: äöü €\n𝄞 drei\nvier";
        let encoded = encode(&format!("\u{feff}{text}"), false);
        let (decoded, map) = whole(&encoded, false);
        assert_eq!(decoded, text.as_bytes());
        for (at, _) in text.char_indices() {
            let outer = map.outer(at);
            let lines = encoded[..outer].chunks_exact(2).filter(|pair| *pair == [b'\n', 0]).count();
            assert_eq!(lines, text[..at].matches('\n').count(), "{at}");
        }
        assert_eq!(map.outer(text.find("zwei").unwrap()), 2 + 12);
    }

    #[test]
    fn a_text_inside_of_binary_bytes_is_found_to_its_ends() {
        for is_big in [false, true] {
            let text = encode("Pfad=ключ; key", is_big);
            for before in [vec![], vec![0, 0], vec![7, 0, 0], vec![1; 9]] {
                let bytes = [before.as_slice(), &text, &[0, 0, 1, 2]].concat();
                let at = before.len() + 4;
                let found = region(&bytes, at, is_big, 1000).unwrap();
                assert_eq!(found.end, before.len() + text.len());
                let (decoded, _) = decode(&bytes, found, is_big);
                assert!(String::from_utf8(decoded).unwrap().ends_with("Pfad=ключ; key"));
            }
        }
        assert_eq!(region(&[0, 0, 0], 0, false, 9), None);
        assert_eq!(region(b"a\0", 2, false, 9), None);
    }

    #[test]
    fn halves_become_replacement_characters() {
        let (text, _) = whole(&[b'a', 0, 0x00, 0xd8, b'b', 0, b'c'], false);
        assert_eq!(String::from_utf8(text).unwrap(), "a\u{fffd}b\u{fffd}");
    }

    proptest! {
        #[test]
        fn any_bytes_decode(bytes: Vec<u8>, at in 0..64_usize, is_big: bool) {
            let (text, map) = whole(&bytes, is_big);
            prop_assert!(text.len() <= bytes.len() * 3 / 2 + 3);
            prop_assert!((0..=text.len()).all(|at| map.outer(at) <= bytes.len()));
            if at <= bytes.len() && let Some(found) = region(&bytes, at, is_big, 20) {
                prop_assert!(found.contains(&at) && found.end <= bytes.len());
            }
        }
    }
}
