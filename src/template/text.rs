//! A text, and where its bytes stand in the file that it was read from.

use std::borrow::Cow;

/// Bytes in which characters are counted to find a column.
const PIECE: usize = 256;

/// A text out of a file.
#[derive(Debug, Default)]
pub(super) struct Text<'a> {
    text: Cow<'a, str>,
    /// By offset.
    stretches: Vec<Stretch>,
}

/// From `offset` on, bytes stand where this says.
#[derive(Debug, Clone, Copy)]
struct Stretch {
    offset: usize,
    line: u32,
    column: u32,
    /// Whether the column grows with each character: if not, all of the stretch stands at one place.
    moves: bool,
}

impl<'a> Text<'a> {
    /// A whole file.
    pub(super) fn whole(text: &'a str) -> Self {
        let mut stretches = Vec::new();
        let mut offset = 0;
        for (line, number) in text.split_inclusive('\n').zip(1..) {
            mark(line, Stretch { offset, line: number, column: 1, moves: true }, &mut stretches);
            offset += line.len();
        }
        if text.is_empty() || text.ends_with('\n') {
            let line = 1 + memchr::memchr_iter(b'\n', text.as_bytes()).count() as u32;
            stretches.push(Stretch { offset, line, column: 1, moves: true });
        }
        Self { text: Cow::Borrowed(text), stretches }
    }

    /// A text of which only is known where it begins.
    pub(super) fn at(text: &'a str, (line, column): (u32, u32)) -> Self {
        Self { text: Cow::Borrowed(text), stretches: vec![Stretch { offset: 0, line, column, moves: false }] }
    }

    /// A text whose lines stand one below the other from `line` on, all of them from `column` on.
    pub(super) fn block(text: &'a str, (line, column): (u32, u32)) -> Self {
        let mut block = Self::whole(text);
        for stretch in &mut block.stretches {
            (stretch.line, stretch.column) = (stretch.line + line - 1, stretch.column + column - 1);
        }
        block
    }

    /// Adds what stands at `place` as it is.
    pub(super) fn push(&mut self, part: &str, place: (u32, u32)) {
        self.add(part, place, true);
    }

    /// Adds what stands in another form at `place`.
    pub(super) fn push_for(&mut self, part: &str, place: (u32, u32)) {
        self.add(part, place, false);
    }

    fn add(&mut self, part: &str, (line, column): (u32, u32), moves: bool) {
        mark(part, Stretch { offset: self.text.len(), line, column, moves }, &mut self.stretches);
        self.text.to_mut().push_str(part);
    }

    pub(super) fn as_str(&self) -> &str {
        &self.text
    }

    /// Line and column of the byte at `offset`, counted from 1, the column in characters.
    pub(super) fn place(&self, offset: usize) -> (u32, u32) {
        let at = self.stretches.partition_point(|stretch| stretch.offset <= offset);
        let Some(stretch) = at.checked_sub(1).and_then(|at| self.stretches.get(at)) else { return (1, 1) };
        let before = self.text.get(stretch.offset..offset).filter(|_| stretch.moves).unwrap_or_default();
        (stretch.line, stretch.column + before.chars().count() as u32)
    }

    /// Where the line that is the `number`th of the text, counted from 1, begins in it.
    pub(super) fn line_start(&self, number: usize) -> usize {
        let ends = memchr::memchr_iter(b'\n', self.text.as_bytes());
        number.checked_sub(2).and_then(|before| ends.into_iter().nth(before)).map_or(0, |end| end + 1)
    }
}

/// Adds the stretch that `part` is, in pieces of `PIECE` bytes or so: a file of 5 MB may be one line.
fn mark(part: &str, stretch: Stretch, stretches: &mut Vec<Stretch>) {
    stretches.push(stretch);
    let (mut last, mut column) = (0, stretch.column);
    for (at, _) in part.char_indices().filter(|_| stretch.moves && part.len() > PIECE) {
        if at - last >= PIECE {
            stretches.push(Stretch { offset: stretch.offset + at, column, ..stretch });
            last = at;
        }
        column += 1;
    }
}

/// `bytes` without a byte order mark; what its mark says is UTF-16 as UTF-8. `PowerShell` writes that.
pub(super) fn utf8(bytes: &[u8]) -> Cow<'_, [u8]> {
    let units = |bytes: &[u8], unit: fn([u8; 2]) -> u16| -> Vec<u16> {
        bytes.as_chunks().0.iter().map(|&pair| unit(pair)).collect()
    };
    let units = match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => return Cow::Borrowed(rest),
        [0xFF, 0xFE, rest @ ..] => units(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => units(rest, u16::from_be_bytes),
        _ => return Cow::Borrowed(bytes),
    };
    Cow::Owned(String::from_utf16_lossy(&units).into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_of_a_file_stands_at_its_line_and_character() {
        let text = Text::whole("a\r\né b\n\nc");
        let at = |part: &str| text.place(text.as_str().find(part).unwrap());
        assert_eq!([at("a"), at("b"), at("c"), text.place(99)], [(1, 1), (2, 3), (4, 1), (4, 1)]);
        assert_eq!([1, 2, 4].map(|line| text.line_start(line)), [0, 3, 9]);
    }

    #[test]
    fn parts_stand_where_they_came_from() {
        let mut text = Text::default();
        text.push("ab", (3, 5));
        text.push_for("${x}", (3, 9));
        text.push("cd", (4, 1));
        assert_eq!([0, 1, 2, 5, 7].map(|at| text.place(at)), [(3, 5), (3, 6), (3, 9), (3, 9), (4, 2)]);
        assert_eq!(Text::block("a\nb", (7, 3)).place(2), (8, 3));
        assert_eq!(Text::at("a\nb", (7, 3)).place(2), (7, 3));
    }

    #[test]
    fn a_long_line_is_as_good_as_a_short_one() {
        let line = "é".repeat(1_000) + "x";
        let text = Text::whole(&line);
        assert_eq!(text.place(line.len() - 1), (1, 1_001));
        let text = Text::block(&line, (3, 5));
        assert_eq!([text.place(0), text.place(1_024), text.place(line.len() - 1)], [(3, 5), (3, 517), (3, 1_005)]);
    }

    #[test]
    fn marks_go_and_wide_text_becomes_narrow() {
        assert_eq!(&*utf8(b"\xEF\xBB\xBFa"), b"a");
        assert_eq!(&*utf8(b"\xFF\xFEa\0\xE9\0"), "aé".as_bytes());
        assert_eq!(&*utf8(b"\xFE\xFF\0a\0\xE9"), "aé".as_bytes());
        assert_eq!(&*utf8(b"a\0"), b"a\0");
    }
}
