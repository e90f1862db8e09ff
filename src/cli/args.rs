//! The command line: what may be said, and what it says of itself.

use super::audit::AuditCommand;
use super::auditor::AuditorArgs;
use super::contain::ContainArgs;
use super::hook::HookCommand;
use super::policy::PolicyArgs;
use super::replace::ReplaceArgs;
use super::report::ReportArgs;
use super::verify::{AskArgs, VerifyArgs};
use crate::policy::parse_size;
use clap::builder::{NonEmptyStringValueParser, ValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};
use std::ffi::OsString;
use std::num::NonZeroUsize;
use std::path::PathBuf;

const EXIT_CODES: &str = "\
Exit codes:
  0    nothing found, and everything was read
  1    findings (another number with --exit-code)
  2    an error, or something could not be read; findings are still written. Wins over 1
  130  stopped at once by a second Ctrl-C";

/// Options that only mean something where history is read.
const HISTORY_ONLY: [&str; 4] = ["range", "since", "reachable_only", "worktree"];

const EXAMPLES: &str = "\
Examples:
  keytrail scan                                   this repository, all of its history
  keytrail scan -f sarif -o keytrail.sarif        for code scanning
  keytrail scan https://git.example.org/app.git   a repository elsewhere
  keytrail scan --staged                          what the next commit would bring
  keytrail scan --range origin/main..HEAD         what a branch brings
  keytrail baseline && keytrail scan --baseline .keytrail-baseline.json
                                                  from today on, only what is new";

/// Finds AWS credentials in the whole history of git repositories: who brought them in, whether they are still there,
/// and what to do.
#[derive(Debug, Parser)]
#[command(name = "keytrail", version, max_term_width = 100, after_help = format!("{EXAMPLES}\n\n{EXIT_CODES}"))]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Scan repositories and report what was leaked
    ///
    /// Reads every object of each repository, also those that no branch reaches any more, and reports each credential
    /// once, with the commit that brought it in. Values are shown by their first four characters and length.
    #[command(after_help = EXIT_CODES)]
    Scan(Box<ScanArgs>),
    /// Scan, and write down what is known, so that later scans count only what is new
    ///
    /// The file lists fingerprints of values, not places: moved code, rebases and squashes change nothing, and a new
    /// secret is never hidden by an old one. Give it to `keytrail scan --baseline`. Exits 0 once the file is written,
    /// unless something could not be read.
    Baseline(Box<BaselineArgs>),
    /// Ask AWS whether the credentials of an earlier scan's findings work, and whose they are
    ///
    /// Reads JSON Lines as `keytrail scan --format jsonl --reveal` writes them, and writes them again with what was found out.
    /// Values are left out unless --reveal is given. Each question is logged by AWS in the account that the key is of.
    #[command(after_help = super::verify::EXIT_CODES)]
    Verify(Box<VerifyArgs>),
    /// Shut one leaked key off: the commands for it in order, or the first of them done
    ///
    /// Prints what to do about a finding as commands of AWS's own tool: whose it is, make it inactive, look at what was done with
    /// it, replace it, delete it. Nothing is asked and nothing is changed unless --apply is given.
    #[command(after_help = super::contain::HELP)]
    Contain(Box<ContainArgs>),
    /// Say what replaces a leaked key: which role, and the policies for it
    ///
    /// Scans as `scan` does, and for each finding says from the place of the leak which role to use there (of a Lambda
    /// function, an instance, a task, a pod, a pipeline, a person …), how to attach it, who may assume it, and which
    /// permissions the code beside the leak needs: actions and ARNs are taken from its calls of AWS. Exits 0 when that is
    /// told.
    Replace(Box<ReplaceArgs>),
    /// Stop credentials at the door: in git's hooks, on a server or on your own machine
    #[command(subcommand)]
    Hook(HookCommand),
    /// Scan an organisation's repositories on a schedule, and remember what was found
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Write what an audit knows as a page for a browser, or as a table
    Report(ReportArgs),
    /// Look through IAM policies in templates and policy files for what is not least privilege
    ///
    /// Reads JSON, CloudFormation, SAM, Serverless and Terraform files: the policy documents in them, and the users and
    /// access keys that they make. Nothing is asked of AWS.
    #[command(after_help = super::policy::EXIT_CODES)]
    Policy(PolicyArgs),
    /// Show and check what is searched for
    #[command(subcommand)]
    Rules(RulesCommand),
    /// Print completions for a shell
    ///
    /// For bash: `keytrail completions bash > ~/.local/share/bash-completion/completions/keytrail`
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

