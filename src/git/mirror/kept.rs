//! A mirror that is kept from one audit to the next.

use super::{MirrorError, MirrorOptions, Task, repository_in};
use crate::git::Temporary;
use crate::model::hex;
use sha2::{Digest, Sha256};
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

/// The longest readable part of a mirror's folder, in bytes.
const READABLE: usize = 60;

/// A kept mirror, which nobody else fetches into as long as this value is there.
#[derive(Debug)]
pub struct Kept {
    path: PathBuf,
    renewed: bool,
    /// Locked; let go with the file.
    _lock: File,
}

impl Kept {
    /// The bare repository.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether it was cloned anew: there was none yet, or git could not fetch into the old one.
    pub fn is_new(&self) -> bool {
        self.renewed
    }

    /// Throws it away, so that the next audit clones anew: for one in which objects are damaged.
    ///
    /// # Errors
    /// The folder cannot be deleted.
    pub fn discard(self) -> io::Result<()> {
        fs::remove_dir_all(&self.path)
    }
}

/// Brings the mirror of `url` up to date that is kept in `folder` under `id`, or makes it. All refs are those of the server
/// afterwards; objects that no ref reaches any more stay. HEAD becomes `branch`, if that is told.
///
/// If git cannot fetch into it while the server answers, the mirror is broken (a process was killed, a disk was full), and is
/// replaced by a new one as soon as that is whole.
///
/// # Errors
/// Nothing can be fetched, in time or at all, or another process is at it. What was kept stays.
pub fn keep(
    url: &str,
    (folder, id): (&Path, &str),
    branch: Option<&str>,
    options: &MirrorOptions<'_>,
    cancel: &AtomicBool,
) -> Result<Kept, MirrorError> {
    let task = Task::new(url, options, cancel)?;
    let no_folder = |source| task.no_folder(source);
    make_private(folder).map_err(no_folder)?;
    let home = folder.join(name(id));
    make_private(&home).map_err(no_folder)?;
    let lock = File::options().create(true).append(true).open(home.join("lock")).map_err(no_folder)?;
    match lock.try_lock() {
        Err(TryLockError::WouldBlock) => return Err(MirrorError::Busy(home)),
        Err(TryLockError::Error(source)) => return Err(no_folder(source)),
        Ok(()) => {}
    }
    clear_away(&home);
    let path = repository_in(&home);
    let mut renewed = !path.exists();
    if !renewed {
        match task.fetch_into(&path, &home) {
            Err(MirrorError::Failed { .. }) if task.asks(&home) => renewed = true,
            done => done?,
        }
    }
    if renewed {
        // Beside the old one, which is given up only for a whole one.
        let fresh = Temporary::new(Some(&home)).map_err(no_folder)?;
        let cloned = repository_in(fresh.path());
        task.clone_into(&cloned, fresh.path())?;
        if path.exists() {
            fs::remove_dir_all(&path).map_err(no_folder)?;
        }
        fs::rename(&cloned, &path).map_err(no_folder)?;
    } else if let Some(branch) = branch {
        // A name that git does not take leaves HEAD as it is, which is all that there is to do about it.
        let _ = super::super::ask(&path, &["symbolic-ref", "HEAD", &format!("refs/heads/{branch}")]);
    }
    Ok(Kept { path, renewed, _lock: lock })
}

impl Task<'_> {
    /// What is to be fetched is said here: the mirror's own configuration need not be believed.
    fn fetch_into(&self, repository: &Path, home: &Path) -> Result<(), MirrorError> {
        let mut command = self.command();
        command.arg("--git-dir").arg(repository);
        command.args(["fetch", "--quiet", "--prune", "--force", "--no-tags", "--no-write-fetch-head", "--"]);
        command.arg(&self.address.plain).arg("+refs/*:refs/*");
        self.run(&mut command, home)
    }

    /// Whether the server answers.
    fn asks(&self, home: &Path) -> bool {
        let mut command = self.command();
        command.args(["ls-remote", "--quiet", "--"]).arg(&self.address.plain).arg("HEAD");
        super::remote::outside(&mut command, home);
        self.run(&mut command, home).is_ok()
    }
}

/// The name of the folder for `id`: readable, and unlike that of any other id, whatever stands in it.
fn name(id: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '-' || c == '.' { c } else { '_' };
    let readable: String = id.chars().map(plain).take(READABLE).collect();
    let digest = hex(&Sha256::digest(id)[..8]);
    format!("{}-{digest}", readable.trim_start_matches('.'))
}

/// Takes away what a process left behind that was killed: clones that were never whole, and packs.
fn clear_away(home: &Path) {
    let below = |folder: &Path| fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let begins =
        |path: &Path, with: &str| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(with));
    for path in below(home).filter(|path| begins(path, "keytrail-")) {
        let _ = fs::remove_dir_all(path);
    }
    for path in below(&repository_in(home).join("objects/pack")).filter(|path| begins(path, "tmp_")) {
        let _ = fs::remove_file(path);
    }
}

/// Makes a folder that only we may look into: what is mirrored may be private.
fn make_private(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

#[cfg(test)]
mod tests;
