//! A push at the door: all that its verdict, its message and its event rest on.

use super::{Effective, Pusher};
use crate::model::RefUpdate;
use crate::report::Mask;
use crate::scan::PushReport;
use std::io;

/// How the scan of a push ended.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Ended {
    /// By itself. What it could not read is in the report's ledger.
    #[default]
    Finished,
    /// At the deadline; the report holds what was found until then.
    TimedOut,
    /// By an error, in words that the pusher may read: no path of the server in them.
    Failed(String),
}

/// A push and what is known of it.
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    /// Who pushes.
    pub pusher: &'a Pusher,
    /// The refs that are looked at: see [`Effective::watched`].
    pub updates: &'a [RefUpdate],
    /// What was found.
    pub push: &'a PushReport,
    /// How the scan ended.
    pub ended: &'a Ended,
    /// Values that look like credentials, of which the report knows nothing: the time was up before.
    pub suspects: u64,
    /// What the administrator decided for this repository.
    pub effective: &'a Effective,
}

impl Case<'_> {
    /// Hides the values that were found in whatever is said of the push.
    ///
    /// # Errors
    ///
    /// A set of values that is too large to look for.
    pub fn mask(&self) -> io::Result<Mask> {
        Mask::new([&self.push.report], false)
    }
}
