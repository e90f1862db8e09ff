//! `keytrail hook pre-receive`.

use crate::cli::{error::CliError, rules, terminal::Terminal};
use crate::git::{Existing, Quarantine};
use crate::hook::Examination;
use crate::model::RefUpdate;
use crate::policy::Policy;
use crate::scan::ScanOptions;
use clap::Args;
use std::env;
use std::io::{self, Read};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// What may be said to it.
#[derive(Debug, Args)]
pub(in crate::cli) struct PreReceiveArgs {}

pub(super) fn run(_args: &PreReceiveArgs, _terminal: &Terminal) -> Result<ExitCode, CliError> {
    let until = Instant::now() + Duration::from_secs(4);
    let mut input = Vec::new();
    io::stdin().lock().read_to_end(&mut input).map_err(|error| CliError::new(error.to_string()))?;
    let updates = RefUpdate::parse_all(&input).map_err(|error| CliError::new(error.to_string()))?;
    let alternates = env::var_os("GIT_ALTERNATE_OBJECT_DIRECTORIES").unwrap_or_default();
    let examined = Examination {
        repository: env::var_os("GIT_DIR").map_or_else(|| PathBuf::from("."), PathBuf::from),
        updates,
        quarantine: Quarantine {
            incoming: env::var_os("GIT_QUARANTINE_PATH").map(PathBuf::from),
            alternates: env::split_paths(&alternates).collect(),
        },
        existing: Existing::All,
        rules: rules::load(&[])?,
        policy: Policy::none(),
        options: ScanOptions { own_files: false, ..ScanOptions::default() },
        search_history: true,
    }
    .run(until);
    let count = examined.report.as_ref().map_or(0, |report| report.report.findings.len());
    use std::io::Write;
    if let Some(report) = &examined.report {
        for finding in &report.report.findings {
            let _ = writeln!(
                io::stderr(),
                "{} {} {:?} {:?} {:?}",
                finding.title,
                finding.primary().secret.redacted(),
                finding.primary().location,
                finding.trace.introductions,
                report.brought_by
            );
        }
        let _ = writeln!(io::stderr(), "{:?}", report.report.coverage);
    }
    let _ = writeln!(
        io::stderr(),
        "searched {} timed out {} error {:?} left {:?}",
        examined.history_searched,
        examined.timed_out,
        examined.error,
        until.saturating_duration_since(Instant::now())
    );
    Ok(ExitCode::from(u8::from(count > 0)))
}
