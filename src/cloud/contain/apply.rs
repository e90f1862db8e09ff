//! Makes a key inactive, or active again, and looks whether it is so.

use crate::cloud::canary;
use crate::cloud::{Auditor, CallError, Found, Identity, LeakedId, Owners, Whereabouts};
use crate::model::Lifetime;
use std::fmt;

/// What becomes of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// It opens nothing any more.
    Deactivate,
    /// It works again.
    Activate,
}

impl Change {
    /// IAM's word for the status that comes of it.
    pub fn status(self) -> &'static str {
        match self {
            Self::Deactivate => "Inactive",
            Self::Activate => "Active",
        }
    }
}

/// Why a key was not changed, or why that is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ContainError {
    /// It is laid out to be found; whose it is.
    Canary(String),
    /// A session's key has no status.
    Temporary,
    /// It is what the auditor signs with.
    Own,
    /// It is no more: why that is known.
    Gone(String),
    /// It was not found: why.
    NotFound(String),
    /// Nobody knows in whose name: why.
    Nobody(String),
    /// IAM refuses, or did not answer; what the key's status is now, if that could be seen.
    Failed {
        /// What went wrong.
        error: CallError,
        /// `Active`, `Inactive`, `Expired`.
        status: Option<String>,
    },
    /// IAM said yes, and the status is another one, or cannot be seen.
    NotSo(Option<String>),
}

impl fmt::Display for ContainError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Canary(whose) => write!(f, "it is a canary of {whose}: it is meant to be found, and is left alone"),
            Self::Temporary => f.write_str(
                "a session's key cannot be made inactive: its role or user can be denied everything, see the commands",
            ),
            Self::Own => f.write_str(
                "it is the key that you are using now: without it nothing could be checked, or undone; use another one",
            ),
            Self::Gone(why) => write!(f, "there is nothing to do: {why}"),
            Self::NotFound(why) => write!(f, "the key was not found, and nothing was done: {why}"),
            Self::Nobody(why) => f.write_str(why),
            Self::Failed { error, status: Some(status) } => write!(f, "it was not done: {error}; the key is {status}"),
            Self::Failed { error, status: None } => {
                write!(f, "it may or may not have been done: {error}; look with `aws iam list-access-keys`")
            }
            Self::NotSo(Some(status)) => {
                write!(f, "IAM said that it was done, and the key is still {status}: try again")
            }
            Self::NotSo(None) => f.write_str(
                "IAM said that it was done, and its status cannot be seen; look with `aws iam list-access-keys`",
            ),
        }
    }
}

impl std::error::Error for ContainError {}

/// A key that may be changed, and in whose name.
#[derive(Debug, Clone)]
pub struct Target {
    /// The key in its account.
    pub found: Found,
    /// The auditor.
    pub by: Identity,
}

/// Finds a leaked key and whoever is to change it. Nothing is changed yet.
///
/// # Errors
/// It cannot or must not be changed.
pub fn target(auditor: &Auditor<'_>, owners: &mut Owners<'_>, leaked: &LeakedId) -> Result<Target, ContainError> {
    let of_canary = |account: &str| canary(account).map(|whose| ContainError::Canary(whose.to_owned()));
    if let Some(error) = leaked.account_id.as_deref().and_then(of_canary) {
        return Err(error);
    }
    if leaked.lifetime == Some(Lifetime::Temporary) {
        return Err(ContainError::Temporary);
    }
    let nobody = |error: &dyn fmt::Display| ContainError::Nobody(error.to_string());
    let by = auditor.identity().map_err(|error| nobody(&error))?;
    let found = match owners.find(leaked) {
        Whereabouts::Found(found) => *found,
        Whereabouts::Gone(_, why) => return Err(ContainError::Gone(why)),
        Whereabouts::Unknown(why) => return Err(ContainError::NotFound(why)),
    };
    let own = auditor.own().map_err(|error| nobody(&error))?;
    if own.key.id.expose() == found.key.id.as_bytes() {
        return Err(ContainError::Own);
    }
    match of_canary(&found.account) {
        Some(error) => Err(error),
        None => Ok(Target { found, by }),
    }
}

/// Changes the key. Its status is looked at afterwards, whatever IAM answered.
///
/// # Errors
/// It was not done, or nobody knows.
pub fn apply(owners: &Owners<'_>, target: &Target, change: Change) -> Result<(), ContainError> {
    let Target { found, .. } = target;
    let none = || ContainError::NotFound(format!("account {} was not asked", found.account));
    let account = owners.account(found).ok_or_else(none)?;
    let done = account.set_active(&found.key, change == Change::Activate);
    let now = account.keys(&found.key.user).ok();
    let status = now.and_then(|keys| keys.into_iter().find(|key| key.id == found.key.id)).map(|key| key.status);
    match (done, status) {
        (_, Some(status)) if status == change.status() => Ok(()),
        (Err(error), status) => Err(ContainError::Failed { error, status }),
        (Ok(()), status) => Err(ContainError::NotSo(status)),
    }
}

#[cfg(test)]
mod tests;
