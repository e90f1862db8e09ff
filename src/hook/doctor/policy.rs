//! What the hook is told to do, and whether it can read and write what that takes.

use super::check::{Check, ok, problem, warning};
use crate::{
    git::ask,
    hook::{SETTINGS_FILE, Settings, append, install::Script},
    policy::Baseline,
    rules,
};
use std::{
    fs,
    path::{Path, PathBuf},
};

const NAME: &str = "settings";

/// The settings that the hook will read; `None`, and a problem, if it cannot.
pub(super) fn settings(script: &Script, checks: &mut Vec<Check>) -> Option<Settings> {
    let (path, read) = match script.config() {
        Some(path) => (path, Settings::read(path).map(Some)),
        None => (Path::new(SETTINGS_FILE), Settings::read_if_there(Path::new(SETTINGS_FILE))),
    };
    match read {
        Ok(Some(settings)) => {
            checks.push(ok(NAME, format!("{} says what it should", path.display())));
            Some(settings)
        }
        Ok(None) => {
            checks.push(ok(NAME, format!("as they are without a file: there is no {SETTINGS_FILE}")));
            Some(Settings::default())
        }
        Err(error) => {
            checks.push(problem(NAME, error.to_string()));
            None
        }
    }
}

/// The files that the settings name.
pub(super) fn files(settings: &Settings) -> Vec<Check> {
    let mut wrong = Vec::new();
    match rules::builtin() {
        Ok(mut set) => {
            let load = |file| rules::load_user(&mut set, file).err();
            wrong.extend(settings.rules.iter().map(PathBuf::as_path).filter_map(load).map(|error| error.to_string()));
        }
        Err(error) => wrong.push(error.to_string()),
    }
    let baseline = settings.baseline.as_deref().and_then(|file| Baseline::read(file).err());
    wrong.extend(baseline.map(|error| error.to_string()));
    let key = settings.fingerprint_key.as_deref().and_then(|file| Some((file, fs::read(file).err()?)));
    wrong.extend(key.map(|(file, error)| format!("cannot read {}: {error}", file.display())));
    wrong.into_iter().map(|text| problem(NAME, text)).collect()
}

/// The audit log, which is made if it is not there yet, as the hook would.
pub(super) fn audit_log(settings: &Settings) -> Check {
    const NAME: &str = "audit log";
    let Some(path) = &settings.audit_log else {
        return warning(NAME, "there is none: what was refused is told to the pusher alone".to_owned());
    };
    match append(path, b"") {
        Ok(()) => ok(NAME, format!("{} can be written", path.display())),
        Err(error) => problem(NAME, format!("{}: {error}", path.display())),
    }
}

/// Pushers can only give options, and so a reason for a bypass, to a server that says it takes them.
pub(super) fn push_options(repository: &Path, settings: &Settings) -> Check {
    const NAME: &str = "push options";
    let bypass = settings.for_repository(&repository.to_string_lossy(), repository).for_ref("refs/heads/main").bypass;
    let taken = ask(repository, &["--git-dir=.", "config", "--bool", "receive.advertisePushOptions"]);
    match (taken.is_ok_and(|answer| answer == b"true"), bypass) {
        (true, _) => ok(NAME, "are taken".to_owned()),
        (false, false) => ok(NAME, "are not taken, and the settings allow no bypass".to_owned()),
        (false, true) => warning(
            NAME,
            "are not taken: nobody can use the bypass until receive.advertisePushOptions is true".to_owned(),
        ),
    }
}
