//! The built program, and what it says.

use super::repo::clean;
use serde_json::Value;
use std::{
    collections::BTreeSet,
    ffi::{OsStr, OsString},
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// A scan about to be run.
pub struct Scan {
    folder: PathBuf,
    arguments: Vec<OsString>,
    input: Option<Vec<u8>>,
}

/// What came of it.
#[derive(Debug)]
pub struct Outcome {
    pub code: i32,
    pub findings: Vec<Value>,
    pub suppressed: Vec<Value>,
    pub dropped: Vec<Value>,
    /// `Null` if there is no report.
    pub summary: Value,
    pub stdout: Vec<u8>,
    pub stderr: String,
}

impl Scan {
    /// Of the repository at `path`, as JSON Lines and revealed.
    pub fn of(path: impl AsRef<OsStr>) -> Self {
        Self::of_all(&[path.as_ref()])
    }

    pub fn of_all(paths: &[&OsStr]) -> Self {
        let mut scan = Self::bare().args(&["scan", "--format", "jsonl", "--reveal"]);
        scan.arguments.extend(paths.iter().map(OsString::from));
        scan
    }

    /// The program with no arguments yet.
    pub fn bare() -> Self {
        Self { folder: std::env::temp_dir(), arguments: Vec::new(), input: None }
    }

    pub fn arg(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.arguments.push(argument.as_ref().to_owned());
        self
    }

    pub fn args(mut self, arguments: &[&str]) -> Self {
        self.arguments.extend(arguments.iter().map(OsString::from));
        self
    }

    /// Runs in this folder.
    pub fn within(mut self, folder: &Path) -> Self {
        folder.clone_into(&mut self.folder);
        self
    }

    /// Has these bytes on its standard input.
    pub fn input(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.input = Some(bytes.into());
        self
    }

    pub fn run(self) -> Outcome {
        let mut command = Command::new(env!("CARGO_BIN_EXE_keytrail"));
        clean(&mut command, &std::env::temp_dir());
        command.current_dir(&self.folder).args(&self.arguments);
        let output = match self.input {
            None => command.output().unwrap(),
            Some(input) => {
                command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
                let mut child = command.spawn().unwrap();
                let mut stdin = child.stdin.take().unwrap();
                std::thread::scope(|scope| {
                    // Who does not read to the end closes the pipe.
                    scope.spawn(move || stdin.write_all(&input).ok());
                    child.wait_with_output().unwrap()
                })
            }
        };
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!stderr.contains("panicked"), "{stderr:.2000}");
        let mut outcome = Outcome {
            code: output.status.code().unwrap_or(-1),
            findings: Vec::new(),
            suppressed: Vec::new(),
            dropped: Vec::new(),
            summary: Value::Null,
            stdout: output.stdout,
            stderr,
        };
        for line in outcome.stdout.split(|&byte| byte == b'\n').filter(|line| line.starts_with(b"{\"type\"")) {
            let line: Value = serde_json::from_slice(line).unwrap();
            match line["type"].as_str().unwrap() {
                "finding" => outcome.findings.push(line),
                "suppressed" => outcome.suppressed.push(line),
                "dropped" => outcome.dropped.push(line),
                _ => outcome.summary = line,
            }
        }
        outcome
    }
}

impl Outcome {
    /// The finding that has `value` among its components.
    #[track_caller]
    pub fn finding(&self, value: &str) -> &Value {
        let found = self.findings.iter().find(|finding| values_of(finding).iter().any(|one| one == value));
        found.unwrap_or_else(|| panic!("not found among {} findings; {:.2000}", self.findings.len(), self.stderr))
    }

    pub fn fingerprints(&self) -> BTreeSet<String> {
        self.findings.iter().map(|finding| finding["fingerprint"].as_str().unwrap().to_owned()).collect()
    }

    /// Kind and subject of what was not covered.
    pub fn gaps(&self) -> Vec<(String, String)> {
        gaps(&self.summary["coverage"]["gaps"])
    }

    /// The same for what was accepted beforehand.
    pub fn accepted_gaps(&self) -> Vec<(String, String)> {
        gaps(&self.summary["coverage"]["accepted_gaps"])
    }

    /// The kinds of gaps, each once.
    pub fn gap_kinds(&self) -> Vec<String> {
        let kinds: BTreeSet<String> = self.gaps().into_iter().map(|(kind, _)| kind).collect();
        kinds.into_iter().collect()
    }

    /// Objects seen, by kind: blobs, trees, commits, tags.
    pub fn seen(&self) -> [u64; 4] {
        self.tally("seen")
    }

    /// Objects scanned, by kind.
    pub fn scanned(&self) -> [u64; 4] {
        self.tally("scanned")
    }

    fn tally(&self, field: &str) -> [u64; 4] {
        let objects = &self.summary["coverage"]["objects"];
        ["blob", "tree", "commit", "tag"].map(|kind| objects[kind][field].as_u64().unwrap())
    }
}

fn gaps(list: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    list.as_array().unwrap().iter().map(|gap| (text(&gap["kind"]), text(&gap["subject"]))).collect()
}

/// The values of a finding's components.
pub fn values_of(finding: &Value) -> Vec<String> {
    let components = finding["components"].as_array().unwrap();
    components.iter().map(|one| one["value"].as_str().unwrap_or_default().to_owned()).collect()
}
