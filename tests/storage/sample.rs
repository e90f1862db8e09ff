//! One repository that all layouts are made of, and what must be found in each.

use crate::support::{Judge, Keys, Life, Outcome, Repo, Scan, values_of};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::OnceLock;

/// By fingerprint: values, and where each stood (path, line, column, blobs, whether reachable).
pub type Found = BTreeMap<String, (Vec<String>, Vec<Place>)>;
type Place = (Option<String>, u64, u64, u64, bool);

/// A few hundred loose objects: a long file that changes a little in each commit, two lines and their merges, tags,
/// values in files, messages and a tag, and a lost commit.
pub fn sample() -> Repo {
    build(&[])
}

/// The same, made by `git init` with more options.
pub fn build(options: &[&str]) -> Repo {
    let repo = Repo::with(options);
    let stream = stream();
    repo.git_with_input(&["-c", "fastimport.unpackLimit=1000000", "fast-import", "--quiet"], stream.as_bytes());
    repo.git(&["reset", "-q", "--hard", "main"]);
    repo.git(&["update-ref", "-d", "refs/heads/lost"]);
    repo
}

fn stream() -> String {
    let mut keys = Keys::new(11);
    let mut long: Vec<String> = (0..200).map(|_| keys.filler()).collect();
    let mut stream = String::new();
    for n in 1..=60 {
        let place = keys.below(long.len());
        match n % 6 {
            // The lost commit leaves the long file alone: whatever else it held would be lost and reachable in part.
            _ if n == 60 => {}
            0 => long[place] = format!("id = {}", keys.id()),
            3 => long[place] = format!("aws_secret_access_key = {}", keys.secret()),
            _ => long[place] = keys.filler(),
        }
        let branch = match n {
            60 => "lost",
            _ if n % 7 == 0 => "side",
            _ => "main",
        };
        let message = if n == 20 { format!("about {}", keys.id()) } else { format!("number {n}") };
        stream += &format!("commit refs/heads/{branch}\nmark :{n}\ncommitter C <c@example.org> {} +0000\n", n * 1000);
        stream += &format!("data {}\n{message}\n", message.len());
        if n == 7 || n == 60 {
            stream += &format!("from :{}\n", n - 1);
        } else if n % 14 == 1 && n > 1 {
            stream += &format!("merge :{}\n", n - 1);
        }
        let lost = if n == 60 { keys.id() } else { String::new() };
        for (path, text) in [
            ("long.txt", long.join("\n")),
            ("deep/er/still/file", format!("version {n} {lost}\n")),
            ("deep/token", format!("token {}\n", if n == 30 { keys.token(400) } else { n.to_string() })),
        ] {
            stream += &format!("M 100644 inline {path}\ndata {}\n{text}\n", text.len());
        }
    }
    for (name, at, message) in [("v1", 10, "plain".to_owned()), ("v2", 40, format!("with {}", keys.id()))] {
        stream += &format!("tag {name}\nfrom :{at}\ntagger T <t@example.org> 70000 +0000\n");
        stream += &format!("data {}\n{message}\n", message.len());
    }
    stream
}

/// What an outcome found, without ids of objects and names of refs, which differ between layouts.
pub fn found(outcome: &Outcome) -> Found {
    let place = |one: &serde_json::Value| {
        let number = |field: &str| one[field].as_u64().unwrap();
        let path = one["path"].as_str().map(str::to_owned);
        (path, number("line"), number("column"), number("blobs"), one["reachable"] == true)
    };
    let entry = |finding: &serde_json::Value| {
        let mut places: Vec<Place> = finding["occurrences"].as_array().unwrap().iter().map(place).collect();
        places.sort();
        (finding["fingerprint"].as_str().unwrap().to_owned(), (values_of(finding), places))
    };
    outcome.findings.iter().map(entry).collect()
}

/// What is found in the sample as it is built.
pub fn expected() -> &'static Found {
    static EXPECTED: OnceLock<Found> = OnceLock::new();
    EXPECTED.get_or_init(|| {
        let repo = sample();
        let outcome = Scan::of(repo.path()).run();
        // Git's own view, so that all layouts are not wrong in the same way.
        let all: BTreeSet<String> = outcome.findings.iter().flat_map(values_of).collect();
        assert_eq!(all.len(), 23);
        let values: Vec<String> = outcome.findings.iter().map(leading).collect();
        let judge = Judge::new(&repo, &values);
        for (value, finding) in values.iter().zip(&outcome.findings) {
            assert_eq!(Life::told(finding), judge.life(value), "{value}");
        }
        found(&outcome)
    })
}

/// The value whose life a finding tells: its secret, or else its token, or else its id.
fn leading(finding: &serde_json::Value) -> String {
    let values = values_of(finding);
    let token = values.iter().find(|value| value.len() > 40);
    values.iter().find(|value| value.len() == 40).or(token).unwrap_or(&values[0]).clone()
}

/// What of it a clone has: a clone takes along only what refs reach.
pub fn expected_reachable() -> Found {
    let reachable = |(_, (_, places)): &(&String, &(Vec<String>, Vec<Place>))| places.iter().any(|place| place.4);
    let found: Found = expected().iter().filter(reachable).map(|(name, entry)| (name.clone(), entry.clone())).collect();
    assert_eq!(found.len() + 1, expected().len(), "one value is in the lost commit alone");
    found
}

/// Scans `at`, finds all of `wanted` there, and holds the ledger against git's own count in the same folder.
#[track_caller]
pub fn reads_all(repo: &Repo, at: &Path, wanted: &Found) -> Outcome {
    let outcome = Scan::of(at).run();
    assert_eq!((outcome.code, outcome.gaps()), (1, vec![]), "{}", outcome.stderr);
    assert_eq!(found(&outcome), *wanted);
    assert_eq!(outcome.seen(), count(repo, at), "objects as git counts them");
    assert_eq!(outcome.seen(), outcome.scanned());
    outcome
}

/// Distinct blobs, trees, commits and tags.
pub fn count(repo: &Repo, at: &Path) -> [u64; 4] {
    let all = repo.git_in(at, &["cat-file", "--batch-all-objects", "--batch-check=%(objecttype)"]);
    ["blob", "tree", "commit", "tag"].map(|kind| all.lines().filter(|line| *line == kind).count() as u64)
}
