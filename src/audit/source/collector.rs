//! What was told, put into a listing.

use super::client::{Answer, Ask, Client, Headers};
use super::listing::{Address, Listed, Listing};
use super::options::ListOptions;
use super::problem::{Problem, ProblemKind};
use serde_json::Value;
use std::collections::HashSet;

/// The most pages of one listing: a hundred repositories each make five million.
const MAX_PAGES: usize = 50_000;

/// A page of a listing.
pub(super) struct Page {
    /// One for each repository.
    pub items: Vec<Value>,
    /// A URL, or a path from the root.
    pub next: Option<String>,
}

/// A repository as a host tells it, and the URL of its wiki if it may have one.
pub(super) struct Told {
    pub listed: Listed,
    pub wiki: Option<String>,
}

/// How a host answers.
pub(super) trait Dialect {
    /// Takes a page apart. `None`: it is not what the documentation says. `url` is its own.
    fn page(&self, url: &str, answer: &Answer, body: Value) -> Option<Page>;

    /// Reads one repository.
    fn told(&self, item: Value) -> Result<Told, serde_json::Error>;
}

/// A listing in the making.
pub(super) struct Collector<'a> {
    options: &'a ListOptions,
    listing: Listing,
    seen: HashSet<String>,
}

impl<'a> Collector<'a> {
    pub fn new(options: &'a ListOptions) -> Self {
        Self { options, listing: Listing::default(), seen: HashSet::new() }
    }

    /// The listing.
    pub fn finish(mut self) -> Listing {
        self.listing.complete = self.listing.problems.is_empty();
        self.listing
    }

    pub fn problem(&mut self, problem: Problem) {
        self.listing.problems.push(problem);
    }

    /// Takes a repository, unless the user left it out or it was told before: pages shift when repositories are made.
    pub fn add(&mut self, told: Told) {
        let Told { listed, wiki } = told;
        if !self.seen.insert(listed.id.clone()) {
            return;
        }
        if listed.archived && !self.options.archived {
            self.listing.left_out.archived += 1;
            return;
        }
        if listed.fork && !self.options.forks {
            self.listing.left_out.forks += 1;
            return;
        }
        let wiki = wiki.map(|url| wiki_of(&listed, url));
        self.listing.repositories.push(listed);
        match wiki {
            Some(wiki) if self.options.wikis => self.listing.repositories.push(wiki),
            Some(_) => self.listing.left_out.wikis += 1,
            None => {}
        }
    }

    /// Goes through pages, from the one at `url` to the last. What was told before a page fails stays.
    ///
    /// # Errors
    /// The page that failed. The first one is for the caller to judge; no other is told twice.
    pub fn pages(
        &mut self,
        client: &Client<'_>,
        headers: &dyn Fn(i64) -> Headers,
        url: String,
        dialect: &dyn Dialect,
    ) -> Result<(), Problem> {
        let mut visited = HashSet::new();
        let mut next = Some(url);
        while let Some(url) = next {
            if visited.len() >= MAX_PAGES || !visited.insert(url.clone()) {
                return Err(client.problem(ProblemKind::Endless, &url, "the pages do not come to an end"));
            }
            let answer = client.answer(&Ask { url: url.clone(), body: None, headers })?;
            let malformed = |why: &str| client.problem(ProblemKind::Malformed, &url, why);
            let body = serde_json::from_slice(&answer.body).map_err(|error| malformed(&error.to_string()))?;
            let page = dialect.page(&url, &answer, body).ok_or_else(|| malformed("not a list of repositories"))?;
            // A token that is authorised for some organisations only gets their repositories, and this word.
            if answer.headers.get("x-github-sso").is_some_and(|value| value.as_bytes().starts_with(b"partial")) {
                let detail = "the token is not authorised for every organisation's single sign-on";
                self.problem(client.problem(ProblemKind::SingleSignOn, &url, detail));
            }
            for item in page.items {
                let name = ["full_name", "path_with_namespace", "slug", "name"];
                let name = name.iter().find_map(|key| item.get(key)?.as_str()).unwrap_or("a repository").to_owned();
                match dialect.told(item) {
                    Ok(told) => match unfit(&told.listed) {
                        None => self.add(told),
                        Some(why) => self.problem(client.problem(ProblemKind::Entry, &name, why)),
                    },
                    Err(error) => self.problem(client.problem(ProblemKind::Entry, &name, &error.to_string())),
                }
            }
            next = page.next.map(|next| client.resolve(&next, &url)).transpose()?;
        }
        Ok(())
    }
}

/// Why git is not to be given this repository's URL: a host may answer anything, and git knows transports that run programs
/// or read local files.
pub(super) fn unfit(listed: &Listed) -> Option<&'static str> {
    let Address::Url(url) = &listed.address else { return None };
    let origin = crate::net::Origin::of(url);
    if origin.is_none_or(|origin| !origin.is_private()) || url.contains(|c: char| c.is_control() || c == ' ') {
        return Some("its clone URL is not one of https");
    }
    None
}

fn wiki_of(listed: &Listed, url: String) -> Listed {
    Listed {
        id: format!("{}:wiki", listed.id),
        name: format!("{}.wiki", listed.name),
        address: Address::Url(url),
        web_url: listed.web_url.as_ref().map(|url| format!("{url}/wiki")),
        wiki_of: Some(listed.id.clone()),
        parent: None,
        empty: None,
        moved_from: None,
        size: None,
        default_branch: None,
        pushed_at: None,
        ..listed.clone()
    }
}

/// The repository's URL, without credentials, and its wiki's beside it.
pub(super) fn clone_url(url: &str) -> (Address, String) {
    let url = crate::git::mirror::display(url);
    let wiki = format!("{}.wiki.git", url.strip_suffix(".git").unwrap_or(&url));
    (Address::Url(url), wiki)
}

/// `url`, if a browser may be sent there.
pub(super) fn web_url(url: Option<String>) -> Option<String> {
    url.filter(|url| url.starts_with("https://") || url.starts_with("http://"))
}
