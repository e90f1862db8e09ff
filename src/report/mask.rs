//! Keeps values out of everything else that is written: a path, a branch or an author's name may hold one too.

use crate::model::{Component, Location, RepositoryReport, Secret};
use aho_corasick::{AhoCorasick, AhoCorasickBuilder};
use std::borrow::Cow;
use std::fmt::Write as _;
use std::io;

/// How often a value may have been escaped with percent signs: a file that is named by a URL, in a URL, in a URL.
const PERCENT_LEVELS: usize = 3;

/// Every value of a report, to be found in any string that goes out and replaced by its redacted form.
pub struct Mask {
    /// `None` when there is nothing to hide.
    values: Option<AhoCorasick>,
    /// What stands for each pattern of `values`.
    redacted: Vec<String>,
    reveal: bool,
}

impl Mask {
    /// Hides the values of `repositories`: counted, suppressed, left out and dropped ones; with `reveal`, none.
    ///
    /// # Errors
    ///
    /// A set of values that is too large to look for.
    pub fn new<'a>(repositories: impl IntoIterator<Item = &'a RepositoryReport>, reveal: bool) -> io::Result<Self> {
        let mut mask = Self::of(repositories.into_iter().flat_map(secrets).filter(|_| !reveal))?;
        mask.reveal = reveal;
        Ok(mask)
    }

    /// Hides these values.
    ///
    /// # Errors
    ///
    /// A set of values that is too large to look for.
    pub fn of<'a>(values: impl IntoIterator<Item = &'a Secret>) -> io::Result<Self> {
        let mut patterns: Vec<(Vec<u8>, String)> = Vec::new();
        for secret in values {
            let lossy = String::from_utf8_lossy(secret.expose());
            for form in [secret.expose(), lossy.as_bytes()] {
                if !form.is_empty() {
                    patterns.push((form.to_vec(), secret.redacted()));
                }
            }
        }
        patterns.sort();
        patterns.dedup();
        let values = if patterns.is_empty() {
            None
        } else {
            // A key id in lower case, as in an e-mail address or a host name, is as good as the id.
            let forms = patterns.iter().map(|(form, _)| form);
            Some(AhoCorasickBuilder::new().ascii_case_insensitive(true).build(forms).map_err(io::Error::other)?)
        };
        Ok(Self { values, redacted: patterns.into_iter().map(|(_, redacted)| redacted).collect(), reveal: false })
    }

    /// `bytes` without values. Where values overlap, one redacted form stands for the whole stretch.
    pub(super) fn bytes<'a>(&self, bytes: &'a [u8]) -> Cow<'a, [u8]> {
        let Some(values) = &self.values else { return Cow::Borrowed(bytes) };
        let mut spans: Vec<(usize, usize, usize)> =
            values.find_overlapping_iter(bytes).map(|m| (m.start(), m.end(), m.pattern().as_usize())).collect();
        let mut unescaped = percent_decoded(bytes, |at| at);
        for _ in 0..PERCENT_LEVELS {
            let Some((text, places)) = unescaped else { break };
            let found = values.find_overlapping_iter(&text);
            spans.extend(found.map(|m| (places[m.start()], places[m.end()], m.pattern().as_usize())));
            unescaped = percent_decoded(&text, |at| places[at]);
        }
        if spans.is_empty() {
            return Cow::Borrowed(bytes);
        }
        // At one start the longest first: it names the stretch.
        spans.sort_by_key(|&(start, end, _)| (start, std::cmp::Reverse(end)));
        let mut shown = Vec::with_capacity(bytes.len());
        let mut done = 0;
        for (start, end, pattern) in spans {
            if start >= done {
                shown.extend_from_slice(&bytes[done..start]);
                shown.extend_from_slice(self.redacted[pattern].as_bytes());
            }
            done = done.max(end);
        }
        shown.extend_from_slice(&bytes[done..]);
        Cow::Owned(shown)
    }

    /// `text` without values.
    pub fn text(&self, text: &str) -> String {
        String::from_utf8_lossy(&self.bytes(text.as_bytes())).into_owned()
    }

    /// `text` without values and on one line: control characters and what cannot be seen are spelled out, so that a file name
    /// can neither forge a line of the report, nor reach the terminal, nor look like another.
    pub fn line(&self, text: &str) -> String {
        // Once more after spelling out: the spelling could complete a value.
        self.text(&spell_out(&self.text(text)))
    }

    /// The path of a place that has one, lossily decoded.
    pub(super) fn path(&self, location: &Location) -> Option<String> {
        // Decoding can join bytes to the text of a value, so the text is masked again.
        location.place.path().map(|path| self.text(&String::from_utf8_lossy(&self.bytes(&path))))
    }

    /// The place for a person: `path:line:column`, on one line.
    pub fn spot(&self, location: &Location) -> String {
        let place = match self.path(location) {
            Some(path) => self.line(&path),
            None => location.place.display(&location.object),
        };
        let spot = format!("{place}:{}:{}", location.line, location.column);
        match self.wrapping(location) {
            Some(wrapping) => format!("{spot}  ({})", self.line(&wrapping)),
            None => spot,
        }
    }

    /// How the value is wrapped, in words; `None` if it stands there as it is.
    pub(super) fn wrapping(&self, location: &Location) -> Option<String> {
        let wrapping = &location.wrapping;
        (!wrapping.layers.is_empty()).then(|| self.text(&wrapping.to_string()))
    }

    /// The value itself, lossily decoded, where the user wants to see it.
    pub(super) fn value(&self, secret: &Secret) -> Option<String> {
        self.reveal.then(|| String::from_utf8_lossy(secret.expose()).into_owned())
    }

    /// What a person is shown of a value, on one line.
    pub fn shown(&self, secret: &Secret) -> String {
        self.value(secret).map_or_else(|| secret.redacted(), |value| spell_out(&value))
    }
}

