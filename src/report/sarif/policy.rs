//! Issues of policy documents as a SARIF run.

use super::log::{
    ArtifactLocation, AutomationDetails, Configuration, Driver, Help, Invocation, Log, LogicalLocation, Message,
    Notification, PhysicalLocation, PolicyProperties, Properties, ROOT, Region, ReportingDescriptor, RuleProperties,
    Run, SCHEMA, SarifLocation, SarifResult, Tool, UriBase,
};
use super::{
    NOTIFICATIONS, RESULTS, place, plain,
    result::line_hash,
    rule::{level, pascal_case, security_severity},
};
use crate::iam::Check;
use crate::report::{
    mask::Mask,
    policy::{PolicyIssue, PolicyReport},
    words::sentence,
};
use std::collections::BTreeMap;
use std::io::{self, Write};

/// Writes one run.
pub(in crate::report) fn write_policy(
    report: &PolicyReport,
    checks: &[Check],
    mask: &Mask,
    out: &mut dyn Write,
) -> io::Result<()> {
    let (written, cut) = report.issues.split_at(report.issues.len().min(RESULTS));
    let run = Run {
        tool: Tool {
            driver: Driver {
                name: "keytrail",
                semantic_version: env!("CARGO_PKG_VERSION"),
                rules: checks.iter().map(descriptor).collect(),
                notifications: Vec::new(),
            },
        },
        automation_details: AutomationDetails { id: "keytrail/policy/".to_owned() },
        invocations: vec![Invocation {
            execution_successful: report.is_complete(),
            tool_execution_notifications: notifications(report, cut.len(), mask),
        }],
        version_control_provenance: None,
        original_uri_base_ids: BTreeMap::from([(
            ROOT,
            UriBase { description: Message { text: "The root of the repository.".to_owned() } },
        )]),
        column_kind: "unicodeCodePoints",
        results: written.iter().map(|issue| result(issue, checks, mask)).collect(),
    };
    serde_json::to_writer_pretty(&mut *out, &Log { schema: SCHEMA, version: "2.1.0", runs: vec![run] })?;
    out.write_all(b"\n")
}

fn descriptor(check: &Check) -> ReportingDescriptor {
    ReportingDescriptor {
        id: check.id.to_owned(),
        name: pascal_case(check.name),
        short_description: Message { text: sentence(check.name) },
        full_description: Message { text: sentence(check.help) },
        help_uri: None,
        help: Help { text: sentence(check.help), markdown: sentence(check.help) },
        default_configuration: Configuration { level: level(check.severity) },
        properties: RuleProperties {
            tags: &["security", "iam", "least-privilege"],
            precision: "high",
            security_severity: security_severity(check.severity),
        },
    }
}

fn result(issue: &PolicyIssue, checks: &[Check], mask: &Mask) -> SarifResult {
    let (says, advice) = (mask.text(&issue.says), mask.text(&issue.advice));
    let uri = place::escape(mask.text(&issue.path).as_bytes(), "/");
    let parts = [Some(issue.document.as_str()).filter(|name| !name.is_empty()), issue.statement.as_deref()];
    let name = parts.into_iter().flatten().collect::<Vec<_>>().join(", ");
    SarifResult {
        rule_id: issue.check.to_owned(),
        rule_index: checks.iter().position(|check| check.id == issue.check).unwrap_or_default(),
        level: level(issue.severity),
        message: Message { text: format!("{} What to do: {}", first_upper(&sentence(&says)), sentence(&advice)) },
        locations: [SarifLocation {
            id: None,
            physical_location: PhysicalLocation {
                artifact_location: ArtifactLocation { uri: Some(uri), uri_base_id: ROOT },
                region: Region { start_line: issue.line, start_column: issue.column, end_column: issue.column + 1 },
            },
            logical_locations: (!name.is_empty()).then(|| [LogicalLocation { fully_qualified_name: mask.text(&name) }]),
            message: None,
        }],
        related_locations: Vec::new(),
        partial_fingerprints: BTreeMap::from([
            ("keytrailFingerprint/v1", issue.fingerprint.to_string()),
            ("primaryLocationLineHash", line_hash(&issue.line_hash, &issue.fingerprint)),
        ]),
        suppressions: None,
        properties: Properties::Policy(PolicyProperties {
            severity: issue.severity,
            kind: issue.kind.map(crate::iam::Kind::as_str),
        }),
    }
}

fn first_upper(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().map(|first| first.to_uppercase().chain(rest).collect()).unwrap_or_default()
}

fn notifications(report: &PolicyReport, cut: usize, mask: &Mask) -> Vec<Notification> {
    let mut list = Vec::new();
    if cut > 0 {
        list.push(plain("warning", format!("{cut} results beyond the first {RESULTS} are left out.")));
    }
    list.extend(report.unread.iter().take(NOTIFICATIONS).map(|unread| {
        let line = unread.line.map(|line| format!(":{line}")).unwrap_or_default();
        let text = format!("{}{line} could not be read: {}.", mask.text(&unread.path), mask.text(&unread.reason));
        plain(if unread.counts { "error" } else { "note" }, text)
    }));
    let more = report.unread.len().saturating_sub(NOTIFICATIONS);
    if more > 0 {
        list.push(plain("error", format!("{more} more that could not be read are not named here.")));
    }
    list
}
