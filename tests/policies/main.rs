//! `keytrail policy`, the whole program: templates in each format, each issue at its line; what is broken is named; what
//! is hostile does no harm.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says no by panicking")]
#![allow(unreachable_pub, clippy::missing_panics_doc, reason = "modules of a test have no public")]

#[path = "../support/mod.rs"]
mod support;

mod formats;
mod hostile;
mod outputs;
mod trees;

use assert_cmd::Command;
use serde_json::Value;
use std::fs;
use std::path::Path;

/// What a run gave.
pub struct Run {
    /// Its exit code.
    pub code: i32,
    /// What it wrote there.
    pub stdout: String,
    /// The same.
    pub stderr: String,
}

impl Run {
    /// Of JSON Lines.
    pub fn lines(&self) -> Vec<Value> {
        self.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// The last line.
    pub fn summary(&self) -> Value {
        let summary = self.lines().pop().unwrap();
        assert_eq!(summary["type"], "summary");
        summary
    }

    /// Path, line and check of each issue, by place.
    pub fn issues(&self) -> Vec<(String, u64, String)> {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let lines = self.lines().into_iter().filter(|line| line["type"] == "policy_issue");
        let mut issues: Vec<_> =
            lines.map(|line| (text(&line["path"]), line["line"].as_u64().unwrap(), text(&line["check"]))).collect();
        issues.sort();
        issues
    }

    /// Path, line and reason of all that could not be read.
    pub fn unread(&self) -> Vec<(String, Option<u64>, String)> {
        let list = self.summary()["not_read"].as_array().unwrap().clone();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        list.iter().map(|one| (text(&one["path"]), one["line"].as_u64(), text(&one["reason"]))).collect()
    }
}

/// Runs `keytrail policy` in `folder`.
pub fn policy(folder: &Path, arguments: &[&str]) -> Run {
    let mut command = Command::cargo_bin("keytrail").unwrap();
    command.env_remove("NO_COLOR").env("GIT_CONFIG_NOSYSTEM", "1").env("HOME", folder);
    let output = command.current_dir(folder).arg("policy").args(arguments).output().unwrap();
    Run {
        code: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Runs it over a folder of these files, for a program.
pub fn over(files: &[(&str, &[u8])]) -> Run {
    let folder = tempfile::tempdir().unwrap();
    for (path, content) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    policy(folder.path(), &["-q", "-f", "jsonl"])
}

/// A document in which one thing is wrong, in its third line.
pub const WRONG: &str = "{\n\"Version\": \"2012-10-17\", \"Statement\":\n{\"Effect\": \"Alow\", \"Action\": \"s3:GetObject\", \"Resource\": \"arn:aws:s3:::b/*\"}}\n";
