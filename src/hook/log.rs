//! The audit log: events are appended, each as one whole line.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

/// An event that was not written down. It says nothing of where the log is: the pusher may read it.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The file cannot be opened or written.
    #[error("the audit log cannot be written: {0}")]
    Io(#[from] io::Error),
    /// What lies there is a link, a pipe, a device or the like.
    #[error("the audit log is no regular file")]
    NotAFile,
    /// Others than its owner could forge entries.
    #[error("the audit log may be written by others than its owner")]
    Writable,
    /// Only a part of the line went in.
    #[error("the audit log has no room left")]
    Full,
}

/// Appends `line`, which ends with a newline, to the file at `path`. A new file can be read and written by its owner alone;
/// of an old one others may have been allowed to read it. The folder must be there, and no symbolic link is followed.
///
/// # Errors
///
/// Whatever keeps the line from being there whole: an event is written down or it is not.
pub fn append(path: &Path, line: &[u8]) -> Result<(), LogError> {
    let mut file = open(path)?;
    let locked = lock(&file);
    let before = file.metadata()?.len();
    // One call, at the end wherever that is by now: lines of several pushes at once cannot mix.
    let written = loop {
        match file.write(line) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            other => break other?,
        }
    };
    if written == line.len() {
        return Ok(());
    }
    if locked && file.metadata()?.len() == before + written as u64 {
        file.set_len(before)?;
    }
    Err(LogError::Full)
}

#[cfg(unix)]
fn open(path: &Path) -> Result<File, LogError> {
    use rustix::fs::OFlags;
    use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
    // A pipe that nobody reads would hold the hook up.
    let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits();
    let file = File::options().append(true).create(true).mode(0o600).custom_flags(flags.cast_signed()).open(path);
    let file = file.map_err(|error| match rustix::io::Errno::from_io_error(&error) {
        Some(rustix::io::Errno::LOOP) => LogError::NotAFile,
        _ => LogError::Io(error),
    })?;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(LogError::NotAFile);
    }
    if metadata.mode() & 0o022 != 0 {
        return Err(LogError::Writable);
    }
    Ok(file)
}

#[cfg(not(unix))]
fn open(path: &Path) -> Result<File, LogError> {
    Ok(File::options().append(true).create(true).open(path)?)
}

/// Waits until no other push writes, 300 ms at most; whether it was worth it. Appending needs no lock where the system keeps
/// its word, so the line is written without one, too: over the network lines may mix then, and a part of a line cannot be
/// taken out again.
#[cfg(unix)]
fn lock(file: &File) -> bool {
    use rustix::fs::{FlockOperation, flock};
    const PAUSE: std::time::Duration = std::time::Duration::from_millis(5);
    for _ in 0..60 {
        match flock(file, FlockOperation::NonBlockingLockExclusive) {
            Err(rustix::io::Errno::WOULDBLOCK) => std::thread::sleep(PAUSE),
            outcome => return outcome.is_ok(),
        }
    }
    false
}

#[cfg(not(unix))]
fn lock(_file: &File) -> bool {
    false
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::fs::{self, Permissions};
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    use std::process::Command;

    /// Longer than a pipe takes at once.
    fn line(n: usize) -> String {
        format!("{n}:{}\n", char::from(b'a' + (n % 26) as u8).to_string().repeat(6000))
    }

    #[test]
    fn lines_of_many_pushes_at_once_are_whole_and_all_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        std::thread::scope(|scope| {
            for n in 0..200 {
                let path = &path;
                scope.spawn(move || append(path, line(n).as_bytes()).unwrap());
            }
        });
        let text = fs::read_to_string(&path).unwrap();
        let lines: BTreeSet<&str> = text.split_inclusive('\n').collect();
        let wanted: Vec<String> = (0..200).map(line).collect();
        assert_eq!(lines, wanted.iter().map(String::as_str).collect());
        assert_eq!(text.len(), wanted.iter().map(String::len).sum::<usize>(), "each is there once");
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
    }

    #[test]
    fn only_a_regular_file_that_others_cannot_write_is_a_log() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("file"), "").unwrap();
        std::os::unix::fs::symlink(at("file"), at("link")).unwrap();
        assert!(Command::new("mkfifo").arg(at("pipe")).status().unwrap().success());
        fs::create_dir(at("folder")).unwrap();
        for name in ["link", "pipe", "folder", "none/log"] {
            let error = append(&at(name), b"x\n").unwrap_err().to_string();
            assert!(!error.contains(&*folder.path().to_string_lossy()), "{error}");
        }
        assert!(matches!(append(Path::new("/dev/null"), b"x\n"), Err(LogError::NotAFile)));
        for (mode, ok) in [(0o600, true), (0o640, true), (0o644, true), (0o660, false), (0o602, false)] {
            fs::set_permissions(at("file"), Permissions::from_mode(mode)).unwrap();
            assert_eq!(append(&at("file"), b"x\n").is_ok(), ok, "{mode:o}");
        }
        assert_eq!(fs::read_to_string(at("file")).unwrap(), "x\nx\nx\n");
    }

    #[test]
    fn a_lock_that_is_not_given_back_holds_nothing_up() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let held = open(&path).unwrap();
        assert!(lock(&held) && !lock(&open(&path).unwrap()));
        append(&path, b"x\n").unwrap();
        drop(held);
        assert!(lock(&open(&path).unwrap()));
        assert_eq!(fs::read_to_string(&path).unwrap(), "x\n");
    }

    /// Where the test below writes in a process of its own, which may make no larger files.
    const CHILD: &str = "KEYTRAIL_TEST_FULL_LOG";

    #[test]
    fn a_line_that_does_not_fit_leaves_nothing_behind() {
        if let Some(path) = std::env::var_os(CHILD) {
            let ended = append(Path::new(&path), line(1).as_bytes());
            assert!(matches!(ended, Err(LogError::Full)), "{ended:?}");
            return;
        }
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        append(&path, b"first\n").unwrap();
        let name = "hook::log::tests::a_line_that_does_not_fit_leaves_nothing_behind";
        let status = Command::new("sh")
            .args(["-c", "trap '' XFSZ; ulimit -f 2; exec \"$0\" --exact \"$1\""])
            .arg(std::env::current_exe().unwrap())
            .arg(name)
            .env(CHILD, &path)
            .output()
            .unwrap();
        assert!(status.status.success(), "{}", String::from_utf8_lossy(&status.stdout));
        assert_eq!(fs::read_to_string(&path).unwrap(), "first\n");
    }
}