#[derive(Debug, Args)]
#[allow(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub(super) struct ScanArgs {
    #[command(flatten)]
    pub(super) targets: Targets,
    #[command(flatten)]
    pub(super) output: OutputArgs,
    /// Read only what is staged for the next commit, and of each file what the commit's parents do not hold
    ///
    /// History is not read, which makes this a matter of milliseconds. In a hook, `.` is what git says it is: `GIT_DIR`,
    /// `GIT_WORK_TREE` and `GIT_INDEX_FILE` are heeded. See also `keytrail hook pre-commit`.
    #[arg(long, conflicts_with_all = HISTORY_ONLY, help_heading = "What is read")]
    pub(super) staged: bool,
    /// Read one text from standard input, as the path `-` does
    #[arg(long, conflicts_with_all = HISTORY_ONLY, conflicts_with_all = ["targets", "staged"], help_heading = "What is read")]
    pub(super) stdin: bool,
    /// Do not count findings whose every value this file lists; see `keytrail baseline`
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "What counts")]
    pub(super) baseline: Option<PathBuf>,
    #[command(flatten)]
    pub(super) history: HistoryArgs,
    #[command(flatten)]
    pub(super) engine: EngineArgs,
    /// Ask AWS whether each credential works, and whose it is
    ///
    /// Off unless you say so: the question (STS, `GetCallerIdentity`) is asked with the credential itself, and AWS logs it in the
    /// account that it is of. Canaries are never asked for.
    #[arg(long, conflicts_with = "offline", help_heading = "Verification")]
    pub(super) verify: bool,
    /// With --verify: ask the accounts that the keys are of, with your own AWS credentials: what was leaked is not used at all
    ///
    /// Tells also whose each key is, when it was used last, and what it opens.
    #[arg(long, requires = "verify", conflicts_with_all = ["partition", "rps", "only_account", "skip_account"], help_heading = "Verification")]
    pub(super) as_owner: bool,
    #[command(flatten)]
    pub(super) auditor: AuditorArgs,
    /// Open no connection whatsoever: refuse URLs, and --verify
    #[arg(long, help_heading = "Verification")]
    pub(super) offline: bool,
    #[command(flatten)]
    pub(super) ask: AskArgs,
}

#[derive(Debug, Args)]
pub(super) struct BaselineArgs {
    #[command(flatten)]
    pub(super) targets: Targets,
    /// The file to write
    #[arg(short, long, value_name = "FILE", default_value = crate::policy::BASELINE_FILE, value_hint = ValueHint::FilePath)]
    pub(super) output: PathBuf,
    #[command(flatten)]
    pub(super) history: HistoryArgs,
    #[command(flatten)]
    pub(super) engine: EngineArgs,
}

#[derive(Debug, Args)]
pub(super) struct Targets {
    /// Repositories: folders (bare or with a work tree) or URLs (https, ssh, git, file, user@host:path); also files,
    /// folders without a repository, and `-` for standard input
    ///
    /// A folder that is in no repository is scanned file by file, and so is a file, wherever it lies. A URL is mirrored with your own git and your credentials for it into a temporary folder, which is deleted
    /// afterwards.
    #[arg(value_name = "PATH|URL", default_value = ".", value_hint = ValueHint::AnyPath, value_parser = ValueParser::os_string())]
    pub(super) targets: Vec<OsString>,
}

#[derive(Debug, Args)]
#[allow(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
#[command(next_help_heading = "Output")]
pub(super) struct OutputArgs {
    /// How to write the report
    #[arg(short, long, value_enum, default_value_t = FormatArg::Text)]
    pub(super) format: FormatArg,
    /// Where to write the report; `-` is standard output
    ///
    /// The file is made readable for you alone, and appears only when the report is whole.
    #[arg(short, long, value_name = "FILE", default_value = "-", value_hint = ValueHint::FilePath)]
    pub(super) output: PathBuf,
    /// Write the same report once more, in another format: `--also sarif=keytrail.sarif` (repeatable)
    #[arg(long, value_name = "FORMAT=FILE", value_hint = ValueHint::FilePath, value_parser = parse_copy)]
    pub(super) also: Vec<(FormatArg, PathBuf)>,
    /// Write the values themselves into the report: keep it as safe as the credentials
    #[arg(long)]
    pub(super) reveal: bool,
    /// Show also what matched and was dropped, each with the reason
    #[arg(long)]
    pub(super) explain: bool,
    /// Show also findings that a comment, the configuration or the baseline hides
    #[arg(long)]
    pub(super) show_suppressed: bool,
    /// Exit with N when there are findings
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(super) exit_code: u8,
}

