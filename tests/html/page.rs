//! The page as text.

use crate::fixture;
use jiff::Timestamp;
use keytrail::report::{Picture, State, write_html};

/// The page of `picture`.
pub fn page(picture: &Picture) -> String {
    let mut out = Vec::new();
    write_html(picture, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// The page without the contents of its style and its scripts.
fn without_blocks(page: &str) -> String {
    let mut rest = page;
    let mut kept = String::new();
    while let Some(start) = [rest.find("<style>"), rest.find("<script>")].into_iter().flatten().min() {
        let open = start + rest[start..].find('>').unwrap() + 1;
        let close = open + rest[open..].find("</").unwrap();
        kept.push_str(&rest[..open]);
        rest = &rest[close..];
    }
    kept + rest
}

#[test]
fn the_page_looks_as_it_should() {
    let page = without_blocks(&page(&fixture::morning()));
    // One element a line, so that a change can be read; the hashes change with style and script.
    let page = page.replace('>', ">\n");
    let (before, policy) = page.split_once("style-src '").unwrap();
    let page = format!("{before}{}", policy.split_once("base-uri").unwrap().1);
    let path = format!("{}/tests/snapshots/report/morning.html", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    assert!(std::fs::read_to_string(&path).unwrap_or_default() == page, "the page has changed; BLESS=1 if it should");
}

#[test]
fn the_same_picture_gives_the_same_bytes_in_whatever_order_it_is_told() {
    let mut picture = fixture::morning();
    let first = page(&picture);
    picture.findings.reverse();
    assert_eq!(page(&picture), first);
    picture.made_at = Timestamp::UNIX_EPOCH;
    assert_ne!(page(&picture), first);
}

#[test]
fn names_are_text_and_never_markup() {
    let page = without_blocks(&page(&fixture::hostile()));
    // Three blocks are ours; nothing else opens an element that runs or fetches, or ends one early.
    assert_eq!((page.matches("<script>").count(), page.matches("<style>").count()), (2, 1));
    for marker in ["<img", "<b onclick", "<svg onload", "<!--", "</title><svg", "href=\"javascript", "=\"window"] {
        assert!(!page.contains(marker), "{marker}");
    }
    // Every quotation mark of a name is escaped, so a value of an attribute ends where the page ends it.
    assert!(page.contains("&quot;&gt;&lt;img src=x onerror=&quot;"));
    let unseen = |c: char| {
        (c.is_control() && c != '\n') || matches!(c, '\u{200b}' | '\u{2028}' | '\u{2029}' | '\u{202e}' | '\u{feff}')
    };
    assert!(!page.contains(unseen));
}

#[test]
fn a_name_of_megabytes_does_not_swell_the_page() {
    assert!(page(&fixture::hostile()).len() < 400_000);
}

#[test]
fn nothing_is_asked_of_anybody() {
    let page = page(&fixture::morning());
    for word in ["src=", "@import", "url(", "http-equiv=\"refresh", "<link", "<form", " style=", " onclick", "fetch("] {
        assert!(!page.contains(word), "{word}");
    }
    assert!(page.contains("default-src 'none'; style-src 'sha256-"));
}

#[test]
fn what_was_not_read_stands_at_the_top() {
    let mut picture = fixture::morning();
    let short = page(&picture);
    assert!(short.contains("<strong>2 of 6 repositories not covered whole</strong>"));
    picture.repositories.retain(|repository| repository.outcome.is_covered());
    assert!(page(&picture).contains("4 repositories were covered whole."));
    assert!(page(&Picture::default()).contains("No repository was read."));
}

#[test]
fn only_what_is_new_or_open_is_counted() {
    let mut picture = fixture::morning();
    assert!(page(&picture).contains("<strong>1 new</strong>"));
    assert!(page(&picture).contains("<strong>5 findings</strong> are open."));
    for finding in &mut picture.findings {
        finding.state = State::Revoked;
    }
    let done = page(&picture);
    assert!(done.contains("Nothing new since 2026-11-24 06:00 UTC. Nothing is open."));
    assert!(!done.contains("Longest exposed") && !done.contains("By account"));
    // One scan remembers no other, so nothing is new to it.
    picture.since = None;
    assert!(!page(&picture).contains("Nothing new"));
}

#[test]
fn ten_thousand_findings_fit_a_page() {
    let page = page(&fixture::crowd(10_000));
    assert_eq!(page.matches("<tr data-severity=").count(), 10_000);
    assert!(page.len() < 20_000_000, "{} bytes", page.len());
    assert!(page.contains("And 4,000 more that were covered whole."));
}
