//! Base64, standard and URL-safe, wrapped or not, padded or not.

use super::{
    Map,
    wrap::{self, Alphabet},
};
use std::ops::Range;

/// So many digits at the beginning make it worth looking at the rest.
const FEWEST: usize = 24;

/// Four digits are three bytes.
pub(super) const ALPHABET: Alphabet = Alphabet { is_digit, quantum: 4 };

/// What is no digit.
const NONE: u8 = 64;

/// The values of digits. `-` and `_` are the URL-safe alphabet's `+` and `/`.
const VALUES: [u8; 256] = {
    let digits = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut values = [NONE; 256];
    let mut value = 0;
    while value < digits.len() {
        values[digits[value] as usize] = value as u8;
        value += 1;
    }
    values[b'-' as usize] = 62;
    values[b'_' as usize] = 63;
    values
};

/// Whether `byte` is a digit.
pub(super) fn is_digit(byte: u8) -> bool {
    VALUES[usize::from(byte)] != NONE
}

/// Whether the text begins with digits only: a quick look before a long one.
pub(super) fn begins(text: &[u8]) -> bool {
    text.len() >= FEWEST && text[..FEWEST].iter().all(|&byte| is_digit(byte))
}

/// Whether the text is base64 throughout: lines of equal width, but for the last, with padding at its end.
pub(super) fn is_whole(text: &[u8]) -> bool {
    let text = text.trim_ascii_end();
    let padding = text.iter().rev().take(2).take_while(|&&byte| byte == b'=').count();
    wrap::is_uniform(&text[..text.len() - padding], is_digit)
}

/// A whole text of base64.
pub(super) fn whole(text: &[u8]) -> (Vec<u8>, Map) {
    decode(text, &wrap::lines(text, is_digit), 0)
}

/// The bytes that the digits in `runs` of `text` stand for. The first of them has place `phase` among the four digits of
/// its quantum; bytes of which digits are missing are left out.
pub(super) fn decode(text: &[u8], runs: &[Range<usize>], phase: u8) -> (Vec<u8>, Map) {
    let digits: usize = runs.iter().map(Range::len).sum();
    let (mut decoded, mut map) = (Vec::with_capacity(digits / 4 * 3 + 3), Map::default());
    let mut missing = usize::from(4 - phase % 4) % 4;
    let (mut quantum, mut len) = (0_u32, 0_usize);
    for run in runs {
        let start = run.end.min(run.start + missing);
        missing -= start - run.start;
        // Of a quantum that began in the line before, these bytes begin there.
        map.mark(decoded.len() + (6 * len).div_ceil(8), start);
        for &digit in &text[start..run.end] {
            quantum = quantum << 6 | u32::from(VALUES[usize::from(digit)]);
            len += 1;
            if len == 4 {
                decoded.extend_from_slice(&quantum.to_be_bytes()[1..]);
                (quantum, len) = (0, 0);
            }
        }
        map.mark(decoded.len(), run.end - len.min(run.end - start));
    }
    // Two digits are one byte and four bits more, three are two bytes and two bits more.
    let last = (quantum << (6 * (4 - len))).to_be_bytes();
    decoded.extend_from_slice(&last[1..][..len.saturating_sub(1)]);
    map.mark(decoded.len(), runs.last().map_or(0, |run| run.end));
    (decoded, map)
}

#[cfg(test)]
mod tests {
    use super::super::sample::{to_base64, wrapped};
    use super::*;
    use proptest::prelude::*;
    use std::slice;

    #[test]
    fn a_text_is_base64_throughout_or_not_at_all() {
        let digits = to_base64(&[0x5a; 200]);
        for text in [
            digits.clone(),
            format!("{digits}\n"),
            digits.trim_end_matches('=').to_owned(),
            wrapped(&digits, 64, "\n"),
            wrapped(&digits, 76, "\r\n"),
            wrapped(&digits, 33, "\n"),
            digits.replace('W', "-").replace('l', "_"),
        ] {
            assert!(begins(text.as_bytes()) && is_whole(text.as_bytes()), "{text}");
        }
        for text in [
            digits.replace('=', "==="),
            format!("{digits}\nAAAA"),
            wrapped(&digits, 64, " "),
            format!("{}\n{digits}", &digits[..30]),
            String::new(),
        ] {
            assert!(!is_whole(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn missing_digits_cost_their_own_bytes_only() {
        let text = to_base64(b"abcdef");
        let from = |start: usize, phase: u8| decode(text.as_bytes(), slice::from_ref(&(start..8)), phase).0;
        assert_eq!([from(0, 0), from(1, 1), from(2, 2), from(3, 3)], [&b"abcdef"[..], b"def", b"def", b"def"]);
        let to = |end: usize| decode(text.as_bytes(), slice::from_ref(&(0..end)), 0).0;
        assert_eq!([to(8), to(7), to(6), to(5), to(4)], [&b"abcdef"[..], b"abcde", b"abcd", b"abc", b"abc"]);
    }

    proptest! {
        #[test]
        fn what_was_encoded_is_decoded(bytes: Vec<u8>, width in 1..90_usize, crlf: bool) {
            let text = wrapped(&to_base64(&bytes), width, if crlf { "\r\n" } else { "\n" });
            let (decoded, map) = whole(text.as_bytes());
            prop_assert_eq!(&decoded, &bytes);
            let line = |at: usize| text[..at].matches('\n').count();
            for at in 0..decoded.len() {
                // Where a line end cuts a quantum, its bytes may be on either side.
                let digit = at / 3 * 4;
                let found = line(map.outer(at));
                prop_assert!((digit / width..=(digit + 3) / width).contains(&found), "{} on {}", at, found);
            }
        }
    }
}
