//! Repositories, findings and nights made for tests.

use keytrail::model::{Fingerprint, FingerprintKey, Gap, GapKind, KnownBlobs, Oid};
use keytrail::store::*;
use serde_json::json;

pub const RULES: &str = "rules-1";
pub const ENGINE: &str = "0.1.0";

/// Two o'clock in the night `n`, of a month of 28.
pub fn at(night: u8) -> Moment {
    Moment::parse(&format!("2026-{:02}-{:02}T02:00:00Z", 1 + night / 28, 1 + night % 28)).unwrap()
}

pub fn listed(name: &str) -> Listed {
    Listed {
        id: format!("https://git.example.org/{name}"),
        name: format!("acme/{name}"),
        clone_url: format!("https://git.example.org/acme/{name}.git"),
        web_url: Some(format!("https://git.example.org/acme/{name}")),
        branch: Some("main".to_owned()),
        archived: false,
        fork: false,
        parent: None,
        wiki: false,
    }
}

pub fn id(name: &str) -> String {
    listed(name).id
}

pub fn oid(n: u8) -> Oid {
    Oid::from_bytes(&[n; 20]).unwrap()
}

pub fn tips(n: u8) -> Vec<Tip> {
    vec![Tip { name: b"refs/heads/main".to_vec(), id: oid(n) }, Tip { name: b"refs/tags/\xff".to_vec(), id: oid(n) }]
}

pub fn fingerprint(name: &str) -> Fingerprint {
    Fingerprint::new(&FingerprintKey::default(), "test", &[name.as_bytes()])
}

/// A line of the contract for a finding that is called `name`, with these fields instead of the usual ones.
pub fn line_with(name: &str, fields: &serde_json::Value) -> FindingLine {
    let commit =
        json!({"commit": oid(1), "author": "Ada", "email": "ada@example.org", "date": "2026-01-01T00:00:00+01:00"});
    let spot = json!({"path": "a", "place": "file", "line": 1, "column": 1, "blob": oid(2), "wrapped": []});
    let mut component = json!({
        "kind": "access_key_id", "rule_id": "test", "redacted": "AKIA… (20)", "fingerprint": fingerprint(name),
        "introduced": commit, "removed": null, "present_in": ["refs/heads/main"],
    });
    component.as_object_mut().unwrap().extend(spot.as_object().unwrap().clone());
    let mut line = json!({
        "type": "finding", "schema_version": 1, "rule_id": "test", "fingerprint": fingerprint(name), "severity": "high",
        "confidence": "high", "title": name, "advice": "revoke it", "repository": "acme", "components": [component],
        "account_id": "123456789012", "lifetime": "long_lived", "expires": null, "pairing": null, "evidence": [],
        "introduced": commit, "removed": null, "introductions": [commit], "removals": [],
        "present_in": ["refs/heads/main"], "at_head": true, "reachable": true, "occurrences": [], "blobs": 1,
        "suppression": null,
    });
    line.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    FindingLine::parse(&line.to_string()).unwrap()
}

pub fn line(name: &str) -> FindingLine {
    line_with(name, &json!({}))
}

pub fn gap() -> Gap {
    Gap { kind: GapKind::TooLarge, subject: oid(3).to_string(), detail: "larger than 512 MiB".to_owned() }
}

/// A run of `acme` in the night `n` that has listed these.
pub fn night(store: &Store, n: u8, names: &[&str]) -> RunId {
    let run = NewRun {
        source: "github:acme",
        shard: Shard::default(),
        kind: "scheduled",
        engine: ENGINE,
        rules: RULES,
        at: &at(n),
    };
    let run = store.begin_run(&run).unwrap();
    store.list(run, &at(n), &names.iter().map(|name| listed(name)).collect::<Vec<_>>(), true).unwrap();
    run
}

/// What a scan found: how it is recorded.
pub struct Found<'a> {
    pub findings: &'a [FindingLine],
    pub gaps: &'a [Gap],
    pub tip: u8,
    pub clean: &'a [u8],
}

impl<'a> Found<'a> {
    pub fn these(findings: &'a [FindingLine]) -> Self {
        Self { findings, gaps: &[], tip: 1, clean: &[] }
    }

    /// Records it in the night `n`.
    pub fn record(&self, store: &Store, run: RunId, n: u8, name: &str) {
        let clean = KnownBlobs::new(self.clean.iter().map(|&n| oid(n)).collect());
        let tips = tips(self.tip);
        let scan = Scan {
            engine: ENGINE,
            rules: RULES,
            tips: &tips,
            gaps: self.gaps,
            findings: self.findings,
            clean_blobs: &clean,
            sarif: None,
        };
        tell(store, run, n, name, Outcome::Scanned(scan)).unwrap();
    }
}

pub fn tell(store: &Store, run: RunId, n: u8, name: &str, outcome: Outcome<'_>) -> Result<(), StoreError> {
    store.record(&Record { run, repository: &id(name), at: &at(n), outcome })
}

pub fn finish(store: &Store, run: RunId, n: u8) -> Counts {
    store.finish_run(run, &at(n), RunEnd { exit_code: 0, interrupted: false }).unwrap()
}

/// All that a store says of `runs` and of the repositories called `names`.
pub fn all_of(store: &Store, runs: &[RunId], names: &[&str]) -> String {
    let outcomes: Vec<_> = runs.iter().map(|&run| store.outcomes(run).unwrap()).collect();
    let previous: Vec<_> = names.iter().map(|name| store.previous(&id(name)).unwrap()).collect();
    let clean: Vec<_> = names.iter().map(|name| clean(store, name)).collect();
    let findings = store.findings(&Filter::default(), &at(0)).unwrap();
    let runs = store.runs(None, 100).unwrap();
    format!("{runs:#?}{:#?}{outcomes:#?}{previous:#?}{clean:?}{findings:#?}", store.repositories(None).unwrap())
}

/// The clean blobs that are known for a repository and its kin.
pub fn clean(store: &Store, name: &str) -> Vec<u8> {
    let clean = store.clean_blobs_of_network(&id(name), RULES, ENGINE, 20).unwrap();
    clean.as_bytes().iter().step_by(20).copied().collect()
}

/// The names of the findings that a filter holds for.
pub fn titles(store: &Store, filter: &Filter, n: u8) -> Vec<String> {
    store.findings(filter, &at(n)).unwrap().into_iter().map(|finding| finding.title).collect()
}
