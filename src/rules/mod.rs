//! What is known of providers, read from `patterns/*.toml` and from users' files, checked before it is used.

mod rule;
mod stub; // TEMPORARY

pub use rule::{ByteSet, Check, CredentialRule, Pattern, Rule, RuleSet};
pub use stub::{RulesError, builtin, describe, load}; // TEMPORARY
