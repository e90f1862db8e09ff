//! GitHub's REST API: `GET /orgs/{org}/repos`, and `GET /users/{user}/repos` for people.
//!
//! Source: docs.github.com, "REST API endpoints for repositories", "Rate limits", "Using pagination".

use super::client::{Answer, Ask, Client, Headers};
use super::collector::{Collector, Dialect, Page, Told, clone_url, web_url};
use super::listing::Listed;
use super::organisation::Hosted;
use super::problem::{Problem, ProblemKind};
use super::verdict::next_link;
use serde::Deserialize;
use serde_json::Value;
use std::cell::Cell;

/// Stable order, oldest first: what is made while we read comes last.
const QUERY: &str = "type=all&sort=created&direction=asc&per_page=100";

/// Sizes are told in KiB.
const UNIT: u64 = 1024;

struct GitHub<'a> {
    hosted: &'a Hosted,
    moved: Cell<bool>,
}

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
    size: Option<u64>,
    default_branch: Option<String>,
    pushed_at: Option<String>,
}

#[derive(Deserialize)]
struct Parent {
    id: u64,
}

impl Dialect for GitHub<'_> {
    fn page(&self, _: &str, answer: &Answer, body: Value) -> Option<Page> {
        self.moved.set(self.moved.get() || answer.moved);
        match body {
            Value::Array(items) => Some(Page { items, next: next_link(&answer.headers) }),
            _ => None,
        }
    }

    fn told(&self, item: Value) -> Result<Told, serde_json::Error> {
        let told: Repository = serde_json::from_value(item)?;
        let (address, wiki) = clone_url(&told.clone_url);
        let name = told.full_name.split_once('/').map(|(_, name)| name).filter(|_| self.moved.get());
        let listed = Listed {
            id: self.hosted.id(told.id),
            address,
            web_url: web_url(told.html_url),
            archived: told.archived,
            fork: told.fork,
            parent: told.parent.map(|parent| self.hosted.id(parent.id)),
            wiki_of: None,
            // A size of 0 may be anything below 1 KiB.
            empty: None,
            moved_from: name.map(|name| format!("{}/{name}", self.hosted.name)),
            size: told.size.map(|size| size.saturating_mul(UNIT)),
            default_branch: told.default_branch,
            pushed_at: told
                .pushed_at
                .and_then(|time| time.parse::<jiff::Timestamp>().ok())
                .map(jiff::Timestamp::as_second),
            name: told.full_name,
        };
        Ok(Told { listed, wiki: told.has_wiki.then_some(wiki) })
    }
}

/// Lists an organisation, or what a user shows.
///
/// A user has no page as an organisation (404). An organisation may be hidden, too, and is then not to be taken for a user:
/// its public repositories would pass for all.
pub(super) fn list(
    hosted: &Hosted,
    client: &Client<'_>,
    headers: &dyn Fn(i64) -> Headers,
    into: &mut Collector<'_>,
) -> Result<(), Problem> {
    let github = GitHub { hosted, moved: Cell::new(false) };
    let base = &hosted.base;
    let url = base.at(&format!("/orgs/{}/repos?{QUERY}", hosted.name));
    match into.pages(client, headers, url.clone(), &github) {
        Err(problem) if problem.kind == ProblemKind::NotFound && problem.subject == url => {
            let get = |path: &str| -> Option<Account> {
                let answer = client.answer(&Ask { url: base.at(path), body: None, headers }).ok()?;
                serde_json::from_slice(&answer.body).ok()
            };
            match get(&format!("/users/{}", hosted.name)) {
                Some(account) if account.kind == "User" => {
                    // Private repositories are told to their owner alone.
                    let is_me = get("/user").is_some_and(|me| me.login.eq_ignore_ascii_case(&hosted.name));
                    let path = if is_me {
                        "/user/repos?affiliation=owner&sort=created&direction=asc&per_page=100".to_owned()
                    } else {
                        format!("/users/{}/repos?{QUERY}", hosted.name)
                    };
                    into.pages(client, headers, base.at(&path), &github)
                }
                Some(_) => Err(Problem {
                    kind: ProblemKind::SingleSignOn,
                    detail: "the organisation exists, but not for this token: authorise it for the organisation's \
                             single sign-on, or give it access to the organisation"
                        .to_owned(),
                    ..problem
                }),
                None => Err(problem),
            }
        }
        done => done,
    }
}

#[derive(Deserialize)]
struct Account {
    login: String,
    #[serde(rename = "type")]
    kind: String,
}
