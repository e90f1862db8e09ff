//! A report with one of each: what the snapshots show. Values are generated, so no line of this tree holds one.

use keytrail::model::{
    CommitRef, Component, ComponentKind, Confidence, Coverage, DropCount, DropReason, Dropped, Evidence, Finding,
    Fingerprint, FingerprintKey, Gap, GapKind, Lifetime, Location, ObjectKind, Occurrence, Oid, Pairing, PairingScope,
    Place, Report, RepositoryReport, Secret, Severity, Suppression, SuppressionKind, Tally, Trace, Wrapping,
};
use keytrail::rules::{CredentialRule, Rule, RuleSet};

const BASE32: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const BASE64: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// `length` characters of `alphabet`, the same for the same `seed`.
fn random(seed: u64, alphabet: &[u8], length: usize) -> String {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        char::from(alphabet[(state >> 33) as usize % alphabet.len()])
    };
    (0..length).map(|_| next()).collect()
}

/// An access key id: `prefix` and sixteen characters.
pub fn key_id(prefix: [&str; 2], seed: u64) -> String {
    [&prefix.concat(), random(seed, BASE32, 16).as_str()].concat()
}

fn wrapping() -> Wrapping {
    Wrapping { layers: vec!["zip:conf/app.env".to_owned(), "base64".to_owned()], containers: 1 }
}

fn pairing(scope: PairingScope, lines_apart: Option<u32>, confidence: Confidence) -> Pairing {
    Pairing { scope, lines_apart, confidence, shared: Vec::new(), rivals: 0 }
}

/// A secret access key.
pub fn secret(seed: u64) -> String {
    random(seed, BASE64, 40)
}

/// A session token.
pub fn token(seed: u64) -> String {
    random(seed, BASE64, 356)
}

/// An object id made of one number.
pub fn oid(n: u8) -> Oid {
    let bytes: Vec<u8> = (0..20).map(|i| n.wrapping_mul(37).wrapping_add(i * 11)).collect();
    Oid::from_bytes(&bytes).unwrap()
}

/// A place in a file.
pub fn file(path: &[u8], n: u8, line: u32, column: u32, value: &str) -> Location {
    Location {
        place: Place::File(path.to_vec()),
        object: oid(n),
        wrapping: Wrapping::default(),
        line,
        column,
        length: value.len() as u32,
    }
}

fn commit(n: u8, author: &str, date: &str) -> CommitRef {
    let email = format!("{}@example.com", author.split(' ').next().unwrap_or("x").to_lowercase());
    CommitRef { id: oid(n), author: author.to_owned(), email, date: date.to_owned() }
}

fn seen_at(location: &Location) -> Occurrence {
    Occurrence { location: location.clone(), blobs: 1, reachable: true }
}

fn trace(location: &Location) -> Trace {
    Trace {
        introductions: vec![commit(101, "Jane Doe", "2024-03-01T10:20:30+01:00")],
        occurrences: vec![seen_at(location)],
        reachable: true,
        blobs: 1,
        ..Trace::default()
    }
}

/// A finding of the given parts; its life is that of the last.
pub fn finding(
    rule: &str,
    severity: Severity,
    title: &str,
    parts: &[(ComponentKind, &str, Location, Trace)],
) -> Finding {
    let key = FingerprintKey::default();
    let components: Vec<Component> = parts
        .iter()
        .map(|(kind, value, location, trace)| Component {
            kind: kind.clone(),
            rule_id: format!("aws-{}", kind.as_str().replace('_', "-")),
            secret: Secret::new(value.as_bytes()),
            fingerprint: Fingerprint::new(&key, "part", &[value.as_bytes()]),
            location: location.clone(),
            trace: trace.clone(),
        })
        .collect();
    let values: Vec<&[u8]> = parts.iter().map(|part| part.1.as_bytes()).collect();
    Finding {
        rule_id: rule.to_owned(),
        fingerprint: Fingerprint::new(&key, rule, &values),
        severity,
        confidence: Confidence::High,
        title: title.to_owned(),
        advice: "Make the key inactive in IAM, look through CloudTrail for its use, then delete it.".to_owned(),
        components,
        pairing: None,
        evidence: vec![Evidence::Half, Evidence::Named],
        account_id: None,
        lifetime: None,
        expires: None,
        trace: parts.last().map(|part| part.3.clone()).unwrap_or_default(),
        line_hash: "54703d4cd895b18:1".to_owned(),
        suppression: None,
        verification: None,
    }
}

