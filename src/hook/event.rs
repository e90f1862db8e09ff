//! What the audit log keeps of a push: `docs/events.schema.json` says what a line holds.
//!
//! Strings of the pusher are as in the message: without values, on one line, cut where they are long. So a line can be
//! looked at in a terminal.

use super::doors::{brought_in, refs_of};
use super::message::shorten;
use super::{Bypass, Case, Decision, Host, Unscanned, Verdict};
use crate::model::{ComponentKind, Finding, Fingerprint, GapKind, Oid, Severity};
use crate::report::Mask;
use jiff::Timestamp;
use serde::Serialize;
use std::collections::BTreeMap;
use std::io;
use std::time::Duration;

/// Grows when a field changes its meaning or goes away; a new field leaves it as it is.
pub const EVENT_SCHEMA_VERSION: u32 = 1;

/// Findings and refs that are listed; how many there are is told besides.
const LISTED: usize = 1000;
/// Refs listed of one finding.
const REFS_OF_FINDING: usize = 10;
/// Characters of a string that comes from outside.
const MAX_TEXT: usize = 1000;

/// One line of the audit log.
#[derive(Debug, Clone, Serialize)]
pub struct Event {
    #[serde(rename = "type")]
    kind: &'static str,
    schema_version: u32,
    time: String,
    duration_ms: u64,
    keytrail: &'static str,
    host: Host,
    user: Option<String>,
    user_from: Option<&'static str>,
    address: Option<String>,
    via: Option<String>,
    repository: String,
    path: String,
    causes: Vec<&'static str>,
    bypass: Option<BypassField>,
    refs_count: usize,
    refs: Vec<RefField>,
    findings_count: usize,
    findings: Vec<FindingField>,
    error: Option<String>,
    gaps: BTreeMap<GapKind, u64>,
}

#[derive(Debug, Clone, Serialize)]
struct BypassField {
    state: &'static str,
    reason: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
struct RefField {
    name: String,
    old: Option<Oid>,
    new: Option<Oid>,
}

#[derive(Debug, Clone, Serialize)]
struct FindingField {
    rule_id: String,
    fingerprint: Fingerprint,
    severity: Severity,
    blocks: bool,
    account_id: Option<String>,
    commit: Option<Oid>,
    place: &'static str,
    path: Option<String>,
    line: u32,
    refs: Vec<String>,
    components: Vec<ComponentField>,
}

#[derive(Debug, Clone, Serialize)]
struct ComponentField {
    kind: ComponentKind,
    rule_id: String,
    fingerprint: Fingerprint,
    redacted: String,
}

impl Event {
    /// The event of `verdict` at this `time`, `duration` after the hook began; `mask` is [`Case::mask`]. A push against which
    /// there is nothing to say is none.
    pub fn new(
        case: &Case<'_>,
        verdict: &Verdict<'_>,
        mask: &Mask,
        time: Timestamp,
        duration: Duration,
    ) -> Option<Self> {
        let kind = match verdict.decision {
            Decision::Accept => return None,
            Decision::Warn => "warn",
            Decision::Unscanned => "unscanned",
            Decision::Bypass => "bypass",
            Decision::Refuse => "block",
        };
        let text = |text: &str| shorten(&mask.line(text), MAX_TEXT);
        let pusher = case.pusher;
        let blocking = verdict.blocking.iter().map(|&finding| (finding, true));
        let findings = blocking.chain(verdict.noted.iter().map(|&finding| (finding, false)));
        Some(Self {
            kind,
            schema_version: EVENT_SCHEMA_VERSION,
            time: format!("{time:.3}"),
            duration_ms: u64::try_from(duration.as_millis()).unwrap_or(u64::MAX),
            keytrail: env!("CARGO_PKG_VERSION"),
            host: pusher.host,
            user: pusher.user.as_deref().map(text),
            user_from: pusher.user_from,
            address: pusher.address.as_deref().map(text),
            via: pusher.via.as_deref().map(text),
            repository: text(&pusher.repository),
            path: text(&pusher.path.to_string_lossy()),
            causes: causes(verdict),
            bypass: bypass(&verdict.bypass)
                .map(|state| BypassField { state, reason: verdict.bypass.reason().map(text) }),
            refs_count: case.updates.len(),
            refs: case
                .updates
                .iter()
                .take(LISTED)
                .map(|update| RefField { name: text(&update.name()), old: update.old, new: update.new })
                .collect(),
            findings_count: verdict.blocking.len() + verdict.noted.len(),
            findings: findings.take(LISTED).map(|(finding, blocks)| field(case, finding, blocks, &text)).collect(),
            error: match &verdict.unscanned {
                Some(Unscanned::Error(words)) => Some(text(words)),
                _ => None,
            },
            gaps: case.push.report.coverage.gaps_by_kind(),
        })
    }

    /// The event as it is appended: JSON and a newline.
    ///
    /// # Errors
    ///
    /// What the serializer answers.
    pub fn line(&self) -> io::Result<Vec<u8>> {
        let mut line = serde_json::to_vec(self)?;
        line.push(b'\n');
        Ok(line)
    }
}

/// What spoke against the push.
fn causes(verdict: &Verdict<'_>) -> Vec<&'static str> {
    let findings = !(verdict.blocking.is_empty() && verdict.noted.is_empty());
    let unscanned = verdict.unscanned.as_ref().map(|unscanned| match unscanned {
        Unscanned::Timeout => "timeout",
        Unscanned::Error(_) => "error",
        Unscanned::Gaps => "gaps",
    });
    findings.then_some("findings").into_iter().chain(unscanned).collect()
}

/// What became of a bypass that was asked for.
fn bypass(bypass: &Bypass) -> Option<&'static str> {
    match bypass {
        Bypass::Unneeded | Bypass::Off | Bypass::Possible => None,
        Bypass::Denied(_) => Some("denied"),
        Bypass::NoReason => Some("no_reason"),
        Bypass::TooLong(_) => Some("too_long"),
        Bypass::Granted(_) => Some("granted"),
        Bypass::NotLogged(_) => Some("not_logged"),
    }
}

fn field(case: &Case<'_>, finding: &Finding, blocks: bool, text: &dyn Fn(&str) -> String) -> FindingField {
    let location = &finding.primary().location;
    FindingField {
        rule_id: finding.rule_id.clone(),
        fingerprint: finding.fingerprint.clone(),
        severity: finding.severity,
        blocks,
        account_id: finding.account_id.clone(),
        commit: brought_in(case, finding).next().map(|commit| commit.id),
        place: location.place.kind(),
        path: location.place.path().map(|path| text(&String::from_utf8_lossy(&path))),
        line: location.line,
        refs: refs_of(case, finding, REFS_OF_FINDING).iter().map(|name| text(name)).collect(),
        components: finding
            .components
            .iter()
            .map(|component| ComponentField {
                kind: component.kind.clone(),
                rule_id: component.rule_id.clone(),
                fingerprint: component.fingerprint.clone(),
                redacted: component.secret.redacted(),
            })
            .collect(),
    }
}
