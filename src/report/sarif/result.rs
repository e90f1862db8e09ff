//! One finding as a SARIF result.

use super::log::{Message, Properties, ResultProperties, SarifLocation, SarifResult, SarifSuppression};
use super::place::location;
use super::rule::{RuleTable, level};
use crate::model::{CommitRef, Finding, Fingerprint, Suppression, SuppressionKind};
use crate::report::{mask::Mask, words};
use std::collections::BTreeMap;

/// Code scanning keeps this many locations of a result. Commits and refs in the properties are held to it too.
const MANY: usize = 100;

pub(super) fn result(finding: &Finding, table: &mut RuleTable, mask: &Mask) -> SarifResult {
    let primary = &finding.primary().location;
    let rule_index = table.index_of(finding, mask);
    let trace = &finding.trace;
    let ids = |commits: &[CommitRef]| commits.iter().take(MANY).map(|commit| commit.id.to_string()).collect();
    SarifResult {
        rule_id: table.id(rule_index),
        rule_index,
        level: level(finding.severity),
        message: Message { text: words::summary(finding, mask) },
        locations: [location(primary, None, None, mask)],
        related_locations: related(finding, mask),
        partial_fingerprints: BTreeMap::from([
            ("keytrailFingerprint/v1", finding.fingerprint.to_string()),
            ("primaryLocationLineHash", line_hash(&finding.line_hash, &finding.fingerprint)),
        ]),
        suppressions: finding.suppression.as_ref().map(|suppression| [suppressed(suppression, mask)]),
        properties: Properties::Finding(Box::new(ResultProperties {
            commit: trace.introduced().map(|commit| commit.id.to_string()),
            introduced_in: ids(&trace.introductions),
            removed_in: ids(&trace.removals),
            blob: primary.object.to_string(),
            refs: trace.present_in.iter().take(MANY).map(|name| mask.text(name)).collect(),
            present_at_head: trace.at_head,
            expires: finding.expires.clone(),
            verification: finding.verification.as_deref().cloned(),
        })),
    }
}

/// The other components, then the other places.
fn related(finding: &Finding, mask: &Mask) -> Vec<SarifLocation> {
    let primary = &finding.primary().location;
    let components = finding.components.iter().skip(1).map(|component| {
        let what =
            format!("{} {}", mask.text(&component.kind.as_str().replace('_', " ")), mask.shown(&component.secret));
        (&component.location, what)
    });
    let elsewhere = finding
        .trace
        .occurrences
        .iter()
        .map(|occurrence| &occurrence.location)
        .filter(|at| *at != primary && finding.components.iter().all(|component| component.location != **at))
        .map(|at| (at, "The same value.".to_owned()));
    components
        .chain(elsewhere)
        .take(MANY)
        .enumerate()
        .map(|(i, (at, what))| location(at, Some(i + 1), Some(what), mask))
        .collect()
}

/// The line's hash with its occurrence number. Without a hash code scanning could drop the result, as the file may be
/// gone from disk: then the finding's own fingerprint stands in, which is as stable.
pub(super) fn line_hash(hash: &str, fingerprint: &Fingerprint) -> String {
    match hash {
        "" => format!("{}:1", fingerprint.as_str().get(..16).unwrap_or_default()),
        hash if hash.contains(':') => hash.to_owned(),
        hash => format!("{hash}:1"),
    }
}

fn suppressed(suppression: &Suppression, mask: &Mask) -> SarifSuppression {
    SarifSuppression {
        kind: match suppression.kind {
            SuppressionKind::Inline => "inSource",
            SuppressionKind::Config | SuppressionKind::Baseline => "external",
        },
        status: "accepted",
        justification: mask.text(&suppression.reason),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_result_has_a_line_hash_with_its_number() {
        let fingerprint = Fingerprint::parse(&"0123456789abcdef".repeat(2)).unwrap();
        assert_eq!(line_hash("ab12:3", &fingerprint), "ab12:3");
        assert_eq!(line_hash("ab12", &fingerprint), "ab12:1");
        assert_eq!(line_hash("", &fingerprint), "0123456789abcdef:1");
    }
}
