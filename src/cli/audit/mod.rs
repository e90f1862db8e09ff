//! `keytrail audit`: many repositories, one after the other, and what is remembered of them.

mod answers;
mod job;
mod login;
mod notify;
mod run;
mod work;
mod worker;

use super::{error::CliError, terminal::Terminal};
use crate::audit::AuditError;
use crate::model::Secret;
use crate::store::{Moment, Store, StoreAddress, StoreError};
use clap::{Args, Subcommand};
use std::process::ExitCode;

/// What may be said after `keytrail audit`.
#[derive(Debug, Subcommand)]
pub(super) enum AuditCommand {
    /// List an organisation's repositories and scan what has changed since the last run
    #[command(after_help = run::EXIT_CODES)]
    Run(Box<run::RunArgs>),
    /// Scan what `audit run` has listed, on as many machines as there are
    #[command(after_help = worker::HELP)]
    Worker(Box<worker::WorkerArgs>),
    /// Show the last runs, and what the last one did not cover
    Status(answers::StatusArgs),
    /// Show what is known: findings, how long they stood, what was decided about them
    Findings(Box<answers::FindingsArgs>),
    /// Write down what was decided about a credential
    Mark(Box<answers::MarkArgs>),
    /// Show what a run changed: new, come back, fixed, gone
    Diff(answers::DiffArgs),
    /// Tell people of new findings who could not be told before
    Notify(Box<notify::NotifyArgs>),
    /// Scan one repository for `audit run`, which starts this for each
    #[command(hide = true)]
    Job,
}

/// Where everything is remembered.
#[derive(Debug, Args)]
pub(super) struct StoreArgs {
    /// The store: a file, or postgres://…
    #[arg(long, value_name = "FILE|URL")]
    store: String,
}

impl StoreArgs {
    /// The store, which is made if it is not there.
    fn open(&self) -> Result<Store, CliError> {
        Ok(Store::open(&StoreAddress::parse(&self.store))?)
    }

    /// The store, which has to be there.
    pub(super) fn open_existing(&self) -> Result<Store, CliError> {
        Ok(Store::open_existing(&StoreAddress::parse(&self.store))?)
    }
}

impl From<AuditError> for CliError {
    fn from(error: AuditError) -> Self {
        match error {
            AuditError::Store(error) => error.into(),
            AuditError::Queue(error) => Self::new(error.to_string()),
        }
    }
}

impl From<StoreError> for CliError {
    fn from(error: StoreError) -> Self {
        let told = Self::new(error.to_string());
        match error.hint() {
            Some(hint) => told.with_hint(hint),
            None => told,
        }
    }
}

pub(super) fn run(command: &AuditCommand, terminal: &Terminal) -> Result<ExitCode, CliError> {
    match command {
        AuditCommand::Run(args) => run::run(args, terminal),
        AuditCommand::Worker(args) => worker::run(args, terminal),
        AuditCommand::Status(args) => answers::status(args),
        AuditCommand::Findings(args) => answers::findings(args),
        AuditCommand::Mark(args) => answers::mark(args),
        AuditCommand::Diff(args) => answers::diff(args),
        AuditCommand::Notify(args) => notify::run(args, terminal),
        AuditCommand::Job => job::run(),
    }
}

/// The proxy that the environment names.
pub(in crate::cli) fn proxy() -> Option<Secret> {
    let names = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
    let url = names.iter().find_map(|name| std::env::var_os(name).filter(|value| !value.is_empty()))?;
    Some(Secret::new(url.as_encoded_bytes()))
}

/// When it is.
pub(in crate::cli) fn now() -> Moment {
    Moment::from(jiff::Timestamp::now())
}
