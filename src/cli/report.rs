//! `keytrail report`: what an audit's store knows, to be looked at.

use super::audit::{StoreArgs, now};
use super::error::CliError;
use super::output::Output;
use super::rules;
use crate::audit::{picture, sarif};
use crate::model::hex;
use crate::report::{write_csv, write_html};
use crate::rules::RuleSet;
use crate::store::{Filter, Repository, Store, StoredFinding, StoredOutcome};
use clap::{Args, ValueEnum, ValueHint};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::path::PathBuf;
use std::process::ExitCode;

/// What a file's name is made of; everything else of a repository's is `%XX`.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.');
/// Names of files are no longer than 255 bytes.
const NAME: usize = 200;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum PageFormat {
    /// One page for a browser, which needs nothing else
    Html,
    /// A table for a spreadsheet
    Csv,
    /// For code scanning: one log a repository
    Sarif,
}

/// What may be said to it.
#[derive(Debug, Args)]
pub(super) struct ReportArgs {
    #[command(flatten)]
    store: StoreArgs,
    /// How to write it
    #[arg(short, long, value_enum, default_value_t = PageFormat::Html)]
    format: PageFormat,
    /// Where to write it; `-` is standard output
    #[arg(short, long, value_name = "FILE", default_value = "-", value_hint = ValueHint::FilePath)]
    output: PathBuf,
    /// What it is headed
    #[arg(long, value_name = "TEXT", default_value = "Audit")]
    title: String,
    /// Of this repository: its full name, or its id (SARIF)
    #[arg(long, value_name = "NAME", conflicts_with = "output_dir")]
    repository: Option<String>,
    /// Write one file for each repository that is listed into this folder (SARIF)
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath, conflicts_with = "output")]
    output_dir: Option<PathBuf>,
}

pub(super) fn run(args: &ReportArgs) -> Result<ExitCode, CliError> {
    if args.format == PageFormat::Sarif {
        return logs(args);
    }
    if args.repository.is_some() || args.output_dir.is_some() {
        return Err(CliError::new("--repository and --output-dir go with --format sarif"));
    }
    let output = Output::prepare(&args.output)?;
    let store = args.store.open_existing()?;
    let picture = picture(&store, &args.title, jiff::Timestamp::now())?;
    output.write(|out| match args.format {
        PageFormat::Csv => write_csv(&picture, out),
        PageFormat::Html | PageFormat::Sarif => write_html(&picture, out),
    })?;
    Ok(ExitCode::SUCCESS)
}

fn logs(args: &ReportArgs) -> Result<ExitCode, CliError> {
    let store = args.store.open_existing()?;
    let mut repositories = store.repositories(None)?;
    match (&args.repository, &args.output_dir) {
        (Some(name), _) => {
            repositories.retain(|one| [&one.listed.name, &one.listed.id].contains(&name));
            if repositories.len() > 1 {
                let ids: Vec<&str> = repositories.iter().map(|one| one.listed.id.as_str()).collect();
                let message = format!("several repositories are called so: name one of {}", ids.join(", "));
                return Err(CliError::new(message));
            }
            let Some(one) = repositories.first() else {
                return Err(CliError::new(format!("the store knows no repository {}", name.escape_debug())));
            };
            Known::of(&store)?.write(&store, one, &Output::prepare(&args.output)?)?;
        }
        (None, Some(folder)) => {
            let failed = |error| CliError::new(format!("{}: {error}", folder.display()));
            std::fs::create_dir_all(folder).map_err(failed)?;
            repositories.retain(|one| one.unlisted_at.is_none());
            let known = Known::of(&store)?;
            for one in &repositories {
                known.write(&store, one, &Output::prepare(&folder.join(file_name(one)))?)?;
            }
        }
        (None, None) => {
            return Err(CliError::new("SARIF is of one repository")
                .with_hint("name it with --repository, or a folder for those of all with --output-dir"));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// What is known of all repositories.
struct Known {
    rules: RuleSet,
    findings: HashMap<String, Vec<StoredFinding>>,
    outcomes: HashMap<String, StoredOutcome>,
}

impl Known {
    fn of(store: &Store) -> Result<Self, CliError> {
        let mut known = Self { rules: rules::load(&[])?, findings: HashMap::new(), outcomes: HashMap::new() };
        for finding in store.findings(&Filter::default(), &now())? {
            known.findings.entry(finding.repository.clone()).or_default().push(finding);
        }
        for run in store.last_runs()? {
            let outcomes = store.outcomes(run.id)?.into_iter();
            known.outcomes.extend(outcomes.map(|outcome| (outcome.repository.clone(), outcome)));
        }
        Ok(known)
    }

    fn write(&self, store: &Store, repository: &Repository, output: &Output) -> Result<(), CliError> {
        let id = &repository.listed.id;
        let findings = self.findings.get(id).map_or(&[][..], Vec::as_slice);
        let log = sarif(store, repository, findings, self.outcomes.get(id), &self.rules)?;
        output.write(|out| {
            serde_json::to_writer_pretty(&mut *out, &log)?;
            out.write_all(b"\n")
        })
    }
}

/// The name of a repository's file: readable, one for each, and no way out of the folder.
fn file_name(repository: &Repository) -> String {
    let name = utf8_percent_encode(&repository.listed.name, ENCODED).to_string();
    // Two sources may have repositories of one name, and names may be long: the id tells them apart.
    let id = hex(&Sha256::digest(&repository.listed.id)[..4]);
    let name = name.trim_start_matches(['.', '-']);
    format!("{}-{id}.sarif", &name[..name.len().min(NAME)])
}
