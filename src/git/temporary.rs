//! A folder that goes away: by itself, or by the next run, if this process is killed.

use std::fs::{self, File};
use std::io;
use std::path::Path;
use tempfile::TempDir;

/// What the names of such folders begin with.
const PREFIX: &str = "keytrail-";
/// The file in it that is locked as long as its process lives.
const LOCK: &str = "lock";

/// A folder that nobody else may look into, and that is deleted on drop.
#[derive(Debug)]
pub struct Temporary {
    /// Locked; let go before the folder goes, as some systems want it.
    _lock: File,
    folder: TempDir,
}

impl Temporary {
    /// Makes one in `parent`, or where the system keeps such.
    ///
    /// # Errors
    /// What the file system answers.
    pub fn new(parent: Option<&Path>) -> io::Result<Self> {
        let mut builder = tempfile::Builder::new();
        builder.prefix(PREFIX);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            builder.permissions(fs::Permissions::from_mode(0o700));
        }
        let folder = match parent {
            Some(parent) => builder.tempdir_in(parent)?,
            None => builder.tempdir()?,
        };
        // It has its name when it is locked: until then nobody takes the folder for one that was left.
        let unnamed = folder.path().join("unnamed");
        let lock = File::create(&unnamed)?;
        // Where nothing can be locked, nobody can find it unlocked either.
        let _ = lock.lock();
        fs::rename(unnamed, folder.path().join(LOCK))?;
        Ok(Self { _lock: lock, folder })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Deletes those in `parent` whose process is no more, since it was killed or the power went, and returns how many they were.
    /// What cannot be deleted stays: another user's, for one.
    pub fn clear_left(parent: &Path) -> usize {
        let entries = fs::read_dir(parent).into_iter().flatten().flatten();
        let ours = entries.filter(|entry| {
            let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
            is_folder && entry.file_name().to_string_lossy().starts_with(PREFIX)
        });
        ours.filter(|entry| is_left(&entry.path()) && fs::remove_dir_all(entry.path()).is_ok()).count()
    }
}

/// Whether nobody holds the lock of `folder`. One without is another program's, or is being made at this moment.
fn is_left(folder: &Path) -> bool {
    let mut options = File::options();
    options.append(true);
    // Somebody else's pipe of this name would keep us waiting for its other end.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, libc::O_NONBLOCK);
    options.open(folder.join(LOCK)).is_ok_and(|lock| lock.try_lock().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_dead_process_left_is_cleared_away_and_nothing_else() {
        let parent = tempfile::tempdir().unwrap();
        let [left, bare, other] = ["keytrail-left", "keytrail-bare", "other"].map(|name| parent.path().join(name));
        for folder in [&left, &bare, &other] {
            fs::create_dir(folder).unwrap();
            fs::write(folder.join("pack"), "PACK").unwrap();
        }
        #[cfg(unix)]
        {
            let pipe = parent.path().join("keytrail-pipe");
            fs::create_dir(&pipe).unwrap();
            assert!(std::process::Command::new("mkfifo").arg(pipe.join(LOCK)).status().unwrap().success());
        }
        for folder in [&left, &other] {
            fs::write(folder.join(LOCK), "").unwrap();
        }
        let alive = Temporary::new(Some(parent.path())).unwrap();
        assert_eq!(Temporary::clear_left(parent.path()), 1);
        assert!(!left.exists() && bare.exists() && other.exists() && alive.path().exists());
        let path = alive.path().to_path_buf();
        drop(alive);
        assert!(!path.exists());
        assert_eq!(Temporary::clear_left(&path), 0, "there is no such folder");
    }
}
