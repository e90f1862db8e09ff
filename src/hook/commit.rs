//! What the author of a commit reads that is stopped: what it would bring in, and how to go on.

use crate::model::{Finding, RepositoryReport};
use crate::report::Mask;
use std::io::{self, Write};

/// Findings and gaps that are told one by one: more scroll the first ones away.
const MANY: usize = 10;

/// How a false alarm can be let through here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ways {
    /// Whether a comment on the line is honoured.
    pub comments: bool,
    /// The configuration file that is read, if any is.
    pub config: Option<String>,
}

/// Writes why the commit that `report` tells of is stopped to `out`; nothing, if nothing stops it.
///
/// # Errors
///
/// What `out` answers, and a set of values that is too large to look for: see [`Mask`].
pub fn write(report: &RepositoryReport, ways: &Ways, out: &mut dyn Write) -> io::Result<()> {
    let mask = Mask::new([report], false)?;
    if !report.findings.is_empty() {
        let (count, ending) = (report.findings.len(), if report.findings.len() == 1 { "" } else { "s" });
        writeln!(out, "keytrail: this commit would bring in {count} credential{ending}\n")?;
        report.findings.iter().take(MANY).try_for_each(|finding| block(finding, &mask, out))?;
        if count > MANY {
            writeln!(out, "  … and {} more: see `keytrail scan --staged`\n", count - MANY)?;
        }
        remedies(report, ways, out)?;
    }
    let gaps = &report.coverage.gaps;
    if !gaps.is_empty() {
        writeln!(out, "keytrail: not all of what is staged could be read\n")?;
        for gap in gaps.iter().take(MANY) {
            writeln!(out, "  {}: {}", mask.line(&gap.subject), mask.line(&gap.detail))?;
        }
        if gaps.len() > MANY {
            writeln!(out, "  … and {} more", gaps.len() - MANY)?;
        }
        writeln!(out)?;
    }
    Ok(())
}

fn block(finding: &Finding, mask: &Mask, out: &mut dyn Write) -> io::Result<()> {
    let severity = finding.severity.to_string().to_ascii_uppercase();
    writeln!(out, "  {severity:<8}  {}", mask.line(&finding.title))?;
    for component in &finding.components {
        let kind = mask.line(&component.kind.as_str().replace('_', " "));
        let (value, spot) = (mask.shown(&component.secret), mask.spot(&component.location));
        writeln!(out, "    {kind:<17}  {value}  {spot}")?;
    }
    writeln!(out, "    {:<17}  {}\n", "fingerprint", finding.fingerprint)
}

fn remedies(report: &RepositoryReport, ways: &Ways, out: &mut dyn Write) -> io::Result<()> {
    // Without a commit there is nothing that the index could be put back to.
    let unstage = if report.head.is_some() { "git restore --staged FILE" } else { "git rm --cached FILE" };
    writeln!(out, "Take them out of these files and `git add` the files again, or leave the files out: `{unstage}`.")?;
    writeln!(out, "A value that others have seen is leaked, whatever is committed: make it inactive.")?;
    let comment = ways.comments.then(|| "in a comment on its line (`keytrail:allow`)".to_owned());
    let config = ways.config.as_ref().map(|file| format!("in {file}"));
    let places: Vec<String> = comment.into_iter().chain(config).collect();
    if !places.is_empty() {
        writeln!(out, "If one of them is no secret, say so {}.", places.join(" or "))?;
    }
    if ways.config.is_some() {
        let listed = report.findings.iter().take(MANY).map(|finding| format!("\"{}\"", finding.fingerprint));
        writeln!(out, "\n  [[allow]]\n  fingerprints = [{}]", listed.collect::<Vec<_>>().join(", "))?;
        writeln!(out, "  reason = \"why they are harmless\"")?;
    }
    writeln!(out)
}