/// The id and the secret side by side at HEAD, in four files, on many refs.
fn pair() -> Finding {
    let (id, secret) = (key_id(["AK", "IA"], 1), secret(1));
    let at_id = file(b"config/prod.env", 1, 12, 19, &id);
    let at_secret = file(b"config/prod.env", 1, 13, 23, &secret);
    let mut life = trace(&at_secret);
    life.at_head = true;
    life.introductions.push(commit(102, "Mallory", "2024-05-01T00:00:00Z"));
    life.present_in = (0..14).map(|n| format!("refs/tags/v1.{n:02}")).collect();
    life.present_in.splice(0..0, ["refs/heads/fix".to_owned(), "refs/heads/main".to_owned()]);
    for n in 0..7 {
        let path = format!("deploy/region-{n}.env");
        life.occurrences.push(Occurrence { blobs: n + 1, ..seen_at(&file(path.as_bytes(), 2, 3, 5, &secret)) });
    }
    let parts = [
        (ComponentKind::AccessKeyId, id.as_str(), at_id, life.clone()),
        (ComponentKind::SecretAccessKey, secret.as_str(), at_secret, life),
    ];
    Finding {
        pairing: Some(pairing(PairingScope::SameBlob, Some(1), Confidence::High)),
        evidence: vec![Evidence::NearPair, Evidence::Named],
        account_id: Some("123456789012".to_owned()),
        lifetime: Some(Lifetime::LongLived),
        ..finding("aws-access-key", Severity::Critical, "AWS access key with its secret", &parts)
    }
}

/// A temporary credential: id, secret, token. Only the id is still at a tip.
fn triple() -> Finding {
    let (id, secret, token) = (key_id(["AS", "IA"], 2), secret(2), token(2));
    let at = |line, value: &str| file("notes/sitzung ü.md".as_bytes(), 3, line, 1, value);
    let mut here = trace(&at(1, &id));
    here.present_in = vec!["refs/remotes/origin/topic".to_owned()];
    let mut gone = trace(&at(2, &secret));
    gone.removals = vec![commit(103, "Jörg Müller", "2024-04-02T08:00:00+02:00")];
    let parts = [
        (ComponentKind::AccessKeyId, id.as_str(), at(1, &id), here),
        (ComponentKind::SecretAccessKey, secret.as_str(), at(2, &secret), gone.clone()),
        (ComponentKind::SessionToken, token.as_str(), at(3, &token), gone),
    ];
    Finding {
        pairing: Some(pairing(PairingScope::SamePath, None, Confidence::Medium)),
        evidence: vec![Evidence::FarPair, Evidence::Named],
        lifetime: Some(Lifetime::Temporary),
        expires: Some("2024-03-01T00:00:00Z".to_owned()),
        ..finding("aws-session", Severity::High, "AWS temporary credential", &parts)
    }
}

/// A lone id that was taken out again, in a path, by an author and on a ref that all hold a value.
fn removed_id() -> Finding {
    let id = key_id(["AK", "IA"], 3);
    let path = [b"keys/", id.as_bytes(), b"/it's\n\x1b[31mred.txt"].concat();
    let at = file(&path, 4, 7, 1, &id);
    let mut life = trace(&at);
    life.introductions = vec![commit(104, &format!("{id} Smith"), "2023-01-02T03:04:05Z")];
    life.removals = vec![commit(105, "Jane Doe", "2023-02-03T04:05:06Z")];
    let parts = [(ComponentKind::AccessKeyId, id.as_str(), at, life)];
    Finding {
        account_id: Some("210987654321".to_owned()),
        lifetime: Some(Lifetime::LongLived),
        ..finding("aws-access-key-id", Severity::Medium, "AWS access key id without its secret", &parts)
    }
}

/// A secret in a commit message, held by a branch whose name holds it too.
fn in_message() -> Finding {
    let secret = secret(4);
    let at = Location {
        place: Place::Commit,
        object: oid(106),
        wrapping: Wrapping::default(),
        line: 6,
        column: 4,
        length: 40,
    };
    let mut life = trace(&at);
    life.present_in = vec![format!("refs/heads/leak-{secret}")];
    let parts = [(ComponentKind::SecretAccessKey, secret.as_str(), at, life)];
    finding("aws-secret-access-key", Severity::High, "AWS secret access key without its id", &parts)
}

/// A secret in a blob that nothing names.
fn unreachable() -> Finding {
    let secret = secret(5);
    let at = Location { place: Place::Unnamed, object: oid(7), wrapping: wrapping(), line: 1, column: 1, length: 40 };
    let life =
        Trace { occurrences: vec![Occurrence { reachable: false, ..seen_at(&at) }], blobs: 1, ..Trace::default() };
    let parts = [(ComponentKind::SecretAccessKey, secret.as_str(), at, life)];
    finding("aws-secret-access-key", Severity::High, "AWS secret access key without its id", &parts)
}

fn suppressed() -> Finding {
    let id = key_id(["AK", "IA"], 6);
    let at = file(b"tests/data.rs", 8, 40, 9, &id);
    let mut life = trace(&at);
    life.at_head = true;
    life.present_in = vec!["refs/heads/main".to_owned()];
    let parts = [(ComponentKind::AccessKeyId, id.as_str(), at, life)];
    Finding {
        suppression: Some(Suppression {
            kind: SuppressionKind::Inline,
            reason: format!("{id} was made inactive in 2022"),
        }),
        ..finding("aws-access-key-id", Severity::Medium, "AWS access key id without its secret", &parts)
    }
}

