//! What a run changed.

use super::database::Store;
use super::{Filter, Moment, RunId, Stamp, StoreError, StoredFinding};

/// What a run changed, each in the order of [`Store::findings`]. What came back in a run and what was fixed by it may be told of
/// older runs only until a newer one changes it again.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Changes {
    /// First seen.
    pub new: Vec<StoredFinding>,
    /// Come back.
    pub reopened: Vec<StoredFinding>,
    /// No longer at any tip, though history still has it.
    pub fixed: Vec<StoredFinding>,
    /// No longer in history.
    pub gone: Vec<StoredFinding>,
}

impl Store {
    /// What `run` changed, with decisions as they stand at `now`.
    pub fn changes(&self, run: RunId, now: &Moment) -> Result<Changes, StoreError> {
        let mut changes = Changes::default();
        for finding in self.findings(&Filter::default(), now)? {
            let by_run = |stamp: &Option<Stamp>| stamp.as_ref().is_some_and(|stamp| stamp.run == run);
            let life = &finding.life;
            let list = if by_run(&life.gone) {
                &mut changes.gone
            } else if life.first.run == run {
                &mut changes.new
            } else if by_run(&life.reopened) {
                &mut changes.reopened
            } else if by_run(&life.fixed) {
                &mut changes.fixed
            } else {
                continue;
            };
            list.push(finding);
        }
        Ok(changes)
    }
}
