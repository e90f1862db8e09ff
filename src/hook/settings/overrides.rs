//! What is otherwise for some repositories or refs.

use super::Fallback;
use crate::model::Severity;
use globset::GlobSet;
use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

/// Keys that an entry holds; `None` for those it leaves as they are.
#[derive(Debug, Clone, Default)]
pub(super) struct Changes {
    pub(super) enabled: Option<bool>,
    pub(super) deadline: Option<Duration>,
    pub(super) on_timeout: Option<Fallback>,
    pub(super) on_error: Option<Fallback>,
    pub(super) block: Option<BTreeSet<Severity>>,
    pub(super) contact: Option<String>,
    pub(super) bypass: Option<bool>,
    pub(super) inline_allow: Option<bool>,
    pub(super) repository_config: Option<bool>,
    pub(super) search_history: Option<bool>,
}

impl Changes {
    /// Whether it leaves everything as it is.
    pub(super) fn is_empty(&self) -> bool {
        let Self { enabled, deadline, on_timeout, on_error, block, contact, bypass, .. } = self;
        let Self { inline_allow, repository_config, search_history, .. } = self;
        let switches = [enabled, bypass, inline_allow, repository_config, search_history];
        let fallbacks = [on_timeout, on_error];
        switches.iter().all(|switch| switch.is_none())
            && fallbacks.iter().all(|fallback| fallback.is_none())
            && deadline.is_none()
            && block.is_none()
            && contact.is_none()
    }
}

/// An `[[override]]`, checked. Criteria that it does not hold are `None`.
#[derive(Debug, Clone)]
pub(super) struct Override {
    pub(super) repositories: Option<Repositories>,
    pub(super) refs: Option<GlobSet>,
    pub(super) changes: Changes,
}

/// Globs that name repositories.
#[derive(Debug, Clone)]
pub(super) struct Repositories {
    /// Held against the name. What begins with a slash is none of these: a name comes from outside, a path does not.
    pub(super) names: GlobSet,
    /// Held against the folder.
    pub(super) paths: GlobSet,
}

impl Override {
    /// Whether it is about the repository, or some of its refs.
    pub(super) fn is_for(&self, name: &str, path: &Path) -> bool {
        self.repositories.as_ref().is_none_or(|globs| globs.names.is_match(name) || globs.paths.is_match(path))
    }
}
