//! One change to the files.

use super::InstallError;
use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

/// What a hook, or a folder of hooks, may be to others: read and run.
#[cfg(unix)]
const MODE: u32 = 0o755;

/// A change that is done whole or not at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Make this folder, and those above it that are missing.
    MakeFolder(PathBuf),
    /// Keep the hook `from` under the name `to`. It stays where it is, too, until another takes its place, so that at no
    /// moment a push meets none.
    Keep {
        /// The hook.
        from: PathBuf,
        /// Its other name.
        to: PathBuf,
    },
    /// Write a hook, in the place of what is there.
    Write {
        /// The file.
        path: PathBuf,
        /// Its bytes.
        text: Vec<u8>,
    },
    /// Give the kept hook `from` its name `to` back, in the place of ours.
    Restore {
        /// Where it is kept.
        from: PathBuf,
        /// The hook.
        to: PathBuf,
    },
    /// Remove a file.
    Remove(PathBuf),
}

impl Step {
    /// Does it.
    ///
    /// # Errors
    /// The system's reason, and for what.
    pub fn apply(&self) -> Result<(), InstallError> {
        match self {
            Self::MakeFolder(path) => make_folder(path).map_err(InstallError::io("make", path)),
            // Where files cannot have two names, a moment without a hook is left.
            Self::Keep { from, to } => {
                fs::hard_link(from, to).or_else(|_| fs::rename(from, to)).map_err(InstallError::io("keep", from))
            }
            Self::Write { path, text } => write(path, text).map_err(InstallError::io("write", path)),
            Self::Restore { from, to } => fs::rename(from, to).map_err(InstallError::io("put back", from)),
            Self::Remove(path) => fs::remove_file(path).map_err(InstallError::io("remove", path)),
        }
    }

    /// What is done, in a line, and for a file its own lines.
    pub fn lines(&self) -> Vec<String> {
        let (what, text) = match self {
            Self::MakeFolder(path) => (format!("make the folder {}", path.display()), &[][..]),
            Self::Keep { from, to } | Self::Restore { from, to } => {
                (format!("rename {} to {}", from.display(), to.display()), &[][..])
            }
            Self::Write { path, text } => (format!("write {}, which everyone may run:", path.display()), &text[..]),
            Self::Remove(path) => (format!("remove {}", path.display()), &[][..]),
        };
        let text = String::from_utf8_lossy(text);
        std::iter::once(what).chain(text.lines().map(|line| format!("  {line}"))).collect()
    }

    /// Takes it back, since a later step has failed: a hook that was kept has its one name again.
    pub(super) fn undo(&self) {
        if let Self::Keep { from, to } = self {
            // The error that is told is that of the step which failed; this one leaves a second name at worst.
            let _ = if from.symlink_metadata().is_ok() { fs::remove_file(to) } else { fs::rename(to, from) };
        }
    }
}

/// Makes `path` and what is missing above it, each with the owner of the folder it is made in.
fn make_folder(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    let above = parent(path);
    make_folder(above)?;
    fs::create_dir(path)?;
    let made = open_folder(path)?;
    // Whatever is kept from others by the administrator's habit, git's user must find its way.
    #[cfg(unix)]
    made.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(MODE))?;
    give_to_owner_of(above, &made)
}

/// Opens `path` itself: the owner of the folder above may have put a link in its place, to be given what it leads to.
#[cfg(unix)]
fn open_folder(path: &Path) -> io::Result<fs::File> {
    use rustix::fs::{Mode, OFlags, open};
    Ok(open(path, OFlags::NOFOLLOW | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?.into())
}

#[cfg(not(unix))]
fn open_folder(path: &Path) -> io::Result<fs::File> {
    fs::File::open(path)
}

/// Writes the file beside its place, then renames it into it. The name of the draft is one that hosts do not run: they
/// pass over what begins with a dot (Gitea, gitolite) or ends with a tilde (GitLab).
fn write(path: &Path, text: &[u8]) -> io::Result<()> {
    let folder = parent(path);
    let mut draft = tempfile::Builder::new().prefix(".keytrail-").suffix("~").tempfile_in(folder)?;
    draft.write_all(text)?;
    #[cfg(unix)]
    draft.as_file().set_permissions(std::os::unix::fs::PermissionsExt::from_mode(MODE))?;
    give_to_owner_of(folder, draft.as_file())?;
    draft.as_file().sync_all()?;
    draft.persist(path).map(drop).map_err(|error| error.error)
}

fn parent(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// The administrator's files in a repository of git's user belong to that user, like those round them.
#[cfg(unix)]
fn give_to_owner_of(folder: &Path, file: &fs::File) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, fchown};
    let (theirs, ours) = (fs::metadata(folder)?, file.metadata()?);
    if (theirs.uid(), theirs.gid()) == (ours.uid(), ours.gid()) {
        return Ok(());
    }
    match fchown(file, Some(theirs.uid()), Some(theirs.gid())) {
        // Only the administrator may give files away. Others keep theirs, which everyone may run.
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Ok(()),
        outcome => outcome,
    }
}

#[cfg(not(unix))]
fn give_to_owner_of(_: &Path, _: &fs::File) -> io::Result<()> {
    Ok(())
}
