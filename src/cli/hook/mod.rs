//! `keytrail hook`: what git's hooks call, and what puts them in their places.

mod client;
mod install;
mod pre_push;
mod pre_receive;
mod then;

use super::{error::CliError, terminal::Terminal};
use clap::Subcommand;
use std::process::ExitCode;

const PRE_COMMIT: &str = "\
`keytrail hook install --pre-commit` lets git run it.

Exit codes:
  0    the commit brings nothing that counts, and all of it was read
  1    it brings credentials
  2    an error, or something could not be read. Wins over 1
Git stops the commit for each but 0.";

/// What may be said after `keytrail hook`.
#[derive(Debug, Subcommand)]
pub(super) enum HookCommand {
    /// Judge a push on the server: reads git's lines on standard input, exits 1 to refuse
    PreReceive(Box<pre_receive::PreReceiveArgs>),
    /// Judge what is staged for the next commit, on your own machine: exits 1 to stop it
    ///
    /// Reads the staged version of each file and counts what the commit's parents do not hold. Comments on the line, the
    /// repository's .keytrail.toml and a baseline are heeded. Says nothing if there is nothing to say. What is committed
    /// already is not told again: that is for the hook before a push, and for `keytrail scan`.
    #[command(after_help = PRE_COMMIT)]
    PreCommit(Box<client::PreCommitArgs>),
    /// Judge what is about to be pushed, before it leaves: what the remote is not known to have
    PrePush(Box<pre_push::PrePushArgs>),
    /// Put the hook where git looks for it
    Install(install::InstallArgs),
    /// Take the hook out again
    Uninstall(install::UninstallArgs),
    /// Check that an installed hook can do its work
    Doctor(install::DoctorArgs),
}

/// Standard error as the command uses it.
pub(super) fn terminal(command: &HookCommand) -> Terminal {
    match command {
        HookCommand::PreCommit(args) => Terminal::new(args.engine.color, args.engine.quiet),
        _ => Terminal::plain(),
    }
}

pub(super) fn run(command: &HookCommand, terminal: &Terminal) -> Result<ExitCode, CliError> {
    match command {
        HookCommand::PreReceive(args) => Ok(pre_receive::run(args)),
        HookCommand::PreCommit(args) => client::pre_commit(args, terminal),
        HookCommand::PrePush(args) => pre_push::run(args),
        HookCommand::Install(args) => install::install(args, terminal),
        HookCommand::Uninstall(args) => install::uninstall(args, terminal),
        HookCommand::Doctor(args) => install::doctor(args, terminal),
    }
}
