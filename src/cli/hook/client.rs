//! `keytrail hook pre-commit`: on the author's own machine.

use crate::cli::{error::CliError, terminal::Terminal};
use clap::Args;
use std::process::ExitCode;

/// What may be said to it.
#[derive(Debug, Args)]
pub(in crate::cli) struct PreCommitArgs {}

pub(super) fn pre_commit(_args: &PreCommitArgs, _terminal: &Terminal) -> Result<ExitCode, CliError> {
    Err(CliError::new("not built yet"))
}
