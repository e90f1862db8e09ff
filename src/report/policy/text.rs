//! The report for a person: one block an issue, worst first, then what was read and what was not.

use super::{PolicyIssue, PolicyReport, Unread};
use crate::report::{
    count::{number, plural},
    mask::Mask,
    text::Paint,
};
use std::io::{self, Write};

/// Columns from the indentation to what a label says.
const LABEL: usize = 13;
/// Files that could not be read and are named one by one.
const UNREAD: usize = 20;

pub(super) fn write(report: &PolicyReport, mask: &Mask, color: bool, out: &mut dyn Write) -> io::Result<()> {
    let paint = Paint { color };
    for one in &report.issues {
        issue(one, mask, paint, out)?;
    }
    let fact = |out: &mut dyn Write, label: &str, says: &str| {
        // Padded before painting: escape sequences have no width.
        writeln!(out, "  {}{says}", paint.dim(&format!("{label:<LABEL$}")))
    };
    writeln!(out, "{}      {}", paint.bold("READ"), mask.line(&report.name))?;
    let documents = plural(report.documents, "policy document", "policy documents");
    fact(out, "documents", &format!("{documents}, looked for in {}", plural(report.files, "file", "files")))?;
    if report.bounding > 0 {
        let says = format!("{} that only bound what others grant", plural(report.bounding, "document", "documents"));
        fact(out, "not judged", &says)?;
    }
    if report.allowed > 0 {
        fact(out, "allowed", &format!("{} by comments on their lines", plural(report.allowed, "issue", "issues")))?;
    }
    if report.below > 0 {
        fact(out, "left out", &format!("{} of less severity", plural(report.below, "issue", "issues")))?;
    }
    for (label, counts) in [("NOT READ", true), ("left aside", false)] {
        let list: Vec<&Unread> = report.unread.iter().filter(|unread| unread.counts == counts).collect();
        for (n, unread) in list.iter().take(UNREAD).enumerate() {
            let line = unread.line.map(|line| format!(":{line}")).unwrap_or_default();
            let says = format!("{}{line}: {}", mask.line(&unread.path), mask.line(&unread.reason));
            fact(out, if n == 0 { label } else { "" }, &says)?;
        }
        if list.len() > UNREAD {
            fact(out, "", &format!("… and {} more", number((list.len() - UNREAD) as u64)))?;
        }
    }
    writeln!(out, "\n{}", verdict(report, paint))
}

fn issue(issue: &PolicyIssue, mask: &Mask, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    let word = issue.severity.to_string().to_ascii_uppercase();
    let place = format!("{}:{}:{}", mask.line(&issue.path), issue.line, issue.column);
    let says = paint.bold(&mask.line(&issue.says));
    writeln!(out, "{}  {says}", paint.severity(issue.severity, &format!("{word:<8}")))?;
    let mut place = format!("  {}{place}", paint.dim(&format!("{:<LABEL$}", "at")));
    place.push_str(&paint.dim(&format!("  {}", issue.check)));
    writeln!(out, "{place}")?;
    let kind = issue.kind.map(|kind| format!("{} policy", kind.as_str()));
    let name = Some(mask.line(&issue.document)).filter(|name| !name.is_empty());
    let statement = issue.statement.as_deref().map(|statement| mask.line(statement));
    let parts: Vec<String> = [name, kind, statement].into_iter().flatten().collect();
    if !parts.is_empty() {
        writeln!(out, "  {}{}", paint.dim(&format!("{:<LABEL$}", "in")), parts.join(", "))?;
    }
    writeln!(out, "  {}\n", paint.advice(&format!("→ {}", mask.line(&issue.advice))))
}

fn verdict(report: &PolicyReport, paint: Paint) -> String {
    let counts = report.by_severity().into_iter().filter(|&(_, n)| n > 0);
    let counts: Vec<String> = counts.map(|(severity, n)| format!("{} {severity}", number(n))).collect();
    let issues = match counts.len() {
        0 => "No issues".to_owned(),
        _ => format!("{}: {}", plural(report.issues.len() as u64, "issue", "issues"), counts.join(", ")),
    };
    let unread = report.unread.iter().filter(|unread| unread.counts).count() as u64;
    match (unread, report.issues.is_empty()) {
        (0, true) => paint.good("No issues; all was read."),
        (0, false) => paint.bad(&format!("{issues}; all was read.")),
        (unread, _) => {
            let what = plural(unread, "file or document", "files or documents");
            paint.bad(&format!("{issues}; NOT ALL WAS READ: {what} could not be."))
        }
    }
}
