//! Pushes for this room's tests. Values are put together here, so that no line of the tree holds one.

use super::{Case, Ended, Pusher, Settings};
use crate::model::{
    CommitRef, Component, ComponentKind, Confidence, Finding, Fingerprint, FingerprintKey, Gap, GapKind, Lifetime,
    Location, Occurrence, Oid, Place, RefUpdate, Secret, Severity, Trace, Wrapping,
};
use crate::scan::PushReport;
use std::path::Path;

/// All that a case borrows.
pub(super) struct Scene {
    pub(super) pusher: Pusher,
    pub(super) updates: Vec<RefUpdate>,
    pub(super) push: PushReport,
    pub(super) ended: Ended,
    settings: Settings,
    effective: super::Effective,
}

impl Scene {
    /// A push of nothing to a server whose `hook.toml` holds `settings`.
    pub(super) fn new(settings: &str) -> Self {
        let settings = Settings::parse(Path::new("hook.toml"), settings).unwrap();
        let path = Path::new("/srv/git/team/app.git");
        let lookup = |name: &str| match name {
            "GL_REPO" => Some("team/app".to_owned()),
            "GL_USER" => Some("jane".to_owned()),
            _ => None,
        };
        let pusher = Pusher::new(&lookup, path);
        let effective = settings.for_repository(&pusher.repository, path);
        Self { pusher, updates: vec![], push: PushReport::default(), ended: Ended::Finished, settings, effective }
    }

    /// Pushed to the repository of this name.
    pub(super) fn to(mut self, repository: &str) -> Self {
        self.pusher.repository = repository.to_owned();
        self.effective = self.settings.for_repository(repository, &self.pusher.path);
        self
    }

    /// Pushes the ref `name` from the object of the number `old`, 0 for none, to that of `new`.
    pub(super) fn update(mut self, name: &str, old: u8, new: u8) -> Self {
        let there = |n: u8| (n != 0).then(|| oid(n));
        self.updates.push(RefUpdate { name: name.as_bytes().to_vec(), old: there(old), new: there(new) });
        self
    }

    /// The object of this number comes in by these refs.
    pub(super) fn brings(mut self, n: u8, refs: &[&str]) -> Self {
        self.push.brought_by.insert(oid(n), refs.iter().map(|&name| name.into()).collect());
        self
    }

    pub(super) fn finding(mut self, finding: Finding) -> Self {
        self.push.report.findings.push(finding);
        self
    }

    pub(super) fn option(mut self, option: &str) -> Self {
        self.pusher.options.push(option.to_owned());
        self
    }

    pub(super) fn ended(mut self, ended: Ended) -> Self {
        self.ended = ended;
        self
    }

    pub(super) fn gap(mut self, subject: &str, detail: &str) -> Self {
        let gap = Gap { kind: GapKind::TooLarge, subject: subject.to_owned(), detail: detail.to_owned() };
        self.push.report.coverage.gaps.push(gap);
        self
    }

    pub(super) fn case(&self) -> Case<'_> {
        let Self { pusher, updates, push, ended, effective, .. } = self;
        Case { pusher, updates, push, ended, suspects: 0, effective }
    }
}

/// The object id of a number.
pub(super) fn oid(n: u8) -> Oid {
    Oid::from_bytes(&[n; 20]).unwrap()
}

/// The key id of a number.
pub(super) fn key_id(n: u16) -> String {
    let digit = |shift: u32| char::from(b'A' + (((u32::from(n) * 40_503) >> shift) % 26) as u8);
    ["AK", "IA"].concat() + &(0..16).map(digit).collect::<String>()
}

/// The secret of a number.
pub(super) fn secret(n: u16) -> String {
    let digit = |i: u16| char::from(b'a' + (n.wrapping_mul(7).wrapping_add(i * 5) % 26) as u8);
    (0..40).map(digit).collect()
}

pub(super) fn commit(n: u8) -> CommitRef {
    CommitRef {
        id: oid(n),
        author: "Jane Doe".to_owned(),
        email: "jane@example.org".to_owned(),
        date: format!("2026-11-{:02}T10:00:00+01:00", n % 30 + 1),
    }
}

/// A key pair of that number in the file `path`, which these commits brought in.
pub(super) fn pair(n: u16, path: &str, commits: &[u8]) -> Finding {
    let place = || Place::File(path.as_bytes().to_vec());
    let mut finding = lone(n, place(), commits);
    finding.rule_id = "aws-access-key".to_owned();
    finding.severity = Severity::Critical;
    finding.title = "AWS access key with its secret".to_owned();
    finding.components.push(component(ComponentKind::SecretAccessKey, &secret(n), place(), 13, commits));
    finding
}

/// A lone key id of that number at `place`.
pub(super) fn lone(n: u16, place: Place, commits: &[u8]) -> Finding {
    let id = component(ComponentKind::AccessKeyId, &key_id(n), place, 12, commits);
    Finding {
        rule_id: "aws-access-key-id".to_owned(),
        fingerprint: Fingerprint::new(&FingerprintKey::default(), "aws-access-key", &[&n.to_be_bytes()]),
        severity: Severity::Medium,
        confidence: Confidence::High,
        title: "AWS access key id without its secret".to_owned(),
        advice: "Make the access key inactive now, then read CloudTrail for its use".to_owned(),
        trace: id.trace.clone(),
        components: vec![id],
        pairing: None,
        evidence: Vec::new(),
        account_id: Some("123456789012".to_owned()),
        lifetime: Some(Lifetime::LongLived),
        expires: None,
        line_hash: String::new(),
        suppression: None,
        verification: None,
    }
}

fn component(kind: ComponentKind, value: &str, place: Place, line: u32, commits: &[u8]) -> Component {
    let rule_id = format!("aws-{}", kind.as_str().replace('_', "-"));
    let object = oid(commits.first().copied().unwrap_or(99));
    let location = Location { place, object, wrapping: Wrapping::default(), line, column: 1, length: 20 };
    Component {
        kind,
        fingerprint: Fingerprint::new(&FingerprintKey::default(), &rule_id, &[value.as_bytes()]),
        rule_id,
        secret: Secret::new(value.as_bytes()),
        trace: Trace {
            introductions: commits.iter().map(|&n| commit(n)).collect(),
            occurrences: vec![Occurrence { location: location.clone(), blobs: 1, reachable: true }],
            reachable: true,
            ..Trace::default()
        },
        location,
    }
}
