//! `keytrail audit worker`.

use super::StoreArgs;
use super::work::WorkArgs;
use crate::cli::{error::CliError, signal, terminal::Terminal};
use clap::Args;
use std::process::ExitCode;
use std::time::Duration;

pub(super) const HELP: &str = "\
A worker takes what `audit run` has left for it: with the same version, rules, --fingerprint-key, --base-url and sizes, and a
token of its own. It stops at SIGTERM or Ctrl-C; what it was at goes to another one.

Exit codes:
  0  it was stopped, or --exit-when-idle was reached
  2  the store cannot be used any more";

#[derive(Debug, Args)]
pub(in crate::cli) struct WorkerArgs {
    #[command(flatten)]
    store: StoreArgs,
    /// Scan N repositories at a time
    #[arg(short, long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u16).range(1..=1000))]
    jobs: u16,
    /// Stop when there has been nothing to do for so long
    #[arg(long, value_name = "SECONDS")]
    exit_when_idle: Option<u64>,
    #[command(flatten)]
    work: WorkArgs,
}

pub(super) fn run(args: &WorkerArgs, terminal: &Terminal) -> Result<ExitCode, CliError> {
    let cancel = signal::install()?;
    let store = args.store.open()?;
    let idle = args.exit_when_idle.map(Duration::from_secs);
    args.work.with_worker(args.jobs.into(), &store, terminal, cancel, |worker| Ok(worker.work(idle)?))?;
    Ok(ExitCode::SUCCESS)
}
