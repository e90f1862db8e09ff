//! Which findings are asked for.

use super::{Moment, Presence, RunId, StoredFinding};
use crate::model::Severity;
use globset::GlobMatcher;

/// Which findings are asked for: those that all of its conditions hold for. Without any it is all of them.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// This severity or a worse one.
    pub severity: Option<Severity>,
    /// Of this account.
    pub account: Option<String>,
    /// In repositories whose full name this matches.
    pub repository: Option<GlobMatcher>,
    /// First seen at this time or later.
    pub first_seen_from: Option<Moment>,
    /// First seen before this time.
    pub first_seen_before: Option<Moment>,
    /// Brought in by somebody whose name or e-mail address holds this, in whatever case.
    pub author: Option<String>,
    /// Decided upon in one of these ways ([`super::Triage::as_str`]) by now; none of them: in any.
    pub states: Vec<String>,
    /// Standing at one of these; none of them: at any.
    pub presences: Vec<Presence>,
    /// First seen, or come back, in a later run than this.
    pub new_since: Option<RunId>,
}

impl Filter {
    /// Whether `finding` is asked for.
    pub fn holds(&self, finding: &StoredFinding) -> bool {
        let life = &finding.life;
        let is_by = |author: &String| {
            let author = author.to_lowercase();
            let names = [&finding.author, &finding.email].into_iter().flatten();
            names.into_iter().any(|name| name.to_lowercase().contains(&author))
        };
        let is_new = |run: RunId| life.first.run > run || life.reopened.as_ref().is_some_and(|stamp| stamp.run > run);
        self.severity.is_none_or(|severity| finding.severity >= severity)
            && self.account.as_ref().is_none_or(|account| finding.account_id.as_ref() == Some(account))
            && self.repository.as_ref().is_none_or(|glob| glob.is_match(&finding.repository_name))
            && self.first_seen_from.as_ref().is_none_or(|from| life.first.at >= *from)
            && self.first_seen_before.as_ref().is_none_or(|before| life.first.at < *before)
            && self.author.as_ref().is_none_or(is_by)
            && (self.states.is_empty() || self.states.iter().any(|state| state == finding.triage.as_str()))
            && (self.presences.is_empty() || self.presences.contains(&life.presence()))
            && self.new_since.is_none_or(is_new)
    }
}
