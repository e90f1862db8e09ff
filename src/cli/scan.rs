//! `keytrail scan`.

use super::args::{FormatArg, OutputArgs, ScanArgs};
use super::error::CliError;
use super::exit::Ending;
use super::output::Output;
use super::session::{Session, read_key};
use super::target::Target;
use super::terminal::{Terminal, colored};
use super::verify::{OwnersAsking, verify_report};
use crate::cloud::{LeakedId, canary};
use crate::model::{ComponentKind, Report, Verification};
use crate::remedy;
use crate::report::{self, Format, Style};
use jiff::Timestamp;
use std::io::{self, IsTerminal};
use std::path::PathBuf;
use std::process::ExitCode;

/// A report to be written.
struct Copy {
    format: FormatArg,
    output: Output,
}

/// Scans, writes the reports, and says how it ended.
pub(super) fn run(args: &ScanArgs, terminal: &Terminal) -> Result<ExitCode, CliError> {
    let copies = copies(&args.output)?;
    let history = (!args.staged).then_some(&args.history);
    let session = Session::new(&args.engine, history, args.baseline.as_deref(), args.output.explain, terminal)?;
    let targets: Vec<_> = if args.stdin {
        vec![Target::Stdin]
    } else {
        args.targets.targets.iter().map(|target| Target::new(target)).collect()
    };
    if targets.len() > 1 && copies.iter().any(|copy| copy.format == FormatArg::Gitlab) {
        let message =
            "a report for GitLab holds one repository: it links each path to the project whose pipeline brings it";
        return Err(CliError::new(message).with_hint("scan one repository at a time, or use another format"));
    }
    if let (false, Some(option)) = (args.verify, args.ask.given()) {
        let message = format!("{option} says how credentials are verified, and they are not");
        return Err(CliError::new(message).with_hint("add --verify"));
    }
    if let (false, Some(option)) = (args.as_owner, args.auditor.given()) {
        return Err(CliError::new(format!("{option} is for your own credentials")).with_hint("add --verify --as-owner"));
    }
    let asking = if args.verify { Some(args.ask.asking()?) } else { None };
    if let Some(target) = targets.iter().find(|target| args.offline && matches!(target, Target::Url(_))) {
        return Err(CliError::new(format!("{}: it would have to be fetched, and --offline forbids it", target.name())));
    }
    let began = Timestamp::now();
    let mut outcome = session.scan(&targets);
    let mut unasked = false;
    if let Some(asking) = &asking {
        verify_report(&mut outcome.report, |findings, mask| {
            if !args.as_owner {
                return Ok(asking.verify_findings(findings, mask, terminal));
            }
            let key = args.engine.fingerprint_key.as_deref().map(read_key).transpose()?.unwrap_or_default();
            let ids: Vec<_> = findings.iter().map(|finding| LeakedId::of(finding)).collect();
            let asked = OwnersAsking { ask: &args.ask, auditor: &args.auditor, key }.verify(&ids, mask, terminal);
            // What was found is written all the same.
            Ok(asked.unwrap_or_else(|error| {
                terminal.error(&error);
                unasked = true;
                vec![Verification::unknown(error.to_string()); findings.len()]
            }))
        })?;
    }
    advise(&mut outcome.report);
    let style = Style {
        reveal: args.output.reveal,
        explain: args.output.explain,
        show_suppressed: args.output.show_suppressed,
        color: false,
        began,
        ended: Timestamp::now(),
    };
    // To a person the errors on the screen have said it all; a program gets its summary, which says it is incomplete.
    let nothing_opened = outcome.failed == outcome.report.repositories.len();
    let written = || copies.iter().filter(|copy| !(nothing_opened && copy.format == FormatArg::Text));
    for Copy { format, output } in written() {
        let on_screen = output.file().is_none() && io::stdout().is_terminal();
        let style = Style { color: colored(args.engine.color, on_screen), ..style.clone() };
        output.write(|out| report::write(&outcome.report, &session.rules, (*format).into(), &style, out))?;
        if let Some(path) = output.file() {
            let count = outcome.report.finding_count();
            let plural = if count == 1 { "" } else { "s" };
            terminal.note(&format!("{count} finding{plural} written to {}", path.display()));
        }
    }
    // The text on the screen says it itself; a file or a machine's format would leave the user with a bare 2.
    let says_it = |copy: &Copy| copy.format == FormatArg::Text && copy.output.file().is_none();
    if written().count() > 0 && !written().any(says_it) {
        warn_of_gaps(&outcome.report, terminal);
    }
    let ending = outcome.ending(args.output.exit_code);
    Ok(Ending { incomplete: ending.incomplete || unasked, ..ending }.code())
}

/// Says of a canary that it is one; and adds to the advice on other access keys what replaces them, where the file's name tells
/// where it runs.
fn advise(report: &mut Report) {
    for finding in report.repositories.iter_mut().flat_map(|repository| &mut repository.findings) {
        if let Some(whose) = finding.account_id.as_deref().and_then(canary) {
            finding.advice = format!(
                "A canary of {whose}: it was laid out to tell who takes it. Do not try it; ask whoever laid it out"
            );
            continue;
        }
        let id = finding.components.iter().find(|component| component.kind == ComponentKind::AccessKeyId);
        let path = id.and_then(|id| id.location.place.path());
        let path = path.and_then(|path| std::str::from_utf8(&path).map(str::to_owned).ok());
        if let Some(advice) = path.as_deref().and_then(remedy::advice) {
            finding.advice = format!("{}. {advice}", finding.advice.trim_end_matches('.'));
        }
    }
}

/// Looks at all places before the scan begins.
fn copies(args: &OutputArgs) -> Result<Vec<Copy>, CliError> {
    let first = (args.format, &args.output);
    let also = args.also.iter().map(|(format, path)| (*format, path));
    let prepare = |(format, path): (FormatArg, &PathBuf)| Ok(Copy { format, output: Output::prepare(path)? });
    std::iter::once(first).chain(also).map(prepare).collect()
}

/// Says which repositories were not read whole, and why.
pub(super) fn warn_of_gaps(report: &Report, terminal: &Terminal) {
    for repository in report.repositories.iter().filter(|repository| !repository.coverage.is_complete()) {
        let kinds = repository.coverage.gaps_by_kind();
        let kinds: Vec<_> = kinds.iter().map(|(kind, count)| format!("{count} {}", kind.as_str())).collect();
        terminal.warning(&format!("{} was not read whole: {}", repository.name, kinds.join(", ")));
    }
}

impl From<FormatArg> for Format {
    fn from(format: FormatArg) -> Self {
        match format {
            FormatArg::Text => Self::Text,
            FormatArg::Jsonl => Self::Jsonl,
            FormatArg::Sarif => Self::Sarif,
            FormatArg::Gitlab => Self::Gitlab,
            FormatArg::Github => Self::Github,
            FormatArg::Html => Self::Html,
            FormatArg::Csv => Self::Csv,
        }
    }
}
