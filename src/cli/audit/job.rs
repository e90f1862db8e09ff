//! One repository of an audit, in a process of its own.

use crate::audit::Job;
use crate::cli::{error::CliError, exit, output::Output, rules, session, signal};
use crate::model::Report;
use crate::policy::Policy;
use crate::report::{self, Format, Style};
use crate::scan::{Limits, NoProgress, ScanOptions, Scanner};
use std::process::ExitCode;

/// Takes the job from standard input, and leaves report and known blobs in its folder.
pub(super) fn run() -> Result<ExitCode, CliError> {
    let job: Job = serde_json::from_reader(std::io::stdin().lock())
        .map_err(|error| CliError::new(format!("the job makes no sense: {error}")))?;
    if let Some(memory) = job.memory {
        limit_memory(memory);
    }
    end_with_parent();
    let cancel = signal::install()?;
    let rules = rules::load(&job.rules)?;
    let key = job.fingerprint_key.as_deref().map(session::read_key).transpose()?;
    let options = ScanOptions {
        max_object_size: job.max_object_size,
        own_files: false,
        allow_missing: job.allow_missing,
        unwrap: job.max_decoded.map(|bytes| Limits { bytes, ..Limits::default() }),
        fingerprint_key: key.unwrap_or_default(),
        ..ScanOptions::default()
    };
    // What a repository says of itself does not count here.
    let mut policy = Policy::none();
    policy.inline_allowed = false;
    let scanner = Scanner { rules: &rules, policy: &policy, options: &options, progress: &NoProgress, cancel };
    let failed = |error: std::io::Error| CliError::new(format!("{}: {error}", job.folder.display()));
    let (repository, clean) = scanner.scan_beyond(&job.path, &job.name, &job.known().map_err(failed)?)?;
    job.write_clean(&clean).map_err(failed)?;
    let report = Report { repositories: vec![repository] };
    let output = Output::prepare(&job.report())?;
    if report.finding_count() > 0 {
        let sarif = Output::prepare(&job.sarif())?;
        sarif.write(|out| report::write(&report, &rules, Format::Sarif, &Style::default(), out))?;
    }
    // It comes last: that it is there says that all is.
    output.write(|out| report::write(&report, &rules, Format::Jsonl, &Style::default(), out))?;
    let ending = exit::Ending {
        incomplete: !report.is_complete(),
        findings: report.finding_count(),
        findings_code: exit::REFUSED,
    };
    Ok(ending.code())
}

/// Nobody waits for the report of a worker that was killed.
#[cfg(target_os = "linux")]
fn end_with_parent() {
    // Where it may not be set the scan ends by itself.
    let _ = rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::KILL));
}

#[cfg(not(target_os = "linux"))]
fn end_with_parent() {}

/// Mapped packs are not counted: they are the system's cache.
#[cfg(target_os = "linux")]
fn limit_memory(bytes: u64) {
    use rustix::process::{Resource, Rlimit, setrlimit};
    // Where it may not be set there is no limit, as on other systems.
    let _ = setrlimit(Resource::Data, Rlimit { current: Some(bytes), maximum: Some(bytes) });
}

#[cfg(not(target_os = "linux"))]
fn limit_memory(_: u64) {}
