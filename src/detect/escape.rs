//! Escapes that end where a value begins: their last letter is not part of the value's run.

/// Most bytes that [`ends_at`] reads before the value: those of `\u003d`.
pub(super) const LONGEST: usize = 6;

/// Whether an escape of JSON, C, a shell or a URL ends just before `at`: `\n`, `\t`, `\x3d`, `\u003d`, `%3D`.
pub(super) fn ends_at(text: &[u8], at: usize) -> bool {
    let before = &text[at.saturating_sub(LONGEST)..at];
    let hex = |digits: &[u8]| digits.iter().all(u8::is_ascii_hexdigit);
    matches!(before, [.., b'\\', letter] if b"abfnrtv0".contains(letter))
        || matches!(before, [.., b'%', a, b] if hex(&[*a, *b]))
        || matches!(before, [.., b'\\', b'x', a, b] if hex(&[*a, *b]))
        || matches!(before, [.., b'\\', b'u', a, b, c, d] if hex(&[*a, *b, *c, *d]))
}

/// Whether the value's own first bytes finish an escape that began before it: then the value lacks its true beginning.
pub(super) fn cut_at(text: &[u8], at: usize) -> bool {
    let (before, value) = text.split_at(at);
    match before.last() {
        Some(b'%') => matches!(value, [a, b, ..] if a.is_ascii_hexdigit() && b.is_ascii_hexdigit()),
        // An odd number of backslashes only: `\\` is a backslash of the text, a continuation line or a path.
        Some(b'\\') => {
            let backslashes = before.iter().rev().take(LONGEST).take_while(|&&b| b == b'\\').count();
            backslashes % 2 == 1 && value.first().is_some_and(|letter| b"bfnrtuvx".contains(letter))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_escapes_end_before_a_value() {
        for escape in [r"\n", r"\t", r"\r", r"\x3d", r"\u003d", r"\u003D", "%3D", "%22", r"\\n"] {
            assert!(ends_at(escape.as_bytes(), escape.len()), "{escape}");
        }
        for text in ["n", "3D", "%3", "x3d", "%3G", "u003d", r"\q", ""] {
            assert!(!ends_at(text.as_bytes(), text.len()), "{text}");
        }
    }

    #[test]
    fn a_value_that_begins_inside_an_escape_is_cut() {
        assert!(cut_at(b"%20Ha", 1));
        assert!(cut_at(br"\nAb", 1));
        assert!(!cut_at(b"%zz", 1));
        assert!(!cut_at(b"=20", 1));
    }
}
