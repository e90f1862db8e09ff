//! The report for GitLab: a secret detection report of its security report schemas, version 15.2.1.
//!
//! GitLab follows a finding by its signature, so the credential's fingerprint is the signature: a file that is moved, or a
//! line that is, makes no new vulnerability. `raw_source_code_extract`, which GitLab calls an unsanitized excerpt, is never
//! written, not even with [`Style::reveal`]: it would copy the value into GitLab's database.

mod shape;
mod vulnerability;

use super::Style;
use super::mask::Mask;
use crate::model::{Gap, GapKind, Report, RepositoryReport};
use crate::rules::RuleSet;
use shape::{Document, Message, SCHEMA, Scan, Tool, VERSION, Vendor};
use std::io::{self, Write};

/// Gaps of a list that are named one by one: all messages are shown above the findings.
const MESSAGES: usize = 100;

pub(super) fn write(
    report: &Report,
    rules: &RuleSet,
    mask: &Mask,
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    if report.repositories.len() > 1 {
        let text =
            "a report for GitLab holds one repository: it links each path to the project whose pipeline brings it";
        return Err(io::Error::new(io::ErrorKind::InvalidInput, text));
    }
    let repository = report.repositories.first();
    let complete = repository.is_some_and(|repository| repository.coverage.is_complete());
    let document = Document {
        schema: SCHEMA,
        version: VERSION,
        scan: Scan {
            analyzer: tool(),
            scanner: tool(),
            kind: "secret_detection",
            status: if complete { "success" } else { "failure" },
            start_time: time(style.began),
            end_time: time(style.ended),
            messages: repository.map(|repository| messages(repository, mask)).unwrap_or_default(),
        },
        vulnerabilities: repository.map(|repository| findings(repository, rules, mask, style)).unwrap_or_default(),
    };
    serde_json::to_writer_pretty(&mut *out, &document)?;
    out.write_all(b"\n")
}

fn tool() -> Tool {
    let name = "Keytrail";
    Tool { id: "keytrail", name, version: env!("CARGO_PKG_VERSION"), vendor: Vendor { name } }
}

/// In UTC, without the `Z` and the fraction, which the schema refuses.
fn time(at: jiff::Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S").to_string()
}

fn findings(repository: &RepositoryReport, rules: &RuleSet, mask: &Mask, style: &Style) -> Vec<shape::Vulnerability> {
    let suppressed = repository.suppressed.iter().filter(|_| style.show_suppressed);
    let all = repository.findings.iter().chain(suppressed);
    all.map(|finding| vulnerability::vulnerability(finding, repository.head, rules, mask)).collect()
}

fn messages(repository: &RepositoryReport, mask: &Mask) -> Vec<Message> {
    let coverage = &repository.coverage;
    let mut list = Vec::new();
    for (level, gaps) in [("warn", &coverage.gaps), ("info", &coverage.accepted_gaps), ("info", &coverage.sealed)] {
        list.extend(gaps.iter().take(MESSAGES).map(|gap| gap_message(level, gap, mask)));
        let more = gaps.len().saturating_sub(MESSAGES);
        if more > 0 {
            list.push(Message { level, value: format!("{more} more gaps are not named here.") });
        }
    }
    list.extend(repository.stale.iter().map(|line| Message { level: "warn", value: mask.line(line) }));
    list
}

fn gap_message(level: &'static str, gap: &Gap, mask: &Mask) -> Message {
    let level = if gap.kind == GapKind::NotOpened { "fatal" } else { level };
    Message { level, value: mask.line(&format!("{}: {}: {}", gap.kind.as_str(), gap.subject, gap.detail)) }
}
