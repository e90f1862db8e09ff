//! Lines and columns of places in an object, asked for in ascending order.

use memchr::{memchr, memchr_iter, memrchr};

/// Longest part of a line that is looked at for comments, on each side of a value: a minified file is one line.
const COMMENT_REACH: usize = 4096;

/// Counts lines up to places in a text, going forward only.
#[derive(Debug, Clone)]
pub(super) struct Lines {
    /// Bytes of the text that are counted.
    counted: usize,
    /// Line at that point, from 1.
    line: u32,
    /// Bytes of that line that lie before it.
    before: u64,
}

impl Lines {
    /// From the start of an object.
    pub fn new() -> Self {
        Self { counted: 0, line: 1, before: 0 }
    }

    /// Line and column (in bytes) of the byte at `place`, both from 1. Places must not go down.
    pub fn locate(&mut self, text: &[u8], place: usize) -> (u32, u32) {
        let part = &text[self.counted..place];
        let newlines = memchr_iter(b'\n', part).count();
        self.before = match memrchr(b'\n', part) {
            Some(last) => (part.len() - last - 1) as u64,
            None => self.before + part.len() as u64,
        };
        // An object that is streamed may have more of both than are counted.
        self.line = self.line.saturating_add(newlines as u32);
        self.counted = place;
        (self.line, u32::try_from(self.before).unwrap_or(u32::MAX).saturating_add(1))
    }

    /// Goes on in a text from which the first `dropped` bytes are taken away.
    ///
    /// # Panics
    /// If more than `dropped` bytes are counted already.
    pub fn drop_front(&mut self, text: &[u8], dropped: usize) {
        self.locate(text, dropped);
        self.counted = 0;
    }
}

/// The line that holds `start..end`, or the part of it within reach.
pub(super) fn line_of(text: &[u8], start: usize, end: usize) -> &[u8] {
    let low = start.saturating_sub(COMMENT_REACH);
    let high = (end + COMMENT_REACH).min(text.len());
    let from = memrchr(b'\n', &text[low..start]).map_or(low, |newline| low + newline + 1);
    let to = memchr(b'\n', &text[end..high]).map_or(high, |newline| end + newline);
    &text[from..to]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_located_in_one_pass_and_across_a_shift() {
        let text = b"ab\ncd\n\nefg";
        let mut lines = Lines::new();
        let found: Vec<_> = [0, 1, 3, 4, 7, 9].iter().map(|&place| lines.locate(text, place)).collect();
        assert_eq!(found, [(1, 1), (1, 2), (2, 1), (2, 2), (4, 1), (4, 3)]);
        let mut lines = Lines::new();
        lines.locate(text, 4);
        lines.drop_front(text, 4);
        assert_eq!(lines.locate(&text[4..], 5), (4, 3));
    }

    #[test]
    fn lines_and_columns_beyond_what_is_counted_stay_at_the_last() {
        let mut lines = Lines { counted: 0, line: u32::MAX, before: u64::from(u32::MAX) };
        assert_eq!(lines.locate(b"ab", 1), (u32::MAX, u32::MAX));
        assert_eq!(lines.locate(b"a\nb", 2), (u32::MAX, 1));
    }

    #[test]
    fn a_line_ends_at_newlines_or_out_of_reach() {
        assert_eq!(line_of(b"x\nabc def\ny", 4, 5), b"abc def");
        let long = vec![b'z'; 20_000];
        assert_eq!(line_of(&long, 10_000, 10_010).len(), 2 * COMMENT_REACH + 10);
    }
}
