//! `--then`: the hook that was there before ours.

use crate::{cli::exit, hook::chain};
use clap::{Args, ValueHint};
use std::{
    ffi::OsStr,
    io::{self, Write},
    path::PathBuf,
};

/// What may be said of it.
#[derive(Debug, Args)]
pub(in crate::cli) struct Then {
    /// If this hook has nothing against it, let PROGRAM judge, too: it gets git's lines and this one's environment
    #[arg(long, value_name = "PROGRAM", value_hint = ValueHint::ExecutablePath)]
    then: Option<PathBuf>,
}

impl Then {
    /// The exit code of both hooks together, of which ours has given `code`. The other gets git's `arguments` and `input`.
    pub(super) fn after(&self, code: u8, arguments: &[&OsStr], input: &[u8]) -> u8 {
        let Some(next) = self.then.as_deref().filter(|_| code == 0) else { return code };
        chain::run(next, arguments, input).unwrap_or_else(|error| {
            let words = format!("keytrail: the hook that was here before cannot be run: {}\n", error.kind());
            // Whoever hung up does not hear it; the verdict stands.
            let _ = io::stderr().lock().write_all(words.as_bytes());
            exit::REFUSED
        })
    }
}
