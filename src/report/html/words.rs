//! Texts as the page shows them.

use super::super::mask::spell_out;
use crate::model::Severity;
use crate::report::State;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use maud::{Markup, html};

/// Characters of a text that are shown. A path of git may be megabytes long, and a table of such shows nothing.
const MOST: usize = 300;
/// Of these: from its end, where a file's own name stands.
const END: usize = 100;

/// `text` on one line, with what cannot be seen spelt out, and its middle left out if it is too long. The templates escape it.
pub(super) fn shown(text: &str) -> String {
    // Cut first, so that a text of megabytes is not spelt out, and once more after: each character may become ten.
    cut(&spell_out(&cut(text)))
}

fn cut(text: &str) -> String {
    // A character is a byte at least: most texts need no counting.
    let length = if text.len() > MOST { text.chars().count() } else { 0 };
    if length <= MOST {
        return text.to_owned();
    }
    let start = text.chars().take(MOST - END - 1);
    start.chain(std::iter::once('…')).chain(text.chars().skip(length - END)).collect()
}

/// A path, which may be broken after each slash.
pub(super) fn path(text: &str) -> Markup {
    html! { code { @for part in shown(text).split_inclusive('/') { (part) wbr; } } }
}

/// `2026-11-25 06:00 UTC`.
pub(super) fn minute(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

/// `2026-11-25`, in UTC.
pub(super) fn day(at: Timestamp) -> String {
    TimeZone::UTC.to_datetime(at).date().to_string()
}

/// The day of a commit's date as its author wrote it.
pub(super) fn commit_day(date: &str) -> String {
    shown(date.get(..10).unwrap_or(date))
}

/// A word on its colour.
pub(super) fn severity(severity: Severity) -> Markup {
    let word = severity.to_string();
    html! { span.tag.(word) { (word) } }
}

/// The state's name in attributes, where a blank stands between several.
pub(super) fn slug(state: State) -> String {
    state.as_str().replace(' ', "-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_keep_both_ends() {
        let long = format!("a{}z", "é".repeat(100_000));
        let cut = shown(&long);
        assert_eq!(cut.chars().count(), MOST);
        assert!(cut.starts_with("aé") && cut.contains("é…é") && cut.ends_with("éz"));
        assert_eq!(shown(&"é".repeat(MOST)), "é".repeat(MOST));
    }

    #[test]
    fn what_cannot_be_seen_is_spelt_out_and_still_fits() {
        assert_eq!(shown("a\n\u{202e}b\u{0}"), "a\\n\\u{202e}b\\u{0}");
        assert_eq!(shown(&"\u{202e}".repeat(1_000)).chars().count(), MOST);
    }

    #[test]
    fn times_are_those_of_utc() {
        let at: Timestamp = "2026-11-25T00:30:00+01:00".parse().unwrap();
        assert_eq!((minute(at), day(at)), ("2026-11-24 23:30 UTC".to_owned(), "2026-11-24".to_owned()));
        assert_eq!(commit_day("2026-11-25T00:30:00+01:00"), "2026-11-25");
        assert_eq!(commit_day("aéééééé"), "aéééééé", "a date that is none may end nowhere");
    }
}
