//! What replaces a leaked key: a role for the place that it leaked from, and policies for it.

mod actions;
mod advise;
mod attach;
mod beside;
mod call;
mod code;
mod helpers;
mod lexer;
mod names;
mod operations;
mod permission;
mod place;
mod policy;
mod resources;
mod role;
mod shell;
mod source;
mod terraform;
mod text;
mod trust;

pub use advise::{Beside, Count, Ground, Leak, Remedy, advise};
pub use beside::{Listed, Selection, beside, template_above};
pub use permission::Placeholder;
pub use place::{Kind, Place, Spot, advice, place};
pub use policy::{Condition, Policy, Statement};
pub use role::{Repository, Role, Setting, Snippet};
pub use source::{Evidence, Source};
pub use terraform::terraform;
pub use text::text;

#[cfg(test)]
mod tests;
