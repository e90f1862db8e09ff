//! The hook that was there before ours: it judges, too, by the same lines.

use std::{
    ffi::OsStr,
    io::{self, Write},
    path::Path,
    process::{Command, ExitStatus, Stdio},
};

/// Runs the hook at `path` as git would: in this folder, with this environment, `arguments`, and `input` on standard input.
/// What it says goes where ours goes. Gives its exit code: anything but 0 refuses. A hook that died by a signal has
/// 128 and the signal's number, as in a shell.
///
/// # Errors
/// It is missing, may not be run, or could not be given its input: then nothing is known, and the push is to be refused.
pub fn run<A: AsRef<OsStr>>(path: &Path, arguments: &[A], input: &[u8]) -> io::Result<u8> {
    // A name alone would be looked for among the system's programs.
    let path = if path.components().count() == 1 { Path::new(".").join(path) } else { path.to_path_buf() };
    let mut command = Command::new(&path);
    let mut child = match command.args(arguments).stdin(Stdio::piped()).spawn() {
        // Without a first line that names its interpreter it is the shell's: so git sees it.
        Err(error) if is_no_format(&error) => {
            Command::new("/bin/sh").arg(&path).args(arguments).stdin(Stdio::piped()).spawn()?
        }
        outcome => outcome?,
    };
    // Nobody else waits for its words, which do not pass through here: the pipe cannot clog in both directions.
    let fed = child.stdin.take().map_or(Ok(()), |mut stdin| stdin.write_all(input));
    let status = child.wait()?;
    match fed {
        // It need not read what it does not want to know.
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error),
        _ => Ok(code(status)),
    }
}

#[cfg(unix)]
fn is_no_format(error: &io::Error) -> bool {
    error.raw_os_error() == Some(rustix::io::Errno::NOEXEC.raw_os_error())
}

#[cfg(not(unix))]
fn is_no_format(_: &io::Error) -> bool {
    false
}

fn code(status: ExitStatus) -> u8 {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return u8::try_from(128 + signal).unwrap_or(u8::MAX);
    }
    // Elsewhere codes have 32 bits; none of them may become 0 here.
    status.code().map_or(1, |code| u8::try_from(code).unwrap_or(1))
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use std::{fs, path::PathBuf};

    /// A hook in a folder of its own. Another process writes it: while this one has it open for writing, a child of
    /// another test's may hold it open, too, and nobody can run it.
    fn hook(text: &str) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("old hook");
        let mut shell = Command::new("/bin/sh");
        shell.args(["-c", r#"printf %s "$1" >"$2" && chmod 755 "$2""#, "sh", text]).arg(&path);
        assert!(shell.status().unwrap().success());
        (folder, path)
    }

    fn ran(text: &str, input: &[u8]) -> u8 {
        run(&hook(text).1, &["one", "two words"], input).unwrap()
    }

    #[test]
    fn it_gets_every_byte_and_argument_and_its_code_is_kept() {
        let (folder, path) =
            hook("#!/bin/sh\ncat >\"${0%/*}/seen\"; [ \"$#.$1.$2\" = '2.one.two words' ] || exit 9; exit 3\n");
        let input: Vec<u8> =
            (0..10_000).flat_map(|n| format!("{n:0>40} {n:0>40} refs/heads/\u{fe}{n}\n").into_bytes()).collect();
        assert_eq!(run(&path, &["one", "two words"], &input).unwrap(), 3);
        assert_eq!(fs::read(folder.path().join("seen")).unwrap(), input);
        assert_eq!(ran("#!/bin/sh\nexit 0\n", b"x\n"), 0);
    }

    #[test]
    fn one_that_does_not_listen_may_still_accept_or_refuse() {
        let input = vec![b'x'; 1 << 20];
        assert_eq!(ran("#!/bin/sh\nexec <&-; exit 0\n", &input), 0);
        assert_eq!(ran("#!/bin/sh\nexit 4\n", &input), 4);
    }

    #[test]
    fn death_refuses() {
        assert_eq!(ran("#!/bin/sh\nkill -9 $$\n", b""), 137);
        assert_eq!(ran("#!/bin/sh\nkill -15 $$\n", b"x"), 143);
    }

    #[test]
    fn a_hook_without_a_first_line_is_the_shells() {
        assert_eq!(ran("read -r word\n[ \"$word.$2\" = 'right.two words' ] && exit 5\n", b"right\n"), 5);
    }

    #[test]
    fn what_cannot_run_is_an_error_and_no_verdict() {
        let (folder, path) = hook("#!/bin/sh\nexit 0\n");
        assert!(run(&folder.path().join("absent"), &["x"; 0], b"").is_err());
        fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
        assert!(run(&path, &["x"; 0], b"").is_err());
        // A name alone is a file here, not a program of the system's.
        assert_eq!(run(Path::new("sh"), &["x"; 0], b"").unwrap_err().kind(), io::ErrorKind::NotFound);
    }
}
