//! `keytrail verify`, and what `keytrail scan --verify` shares with it.

mod ask;
mod line;
mod owners;
mod written;

pub(super) use ask::{AskArgs, caller, calls, endpoint, parse_region, verify_report};
pub(super) use owners::OwnersAsking;

use super::args::ColorArg;
use super::auditor::AuditorArgs;
use super::error::CliError;
use super::exit;
use super::output::Output;
use super::session::read_key;
use super::signal;
use super::terminal::{Terminal, colored};
use crate::model::{Status, Verification};
use clap::{Args, ValueEnum, ValueHint};
use std::io::{self, IsTerminal};
use std::path::PathBuf;
use std::process::ExitCode;
use written::Findings;

pub(super) const EXIT_CODES: &str = "\
Exit codes:
  0    everything was asked, and nothing works
  1    something works
  2    an error, or AWS did not say of something whether it works; what is known is still written";

#[derive(Debug, Args)]
pub(super) struct VerifyArgs {
    /// The findings: JSON Lines that a scan has written; `-` is standard input
    #[arg(value_name = "FINDINGS.jsonl", value_hint = ValueHint::FilePath)]
    findings: PathBuf,
    /// How to write what was found out
    #[arg(short, long, value_enum, default_value_t = VerifyFormat::Text, help_heading = "Output")]
    format: VerifyFormat,
    /// Where to write it; `-` is standard output
    #[arg(short, long, value_name = "FILE", default_value = "-", value_hint = ValueHint::FilePath, help_heading = "Output")]
    output: PathBuf,
    /// Leave the values in what is written: keep it as safe as the credentials
    #[arg(long, help_heading = "Output")]
    reveal: bool,
    /// Ask the accounts that the keys are of, with your own AWS credentials: what was leaked is not used at all
    ///
    /// Tells also whose each key is, when it was used last, and what it opens. The findings need not hold values: a key is
    /// told by its fingerprint among those of the account.
    #[arg(long, conflicts_with_all = ["partition", "rps", "only_account", "skip_account"], help_heading = "Verification")]
    as_owner: bool,
    #[command(flatten)]
    ask: AskArgs,
    #[command(flatten)]
    auditor: AuditorArgs,
    /// With --as-owner: the key that the findings' fingerprints were made with
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, requires = "as_owner", help_heading = "Verification")]
    fingerprint_key: Option<PathBuf>,
    /// No progress and no notes on standard error, only warnings and errors
    #[arg(short, long, help_heading = "Running")]
    pub(super) quiet: bool,
    /// When to use colours; a `NO_COLOR` variable is heeded
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = ColorArg::Auto, help_heading = "Running")]
    pub(super) color: ColorArg,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum VerifyFormat {
    /// For people
    Text,
    /// The same lines, each finding with its `verification`
    Jsonl,
}

/// Asks, writes, and says how it ended.
pub(super) fn run(args: &VerifyArgs, terminal: &Terminal) -> Result<ExitCode, CliError> {
    let output = Output::prepare(&args.output)?;
    signal::install()?;
    if let (false, Some(option)) = (args.as_owner, args.auditor.given()) {
        return Err(CliError::new(format!("{option} is for your own credentials")).with_hint("add --as-owner"));
    }
    let asking = args.ask.asking()?;
    let text = written::read(&args.findings)?;
    let mut findings = Findings::parse(&args.findings, &text)?;
    if !args.as_owner && findings.are_redacted() {
        let what = format!("{}: the findings hold no values to ask with", args.findings.display());
        let hint = "write them with `keytrail scan --format jsonl --reveal`, or ask their owners with --as-owner";
        return Err(CliError::new(what).with_hint(hint));
    }
    let mask = findings.mask()?;
    let answers = if args.as_owner {
        let key = args.fingerprint_key.as_deref().map(read_key).transpose()?.unwrap_or_default();
        OwnersAsking { ask: &args.ask, auditor: &args.auditor, key }.verify(&findings.ids(), &mask, terminal)?
    } else {
        asking.verify(&findings.leaked(), &mask, terminal)
    };
    findings.take(&answers, args.reveal)?;
    let on_screen = output.file().is_none() && io::stdout().is_terminal();
    output.write(|out| match args.format {
        VerifyFormat::Jsonl => findings.write_lines(out),
        VerifyFormat::Text => findings.write_text(&answers, colored(args.color, on_screen), out),
    })?;
    Ok(ending(&answers))
}

fn ending(answers: &[Verification]) -> ExitCode {
    let active = answers.iter().filter(|answer| answer.status == Status::Active).count();
    let incomplete = active == 0 && answers.iter().any(Verification::is_unanswered);
    exit::Ending { incomplete, findings: active, findings_code: 1 }.code()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Method;

    #[test]
    fn what_works_is_said_before_what_is_unknown() {
        let answer = |status, method| Verification { status, method, ..Verification::unknown("") };
        let active = answer(Status::Active, Method::CallerIdentity);
        let unanswered = answer(Status::Unknown, Method::CallerIdentity);
        let unasked = answer(Status::Unknown, Method::None);
        let inactive = answer(Status::Inactive, Method::CallerIdentity);
        for (answers, code) in [
            (vec![active, unanswered.clone()], 1),
            (vec![inactive.clone(), unanswered], 2),
            (vec![inactive, unasked], 0),
            (vec![], 0),
        ] {
            assert_eq!(ending(&answers), ExitCode::from(code));
        }
    }
}
