//! The git program, run in a repository that we name and not in that of a caller.

use std::{path::Path, process::Command};

/// Variables by which a caller (a hook, say) binds git to its own repository.
const BINDINGS: [&str; 8] = [
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_COMMON_DIR",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_QUARANTINE_PATH",
    "GIT_NAMESPACE",
];

/// `git`, which is still to be told what to do: it speaks English, and no variable binds it to a repository.
pub fn program() -> Command {
    unbound(Command::new("git"))
}

/// The same, with a bound on the memory of it and of all that it starts, in bytes; mapped packs are not counted. Linux only. The bound
/// is there before git is: set from outside, it could come late.
pub fn bounded(memory: Option<u64>) -> Command {
    let Some(bytes) = memory.filter(|_| cfg!(target_os = "linux")) else { return program() };
    let mut command = Command::new("sh");
    // Where it may not be set there is no bound, as on other systems.
    command.args(["-c", r#"ulimit -d "$0" 2>/dev/null; exec "$@""#, &(bytes >> 10).to_string(), "git"]);
    unbound(command)
}

fn unbound(mut command: Command) -> Command {
    unbind(&mut command).env("LC_ALL", "C");
    command
}

/// Takes from `command` what binds git to a repository of the caller's.
pub fn unbind(command: &mut Command) -> &mut Command {
    BINDINGS.iter().fold(command, |command, name| command.env_remove(name))
}

/// What git prints when it is run in `folder`, without the last line end.
///
/// # Errors
/// Git's own words if it fails, in one line, or why it cannot be run.
pub fn ask(folder: &Path, arguments: &[&str]) -> Result<Vec<u8>, String> {
    let mut command = program();
    let output = command.current_dir(folder).args(arguments).output();
    let output = output.map_err(|error| format!("cannot run git: {error}"))?;
    if !output.status.success() {
        let words = String::from_utf8_lossy(&output.stderr).trim().replace('\n', "; ");
        return Err(if words.is_empty() { format!("git: {}", output.status) } else { words });
    }
    let mut printed = output.stdout;
    printed.pop_if(|last| *last == b'\n');
    Ok(printed)
}
