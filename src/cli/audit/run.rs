//! `keytrail audit run`.

use super::{StoreArgs, login, now};
use crate::audit::source::{ListOptions, Organisation, SystemClock};
use crate::audit::{Audit, Ended, Job, Runner, Told};
use crate::cli::{error::CliError, exit, output::Output, session, signal, terminal::Terminal};
use crate::git::mirror::MirrorOptions;
use crate::model::Secret;
use crate::policy::parse_size;
use crate::rules;
use crate::store::{Changes, Counts, OutcomeKind, Store};
use clap::{Args, ValueHint};
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

/// Failures that are named at the end; `audit status` names all.
const NAMED: usize = 20;

pub(super) const EXIT_CODES: &str = "\
Exit codes:
  0  every repository is covered, and nothing is open that this run found for the first time
  1  new findings
  2  an error, or a repository that could not be covered. Wins over 1";

#[derive(Debug, Args)]
pub(in crate::cli) struct RunArgs {
    /// Whose repositories: github:NAME, gitlab:GROUP, gitea:ORG, bitbucket:WORKSPACE, codecommit:REGION, dir:PATH, <file:LIST>
    ///
    /// A token is read from --token-file, or from `KEYTRAIL_TOKEN`, `GITHUB_TOKEN`, `GITLAB_TOKEN`, `GITEA_TOKEN`, `BITBUCKET_TOKEN` (with
    /// `BITBUCKET_USER`), or `AWS_ACCESS_KEY_ID` and its like, and goes to that host only.
    #[arg(long, value_name = "SOURCE")]
    org: String,
    #[command(flatten)]
    store: StoreArgs,
    /// A server of one's own: the URL of its API or site
    #[arg(long, value_name = "URL", value_hint = ValueHint::Url)]
    base_url: Option<String>,
    /// A file with the token for the host
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    token_file: Option<PathBuf>,
    #[command(flatten)]
    kinds: KindArgs,
    /// Keep mirrors here, so that the next run fetches what is new only; without it each is thrown away
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    keep_mirrors: Option<PathBuf>,
    /// Go on with a run that was stopped or that crashed
    #[arg(long)]
    resume: bool,
    /// Look at N repositories at a time
    #[arg(short, long, value_name = "N", default_value = "2")]
    jobs: NonZeroUsize,
    /// Give up on a repository after so many seconds of fetching, and after as many of scanning
    #[arg(long, value_name = "SECONDS", default_value_t = 3600)]
    max_time: u64,
    /// Give up on a repository whose mirror is larger
    #[arg(long, value_name = "SIZE", default_value = "20G", value_parser = parse_size)]
    max_disk: u64,
    /// Give up on a repository whose scan needs more memory (mapped packs aside; Linux)
    #[arg(long, value_name = "SIZE", default_value = "4G", value_parser = parse_size)]
    max_memory: u64,
    /// Search for what this rule file describes, too (repeatable)
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    rules: Vec<PathBuf>,
    /// Make fingerprints with the key in this file (16 bytes or more) instead of the public one
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    fingerprint_key: Option<PathBuf>,
    /// Hold no object larger than this in memory whole
    #[arg(long, value_name = "SIZE", default_value = "64M", value_parser = parse_size)]
    max_object_size: u64,
    /// Unpack and decode no object to more than its own size and this much
    #[arg(long, value_name = "SIZE", default_value = "256M", value_parser = parse_size)]
    max_decoded: u64,
    /// Say nothing of each repository, only how it ended
    #[arg(short, long)]
    quiet: bool,
}

/// What of an organisation is looked at.
#[derive(Debug, Args)]
struct KindArgs {
    /// Leave archived repositories out
    #[arg(long)]
    no_archived: bool,
    /// Leave forks out
    #[arg(long)]
    no_forks: bool,
    /// Leave wikis out
    #[arg(long)]
    no_wikis: bool,
}

