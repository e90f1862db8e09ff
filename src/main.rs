//! Entry point.

use std::process::ExitCode;

fn main() -> ExitCode {
    keytrail::cli::main(std::env::args_os())
}
