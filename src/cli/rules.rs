//! `keytrail rules`.

use super::args::RulesCommand;
use super::error::CliError;
use super::output::Output;
use crate::rules::{self, RuleSet, describe};
use std::path::PathBuf;
use std::process::ExitCode;

/// Lists, explains or checks.
pub(super) fn run(command: &RulesCommand) -> Result<ExitCode, CliError> {
    match command {
        RulesCommand::List { rules } => {
            let rules = load(rules)?;
            Output::Stdout.write(|out| describe::list(&rules, out))?;
        }
        RulesCommand::Explain { id, rules } => {
            let rules = load(rules)?;
            let mut known = true;
            Output::Stdout.write(|out| describe::explain(&rules, id, out).map(|found| known = found))?;
            if !known {
                let error = CliError::new(format!("there is no rule '{}'", id.escape_debug()));
                return Err(error.with_hint("`keytrail rules list` names them all"));
            }
        }
        RulesCommand::Check { files } => {
            let set = load(files)?;
            let (rules, credentials) = (set.rules.len(), set.credentials.len());
            Output::Stdout.write(|out| writeln!(out, "{rules} rules and {credentials} credentials are sound"))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn load(files: &[PathBuf]) -> Result<RuleSet, CliError> {
    Ok(if files.is_empty() { rules::builtin()? } else { rules::load(files)? })
}
