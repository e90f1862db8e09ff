//! What is known of providers, read from `patterns/*.toml` and from users' files, checked before it is used.

mod rule;

pub use rule::{ByteSet, Check, CredentialRule, Pattern, Rule, RuleSet};
