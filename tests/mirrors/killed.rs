//! An audit that is stopped, one way or another, while a server keeps on sending: nothing of it goes on running, and what it left on
//! the disk goes away.

use crate::server::{Server, endless};
use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use std::fs;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Long enough for a loaded machine.
const PATIENCE: Duration = Duration::from_mins(1);

struct Scene {
    home: TempDir,
    temporary: PathBuf,
    _server: Server,
}

impl Scene {
    fn new() -> Self {
        let (home, server) = (tempfile::tempdir().unwrap(), Server::of_pack(endless()));
        let temporary = home.path().join("temporary");
        fs::create_dir(&temporary).unwrap();
        fs::write(home.path().join("list"), server.url() + "\n").unwrap();
        Self { home, temporary, _server: server }
    }

    fn audit(&self, more: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_keytrail"));
        command.args(["audit", "run", "--org"]).arg(format!("file:{}", self.home.path().join("list").display()));
        command.arg("--store").arg(self.home.path().join("store.db")).args(more).env("TMPDIR", &self.temporary);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        command
    }

    /// The processes that were told this scene's folder for temporary files: the audit, and all that came of it.
    fn processes(&self) -> Vec<String> {
        let mark = format!("TMPDIR={}\0", self.temporary.display());
        let processes = fs::read_dir("/proc").unwrap().flatten().filter(|process| {
            let environment = fs::read(process.path().join("environ")).unwrap_or_default();
            memchr::memmem::find(&environment, mark.as_bytes()).is_some()
        });
        processes.map(|process| fs::read_to_string(process.path().join("cmdline")).unwrap_or_default()).collect()
    }

    /// Begins an audit, in a group of its own, and waits until git has begun to write what the server sends.
    fn begin(&self, more: &[&str], folder: &Path) -> Child {
        let child = self.audit(more).process_group(0).spawn().unwrap();
        wait("the first bytes", || bytes_in(folder) > 1 << 20);
        child
    }
}

fn bytes_in(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .map(|entry| {
            if entry.path().is_dir() { bytes_in(&entry.path()) } else { entry.metadata().map_or(0, |data| data.len()) }
        })
        .sum()
}

fn wait(what: &str, mut seen: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !seen() {
        assert!(begun.elapsed() < PATIENCE, "waited too long for {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// A service manager stops its process; a terminal interrupts all of the group.
#[test]
fn one_that_is_told_to_stop_leaves_nothing() {
    for (signal, to_all) in [(Signal::TERM, false), (Signal::INT, true)] {
        let scene = Scene::new();
        let mut child = scene.begin(&[], &scene.temporary);
        let id = Pid::from_child(&child);
        if to_all { kill_process_group(id, signal) } else { kill_process(id, signal) }.unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(2));
        wait("all to end", || scene.processes().is_empty());
        assert_eq!(fs::read_dir(&scene.temporary).unwrap().count(), 0, "something is left behind");
    }
}

#[test]
fn what_is_killed_takes_git_along_and_the_next_run_clears_up() {
    let scene = Scene::new();
    let mirrors = scene.home.path().join("mirrors");
    for keep in [false, true] {
        let (kept, folder) =
            (["--keep-mirrors", mirrors.to_str().unwrap()], if keep { &mirrors } else { &scene.temporary });
        let mut child = scene.begin(if keep { &kept } else { &[] }, folder);
        assert!(scene.processes().len() > 2, "git and its helpers: {:?}", scene.processes());
        child.kill().unwrap();
        child.wait().unwrap();
        wait("all to end", || scene.processes().is_empty());
        // Git took its clone away; the folder around it is left to the next run.
        assert!(bytes_in(folder) < 1 << 20);
        let more: &[&str] = if keep { &kept } else { &[] };
        let output = scene.audit(&[more, &["--max-disk", "1M"]].concat()).output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(said.contains("cleared away 1 temporary folders"), !keep, "{said}");
        assert_eq!(fs::read_dir(&scene.temporary).unwrap().count(), 0, "something is left behind");
        if keep {
            let home = fs::read_dir(&mirrors).unwrap().next().unwrap().unwrap().path();
            assert_eq!(fs::read_dir(home).unwrap().count(), 1, "the lock");
        }
    }
}
