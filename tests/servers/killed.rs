//! A hook that is ended from outside: what it did not allow is not let in.

use crate::{hook, server::Server, stage::Stage};

/// From before the program runs to after its verdict.
const DELAYS: [&str; 8] = ["0", "0.002", "0.005", "0.01", "0.03", "0.1", "0.3", "1"];

/// The hook, which gets a signal so many seconds after git started it.
fn doomed(signal: &str, delay: &str) -> String {
    hook::script(&format!("(sleep {delay}; kill -{signal} $$) >/dev/null 2>&1 </dev/null &\n"))
}

#[test]
fn a_hook_that_is_killed_at_any_moment_lets_nothing_dirty_in() {
    let server = Server::local().hooked();
    let stage = Stage::with_history(&server, "sha1");
    // Whoever wants pushes to pass when the hook fails does not mean these: the hook cannot say so any more.
    stage.configure("on-error = \"accept\"\non-timeout = \"accept\"\n");
    stage.client.branch("dirty");
    stage.leak("bad");
    for signal in ["KILL", "TERM", "INT", "HUP"] {
        for delay in DELAYS {
            stage.replace_hook(&doomed(signal, delay));
            stage.push(&["dirty"]).refused();
        }
    }
}

#[test]
fn what_the_hook_had_no_time_to_allow_is_refused() {
    let server = Server::local().hooked();
    let stage = Stage::with_history(&server, "sha1");
    stage.client.put("clean", "x\n");
    // The shell itself, before it becomes the hook.
    stage.replace_hook(&hook::script("kill -KILL $$\n"));
    stage.push(&["main"]).refused();
    stage.replace_hook(&hook::script(""));
    stage.push(&["main"]).accepted();
}
