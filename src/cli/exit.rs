//! The one table of exit codes.

use std::process::ExitCode;

/// A hook refuses: git looks only whether it is 0.
pub(super) const REFUSED: u8 = 1;

/// An error, a usage error (clap exits with the same), or a repository that was not covered whole.
pub(super) const ERROR: u8 = 2;

/// The second Ctrl-C: 128 + SIGINT, as shells count.
pub(super) const KILLED: i32 = 130;

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ending {
    /// Something failed, or was not read. Wins over findings: a list that may be short is not an answer.
    pub(super) incomplete: bool,
    /// How many findings count.
    pub(super) findings: usize,
    /// The code for findings.
    pub(super) findings_code: u8,
}

impl Ending {
    /// The number the shell sees.
    pub(super) fn number(self) -> u8 {
        match self {
            Self { incomplete: true, .. } => ERROR,
            Self { findings: 0, .. } => 0,
            Self { findings_code, .. } => findings_code,
        }
    }

    /// The same for `main`.
    pub(super) fn code(self) -> ExitCode {
        ExitCode::from(self.number())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn incomplete_wins_over_findings_and_findings_over_nothing() {
        let number = |incomplete, findings| Ending { incomplete, findings, findings_code: 7 }.number();
        assert_eq!([number(false, 0), number(false, 3), number(true, 3), number(true, 0)], [0, 7, 2, 2]);
    }
}
