//! Hexadecimal digits: throughout, in lines, as a dump, as a list of numbers.

use super::{
    Map,
    wrap::{self, Alphabet},
};
use std::ops::Range;

/// Two digits are a byte.
pub(super) const ALPHABET: Alphabet = Alphabet { is_digit, quantum: 2 };

/// Whether `byte` is a digit.
pub(super) fn is_digit(byte: u8) -> bool {
    byte.is_ascii_hexdigit()
}

/// Whether the text is hexadecimal digits throughout.
pub(super) fn is_whole(text: &[u8]) -> bool {
    wrap::is_uniform(text, is_digit)
}

/// A whole text of digits.
pub(super) fn whole(text: &[u8]) -> (Vec<u8>, Map) {
    decode(text, &wrap::lines(text, is_digit), 0)
}

/// The byte that two digits stand for.
pub(super) fn byte(high: u8, low: u8) -> Option<u8> {
    let digit = |digit: u8| char::from(digit).to_digit(16);
    Some((digit(high)? << 4 | digit(low)?) as u8)
}

/// The bytes that the digits in `runs` of `text` stand for. The first of them is the lower half of its byte, and left
/// out, if `phase` is odd.
pub(super) fn decode(text: &[u8], runs: &[Range<usize>], phase: u8) -> (Vec<u8>, Map) {
    let digits: usize = runs.iter().map(Range::len).sum();
    let (mut decoded, mut map) = (Vec::with_capacity(digits / 2), Map::default());
    let (mut high, mut skip) = (None, usize::from(phase % 2));
    for run in runs {
        let start = run.end.min(run.start + skip);
        skip -= start - run.start;
        map.mark(decoded.len(), start);
        for &digit in &text[start..run.end] {
            match high.take() {
                None => high = Some(digit),
                Some(high) => decoded.extend(byte(high, digit)),
            }
        }
        map.mark(decoded.len(), run.end);
    }
    (decoded, map)
}

/// Whether the text begins with a line of a dump: eight digits of an offset, then bytes.
pub(super) fn is_dump(text: &[u8]) -> bool {
    text.split_at_checked(8).is_some_and(|(offset, rest)| {
        offset.iter().all(|&byte| is_digit(byte))
            && matches!(dump_line(&rest[..rest.len().min(80)]), [high, low, ..] if byte(*high, *low).is_some())
    })
}

/// The digits of one line of a dump, without its offset. A column of text follows two spaces or a bar.
fn dump_line(line: &[u8]) -> &[u8] {
    match line {
        [b':', b' ', bytes @ ..] => {
            let end = bytes.windows(2).position(|pair| pair == b"  ").unwrap_or(bytes.len());
            &bytes[..end]
        }
        [b' ', b' ', bytes @ ..] => bytes.split(|&byte| byte == b'|').next().unwrap_or_default(),
        _ => &[],
    }
}

/// The bytes of a dump.
pub(super) fn dump(text: &[u8]) -> (Vec<u8>, Map) {
    let (mut decoded, mut map, mut at) = (Vec::with_capacity(text.len() / 4), Map::default(), 0);
    for line in text.split_inclusive(|&byte| byte == b'\n') {
        let mut digits = dump_line(line.get(8..).unwrap_or_default());
        map.mark(decoded.len(), at);
        while let [high, rest @ ..] = digits {
            digits = match (rest.first(), high) {
                (_, b' ') => rest,
                (Some(&low), &high) if let Some(byte) = byte(high, low) => {
                    decoded.push(byte);
                    &rest[1..]
                }
                _ => break,
            };
        }
        at += line.len();
        map.mark(decoded.len(), at - usize::from(line.ends_with(b"\n")));
    }
    (decoded, map)
}

/// Where a list of numbers such as `0x41, 0x4b` goes on round the number at `at`, at most `most` bytes to either side.
pub(super) fn list(text: &[u8], at: usize, most: usize) -> Option<Range<usize>> {
    // The place may be that of the prefix or that of the first digit.
    let at = if number(text, at).is_some() { at } else { at.checked_sub(2)? };
    number(text, at)?;
    let (mut start, mut end) = (at, at + 4);
    while start > at.saturating_sub(most)
        && let Some(before) = text[..start].iter().rposition(|&byte| !is_between(byte))
        && before + 1 < start
        && before >= 3
        && number(text, before - 3).is_some()
    {
        start = before - 3;
    }
    while end < at.saturating_add(most)
        && let Some(gap) = text[end..].iter().position(|&byte| !is_between(byte))
        && gap > 0
        && number(text, end + gap).is_some()
    {
        end += gap + 4;
    }
    Some(start..end)
}

