//! Encoded text that goes over several lines.

use std::ops::Range;

/// Most bytes of line ends, indentation and quotation marks between two lines of one text.
const GAP: usize = 256;

/// Lines at least this long may be wrapped at any width; shorter ones end with a whole quantum.
const WIDE: usize = 60;

/// The fewest digits in a line that another one follows.
const SHORTEST: usize = 16;

/// An alphabet, and how many of its digits make a whole number of bytes.
#[derive(Clone, Copy)]
pub(super) struct Alphabet {
    pub is_digit: fn(u8) -> bool,
    pub quantum: usize,
}

/// Whether `text` is digits throughout, in lines of equal width but for the last, which may be shorter.
pub(super) fn is_uniform(text: &[u8], is_digit: fn(u8) -> bool) -> bool {
    let end = |line: &[u8]| line.len() - usize::from(line.ends_with(b"\r"));
    let mut lines = text.trim_ascii_end().split(|&byte| byte == b'\n').map(|line| &line[..end(line)]).peekable();
    let width = lines.peek().map_or(0, |line| line.len());
    while let Some(line) = lines.next() {
        let fits = if lines.peek().is_some() { line.len() == width } else { line.len() <= width };
        if !fits || !line.iter().all(|&byte| is_digit(byte)) {
            return false;
        }
    }
    width > 0
}

/// All runs of digits in `text`.
pub(super) fn lines(text: &[u8], is_digit: fn(u8) -> bool) -> Vec<Range<usize>> {
    let (mut runs, mut at) = (Vec::new(), 0);
    while at < text.len() {
        let end = run_end(text, at, text.len(), is_digit);
        if end > at {
            runs.push(at..end);
        }
        at = end + 1;
    }
    runs
}

/// The runs of digits that make one text with the digit at `at`, each a line, at most `most` bytes to either side; and
/// the place of the first digit in its quantum, when that at `at` has the place `phase`.
pub(super) fn runs(
    text: &[u8],
    at: usize,
    phase: usize,
    alphabet: Alphabet,
    most: usize,
) -> Option<(Vec<Range<usize>>, usize)> {
    let Alphabet { is_digit, quantum } = alphabet;
    let (lowest, highest) = (at.saturating_sub(most), text.len().min(at.saturating_add(most)));
    if !text.get(at).is_some_and(|&byte| is_digit(byte)) {
        return None;
    }
    let first = run_start(text, at, lowest, is_digit)..run_end(text, at, highest, is_digit);
    let is_aligned = |phase: usize, run: &Range<usize>| phase.is_multiple_of(quantum) || run.len() >= WIDE;

    // Lines before it, the last of them first.
    let mut phase = (phase % quantum + quantum - (at - first.start) % quantum) % quantum;
    let mut before = Vec::new();
    let mut line = first.clone();
    while let Some(end) = previous(text, line.start, is_digit)
        && end > lowest
    {
        let start = run_start(text, end - 1, lowest, is_digit);
        let earlier = start..end;
        // A short run is the last word of some text, and dashes are the end of a PEM header.
        if earlier.len() < SHORTEST || !is_aligned(phase, &earlier) || text[earlier.clone()].ends_with(b"--") {
            break;
        }
        phase = (phase + quantum - earlier.len() % quantum) % quantum;
        before.push(earlier.clone());
        // Text that begins within a line is the beginning.
        if earlier.len() < line.len() {
            break;
        }
        line = earlier;
    }

    let mut runs: Vec<Range<usize>> = before.into_iter().rev().collect();
    let mut digits = phase + runs.iter().map(Range::len).sum::<usize>() + first.len();
    let mut line = first;
    runs.push(line.clone());
    while let Some(start) = gap(text, line.end)
        && start < highest
        && is_digit(text[start])
        && is_aligned(digits, &line)
    {
        let next = start..run_end(text, start, highest, is_digit);
        if !ends_line(&text[next.end..]) || text[next.clone()].starts_with(b"--") {
            break;
        }
        digits += next.len();
        runs.push(next.clone());
        // A line shorter than the one before it is the last, unless that began within its line.
        if next.len() < line.len() && runs.len() > 2 {
            break;
        }
        line = next;
    }
    Some((runs, phase))
}

fn run_end(text: &[u8], at: usize, highest: usize, is_digit: fn(u8) -> bool) -> usize {
    text[at..highest].iter().position(|&byte| !is_digit(byte)).map_or(highest, |len| at + len)
}

