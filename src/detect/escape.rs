//! Characters written as escapes, inside a value and beside it: in `\nAKIA…` a line end stands before the id, in
//! `AKIA…%2F2026` a slash after it.

use crate::model::Coding;

/// Most bytes of an escape, and so most that are read on either side of a value: `&amp;#x2F;`.
pub(super) const LONGEST: usize = 10;

/// Most backslashes that one escape begins with: text in JSON in JSON.
const MOST_BACKSLASHES: usize = 4;

/// What an escape of a character beyond one byte stands for here: a byte that no run holds.
const OTHER: u8 = 0;

/// An escape: the byte it means, its own length, and the family it is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Escape {
    pub byte: u8,
    pub len: usize,
    pub coding: Coding,
}

/// The byte before `at`; `None` at the beginning of the text.
pub(super) fn before(text: &[u8], at: usize) -> Option<u8> {
    let (first, tail) = (at.saturating_sub(LONGEST), &text[..at]);
    if ends_in_color(&tail[first..]) {
        return Some(OTHER);
    }
    // The longest first: in `\u000a` the digits are no escape of their own.
    (first..at)
        .find_map(|start| decode(&tail[start..]).filter(|escape| start + escape.len == at))
        .map_or_else(|| tail.last().copied(), |escape| Some(escape.byte))
}

/// Whether `text` ends in a terminal's code for a colour, as logs keep them: `ESC[0;33m`, or `\u001b[33m` in JSON.
fn ends_in_color(text: &[u8]) -> bool {
    let Some(rest) = text.strip_suffix(b"m") else { return false };
    let numbers = rest.iter().rev().take_while(|byte| byte.is_ascii_digit() || **byte == b';').count();
    let Some(escape) = rest[..rest.len() - numbers].strip_suffix(b"[") else { return false };
    escape.ends_with(b"\x1b") || [&b"1b"[..], b"1B", b"\\033", b"\\e"].iter().any(|end| escape.ends_with(end))
}

/// The byte after the value that ends at `end`; `None` at the end of the text.
pub(super) fn after(text: &[u8], end: usize) -> Option<u8> {
    let rest = text.get(end..)?;
    decode(rest).map_or_else(|| rest.first().copied(), |escape| Some(escape.byte))
}

/// Whether the value's own first bytes finish an escape that began before it: then its true beginning is another.
pub(super) fn cuts(text: &[u8], at: usize) -> bool {
    let before = &text[..at];
    // After an even number of backslashes the last is a backslash of the text: a path, a line that goes on.
    let backslashes = before.iter().rev().take(LONGEST).take_while(|&&byte| byte == b'\\').count();
    let opened = if before.ends_with(b"%25") { 3 } else { usize::from(before.ends_with(b"%") || backslashes % 2 == 1) };
    opened > 0 && decode(&text[at - opened..]).is_some_and(|escape| escape.len > opened)
}

/// The escape at the beginning of `text`. One that was escaped again is read as what it means in the end: `%252F`, `\\/`.
pub(super) fn decode(text: &[u8]) -> Option<Escape> {
    let (byte, left, coding) = match text {
        [b'%', rest @ ..] => {
            let (byte, left) = rest.strip_prefix(b"25").and_then(|rest| hex(rest, 2)).or_else(|| hex(rest, 2))?;
            (byte, left, Coding::Url)
        }
        [b'\\', ..] => {
            let slashes = text.iter().take(MOST_BACKSLASHES).take_while(|&&byte| byte == b'\\').count();
            match &text[slashes..] {
                [b'x', rest @ ..] => hex(rest, 2).map(|(byte, left)| (byte, left, Coding::Backslash))?,
                [b'u', rest @ ..] => hex(rest, 4).map(|(byte, left)| (byte, left, Coding::Json))?,
                [b'/', left @ ..] => (b'/'.into(), left, Coding::Json),
                [a @ b'0'..=b'3', b @ b'0'..=b'7', c @ b'0'..=b'7', left @ ..] => {
                    let digit = |byte: u8| u32::from(byte - b'0');
                    (digit(*a) << 6 | digit(*b) << 3 | digit(*c), left, Coding::Backslash)
                }
                [b'a' | b'b' | b'f' | b'n' | b'r' | b't' | b'v' | b'0', left @ ..] => {
                    (b'\n'.into(), left, Coding::Backslash)
                }
                _ => return None,
            }
        }
        [b'&', rest @ ..] => {
            let (byte, left) = entity(rest.strip_prefix(b"amp;").unwrap_or(rest))?;
            (byte, left, Coding::Html)
        }
        [b'=', rest @ ..] => {
            let (byte, left) = hex(rest, 2)?;
            // Mail writes digits in upper case, and letters and digits as themselves: so `x=41` is no escape.
            let meant = !rest[..2].iter().any(u8::is_ascii_lowercase) && !(byte as u8).is_ascii_alphanumeric();
            meant.then_some((byte, left, Coding::QuotedPrintable))?
        }
        _ => return None,
    };
    Some(Escape { byte: u8::try_from(byte).unwrap_or(OTHER), len: text.len() - left.len(), coding })
}

