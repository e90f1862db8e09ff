//! What a scan found, written out: for a person, for a program (JSON Lines), for code scanning (SARIF), for GitLab, for a
//! job of GitHub Actions, as a page to look at in the morning, and as a table.
//!
//! The same report gives the same bytes: no clock, no environment, no order of a hash map. GitLab demands the times of the
//! scan, and exposure lasts until now; the caller says them. Unless [`Style::reveal`] is
//! set, no value of a finding leaves through any of the formats, wherever else in the repository it was also used.

mod count;
mod csv;
mod github;
mod gitlab;
mod html;
mod jsonl;
mod line_hash;
mod mask;
mod picture;
mod policy;
mod sarif;
mod text;
mod verification;
mod words;

pub use jsonl::SCHEMA_VERSION;
pub use line_hash::line_hashes;
pub use mask::Mask;
pub use picture::{
    Outcome, Picture, PictureCommit, PictureFinding, PictureRepository, PictureRun, PictureValue, PictureVerdict, State,
};
pub use policy::{POLICY_SCHEMA_VERSION, PolicyFormat, PolicyIssue, PolicyReport, Unread, write_policy};
pub use text::write_verification;

use crate::model::Report;
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
    /// Write the suppressed findings too. JSON Lines always has them, under a type of their own.
    pub show_suppressed: bool,
    /// When the scan began; GitLab only, in whole seconds.
    pub began: jiff::Timestamp,
    /// When it ended; GitLab, and the end of an exposure in HTML and CSV.
    pub ended: jiff::Timestamp,
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
    /// GitLab: one secret detection report, schema 15.2.1, of one repository.
    Gitlab,
    /// A job of GitHub Actions: workflow commands that make annotations.
    Github,
    /// A person who looks at it in a browser: one page that needs nothing else.
    Html,
    /// A spreadsheet: RFC 4180, one row a finding.
    Csv,
}

/// Writes `report` to `out`. `rules` are those of the scan: SARIF describes them.
///
/// # Errors
///
/// What `out` answers, a set of values too large to look for in what is written, and several repositories in a report for
/// GitLab.
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
        Format::Gitlab => gitlab::write(report, rules, &mask, style, out),
        Format::Github => github::write(report, &mask, style, out),
        Format::Html => html::write(&Picture::of_scan(report, &mask, style), out),
        Format::Csv => csv::write(&Picture::of_scan(report, &mask, style), out),
    }
}

/// Writes `picture` as a page of HTML that needs no network and no other file.
///
/// # Errors
///
/// What `out` answers.
pub fn write_html(picture: &Picture, out: &mut dyn io::Write) -> io::Result<()> {
    html::write(picture, out)
}

/// Writes the findings of `picture` as a table of comma-separated values (RFC 4180).
///
/// # Errors
///
/// What `out` answers.
pub fn write_csv(picture: &Picture, out: &mut dyn io::Write) -> io::Result<()> {
    csv::write(picture, out)
}
