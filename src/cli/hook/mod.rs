//! `keytrail hook`: what git's hooks call, and what puts them in their places.

mod client;
mod install;
mod pre_push;
mod pre_receive;
mod then;

use super::{error::CliError, terminal::Terminal};
use clap::Subcommand;
use std::process::ExitCode;

/// What may be said after `keytrail hook`.
#[derive(Debug, Subcommand)]
pub(super) enum HookCommand {
    /// Judge a push on the server: reads git's lines on standard input, exits 1 to refuse
    PreReceive(Box<pre_receive::PreReceiveArgs>),
    /// Judge what is staged for the next commit
    PreCommit {
        #[command(flatten)]
        args: client::PreCommitArgs,
        #[command(flatten)]
        then: then::Then,
    },
    /// Judge what is about to be pushed, before it leaves: what the remote is not known to have
    PrePush(pre_push::PrePushArgs),
    /// Put the hook where git looks for it
    Install(install::InstallArgs),
    /// Take the hook out again
    Uninstall(install::UninstallArgs),
    /// Check that an installed hook can do its work
    Doctor(install::DoctorArgs),
}

pub(super) fn run(command: &HookCommand, terminal: &Terminal) -> Result<ExitCode, CliError> {
    match command {
        HookCommand::PreReceive(args) => pre_receive::run(args, terminal),
        HookCommand::PreCommit { args, then } => match client::pre_commit(args, terminal)? {
            ExitCode::SUCCESS => Ok(ExitCode::from(then.after(0, &[], &[]))),
            refused => Ok(refused),
        },
        HookCommand::PrePush(args) => pre_push::run(args),
        HookCommand::Install(args) => install::install(args, terminal),
        HookCommand::Uninstall(args) => install::uninstall(args, terminal),
        HookCommand::Doctor(args) => install::doctor(args, terminal),
    }
}
