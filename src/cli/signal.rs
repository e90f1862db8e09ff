//! Ctrl-C and SIGTERM: the first asks for an end in good order, the second takes it.

use super::error::CliError;
use super::exit;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};

static CANCEL: AtomicBool = AtomicBool::new(false);

/// Installs the handler; the flag is raised when the user or the system wants the run to stop.
pub(super) fn install() -> Result<&'static AtomicBool, CliError> {
    ctrlc::set_handler(|| {
        if CANCEL.swap(true, SeqCst) {
            std::process::exit(exit::KILLED);
        }
    })
    .map_err(|error| CliError::new(format!("cannot listen for Ctrl-C: {error}")))?;
    Ok(&CANCEL)
}

/// The flag itself, for what runs after the handler was installed.
pub(super) fn flag() -> &'static AtomicBool {
    &CANCEL
}
