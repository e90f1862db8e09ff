//! What is wrong with policy documents, written out: for a person, for a program, for code scanning.

mod jsonl;
mod text;

pub use jsonl::POLICY_SCHEMA_VERSION;

use super::{mask::Mask, sarif};
use crate::iam::{Check, Kind};
use crate::model::{Fingerprint, Severity};
use std::collections::BTreeMap;
use std::io;

/// What was read, and what is wrong with it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PolicyReport {
    /// What was looked through, as the user named it.
    pub name: String,
    /// Files whose names are those of templates.
    pub files: u64,
    /// Policy documents in them.
    pub documents: u64,
    /// Documents that only bound what others grant, and were not judged.
    pub bounding: u64,
    /// Worst first, then by place.
    pub issues: Vec<PolicyIssue>,
    /// Issues that a comment on their line allows.
    pub allowed: u64,
    /// Issues that are less severe than the user wants to see.
    pub below: u64,
    /// Files and documents that could not be read.
    pub unread: Vec<Unread>,
}

/// One issue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyIssue {
    /// The check's id.
    pub check: &'static str,
    /// How bad.
    pub severity: Severity,
    /// From the root of the work tree on, or from what the user named.
    pub path: String,
    /// Counted from 1.
    pub line: u32,
    /// Counted from 1, in characters.
    pub column: u32,
    /// Where in the file the document, or what is made, stands; empty if it is the file.
    pub document: String,
    /// What the document is for; `None` of what is none.
    pub kind: Option<Kind>,
    /// The statement.
    pub statement: Option<String>,
    /// What is wrong, without a final stop.
    pub says: String,
    /// What to do, without a final stop.
    pub advice: String,
    /// The same as long as the same is wrong with the same statement, whatever line it is in.
    pub fingerprint: Fingerprint,
    /// What code scanning knows its line by; empty if it is not known.
    pub line_hash: String,
}

/// What could not be read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unread {
    /// As in [`PolicyIssue`].
    pub path: String,
    /// Counted from 1; `None` of a file that could not be opened.
    pub line: Option<u32>,
    /// Without a final stop.
    pub reason: String,
    /// Whether it surely holds policy documents: then not all was read.
    pub counts: bool,
}

impl PolicyReport {
    /// Whether all was read that should be.
    pub fn is_complete(&self) -> bool {
        self.unread.iter().all(|unread| !unread.counts)
    }

    /// How many issues there are of each severity, worst first.
    fn by_severity(&self) -> Vec<(Severity, u64)> {
        let mut counts: BTreeMap<Severity, u64> = Severity::ALL.into_iter().map(|severity| (severity, 0)).collect();
        for issue in &self.issues {
            *counts.entry(issue.severity).or_default() += 1;
        }
        counts.into_iter().rev().collect()
    }
}

/// Whom it is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PolicyFormat {
    /// A person; with colours, or without.
    Text {
        /// By ANSI escape sequences.
        color: bool,
    },
    /// A program: one JSON object a line, see `docs/policy.schema.json`.
    Jsonl,
    /// Code scanning: one SARIF 2.1.0 log.
    Sarif,
}

/// Writes `report` to `out`. `checks` are all that are made: SARIF describes them.
///
/// # Errors
///
/// What `out` answers.
pub fn write_policy(
    report: &PolicyReport,
    checks: &[Check],
    format: PolicyFormat,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    // Nothing is to be hidden, but names are other people's: none of their control characters gets out.
    let mask = Mask::new([], false)?;
    match format {
        PolicyFormat::Text { color } => text::write(report, &mask, color, out),
        PolicyFormat::Jsonl => jsonl::write(report, &mask, out),
        PolicyFormat::Sarif => sarif::write_policy(report, checks, &mask, out),
    }
}
