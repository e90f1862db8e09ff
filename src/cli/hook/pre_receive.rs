//! `keytrail hook pre-receive`.

use crate::cli::{error::CliError, terminal::Terminal};
use clap::Args;
use std::process::ExitCode;

/// What may be said to it.
#[derive(Debug, Args)]
pub(in crate::cli) struct PreReceiveArgs {}

pub(super) fn run(_args: &PreReceiveArgs, _terminal: &Terminal) -> Result<ExitCode, CliError> {
    Err(CliError::new("not built yet"))
}
