//! What is known of providers, read from `patterns/*.toml` and from users' files, checked before it is used.

mod allowlist;
mod describe;
mod digest;
mod error;
mod expression;
mod file;
mod fragments;
mod load;
mod paths;
mod rule;

pub use allowlist::{Allowlist, Harmless};
pub use describe::{write_page, write_table};
pub use digest::digest;
pub use error::RulesError;
pub use expression::Expression;
pub use load::{builtin, load_user};
pub use paths::Paths;
pub use rule::{ByteSet, Check, CredentialRule, Decode, Pattern, Rule, RuleSet, Scope, Wrapped, WrappedForm};
