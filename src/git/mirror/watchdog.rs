//! A process that outlives this one by a moment, to end what it left running.
//!
//! Git and its helpers are ended by their bounds and by Ctrl-C, but nobody can act on SIGKILL. Their helpers would go on
//! downloading, from a hostile server for ever. So a shell waits at the end of a pipe that closes with this process, however that
//! ends. There is one for all fetches: one for each would be a zombie each where nobody buries orphans, as in most containers.

use std::io::Write;
use std::os::unix::process::CommandExt;
use std::process::{ChildStdin, Command, Stdio};
use std::sync::{Mutex, OnceLock, PoisonError};

/// Reads `+ ID` and `- ID`, and in the end asks all that are left to end, and insists. Git takes away what it was cloning.
const SCRIPT: &str = r#"
left=
while read -r change id; do
    others=
    for one in $left; do [ "$one" = "$id" ] || others="$others $one"; done
    left=$others
    [ "$change" = - ] || left="$left $id"
done
for one in $left; do kill -s TERM -- "$one"; done
[ -z "$left" ] || sleep 2
for one in $left; do kill -s KILL -- "$one"; done
"#;

static WATCHDOG: OnceLock<Option<Mutex<ChildStdin>>> = OnceLock::new();

/// As long as it lives, a process is ended if this one ends.
#[derive(Debug)]
pub(super) struct Watched(i64);

impl Watched {
    /// Has the process `id` watched, or the group that it heads. If there is no shell, nobody watches.
    pub fn new(id: u32, group: bool) -> Self {
        let id = if group { -i64::from(id) } else { i64::from(id) };
        tell('+', id);
        Self(id)
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        tell('-', self.0);
    }
}

fn tell(change: char, id: i64) {
    if let Some(pipe) = WATCHDOG.get_or_init(start) {
        // Should somebody have ended it, nobody watches.
        let _ = writeln!(pipe.lock().unwrap_or_else(PoisonError::into_inner), "{change} {id}");
    }
}

/// In a group of its own: a Ctrl-C is not meant for it.
fn start() -> Option<Mutex<ChildStdin>> {
    let mut command = Command::new("sh");
    command.args(["-c", SCRIPT]).process_group(0).current_dir("/");
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().ok()?.stdin.map(Mutex::new)
}
