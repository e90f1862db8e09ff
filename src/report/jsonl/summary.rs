//! The last line: counts, and whether all was read.

use super::SCHEMA_VERSION;
use crate::model::{Coverage, DropReason, Gap, GapKind, Oid, Report, RepositoryReport, Severity, Status, Tally};
use crate::report::mask::Mask;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Serialize)]
pub(super) struct SummaryLine {
    #[serde(rename = "type")]
    kind: &'static str,
    schema_version: u32,
    findings: usize,
    findings_by_severity: BySeverity,
    suppressed: usize,
    left_out: u64,
    drops: Vec<DropField>,
    complete: bool,
    coverage: CoverageField,
    repositories: Vec<RepositoryField>,
    stale: BTreeSet<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    verification: Option<BTreeMap<Status, usize>>,
}

#[derive(Serialize, Default)]
struct BySeverity {
    critical: usize,
    high: usize,
    medium: usize,
    low: usize,
}

#[derive(Serialize)]
struct DropField {
    rule_id: String,
    reason: DropReason,
    count: u64,
}

#[derive(Serialize)]
struct RepositoryField {
    name: String,
    head: Option<Oid>,
    branch: Option<String>,
    origin: Option<String>,
    source: &'static str,
    complete: bool,
    findings: usize,
    coverage: CoverageField,
}

#[derive(Serialize)]
struct CoverageField {
    objects: BTreeMap<&'static str, Tally>,
    texts: BTreeMap<&'static str, Tally>,
    refs: u64,
    known: u64,
    gaps: Vec<GapField>,
    accepted_gaps: Vec<GapField>,
    sealed: Vec<GapField>,
    gaps_by_kind: BTreeMap<GapKind, u64>,
}

#[derive(Serialize)]
struct GapField {
    kind: GapKind,
    subject: String,
    detail: String,
}

impl SummaryLine {
    pub(super) fn new(report: &Report, mask: &Mask) -> Self {
        let repositories = &report.repositories;
        Self {
            kind: "summary",
            schema_version: SCHEMA_VERSION,
            findings: report.finding_count(),
            findings_by_severity: by_severity(report),
            suppressed: repositories.iter().map(|repository| repository.suppressed.len()).sum(),
            left_out: repositories.iter().map(|repository| repository.left_out).sum(),
            drops: drops(report),
            complete: report.is_complete(),
            coverage: coverage(&all(repositories), mask),
            repositories: repositories.iter().map(|each| repository(each, mask)).collect(),
            stale: repositories.iter().flat_map(|each| &each.stale).map(|line| mask.text(line)).collect(),
            verification: by_status(report),
        }
    }
}

/// How many findings stand how; `None` if nobody asked.
fn by_status(report: &Report) -> Option<BTreeMap<Status, usize>> {
    let findings = report.repositories.iter().flat_map(|repository| &repository.findings);
    let mut counts = BTreeMap::new();
    for verification in findings.filter_map(|finding| finding.verification.as_ref()) {
        *counts.entry(verification.status).or_default() += 1;
    }
    (!counts.is_empty()).then_some(counts)
}

fn by_severity(report: &Report) -> BySeverity {
    let mut counts = BySeverity::default();
    for finding in report.repositories.iter().flat_map(|repository| &repository.findings) {
        *match finding.severity {
            Severity::Critical => &mut counts.critical,
            Severity::High => &mut counts.high,
            Severity::Medium => &mut counts.medium,
            Severity::Low => &mut counts.low,
        } += 1;
    }
    counts
}

fn drops(report: &Report) -> Vec<DropField> {
    let mut counts: BTreeMap<(&str, DropReason), u64> = BTreeMap::new();
    for drop in report.repositories.iter().flat_map(|repository| &repository.drops) {
        *counts.entry((&drop.rule_id, drop.reason)).or_default() += drop.count;
    }
    counts.into_iter().map(|((id, reason), count)| DropField { rule_id: id.to_owned(), reason, count }).collect()
}

fn repository(repository: &RepositoryReport, mask: &Mask) -> RepositoryField {
    RepositoryField {
        name: mask.text(&repository.name),
        head: repository.head,
        branch: repository.branch.as_deref().map(|name| mask.text(name)),
        origin: repository.origin.as_deref().map(|url| mask.text(url)),
        source: repository.source.as_str(),
        complete: repository.coverage.is_complete(),
        findings: repository.findings.len(),
        coverage: coverage(&repository.coverage, mask),
    }
}

fn coverage(coverage: &Coverage, mask: &Mask) -> CoverageField {
    let gap = |gap: &Gap| GapField { kind: gap.kind, subject: mask.text(&gap.subject), detail: mask.text(&gap.detail) };
    CoverageField {
        objects: coverage.objects.iter().map(|(kind, &tally)| (kind.as_str(), tally)).collect(),
        texts: coverage.texts.clone(),
        refs: coverage.refs,
        known: coverage.known,
        gaps: coverage.gaps.iter().map(gap).collect(),
        accepted_gaps: coverage.accepted_gaps.iter().map(gap).collect(),
        sealed: coverage.sealed.iter().map(gap).collect(),
        gaps_by_kind: coverage.gaps_by_kind(),
    }
}

/// One ledger over all repositories.
fn all(repositories: &[RepositoryReport]) -> Coverage {
    let mut sum = Coverage::default();
    for each in repositories.iter().map(|repository| &repository.coverage) {
        for (&kind, tally) in &each.objects {
            let total = sum.objects.entry(kind).or_default();
            *total = Tally::sum([&*total, tally]);
        }
        for (&kind, tally) in &each.texts {
            let total = sum.texts.entry(kind).or_default();
            *total = Tally::sum([&*total, tally]);
        }
        sum.gaps.extend_from_slice(&each.gaps);
        sum.accepted_gaps.extend_from_slice(&each.accepted_gaps);
        sum.sealed.extend_from_slice(&each.sealed);
        sum.refs += each.refs;
        sum.known += each.known;
    }
    sum.gaps.sort();
    sum.accepted_gaps.sort();
    sum.sealed.sort();
    sum
}
