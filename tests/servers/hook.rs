//! The hook as an administrator installs it: a script, and a file of settings in the repository.

use std::{
    io::Write,
    path::Path,
    process::{Command, Stdio},
};

/// The file of settings, in the folder in which git runs the hook.
pub const SETTINGS: &str = "keytrail.toml";

/// The audit log, beside it.
pub const AUDIT: &str = "audit.jsonl";

/// What git runs; `before` stands in front of the program.
pub fn script(before: &str) -> String {
    let program = env!("CARGO_BIN_EXE_keytrail");
    format!("#!/bin/sh\n{before}exec '{program}' hook pre-receive --config {SETTINGS}\n")
}

/// Writes a script that can be run at once. Another process writes it: while a test forks, the kernel would take a file for
/// busy that was open here.
pub fn write_program(path: &Path, text: &str) {
    let mut command = Command::new("install");
    command.args(["-m", "755", "/dev/stdin"]).arg(path).stdin(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    assert!(child.wait().unwrap().success(), "{}", path.display());
}

/// Writes the settings of the hook of one repository; `more` is TOML.
pub fn configure(bare: &Path, more: &str) {
    // What is tested here is not how long a busy machine takes; where it is, the test says so in `more`.
    let deadline = if more.contains("deadline") { "" } else { "deadline = 300\n" };
    let audit = bare.join(AUDIT);
    std::fs::write(bare.join(SETTINGS), format!("audit-log = '{}'\n{deadline}{more}", audit.display())).unwrap();
}
