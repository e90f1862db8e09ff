//! Whether an installed hook can do its work. Only looks; what it tries, it tries in repositories of its own.

mod check;
mod host;
mod policy;
mod trial;

pub use check::{Check, State};

use super::install::{Layout, Place, Script, hook_runs, program_warnings};
use crate::{model::ComponentKind, rules};
use check::{ok, problem, warning};
use std::{
    fs, io,
    process::{Command, Stdio},
};
use trial::Trial;

/// Examines the hook at `place`, and everything round it that it needs.
///
/// A push is tried, and the audit log written to, by the user only that the hook runs as: what another one leaves behind
/// could be in its way.
pub fn examine(place: &Place) -> Vec<Check> {
    let mut checks = Vec::new();
    let script = hook(place, &mut checks);
    let repository = place.repository.as_deref();
    checks.extend(repository.map(|repository| host::hooks_folder(place, repository)));
    if repository.is_none() && place.layout == Layout::Gitolite {
        checks.push(host::links(place));
    }
    checks.push(host::git_version());
    let other_user = host::other_user(place);
    if let Some(script) = script {
        checks.extend(called(&script, place));
        checks.extend(chained(&script, place));
        if let Some(settings) = policy::settings(&script, &mut checks) {
            checks.extend(policy::files(&settings));
            // Gitaly tells git to take them.
            let asked = repository.filter(|_| place.layout != Layout::Gitlab);
            checks.extend(asked.map(|repository| policy::push_options(repository, &settings)));
            checks.extend(other_user.is_none().then(|| policy::audit_log(&settings)));
        }
        if other_user.is_none() {
            trial(&script, place, &mut checks);
        }
    }
    checks.extend(other_user);
    checks
}

/// The file that git runs.
fn hook(place: &Place, checks: &mut Vec<Check>) -> Option<Script> {
    const NAME: &str = "hook";
    let shown = place.hook.display();
    let text = match fs::read(&place.hook) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            checks.push(problem(NAME, format!("there is none at {shown}")));
            return None;
        }
        Err(error) => {
            checks.push(problem(NAME, format!("cannot read {shown}: {error}")));
            return None;
        }
    };
    if !Script::is_ours(&text) {
        checks.push(problem(NAME, format!("{shown} is not ours")));
        return None;
    }
    if !fs::metadata(&place.hook).is_ok_and(|meta| hook_runs(&meta)) {
        checks.push(problem(NAME, format!("{shown} may not be run: git passes over it, and lets everything in")));
    }
    let script = Script::parse(&text);
    checks.push(match &script {
        Some(script) => ok(NAME, format!("{shown} calls {}", script.program.display())),
        None => problem(NAME, format!("{shown} was changed by hand: install it again")),
    });
    script
}

/// The program that the hook calls.
fn called(script: &Script, place: &Place) -> Vec<Check> {
    const NAME: &str = "program";
    let shown = script.program.display();
    let ours = concat!("keytrail ", env!("CARGO_PKG_VERSION"));
    let first = match Command::new(&script.program).arg("--version").stdin(Stdio::null()).output() {
        Err(error) => problem(NAME, format!("cannot run {shown}: {error}; every push is refused")),
        Ok(output) => match String::from_utf8_lossy(&output.stdout).trim() {
            version if version == ours => ok(NAME, format!("{shown} is {version}")),
            version => warning(NAME, format!("{shown} says it is '{version}', and this is {ours}")),
        },
    };
    let folder = place.hook.parent().unwrap_or(&place.hook);
    let warnings = program_warnings(&script.program, folder).into_iter().map(|text| warning(NAME, text));
    std::iter::once(first).chain(warnings).collect()
}

/// The hook that was there before.
fn chained(script: &Script, place: &Place) -> Option<Check> {
    const NAME: &str = "hook before";
    let kept = place.kept();
    let runs = fs::metadata(&kept).is_ok_and(|meta| hook_runs(&meta));
    let shown = kept.display();
    match (script.chained, runs) {
        (true, true) => Some(ok(NAME, format!("{shown} runs after ours"))),
        (true, false) => Some(problem(NAME, format!("{shown} is called and cannot be run: every push is refused"))),
        (false, true) => Some(warning(NAME, format!("{shown} is not called: install again"))),
        (false, false) => None,
    }
}

/// Real pushes through the hook, and a run with nothing to do.
fn trial(script: &Script, place: &Place, checks: &mut Vec<Check>) {
    const NAME: &str = "trial";
    let failed = |words: String| problem(NAME, format!("cannot be made: {words}"));
    let trial = match Trial::new(place.repository.as_deref(), script) {
        Ok(trial) => trial,
        Err(words) => return checks.push(failed(words)),
    };
    match trial.push("clean", b"nothing in particular\n") {
        Ok(None) => {}
        // That it refuses the other one, too, would prove nothing.
        Ok(Some(words)) => return checks.push(problem(NAME, format!("a clean push is refused: {words}"))),
        Err(words) => return checks.push(failed(words)),
    }
    let dirty = made_up_credential().and_then(|text| trial.push("credential", text.as_bytes()));
    checks.push(match dirty {
        Ok(Some(_)) => ok(NAME, "a clean push is let in, one with a made-up credential is refused".to_owned()),
        Ok(None) => problem(NAME, "a push with a made-up credential is let in".to_owned()),
        Err(words) => failed(words),
    });
    checks.push(match trial.empty_run() {
        Ok(time) => {
            ok("time", format!("{:.1} ms with nothing to judge (median of {})", time.as_secs_f64() * 1e3, trial::RUNS))
        }
        Err(words) => problem("time", words),
    });
}

/// A complete credential that opens nothing, as a tool's file would hold it: put together from the first examples of the
/// rules for each of its parts.
fn made_up_credential() -> Result<String, String> {
    let rules = rules::builtin().map_err(|error| error.to_string())?;
    let worst = rules.credentials.iter().max_by_key(|credential| (credential.severity, credential.requires.len()));
    let parts = worst.map_or(&[][..], |credential| &credential.requires);
    let example = |kind: &ComponentKind| {
        rules.rules.iter().find(|rule| rule.kind == *kind).and_then(|rule| rule.examples.first())
    };
    Ok(parts.iter().filter_map(example).map(|example| format!("{}\n", example.trim_end())).collect())
}
