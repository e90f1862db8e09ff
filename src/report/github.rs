//! The report for a job of GitHub Actions: workflow commands, which its runner shows as annotations beside the lines.
//!
//! The runner shows ten annotations of a level a step; all of them stand in the job's log.

use super::Style;
use super::mask::Mask;
use super::words::{sentence, summary};
use crate::model::{Finding, Place, Report, RepositoryReport, Severity};
use std::io::{self, Write};

/// Gaps named one by one.
const GAPS: usize = 10;

pub(super) fn write(report: &Report, mask: &Mask, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let several = report.repositories.len() > 1;
    for repository in &report.repositories {
        let name = if several { format!("{}: ", mask.line(&repository.name)) } else { String::new() };
        let suppressed = repository.suppressed.iter().filter(|_| style.show_suppressed);
        for finding in repository.findings.iter().chain(suppressed) {
            annotate(out, finding, &name, mask)?;
        }
        gaps(out, repository, &name, mask)?;
        for line in &repository.stale {
            command(out, "notice", &[], &format!("{name}{}", mask.line(line)))?;
        }
        let (count, covered) = (repository.findings.len(), repository.coverage.is_complete());
        let covered = if covered { "fully covered" } else { "NOT FULLY COVERED" };
        writeln!(out, "{}: findings: {count}; {covered}.", mask.line(&repository.name))?;
    }
    Ok(())
}

fn annotate(out: &mut dyn Write, finding: &Finding, name: &str, mask: &Mask) -> io::Result<()> {
    let level = match finding.severity {
        _ if finding.suppression.is_some() => "notice",
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low => "notice",
    };
    let at = &finding.primary().location;
    let title = mask.line(&finding.title);
    let says = format!("{} {}", mask.line(&summary(finding, mask)), sentence(&mask.line(&finding.advice)));
    let place = mask.path(at).map_or_else(|| at.place.display(&at.object), |path| mask.line(&path));
    // What is no file of the repository has no line to stand beside.
    if let Place::File(_) | Place::Lfs(_) | Place::Staged(_) | Place::Worktree(_) = at.place {
        let line = if at.wrapping.is_own_text() { at.line } else { 1 };
        let properties = [("file", place), ("line", line.to_string()), ("title", title)];
        command(out, level, &properties, &format!("{name}{says}"))
    } else {
        command(out, level, &[("title", title)], &format!("{name}{place}: {says}"))
    }
}

fn gaps(out: &mut dyn Write, repository: &RepositoryReport, name: &str, mask: &Mask) -> io::Result<()> {
    let gaps = &repository.coverage.gaps;
    let title = || [("title", "Not fully covered".to_owned())];
    for gap in gaps.iter().take(GAPS) {
        let (kind, subject, detail) = (gap.kind.as_str(), mask.line(&gap.subject), mask.line(&gap.detail));
        command(out, "error", &title(), &format!("{name}{kind}: {subject}: {detail}"))?;
    }
    match gaps.len().saturating_sub(GAPS) {
        0 => Ok(()),
        more => command(out, "error", &title(), &format!("{name}{more} more gaps are not named here.")),
    }
}

/// `::error file=…,line=…,title=…::…`
fn command(out: &mut dyn Write, level: &str, properties: &[(&str, String)], says: &str) -> io::Result<()> {
    let properties: Vec<String> =
        properties.iter().map(|(key, value)| format!("{key}={}", escape(value, &[':', ',']))).collect();
    let space = if properties.is_empty() { "" } else { " " };
    writeln!(out, "::{level}{space}{}::{}", properties.join(","), escape(says, &[]))
}

/// As the runner undoes it: the percent sign and line ends everywhere, colons and commas in properties too.
fn escape(text: &str, also: &[char]) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '%' | '\r' | '\n') || also.contains(&c) {
            escaped.push_str(&format!("%{:02X}", u32::from(c)));
        } else {
            escaped.push(c);
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_can_neither_end_its_property_nor_begin_a_command() {
        let mut out = Vec::new();
        let path = "a,line=1::b\r\n::error::100%".to_owned();
        command(&mut out, "warning", &[("file", path), ("line", "7".to_owned())], "50%: one\n::two").unwrap();
        let expected = "::warning file=a%2Cline=1%3A%3Ab%0D%0A%3A%3Aerror%3A%3A100%25,line=7::50%25: one%0A::two\n";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}
