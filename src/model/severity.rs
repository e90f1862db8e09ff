//! How bad a finding is, and how sure we are.

use serde::{Deserialize, Serialize};
use std::fmt;

/// How bad it is if the finding is real.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Tells something, opens nothing: a lone temporary id, an expired URL.
    Low,
    /// An account to look at: a lone long-lived access key id.
    Medium,
    /// Half of a working credential: a lone secret, or an expired-by-now session.
    High,
    /// A complete long-lived credential.
    Critical,
}

impl Severity {
    /// All of them, least first.
    pub const ALL: [Self; 4] = [Self::Low, Self::Medium, Self::High, Self::Critical];
}

/// How sure we are that the value is what the rule says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// Shape alone.
    Low,
    /// Shape and some context.
    Medium,
    /// Shape and a name or a partner beside it.
    High,
}

macro_rules! lower_case_display {
    ($($type:ty),*) => {$(
        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&format!("{self:?}").to_ascii_lowercase())
            }
        }
    )*};
}
lower_case_display!(Severity, Confidence);