/// Which part of a repository is read and counts, apart from what is staged.
#[derive(Debug, Default, Args)]
#[allow(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub(super) struct HistoryArgs {
    /// Count only what commits of this range introduced: `A..B`, `A...B`, `A`, `^A` as for git rev-list (repeatable)
    ///
    /// All of history is read, so that what is older is known to be older.
    #[arg(long, value_name = "REVISIONS", allow_hyphen_values = true, help_heading = "What is read")]
    pub(super) range: Vec<String>,
    /// Count only what commits since then introduced: `2026-01-31`, `2026-01-31T12:00`, `2 weeks ago`
    #[arg(long, value_name = "DATE", value_parser = super::since::parse, help_heading = "What is read")]
    pub(super) since: Option<i64>,
    /// Read the files of the work tree as they lie there, tracked or not, and not the history
    #[arg(long, conflicts_with_all = ["range", "since", "reachable_only"], help_heading = "What is read")]
    pub(super) worktree: bool,
    /// With --worktree: read also what git ignores
    #[arg(long, requires = "worktree", help_heading = "What is read")]
    pub(super) no_ignore: bool,
    /// Leave out this clone's own configuration and reflogs, which no push carries: a CI system keeps its own token there
    #[arg(long, help_heading = "What is read")]
    pub(super) no_own_files: bool,
    /// Leave out findings that no ref reaches (amended, force-pushed-away and dropped work)
    #[arg(long, help_heading = "What is read")]
    pub(super) reachable_only: bool,
}

/// What all scans have in common.
#[derive(Debug, Args)]
#[allow(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub(super) struct EngineArgs {
    /// Accept missing objects, LFS files that are not stored here and shallow history: name them, but do not exit 2 for them
    #[arg(long, help_heading = "What is read")]
    pub(super) allow_missing: bool,
    /// Hold no object larger than this in memory whole: larger ones are read in pieces where possible, or named
    #[arg(long, value_name = "SIZE", default_value = "64M", value_parser = parse_size, help_heading = "What is read")]
    pub(super) max_object_size: u64,
    /// Do not look into what is encoded or packed (base64, UTF-16, archives …): read bytes as they lie
    #[arg(long, help_heading = "What is read")]
    pub(super) no_decode: bool,
    /// Unpack and decode no object to more than its own size and this much; what is left is named
    #[arg(long, value_name = "SIZE", default_value = "256M", value_parser = parse_size, conflicts_with = "no_decode", help_heading = "What is read")]
    pub(super) max_decoded: u64,
    /// Search for what this rule file describes, too (repeatable)
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "What counts")]
    pub(super) rules: Vec<PathBuf>,
    /// Use this allowlist instead of each repository's own .keytrail.toml
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath, conflicts_with = "no_config", help_heading = "What counts")]
    pub(super) config: Option<PathBuf>,
    /// Use no allowlist, not even the repository's own
    #[arg(long, help_heading = "What counts")]
    pub(super) no_config: bool,
    /// Count also what a comment on its line allows (`keytrail:allow` and the like)
    #[arg(long, help_heading = "What counts")]
    pub(super) no_inline_allow: bool,
    /// Make fingerprints with the key in this file (16 bytes or more) instead of the public one
    ///
    /// Nobody without the key can then test guesses against your reports and baselines; fingerprints made with
    /// another key do not match.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "What counts")]
    pub(super) fingerprint_key: Option<PathBuf>,
    /// Use N threads [default: one a core]
    #[arg(short, long, value_name = "N", help_heading = "Running")]
    pub(super) jobs: Option<NonZeroUsize>,
    /// No progress and no notes on standard error, only errors
    #[arg(short, long, help_heading = "Running")]
    pub(super) quiet: bool,
    /// When to use colours; a `NO_COLOR` variable is heeded
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = ColorArg::Auto, help_heading = "Running")]
    pub(super) color: ColorArg,
}

#[derive(Debug, Subcommand)]
pub(super) enum RulesCommand {
    /// List all rules, one a line
    List {
        /// Also those of this file (repeatable)
        #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
        rules: Vec<PathBuf>,
    },
    /// Tell what a rule finds, why it matters and what to do
    Explain {
        /// The rule's id, as in reports
        #[arg(value_parser = NonEmptyStringValueParser::new())]
        id: String,
        /// Also know the rules of this file (repeatable)
        #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
        rules: Vec<PathBuf>,
    },
    /// Check the built-in rules and these files, each rule by its own examples
    Check {
        /// The files
        #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
        files: Vec<PathBuf>,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum FormatArg {
    /// For people
    Text,
    /// One JSON object a line: findings, then a summary
    Jsonl,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// GitLab's secret detection report, of one repository
    Gitlab,
    /// Annotations of a job of GitHub Actions
    Github,
    /// A page for the browser: one file that needs no network
    Html,
    /// A table, one row a finding
    Csv,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ColorArg {
    /// On a terminal
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// Format and file of `sarif=keytrail.sarif`.
fn parse_copy(text: &str) -> Result<(FormatArg, PathBuf), String> {
    match text.split_once('=') {
        Some((_, "" | "-")) => Err("name a file after the '='".to_owned()),
        Some((format, file)) => Ok((FormatArg::from_str(format, false)?, file.into())),
        None => Err("write a format, '=' and a file, e.g. sarif=keytrail.sarif".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_copy_is_a_format_and_a_file() {
        assert_eq!(parse_copy("text=a=b"), Ok((FormatArg::Text, "a=b".into())));
        for text in ["text", "text=", "text=-", "xml=a", "=a"] {
            assert!(parse_copy(text).is_err(), "{text}");
        }
    }
}
