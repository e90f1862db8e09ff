//! Repositories of another user: whether to trust one is git's to say (`safe.directory`), and the user's own git is asked.

use super::program;
use std::{
    path::Path,
    process::Stdio,
    sync::{Mutex, PoisonError},
};

/// libgit2's options are global: repositories are opened one at a time, so that a check that is off for one is not off
/// for another.
static OPENING: Mutex<()> = Mutex::new(());

/// Opens with `open`. Where libgit2 refuses for the owner's sake and git does not, opens without libgit2's check, which
/// knows less than git's: it does not read settings from the environment.
pub(super) fn open_as_git_would(
    path: &Path,
    open: impl Fn() -> Result<git2::Repository, git2::Error>,
) -> Result<git2::Repository, git2::Error> {
    let _one_at_a_time = OPENING.lock().unwrap_or_else(PoisonError::into_inner);
    match open() {
        Err(error) if error.code() == git2::ErrorCode::Owner && git_trusts(path) => {
            check(false)?;
            let opened = open();
            check(true)?;
            opened
        }
        outcome => outcome,
    }
}

/// Whether git works in the repository at `path`. No hook and no code of the repository's runs for this question.
fn git_trusts(path: &Path) -> bool {
    let folder = if path.is_dir() { path } else { path.parent().unwrap_or(path) };
    let mut git = program();
    git.arg("-C").arg(folder).args(["rev-parse", "--git-dir"]);
    git.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    git.status().is_ok_and(|status| status.success())
}

#[allow(unsafe_code, reason = "libgit2's options are global")]
fn check(on: bool) -> Result<(), git2::Error> {
    // SAFETY: the option is an integer that libgit2 reads when it opens a repository; all openings hold `OPENING`.
    unsafe { git2::opts::set_verify_owner_validation(on) }
}
