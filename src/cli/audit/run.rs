//! `keytrail audit run`.

use super::notify::{self, ChannelArgs};
use super::work::WorkArgs;
use super::{StoreArgs, login, now, proxy};
use crate::audit::source::{ListOptions, Organisation};
use crate::audit::{Audit, Ended};
use crate::cli::{
    error::CliError,
    exit,
    output::Output,
    signal,
    terminal::{Terminal, clean},
};
use crate::store::{Changes, Counts, Filter, OutcomeKind, Shard, Store, StoredFinding, Triage};
use clap::{Args, ValueEnum};
use std::process::ExitCode;

/// Failures that are named at the end; `audit status` names all.
const NAMED: usize = 20;

pub(super) const EXIT_CODES: &str = "\
Exit codes:
  0  every repository is covered, and nothing in them is open
  1  open findings; with --exit-on new only those that this run found first, or found again
  2  an error, a repository that could not be covered, or somebody who could not be told. Wins over 1";

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
    #[command(flatten)]
    kinds: KindArgs,
    /// Go on with a run that was stopped or that crashed
    #[arg(long)]
    resume: bool,
    /// Look at one of N equal parts of the repositories: part I from 1 to N, or I+1 with I from 0
    #[arg(long, value_name = "I/N", default_value = "1/1", hide_default_value = true)]
    shard: Shard,
    /// Which open findings make the exit code 1
    #[arg(long, value_name = "WHICH", value_enum, default_value = "open")]
    exit_on: ExitOn,
    /// Scan N repositories at a time; 0 leaves all to `audit worker` elsewhere, and waits
    #[arg(short, long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u16).range(0..=1000))]
    jobs: u16,
    #[command(flatten)]
    work: WorkArgs,
    #[command(flatten)]
    channels: ChannelArgs,
}

/// What makes the exit code 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ExitOn {
    /// Everything that nobody has decided upon
    Open,
    /// What the last run did not know
    New,
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
    let organisation = Organisation::parse(&args.org, args.work.base_url.as_deref())
        .map_err(|error| CliError::new(error.to_string()))?;
    let credentials = login::credentials(&organisation, args.work.token_file.as_deref())?;
    let channels = args.channels.channels()?;
    let cancel = signal::install()?;
    let store = args.store.open()?;
    let list = ListOptions {
        archived: !args.kinds.no_archived,
        forks: !args.kinds.no_forks,
        wikis: !args.kinds.no_wikis,
        proxy: proxy(),
        ..ListOptions::default()
    };
    let ended = args.work.with_worker(args.jobs.into(), &store, terminal, cancel, |worker| {
        let audit = Audit {
            worker,
            organisation: &organisation,
            source: &args.org,
            shard: args.shard,
            credentials: &credentials,
            list: &list,
            channels: &channels,
            resume: args.resume,
        };
        Ok(audit.run()?)
    })?;
    let changes = store.changes(ended.run, &now())?;
    let vanished = summary(&store, &args.org, &ended, &changes)?;
    let told = notify::tell(&store, &channels, terminal)?;
    let is_open = |finding: &&StoredFinding| finding.triage == Triage::Open;
    let findings = match args.exit_on {
        ExitOn::New => changes.new.iter().chain(&changes.reopened).filter(is_open).count(),
        // A repository that could not be read has findings that this run did not see; it makes the code 2 anyway.
        ExitOn::Open => {
            let all = store.findings(&Filter::default(), &now())?;
            let seen = |finding: &&StoredFinding| finding.life.last.run >= ended.run && finding.life.gone.is_none();
            all.iter().filter(is_open).filter(seen).count()
        }
    };
    // A folder that is not mounted, a token that sees nothing: that is no organisation without repositories.
    let emptied = ended.counts.listed == 0 && vanished > 0;
    let ending =
        exit::Ending { incomplete: !ended.is_complete() || !told || emptied, findings, findings_code: exit::REFUSED };
    Ok(ending.code())
}

/// What the run was, on standard output.
fn summary(store: &Store, source: &str, ended: &Ended, changes: &Changes) -> Result<usize, CliError> {
    let Counts { listed, scanned, unchanged, failed, not_reached, incomplete } = ended.counts;
    let failures: Vec<_> = store
        .outcomes(ended.run)?
        .into_iter()
        .filter(|outcome| outcome.kind == OutcomeKind::Failed || outcome.gap_count > 0)
        .collect();
    // What is gone from the host may have been deleted, or the token may not see it any more.
    let vanished: Vec<_> = store
        .repositories(Some(source))?
        .into_iter()
        .filter(|one| one.unlisted_at.as_ref().is_some_and(|at| *at >= ended.started))
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
        if listed == 0 && ended.problems.is_empty() {
            writeln!(out, "nothing was listed: is the name right, and may the token see its repositories?")?;
        }
        for one in vanished.iter().take(NAMED) {
            writeln!(out, "no longer listed: {}", clean(&one.listed.name))?;
        }
        if vanished.len() > NAMED {
            writeln!(out, "and {} more that are no longer listed", vanished.len() - NAMED)?;
        }
        for problem in &ended.problems {
            writeln!(out, "not listed: {}", clean(problem))?;
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
    })?;
    Ok(vanished.len())
}
