//! `keytrail contain --apply` and `--undo`: one key, after a confirmation, written down before and after.

use super::args::ContainArgs;
use super::leak::Leak;
use crate::cli::auditor::environment;
use crate::cli::error::CliError;
use crate::cli::terminal::Terminal;
use crate::cli::verify::{caller, calls};
use crate::cloud::contain::{Change, Target, apply, target};
use crate::cloud::{Auditor, Owners};
use crate::hook;
use crate::model::FingerprintKey;
use serde::Serialize;
use std::fs;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

/// Grows when a field changes its meaning or goes away.
const LOG_VERSION: u32 = 1;

/// A line of the log. What was begun has no result yet.
#[derive(Serialize)]
struct Entry<'e> {
    schema_version: u32,
    at: String,
    by: &'e str,
    action: &'static str,
    account_id: &'e str,
    user: &'e str,
    key: &'e str,
    fingerprint: &'e str,
    key_fingerprint: &'e str,
    before: &'e str,
    result: &'e str,
}

/// Makes the key inactive or active.
pub(super) fn run(args: &ContainArgs, leak: &Leak, key: FingerprintKey, terminal: &Terminal) -> Result<(), CliError> {
    let change = if args.apply.undo { Change::Activate } else { Change::Deactivate };
    let Some(id) = &leak.id else {
        let message = format!("{}: its access key id was not found, and a secret does not tell it", leak.fingerprint);
        return Err(CliError::new(message).with_hint("run it without --apply: the commands ask for the id"));
    };
    check_confirmation(args, leak)?;
    let log = log_file(args.apply.log.as_deref())?;
    let options = args.auditor.auditor(args.region.as_deref(), args.sts_endpoint.as_deref())?;
    let owner_options = args.auditor.owners(key)?;
    let (caller, environment) = (caller(&calls(None))?, environment());
    let auditor = Auditor::new(&caller, &environment, &options).map_err(CliError::new)?;
    let mut owners = Owners::new(&auditor, &owner_options);
    terminal.wait("looking for the key's account");
    let found = target(&auditor, &mut owners, id);
    terminal.clear();
    let refused = |error: &dyn std::fmt::Display| CliError::new(format!("{}: {error}", leak.fingerprint));
    let target = found.map_err(|error| refused(&error))?;
    let entry = &target.found.key;
    let redacted = crate::model::redact(entry.id.as_bytes());
    let name = format!("{redacted} of user {} in account {}", entry.user, target.found.account);
    if entry.status == change.status() {
        terminal.note(&format!("{name} is {} already: nothing was done", entry.status));
        return Ok(());
    }
    confirm(args, leak, (&target, &name), terminal)?;
    let line = |result: &str| {
        Entry {
            schema_version: LOG_VERSION,
            at: crate::cli::audit::now().to_string(),
            by: &target.by.arn,
            action: if change == Change::Activate { "activate" } else { "deactivate" },
            account_id: &target.found.account,
            user: &entry.user,
            key: &redacted,
            fingerprint: leak.fingerprint.as_str(),
            key_fingerprint: id.fingerprint.as_str(),
            before: &entry.status,
            result,
        }
        .append(&log)
    };
    line("begun").map_err(|error| error.with_hint("nothing was done: what is not written down is not done"))?;
    let done = apply(&owners, &target, change);
    let written = line(&done.as_ref().map_or_else(ToString::to_string, |()| change.status().to_owned()));
    done.map_err(|error| refused(&error))?;
    terminal.note(&format!("{name} is {} now, by {}", change.status(), target.by.arn));
    if change == Change::Deactivate {
        terminal.note(&format!("undo: {} --undo", super::again(args, leak)));
    }
    written
}

impl Entry<'_> {
    fn append(&self, log: &Path) -> Result<(), CliError> {
        let failed = |why: String| CliError::new(format!("{}: {why}", log.display()));
        let mut line = serde_json::to_vec(self).map_err(|error| failed(error.to_string()))?;
        line.push(b'\n');
        hook::append(log, &line).map_err(|error| failed(error.to_string()))
    }
}

/// Looks whether there will be a confirmation, before anybody is asked anything.
fn check_confirmation(args: &ContainArgs, leak: &Leak) -> Result<(), CliError> {
    match &args.apply.confirm {
        Some(confirmed) if *confirmed == leak.fingerprint.as_str() => Ok(()),
        Some(_) => Err(CliError::new("--confirm names another finding, or not its whole fingerprint")
            .with_hint(format!("the finding is {}", leak.fingerprint))),
        None if io::stdin().is_terminal() && io::stderr().is_terminal() => Ok(()),
        None => Err(CliError::new("nobody can be asked for a confirmation here")
            .with_hint(format!("add --confirm {} if this key is meant", leak.fingerprint))),
    }
}

/// Asks the person, unless the confirmation was given before.
fn confirm(
    args: &ContainArgs,
    leak: &Leak,
    (target, name): (&Target, &str),
    terminal: &Terminal,
) -> Result<(), CliError> {
    if args.apply.confirm.is_some() {
        return Ok(());
    }
    let what = if args.apply.undo { "ACTIVE" } else { "INACTIVE" };
    let asked = format!(
        "{name} is {}, and will be made {what} by {}. Type the last four characters of its id, or the finding's \
         fingerprint:",
        target.found.key.status, target.by.arn
    );
    terminal.ask(&asked);
    let mut answer = String::new();
    io::stdin().read_line(&mut answer).map_err(|error| CliError::new(format!("cannot read the answer: {error}")))?;
    let (answer, id) = (answer.trim(), &target.found.key.id);
    let is_id = answer.len() == 4 && id.ends_with(answer);
    if is_id || answer == leak.fingerprint.as_str() {
        Ok(())
    } else {
        Err(CliError::new("not confirmed: nothing was done"))
    }
}

/// Where it is written down. The folder of the default is made; that of another has to be there.
fn log_file(named: Option<&Path>) -> Result<PathBuf, CliError> {
    if let Some(path) = named {
        return Ok(path.to_owned());
    }
    let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let state = variable("XDG_STATE_HOME").filter(|path| path.is_absolute());
    let state = state.or_else(|| Some(variable("HOME")?.join(".local/state")));
    let folder = state.ok_or_else(|| {
        CliError::new("there is no home folder to write down in what is done").with_hint("name a file with --log")
    })?;
    let folder = folder.join("keytrail");
    fs::create_dir_all(&folder).map_err(|error| CliError::new(format!("cannot make {}: {error}", folder.display())))?;
    Ok(folder.join("contain.jsonl"))
}
