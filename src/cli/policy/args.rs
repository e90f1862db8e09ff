//! What may be said to it.

use crate::cli::args::ColorArg;
use crate::cli::terminal::Terminal;
use crate::model::Severity;
use clap::{Args, ValueEnum, ValueHint};
use std::path::PathBuf;

/// What it exits with.
pub(in crate::cli) const EXIT_CODES: &str = "\
Exit codes:
  0    no issues, and everything was read
  1    issues (another number with --exit-code)
  2    an error, or a policy could not be read; issues are still written. Wins over 1";

/// Arguments of `keytrail policy`.
#[derive(Debug, Args)]
pub(in crate::cli) struct PolicyArgs {
    /// Files, folders, or bare repositories, of which the commit at HEAD is read
    ///
    /// In a folder, what git ignores is left out.
    #[arg(value_name = "PATH", default_value = ".", value_hint = ValueHint::AnyPath)]
    pub(super) paths: Vec<PathBuf>,
    /// How to write the report
    #[arg(short, long, value_enum, default_value_t = PolicyFormatArg::Text, help_heading = "Output")]
    pub(super) format: PolicyFormatArg,
    /// Where to write the report; `-` is standard output
    #[arg(short, long, value_name = "FILE", default_value = "-", value_hint = ValueHint::FilePath, help_heading = "Output")]
    pub(super) output: PathBuf,
    /// Leave out issues that are less severe; they are counted
    #[arg(long, value_enum, value_name = "SEVERITY", default_value_t = SeverityArg::Low, help_heading = "Output")]
    pub(super) min_severity: SeverityArg,
    /// Exit with N when there are issues
    #[arg(long, value_name = "N", default_value_t = 1, help_heading = "Output")]
    pub(super) exit_code: u8,
    /// No notes on standard error, only errors
    #[arg(short, long, help_heading = "Running")]
    pub(super) quiet: bool,
    /// When to use colours; a `NO_COLOR` variable is heeded
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = ColorArg::Auto, help_heading = "Running")]
    pub(super) color: ColorArg,
}

impl PolicyArgs {
    /// Standard error as this run uses it.
    pub(in crate::cli) fn terminal(&self) -> Terminal {
        Terminal::new(self.color, self.quiet)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum PolicyFormatArg {
    /// For people
    Text,
    /// One JSON object a line: issues, then a summary
    Jsonl,
    /// SARIF 2.1.0, for code scanning
    Sarif,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum SeverityArg {
    /// All of them
    Low,
    /// Not those that only cost care
    Medium,
    /// What makes others' rights one's own, or opens to everyone
    High,
    /// The worst
    Critical,
}

impl From<SeverityArg> for Severity {
    fn from(severity: SeverityArg) -> Self {
        match severity {
            SeverityArg::Low => Self::Low,
            SeverityArg::Medium => Self::Medium,
            SeverityArg::High => Self::High,
            SeverityArg::Critical => Self::Critical,
        }
    }
}
