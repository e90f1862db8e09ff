//! `keytrail replace`: what to use instead of a leaked key.

mod files;

use super::args::{EngineArgs, HistoryArgs};
use super::error::CliError;
use super::output::Output;
use super::scan::warn_of_gaps;
use super::session::Session;
use super::target::Target;
use super::terminal::Terminal;
use crate::model::{Finding, Fingerprint, RepositoryReport};
use crate::remedy::{self, Leak, Remedy, Repository, Setting, Spot};
use crate::report::Mask;
use clap::{Args, ValueEnum, ValueHint};
use files::Files;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const AFTER_HELP: &str = "\
Exit codes:
  0  told, or nothing found
  2  an error, an unknown fingerprint, or something could not be read; what is known is still written

Examples:
  keytrail replace                               for every finding of this repository
  keytrail replace . 0123456789abcdef0123456789abcdef
  keytrail replace -f terraform -o replace.tf    as resources of Terraform";

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum RemedyFormat {
    /// For people: the role, the steps in order, the policies
    Text,
    /// A list with one object a finding
    Json,
    /// Resources of Terraform
    Terraform,
}

/// What may be said to it.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct ReplaceArgs {
    /// A repository's folder, or a folder or file in none [default: .]; then fingerprints, as reports have them: of all
    /// findings if none is named
    #[arg(value_name = "PATH|FINGERPRINT", value_hint = ValueHint::AnyPath)]
    targets: Vec<OsString>,
    /// How to write it
    #[arg(short, long, value_enum, default_value_t = RemedyFormat::Text, help_heading = "Output")]
    format: RemedyFormat,
    /// Where to write it; `-` is standard output
    #[arg(short, long, value_name = "FILE", default_value = "-", value_hint = ValueHint::FilePath, help_heading = "Output")]
    output: PathBuf,
    #[command(flatten)]
    pub(super) engine: EngineArgs,
}

/// Scans, and says what replaces each key.
pub(super) fn run(args: &ReplaceArgs, terminal: &Terminal) -> Result<ExitCode, CliError> {
    let output = Output::prepare(&args.output)?;
    let (target, wanted) = targets(&args.targets)?;
    let session = Session::new(&args.engine, Some(&HistoryArgs::default()), None, false, terminal)?;
    let outcome = session.scan(std::slice::from_ref(&target));
    warn_of_gaps(&outcome.report, terminal);
    let mask = Mask::new(&outcome.report.repositories, false);
    let mask = mask.map_err(|error| CliError::new(format!("cannot hide the values: {error}")))?;
    let (mut remedies, mut unknown) = (Vec::new(), wanted.clone());
    for repository in &outcome.report.repositories {
        let findings = chosen(repository, &wanted);
        unknown.retain(|one| !findings.iter().any(|finding| has(finding, one)));
        let mut files = Files::open(&target, repository, &mask)?;
        for finding in findings {
            remedies.push(remedy_for(finding, repository, &mut files, &mask));
        }
    }
    if outcome.failed == 0 && !unknown.is_empty() {
        let names: Vec<&str> = unknown.iter().map(Fingerprint::as_str).collect();
        let message = format!("{}: no finding has the fingerprint {}", target.name(), names.join(", "));
        return Err(CliError::new(message).with_hint("`keytrail scan` lists them; a fingerprint key changes them all"));
    }
    if outcome.failed == 0 {
        let written = mask.text(&write(&remedies, args.format)?);
        output.write(|out| out.write_all(written.as_bytes()))?;
        if let Some(path) = output.file() {
            let plural = if remedies.len() == 1 { "" } else { "s" };
            terminal.note(&format!("what replaces {} key{plural} written to {}", remedies.len(), path.display()));
        }
    }
    // Findings are what this is about: they do not count here.
    Ok(outcome.ending(0).code())
}