/// The bytes of a list of numbers.
pub(super) fn decode_list(text: &[u8], part: Range<usize>) -> (Vec<u8>, Map) {
    let (mut decoded, mut map, mut at) = (Vec::with_capacity(part.len() / 5), Map::default(), part.start);
    map.mark(0, at);
    while at < part.end {
        if let Some(byte) = number(text, at) {
            decoded.push(byte);
            at += 4;
            continue;
        }
        if text[at] == b'\n' {
            map.mark(decoded.len(), at + 1);
        }
        at += 1;
    }
    map.mark(decoded.len(), part.end);
    (decoded, map)
}

/// The number `0x41` at `at`; one of more digits is no byte.
fn number(text: &[u8], at: usize) -> Option<u8> {
    match text.get(at..)? {
        [b'0', b'x' | b'X', _, _, more, ..] if is_digit(*more) => None,
        [b'0', b'x' | b'X', high, low, ..] => byte(*high, *low),
        _ => None,
    }
}

/// Whether `byte` stands between two numbers.
fn is_between(byte: u8) -> bool {
    matches!(byte, b',' | b' ' | b'\t' | b'\r' | b'\n')
}

#[cfg(test)]
mod tests {
    use super::super::sample::{to_hex, wrapped};
    use super::*;

    const TEXT: &[u8] = b"first line\nsecond line of it\nthird\0line\x1b and some more";

    #[test]
    fn lines_of_digits_are_bytes() {
        for (width, seam) in [(60, "\n"), (60, "\r\n"), (30, "\n"), (1000, "\n"), (7, "\n")] {
            for digits in [to_hex(TEXT), to_hex(TEXT).to_uppercase()] {
                let text = wrapped(&digits, width, seam);
                assert!(is_whole(text.as_bytes()), "{text}");
                let (decoded, map) = whole(text.as_bytes());
                assert_eq!(decoded, TEXT);
                let line = text[..map.outer(35)].matches('\n').count();
                assert_eq!(line, 70 / width, "{text}");
            }
        }
        assert_eq!(decode(b"a4142", std::slice::from_ref(&(0..5)), 1).0, b"AB");
        assert!(!is_whole(b"0123456789abcdefg"));
    }

    #[test]
    fn dumps_of_both_kinds_are_bytes() {
        let column = |bytes: &[u8]| -> String {
            bytes.iter().map(|&byte| if byte.is_ascii_graphic() { char::from(byte) } else { '.' }).collect()
        };
        let (mut xxd, mut hexdump) = (String::new(), String::new());
        for (n, bytes) in TEXT.chunks(16).enumerate() {
            let pairs: Vec<String> = bytes.chunks(2).map(to_hex).collect();
            xxd += &format!("{:08x}: {:<39}  {}\n", n * 16, pairs.join(" "), column(bytes));
            let halves: Vec<String> = bytes
                .chunks(8)
                .map(|half| half.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" "))
                .collect();
            hexdump += &format!("{:08x}  {:<48}  |{}|\n", n * 16, halves.join("  "), column(bytes));
        }
        hexdump += &format!("{:08x}\n", TEXT.len());
        for text in [xxd, hexdump] {
            assert!(is_dump(text.as_bytes()), "{text}");
            let (decoded, map) = dump(text.as_bytes());
            assert_eq!(decoded, TEXT, "{text}");
            for at in 0..TEXT.len() {
                assert_eq!(text[..map.outer(at)].matches('\n').count(), at / 16, "{at}");
            }
        }
        for text in ["00000000", "00000000: ", "00000000: not hex", "00000000 41 42", "0000000: 41"] {
            assert!(!is_dump(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn a_list_of_numbers_is_found_from_each_of_its_numbers() {
        let text = "u8 key[] = { 0x41, 0x4b,\n\t0X49,0x41 };";
        for at in [13, 15, 19, 26, 31] {
            let found = list(text.as_bytes(), at, 1000).unwrap();
            assert_eq!(&text[found.clone()], "0x41, 0x4b,\n\t0X49,0x41");
            let (decoded, map) = decode_list(text.as_bytes(), found);
            assert_eq!(decoded, b"\x41\x4b\x49\x41");
            assert_eq!([0, 2].map(|at| text[..map.outer(at)].matches('\n').count()), [0, 1]);
        }
        assert_eq!(list(text.as_bytes(), 3, 1000), None);
        assert_eq!(list(b"0x", 0, 1000), None);
        assert_eq!(list(b"0x41424344", 2, 1000), None, "a number of many digits");
    }
}
