//! What a scan found, written out: for a person, for a program (JSON Lines), for code scanning (SARIF).
//!
//! The same report gives the same bytes: no clock, no environment, no order of a hash map. Unless [`Style::reveal`] is
//! set, no value of a finding leaves through any of the formats, wherever else in the repository it was also used.

mod jsonl;
mod line_hash;
mod mask;
mod sarif;
mod text;

pub use jsonl::SCHEMA_VERSION;
pub use line_hash::line_hashes;
pub use mask::Mask;

use crate::model::{Place, Report};
use crate::rules::RuleSet;
use std::io;

/// How much to say, and how.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[allow(clippy::struct_excessive_bools, reason = "four independent switches of the command line, no state machine")]
pub struct Style {
    /// Write the values themselves instead of their redacted forms.
    pub reveal: bool,
    /// Colours and bold type, by ANSI escape sequences; the text format only.
    pub color: bool,
    /// List every dropped value with the reason for its drop; text and JSON Lines.
    pub explain: bool,
    /// List the suppressed findings too. JSON Lines always has them, under a type of their own.
    pub show_suppressed: bool,
}

/// Whom the report is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// A person.
    Text,
    /// A program: one JSON object a line, see `docs/findings.schema.json`.
    Jsonl,
    /// Code scanning: one SARIF 2.1.0 log.
    Sarif,
}

/// What a place beside the history means for a value that stands nowhere else.
fn place_words(place: &Place) -> &'static str {
    match place {
        Place::Staged(_) => "staged, not committed yet",
        Place::Worktree(_) => "in a file, not in HEAD",
        Place::RefName(_) => "in the name of a ref, which every push and clone carries",
        Place::Config(_) => "in this repository's own configuration, which no push carries",
        Place::Reflog(_) => "in this repository's own reflogs, which no push carries",
        Place::Stdin => "on standard input",
        Place::File(_) | Place::Lfs(_) | Place::Commit | Place::Tag | Place::Unnamed => "in history",
    }
}

/// Writes `report` to `out`. `rules` are those of the scan: SARIF describes them.
///
/// # Errors
///
/// What `out` answers, and a set of values too large to look for in what is written.
pub fn write(
    report: &Report,
    rules: &RuleSet,
    format: Format,
    style: &Style,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let mask = Mask::new(&report.repositories, style.reveal)?;
    match format {
        Format::Text => text::write(report, &mask, style, out),
        Format::Jsonl => jsonl::write(report, &mask, style, out),
        Format::Sarif => sarif::write(report, rules, &mask, style, out),
    }
}
