//! GitLab's REST API: `GET /groups/{id}/projects`, with all groups below.
//!
//! Source: docs.gitlab.com, "Groups API", "Projects API", "REST API: pagination".

use super::client::Answer;
use super::collector::{Dialect, Page, Told, clone_url, web_url};
use super::listing::Listed;
use super::organisation::Hosted;
use super::verdict::next_link;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use serde_json::Value;

pub(super) struct GitLab<'a>(pub &'a Hosted);

#[derive(Deserialize)]
struct Project {
    id: u64,
    path_with_namespace: String,
    http_url_to_repo: String,
    web_url: Option<String>,
    #[serde(default)]
    archived: bool,
    #[serde(rename = "forked_from_project")]
    origin: Option<Origin>,
    wiki_enabled: Option<bool>,
    wiki_access_level: Option<String>,
    empty_repo: Option<bool>,
    default_branch: Option<String>,
    statistics: Option<Statistics>,
}

#[derive(Deserialize)]
struct Origin {
    id: u64,
}

#[derive(Deserialize)]
struct Statistics {
    repository_size: Option<u64>,
}

impl GitLab<'_> {
    /// Oldest first; projects that are only shared with the group are somebody else's.
    pub fn first(&self) -> String {
        let group = utf8_percent_encode(&self.0.name, NON_ALPHANUMERIC);
        let query = "include_subgroups=true&with_shared=false&order_by=id&sort=asc&per_page=100";
        self.0.base.at(&format!("/groups/{group}/projects?{query}"))
    }
}

impl Dialect for GitLab<'_> {
    fn page(&self, _: &str, answer: &Answer, body: Value) -> Option<Page> {
        match body {
            Value::Array(items) => Some(Page { items, next: next_link(&answer.headers) }),
            _ => None,
        }
    }

    fn told(&self, item: Value) -> Result<Told, serde_json::Error> {
        let told: Project = serde_json::from_value(item)?;
        let (address, wiki) = clone_url(&told.http_url_to_repo);
        let has_wiki = match (told.wiki_access_level.as_deref(), told.wiki_enabled) {
            (Some(level), _) => level != "disabled",
            (None, enabled) => enabled.unwrap_or(false),
        };
        // A project that moved is told under its new path; one below the group that was asked for was not moved.
        let asked = self.0.name.to_lowercase() + "/";
        let path = &told.path_with_namespace;
        let moved = path.rsplit_once('/').filter(|_| !path.to_lowercase().starts_with(&asked));
        let listed = Listed {
            id: self.0.id(told.id),
            address,
            web_url: web_url(told.web_url),
            archived: told.archived,
            fork: told.origin.is_some(),
            parent: told.origin.map(|parent| self.0.id(parent.id)),
            wiki_of: None,
            empty: told.empty_repo,
            moved_from: moved.map(|(_, name)| format!("{}/{name}", self.0.name)),
            size: told.statistics.and_then(|statistics| statistics.repository_size),
            default_branch: told.default_branch,
            pushed_at: None,
            name: told.path_with_namespace,
        };
        Ok(Told { listed, wiki: has_wiki.then_some(wiki) })
    }
}
