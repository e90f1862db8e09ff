//! One thing that was looked at.

use std::fmt;

/// How it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// As it should be.
    Ok,
    /// The hook works, and something may go wrong some day or for somebody.
    Warning,
    /// The hook does not do its work, or refuses everything.
    Problem,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// How it stands.
    pub state: State,
    /// What it is, in a word or two.
    pub name: &'static str,
    /// What was seen.
    pub text: String,
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Problem => "problem",
        })
    }
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:7}  {}: {}", self.state, self.name, self.text)
    }
}

pub(super) fn ok(name: &'static str, text: String) -> Check {
    Check { state: State::Ok, name, text }
}

pub(super) fn warning(name: &'static str, text: String) -> Check {
    Check { state: State::Warning, name, text }
}

pub(super) fn problem(name: &'static str, text: String) -> Check {
    Check { state: State::Problem, name, text }
}
