//! The program: arguments, terminal, files, exit codes. The only room that touches any of them.

mod args;
mod audit;
mod auditor;
mod baseline;
mod contain;
mod error;
mod exit;
mod hook;
mod memory;
mod output;
mod panic;
mod policy;
mod replace;
mod report;
mod rules;
mod scan;
mod session;
mod signal;
mod since;
mod target;
mod terminal;
mod verify;

use args::{Cli, Command};
use clap::{CommandFactory, Parser};
use error::CliError;
use output::Output;
use std::ffi::OsString;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use terminal::Terminal;

/// Runs the program with these arguments, the first of which is its own name.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    panic::tell_the_place_only();
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            // Help goes to standard output, usage errors to standard error; either may be closed.
            drop(error.print());
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(exit::ERROR));
        }
    };
    memory::give_back_large_blocks();
    memory::no_core_dumps();
    let terminal = match &cli.command {
        Command::Scan(scan) => Terminal::new(scan.engine.color, scan.engine.quiet),
        Command::Baseline(baseline) => Terminal::new(baseline.engine.color, baseline.engine.quiet),
        Command::Contain(contain) => Terminal::new(contain.engine.color, contain.engine.quiet),
        Command::Verify(verify) => Terminal::new(verify.color, verify.quiet),
        Command::Replace(replace) => Terminal::new(replace.engine.color, replace.engine.quiet),
        Command::Hook(hook) => hook::terminal(hook),
        Command::Audit(_) => Terminal::new(args::ColorArg::Auto, false),
        Command::Policy(policy) => policy.terminal(),
        Command::Report(_) | Command::Rules(_) | Command::Completions { .. } => Terminal::plain(),
    };
    // An internal error is an error like others: the hook has told it.
    let ended = catch_unwind(AssertUnwindSafe(|| run(&cli.command, &terminal)));
    ended.unwrap_or(Ok(ExitCode::from(exit::ERROR))).unwrap_or_else(|error| {
        terminal.clear();
        terminal.error(&error);
        ExitCode::from(exit::ERROR)
    })
}

fn run(command: &Command, terminal: &Terminal) -> Result<ExitCode, CliError> {
    match command {
        Command::Scan(args) => scan::run(args, terminal),
        Command::Baseline(args) => baseline::run(args, terminal),
        Command::Contain(args) => contain::run(args, terminal),
        Command::Verify(args) => verify::run(args, terminal),
        Command::Replace(args) => replace::run(args, terminal),
        Command::Hook(command) => hook::run(command, terminal),
        Command::Audit(command) => audit::run(command, terminal),
        Command::Policy(args) => policy::run(args, terminal),
        Command::Report(args) => report::run(args),
        Command::Rules(command) => rules::run(command),
        Command::Completions { shell } => {
            // Made in memory: the generator panics on a closed pipe.
            let mut script = Vec::new();
            clap_complete::generate(*shell, &mut Cli::command(), "keytrail", &mut script);
            Output::Stdout.write(|out| out.write_all(&script))?;
            Ok(ExitCode::SUCCESS)
        }
    }
}
