//! `keytrail hook pre-commit`: on the author's own machine.

use super::then::Then;
use crate::cli::args::EngineArgs;
use crate::cli::output::Output;
use crate::cli::session::Session;
use crate::cli::target::Target;
use crate::cli::{error::CliError, exit, terminal::Terminal};
use crate::hook::commit::{self, Ways};
use crate::policy::CONFIG_FILE;
use clap::{Args, ValueHint};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What may be said to it.
#[derive(Debug, Args)]
pub(in crate::cli) struct PreCommitArgs {
    /// Let in whatever this file lists; see `keytrail baseline`
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "What counts")]
    baseline: Option<PathBuf>,
    #[command(flatten)]
    pub(super) engine: EngineArgs,
    #[command(flatten)]
    then: Then,
    /// Not looked at, for programs that name files: what is staged counts, and all of it
    #[arg(value_name = "FILE")]
    _files: Vec<OsString>,
}

pub(super) fn pre_commit(args: &PreCommitArgs, terminal: &Terminal) -> Result<ExitCode, CliError> {
    let session = Session::new(&args.engine, None, args.baseline.as_deref(), false, terminal)?;
    let outcome = session.scan(&[Target::Path(PathBuf::from("."))]);
    let ways = Ways {
        comments: !args.engine.no_inline_allow,
        config: match &args.engine.config {
            _ if args.engine.no_config => None,
            config => Some(config.as_deref().unwrap_or(Path::new(CONFIG_FILE)).display().to_string()),
        },
    };
    // Of a repository that could not be opened the error on the screen has said it all.
    if outcome.failed == 0 {
        let mut reports = outcome.report.repositories.iter();
        Output::Stdout.write(|out| reports.try_for_each(|report| commit::write(report, &ways, out)))?;
    }
    Ok(ExitCode::from(args.then.after(outcome.ending(exit::REFUSED).number(), &[], &[])))
}
