//! What stands beside a value, escapes read as the byte they mean: in `\nAKIA…` a line end stands before the id, in
//! `AKIA…%2F2026` a slash after it.

/// Most bytes of an escape, and so most that are read on either side of a value: `\u003d`.
const LONGEST: usize = 6;

/// What an escape of a character beyond one byte stands for here: a byte that no run holds.
const OTHER: u8 = 0;

/// The byte before `at`; `None` at the beginning of the text.
pub(super) fn before(text: &[u8], at: usize) -> Option<u8> {
    let (first, tail) = (at.saturating_sub(LONGEST), &text[..at]);
    // The longest first: in `\u000a` the digits are no escape of their own.
    (first..at)
        .find_map(|start| decode(&tail[start..]).filter(|&(_, len)| start + len == at))
        .map_or_else(|| tail.last().copied(), |(byte, _)| Some(byte))
}

/// The byte after the value that ends at `end`; `None` at the end of the text.
pub(super) fn after(text: &[u8], end: usize) -> Option<u8> {
    let rest = text.get(end..)?;
    decode(rest).map_or_else(|| rest.first().copied(), |(byte, _)| Some(byte))
}

/// Whether the value's own first bytes finish an escape that began before it: then its true beginning is another.
pub(super) fn cuts(text: &[u8], at: usize) -> bool {
    let before = &text[..at];
    // After an even number of backslashes the last is a backslash of the text: a path, a line that goes on.
    let backslashes = before.iter().rev().take(LONGEST).take_while(|&&byte| byte == b'\\').count();
    let opened = before.last() == Some(&b'%') || backslashes % 2 == 1;
    opened && decode(&text[at - 1..]).is_some()
}

/// The escape at the beginning of `text`: the byte it means, and its own length.
fn decode(text: &[u8]) -> Option<(u8, usize)> {
    let hex = |digits: &[u8]| {
        digits.iter().try_fold(0_u32, |value, &digit| Some(value << 4 | char::from(digit).to_digit(16)?))
    };
    let escape = match text {
        [b'%', a, b, ..] => (hex(&[*a, *b])?, 3),
        [b'\\', b'x', a, b, ..] => (hex(&[*a, *b])?, 4),
        [b'\\', b'u', a, b, c, d, ..] => (hex(&[*a, *b, *c, *d])?, 6),
        [b'\\', b'/', ..] => (b'/'.into(), 2),
        [b'\\', b'a' | b'b' | b'f' | b'n' | b'r' | b't' | b'v' | b'0', ..] => (b'\n'.into(), 2),
        _ => return None,
    };
    Some((u8::try_from(escape.0).unwrap_or(OTHER), escape.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_escape_is_read_as_what_it_means() {
        for (escape, byte) in
            [(r"\n", b'\n'), (r"\x3d", b'='), (r"\u003D", b'='), ("%2F", b'/'), ("%2b", b'+'), (r"\\n", b'\n')]
        {
            assert_eq!(before(escape.as_bytes(), escape.len()), Some(byte), "{escape}");
        }
        for (escape, byte) in [(r"\n", b'\n'), ("%2F", b'/'), (r"\/", b'/'), ("%zz", b'%'), (r"\q", b'\\')] {
            assert_eq!(after(escape.as_bytes(), 0), Some(byte), "{escape}");
        }
        for text in ["n", "3D", "%3", "x3d", "%3G", "u003d", r"\q"] {
            assert_eq!(before(text.as_bytes(), text.len()), text.bytes().last(), "{text}");
        }
        assert_eq!((before(b"", 0), after(b"", 0)), (None, None));
    }

    #[test]
    fn a_value_that_begins_inside_an_escape_is_cut() {
        assert!(cuts(b"%20Ha", 1));
        assert!(cuts(br"\nAb", 1));
        assert!(!cuts(br"\\nAb", 2));
        assert!(!cuts(b"%zz", 1));
        assert!(!cuts(b"=20", 1));
        assert!(!cuts(b"20", 0));
    }
}
