//! `primaryLocationLineHash`: by what code scanning knows an alert again when lines above it move.
//!
//! The upload action computes it for files it finds on disk only, so a result that lives in history must bring its
//! own. The algorithm is that of `github/codeql-action`, bit for bit.

use rustc_hash::FxHashMap;

/// UTF-16 code units, blanks aside, that a line's hash covers, running on into the lines that follow.
const WINDOW: usize = 100;
const BASE: u64 = 37;
const LEAVING: u64 = {
    let mut power = 1_u64;
    let mut i = 0;
    while i < WINDOW {
        power = power.wrapping_mul(BASE);
        i += 1;
    }
    power
};
const END_OF_FILE: u16 = 0xffff;

/// The hashes of `lines` (from 1, ascending) of `blob`, each with its occurrence number: e.g. `54703d4cd895b18:1`.
///
/// The number counts equal hashes from the top, so all lines above are hashed too, once for all that are wanted; reading
/// stops 100 code units after the last one's start. Bytes that are not UTF-8 count as U+FFFD. A carriage return ends a
/// line here even when no line feed follows; a line past the end gets the hash of the last.
pub fn line_hashes(blob: &[u8], lines: &[u32]) -> Vec<String> {
    let mut rolling = Rolling::new(lines);
    for chunk in blob.utf8_chunks() {
        let invalid = (!chunk.invalid().is_empty()).then_some(char::REPLACEMENT_CHARACTER);
        for c in chunk.valid().chars().chain(invalid) {
            for &unit in c.encode_utf16(&mut [0; 2]).iter() {
                if rolling.unit(unit) {
                    return rolling.done;
                }
            }
        }
    }
    if !rolling.unit(END_OF_FILE) {
        rolling.drain();
    }
    let last = rolling.result();
    rolling.done.resize(lines.len(), last);
    rolling.done
}

struct Rolling<'a> {
    wanted: &'a [u32],
    /// The hashes of the first of them.
    done: Vec<String>,
    hash: u64,
    units: [u16; WINDOW],
    /// Number of the line that begins at this unit of the window, or 0.
    starts: [u32; WINDOW],
    at: usize,
    line: u32,
    line_start: bool,
    after_cr: bool,
    seen: FxHashMap<u64, u32>,
    last: (u64, u32),
}

impl<'a> Rolling<'a> {
    fn new(wanted: &'a [u32]) -> Self {
        Self {
            wanted,
            done: Vec::with_capacity(wanted.len()),
            hash: 0,
            units: [0; WINDOW],
            starts: [0; WINDOW],
            at: 0,
            line: 0,
            line_start: true,
            after_cr: false,
            seen: FxHashMap::default(),
            last: (0, 1),
        }
    }

    /// Takes one code unit; true when the wanted lines are done.
    fn unit(&mut self, unit: u16) -> bool {
        const LF: u16 = b'\n' as u16;
        const CR: u16 = b'\r' as u16;
        let blank = unit == u16::from(b' ') || unit == u16::from(b'\t');
        if blank || (self.after_cr && unit == LF) {
            self.after_cr = false;
            return false;
        }
        self.after_cr = unit == CR;
        let unit = if unit == CR { LF } else { unit };
        if self.finish_oldest() {
            return true;
        }
        if self.line_start {
            self.line += 1;
            self.starts[self.at] = self.line;
        }
        self.line_start = unit == LF;
        self.roll(unit);
        false
    }

    /// After the end of the file: as if a hundred zeros followed.
    fn drain(&mut self) {
        for _ in 0..WINDOW {
            if self.finish_oldest() {
                return;
            }
            self.roll(0);
        }
    }

    fn roll(&mut self, unit: u16) {
        let leaving = LEAVING.wrapping_mul(self.units[self.at].into());
        self.hash = self.hash.wrapping_mul(BASE).wrapping_add(unit.into()).wrapping_sub(leaving);
        self.units[self.at] = unit;
        self.at = (self.at + 1) % WINDOW;
    }

