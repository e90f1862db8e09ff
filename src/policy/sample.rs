//! Findings for this room's tests.

use crate::model::{
    CommitRef, Component, ComponentKind, Confidence, Finding, Fingerprint, FingerprintKey, Location, Occurrence, Oid,
    Place, RepositoryReport, Secret, Severity, Trace, Wrapping,
};

/// A key pair that stands at `paths`.
pub(super) fn finding(paths: &[&str]) -> Finding {
    finding_of(1, 2, paths)
}

/// The key pair of the id and secret that the two numbers stand for.
pub(super) fn finding_of(id: u8, secret: u8, paths: &[&str]) -> Finding {
    let id = component(ComponentKind::AccessKeyId, "aws-access-key-id", id, paths);
    let secret = component(ComponentKind::SecretAccessKey, "aws-secret-access-key", secret, paths);
    let values = [id.secret.expose(), secret.secret.expose()];
    Finding {
        rule_id: "aws-access-key".into(),
        fingerprint: Fingerprint::new(&FingerprintKey::default(), "aws-access-key", &values),
        severity: Severity::Critical,
        confidence: Confidence::High,
        title: "AWS access key with its secret".into(),
        advice: "Make it inactive".into(),
        trace: secret.trace.clone(),
        components: vec![id, secret],
        pairing: None,
        evidence: Vec::new(),
        account_id: None,
        lifetime: None,
        expires: None,
        line_hash: String::new(),
        suppression: None,
        verification: None,
    }
}

/// A commit whose id is `byte` twenty times.
pub(super) fn commit(byte: u8) -> CommitRef {
    CommitRef { id: oid(byte), author: "A".into(), email: "a@example.org".into(), date: "2026-01-01T00:00:00Z".into() }
}

/// A report of a repository that was covered whole.
pub(super) fn repository(findings: Vec<Finding>) -> RepositoryReport {
    RepositoryReport { name: "r".into(), findings, ..RepositoryReport::default() }
}

fn component(kind: ComponentKind, rule: &str, seed: u8, paths: &[&str]) -> Component {
    let value: String = (0..20).map(|step| char::from(b'a' + (seed.wrapping_mul(7) + step * 3) % 26)).collect();
    let locations: Vec<_> = paths.iter().map(|path| location(path)).collect();
    Component {
        kind,
        rule_id: rule.into(),
        fingerprint: Fingerprint::new(&FingerprintKey::default(), rule, &[value.as_bytes(), &[seed]]),
        secret: Secret::new(value.as_bytes()),
        location: locations[0].clone(),
        trace: Trace {
            occurrences: locations
                .into_iter()
                .map(|at| Occurrence { location: at, blobs: 1, reachable: true })
                .collect(),
            ..Trace::default()
        },
    }
}

fn location(path: &str) -> Location {
    Location {
        place: Place::File(path.as_bytes().into()),
        object: oid(9),
        wrapping: Wrapping::default(),
        line: 1,
        column: 1,
        length: 20,
    }
}

fn oid(byte: u8) -> Oid {
    Oid::from_bytes(&[byte; 20]).unwrap()
}
