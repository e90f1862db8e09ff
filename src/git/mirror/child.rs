//! Git at work: watched, and ended with all its helpers when it takes too long or too much.

use std::io;
use std::path::Path;
use std::process::{Child, Command, ExitStatus};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::{Duration, Instant};

/// How long git may take to tidy up once it is told to stop.
#[cfg(unix)]
const GRACE: Duration = Duration::from_secs(2);

/// How long at least from one look at the folder's size to the next. A look takes a tenth of the time at most, however many
/// files there are.
const LOOK: Duration = Duration::from_millis(200);

/// Lines of git's own words that an error repeats, the last ones.
const ERROR_LINES: usize = 6;

/// How long git may go on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds<'a> {
    /// Looked at several times a second.
    pub cancel: &'a AtomicBool,
    pub time: Option<Duration>,
    /// A folder, and how many bytes its files may have.
    pub disk: Option<(&'a Path, u64)>,
}

/// How it ended.
#[derive(Debug)]
pub(super) enum Ended {
    ByItself(ExitStatus),
    Cancelled,
    TooLong,
    TooLarge,
}

/// Runs `command` to its end or to its bounds; as the head of a process group of its own, if `group`.
pub(super) fn run(command: &mut Command, group: bool, bounds: Bounds<'_>) -> io::Result<Ended> {
    #[cfg(unix)]
    if group {
        std::os::unix::process::CommandExt::process_group(command, 0);
    }
    let begun = Instant::now();
    let mut child = command.spawn()?;
    #[cfg(unix)]
    let _watched = super::watchdog::Watched::new(child.id(), group);
    let mut pause = Duration::from_millis(1);
    let (mut next_look, too_large) = (begun + LOOK, || bounds.disk.is_some_and(|(folder, most)| size(folder) > most));
    loop {
        if let Some(status) = child.try_wait()? {
            // A Ctrl-C reaches git, too: its failure is then ours. A small download is over before it was looked at.
            return Ok(match status.success() {
                true if too_large() => Ended::TooLarge,
                false if bounds.cancel.load(Relaxed) => Ended::Cancelled,
                _ => Ended::ByItself(status),
            });
        }
        let now = Instant::now();
        let reached = if bounds.cancel.load(Relaxed) {
            Some(Ended::Cancelled)
        } else if bounds.time.is_some_and(|time| now - begun > time) {
            Some(Ended::TooLong)
        } else if now >= next_look {
            let reached = too_large().then_some(Ended::TooLarge);
            next_look = Instant::now() + LOOK.max(now.elapsed() * 10);
            reached
        } else {
            None
        };
        if let Some(ended) = reached {
            stop(&mut child, group)?;
            return Ok(ended);
        }
        std::thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(50));
    }
}

/// The bytes of all files below `folder`. What vanishes meanwhile has none.
fn size(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let sizes = entries.map(|entry| match entry.metadata() {
        Ok(data) if data.is_dir() => size(&entry.path()),
        Ok(data) => data.len(),
        Err(_) => 0,
    });
    sizes.fold(0, u64::saturating_add)
}

/// Asks `child` to end, and its helpers: git does not end `remote-http` itself, which would go on downloading. Insists
/// after a while.
#[cfg(unix)]
fn stop(child: &mut Child, group: bool) -> io::Result<()> {
    use rustix::process::{Pid, Signal, kill_process, kill_process_group};
    let pid = Pid::from_child(child);
    // A process that has just ended cannot be signalled; the wait below tells.
    let send = |signal| {
        let _ = if group { kill_process_group(pid, signal) } else { kill_process(pid, signal) };
    };
    send(Signal::TERM);
    let deadline = Instant::now() + GRACE;
    while Instant::now() < deadline {
        if child.try_wait()?.is_some() {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    send(Signal::KILL);
    child.wait().map(drop)
}

#[cfg(not(unix))]
fn stop(child: &mut Child, _: bool) -> io::Result<()> {
    child.kill()?;
    child.wait().map(drop)
}

/// The last lines of what git said, without progress and advice, in one line, fit for a terminal and without any of `secrets`.
pub(super) fn last_words(said: &str, secrets: &[String]) -> String {
    let tells = |line: &&str| !line.is_empty() && !line.starts_with("hint:") && !line.contains("% (");
    let mut lines: Vec<&str> = said.split(['\n', '\r']).map(str::trim).filter(tells).collect();
    lines.drain(..lines.len().saturating_sub(ERROR_LINES));
    let mut words = lines.join("; ");
    for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
        words = words.replace(secret.as_str(), "***");
    }
    words.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}
