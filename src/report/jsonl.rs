//! The report for a program: JSON Lines. `docs/findings.schema.json` says what each line holds.

mod line;
mod summary;

use super::Style;
use super::mask::Mask;
use crate::model::{Dropped, Finding, Report, RepositoryReport};
use line::{DroppedLine, FindingLine};
use serde::Serialize;
use std::io::{self, Write};
use summary::SummaryLine;

/// Grows when a field changes its meaning or goes away; a new field leaves it as it is.
pub const SCHEMA_VERSION: u32 = 1;

pub(super) fn write(report: &Report, mask: &Mask, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    for repository in &report.repositories {
        for finding in &repository.findings {
            put(out, &finding_line("finding", repository, finding, mask))?;
        }
        for finding in &repository.suppressed {
            put(out, &finding_line("suppressed", repository, finding, mask))?;
        }
        for dropped in repository.dropped.iter().filter(|_| style.explain) {
            put(out, &dropped_line(repository, dropped, mask))?;
        }
    }
    put(out, &SummaryLine::new(report, mask))
}

fn put(out: &mut dyn Write, line: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *out, line)?;
    out.write_all(b"\n")
}

fn finding_line<'a>(
    kind: &'static str,
    repository: &RepositoryReport,
    finding: &'a Finding,
    mask: &Mask,
) -> FindingLine<'a> {
    let trace = &finding.trace;
    FindingLine {
        kind,
        schema_version: SCHEMA_VERSION,
        rule_id: &finding.rule_id,
        fingerprint: &finding.fingerprint,
        severity: finding.severity,
        confidence: finding.confidence,
        title: mask.text(&finding.title),
        advice: mask.text(&finding.advice),
        repository: mask.text(&repository.name),
        components: finding.components.iter().map(|component| line::component(component, mask)).collect(),
        account_id: finding.account_id.as_deref(),
        lifetime: finding.lifetime,
        expires: finding.expires.as_deref(),
        pairing: finding.pairing.as_ref().map(|pairing| line::pairing(pairing, mask)),
        evidence: &finding.evidence,
        introduced: trace.introduced().map(|commit| line::commit(commit, mask)),
        removed: line::removed(trace).map(|commit| line::commit(commit, mask)),
        introductions: trace.introductions.iter().map(|commit| line::commit(commit, mask)).collect(),
        removals: trace.removals.iter().map(|commit| line::commit(commit, mask)).collect(),
        present_in: trace.present_in.iter().map(|name| mask.text(name)).collect(),
        at_head: trace.at_head,
        reachable: trace.reachable,
        occurrences: trace.occurrences.iter().map(|occurrence| line::occurrence(occurrence, mask)).collect(),
        blobs: trace.blobs,
        suppression: finding.suppression.as_ref().map(|suppression| line::SuppressionField {
            kind: suppression.kind,
            reason: mask.text(&suppression.reason),
        }),
        verification: finding.verification.as_deref(),
    }
}

fn dropped_line<'a>(repository: &RepositoryReport, dropped: &'a Dropped, mask: &Mask) -> DroppedLine<'a> {
    DroppedLine {
        kind: "dropped",
        schema_version: SCHEMA_VERSION,
        rule_id: &dropped.rule_id,
        reason: dropped.reason,
        detail: mask.text(&dropped.detail),
        repository: mask.text(&repository.name),
        redacted: dropped.secret.redacted(),
        value: mask.value(&dropped.secret),
        spot: line::spot(&dropped.location, mask),
        objects: dropped.objects,
    }
}
