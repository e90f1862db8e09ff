//! How bad a finding is and how sure, from what speaks for it.

use crate::model::{Confidence, Evidence, Severity};
use std::collections::BTreeSet;

/// What is known of a credential before it is graded.
#[derive(Debug, Clone, Copy)]
pub(super) struct Grounds<'a> {
    /// What its rule says.
    pub severity: Severity,
    /// How sure the patterns that found its most telling value are.
    pub alone: Confidence,
    /// Whether only its form and an id near by speak for that value.
    pub by_shape: bool,
    /// Whether it has an id and what the id is there for, and how sure it is that the two belong together.
    pub pair: Option<Confidence>,
    /// Whether the rules know a whole of which this is a half.
    pub half: bool,
    /// Every path at which it stood.
    pub paths: &'a [&'a [u8]],
    /// Whether it also stood where there is no path: a message, a blob that nothing names.
    pub elsewhere: bool,
}

/// Severity, confidence, and what they rest on.
pub(super) fn grade(grounds: Grounds<'_>) -> (Severity, Confidence, Vec<Evidence>) {
    let Grounds { mut severity, alone, by_shape, pair, half, paths, elsewhere } = grounds;
    let mut evidence = BTreeSet::from([if by_shape { Evidence::ByShape } else { Evidence::Named }]);
    let mut confidence = alone;
    match pair {
        Some(Confidence::High) => {
            evidence.insert(Evidence::NearPair);
            confidence = Confidence::High;
        }
        Some(joined) => {
            evidence.insert(Evidence::FarPair);
            // Two halves that may be of two credentials are not one whole.
            if joined == Confidence::Low {
                severity = severity.min(Severity::High);
            }
        }
        None if half => drop(evidence.insert(Evidence::Half)),
        None => {}
    }
    if let Some(setting) = setting(paths).filter(|_| !elsewhere) {
        evidence.insert(setting);
        confidence = match confidence {
            Confidence::High => Confidence::Medium,
            Confidence::Medium | Confidence::Low => Confidence::Low,
        };
    }
    (severity, confidence, evidence.into_iter().collect())
}

/// Words that folders and file names of tests, examples and documentation are made of.
const SETTINGS: [(Evidence, &[&str]); 3] = [
    (
        Evidence::TestPath,
        &[
            "test",
            "tests",
            "testing",
            "testdata",
            "unittest",
            "unittests",
            "spec",
            "specs",
            "fixture",
            "fixtures",
            "mock",
            "mocks",
            "e2e",
            "golden",
            "snapshots",
        ],
    ),
    (Evidence::ExamplePath, &["example", "examples", "sample", "samples", "demo", "demos", "tutorial", "tutorials"]),
    (Evidence::DocsPath, &["doc", "docs", "documentation", "changelog", "readme", "man"]),
];

/// What kind of place all `paths` are, if they are all of one of these kinds.
fn setting(paths: &[&[u8]]) -> Option<Evidence> {
    let mut settings = paths.iter().map(|path| setting_of(path));
    // Mixed kinds are told as the first; a path that is of none ends it.
    let first = settings.next()??;
    settings.try_fold(first, |first, next| next.map(|next| first.min(next)))
}

fn setting_of(path: &[u8]) -> Option<Evidence> {
    let words: BTreeSet<String> = path
        .split(|byte| !byte.is_ascii_alphanumeric())
        .map(|word| String::from_utf8_lossy(word).to_ascii_lowercase())
        .collect();
    let file = path.rsplit(|&byte| byte == b'/').next().unwrap_or_default();
    let stem = file.split(|&byte| byte == b'.').next().unwrap_or_default();
    if [&b"Test"[..], b"Tests", b"Spec", b"IT"].iter().any(|end| stem.ends_with(end)) {
        return Some(Evidence::TestPath);
    }
    SETTINGS.iter().find(|(_, known)| known.iter().any(|&word| words.contains(word))).map(|&(evidence, _)| evidence)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grounds<'a>(pair: Option<Confidence>, paths: &'a [&'a [u8]]) -> Grounds<'a> {
        let (severity, alone) = (Severity::Critical, Confidence::Medium);
        Grounds { severity, alone, by_shape: false, pair, half: pair.is_none(), paths, elsewhere: false }
    }

    #[test]
    fn a_near_pair_is_sure_and_a_doubtful_one_is_no_whole() {
        let graded = |pair| grade(grounds(pair, &[b"config"]));
        assert_eq!(
            graded(Some(Confidence::High)),
            (Severity::Critical, Confidence::High, vec![Evidence::NearPair, Evidence::Named])
        );
        assert_eq!(graded(Some(Confidence::Medium)).0, Severity::Critical);
        assert_eq!(
            graded(Some(Confidence::Low)),
            (Severity::High, Confidence::Medium, vec![Evidence::FarPair, Evidence::Named])
        );
        assert_eq!(graded(None).2, [Evidence::Half, Evidence::Named]);
    }

    #[test]
    fn only_where_every_path_is_a_tests_or_an_examples_is_it_less_sure() {
        let confidence = |paths| grade(grounds(Some(Confidence::High), paths)).1;
        assert_eq!(confidence(&[b"tests/a.py", b"src/a_test.go", b"src/KeyTest.java"]), Confidence::Medium);
        assert_eq!(confidence(&[b"tests/a.py", b"src/a.go"]), Confidence::High);
        assert_eq!(confidence(&[b"latest/contest.py"]), Confidence::High);
        assert_eq!(confidence(&[]), Confidence::High);
        let elsewhere = Grounds { elsewhere: true, ..grounds(Some(Confidence::High), &[b"docs/x"]) };
        assert_eq!(grade(elsewhere).1, Confidence::High);
        assert_eq!(setting(&[b"docs/x", b"examples/y"]), Some(Evidence::ExamplePath));
    }
}
