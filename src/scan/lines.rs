//! Lines and columns of places in a text.

use memchr::{memchr, memchr_iter, memrchr};
use std::cell::OnceCell;

/// Longest part of a line that is looked at for comments, on each side of a value: a minified file is one line.
const COMMENT_REACH: usize = 4096;

/// Where a part of a text begins in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Start {
    /// Bytes before it.
    pub origin: u64,
    /// Its line, from 1.
    line: u32,
    /// Bytes of that line before it.
    before: u64,
}

impl Start {
    /// The start of a text.
    pub const TEXT: Self = Self { origin: 0, line: 1, before: 0 };
}

/// A text, or a part of one, with its lines. They are counted when the first place is asked for: most texts have none
/// that matters.
#[derive(Debug)]
pub(super) struct LineIndex<'t> {
    pub bytes: &'t [u8],
    pub start: Start,
    newlines: OnceCell<Vec<u32>>,
}

impl<'t> LineIndex<'t> {
    /// Of `bytes`, which begin at `start` of their text.
    pub fn new(bytes: &'t [u8], start: Start) -> Self {
        Self { bytes, start, newlines: OnceCell::new() }
    }

    /// Line and column (in bytes) of the byte at `place`, both from 1.
    pub fn locate(&self, place: usize) -> (u32, u32) {
        let Start { line, before, .. } = self.from(place);
        (line, u32::try_from(before).unwrap_or(u32::MAX).saturating_add(1))
    }

    /// Where the part from `place` on begins.
    pub fn from(&self, place: usize) -> Start {
        let newlines = self.newlines.get_or_init(|| memchr_iter(b'\n', self.bytes).map(|at| at as u32).collect());
        let above = newlines.partition_point(|&newline| (newline as usize) < place);
        let before = match above.checked_sub(1) {
            Some(last) => (place - newlines[last] as usize - 1) as u64,
            None => self.start.before + place as u64,
        };
        // An object that is streamed may have more lines than are counted.
        let line = self.start.line.saturating_add(above as u32);
        Start { origin: self.start.origin + place as u64, line, before }
    }

    /// Bytes from `start` to `end`, or to the end of the line if that comes first.
    pub fn length_in_line(&self, start: usize, end: usize) -> u32 {
        let part = self.bytes.get(start..end).unwrap_or_default();
        memchr(b'\n', part).unwrap_or(part.len()) as u32
    }

    /// The line that holds `start..end`, or the part of it within reach.
    pub fn line_of(&self, start: usize, end: usize) -> &'t [u8] {
        let low = start.saturating_sub(COMMENT_REACH);
        let high = (end + COMMENT_REACH).min(self.bytes.len());
        let from = memrchr(b'\n', &self.bytes[low..start]).map_or(low, |newline| low + newline + 1);
        let to = memchr(b'\n', &self.bytes[end..high]).map_or(high, |newline| end + newline);
        &self.bytes[from..to]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_located_in_any_order_and_in_parts() {
        let text = b"ab\ncd\n\nefg";
        let lines = LineIndex::new(text, Start::TEXT);
        let found = [0, 1, 3, 4, 7, 9, 3].map(|place| lines.locate(place));
        assert_eq!(found, [(1, 1), (1, 2), (2, 1), (2, 2), (4, 1), (4, 3), (2, 1)]);
        let rest = LineIndex::new(&text[4..], lines.from(4));
        assert_eq!((rest.start.origin, rest.locate(0), rest.locate(5)), (4, (2, 2), (4, 3)));
    }

    #[test]
    fn lines_and_columns_beyond_what_is_counted_stay_at_the_last() {
        let lines = LineIndex::new(b"a\nb", Start { origin: 0, line: u32::MAX, before: u64::from(u32::MAX) });
        assert_eq!(lines.locate(1), (u32::MAX, u32::MAX));
        assert_eq!(lines.locate(2), (u32::MAX, 1));
    }

    #[test]
    fn a_line_ends_at_newlines_or_out_of_reach() {
        assert_eq!(LineIndex::new(b"x\nabc def\ny", Start::TEXT).line_of(4, 5), b"abc def");
        let long = vec![b'z'; 20_000];
        assert_eq!(LineIndex::new(&long, Start::TEXT).line_of(10_000, 10_010).len(), 2 * COMMENT_REACH + 10);
    }
}
