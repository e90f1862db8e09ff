//! Whatever strings a report holds, no value of it is written.

use crate::{fixture, render_all};
use keytrail::model::{
    ComponentKind, Gap, GapKind, Occurrence, Report, RepositoryReport, Severity, Suppression, SuppressionKind, Trace,
};
use keytrail::report::Style;
use proptest::prelude::*;

/// A string with a value in it, with whatever around.
fn around(value: &str, before: &str, after: &str) -> String {
    [before, value, after].concat()
}

fn report(id: &str, secret: &str, before: &str, after: &str) -> Report {
    let hide = |value: &str| around(value, before, after);
    let path = hide(&[id, secret].concat());
    let at = fixture::file(path.as_bytes(), 1, 1, 1, id);
    let commit = keytrail::model::CommitRef {
        id: fixture::oid(1),
        author: hide(secret),
        email: hide(&id.to_ascii_lowercase()),
        date: "2024-01-01T00:00:00Z".to_owned(),
    };
    let life = Trace {
        introductions: vec![commit.clone()],
        removals: vec![commit],
        present_in: vec![format!("refs/heads/{}", hide(secret))],
        at_head: false,
        reachable: true,
        occurrences: vec![Occurrence {
            location: fixture::file(hide(secret).as_bytes(), 2, 2, 2, secret),
            blobs: 2,
            reachable: false,
        }],
        blobs: 2,
    };
    let parts = [
        (ComponentKind::AccessKeyId, id, at.clone(), life.clone()),
        (ComponentKind::Other("password".to_owned()), secret, at, life),
    ];
    let mut finding = fixture::finding("aws-access-key", Severity::High, &hide(secret), &parts);
    finding.advice = hide(id);
    let mut hidden = finding.clone();
    hidden.suppression = Some(Suppression { kind: SuppressionKind::Config, reason: hide(secret) });
    let gap = Gap { kind: GapKind::BadRef, subject: hide(id), detail: hide(secret) };
    let mut repository = RepositoryReport {
        branch: Some(format!("refs/heads/{}", hide(secret))),
        origin: Some(format!("https://example.com/{}", hide(id))),
        findings: vec![finding],
        suppressed: vec![hidden],
        stale: vec![hide(secret)],
        ..fixture::empty(&hide(id))
    };
    repository.coverage.gaps = vec![gap.clone()];
    repository.coverage.accepted_gaps = vec![gap];
    Report { repositories: vec![repository.clone(), repository] }
}

/// What a reader can get at: the bytes, the JSON strings in them decoded, percent-encoding and the escapes of HTML undone.
fn readings(written: &str) -> Vec<String> {
    let markup =
        ["&lt;<", "&gt;>", "&quot;\"", "<wbr>", "&amp;&"].into_iter().fold(written.to_owned(), |text, entity| {
            let (escaped, plain) = entity.split_at(entity.find([';', '>']).map_or(0, |end| end + 1));
            text.replace(escaped, plain)
        });
    let mut found = vec![written.to_owned(), markup];
    let documents = serde_json::Deserializer::from_str(written).into_iter::<serde_json::Value>();
    let mut open: Vec<serde_json::Value> = documents.map_while(Result::ok).collect();
    while let Some(value) = open.pop() {
        match value {
            serde_json::Value::String(text) => found.extend([percent_decoded(&text), text]),
            serde_json::Value::Array(items) => open.extend(items),
            serde_json::Value::Object(fields) => open.extend(fields.into_iter().map(|(_, value)| value)),
            _ => {}
        }
    }
    found
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let digits = (first == b'%').then(|| tail.get(..2)).flatten().and_then(|d| std::str::from_utf8(d).ok());
        if let Some(byte) = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            bytes.push(byte);
            rest = &tail[2..];
        } else {
            bytes.push(first);
            rest = tail;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn no_format_writes_a_value(
        seed in 0_u64..1_000_000,
        // Anything: quotes, brackets, escapes, letters beyond ASCII.
        secret in "[!-~é\u{1f511}]{16,60}",
        before in "[ -~\n\u{1b}]{0,6}",
        after in "[ -~\n\\\\]{0,6}",
        color in any::<bool>(),
        listing in any::<bool>(),
    ) {
        let id = fixture::key_id(["AK", "IA"], seed);
        let report = report(&id, &secret, &before, &after);
        let style = Style { color, explain: listing, show_suppressed: listing, ..Style::default() };
        for (format, written) in render_all(&report, &style) {
            for reading in readings(&written) {
                let folded = reading.to_ascii_lowercase();
                prop_assert!(!folded.contains(&id.to_ascii_lowercase()), "{format:?}: {reading}");
                prop_assert!(!folded.contains(&secret.to_ascii_lowercase()), "{format:?}: {reading}");
            }
        }
    }
}

#[test]
fn the_fixture_gives_no_value_away() {
    let style = Style { explain: true, show_suppressed: true, ..Style::default() };
    let report = fixture::report();
    let repository = &report.repositories[0];
    for (format, written) in render_all(&report, &style) {
        let readings = readings(&written);
        for component in repository.findings.iter().chain(&repository.suppressed).flat_map(|f| &f.components) {
            let value = std::str::from_utf8(component.secret.expose()).unwrap().to_ascii_lowercase();
            assert!(
                readings.iter().all(|reading| !reading.to_ascii_lowercase().contains(&value)),
                "{format:?} {:?}",
                component.secret
            );
        }
    }
}
