//! The program under test, and what it tells. Whatever it writes is searched for secrets.

use crate::{leak::Leak, support::clean};
use serde_json::Value;
use std::{
    ffi::OsStr,
    fs,
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// How long it may take on a machine that is busy with other tests, and no longer: it never waits without end.
const PATIENCE: Duration = Duration::from_mins(2);

/// The program, about to be run.
pub struct Program {
    command: Command,
    hidden: Vec<String>,
    /// Standard output and error go to files, so that neither is waited for.
    folder: TempDir,
}

/// The program, running.
pub struct Running {
    child: Child,
    begun: Instant,
    hidden: Vec<String>,
    folder: TempDir,
}

/// What came of it.
#[derive(Debug)]
pub struct Told {
    pub code: Option<i32>,
    pub findings: Vec<Value>,
    pub stdout: String,
    pub stderr: String,
    pub took: Duration,
    /// Whether it died and left its memory on the disk.
    pub dumped: bool,
}

impl Program {
    pub fn new(leak: &Leak) -> Self {
        Self::under(Command::new(env!("CARGO_BIN_EXE_keytrail")), leak)
    }

    /// Run by another program, which is told its path last.
    pub fn under(mut command: Command, leak: &Leak) -> Self {
        let folder = tempfile::tempdir().unwrap();
        clean(&mut command, folder.path());
        command.current_dir(folder.path()).stdin(Stdio::null());
        Self { command, hidden: leak.secrets.clone(), folder }
    }

    /// A scan of `leak`, as JSON Lines.
    pub fn scan(leak: &Leak) -> Self {
        Self::scan_as("jsonl", leak)
    }

    /// A scan of `leak`, written in this format.
    pub fn scan_as(format: &str, leak: &Leak) -> Self {
        Self::new(leak).args(&["scan", "--format", format]).arg(leak.repo.path())
    }

    /// A scan that asks `endpoint` of what it finds.
    pub fn verify(leak: &Leak, endpoint: &str) -> Self {
        Self::scan(leak).asking(endpoint)
    }

    /// Which asks `endpoint` of what it finds.
    pub fn asking(self, endpoint: &str) -> Self {
        self.args(&["--verify", "--sts-endpoint", endpoint])
    }

    pub fn arg(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.command.arg(argument);
        self
    }

    pub fn args(mut self, arguments: &[&str]) -> Self {
        self.command.args(arguments);
        self
    }

    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Has this on its standard input.
    pub fn input(mut self, text: &str) -> Self {
        let file = self.folder.path().join("stdin");
        fs::write(&file, text).unwrap();
        self.command.stdin(fs::File::open(file).unwrap());
        self
    }

    /// Where it runs, and where it is at home.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn start(mut self) -> Running {
        let file = |name: &str| fs::File::create(self.folder.path().join(name)).unwrap();
        self.command.stdout(file("stdout")).stderr(file("stderr"));
        let (child, begun) = (self.command.spawn().unwrap(), Instant::now());
        Running { child, begun, hidden: self.hidden, folder: self.folder }
    }

    #[track_caller]
    pub fn run(self) -> Told {
        self.start().wait()
    }
}

impl Running {
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    pub fn kill(&mut self) {
        self.child.kill().unwrap();
    }

    #[track_caller]
    pub fn wait(mut self) -> Told {
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            if self.begun.elapsed() > PATIENCE {
                self.kill();
                self.child.wait().unwrap();
                panic!("still running after {PATIENCE:?}");
            }
            thread::sleep(Duration::from_millis(5));
        };
        let took = self.begun.elapsed();
        let read = |name: &str| fs::read_to_string(self.folder.path().join(name)).unwrap();
        let (stdout, stderr) = (read("stdout"), read("stderr"));
        for secret in &self.hidden {
            for said in [&stdout, &stderr] {
                assert!(!said.contains(secret.as_str()), "{}", said.replace(secret.as_str(), "<HERE>"));
            }
        }
        assert!(!stderr.contains("panicked"), "{stderr}");
        let lines = stdout.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let findings = lines.filter(|line| line["type"] == "finding").collect();
        let dumped = std::os::unix::process::ExitStatusExt::core_dumped(&status);
        Told { code: status.code(), findings, stdout, stderr, took, dumped }
    }
}

impl Told {
    /// What is known of the only finding.
    #[track_caller]
    pub fn verdict(&self) -> &Value {
        assert_eq!(self.findings.len(), 1, "{}\n{}", self.stdout, self.stderr);
        &self.findings[0]["verification"]
    }

    /// What is known of the finding in the file `path`.
    #[track_caller]
    pub fn verdict_in(&self, path: &str) -> &Value {
        let found = self.findings.iter().find(|finding| finding["components"][0]["path"] == path);
        let found = found.unwrap_or_else(|| panic!("nothing in {path}: {}\n{}", self.stdout, self.stderr));
        &found["verification"]
    }

    #[track_caller]
    pub fn status(&self) -> &str {
        self.verdict()["status"].as_str().unwrap_or_else(|| panic!("{}\n{}", self.stdout, self.stderr))
    }

    /// What the only verdict rests on.
    #[track_caller]
    pub fn why(&self) -> &str {
        self.verdict()["why"].as_str().unwrap()
    }
}