/// The number that `digits` hexadecimal digits make, and what follows them.
fn hex(text: &[u8], digits: usize) -> Option<(u32, &[u8])> {
    let (number, left) = text.split_at_checked(digits)?;
    let number = number.iter().try_fold(0_u32, |value, &digit| Some(value << 4 | char::from(digit).to_digit(16)?))?;
    Some((number, left))
}

/// What the HTML entity means whose `&` stands before `text`: by number, or by the names of what base64 holds.
fn entity(text: &[u8]) -> Option<(u32, &[u8])> {
    let end = text.iter().take(LONGEST).position(|&byte| byte == b';')?;
    let (name, left) = (std::str::from_utf8(&text[..end]).ok()?, &text[end + 1..]);
    let code = match name {
        "plus" => b'+'.into(),
        "sol" => b'/'.into(),
        "equals" => b'='.into(),
        _ => {
            let number = name.strip_prefix('#')?;
            match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            }
        }
    };
    Some((code, left))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_escape_is_read_as_what_it_means() {
        for (escape, byte) in [
            (r"\n", b'\n'),
            (r"\x3d", b'='),
            (r"\u003D", b'='),
            ("%2F", b'/'),
            ("%2b", b'+'),
            ("%252B", b'+'),
            (r"\\n", b'\n'),
            (r"\\/", b'/'),
            (r"\\\\u002f", b'/'),
            ("&#x2F;", b'/'),
            ("&#43;", b'+'),
            ("&amp;plus;", b'+'),
            ("&amp;#x2F;", b'/'),
            ("=2F", b'/'),
            ("=3D", b'='),
            (r"\101", b'A'),
        ] {
            assert_eq!(before(escape.as_bytes(), escape.len()), Some(byte), "{escape}");
            assert_eq!(after(escape.as_bytes(), 0), Some(byte), "{escape}");
        }
        for (escape, byte) in [("%zz", b'%'), (r"\q", b'\\'), ("=41", b'='), ("=2f", b'='), ("&quot;", b'&')] {
            assert_eq!(after(escape.as_bytes(), 0), Some(byte), "{escape}");
        }
        for text in ["n", "3D", "%3", "x3d", "%3G", "u003d", r"\q", "=41", "=2f"] {
            assert_eq!(before(text.as_bytes(), text.len()), text.bytes().last(), "{text}");
        }
        assert_eq!((before(b"", 0), after(b"", 0)), (None, None));
    }

    #[test]
    fn a_colour_of_the_terminal_ends_no_word() {
        for (color, byte) in [("\x1b[33m", OTHER), (r"\u001b[0;33m", OTHER), (r"\033[m", OTHER), ("[33m", b'm')] {
            assert_eq!(before(color.as_bytes(), color.len()), Some(byte), "{color:?}");
        }
    }

    #[test]
    fn a_value_that_begins_inside_an_escape_is_cut() {
        assert!(cuts(b"%20Ha", 1));
        assert!(cuts(b"%2520Ha", 3));
        assert!(cuts(br"\nAb", 1));
        assert!(!cuts(br"\\nAb", 2));
        assert!(!cuts(b"%zz", 1));
        assert!(!cuts(b"%25Ha", 3));
        assert!(!cuts(b"=20", 1));
        assert!(!cuts(b"20", 0));
    }
}
