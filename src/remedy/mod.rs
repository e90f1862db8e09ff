//! What replaces a leaked key: a role for the place that it leaked from, and policies for it.

mod actions;
mod call;
mod code;
mod helpers;
mod lexer;
mod names;
mod operations;
mod permission;
mod policy;
mod resources;
mod shell;
mod source;

pub use permission::Placeholder;
pub use policy::{Condition, Policy, Statement};
pub use source::{Evidence, Source};