    /// The window now holds exactly the units of the line that began at its oldest unit, if one did.
    fn finish_oldest(&mut self) -> bool {
        let line = std::mem::take(&mut self.starts[self.at]);
        if line == 0 {
            return false;
        }
        let count = self.seen.entry(self.hash).or_insert(0);
        *count += 1;
        // Every line overwrites the last until a wanted one is reached, so a line past the end has an answer too.
        self.last = (self.hash, *count);
        while self.wanted.get(self.done.len()).is_some_and(|&wanted| line >= wanted) {
            self.done.push(self.result());
        }
        self.done.len() == self.wanted.len()
    }

    fn result(&self) -> String {
        let (hash, count) = self.last;
        format!("{hash:x}:{count}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn line_hash(blob: &[u8], line: u32) -> String {
        line_hashes(blob, &[line]).remove(0)
    }

    fn all(text: &str, lines: u32) -> Vec<String> {
        (1..=lines).map(|line| line_hash(text.as_bytes(), line)).collect()
    }

    #[test]
    fn the_public_vectors_hold() {
        assert_eq!(all("", 1), ["c129715d7a2bc9a3:1"]);
        assert_eq!(
            all(" a\nb\n  \t\tc\n d", 4),
            ["271789c17abda88f:1", "54703d4cd895b18:1", "180aee12dab6264:1", "a23a3dc5e078b07b:1"]
        );
    }

    #[test]
    fn many_lines_at_once_are_hashed_as_each_alone() {
        let text = "a\nb\na\n\n  c\r\nb";
        let lines = [1, 2, 2, 3, 5, 6, 7, 9];
        let alone: Vec<String> = lines.iter().map(|&line| line_hash(text.as_bytes(), line)).collect();
        assert_eq!(line_hashes(text.as_bytes(), &lines), alone);
        assert!(line_hashes(text.as_bytes(), &[]).is_empty());
    }

    #[test]
    fn line_ends_and_indentation_do_not_matter() {
        let unix = all("key\n  = value\nend\n", 3);
        assert_eq!(all("key\r\n= value\r\nend\r\n", 3), unix);
        assert_eq!(all("key\r\t=  value\rend\r", 3), unix);
    }

    #[test]
    fn equal_lines_are_numbered_from_the_top() {
        let filler = "x".repeat(120);
        let text = format!("{filler}\n{filler}\n{filler}\n");
        let hashes = all(&text, 3);
        let (first, _) = hashes[0].split_once(':').unwrap();
        assert_eq!(hashes, [format!("{first}:1"), format!("{first}:2"), format!("{first}:3")]);
    }

    #[test]
    fn a_line_past_the_end_and_bytes_that_are_no_text_have_a_hash() {
        assert_eq!(line_hash(b"a\nb", 9), line_hash(b"a\nb", 2));
        assert_eq!(line_hash(b"a\xff\xfe", 1), line_hash("a\u{fffd}\u{fffd}".as_bytes(), 1));
    }

    /// Straight from the definition, in quadratic time.
    fn plain(text: &str, line: usize) -> u64 {
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        let units: Vec<u16> = text.encode_utf16().chain([END_OF_FILE]).filter(|&u| u != 32 && u != 9).collect();
        let starts: Vec<usize> = (0..units.len()).filter(|&i| i == 0 || units[i - 1] == u16::from(b'\n')).collect();
        let start = starts[(line - 1).min(starts.len() - 1)];
        let window = units[start..].iter().copied().chain(std::iter::repeat(0)).take(WINDOW);
        window.fold(0_u64, |hash, unit| hash.wrapping_mul(BASE).wrapping_add(unit.into()))
    }

    proptest! {
        #[test]
        fn rolling_equals_hashing_each_window(text in "([a-c \t\n\u{1f600}é]|\r\n){0,300}", line in 1_u32..20) {
            let hash = line_hash(text.as_bytes(), line);
            let (hash, _) = hash.split_once(':').unwrap();
            prop_assert_eq!(hash, format!("{:x}", plain(&text, line as usize)));
        }
    }
}
