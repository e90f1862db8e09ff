//! The report for code scanning: SARIF 2.1.0, one run a repository.
//!
//! A leaked credential belongs to the whole history, which SARIF has no notion of. What is done here: a result stands
//! at the path and line where its value came in; rules exist twice, plain for what HEAD still holds and with
//! `/history` for what it does not, so that an alert never flips between the two; each result brings its own line hash,
//! since the file may be gone from disk.

mod log;
mod place;
mod policy;
mod result;
mod rule;

pub(super) use policy::write_policy;

use super::Style;
use super::mask::Mask;
use crate::model::{Gap, Report, RepositoryReport};
use crate::rules::RuleSet;
use log::{
    ArtifactLocation, AutomationDetails, DescriptorRef, Driver, Invocation, Log, Message, Notification, ROOT, Run,
    SCHEMA, Tool, UriBase, VersionControl,
};
use rule::RuleTable;
use std::collections::BTreeMap;
use std::io::{self, Write};

/// Code scanning refuses a file with more results in a run.
const RESULTS: usize = 25_000;
/// Notifications name gaps one by one up to here: a partial clone can lack a million objects.
const NOTIFICATIONS: usize = 1_000;

pub(super) fn write(
    report: &Report,
    rules: &RuleSet,
    mask: &Mask,
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let several = report.repositories.len() > 1;
    let runs = report.repositories.iter().map(|repository| run(repository, rules, mask, style, several)).collect();
    serde_json::to_writer_pretty(&mut *out, &Log { schema: SCHEMA, version: "2.1.0", runs })?;
    out.write_all(b"\n")
}

fn run(repository: &RepositoryReport, rules: &RuleSet, mask: &Mask, style: &Style, several: bool) -> Run {
    let suppressed = repository.suppressed.iter().filter(|_| style.show_suppressed);
    let findings: Vec<_> = repository.findings.iter().chain(suppressed).collect();
    let (written, cut) = findings.split_at(findings.len().min(RESULTS));
    let mut table = RuleTable::new(rules, mask);
    let results = written.iter().map(|finding| result::result(finding, &mut table, mask)).collect();
    // One category a repository: a file with two runs of one category is refused.
    let category =
        if several { format!("{}/", place::escape(mask.text(&repository.name).as_bytes(), "")) } else { String::new() };
    Run {
        tool: Tool {
            driver: Driver {
                name: "keytrail",
                semantic_version: env!("CARGO_PKG_VERSION"),
                rules: table.into_rules(),
                notifications: rule::gap_kinds(&repository.coverage),
            },
        },
        automation_details: AutomationDetails { id: format!("keytrail/{}/{category}", repository.source.as_str()) },
        invocations: vec![Invocation {
            execution_successful: repository.coverage.is_complete(),
            tool_execution_notifications: notifications(repository, cut.len(), mask),
        }],
        version_control_provenance: version_control(repository, mask),
        original_uri_base_ids: BTreeMap::from([(
            ROOT,
            UriBase { description: Message { text: "The root of the repository.".to_owned() } },
        )]),
        // Columns are counted in bytes, for which SARIF has no word: right as they stand where the line up to the value
        // is ASCII.
        column_kind: "utf16CodeUnits",
        results,
    }
}

fn notifications(repository: &RepositoryReport, cut: usize, mask: &Mask) -> Vec<Notification> {
    let coverage = &repository.coverage;
    let mut list = Vec::new();
    if cut > 0 {
        list.push(plain("warning", format!("{cut} results beyond the first {RESULTS} are left out.")));
    }
    for (level, gaps) in [("error", &coverage.gaps), ("note", &coverage.accepted_gaps), ("note", &coverage.sealed)] {
        list.extend(gaps.iter().take(NOTIFICATIONS).map(|gap| gap_notification(level, gap, mask)));
        let more = gaps.len().saturating_sub(NOTIFICATIONS);
        if more > 0 {
            list.push(plain(level, format!("{more} more gaps are not named here.")));
        }
    }
    list.extend(repository.stale.iter().map(|line| plain("warning", mask.text(line))));
    list
}

fn plain(level: &'static str, text: String) -> Notification {
    Notification { level, descriptor: None, message: Message { text } }
}

fn gap_notification(level: &'static str, gap: &Gap, mask: &Mask) -> Notification {
    let text = mask.text(&format!("{}: {}", gap.subject, gap.detail));
    Notification { level, descriptor: Some(DescriptorRef { id: gap.kind.as_str() }), message: Message { text } }
}

/// Only with a URL that stands by itself: `git@host:path` and local paths do not.
fn version_control(repository: &RepositoryReport, mask: &Mask) -> Option<[VersionControl; 1]> {
    let origin = mask.text(repository.origin.as_deref()?);
    place::is_absolute_url(&origin).then(|| {
        [VersionControl {
            repository_uri: origin,
            mapped_to: ArtifactLocation { uri: None, uri_base_id: ROOT },
            revision_id: repository.head.map(|id| id.to_string()),
            branch: repository
                .branch
                .as_deref()
                .map(|name| mask.text(name.strip_prefix("refs/heads/").unwrap_or(name))),
        }]
    })
}
