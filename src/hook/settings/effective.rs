//! What holds for one repository, and for each of its refs.

use super::Fallback;
use super::overrides::{Changes, Override};
use crate::model::{RefUpdate, Severity};
use std::collections::BTreeSet;
use std::time::Duration;

/// GitHub Enterprise Server ends a hook after 5 s: with this, there is a verdict before.
const DEADLINE: Duration = Duration::from_secs(4);

/// Settings for one repository.
#[derive(Debug, Clone)]
pub struct Effective {
    /// How long the hook may take from its start on.
    pub deadline: Duration,
    /// The verdict when that time is over.
    pub on_timeout: Fallback,
    /// The verdict when something cannot be read, or the hook itself fails.
    pub on_error: Fallback,
    /// Whether comments on the line allow a value.
    pub inline_allow: bool,
    /// Whether the `.keytrail.toml` of the server's HEAD counts; never that of what is pushed.
    pub repository_config: bool,
    /// Whether a value that the repository's reachable history holds already is no reason to refuse.
    pub search_history: bool,
    base: Changes,
    /// Those that are for this repository, in their order.
    overrides: Vec<Override>,
}

/// Settings for one ref.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Door {
    /// Whether what comes in there is looked at.
    pub enabled: bool,
    /// Severities that are refused.
    pub block: BTreeSet<Severity>,
    /// Whether a push may be let in all the same, with a reason.
    pub bypass: bool,
    /// Whom the pusher may ask.
    pub contact: Option<String>,
}

impl Effective {
    pub(super) fn new(base: &Changes, overrides: Vec<Override>) -> Self {
        let mut effective = Self {
            deadline: DEADLINE,
            on_timeout: Fallback::Reject,
            on_error: Fallback::Reject,
            inline_allow: false,
            repository_config: false,
            search_history: true,
            base: base.clone(),
            overrides: Vec::new(),
        };
        effective.apply(base);
        for one in overrides.iter().filter(|one| one.refs.is_none()) {
            effective.apply(&one.changes);
        }
        effective.overrides = overrides;
        effective
    }

    fn apply(&mut self, changes: &Changes) {
        self.deadline = changes.deadline.unwrap_or(self.deadline);
        self.on_timeout = changes.on_timeout.unwrap_or(self.on_timeout);
        self.on_error = changes.on_error.unwrap_or(self.on_error);
        self.inline_allow = changes.inline_allow.unwrap_or(self.inline_allow);
        self.repository_config = changes.repository_config.unwrap_or(self.repository_config);
        self.search_history = changes.search_history.unwrap_or(self.search_history);
    }

    /// What holds for the ref with this full name, lossily decoded.
    pub fn for_ref(&self, name: &str) -> Door {
        let mut door = Door { enabled: true, block: Severity::ALL.into(), bypass: false, contact: None };
        door.apply(&self.base);
        for one in &self.overrides {
            if one.refs.as_ref().is_none_or(|globs| globs.is_match(name)) {
                door.apply(&one.changes);
            }
        }
        door
    }

    /// Those of `updates` that are looked at. None: the push passes unseen.
    pub fn watched(&self, updates: &[RefUpdate]) -> Vec<RefUpdate> {
        updates.iter().filter(|update| self.for_ref(&update.name()).enabled).cloned().collect()
    }
}

impl Door {
    fn apply(&mut self, changes: &Changes) {
        self.enabled = changes.enabled.unwrap_or(self.enabled);
        self.bypass = changes.bypass.unwrap_or(self.bypass);
        if let Some(block) = &changes.block {
            self.block.clone_from(block);
        }
        if changes.contact.is_some() {
            self.contact.clone_from(&changes.contact);
        }
    }
}
