//! The report for a spreadsheet: RFC 4180, one row a finding. `docs/output.md` says what each column holds.

use super::mask::spell_out;
use super::picture::{Picture, PictureFinding};
use crate::model::Lifetime;
use ::csv::{Terminator, WriterBuilder};
use jiff::Timestamp;
use std::io::{self, Write};

/// The columns. A new one is added at the end.
const COLUMNS: [&str; 29] = [
    "state",
    "severity",
    "confidence",
    "title",
    "credential",
    "account",
    "lifetime",
    "expires",
    "repository",
    "place",
    "introduced_at",
    "introduced_by",
    "introduced_email",
    "introduced_in",
    "removed_at",
    "removed_in",
    "still_in",
    "now",
    "exposed_from",
    "exposed_to",
    "exposed_days",
    "first_seen",
    "last_seen",
    "note",
    "advice",
    "rule",
    "fingerprint",
    "verified",
    "verified_at",
];

pub(super) fn write(picture: &Picture, out: &mut dyn Write) -> io::Result<()> {
    let mut table = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(out);
    table.write_record(COLUMNS)?;
    for finding in picture.sorted() {
        let row = row(finding, picture.made_at);
        table.write_record(row.iter().map(|cell| guard(cell)))?;
    }
    table.flush()
}

fn row(finding: &PictureFinding, now: Timestamp) -> [String; COLUMNS.len()] {
    let text = |value: Option<&String>| value.cloned().unwrap_or_default();
    let time = |at: Option<Timestamp>| at.map_or_else(String::new, |at| at.to_string());
    let (introduced, removed) = (finding.introduced.as_ref(), finding.removed.as_ref());
    [
        finding.state.as_str().to_owned(),
        finding.severity.to_string(),
        finding.confidence.to_string(),
        finding.title.clone(),
        finding.values.iter().map(|value| value.shown.as_str()).collect::<Vec<_>>().join(" "),
        text(finding.account.as_ref()),
        finding.lifetime.map_or("", Lifetime::as_str).to_owned(),
        text(finding.expires.as_ref()),
        finding.repository.clone(),
        finding.place.clone(),
        text(introduced.map(|by| &by.date)),
        text(introduced.map(|by| &by.author)),
        text(introduced.map(|by| &by.email)),
        text(introduced.map(|by| &by.id)),
        text(removed.map(|by| &by.date)),
        text(removed.map(|by| &by.id)),
        finding.still_in.join(" "),
        finding.now.clone(),
        time(finding.exposed_from),
        time(finding.exposed_to),
        finding.exposed_days(now).map_or_else(String::new, |days| days.to_string()),
        time(finding.seen.map(|(first, _)| first)),
        time(finding.seen.map(|(_, last)| last)),
        finding.note.clone(),
        finding.advice.clone(),
        finding.rule.clone(),
        finding.fingerprint.clone(),
        finding.verified.as_ref().map_or_else(String::new, |verified| verified.headline.clone()),
        text(finding.verified.as_ref().and_then(|verified| verified.at.as_ref())),
    ]
}

/// `cell` on one line, and so that no spreadsheet takes it for a formula: these run what begins with one of four signs, or with
/// a tab or a line end, which are spelt out anyway. An apostrophe before it makes it a text.
fn guard(cell: &str) -> String {
    let line = spell_out(cell);
    // Some skip blanks before they look for the sign, and read full-width forms of it like the plain ones.
    let sign = line.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']);
    if sign { format!("'{line}") } else { line }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_begins_like_a_formula() {
        for cell in ["=1+1", "+1", "-1", "@x", " =1", "\u{a0}=1", "＝1"] {
            assert_eq!(guard(cell), format!("'{cell}"));
        }
        for (cell, shown) in
            [("\t=1", "\\t=1"), ("\r=1", "\\r=1"), ("a=1", "a=1"), ("", ""), ("\u{202e}=1", "\\u{202e}=1")]
        {
            assert_eq!(guard(cell), shown);
        }
    }
}
