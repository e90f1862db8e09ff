//! An organisation, and the processes that audit it together.

use crate::support::{Keys, Repo};
use keytrail::store::{Filter, Moment, OutcomeKind, Store, StoreAddress, StoredFinding, StoredOutcome};
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Long enough for a loaded machine.
const PATIENCE: Duration = Duration::from_mins(2);

/// Stands before git in the search path. What it is to fetch decides what happens: `slow` waits for the file `go`, once the
/// file `begun` is there; `poison` kills who started it, as a repository would that crashes its worker.
const GIT: &str = r#"#!/bin/sh
case "$*" in
*slow*) : >"$CREW/begun"; while [ ! -e "$CREW/go" ]; do sleep 0.05; done ;;
*poison*) kill -9 $PPID; exit 1 ;;
esac
exec "$GIT" "$@"
"#;

pub struct Crew {
    folder: TempDir,
    store: StoreAddress,
    address: String,
    findings: usize,
    /// Where temporary files go.
    pub temporary: PathBuf,
}

impl Crew {
    /// An organisation of `ordinary` repositories, a key in every second of them, and of those in `more`, each with a key.
    pub fn new(store: &StoreAddress, address: &str, ordinary: usize, more: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let temporary = folder.path().to_path_buf();
        let findings = ordinary / 2 + more.len();
        let crew = Self { folder, store: store.clone(), address: address.to_owned(), findings, temporary };
        let mut keys = Keys::new(77);
        let ordinary = (0..ordinary).map(|n| (format!("r{n}"), n % 2 == 1));
        let more = more.iter().map(|name| ((*name).to_owned(), true));
        let mut list = String::new();
        for (name, has_key) in ordinary.chain(more) {
            let repo = Repo::new();
            let text =
                if has_key { format!("key = {}\nsecret = {}\n", keys.id(), keys.secret()) } else { "none\n".into() };
            repo.put("config", text);
            let place = crew.place(&name);
            repo.git(&["clone", "-q", "--bare", ".", place.to_str().unwrap()]);
            list += &format!("file://{}\n", place.display());
        }
        fs::write(crew.place("list"), list).unwrap();
        fs::create_dir(crew.place("bin")).unwrap();
        fs::write(crew.place("bin/git"), GIT).unwrap();
        fs::set_permissions(crew.place("bin/git"), fs::Permissions::from_mode(0o755)).unwrap();
        crew
    }

    pub fn place(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A process, which says what it says into a file.
    pub fn start(&self, name: &str, arguments: &[&str]) -> Process {
        let said = self.place(&format!("{name}.said"));
        let file = fs::File::create(&said).unwrap();
        let path = std::env::var("PATH").unwrap();
        let git = std::env::split_paths(&path).map(|folder| folder.join("git")).find(|git| git.exists()).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_keytrail"));
        command.arg("audit").args(arguments).args(["--store", &self.address]);
        command.env("PATH", format!("{}:{path}", self.place("bin").display()));
        command.env("GIT", git).env("CREW", self.folder.path()).env("TMPDIR", &self.temporary);
        let streams = (file.try_clone().unwrap(), file);
        let child = command.stdin(Stdio::null()).stdout(streams.0).stderr(streams.1).spawn().unwrap();
        Process { child, said }
    }

    pub fn run(&self, name: &str, more: &[&str]) -> Process {
        let source = format!("file:{}", self.place("list").display());
        self.start(name, &[&["run", "--org", &source, "--heartbeat", "1"], more].concat())
    }

    pub fn worker(&self, name: &str, more: &[&str]) -> Process {
        self.start(name, &[&["worker", "--heartbeat", "1", "--jobs", "1"], more].concat())
    }

    /// Waits for a file to be there.
    pub fn await_file(&self, name: &str) {
        let path = self.place(name);
        wait(&format!("{} to be there", path.display()), || path.exists().then_some(()));
    }

    /// What has become of the repositories in the last run that knows it.
    pub fn outcomes(&self) -> BTreeMap<String, StoredOutcome> {
        let store = Store::open_existing(&self.store).unwrap();
        let runs = store.runs(None, 100).unwrap();
        let outcomes = runs.iter().rev().flat_map(|run| store.outcomes(run.id).unwrap());
        let told = outcomes.filter(|outcome| outcome.kind != OutcomeKind::NotReached);
        told.map(|outcome| (outcome.name.rsplit('/').next().unwrap().to_owned(), outcome)).collect()
    }

    pub fn count(&self, kind: OutcomeKind) -> usize {
        self.outcomes().values().filter(|outcome| outcome.kind == kind).count()
    }

    pub fn findings(&self) -> Vec<StoredFinding> {
        let now = Moment::parse("2099-01-01T00:00:00Z").unwrap();
        Store::open_existing(&self.store).unwrap().findings(&Filter::default(), &now).unwrap()
    }

    /// Every repository but `failed` was scanned, and each finding is there once.
    pub fn is_whole(&self, failed: &[&str]) {
        let outcomes = self.outcomes();
        let list = fs::read_to_string(self.place("list")).unwrap();
        assert_eq!(outcomes.len(), list.lines().count());
        for (name, outcome) in outcomes {
            let expected = if failed.contains(&name.as_str()) { OutcomeKind::Failed } else { OutcomeKind::Scanned };
            assert_eq!(outcome.kind, expected, "{name}: {:?}", outcome.reason);
            assert_eq!(outcome.gap_count, 0, "{name}");
        }
        let findings = self.findings();
        assert_eq!(findings.len(), self.findings - failed.len());
        assert!(findings.iter().all(|finding| finding.life.fixed.is_none() && finding.life.reopened.is_none()));
    }
}

pub struct Process {
    child: Child,
    said: PathBuf,
}

impl Process {
    pub fn signal(&self, signal: rustix::process::Signal) {
        let id = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(id, signal).unwrap();
    }

    /// The exit code and what was said.
    pub fn end(mut self) -> (Option<i32>, String) {
        let status = wait("a process to end", || self.child.try_wait().unwrap());
        (status.code(), fs::read_to_string(&self.said).unwrap())
    }

    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    pub fn said(&self) -> String {
        fs::read_to_string(&self.said).unwrap()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits until `look` sees something.
pub fn wait<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(seen) = look() {
            return seen;
        }
        assert!(began.elapsed() < PATIENCE, "waited too long for {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}
