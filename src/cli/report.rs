//! `keytrail report`: what an audit's store knows, to be looked at.

use super::audit::StoreArgs;
use super::error::CliError;
use super::output::Output;
use crate::audit::picture;
use crate::report::{write_csv, write_html};
use clap::{Args, ValueEnum, ValueHint};
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum PageFormat {
    /// One page for a browser, which needs nothing else
    Html,
    /// A table for a spreadsheet
    Csv,
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
}

pub(super) fn run(args: &ReportArgs) -> Result<ExitCode, CliError> {
    let output = Output::prepare(&args.output)?;
    let store = args.store.open_existing()?;
    let picture = picture(&store, &args.title, jiff::Timestamp::now())?;
    output.write(|out| match args.format {
        PageFormat::Html => write_html(&picture, out),
        PageFormat::Csv => write_csv(&picture, out),
    })?;
    Ok(ExitCode::SUCCESS)
}
