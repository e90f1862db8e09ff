//! `keytrail contain`: how one leaked key is shut off.

mod apply;
mod args;
mod leak;
mod text;

use super::args::HistoryArgs;
use super::error::CliError;
use super::output::Output;
use super::scan::warn_of_gaps;
use super::session::{Session, read_key};
use super::target::{Target, file_and_base};
use super::terminal::Terminal;
use crate::cloud::Partition;
use crate::cloud::contain::{StepOptions, Subject, quoted, steps};
use args::ContainFormat;
pub(super) use args::{ContainArgs, HELP};
use jiff::{Timestamp, ToSpan};
use leak::Leak;
use std::process::ExitCode;

/// Finds the key, and prints what to do or does it.
pub(super) fn run(args: &ContainArgs, terminal: &Terminal) -> Result<ExitCode, CliError> {
    let is_done = args.apply.apply || args.apply.undo;
    // A profile stands in the commands, too.
    let for_doing = args.auditor.given_but_profile().or(args.sts_endpoint.as_ref().map(|_| "--sts-endpoint"));
    if let (false, Some(option)) = (is_done, for_doing) {
        let message = format!("{option} is for what is done in your name, and nothing is");
        return Err(CliError::new(message).with_hint("add --apply or --undo"));
    }
    let leak = match &args.findings {
        Some(path) => leak::choose(leak::read(path)?.into_iter(), &args.fingerprint, &path.display().to_string())?,
        None => scan(args, terminal)?,
    };
    if is_done {
        let key = args.engine.fingerprint_key.as_deref().map(read_key).transpose()?;
        apply::run(args, &leak, key.unwrap_or_default(), terminal)?;
        return Ok(ExitCode::SUCCESS);
    }
    let now = Timestamp::now();
    let partition = args.region.as_deref().map_or(Partition::Aws, Partition::of_region);
    let subject = Subject {
        contain: again(args, &leak),
        replace: match args.scan.to_str() {
            Some(folder) if args.findings.is_none() && folder != "." => {
                format!("keytrail replace {} {}", quoted(folder), leak.fingerprint)
            }
            _ => format!("keytrail replace {}", leak.fingerprint),
        },
        id: leak.id.as_ref().and_then(|id| id.value.clone()).filter(|_| args.reveal),
        spot: leak.spot.clone(),
        account: leak.account.clone(),
        lifetime: leak.lifetime,
        principal: leak.principal,
        user: leak.user.clone(),
        since: since(&leak, now),
    };
    if args.reveal && subject.id.is_none() && leak.id.is_some() {
        terminal.note("the findings hold no values: the commands take the id from its place");
    }
    let options = StepOptions { partition, profile: args.auditor.profile.clone(), now: format!("{now:.0}") };
    let steps = steps(&subject, &options);
    Output::Stdout.write(|out| match args.format {
        ContainFormat::Text => text::write(&leak, &steps, out),
        ContainFormat::Json => text::write_json(&leak, &steps, out),
    })?;
    Ok(ExitCode::SUCCESS)
}

/// The command that leads to the same key again.
fn again(args: &ContainArgs, leak: &Leak) -> String {
    let (fingerprint, scan) = (&leak.fingerprint, args.scan.to_string_lossy());
    match &args.findings {
        Some(path) => format!("keytrail contain {fingerprint} --findings {}", quoted(&path.to_string_lossy())),
        None if scan == "." => format!("keytrail contain {fingerprint}"),
        None => format!("keytrail contain {fingerprint} --scan {}", quoted(&scan)),
    }
}

fn scan(args: &ContainArgs, terminal: &Terminal) -> Result<Leak, CliError> {
    let history = HistoryArgs::default();
    let session = Session::new(&args.engine, Some(&history), None, false, terminal)?;
    let target = Target::new(&args.scan);
    // What was fetched is gone after the scan.
    let folder = match &target {
        Target::Path(path) => Some(path.clone()),
        Target::File(path) => Some(file_and_base(path).1),
        Target::Url(_) | Target::Stdin => None,
    };
    let folder = folder.and_then(|folder| folder.to_str().map(str::to_owned));
    let outcome = session.scan(&[target]);
    if outcome.interrupted || outcome.failed > 0 {
        return Err(CliError::new("the scan did not come to its end"));
    }
    warn_of_gaps(&outcome.report, terminal);
    let findings = outcome.report.repositories.iter().flat_map(|one| one.findings.iter().chain(&one.suppressed));
    let leaks = findings.map(|finding| Leak::of(finding, folder.as_deref()));
    leak::choose(leaks, &args.fingerprint, &args.scan.to_string_lossy()).map_err(|error| {
        if error.hint().is_some() {
            error
        } else {
            error.with_hint(
                "fingerprints are those of `keytrail scan`, with the same rules and the same --fingerprint-key",
            )
        }
    })
}

/// The day on which the key may have been leaked: that of the author's commit, or, where none is known, ninety days ago, which is
/// as far as `CloudTrail` looks back by itself.
fn since(leak: &Leak, now: Timestamp) -> String {
    let introduced = leak.introduced.as_deref().and_then(|date| date.parse::<Timestamp>().ok());
    let ninety = || now.checked_sub((90 * 24).hours()).unwrap_or(now);
    introduced.unwrap_or_else(ninety).strftime("%Y-%m-%d").to_string()
}
