//! How to list.

use crate::model::Secret;
use std::time::Duration;

/// What the user may set for a listing.
#[derive(Debug, Clone)]
pub struct ListOptions {
    /// Repositories that are archived, too.
    pub archived: bool,
    /// Forks, too.
    pub forks: bool,
    /// The wiki of each repository that has one, too.
    pub wikis: bool,
    /// For one request, from the look-up of the host's name to the last byte of the answer.
    pub timeout: Duration,
    /// Waiting for rate limits and between retries, all together. What would take longer ends the listing.
    pub max_wait: Duration,
    /// How often one request is sent again after a server's error or a broken connection.
    pub retries: u32,
    /// URL of a proxy (`http://`, `https://`), which may hold a password. The caller decides what goes past it.
    pub proxy: Option<Secret>,
}

impl Default for ListOptions {
    fn default() -> Self {
        Self {
            archived: true,
            forks: true,
            wikis: true,
            timeout: Duration::from_mins(1),
            // GitHub's limit is counted by the hour.
            max_wait: Duration::from_mins(65),
            retries: 4,
            proxy: None,
        }
    }
}
