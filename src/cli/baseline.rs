//! `keytrail baseline`.

use super::args::BaselineArgs;
use super::error::CliError;
use super::output::Output;
use super::scan::warn_of_gaps;
use super::session::Session;
use super::target::Target;
use super::terminal::Terminal;
use crate::policy::Baseline;
use std::process::ExitCode;

/// Scans and writes what is known.
pub(super) fn run(args: &BaselineArgs, terminal: &Terminal) -> Result<ExitCode, CliError> {
    let output = Output::prepare(&args.output)?;
    let session = Session::new(&args.engine, Some(&args.history), None, false, terminal)?;
    let targets: Vec<_> = args.targets.targets.iter().map(|target| Target::new(target)).collect();
    let outcome = session.scan(&targets);
    warn_of_gaps(&outcome.report, terminal);
    if outcome.interrupted || outcome.failed > 0 {
        // A baseline in part would make known values look new, and would replace one that was whole.
        terminal.warning("no baseline written: not every repository could be scanned to its end");
    } else {
        let baseline = Baseline::from_report(&outcome.report);
        output.write(|out| baseline.write(out))?;
        if let Some(path) = output.file() {
            let (count, path) = (baseline.len(), path.display());
            terminal.note(&format!(
                "{count} known values written to {path}; use it with `keytrail scan --baseline {path}`"
            ));
        }
    }
    // Findings are what a baseline is made of: they do not count here.
    Ok(outcome.ending(0).code())
}
