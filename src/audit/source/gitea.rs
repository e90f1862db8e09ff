//! Gitea's and Forgejo's API: `GET /orgs/{org}/repos`.
//!
//! Source: docs.gitea.com, "API Usage", and the swagger description that each instance serves.

use super::client::Answer;
use super::collector::{Dialect, Page, Told, clone_url, web_url};
use super::listing::Listed;
use super::organisation::Hosted;
use super::verdict::next_link;
use serde::Deserialize;
use serde_json::Value;

/// Sizes are told in KiB.
const UNIT: u64 = 1024;

pub(super) struct Gitea<'a>(pub &'a Hosted);

#[derive(Deserialize)]
struct Repository {
    id: u64,
    full_name: String,
    clone_url: String,
    html_url: Option<String>,
    #[serde(default)]
    archived: bool,
    #[serde(default)]
    fork: bool,
    parent: Option<Parent>,
    #[serde(default)]
    has_wiki: bool,
    empty: Option<bool>,
    size: Option<u64>,
    default_branch: Option<String>,
}

#[derive(Deserialize)]
struct Parent {
    id: u64,
}

impl Gitea<'_> {
    /// The server gives fewer at a time if it likes to.
    pub fn first(&self) -> String {
        self.0.base.at(&format!("/orgs/{}/repos?limit=50", self.0.name))
    }
}

impl Dialect for Gitea<'_> {
    fn page(&self, _: &str, answer: &Answer, body: Value) -> Option<Page> {
        match body {
            Value::Array(items) => Some(Page { items, next: next_link(&answer.headers) }),
            _ => None,
        }
    }

    fn told(&self, item: Value) -> Result<Told, serde_json::Error> {
        let told: Repository = serde_json::from_value(item)?;
        let (address, wiki) = clone_url(&told.clone_url);
        let listed = Listed {
            id: self.0.id(told.id),
            name: told.full_name,
            address,
            web_url: web_url(told.html_url),
            archived: told.archived,
            fork: told.fork,
            parent: told.parent.map(|parent| self.0.id(parent.id)),
            wiki_of: None,
            empty: told.empty,
            moved_from: None,
            size: told.size.map(|size| size.saturating_mul(UNIT)),
            default_branch: told.default_branch,
            pushed_at: None,
        };
        Ok(Told { listed, wiki: told.has_wiki.then_some(wiki) })
    }
}