fn secrets(repository: &RepositoryReport) -> impl Iterator<Item = &Secret> {
    let findings = repository.findings.iter().chain(&repository.suppressed);
    let components = findings.flat_map(|finding| &finding.components).map(|component: &Component| &component.secret);
    let dropped = repository.dropped.iter().map(|dropped| &dropped.secret);
    components.chain(dropped).chain(&repository.left_out_values)
}

/// `text` without its percent escapes, and the place of each of its bytes and of its end, as `place` tells them; `None` if it
/// has no escape.
fn percent_decoded(text: &[u8], place: impl Fn(usize) -> usize) -> Option<(Vec<u8>, Vec<usize>)> {
    let digit = |at: usize| char::from(*text.get(at)?).to_digit(16);
    let escape = |at: usize| if text[at] == b'%' { Some((digit(at + 1)? << 4 | digit(at + 2)?) as u8) } else { None };
    memchr::memchr_iter(b'%', text).find_map(escape)?;
    let (mut decoded, mut places, mut at) = (Vec::with_capacity(text.len()), Vec::with_capacity(text.len() + 1), 0);
    while at < text.len() {
        places.push(place(at));
        let byte = escape(at);
        decoded.push(byte.unwrap_or(text[at]));
        at += if byte.is_some() { 3 } else { 1 };
    }
    places.push(place(at));
    Some((decoded, places))
}

/// Control characters, and those that turn the direction of text or show nothing, as `\n` or `\u{1b}`.
pub(super) fn spell_out(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => line.push_str("\\n"),
            '\r' => line.push_str("\\r"),
            '\t' => line.push_str("\\t"),
            c if c.is_control() || is_invisible(c) => {
                // Writing to a string cannot fail.
                let _ = write!(line, "{}", c.escape_unicode());
            }
            c => line.push(c),
        }
    }
    line
}

/// What turns the direction of text, ends a line, or shows nothing: Unicode's `Default_Ignorable_Code_Point`
/// (`DerivedCoreProperties.txt` of version 16), and marks for annotations.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{DropReason, Dropped, Oid, Place, Wrapping};

    fn location(path: &[u8]) -> Location {
        let object = Oid::from_bytes(&[7; 20]).unwrap();
        Location {
            place: Place::File(path.to_vec()),
            object,
            wrapping: Wrapping::default(),
            line: 3,
            column: 9,
            length: 20,
        }
    }

    fn mask(values: &[&[u8]], reveal: bool) -> Mask {
        let dropped = values.iter().map(|value| Dropped {
            rule_id: "r".into(),
            secret: Secret::new(value),
            reason: DropReason::Words,
            detail: String::new(),
            location: location(b"p"),
            objects: 1,
        });
        let repository =
            RepositoryReport { name: "r".into(), dropped: dropped.collect(), ..RepositoryReport::default() };
        Mask::new([&repository], reveal).unwrap()
    }

    #[test]
    fn a_value_inside_a_string_becomes_its_redacted_form() {
        let mask = mask(&[b"abcdefghijklmnop"], false);
        assert_eq!(mask.text("old/abcdefghijklmnop.txt"), "old/abcd…(16).txt");
        assert_eq!(mask.spot(&location(b"abcdefghijklmnop")), "abcd…(16):3:9");
    }

    #[test]
    fn letter_case_hides_nothing() {
        let mask = mask(&[b"ABCDEFGHIJKLMNOP"], false);
        assert_eq!(mask.text("abcdefghIJKLMNOP@example.com"), "ABCD…(16)@example.com");
    }

    #[test]
    fn percent_signs_hide_nothing() {
        let mask = mask(&[b"ab/defgh+jklmnop"], false);
        for escaped in ["ab%2Fdefgh%2Bjklmnop", "%61b%2fdefgh+jklmnop", "AB%252Fdefgh%25252bjklmnop"] {
            assert_eq!(mask.text(&format!("100%/{escaped}%2Fx%")), "100%/ab/d…(16)%2Fx%", "{escaped}");
        }
        assert_eq!(mask.text("100%/ab%2Fdefgh%2Bjklmno%"), "100%/ab%2Fdefgh%2Bjklmno%");
    }

    #[test]
    fn overlapping_values_leave_no_tail() {
        let mask = mask(&[b"abcdefghijklmnop", b"klmnopqrstuvwxyz"], false);
        assert_eq!(mask.text("<abcdefghijklmnopqrstuvwxyz>"), "<abcd…(16)>");
    }

    #[test]
    fn a_value_that_is_no_utf8_is_found_raw_and_decoded() {
        let mask = mask(&[b"abcdefgh\xffijklmnop"], false);
        assert_eq!(mask.path(&location(b"a/abcdefgh\xffijklmnop")).unwrap(), "a/abcd…(17)");
        assert_eq!(mask.text("by abcdefgh\u{fffd}ijklmnop"), "by abcd…(17)");
    }

    #[test]
    fn reveal_hides_nothing_and_an_empty_value_matches_nothing() {
        assert_eq!(mask(&[b"abcdefghijklmnop"], true).text("abcdefghijklmnop"), "abcdefghijklmnop");
        assert_eq!(mask(&[b""], false).text("abc"), "abc");
    }

    #[test]
    fn a_path_cannot_forge_a_line_nor_reach_the_terminal() {
        let mask = mask(&[], false);
        assert_eq!(mask.line("a\nb\u{1b}[2J\u{202e}\u{9b}"), "a\\nb\\u{1b}[2J\\u{202e}\\u{9b}");
        assert_eq!(mask.line("ma\u{200b}in\u{e0041}\u{feff}ü"), "ma\\u{200b}in\\u{e0041}\\u{feff}ü");
    }
}
