//! Asks the accounts that keys are of, in the auditor's name.

use super::ask::{self, AskArgs, caller};
use crate::cli::auditor::{self, AuditorArgs};
use crate::cli::error::CliError;
use crate::cli::terminal::Terminal;
use crate::cloud::{Auditor, LeakedId, Owners};
use crate::model::{FingerprintKey, Verification};
use crate::report::Mask;

/// Who asks, and how.
pub(in crate::cli) struct OwnersAsking<'a> {
    pub(in crate::cli) ask: &'a AskArgs,
    pub(in crate::cli) auditor: &'a AuditorArgs,
    /// What the findings' fingerprints were made with.
    pub(in crate::cli) key: FingerprintKey,
}

impl OwnersAsking<'_> {
    /// What its account says of each key, in their order, of which no text holds a value of `mask`. `None` is a finding without
    /// an id.
    pub(in crate::cli) fn verify(
        self,
        ids: &[Option<LeakedId>],
        mask: &Mask,
        terminal: &Terminal,
    ) -> Result<Vec<Verification>, CliError> {
        let (caller, environment) = (caller(&self.ask.calls())?, auditor::environment());
        let who = self.auditor.auditor(self.ask.region.as_deref(), self.ask.sts_endpoint.as_deref())?;
        let options = self.auditor.owners(self.key)?;
        let auditor = Auditor::new(&caller, &environment, &who).map_err(CliError::new)?;
        // Without credentials of one's own nobody can be asked: one error, not one answer for each finding.
        auditor.identity().map_err(|error| CliError::new(error.to_string()))?;
        let mut owners = Owners::new(&auditor, &options);
        let mut answers = Vec::with_capacity(ids.len());
        for (n, id) in ids.iter().enumerate() {
            terminal.wait(&format!("asking owners: {n} of {}", ids.len()));
            let none = || Verification::unknown("its access key id was not found, without which no owner can be asked");
            let mut answer = id.as_ref().map_or_else(none, |id| owners.verify(id));
            answer.clean_texts(|text| mask.line(text));
            answers.push(answer);
        }
        terminal.clear();
        ask::warn(&answers, terminal);
        Ok(answers)
    }
}
