//! Bitbucket Data Center's API: `GET /rest/api/1.0/projects/{key}/repos`.
//!
//! Source: developer.atlassian.com, "Bitbucket Data Center REST API".

use super::bitbucket::{Link, by_http};
use super::client::Answer;
use super::collector::{Dialect, Page, Told, web_url};
use super::listing::Listed;
use super::organisation::Hosted;
use serde::Deserialize;
use serde_json::Value;

pub(super) struct DataCenter<'a>(pub &'a Hosted);

#[derive(Deserialize)]
struct Repository {
    id: u64,
    slug: String,
    project: Project,
    #[serde(default)]
    archived: bool,
    origin: Option<Origin>,
    links: Links,
}

#[derive(Deserialize)]
struct Project {
    key: String,
}

#[derive(Deserialize)]
struct Origin {
    id: u64,
}

#[derive(Deserialize)]
struct Links {
    clone: Vec<Link>,
    #[serde(rename = "self", default)]
    own: Vec<Link>,
}

impl DataCenter<'_> {
    /// `~NAME` is a person's own project.
    pub fn first(&self) -> String {
        self.0.base.at(&format!("/projects/{}/repos?limit=100&start=0", self.0.name))
    }
}

impl Dialect for DataCenter<'_> {
    fn page(&self, url: &str, _: &Answer, mut body: Value) -> Option<Page> {
        let Value::Array(items) = body.get_mut("values")?.take() else { return None };
        let next = if body.get("isLastPage").and_then(Value::as_bool)? {
            None
        } else {
            // Without the place to go on at, the listing would end here and look whole.
            let start = body.get("nextPageStart").and_then(Value::as_u64)?;
            Some(format!("{}&start={start}", url.rsplit_once("&start=")?.0))
        };
        Some(Page { items, next })
    }

    fn told(&self, item: Value) -> Result<Told, serde_json::Error> {
        let told: Repository = serde_json::from_value(item)?;
        let (address, _) = by_http(told.links.clone)?;
        let listed = Listed {
            id: self.0.id(told.id),
            name: format!("{}/{}", told.project.key, told.slug),
            address,
            web_url: web_url(told.links.own.into_iter().next().map(|link| link.href)),
            archived: told.archived,
            fork: told.origin.is_some(),
            parent: told.origin.map(|origin| self.0.id(origin.id)),
            wiki_of: None,
            empty: None,
            moved_from: None,
            size: None,
            default_branch: None,
            pushed_at: None,
        };
        Ok(Told { listed, wiki: None })
    }
}