/// The place to scan, and the fingerprints asked for.
fn targets(arguments: &[OsString]) -> Result<(Target, Vec<Fingerprint>), CliError> {
    let parsed = |argument: &OsString| argument.to_str().and_then(Fingerprint::parse);
    let (path, rest) = match arguments {
        [first, rest @ ..] if parsed(first).is_none() || Path::new(first).exists() => (first.clone(), rest),
        all => (OsString::from("."), all),
    };
    let target = Target::new(&path);
    if matches!(target, Target::Url(_) | Target::Stdin) {
        let message = format!("{}: what lies beside a leak is read in a folder", target.name());
        return Err(CliError::new(message).with_hint("clone the repository, and name its folder"));
    }
    let fingerprint = |argument: &OsString| {
        let message =
            format!("'{}' is no fingerprint: 32 hexadecimal digits", argument.to_string_lossy().escape_debug());
        parsed(argument).ok_or_else(|| CliError::new(message).with_hint("`keytrail scan` lists them"))
    };
    Ok((target, rest.iter().map(fingerprint).collect::<Result<_, _>>()?))
}

/// Whether the finding, or one of its values, is called so.
fn has(finding: &Finding, fingerprint: &Fingerprint) -> bool {
    finding.fingerprint == *fingerprint || finding.components.iter().any(|one| one.fingerprint == *fingerprint)
}

/// The findings asked for; all that count if none is.
fn chosen<'a>(repository: &'a RepositoryReport, wanted: &[Fingerprint]) -> Vec<&'a Finding> {
    let is_wanted = |finding: &&Finding| wanted.iter().any(|one| has(finding, one));
    if wanted.is_empty() {
        return repository.findings.iter().collect();
    }
    repository.findings.iter().chain(&repository.suppressed).filter(is_wanted).collect()
}

fn remedy_for(finding: &Finding, repository: &RepositoryReport, files: &mut Files<'_>, mask: &Mask) -> Remedy {
    let location = &finding.primary().location;
    let path = files.shown(location);
    let text = files.text(location);
    let title = mask.line(&finding.title);
    let leak = Leak {
        fingerprint: finding.fingerprint.as_str(),
        title: &title,
        spot: Spot { path: &path, line: location.line, account: finding.account_id.as_deref() },
        text: &text,
    };
    let beside = files.beside(finding, &leak);
    let branch = repository.branch.as_deref().and_then(|name| name.strip_prefix("refs/heads/"));
    let setting = Setting {
        repository: repository.origin.as_deref().and_then(Repository::of_url),
        branch: branch.map(|branch| mask.line(branch)),
        account: finding.account_id.clone(),
        ..Setting::default()
    };
    remedy::advise(&leak, &beside, setting)
}

fn write(remedies: &[Remedy], format: RemedyFormat) -> Result<String, CliError> {
    let mut taken = Vec::new();
    let parts: Vec<String> = match format {
        RemedyFormat::Text if remedies.is_empty() => {
            return Ok("Nothing found, so there is nothing to replace.\n".to_owned());
        }
        RemedyFormat::Text => remedies.iter().map(remedy::text).collect(),
        RemedyFormat::Terraform => remedies.iter().map(|one| remedy::terraform(one, &mut taken)).collect(),
        RemedyFormat::Json => {
            let json = serde_json::to_string_pretty(remedies);
            let json = json.map_err(|error| CliError::new(format!("cannot write JSON: {error}")))?;
            vec![json + "\n"]
        }
    };
    Ok(parts.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(arguments: &[&str]) -> Result<(Target, Vec<Fingerprint>), CliError> {
        targets(&arguments.iter().map(OsString::from).collect::<Vec<_>>())
    }

    #[test]
    fn a_path_comes_first_and_may_be_left_out() {
        let print = "0123456789abcdef0123456789abcdef";
        assert_eq!(of(&[]).unwrap(), (Target::Path(".".into()), Vec::new()));
        assert_eq!(of(&[print]).unwrap().1.len(), 1);
        let (target, prints) = of(&["src", print, print]).unwrap();
        assert_eq!((target, prints.len()), (Target::Path("src".into()), 2));
    }

    #[test]
    fn what_is_no_fingerprint_is_named() {
        assert!(of(&[".", "xyz"]).unwrap_err().to_string().contains("'xyz'"));
        assert!(of(&["https://example.org/a.git"]).unwrap_err().to_string().contains("https://example.org/a.git"));
    }
}