fn run_start(text: &[u8], at: usize, lowest: usize, is_digit: fn(u8) -> bool) -> usize {
    let mut start = at;
    while start > lowest && is_digit(text[start - 1]) && !is_escape(text, start - 1) {
        start -= 1;
    }
    start
}

/// Whether the letter at `at` is that of a `\n`, written out.
fn is_escape(text: &[u8], at: usize) -> bool {
    at > 0 && text[at - 1] == b'\\' && matches!(text[at], b'n' | b'r' | b't')
}

/// Where the line ends whose text goes on at `start`.
fn previous(text: &[u8], start: usize, is_digit: fn(u8) -> bool) -> Option<usize> {
    for end in (start.saturating_sub(GAP) + 1..start).rev() {
        let (byte, is_escape) = (text[end - 1], is_escape(text, end - 1));
        if is_digit(byte) && !is_escape && gap(text, end) == Some(start) {
            return Some(end);
        }
        if !is_escape && !is_between(byte) {
            return None;
        }
    }
    None
}

/// Whether `byte` may stand in a gap.
fn is_between(byte: u8) -> bool {
    matches!(
        byte,
        b' ' | b'\t' | b'\r' | b'\n' | b'\\' | b'"' | b'\'' | b'`' | b'+' | b'.' | b'&' | b',' | b'#' | b'*' | b'>'
    )
}

/// Where the text goes on after the line that ends at `end`: behind a line end, raw or written as an escape, or behind
/// the end of one string literal and the beginning of the next, with what joins them.
fn gap(text: &[u8], end: usize) -> Option<usize> {
    let (mut at, mut quote, mut is_next) = (end, None, false);
    let at_most = text.len().min(end + GAP);
    while at < at_most {
        match (text[at], quote) {
            (b' ' | b'\t', _) | (b',', Some(_)) => {}
            (b'\r' | b'\n', _) | (b'+' | b'.' | b'&', Some(_)) => is_next = true,
            (b'\\', _) => match text.get(at + 1) {
                Some(b'n' | b'r') => {
                    at += 1;
                    is_next = true;
                }
                Some(b'\\' | b'\r' | b'\n') => {}
                _ => return None,
            },
            (b'"' | b'\'' | b'`', None) => quote = Some(text[at]),
            (b'#' | b'*' | b'>', None) if is_next => {}
            (byte, Some(open)) if byte == open => return is_next.then_some(at + 1),
            _ => break,
        }
        at += 1;
    }
    (is_next && quote.is_none() && at < at_most).then_some(at)
}

/// Whether a line of digits ends before `rest`, and not only a word of it.
fn ends_line(rest: &[u8]) -> bool {
    let padding = rest.iter().take(2).take_while(|&&byte| byte == b'=').count();
    let mut rest = rest[padding..].iter().skip_while(|&&byte| byte == b' ' || byte == b'\t');
    matches!(
        rest.next(),
        None | Some(b'\r' | b'\n' | b'"' | b'\'' | b'`' | b'\\' | b'<' | b')' | b']' | b'}' | b',' | b';')
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_has_a_line_end_or_joins_two_literals() {
        for (text, is_gap) in [
            ("\nB", true),
            ("\r\n\t  B", true),
            (r"\nB", true),
            (r"\r\nB", true),
            ("\\\nB", true),
            ("\"\n  \"B", true),
            ("\" + \"B", true),
            ("' . 'B", true),
            ("\\n\" +\n\"B", true),
            ("\n# B", true),
            ("\n> B", true),
            (" B", false),
            (": B", false),
            ("\", \"B", false),
            ("\"\n", false),
            ("\"\n'B", false),
            (r"\qB", false),
            ("=\nB", false),
            ("", false),
        ] {
            let text = format!("AAAA{text}");
            assert_eq!(gap(text.as_bytes(), 4), is_gap.then_some(text.len() - 1), "{text}");
        }
        let far = format!("A\n{}B", " ".repeat(GAP));
        assert_eq!(gap(far.as_bytes(), 1), None);
    }

    #[test]
    fn a_word_at_the_begin_of_the_next_line_is_not_part_of_it() {
        for (rest, is_end) in [
            ("", true),
            ("\r\nmore", true),
            ("  \nmore", true),
            ("==\n", true),
            ("\",", true),
            (": value", false),
            ("=value", false),
            (" words", false),
        ] {
            assert_eq!(ends_line(rest.as_bytes()), is_end, "{rest}");
        }
    }
}
