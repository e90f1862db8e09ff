//! `keytrail scan`.

use super::args::{FormatArg, ScanArgs};
use super::error::CliError;
use super::output::Output;
use super::session::Session;
use super::target::Target;
use super::terminal::{Terminal, colored};
use crate::model::Report;
use crate::report::{self, Format, Style};
use std::io::{self, IsTerminal};
use std::process::ExitCode;

/// Scans, writes the report, and says how it ended.
pub(super) fn run(args: &ScanArgs, terminal: &Terminal) -> Result<ExitCode, CliError> {
    let output = Output::prepare(&args.output.output)?;
    let session = Session::new(&args.engine, args.baseline.as_deref(), args.output.explain, args.staged, terminal)?;
    let targets: Vec<_> = if args.stdin {
        vec![Target::Stdin]
    } else {
        args.targets.targets.iter().map(|target| Target::new(target)).collect()
    };
    let outcome = session.scan(&targets);
    // To a person the errors on the screen have said it all; a program gets its summary, which says it is incomplete.
    let nothing_opened = outcome.failed == outcome.report.repositories.len();
    if !(nothing_opened && args.output.format == FormatArg::Text) {
        let style = Style {
            reveal: args.output.reveal,
            color: colored(args.engine.color, output.file().is_none() && io::stdout().is_terminal()),
            explain: args.output.explain,
            show_suppressed: args.output.show_suppressed,
        };
        output.write(|out| report::write(&outcome.report, &session.rules, format(args.output.format), &style, out))?;
        if let Some(path) = output.file() {
            let count = outcome.report.finding_count();
            let plural = if count == 1 { "" } else { "s" };
            terminal.note(&format!("{count} finding{plural} written to {}", path.display()));
        }
        // The text on the screen says it itself; a file or a machine's format would leave the user with a bare 2.
        if output.file().is_some() || args.output.format != FormatArg::Text {
            warn_of_gaps(&outcome.report, terminal);
        }
    }
    Ok(outcome.ending(args.output.exit_code).code())
}

/// Says which repositories were not read whole, and why.
pub(super) fn warn_of_gaps(report: &Report, terminal: &Terminal) {
    for repository in report.repositories.iter().filter(|repository| !repository.coverage.is_complete()) {
        let kinds = repository.coverage.gaps_by_kind();
        let kinds: Vec<_> = kinds.iter().map(|(kind, count)| format!("{count} {}", kind.as_str())).collect();
        terminal.warning(&format!("{} was not read whole: {}", repository.name, kinds.join(", ")));
    }
}

fn format(format: FormatArg) -> Format {
    match format {
        FormatArg::Text => Format::Text,
        FormatArg::Jsonl => Format::Jsonl,
        FormatArg::Sarif => Format::Sarif,
    }
}
