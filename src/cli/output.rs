//! Where a report goes: standard output, or a file that appears only when it is whole.

use super::error::CliError;
use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// A place that was found writable before the scan began.
#[derive(Debug)]
pub(super) enum Output {
    /// Standard output.
    Stdout,
    /// A regular file, there or not yet: written beside its place, then renamed into it.
    File(PathBuf),
    /// A pipe or a device: written as it is, for it must not be replaced.
    Special(PathBuf),
}

impl Output {
    /// Looks at `path` (`-` is standard output), so that nobody waits for a scan that cannot be written down.
    pub(super) fn prepare(path: &Path) -> Result<Self, CliError> {
        if path == Path::new("-") {
            return Ok(Self::Stdout);
        }
        let output = match fs::metadata(path) {
            Ok(meta) if meta.is_dir() => return Err(unwritable(path, &io::ErrorKind::IsADirectory.into())),
            Ok(meta) if !meta.is_file() => return Ok(Self::Special(path.to_owned())),
            // A link stays a link: the file it names is the one replaced.
            Ok(_) => Self::File(fs::canonicalize(path).map_err(|error| unwritable(path, &error))?),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Self::File(path.to_owned()),
            Err(error) => return Err(unwritable(path, &error)),
        };
        if let Self::File(path) = &output {
            beside(path)?; // dropped again: nothing lies about while the scan runs
        }
        Ok(output)
    }

    /// The file's name, for notes.
    pub(super) fn file(&self) -> Option<&Path> {
        match self {
            Self::Stdout => None,
            Self::File(path) | Self::Special(path) => Some(path),
        }
    }

    /// Writes with `fill`. A reader of standard output that has gone away is not an error.
    pub(super) fn write(&self, fill: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), CliError> {
        match self {
            Self::Stdout => match into(io::stdout().lock(), fill) {
                Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                    Err(CliError::new(format!("cannot write to standard output: {error}")))
                }
                _ => Ok(()),
            },
            Self::Special(path) => {
                let opened = fs::OpenOptions::new().write(true).open(path);
                opened.and_then(|device| into(device, fill)).map_err(|error| unwritable(path, &error))
            }
            Self::File(path) => {
                // Made with mode 0600: with --reveal it holds the secrets, and without it still says where they are.
                let mut draft = beside(path)?;
                into(&mut draft, fill)
                    .and_then(|()| draft.as_file().sync_all())
                    .and_then(|()| draft.persist(path).map(drop).map_err(|error| error.error))
                    .map_err(|error| unwritable(path, &error))
            }
        }
    }
}

fn into(target: impl Write, fill: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(64 << 10, target);
    fill(&mut out)?;
    out.flush()
}

fn beside(path: &Path) -> Result<NamedTempFile, CliError> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let file = tempfile::Builder::new().prefix(".keytrail-").suffix(".tmp").tempfile_in(folder);
    // The temporary file's name, which the error would carry, says nothing to the user.
    file.map_err(|error| unwritable(path, &error.kind().into()))
}

fn unwritable(path: &Path, error: &io::Error) -> CliError {
    CliError::new(format!("cannot write {}: {error}", path.display()))
        .with_hint("name a file in a folder that is there and writable, or `-` for standard output")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_appears_whole_or_not_at_all_and_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report");
        let output = Output::prepare(&path).unwrap();
        assert!(output.write(|_| Err(io::ErrorKind::Other.into())).is_err());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        output.write(|out| out.write_all(b"whole")).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"whole");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_device_is_written_to_and_a_link_stays_a_link() {
        let device = Output::prepare(Path::new("/dev/null")).unwrap();
        assert!(matches!(device, Output::Special(_)));
        device.write(|out| out.write_all(b"x")).unwrap();

        let folder = tempfile::tempdir().unwrap();
        let [real, link] = ["real", "link"].map(|name| folder.path().join(name));
        fs::write(&real, "old").unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        Output::prepare(&link).unwrap().write(|out| out.write_all(b"new")).unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read(&real).unwrap(), b"new");
    }

    #[test]
    fn an_unwritable_place_is_named_before_anything_is_done() {
        let error = Output::prepare(Path::new("no/such/folder/report")).unwrap_err();
        assert!(error.to_string().contains("no/such/folder/report"), "{error}");
    }
}
