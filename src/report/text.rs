//! The report for a person: one block a credential, worst first, then what was read and what was not.

mod finding;
mod ledger;
mod paint;
mod verdict;

use super::Style;
use super::count::plural;
use super::mask::Mask;
use crate::model::{ComponentKind, Finding, Report, RepositoryReport, Status, Verification};
pub(super) use paint::Paint;
use std::io::{self, Write};

/// What every part of the text needs.
struct Page<'a> {
    mask: &'a Mask,
    style: &'a Style,
    paint: Paint,
    out: &'a mut dyn Write,
}

impl Page<'_> {
    /// One fact: a dim label of fixed width and what it says.
    fn fact(&mut self, label: &str, says: &str) -> io::Result<()> {
        // Padded before painting: escape sequences have no width.
        let label = self.paint.dim(&format!("{label:<LABEL$}"));
        writeln!(self.out, "  {label}{says}")
    }
}

/// Columns from the indentation to what a label says.
const LABEL: usize = 13;

pub(super) fn write(report: &Report, mask: &Mask, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page { mask, style, paint: Paint { color: style.color }, out };
    let several = report.repositories.len() > 1;
    for (number, repository) in report.repositories.iter().enumerate() {
        if several {
            let gap = if number == 0 { "" } else { "\n" };
            let heading = page.paint.bold(&format!("━━ {}", mask.line(&repository.name)));
            writeln!(page.out, "{gap}{heading}\n")?;
        }
        repository_text(&mut page, repository)?;
    }
    if report.repositories.is_empty() {
        writeln!(page.out, "Nothing was scanned.")?;
    } else if several {
        total(&mut page, report)?;
    }
    next(&mut page, report)
}

/// What to do about access keys, where there are any that may work.
fn next(page: &mut Page<'_>, report: &Report) -> io::Result<()> {
    let findings = || report.repositories.iter().flat_map(|repository| &repository.findings);
    let is_open = |finding: &&Finding| {
        let verdict = finding.verification.as_ref().map(|verification| verification.status);
        finding.value(&ComponentKind::AccessKeyId).is_some()
            && !matches!(verdict, Some(Status::Inactive | Status::Expired))
    };
    if !findings().any(|finding| is_open(&finding)) {
        return Ok(());
    }
    let ask = if findings().all(|finding| finding.verification.is_none()) {
        "; scan --verify asks AWS whether they work"
    } else {
        ""
    };
    let words = format!(
        "Next: keytrail contain FINGERPRINT shows how to shut a key off, keytrail replace what comes in its place{ask}."
    );
    writeln!(page.out, "{}", page.paint.dim(&words))
}

fn repository_text(page: &mut Page<'_>, repository: &RepositoryReport) -> io::Result<()> {
    for finding in &repository.findings {
        finding::write(page, repository, finding)?;
        writeln!(page.out)?;
    }
    if page.style.show_suppressed {
        for finding in &repository.suppressed {
            finding::write(page, repository, finding)?;
            writeln!(page.out)?;
        }
    }
    ledger::write(page, repository)
}

fn total(page: &mut Page<'_>, report: &Report) -> io::Result<()> {
    let short = report.repositories.iter().filter(|repository| !repository.coverage.is_complete()).count();
    let covered = match short {
        0 => "all fully covered".to_owned(),
        n => page.paint.bad(&format!("{n} NOT FULLY COVERED")),
    };
    let repositories = plural(report.repositories.len() as u64, "repository", "repositories");
    let findings = plural(report.finding_count() as u64, "finding", "findings");
    writeln!(page.out, "\n{}  {repositories}, {findings}, {covered}.", page.paint.bold("Total"))
}

/// Writes what was found out about one credential, as the text report does.
///
/// # Errors
///
/// What `out` answers, and a mask that cannot be made.
pub fn write_verification(verification: &Verification, color: bool, out: &mut dyn Write) -> io::Result<()> {
    let (mask, style) = (Mask::new([], false)?, Style { color, ..Style::default() });
    let mut page = Page { mask: &mask, style: &style, paint: Paint { color }, out };
    verdict::write(&mut page, verification)
}
