//! What may be said to `keytrail contain`.

use crate::cli::args::EngineArgs;
use crate::cli::auditor::AuditorArgs;
use clap::{Args, ValueEnum, ValueHint};
use std::ffi::OsString;
use std::path::PathBuf;

pub(in crate::cli) const HELP: &str = "\
Examples:
  keytrail contain 5626abf0                        what to do, as commands of AWS's own tool
  keytrail scan -f jsonl > findings.jsonl; keytrail contain 5626abf0 --findings findings.jsonl
  keytrail contain 5626abf0 --apply                make it inactive, after a confirmation
  keytrail contain 5626abf0 --undo                 make it active again

Exit codes:
  0    the commands were printed; with --apply or --undo: it is done
  2    an error: no such finding, or it was not done";

/// The arguments.
#[derive(Debug, Args)]
pub(in crate::cli) struct ContainArgs {
    /// The finding's fingerprint, or that of one of its values; the first eight digits are enough
    #[arg(value_name = "FINGERPRINT", value_parser = parse_fingerprint)]
    pub(super) fingerprint: String,
    /// Scan this repository, folder or file for it
    #[arg(long, value_name = "PATH", default_value = ".", value_hint = ValueHint::AnyPath)]
    pub(super) scan: OsString,
    /// Look for it in findings as `keytrail scan --format jsonl` writes them; `-` is standard input
    ///
    /// Redacted ones will do: a key is told by its fingerprint.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, conflicts_with = "scan")]
    pub(super) findings: Option<PathBuf>,
    /// How to write it
    #[arg(short, long, value_enum, default_value_t = ContainFormat::Text, help_heading = "Output")]
    pub(super) format: ContainFormat,
    /// Write the key's id itself into the commands
    ///
    /// Otherwise the first command takes it from the repository, without showing it.
    #[arg(long, help_heading = "Output")]
    pub(super) reveal: bool,
    #[command(flatten)]
    pub(super) apply: ApplyArgs,
    #[command(flatten)]
    pub(super) auditor: AuditorArgs,
    /// The region to ask STS in; it tells the partition [default: that of your environment or profile, else us-east-1]
    #[arg(long, value_name = "REGION", value_parser = crate::cli::verify::parse_region, help_heading = "Your own AWS credentials")]
    pub(super) region: Option<String>,
    /// Ask STS here, and nowhere else
    #[arg(long, value_name = "URL", help_heading = "Your own AWS credentials")]
    pub(super) sts_endpoint: Option<String>,
    #[command(flatten)]
    pub(in crate::cli) engine: EngineArgs,
}

/// What is done, and how it is confirmed and written down.
#[derive(Debug, Args)]
#[command(next_help_heading = "Doing it")]
pub(super) struct ApplyArgs {
    /// Make the key inactive, in your own name, after a confirmation. It can be undone
    #[arg(long, group = "doing")]
    pub(super) apply: bool,
    /// Make the key active again, after a confirmation
    #[arg(long, group = "doing")]
    pub(super) undo: bool,
    /// Confirm without being asked: the whole fingerprint of this one finding
    #[arg(long, value_name = "FINGERPRINT", requires = "doing")]
    pub(super) confirm: Option<String>,
    /// Write down here who changed what: a JSON line each, readable for you alone [default: keytrail/contain.jsonl in
    /// $`XDG_STATE_HOME` or ~/.local/state]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, requires = "doing")]
    pub(super) log: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ContainFormat {
    /// For people
    Text,
    /// One JSON object
    Json,
}

/// Eight to thirty-two hexadecimal digits.
fn parse_fingerprint(text: &str) -> Result<String, String> {
    let text = text.trim().to_ascii_lowercase();
    if (8..=32).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        Ok(text)
    } else {
        Err("a fingerprint has 32 hexadecimal digits, and eight at least are needed".to_owned())
    }
}
