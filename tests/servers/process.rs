//! A server's process: started on a free port, waited for, and ended with its children.

use crate::support::clean;
use rustix::process::{Pid, Signal, kill_process_group};
use std::{
    fs::File,
    net::{TcpListener, TcpStream},
    os::unix::process::CommandExt,
    path::Path,
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU16, Ordering::Relaxed},
    thread::sleep,
    time::{Duration, Instant},
};

/// How long a server may take until it answers, on a machine that is busy with other tests.
const PATIENCE: Duration = Duration::from_mins(2);

/// Below those that Linux gives to connections on their way out, so that none of these takes a port before its server does.
const PORTS: std::ops::Range<u16> = 20_000..32_000;

/// A running process.
pub struct Process(Child);

/// A port of 127.0.0.1 that nobody listens on, and which no other test of this run is given.
pub fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let start = std::process::id() as u16;
    loop {
        let step = start.wrapping_mul(97).wrapping_add(NEXT.fetch_add(1, Relaxed));
        let port = PORTS.start + step % PORTS.len() as u16;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

impl Process {
    /// Starts `command`, which stays in the foreground and writes to `log`, and waits until it listens on `port`.
    pub fn start(command: &mut Command, home: &Path, log: &Path, port: u16) -> Self {
        let file = File::create(log).unwrap();
        clean(command, home);
        command.stdin(Stdio::null()).stdout(file.try_clone().unwrap()).stderr(file).process_group(0);
        let mut child = command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            let ended = child.try_wait().unwrap();
            let said = || std::fs::read_to_string(log).unwrap_or_default();
            assert!(ended.is_none() && begun.elapsed() < PATIENCE, "{command:?}: {ended:?}\n{}", said());
            sleep(Duration::from_millis(20));
        }
        Self(child)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if let Some(group) = Pid::from_raw(self.0.id().cast_signed()) {
            kill_process_group(group, Signal::KILL).ok();
        }
        self.0.wait().ok();
    }
}
