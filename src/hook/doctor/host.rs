//! What is round the hook: the host, its git, and who is looking.

use super::check::{Check, ok, problem, warning};
use crate::{
    git::program,
    hook::install::{Layout, Place, hook_runs, repositories_below},
};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// The first git that keeps a push apart until its hook has judged it (in a quarantine). Source: its release notes.
const OLDEST_GIT: [u32; 2] = [2, 11];

/// Where git looks for hooks.
pub(super) fn hooks_folder(place: &Place, repository: &Path) -> Check {
    const NAME: &str = "hooks folder";
    let folder = place.hook.parent().unwrap_or(repository);
    // `pre-receive` beside `pre-receive.d`.
    let delegates = || fs::metadata(folder.with_extension("")).is_ok_and(|meta| hook_runs(&meta));
    let folder = folder.display();
    match place.layout {
        _ if place.outside => {
            warning(NAME, format!("{folder} is outside of the repository: others may share and change it"))
        }
        Layout::Gitea if !delegates() => {
            problem(NAME, format!("hooks/pre-receive may not be run, which is to run what lies in {folder}"))
        }
        layout => ok(NAME, format!("{folder}, as {} has it", layout.name())),
    }
}

/// Whether the hook runs as another user than ours: then what we may read and write tells nothing, and what we wrote could
/// be in that user's way.
#[cfg(unix)]
pub(super) fn other_user(place: &Place) -> Option<Check> {
    let subject = fs::metadata(place.subject()).ok()?;
    let owner = std::os::unix::fs::MetadataExt::uid(&subject);
    let text = format!(
        "the hook runs as user {owner}, and you are another: `sudo -u '#{owner}' keytrail hook doctor` tries it"
    );
    (rustix::process::geteuid().as_raw() != owner).then(|| problem("user", text))
}

#[cfg(not(unix))]
pub(super) fn other_user(_: &Place) -> Option<Check> {
    None
}

/// Whether gitolite has linked its hook into all its repositories, which lie beside its own folder unless told otherwise.
pub(super) fn links(place: &Place) -> Check {
    const NAME: &str = "links";
    let home = place.hook.ancestors().nth(4).unwrap_or(&place.hook);
    let repositories = repositories_below(&home.join("repositories")).bare;
    let hook = fs::canonicalize(&place.hook).ok();
    let leads = |repository: &&PathBuf| fs::canonicalize(repository.join("hooks/pre-receive")).ok() == hook;
    let without: Vec<_> = repositories.iter().filter(|repository| !leads(repository)).collect();
    match without.first() {
        None => ok(NAME, format!("of {} repositories each has it", repositories.len())),
        Some(first) => problem(
            NAME,
            format!(
                "of {} repositories {} lack it, first {}: run `gitolite setup --hooks-only`",
                repositories.len(),
                without.len(),
                first.display()
            ),
        ),
    }
}

pub(super) fn git_version() -> Check {
    const NAME: &str = "git";
    let text = match program().arg("version").output() {
        Ok(output) => String::from_utf8_lossy(&output.stdout).trim().to_owned(),
        Err(error) => return problem(NAME, format!("cannot run it: {error}")),
    };
    let mut numbers = text.trim_start_matches("git version ").split('.').map_while(|number| number.parse().ok());
    let version = [numbers.next().unwrap_or(0), numbers.next().unwrap_or(0)];
    if version < OLDEST_GIT {
        return problem(NAME, format!("{text} keeps what a refused push brought; 2.11 and later do not"));
    }
    ok(NAME, text)
}
