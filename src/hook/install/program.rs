//! The program that hooks call.

use super::InstallError;
use std::{
    fs, io,
    path::{Component, Path, PathBuf},
};

/// The absolute path of the program `path`, as it is to be written into hooks: a link stays a link, since it may be there
/// to lead to the newest version.
///
/// # Errors
/// It is not there, or nobody may run it.
pub fn find_program(path: &Path) -> Result<PathBuf, InstallError> {
    let wrong = |reason: String| InstallError::Program { path: path.to_path_buf(), reason };
    let absolute = std::path::absolute(path).map_err(|error| wrong(error.to_string()))?;
    match fs::metadata(&absolute) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(wrong("it is not there".into())),
        Err(error) => Err(wrong(error.to_string())),
        Ok(meta) if !super::plan::hook_runs(&meta) => Err(wrong("it is not a program that may be run".into())),
        Ok(_) => Ok(absolute),
    }
}

/// What may go wrong with hooks that call `program`, in sentences. They are run by the owner of `hooks`, or by others.
pub fn program_warnings(program: &Path, hooks: &Path) -> Vec<String> {
    let mut warnings = Vec::new();
    let shown = program.display();
    let components: Vec<_> = program.components().map(Component::as_os_str).collect();
    if components.windows(2).any(|pair| pair[0] == "target" && (pair[1] == "debug" || pair[1] == "release")) {
        warnings.push(format!("{shown} is in a build folder: hooks refuse every push once it is cleaned"));
    }
    #[cfg(unix)]
    warnings.extend(access::warnings(program, hooks));
    #[cfg(not(unix))]
    let _ = hooks;
    warnings
}

#[cfg(unix)]
mod access {
    use super::{Path, fs};
    use std::os::unix::fs::MetadataExt;

    const STICKY: u32 = 0o1000;

    pub(super) fn warnings(program: &Path, hooks: &Path) -> Vec<String> {
        let Ok(real) = fs::canonicalize(program) else { return Vec::new() };
        // The folder may be made only now; its owner will be that of the one it is made in.
        let owner = hooks.ancestors().find_map(|folder| fs::metadata(folder).ok()).map(|meta| meta.uid());
        let mut warnings = Vec::new();
        for path in real.ancestors() {
            let Ok(meta) = fs::metadata(path) else { continue };
            let mode = meta.mode();
            // In a folder with the sticky bit everyone may write, but nobody can replace what is another's.
            if mode & 0o002 != 0 && !(meta.is_dir() && mode & STICKY != 0) {
                let what = if meta.is_dir() { "replace" } else { "change" };
                warnings.push(format!(
                    "every user of this machine may {what} the program: {} is open to all",
                    path.display()
                ));
            }
            let runs = match owner {
                Some(0) => true,
                Some(owner) if owner == meta.uid() => mode & 0o100 != 0,
                _ => mode & 0o001 != 0,
            };
            if !runs {
                let what = if meta.is_dir() { "look into" } else { "run" };
                warnings.push(format!(
                    "not everyone may {what} {}: if git's user may not, every push is refused",
                    path.display()
                ));
            }
        }
        warnings
    }
}
