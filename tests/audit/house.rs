//! An organisation: a folder of repositories, and a store beside it.

use crate::support::{Keys, Repo};
use serde_json::Value;
use std::{
    fs,
    path::PathBuf,
    process::{Command, Output},
};
use tempfile::TempDir;

pub struct House {
    folder: TempDir,
    pub keys: Keys,
}

/// What a run said and how it ended.
pub struct Night {
    pub code: i32,
    pub said: String,
}

impl House {
    pub fn new(seed: u64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("org")).unwrap();
        Self { folder, keys: Keys::new(seed) }
    }

    pub fn place(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A repository's bare copy in the organisation, brought up to date with `repo`.
    pub fn publish(&self, repo: &Repo, name: &str) -> PathBuf {
        let path = self.place("org").join(name);
        let place = path.to_str().unwrap();
        if !path.exists() {
            repo.git(&["init", "-q", "--bare", "-b", "main", place]);
        }
        repo.git(&["push", "-q", "--mirror", place]);
        path
    }

    pub fn env_file(&mut self) -> String {
        format!("AWS_ACCESS_KEY_ID={}\nAWS_SECRET_ACCESS_KEY={}\n", self.keys.id(), self.keys.secret())
    }

    pub fn keytrail(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_keytrail"));
        command.args(arguments).env("TMPDIR", self.folder.path()).output().unwrap()
    }

    pub fn night(&self, more: &[&str]) -> Night {
        self.night_of(&format!("dir:{}", self.place("org").display()), more)
    }

    pub fn night_of(&self, org: &str, more: &[&str]) -> Night {
        let store = self.place("store.db");
        let output =
            self.keytrail(&[&["audit", "run", "--org", org, "--store", store.to_str().unwrap()], more].concat());
        let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        Night { code: output.status.code().unwrap_or(-1), said }
    }

    /// What the store answers to `audit` with these arguments.
    pub fn ask(&self, arguments: &[&str]) -> String {
        let store = self.place("store.db");
        let output =
            self.keytrail(&[&["audit", arguments[0], "--store", store.to_str().unwrap()], &arguments[1..]].concat());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// The `finding` lines that `audit findings` gives.
    pub fn findings(&self, filter: &[&str]) -> Vec<Value> {
        let schema = serde_json::from_str(include_str!("../../docs/findings.schema.json")).unwrap();
        let schema = jsonschema::validator_for(&schema).unwrap();
        let lines = self.ask(&[&["findings", "--format", "jsonl"], filter].concat());
        let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        for line in &lines {
            assert!(line["audit"].is_object());
            schema.validate(line).unwrap();
        }
        lines
    }
}
