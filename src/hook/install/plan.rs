//! What is to be done at one place.

use super::{InstallError, Layout, Place, Script, Step};
use std::{ffi::OsString, fs, io, path::Path};

/// What becomes of a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Our hook is put there.
    Install,
    /// Our hook is there and becomes another: it called another program, or did not run.
    Update,
    /// Our hook is taken out.
    Uninstall,
    /// Our hook is there as it should be.
    Nothing,
    /// There is no hook to take out.
    Absent,
}

/// The steps that change a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Where.
    pub place: Place,
    /// To what end.
    pub change: Change,
    /// How, in order.
    pub steps: Vec<Step>,
    /// What the administrator should know or do, one sentence each.
    pub notes: Vec<String>,
}

/// What stands where our hook belongs.
enum Found {
    Nothing,
    Ours { text: Vec<u8>, runs: bool },
    Theirs { runs: bool },
}

impl Plan {
    /// How to put a hook at `place` that calls `program` with `options`.
    ///
    /// # Errors
    /// The place is shared, or holds what must not be touched, or cannot be read. Nothing is changed.
    pub fn install(place: Place, program: &Path, options: &[OsString]) -> Result<Self, InstallError> {
        if let Some(error) = place.refused() {
            return Err(error);
        }
        let (found, kept) = (Found::at(&place.hook)?, Found::at(&place.kept())?);
        let (mut steps, mut notes) = (Vec::new(), Vec::new());
        match (&found, &kept) {
            (Found::Theirs { .. }, _) if place.is_one_of_several() => return Err(InstallError::NotOurs(place.hook)),
            (Found::Theirs { runs }, Found::Nothing) => {
                steps.push(Step::Keep { from: place.hook.clone(), to: place.kept() });
                notes.push(kept_note(&place, *runs));
            }
            (Found::Theirs { .. }, _) => {
                let kept = place.kept();
                return Err(InstallError::BothThere { hook: place.hook, kept });
            }
            _ => {}
        }
        // Of a hook that git would not have run there is nothing to run.
        let chained = match (&found, &kept) {
            (Found::Theirs { runs }, _) | (_, Found::Theirs { runs } | Found::Ours { runs, .. }) => *runs,
            _ => false,
        };
        let kind = place.kind;
        let text = Script { kind, program: program.to_path_buf(), options: options.to_vec(), chained }.text();
        let change = match found {
            Found::Ours { text: there, runs: true } if there == text => Change::Nothing,
            Found::Ours { .. } => Change::Update,
            _ => Change::Install,
        };
        if change != Change::Nothing {
            let folder = place.hook.parent().filter(|folder| !folder.is_dir());
            steps.extend(folder.map(|folder| Step::MakeFolder(folder.to_path_buf())));
            steps.push(Step::Write { path: place.hook.clone(), text });
            notes.extend(gitolite_note(&place));
        }
        Ok(Self { place, change, steps, notes })
    }

    /// How to take our hook out of `place`, and to put back what was there before.
    ///
    /// # Errors
    /// The place is shared, or what stands there is not ours, or cannot be read. Nothing is changed.
    pub fn uninstall(place: Place) -> Result<Self, InstallError> {
        if let Some(error) = place.refused() {
            return Err(error);
        }
        let (hook, kept) = (place.hook.clone(), place.kept());
        let is_kept = !matches!(Found::at(&kept)?, Found::Nothing);
        let (mut steps, mut notes) = (Vec::new(), Vec::new());
        match Found::at(&hook)? {
            Found::Theirs { .. } => return Err(InstallError::NotOurs(hook)),
            Found::Ours { .. } if is_kept => steps.push(Step::Restore { from: kept, to: hook }),
            Found::Ours { .. } => steps.push(Step::Remove(hook)),
            Found::Nothing if is_kept => notes.push(format!("{} was kept and is left as it is", kept.display())),
            Found::Nothing => {}
        }
        let change = if steps.is_empty() { Change::Absent } else { Change::Uninstall };
        notes.extend(gitolite_note(&place).filter(|_| change == Change::Uninstall));
        Ok(Self { place, change, steps, notes })
    }