fn coverage() -> Coverage {
    let tally = |seen, scanned, bytes| Tally { seen, scanned, bytes };
    let missing = (0..12).map(|n| Gap {
        kind: GapKind::MissingObject,
        subject: oid(200 + n).to_string(),
        detail: "named by a tree, but not in the store: fetch it or pass --allow-missing".to_owned(),
    });
    let bad =
        Gap { kind: GapKind::BadRef, subject: "refs/heads/\u{1b}[2Jx".to_owned(), detail: "names no object".into() };
    Coverage {
        known: 0,
        objects: [
            (ObjectKind::Blob, tally(1_200, 1_200, 7_340_032)),
            (ObjectKind::Tree, tally(800, 800, 65_536)),
            (ObjectKind::Commit, tally(310, 310, 90_000)),
            (ObjectKind::Tag, tally(1, 1, 150)),
        ]
        .into(),
        gaps: missing.chain([bad]).collect(),
        accepted_gaps: vec![Gap {
            kind: GapKind::ShallowBoundary,
            subject: oid(230).to_string(),
            detail: "history before this commit is not in this clone".to_owned(),
        }],
        sealed: vec![Gap {
            kind: GapKind::Sealed,
            subject: "backup/keys.zip".to_owned(),
            detail: "zip:keys.txt: encrypted (blob 25303b4651)".to_owned(),
        }],
        refs: 18,
        texts: [("config", tally(1, 1, 300)), ("reflog", tally(4, 4, 5_000))].into(),
    }
}

fn dropped() -> Dropped {
    Dropped {
        rule_id: "aws-secret-access-key".to_owned(),
        secret: Secret::new(random(9, b"0123456789abcdef", 40).as_bytes()),
        reason: DropReason::HexDigest,
        detail: "forty hexadecimal digits".to_owned(),
        location: file(b"Cargo.lock", 9, 120, 13, &"x".repeat(40)),
        objects: 3,
    }
}

/// A repository with nothing in it.
pub fn empty(name: &str) -> RepositoryReport {
    RepositoryReport {
        name: name.to_owned(),
        source: keytrail::model::Source::History,
        head: Some(oid(100)),
        branch: Some("refs/heads/main".to_owned()),
        origin: None,
        findings: vec![],
        suppressed: vec![],
        left_out: 0,
        left_out_values: Vec::new(),
        stale: vec![],
        drops: vec![],
        dropped: vec![],
        coverage: Coverage::default(),
    }
}

/// One of each.
pub fn report() -> Report {
    let count = |reason, count| DropCount { rule_id: "aws-secret-access-key".to_owned(), reason, count };
    Report {
        repositories: vec![RepositoryReport {
            origin: Some("https://git.example.com/team/app.git".to_owned()),
            findings: vec![pair(), triple(), in_message(), unreachable(), removed_id()],
            suppressed: vec![suppressed()],
            stale: vec!["allowlist entry 2 (expires 2024-01-01) has expired".to_owned()],
            drops: vec![count(DropReason::LowEntropy, 1_204), count(DropReason::HexDigest, 3)],
            dropped: vec![dropped()],
            coverage: coverage(),
            ..empty("team/app")
        }],
    }
}

/// Two repositories: one with nothing, one with a lone id.
pub fn two() -> Report {
    let mut coverage = coverage();
    coverage.gaps.clear();
    coverage.accepted_gaps.clear();
    let clean = RepositoryReport { coverage: coverage.clone(), ..empty("services/clean") };
    let leaking = RepositoryReport { findings: vec![removed_id()], coverage, ..empty("services/leaking") };
    Report { repositories: vec![clean, leaking] }
}

/// The rules that the findings name.
pub fn rules() -> RuleSet {
    let references =
        vec!["https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html".to_owned()];
    let credential = |id: &str, name: &str, severity| CredentialRule {
        id: id.to_owned(),
        name: name.to_owned(),
        description: "An access key id together with what signs requests: whoever holds both acts as its owner"
            .to_owned(),
        requires: vec![ComponentKind::AccessKeyId, ComponentKind::SecretAccessKey],
        optional: vec![],
        id_prefixes: vec![],
        severity,
        advice: "Make the key inactive in IAM, then delete it".to_owned(),
        references: references.clone(),
    };
    let lone = |id: &str, name: &str, kind, severity| Rule {
        id: id.to_owned(),
        name: name.to_owned(),
        kind,
        description: "Half of a credential: look for the other half.".to_owned(),
        severity,
        advice: "Make the key inactive in IAM.".to_owned(),
        only: None,
        references: vec![],
        escaped: false,
        patterns: vec![],
        checks: vec![],
        examples: vec![],
        negative_examples: vec![],
        source: String::new(),
    };
    RuleSet {
        rules: vec![
            lone("aws-access-key-id", "AWS access key id", ComponentKind::AccessKeyId, Severity::Medium),
            lone("aws-secret-access-key", "AWS secret access key", ComponentKind::SecretAccessKey, Severity::High),
        ],
        credentials: vec![
            credential("aws-access-key", "AWS access key", Severity::Critical),
            credential("aws-session", "AWS temporary credential", Severity::High),
        ],
        ..RuleSet::default()
    }
}
