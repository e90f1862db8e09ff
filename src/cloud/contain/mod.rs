//! How a leaked key is shut off: the commands, and the one of them that Keytrail runs itself when it is told to.

mod apply;
mod place;
mod quote;
mod steps;
#[cfg(test)]
mod tests;

pub use apply::{Change, ContainError, Target, apply, target};
pub use place::Spot;
pub use quote::quoted;
pub use steps::{Step, StepOptions, Subject, steps};
