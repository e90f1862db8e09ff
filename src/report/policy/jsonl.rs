//! JSON Lines. `docs/policy.schema.json` says what each line holds.

use super::{PolicyIssue, PolicyReport, Unread};
use crate::model::{Fingerprint, Severity};
use crate::report::mask::Mask;
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::{self, Write};

/// Grows when a field changes its meaning or goes away; a new field leaves it as it is.
pub const POLICY_SCHEMA_VERSION: u32 = 1;

#[derive(Serialize)]
struct IssueLine<'a> {
    #[serde(rename = "type")]
    kind_of_line: &'static str,
    schema_version: u32,
    check: &'static str,
    severity: Severity,
    path: String,
    line: u32,
    column: u32,
    document: String,
    kind: Option<&'static str>,
    statement: Option<String>,
    says: String,
    advice: String,
    fingerprint: &'a Fingerprint,
}

#[derive(Serialize)]
struct SummaryLine {
    #[serde(rename = "type")]
    kind_of_line: &'static str,
    schema_version: u32,
    name: String,
    files: u64,
    documents: u64,
    bounding: u64,
    issues: u64,
    issues_by_severity: BTreeMap<&'static str, u64>,
    allowed: u64,
    below: u64,
    complete: bool,
    not_read: Vec<UnreadField>,
}

#[derive(Serialize)]
struct UnreadField {
    path: String,
    line: Option<u32>,
    reason: String,
    counts: bool,
}

pub(super) fn write(report: &PolicyReport, mask: &Mask, out: &mut dyn Write) -> io::Result<()> {
    for issue in &report.issues {
        put(out, &issue_line(issue, mask))?;
    }
    let word = |severity| match severity {
        Severity::Critical => "critical",
        Severity::High => "high",
        Severity::Medium => "medium",
        Severity::Low => "low",
    };
    put(
        out,
        &SummaryLine {
            kind_of_line: "summary",
            schema_version: POLICY_SCHEMA_VERSION,
            name: mask.text(&report.name),
            files: report.files,
            documents: report.documents,
            bounding: report.bounding,
            issues: report.issues.len() as u64,
            issues_by_severity: report.by_severity().into_iter().map(|(severity, n)| (word(severity), n)).collect(),
            allowed: report.allowed,
            below: report.below,
            complete: report.is_complete(),
            not_read: report.unread.iter().map(|unread| unread_field(unread, mask)).collect(),
        },
    )
}

fn put(out: &mut dyn Write, line: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *out, line)?;
    out.write_all(b"\n")
}

fn issue_line<'a>(issue: &'a PolicyIssue, mask: &Mask) -> IssueLine<'a> {
    IssueLine {
        kind_of_line: "policy_issue",
        schema_version: POLICY_SCHEMA_VERSION,
        check: issue.check,
        severity: issue.severity,
        path: mask.text(&issue.path),
        line: issue.line,
        column: issue.column,
        document: mask.text(&issue.document),
        kind: issue.kind.map(crate::iam::Kind::as_str),
        statement: issue.statement.as_deref().map(|statement| mask.text(statement)),
        says: mask.text(&issue.says),
        advice: mask.text(&issue.advice),
        fingerprint: &issue.fingerprint,
    }
}

fn unread_field(unread: &Unread, mask: &Mask) -> UnreadField {
    UnreadField {
        path: mask.text(&unread.path),
        line: unread.line,
        reason: mask.text(&unread.reason),
        counts: unread.counts,
    }
}
