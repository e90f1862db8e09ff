//! A clock that is wrong, and that a test moves while a process runs.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};
use tempfile::TempDir;

/// By how many seconds the clock of those who are given [`Skew::environment`] is wrong. See `skew.c`.
pub struct Skew(TempDir);

impl Skew {
    /// No error yet.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/live/skew.c");
        let skew = Self(folder);
        let mut cc = Command::new("cc");
        cc.args(["-O2", "-shared", "-fPIC", "-o"]).arg(skew.library()).arg(source);
        assert!(cc.status().unwrap().success(), "{cc:?}");
        skew.set(0);
        skew
    }

    pub fn set(&self, seconds: i64) {
        // Replaced in one step: it is read at any time.
        let new = self.0.path().join("new");
        fs::write(&new, seconds.to_string()).unwrap();
        fs::rename(new, self.file()).unwrap();
    }

    /// What the process is to be started with.
    pub fn environment(&self) -> [(&'static str, PathBuf); 2] {
        [("LD_PRELOAD", self.library()), ("SKEW_FILE", self.file())]
    }

    fn library(&self) -> PathBuf {
        self.0.path().join("skew.so")
    }

    fn file(&self) -> PathBuf {
        self.0.path().join("seconds")
    }
}
