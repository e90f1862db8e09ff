//! `keytrail rules`.

use super::args::RulesCommand;
use super::error::CliError;
use super::output::Output;
use crate::detect::prove;
use crate::rules::{self, RuleSet, RulesError};
use std::path::PathBuf;
use std::process::ExitCode;

/// Lists, explains or checks.
pub(super) fn run(command: &RulesCommand) -> Result<ExitCode, CliError> {
    match command {
        RulesCommand::List { rules } => {
            let rules = load(rules)?;
            Output::Stdout.write(|out| rules::write_table(&rules, out))?;
        }
        RulesCommand::Explain { id, rules } => {
            let rules = load(rules)?;
            let mut known = true;
            Output::Stdout.write(|out| rules::write_page(&rules, id, out).map(|found| known = found))?;
            if !known {
                let error = CliError::new(format!("there is no rule '{}'", id.escape_debug()));
                return Err(error.with_hint("`keytrail rules list` names them all"));
            }
        }
        RulesCommand::Check { files } => {
            let set = load(files)?;
            let mut sound = true;
            Output::Stdout.write(|out| prove::write_check(&set, out).map(|held| sound = held))?;
            if !sound {
                return Err(CliError::new("some examples do not do what they are there for".to_owned()));
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The built-in rules and those of the user's `files`.
pub(super) fn load(files: &[PathBuf]) -> Result<RuleSet, RulesError> {
    let mut set = rules::builtin()?;
    files.iter().try_for_each(|file| rules::load_user(&mut set, file))?;
    Ok(set)
}
