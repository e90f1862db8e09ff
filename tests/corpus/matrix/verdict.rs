//! A scan of the cells, and what it makes of each.

use super::{
    cell::{Cell, Credential, Expect, words},
    store::folder,
};
use keytrail::{
    model::Report,
    policy::Policy,
    report::{Format, Style, write},
    rules,
    scan::{NoProgress, ScanOptions, Scanner},
};
use serde_json::Value;
use std::{collections::BTreeSet, fmt, path::Path, sync::atomic::AtomicBool};

/// How a cell came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Right,
    /// Something that is there was not told, or not as one credential.
    Missed,
    /// Something was told that is not there.
    False,
    Impossible(&'static str),
}

impl Verdict {
    pub fn is_wrong(self) -> bool {
        matches!(self, Self::Missed | Self::False)
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Right => f.write_str("ok"),
            Self::Missed => f.write_str("MISSED"),
            Self::False => f.write_str("FALSE"),
            Self::Impossible(reason) => write!(f, "impossible: {reason}"),
        }
    }
}

/// A cell with what came of it.
pub struct Row<'a> {
    /// Where its files are in the repository.
    pub folder: String,
    pub cell: &'a Cell,
    /// In the words of the table.
    pub expected: String,
    pub got: String,
    pub verdict: Verdict,
}

/// What came of all.
pub struct Outcome<'a> {
    pub rows: Vec<Row<'a>>,
    /// Findings that stand at no cell's place.
    pub strays: Vec<String>,
    /// What the scan says it did not cover: nothing in these repositories is damaged.
    pub gaps: Vec<String>,
}

impl Outcome<'_> {
    /// How many cells came out right, missed something, told something false, and are impossible.
    pub fn totals(&self) -> [usize; 4] {
        let mut totals = [0; 4];
        for row in &self.rows {
            totals[match row.verdict {
                Verdict::Right => 0,
                Verdict::Missed => 1,
                Verdict::False => 2,
                Verdict::Impossible(_) => 3,
            }] += 1;
        }
        totals
    }

    /// Whether nothing is wrong.
    pub fn is_right(&self) -> bool {
        self.strays.is_empty() && self.gaps.is_empty() && !self.rows.iter().any(|row| row.verdict.is_wrong())
    }
}

/// Scans the repository at `path`, which was built of `cells`, once.
pub fn run<'a>(cells: &[&'a Cell], path: &Path) -> Outcome<'a> {
    let lines = scan(path);
    let (mut strays, mut gaps) = (Vec::new(), Vec::new());
    let mut found: Vec<Vec<&Value>> = vec![Vec::new(); cells.len()];
    for line in &lines {
        match line["type"].as_str() {
            Some("finding") => {
                let owners = owners(cells, line);
                if owners.is_empty() {
                    strays.push(kinds(line));
                }
                for n in owners {
                    found[n].push(line);
                }
            }
            Some("summary") => {
                let named = line["coverage"]["gaps"].as_array().unwrap();
                gaps.extend(named.iter().map(|gap| format!("{} {} {}", gap["kind"], gap["subject"], gap["detail"])));
            }
            _ => {}
        }
    }
    let rows = (0..cells.len()).map(|n| judge(folder(n), cells[n], &found[n])).collect();
    Outcome { rows, strays, gaps }
}

/// The lines of the report in JSON Lines.
fn scan(path: &Path) -> Vec<Value> {
    let rules = rules::builtin().unwrap();
    let scanner = Scanner {
        rules: &rules,
        policy: &Policy::none(),
        options: &ScanOptions::default(),
        progress: &NoProgress,
        cancel: &AtomicBool::new(false),
    };
    let report = Report { repositories: vec![scanner.scan(path, "matrix").unwrap()] };
    let mut text = Vec::new();
    let style = Style { reveal: true, ..Style::default() };
    write(&report, &rules, Format::Jsonl, &style, &mut text).unwrap();
    text.split(|&byte| byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(|line| serde_json::from_slice(line).unwrap())
        .collect()
}

/// The cells at whose places a finding stands: by folder; what stands in no folder (messages, notes) by its values.
fn owners(cells: &[&Cell], finding: &Value) -> BTreeSet<usize> {
    let paths = finding["occurrences"].as_array().unwrap().iter().filter_map(|one| one["path"].as_str());
    let within = |path: &str| (0..cells.len()).find(|&n| path.starts_with(&folder(n)));
    let by_folder: BTreeSet<usize> = paths.filter_map(within).collect();
    if !by_folder.is_empty() {
        return by_folder;
    }
    let values = values(finding);
    let holds = |cell: &Cell| match &cell.expect {
        Expect::Found(credentials) => {
            credentials.iter().flat_map(|one| &one.values).any(|value| values.contains(value.as_str()))
        }
        _ => false,
    };
    (0..cells.len()).filter(|&n| holds(cells[n])).collect()
}

fn judge<'a>(folder: String, cell: &'a Cell, found: &[&Value]) -> Row<'a> {
    let expected = match &cell.expect {
        Expect::Found(credentials) => words(credentials),
        Expect::Nothing => "nothing".to_owned(),
        Expect::Impossible(_) => "-".to_owned(),
    };
    let wanted: &[Credential] = if let Expect::Found(credentials) = &cell.expect { credentials } else { &[] };
    let verdict = match &cell.expect {
        Expect::Impossible(reason) => Verdict::Impossible(reason),
        _ if wanted.iter().any(|one| !found.iter().any(|finding| is_it(one, finding))) => Verdict::Missed,
        _ if found.iter().any(|finding| !wanted.iter().any(|one| is_it(one, finding))) => Verdict::False,
        _ => Verdict::Right,
    };
    let got: Vec<String> = found.iter().map(|finding| kinds(finding)).collect();
    let got = if got.is_empty() { "nothing".to_owned() } else { got.join(", ") };
    Row { folder, cell, expected, got, verdict }
}

fn is_it(wanted: &Credential, finding: &Value) -> bool {
    let values = values(finding);
    let is_there = |value: &String| {
        values.contains(value.as_str()) || wanted.loose && values.iter().any(|one| one.contains(value.as_str()))
    };
    wanted.values.iter().all(is_there)
        && (wanted.loose || values.len() == wanted.values.len())
        && wanted.severity.is_none_or(|severity| finding["severity"] == severity)
        && wanted.expires.is_none_or(|expires| finding["expires"] == expires)
}

fn values(finding: &Value) -> BTreeSet<&str> {
    finding["components"].as_array().unwrap().iter().filter_map(|one| one["value"].as_str()).collect()
}

/// What a finding is made of, in a few letters.
fn kinds(finding: &Value) -> String {
    let word = |one: &Value| match one["kind"].as_str().unwrap() {
        "access_key_id" => "id".to_owned(),
        "secret_access_key" => "secret".to_owned(),
        "session_token" => "token".to_owned(),
        other => other.to_owned(),
    };
    let words: Vec<String> = finding["components"].as_array().unwrap().iter().map(word).collect();
    words.join("+")
}