pub(super) fn run(args: &RunArgs, terminal: &Terminal) -> Result<ExitCode, CliError> {
    let organisation =
        Organisation::parse(&args.org, args.base_url.as_deref()).map_err(|error| CliError::new(error.to_string()))?;
    let credentials = login::credentials(&organisation, args.token_file.as_deref())?;
    let cancel = signal::install()?;
    let program = std::env::current_exe().map_err(|error| CliError::new(format!("cannot find myself: {error}")))?;
    // What is wrong with them shows before anything is fetched.
    crate::cli::rules::load(&args.rules)?;
    args.fingerprint_key.as_deref().map(session::read_key).transpose()?;
    let store = args.store.open()?;
    let time = Duration::from_secs(args.max_time);
    let job = Job {
        path: PathBuf::new(),
        name: String::new(),
        folder: PathBuf::new(),
        id_width: 0,
        rules: absolute(&args.rules)?,
        fingerprint_key: args.fingerprint_key.clone(),
        max_object_size: args.max_object_size,
        max_decoded: Some(args.max_decoded),
        memory: Some(args.max_memory),
    };
    let proxy = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"]
        .iter()
        .find_map(|name| std::env::var_os(name).filter(|value| !value.is_empty()));
    let list = ListOptions {
        archived: !args.kinds.no_archived,
        forks: !args.kinds.no_forks,
        wikis: !args.kinds.no_wikis,
        proxy: proxy.map(|url| Secret::new(url.as_encoded_bytes())),
        ..ListOptions::default()
    };
    let runner = Runner { program, arguments: vec!["audit".into(), "job".into()], time: Some(time) };
    let tell = |told: &Told<'_>| {
        if let Some(line) = line(told).filter(|_| !args.quiet) {
            terminal.note(&line);
        }
    };
    let digest = rules::digest(&args.rules)?;
    let audit = Audit {
        store: &store,
        organisation: &organisation,
        source: &args.org,
        credentials: &credentials,
        list: &list,
        clock: &SystemClock,
        runner: &runner,
        job: &job,
        rules: &format!("{digest}/{}/{}", args.max_object_size, args.max_decoded),
        keep: args.keep_mirrors.as_deref(),
        mirrors: MirrorOptions { time: Some(time), disk: Some(args.max_disk), ..MirrorOptions::default() },
        jobs: args.jobs.get(),
        resume: args.resume,
        now: &now,
        tell: &tell,
        cancel,
    };
    let ended = audit.run()?;
    let changes = store.changes(ended.run, &now())?;
    summary(&store, &ended, &changes)?;
    let new = changes.new.iter().chain(&changes.reopened).filter(|finding| finding.triage.as_str() == "open").count();
    let ending = exit::Ending { incomplete: !ended.is_complete(), findings: new, findings_code: exit::REFUSED };
    Ok(ending.code())
}

fn absolute(files: &[PathBuf]) -> Result<Vec<PathBuf>, CliError> {
    let absolute = |file: &PathBuf| {
        std::path::absolute(file).map_err(|error| CliError::new(format!("{}: {error}", file.display())))
    };
    files.iter().map(absolute).collect()
}

fn line(told: &Told<'_>) -> Option<String> {
    Some(match *told {
        Told::Listed(count) => format!("{count} repositories"),
        Told::Scanned { name, findings: 0, gaps: 0 } => format!("scanned    {name}"),
        Told::Scanned { name, findings, gaps: 0 } => format!("scanned    {name}: {findings} findings"),
        Told::Scanned { name, findings, gaps } => format!("scanned    {name}: {findings} findings, {gaps} gaps"),
        Told::Unchanged(_) => return None,
        Told::Failed { name, reason } => format!("FAILED     {name}: {reason}"),
    })
}

/// What the run was, on standard output.
fn summary(store: &Store, ended: &Ended, changes: &Changes) -> Result<(), CliError> {
    let Counts { listed, scanned, unchanged, failed, not_reached, incomplete } = ended.counts;
    let failures: Vec<_> = store
        .outcomes(ended.run)?
        .into_iter()
        .filter(|outcome| outcome.kind == OutcomeKind::Failed || outcome.gap_count > 0)
        .collect();
    Output::Stdout.write(|out| {
        writeln!(
            out,
            "run {}: {listed} repositories listed, {scanned} scanned, {unchanged} unchanged, {failed} failed, {not_reached} not reached",
            ended.run
        )?;
        writeln!(
            out,
            "findings: {} new, {} come back, {} fixed, {} gone",
            changes.new.len(),
            changes.reopened.len(),
            changes.fixed.len(),
            changes.gone.len()
        )?;
        for problem in &ended.problems {
            writeln!(out, "not listed: {problem}")?;
        }
        for failure in failures.iter().take(NAMED) {
            let gaps = || format!("{} things could not be read", failure.gap_count);
            let reason = failure.reason.clone().unwrap_or_else(gaps);
            writeln!(out, "not covered: {}: {}", clean(&failure.name), clean(&reason))?;
        }
        if failures.len() > NAMED {
            writeln!(out, "and {} more: keytrail audit status names them", failures.len() - NAMED)?;
        }
        if ended.interrupted {
            writeln!(out, "stopped: go on with --resume")?;
        } else if ended.is_complete() {
            writeln!(out, "fully covered")?;
        } else {
            writeln!(out, "NOT fully covered ({incomplete} with gaps)")?;
        }
        Ok(())
    })
}

/// One line, fit for a terminal.
pub(super) fn clean(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}
