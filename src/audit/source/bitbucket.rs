//! Bitbucket Cloud's API: `GET /2.0/repositories/{workspace}`.
//!
//! Source: developer.atlassian.com, "The Bitbucket Cloud REST API".

use super::client::Answer;
use super::collector::{Dialect, Page, Told, clone_url, web_url};
use super::listing::Listed;
use super::organisation::Hosted;
use serde::Deserialize;
use serde_json::Value;

pub(super) struct Bitbucket<'a>(pub &'a Hosted);

#[derive(Deserialize)]
struct Repository {
    uuid: String,
    full_name: String,
    links: Links,
    parent: Option<Parent>,
    #[serde(default)]
    has_wiki: bool,
    size: Option<u64>,
    mainbranch: Option<Branch>,
}

#[derive(Deserialize)]
struct Links {
    clone: Vec<Link>,
    html: Option<Link>,
}

/// A way to fetch (`name` is the transport's) or to look at a repository.
#[derive(Deserialize)]
pub(super) struct Link {
    pub name: Option<String>,
    pub href: String,
}

#[derive(Deserialize)]
struct Parent {
    uuid: String,
}

#[derive(Deserialize)]
struct Branch {
    name: Option<String>,
}

impl Bitbucket<'_> {
    /// A hundred at a time is the most.
    pub fn first(&self) -> String {
        self.0.base.at(&format!("/repositories/{}?pagelen=100&sort=created_on", self.0.name))
    }
}

impl Dialect for Bitbucket<'_> {
    fn page(&self, _: &str, _: &Answer, mut body: Value) -> Option<Page> {
        let Value::Array(items) = body.get_mut("values")?.take() else { return None };
        Some(Page { items, next: body.get("next").and_then(Value::as_str).map(str::to_owned) })
    }

    fn told(&self, item: Value) -> Result<Told, serde_json::Error> {
        let told: Repository = serde_json::from_value(item)?;
        let (address, wiki) = by_http(told.links.clone)?;
        let id = |uuid: &str| self.0.id(uuid.trim_matches(['{', '}']));
        let listed = Listed {
            id: id(&told.uuid),
            name: told.full_name,
            address,
            web_url: web_url(told.links.html.map(|link| link.href)),
            archived: false,
            fork: told.parent.is_some(),
            parent: told.parent.map(|parent| id(&parent.uuid)),
            wiki_of: None,
            empty: Some(told.mainbranch.is_none()),
            moved_from: None,
            size: told.size,
            default_branch: told.mainbranch.and_then(|branch| branch.name),
            pushed_at: None,
        };
        // Here a wiki lies below its repository and not beside it.
        let wiki = wiki.replace(".wiki.git", ".git/wiki");
        Ok(Told { listed, wiki: told.has_wiki.then_some(wiki) })
    }
}

/// The address for HTTP. It holds the name of the user who asked, which [`clone_url`] takes out.
pub(super) fn by_http(links: Vec<Link>) -> Result<(super::Address, String), serde_json::Error> {
    let is_http = |link: &Link| matches!(link.name.as_deref(), Some("https" | "http"));
    let link = links.into_iter().find(is_http);
    let link = link.ok_or_else(|| serde::de::Error::custom("no clone link for https"))?;
    Ok(clone_url(&link.href))
}
