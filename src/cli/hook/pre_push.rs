//! `keytrail hook pre-push`: on the author's own machine, before anything leaves it.

use super::then::Then;
use crate::cli::{error::CliError, exit, rules, session, target};
use crate::git::{Existing, Quarantine};
use crate::hook::{Case, Ended, Examination, Examined, Pusher, Settings, message};
use crate::model::{Oid, RefUpdate};
use crate::policy::{Baseline, Config, Policy};
use crate::scan::ScanOptions;
use clap::{Args, ValueHint};
use std::env;
use std::ffi::OsStr;
use std::io::{self, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Nobody ends this hook: whoever pushes waits, or presses Ctrl-C.
const FOR_EVER: Duration = Duration::from_secs(365 * 24 * 3600);

/// What may be said to it.
#[derive(Debug, Args)]
pub(in crate::cli) struct PrePushArgs {
    /// The remote's name, or its URL if it has none; git gives it
    #[arg(default_value = "origin")]
    remote: String,
    /// The remote's URL; git gives it
    #[arg(hide = true)]
    url: Option<String>,
    /// Use this allowlist instead of the repository's own .keytrail.toml
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    config: Option<PathBuf>,
    /// Do not count findings whose every value this file lists; see `keytrail baseline`
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    baseline: Option<PathBuf>,
    /// Search for what this rule file describes, too (repeatable)
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    rules: Vec<PathBuf>,
    #[command(flatten)]
    then: Then,
}

pub(super) fn run(args: &PrePushArgs) -> Result<ExitCode, CliError> {
    let (remote, updates, input) = asked(args)?;
    let code = judge(args, remote, &updates)?;
    let arguments = [Some(&args.remote), args.url.as_ref()].into_iter().flatten().map(OsStr::new);
    Ok(ExitCode::from(args.then.after(code, &arguments.collect::<Vec<_>>(), &input)))
}

fn judge(args: &PrePushArgs, remote: String, updates: &[RefUpdate]) -> Result<u8, CliError> {
    if !updates.iter().any(|update| update.new.is_some()) {
        return Ok(0);
    }
    let folder = env::var_os("GIT_DIR").map_or_else(|| PathBuf::from("."), PathBuf::from);
    let has = updates.iter().filter_map(|update| update.old).collect();
    let examination = Examination {
        repository: folder.clone(),
        updates: updates.to_vec(),
        quarantine: Quarantine::default(),
        existing: Existing::Remote { name: remote, has },
        rules: rules::load(&args.rules)?,
        policy: policy(args)?,
        options: ScanOptions { own_files: false, ..ScanOptions::default() },
        search_history: false,
    };
    let Examined { report, ended, .. } = examination.run(Instant::now() + FOR_EVER);
    if let Ended::Failed(words) = ended {
        return Err(CliError::new(words));
    }
    let report = report.unwrap_or_default();
    let nobody = Pusher::new(&|_| None, &folder);
    let effective = Settings::default().for_repository(&nobody.repository, &folder);
    let case = Case { pusher: &nobody, updates, push: &report, ended: &ended, suspects: 0, effective: &effective };
    let verdict = case.judge();
    let mask = case.mask().map_err(|error| CliError::new(error.to_string()))?;
    let mut words = Vec::new();
    message::write(&case, &verdict, &mask, &mut words).map_err(|error| CliError::new(error.to_string()))?;
    // Whoever hung up does not hear it; the verdict stands.
    let _ = io::stderr().lock().write_all(&words);
    let ending = exit::Ending {
        incomplete: !report.report.coverage.is_complete(),
        findings: report.report.findings.len(),
        findings_code: exit::REFUSED,
    };
    Ok(ending.number())
}

/// The remote, and what is to be pushed to it: in git's lines, or in the variables of pre-commit.com's program, which reads
/// the lines itself; and these lines.
fn asked(args: &PrePushArgs) -> Result<(String, Vec<RefUpdate>, Vec<u8>), CliError> {
    let variable = |name: &str| env::var(name).ok().filter(|value| !value.is_empty());
    if let (Some(from), Some(to)) = (variable("PRE_COMMIT_FROM_REF"), variable("PRE_COMMIT_TO_REF")) {
        let id = |text: &str| Oid::from_hex(text.as_bytes()).map_err(|error| CliError::new(error.to_string()));
        let name = variable("PRE_COMMIT_REMOTE_BRANCH").unwrap_or_else(|| "HEAD".to_owned()).into_bytes();
        let remote = variable("PRE_COMMIT_REMOTE_NAME").unwrap_or_else(|| args.remote.clone());
        return Ok((remote, vec![RefUpdate { name, old: Some(id(&from)?), new: Some(id(&to)?) }], Vec::new()));
    }
    if io::stdin().is_terminal() {
        let error = CliError::new("git's pre-push hook gives the refs to be pushed on standard input; there are none");
        return Err(error.with_hint("`keytrail hook install --pre-push` sets the hook up; to look for yourself: `keytrail scan --range @{push}..`"));
    }
    let mut input = Vec::new();
    io::stdin().lock().read_to_end(&mut input).map_err(|error| CliError::new(format!("standard input: {error}")))?;
    let update = |(n, line): (usize, &[u8])| {
        pushed(line).ok_or_else(|| {
            let words = "is not '<local ref> <local id> <remote ref> <remote id>'";
            CliError::new(format!("line {} of standard input {words}", n + 1))
        })
    };
    let lines = input.split(|&byte| byte == b'\n').filter(|line| !line.is_empty());
    let updates = lines.enumerate().map(update).collect::<Result<_, _>>()?;
    Ok((args.remote.clone(), updates, input))
}

/// A line that git gives to a `pre-push` hook: `<local ref> SP <local id> SP <remote ref> SP <remote id>`. The local ref may
/// be written in words with spaces (`HEAD@{2 days ago}`), so it is read from the end.
fn pushed(line: &[u8]) -> Option<RefUpdate> {
    let mut words = line.rsplitn(4, |&byte| byte == b' ');
    let mut word = || words.next().filter(|word| !word.is_empty());
    let (old, name, new) = (word()?, word()?, word()?);
    word()?;
    RefUpdate::parse_all(&[old, b" ", new, b" ", name].concat()).ok()?.pop()
}

fn policy(args: &PrePushArgs) -> Result<Policy, CliError> {
    let own = target::config_beside(Path::new("."));
    let config = args.config.as_ref().or(own.as_ref()).map(|path| Config::read(path)).transpose()?;
    let read = |path: &PathBuf| Ok::<_, CliError>((path.clone(), Arc::new(Baseline::read(path)?)));
    let baseline = args.baseline.as_ref().map(read).transpose()?;
    Ok(Policy::new(config, baseline, session::today()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gits_lines_are_read_from_their_end() {
        let (zero, one) = ("0".repeat(40), "1".repeat(40));
        let update = pushed(format!("HEAD@{{2 days ago}} {one} refs/heads/a {zero}").as_bytes()).unwrap();
        assert_eq!((update.name(), update.old), ("refs/heads/a".to_owned(), None));
        assert_eq!(update.new.unwrap().to_string(), one);
        assert_eq!(pushed(format!("(delete) {zero} refs/heads/a {one}").as_bytes()).unwrap().new, None);
        for bad in ["", "a b c d", &format!("{one} refs/heads/a {zero}")] {
            assert_eq!(pushed(bad.as_bytes()), None, "{bad}");
        }
    }
}
