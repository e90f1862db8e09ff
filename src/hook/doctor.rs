//! Whether an installed hook can do its work. Only looks; what it tries, it tries in repositories of its own.

mod check;
mod trial;

pub use check::{Check, State};

use super::install::{Layout, Place, Script, hook_runs, program_warnings, repositories_below};
use crate::{
    git::{ask, program},
    model::ComponentKind,
    rules,
};
use check::{ok, problem, warning};
use std::{
    fs, io,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};
use trial::Trial;

/// The first git that keeps a push apart until its hook has judged it (in a quarantine). Source: its release notes.
const OLDEST_GIT: [u32; 2] = [2, 11];

/// Examines the hook at `place`, and everything round it that it needs.
pub fn examine(place: &Place) -> Vec<Check> {
    let mut checks = Vec::new();
    let script = hook(place, &mut checks);
    match place.repository.as_deref() {
        Some(repository) => {
            checks.push(hooks_folder(place, repository));
            checks.extend(user(repository));
        }
        None if place.layout == Layout::Gitolite => checks.push(links(place)),
        None => {}
    }
    checks.push(git_version());
    checks.extend(place.repository.as_deref().filter(|_| place.layout != Layout::Gitlab).map(push_options));
    if let Some(script) = script {
        checks.extend(called(&script, place));
        checks.extend(chained(&script, place));
        checks.extend(configuration(&script));
        trial(&script, place, &mut checks);
    }
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

/// Where git looks for hooks.
fn hooks_folder(place: &Place, repository: &Path) -> Check {
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

/// Whether what we may do tells anything.
#[cfg(unix)]
fn user(repository: &Path) -> Option<Check> {
    let owner = std::os::unix::fs::MetadataExt::uid(&fs::metadata(repository).ok()?);
    let text = "the repository is another user's: what you may do here, the hook may not be allowed to";
    (rustix::process::geteuid().as_raw() != owner).then(|| warning("user", text.to_owned()))
}

#[cfg(not(unix))]
fn user(_: &Path) -> Option<Check> {
    None
}

/// Whether gitolite has linked its hook into all its repositories, which lie beside its own folder unless told otherwise.
fn links(place: &Place) -> Check {
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

fn git_version() -> Check {
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

/// Pushers can only give options, and so a reason for a bypass, to a server that says it takes them.
fn push_options(repository: &Path) -> Check {
    const NAME: &str = "push options";
    let question = ["--git-dir=.", "config", "--bool", "receive.advertisePushOptions"];
    match ask(repository, &question) {
        Ok(answer) if answer == b"true" => ok(NAME, "are taken".to_owned()),
        _ => warning(
            NAME,
            "are not taken: nobody can use the bypass until receive.advertisePushOptions is true".to_owned(),
        ),
    }
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

/// The file with the policy.
fn configuration(script: &Script) -> Option<Check> {
    const NAME: &str = "configuration";
    let path = script.config()?;
    Some(match fs::File::open(path) {
        Ok(_) => ok(NAME, format!("{} can be read", path.display())),
        Err(error) => problem(NAME, format!("cannot read {}: {error}", path.display())),
    })
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
