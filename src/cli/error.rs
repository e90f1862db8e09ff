//! What the user reads when something goes wrong.

use crate::git::mirror::MirrorError;
use crate::policy::PolicyError;
use crate::rules::RulesError;
use crate::scan::ScanError;
use std::fmt;

/// A message that names the thing, and what to do about it where that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CliError {
    message: String,
    hint: Option<String>,
}

impl CliError {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), hint: None }
    }

    pub(super) fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    pub(super) fn hint(&self) -> Option<&str> {
        self.hint.as_deref()
    }
}

impl fmt::Display for CliError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl From<PolicyError> for CliError {
    fn from(error: PolicyError) -> Self {
        Self { message: error.to_string(), hint: error.hint().map(str::to_owned) }
    }
}

impl From<RulesError> for CliError {
    fn from(error: RulesError) -> Self {
        Self::new(error.to_string())
    }
}

impl From<ScanError> for CliError {
    fn from(error: ScanError) -> Self {
        Self { message: error.to_string(), hint: error.hint() }
    }
}

impl From<MirrorError> for CliError {
    fn from(error: MirrorError) -> Self {
        Self { message: error.to_string(), hint: error.hint().map(str::to_owned) }
    }
}
