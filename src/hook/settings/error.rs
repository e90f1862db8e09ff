//! What can be wrong with the file.

use crate::policy::PolicyError;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Settings that cannot be used. The message names the file and, where there is one, the line.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The file cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// Whoever has an account on the machine could let his own push in.
    #[error("{}: every user of this machine may write it", .0.display())]
    Writable(PathBuf),
    /// The file is read, but says something that has no meaning.
    #[error("{}:{line}: {message}", path.display())]
    Invalid {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong, and in which entry.
        message: String,
    },
}

impl From<PolicyError> for SettingsError {
    fn from(error: PolicyError) -> Self {
        match error {
            PolicyError::Read { path, source } => Self::Read { path, source },
            PolicyError::Invalid { path, line, message } => Self::Invalid { path, line, message },
        }
    }
}

/// The text of the file at `path`. Its permissions are those of what is read, whoever swaps files meanwhile.
pub(super) fn read(path: &Path) -> Result<String, SettingsError> {
    let failed = |source| SettingsError::Read { path: path.to_owned(), source };
    let mut file = File::open(path).map_err(failed)?;
    if is_writable_by_all(&file.metadata().map_err(failed)?) {
        return Err(SettingsError::Writable(path.to_owned()));
    }
    let mut text = String::new();
    file.read_to_string(&mut text).map_err(failed)?;
    Ok(text)
}

#[cfg(unix)]
fn is_writable_by_all(file: &std::fs::Metadata) -> bool {
    std::os::unix::fs::MetadataExt::mode(file) & 0o002 != 0
}

#[cfg(not(unix))]
fn is_writable_by_all(_file: &std::fs::Metadata) -> bool {
    false
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn what_everybody_may_write_is_not_read() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "bypass = false\n").unwrap();
        for (mode, readable) in [(0o644, true), (0o664, true), (0o666, false), (0o602, false)] {
            std::fs::set_permissions(file.path(), std::fs::Permissions::from_mode(mode)).unwrap();
            assert_eq!(read(file.path()).is_ok(), readable, "{mode:o}");
        }
        assert!(matches!(read(Path::new("/no/such/file")), Err(SettingsError::Read { .. })));
        assert!(read(Path::new("/")).is_err());
    }
}
