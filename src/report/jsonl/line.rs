//! The shapes of finding lines. Fields are written in the order they stand here.

use crate::model::{
    CommitRef, Component, Confidence, DropReason, Evidence, Fingerprint, Lifetime, Location, Occurrence, Oid, Pairing,
    PairingScope, Severity, SuppressionKind, Trace, Verification,
};
use crate::report::mask::Mask;
use serde::Serialize;

/// A line of type `finding` or `suppressed`.
#[derive(Serialize)]
pub(super) struct FindingLine<'a> {
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    pub(super) schema_version: u32,
    pub(super) rule_id: &'a str,
    pub(super) fingerprint: &'a Fingerprint,
    pub(super) severity: Severity,
    pub(super) confidence: Confidence,
    pub(super) title: String,
    pub(super) advice: String,
    pub(super) repository: String,
    pub(super) components: Vec<ComponentField<'a>>,
    pub(super) account_id: Option<&'a str>,
    pub(super) lifetime: Option<Lifetime>,
    pub(super) expires: Option<&'a str>,
    pub(super) pairing: Option<PairingField>,
    pub(super) evidence: &'a [Evidence],
    pub(super) introduced: Option<CommitField>,
    pub(super) removed: Option<CommitField>,
    pub(super) introductions: Vec<CommitField>,
    pub(super) removals: Vec<CommitField>,
    pub(super) present_in: Vec<String>,
    pub(super) at_head: bool,
    pub(super) reachable: bool,
    pub(super) occurrences: Vec<OccurrenceField>,
    pub(super) blobs: u32,
    pub(super) suppression: Option<SuppressionField>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) verification: Option<&'a Verification>,
}

/// A line of type `dropped`.
#[derive(Serialize)]
pub(super) struct DroppedLine<'a> {
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    pub(super) schema_version: u32,
    pub(super) rule_id: &'a str,
    pub(super) reason: DropReason,
    pub(super) detail: String,
    pub(super) repository: String,
    pub(super) redacted: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) value: Option<String>,
    #[serde(flatten)]
    pub(super) spot: SpotFields,
    pub(super) objects: u64,
}

/// One spot: part of every shape that names a place.
#[derive(Serialize)]
pub(super) struct SpotFields {
    path: Option<String>,
    place: &'static str,
    line: u32,
    column: u32,
    blob: Oid,
    wrapped: Vec<String>,
}

#[derive(Serialize)]
pub(super) struct ComponentField<'a> {
    kind: &'a str,
    rule_id: &'a str,
    redacted: String,
    fingerprint: &'a Fingerprint,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<String>,
    #[serde(flatten)]
    spot: SpotFields,
    introduced: Option<CommitField>,
    removed: Option<CommitField>,
    present_in: Vec<String>,
}

#[derive(Serialize)]
pub(super) struct PairingField {
    scope: PairingScope,
    lines_apart: Option<u32>,
    confidence: Confidence,
    reason: String,
}

pub(super) fn pairing(pairing: &Pairing, mask: &Mask) -> PairingField {
    let Pairing { scope, lines_apart, confidence, .. } = *pairing;
    PairingField { scope, lines_apart, confidence, reason: mask.text(&pairing.reason()) }
}

#[derive(Serialize)]
pub(super) struct CommitField {
    commit: Oid,
    author: String,
    email: String,
    date: String,
}

#[derive(Serialize)]
pub(super) struct OccurrenceField {
    #[serde(flatten)]
    spot: SpotFields,
    blobs: u32,
    reachable: bool,
}

#[derive(Serialize)]
pub(super) struct SuppressionField {
    pub(super) kind: SuppressionKind,
    pub(super) reason: String,
}

pub(super) fn spot(location: &Location, mask: &Mask) -> SpotFields {
    SpotFields {
        path: mask.path(location),
        place: location.place.kind(),
        line: location.line,
        column: location.column,
        blob: location.object,
        wrapped: location.wrapping.layers.iter().map(|layer| mask.text(layer)).collect(),
    }
}

pub(super) fn component<'a>(component: &'a Component, mask: &Mask) -> ComponentField<'a> {
    let trace = &component.trace;
    ComponentField {
        kind: component.kind.as_str(),
        rule_id: &component.rule_id,
        redacted: component.secret.redacted(),
        fingerprint: &component.fingerprint,
        value: mask.value(&component.secret),
        spot: spot(&component.location, mask),
        introduced: trace.introduced().map(|by| commit(by, mask)),
        removed: removed(trace).map(|by| commit(by, mask)),
        present_in: trace.present_in.iter().map(|name| mask.text(name)).collect(),
    }
}

/// The commit that took a value out for good. With a detached HEAD a value can be there though no ref's tip has it.
pub(super) fn removed(trace: &Trace) -> Option<&CommitRef> {
    trace.removed().filter(|_| !trace.at_head)
}

pub(super) fn commit(commit: &CommitRef, mask: &Mask) -> CommitField {
    CommitField {
        commit: commit.id,
        author: mask.text(&commit.author),
        email: mask.text(&commit.email),
        date: mask.text(&commit.date),
    }
}

pub(super) fn occurrence(occurrence: &Occurrence, mask: &Mask) -> OccurrenceField {
    OccurrenceField { spot: spot(&occurrence.location, mask), blobs: occurrence.blobs, reachable: occurrence.reachable }
}