    /// Does what is planned, step by step.
    ///
    /// # Errors
    /// The first step that fails. The hook that was there is there again.
    pub fn apply(&self) -> Result<(), InstallError> {
        for (n, step) in self.steps.iter().enumerate() {
            if let Err(error) = step.apply() {
                self.steps[..n].iter().rev().for_each(Step::undo);
                return Err(error);
            }
        }
        Ok(())
    }
}

impl Found {
    fn at(path: &Path) -> Result<Self, InstallError> {
        let failed = |error| InstallError::io("read", path)(error);
        match fs::symlink_metadata(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::Nothing),
            Err(error) => return Err(failed(error)),
            Ok(_) => {}
        }
        let meta = match fs::metadata(path) {
            // A link that leads nowhere: git runs nothing.
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::Theirs { runs: false }),
            outcome => outcome.map_err(failed)?,
        };
        if !meta.is_file() {
            return Err(failed(io::Error::other("it is not a file")));
        }
        let text = fs::read(path).map_err(failed)?;
        if Script::is_ours(&text) {
            return Ok(Self::Ours { runs: runs_for_all(&meta), text });
        }
        Ok(Self::Theirs { runs: hook_runs(&meta) })
    }
}

/// Whether everyone may run it, as we leave it.
#[cfg(unix)]
fn runs_for_all(meta: &fs::Metadata) -> bool {
    std::os::unix::fs::PermissionsExt::mode(&meta.permissions()) & 0o555 == 0o555
}

#[cfg(not(unix))]
fn runs_for_all(_: &fs::Metadata) -> bool {
    true
}

/// Whether a hook is one that git runs: others it passes over.
#[cfg(unix)]
pub fn hook_runs(meta: &fs::Metadata) -> bool {
    meta.is_file() && std::os::unix::fs::PermissionsExt::mode(&meta.permissions()) & 0o111 != 0
}

#[cfg(not(unix))]
pub fn hook_runs(meta: &fs::Metadata) -> bool {
    meta.is_file()
}

fn kept_note(place: &Place, runs: bool) -> String {
    let kept = place.kept();
    let kept = kept.display();
    if runs {
        format!("the hook that was there is kept as {kept} and runs after ours, with the same lines")
    } else {
        format!("what was there is kept as {kept}; git did not run it, and it is not run now")
    }
}

fn gitolite_note(place: &Place) -> Option<String> {
    let note = "now run `gitolite setup --hooks-only` as gitolite's user, which links it into the repositories";
    (place.layout == Layout::Gitolite).then(|| note.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hook::install::HookKind;

    #[test]
    fn a_step_that_fails_leaves_the_hook_that_was_there_under_its_name_alone() {
        let folder = tempfile::tempdir().unwrap();
        let hook = folder.path().join("pre-receive");
        fs::write(&hook, "theirs").unwrap();
        let place = Place {
            kind: HookKind::PreReceive,
            layout: Layout::Plain,
            hook: hook.clone(),
            repository: None,
            outside: false,
        };
        let (from, to) = (hook.clone(), place.kept());
        let failing = Step::Write { path: folder.path().join("absent/pre-receive"), text: Vec::new() };
        let steps = vec![Step::Keep { from, to }, failing];
        let plan = Plan { place, change: Change::Install, steps, notes: Vec::new() };
        assert!(matches!(plan.apply(), Err(InstallError::Io { doing: "write", .. })));
        assert_eq!(fs::read(&hook).unwrap(), b"theirs");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_hook_that_is_kept_stays_in_its_place_until_ours_takes_it() {
        let folder = tempfile::tempdir().unwrap();
        let [hook, kept] = ["pre-receive", "kept"].map(|name| folder.path().join(name));
        fs::write(&hook, "theirs").unwrap();
        Step::Keep { from: hook.clone(), to: kept.clone() }.apply().unwrap();
        assert!(hook.exists() && kept.exists());
        Step::Write { path: hook.clone(), text: b"ours".to_vec() }.apply().unwrap();
        assert_eq!((fs::read(&hook).unwrap(), fs::read(&kept).unwrap()), (b"ours".to_vec(), b"theirs".to_vec()));
    }
}
