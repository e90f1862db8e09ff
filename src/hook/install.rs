//! Puts our hook where git, or the host round it, looks for hooks, and takes it out again.
//!
//! What is to be done is planned first and is a list of steps, so that a dry run tells exactly what a real one does. A
//! hook that is there already is kept beside ours and runs after it ([`super::chain`]).

mod error;
mod kind;
mod layout;
mod place;
mod plan;
mod program;
mod repositories;
mod script;
mod step;

pub use error::InstallError;
pub use kind::HookKind;
pub use layout::Layout;
pub use place::Place;
pub use plan::{Change, Plan, hook_runs};
pub use program::{find_program, program_warnings};
pub use repositories::{Repositories, repositories_below};
pub use script::{KEPT, Script};
pub use step::Step;
