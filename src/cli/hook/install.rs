//! `keytrail hook install`, `uninstall` and `doctor`.

use crate::cli::{error::CliError, terminal::Terminal};
use clap::Args;
use std::process::ExitCode;

/// What may be said to `install`.
#[derive(Debug, Args)]
pub(in crate::cli) struct InstallArgs {}

/// What may be said to `uninstall`.
#[derive(Debug, Args)]
pub(in crate::cli) struct UninstallArgs {}

/// What may be said to `doctor`.
#[derive(Debug, Args)]
pub(in crate::cli) struct DoctorArgs {}

pub(super) fn install(_args: &InstallArgs, _terminal: &Terminal) -> Result<ExitCode, CliError> {
    Err(CliError::new("not built yet"))
}

pub(super) fn uninstall(_args: &UninstallArgs, _terminal: &Terminal) -> Result<ExitCode, CliError> {
    Err(CliError::new("not built yet"))
}

pub(super) fn doctor(_args: &DoctorArgs, _terminal: &Terminal) -> Result<ExitCode, CliError> {
    Err(CliError::new("not built yet"))
}
