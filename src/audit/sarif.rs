//! What is known of one repository, for code scanning.

use crate::model::{Coverage, Gap, GapKind, Report, RepositoryReport};
use crate::report::{self, Format, Style};
use crate::rules::RuleSet;
use crate::store::{OutcomeKind, Repository, Store, StoreError, StoredFinding, StoredOutcome, Triage};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::io;

/// The SARIF log of `repository`: what its last scan wrote, and besides what was decided since (`findings` are its findings) and what
/// became of it in the last run (`outcome`). `rules` describe the log of one in which nothing was found.
///
/// # Errors
///
/// The store cannot be read, or holds what is no log.
pub fn sarif(
    store: &Store,
    repository: &Repository,
    findings: &[StoredFinding],
    outcome: Option<&StoredOutcome>,
    rules: &RuleSet,
) -> Result<Value, StoreError> {
    let io = |source: io::Error| StoreError::Io { store: store.address().clone(), source };
    let text = match store.sarif(&repository.listed.id)? {
        Some(text) => text,
        None => empty(repository, outcome, rules).map_err(io)?,
    };
    let mut log: Value = serde_json::from_str(&text).map_err(|error| io(error.into()))?;
    let states: HashMap<&str, &StoredFinding> =
        findings.iter().map(|finding| (finding.fingerprint.as_str(), finding)).collect();
    for run in log.pointer_mut("/runs").and_then(Value::as_array_mut).into_iter().flatten() {
        for result in run.pointer_mut("/results").and_then(Value::as_array_mut).into_iter().flatten() {
            let name = result.pointer("/partialFingerprints/keytrailFingerprint~1v1").and_then(Value::as_str);
            if let Some(suppression) = name.and_then(|name| states.get(name)).and_then(|finding| decided(finding)) {
                result["suppressions"] = json!([suppression]);
            }
        }
        if let Some(reason) = outcome.and_then(uncovered) {
            let invocation = &mut run["invocations"][0];
            invocation["executionSuccessful"] = false.into();
            let notice = json!({ "level": "error", "message": { "text": reason } });
            match invocation["toolExecutionNotifications"].as_array_mut() {
                Some(notices) => notices.push(notice),
                None => invocation["toolExecutionNotifications"] = json!([notice]),
            }
        }
    }
    Ok(log)
}

/// Why the last run says nothing of a repository.
fn uncovered(outcome: &StoredOutcome) -> Option<String> {
    match outcome.kind {
        OutcomeKind::Failed => Some(outcome.reason.clone().unwrap_or_else(|| "it could not be read".to_owned())),
        OutcomeKind::NotReached => Some("the last run did not come to it".to_owned()),
        OutcomeKind::Scanned | OutcomeKind::Unchanged => None,
    }
}

/// A decision that still holds, as SARIF says it.
fn decided(finding: &StoredFinding) -> Option<Value> {
    let mark = finding.mark.as_ref().filter(|_| finding.triage != Triage::Open)?;
    let until = if let Triage::Accepted { until } = mark.triage { format!(", until {until}") } else { String::new() };
    let words = format!("{}{until}, by {}: {}", mark.triage.as_str().replace('_', " "), mark.who, mark.reason);
    Some(json!({ "kind": "external", "status": "accepted", "justification": words }))
}

/// The log of a repository in which nothing was found. What could not be read is in it.
fn empty(repository: &Repository, outcome: Option<&StoredOutcome>, rules: &RuleSet) -> io::Result<String> {
    let mut gaps = outcome.map(|outcome| outcome.gaps.clone()).unwrap_or_default();
    let more = outcome.map_or(0, |outcome| outcome.gap_count).saturating_sub(gaps.len() as u64);
    if more > 0 {
        let detail = format!("{more} more things could not be read");
        gaps.push(Gap { kind: GapKind::UnreadableStore, subject: repository.listed.name.clone(), detail });
    }
    let empty = RepositoryReport {
        name: repository.listed.name.clone(),
        origin: Some(repository.listed.clone_url.clone()),
        coverage: Coverage { gaps, ..Coverage::default() },
        ..RepositoryReport::default()
    };
    let mut bytes = Vec::new();
    report::write(&Report { repositories: vec![empty] }, rules, Format::Sarif, &Style::default(), &mut bytes)?;
    String::from_utf8(bytes).map_err(io::Error::other)
}
