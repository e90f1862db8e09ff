//! `CodeCommit`'s API: `ListRepositories`, and `BatchGetRepositories` for their URLs.
//!
//! Source: the AWS `CodeCommit` API Reference; and, for git, the User Guide's "Setup for HTTPS with the credential helper".

use super::client::{Ask, Client, Headers};
use super::collector::{Collector, Told, clone_url, unfit};
use super::credentials::Credentials;
use super::listing::Listed;
use super::organisation::Hosted;
use super::problem::{Problem, ProblemKind};
use crate::aws::Signer;
use crate::git::mirror::Login;
use crate::model::Secret;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use ureq::http::HeaderValue;
use ureq::http::header::HeaderName;

/// The most that one request may ask about.
const BATCH: usize = 100;

/// The most pages of ids: each has up to a thousand.
const MAX_PAGES: usize = 10_000;

/// The word in scopes.
const SERVICE: &str = "codecommit";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Names {
    repositories: Vec<Name>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Name {
    repository_name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Batch {
    repositories: Vec<Value>,
    #[serde(default)]
    repositories_not_found: Vec<String>,
    #[serde(default)]
    errors: Vec<Failure>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Failure {
    repository_name: Option<String>,
    error_message: Option<String>,
}

#[derive(Deserialize)]
struct Repository {
    #[serde(rename = "repositoryId")]
    id: String,
    #[serde(rename = "repositoryName")]
    name: String,
    #[serde(rename = "cloneUrlHttp")]
    clone_url: String,
    #[serde(rename = "defaultBranch")]
    default_branch: Option<String>,
}

/// Lists what the key's account has in the region.
pub(super) fn list(
    hosted: &Hosted,
    client: &Client<'_>,
    credentials: &Credentials,
    into: &mut Collector<'_>,
) -> Result<(), Problem> {
    let url = hosted.base.at("/");
    let call = |operation: &str, body: &Value| {
        let body = body.to_string();
        let headers = |now| headers(hosted, credentials, operation, body.as_bytes(), now);
        let answer = client.answer(&Ask { url: url.clone(), body: Some(body.as_bytes()), headers: &headers })?;
        Ok(answer.body)
    };
    let malformed = |error: serde_json::Error| client.problem(ProblemKind::Malformed, &url, &error.to_string());
    let mut token: Option<String> = None;
    for _ in 0..MAX_PAGES {
        let order = json!({ "sortBy": "repositoryName", "order": "ascending", "nextToken": token });
        let names: Names = serde_json::from_slice(&call("ListRepositories", &order)?).map_err(malformed)?;
        for batch in names.repositories.chunks(BATCH) {
            let batch: Vec<&str> = batch.iter().map(|name| name.repository_name.as_str()).collect();
            let told = call("BatchGetRepositories", &json!({ "repositoryNames": batch }))?;
            let told: Batch = serde_json::from_slice(&told).map_err(malformed)?;
            for failure in told.errors {
                let name = failure.repository_name.unwrap_or_default();
                let words = failure.error_message.unwrap_or_default();
                into.problem(client.problem(ProblemKind::Entry, &name, &words));
            }
            for name in told.repositories_not_found {
                into.problem(client.problem(ProblemKind::Entry, &name, "it is listed, but not found"));
            }
            for item in told.repositories {
                match serde_json::from_value(item).map(|repository| told_of(hosted, repository)) {
                    Ok(told) => match unfit(&told.listed) {
                        None => into.add(told),
                        Some(why) => into.problem(client.problem(ProblemKind::Entry, &told.listed.name, why)),
                    },
                    Err(error) => into.problem(client.problem(ProblemKind::Entry, "a repository", &error.to_string())),
                }
            }
        }
        match names.next_token {
            None => return Ok(()),
            same if same == token => break,
            next => token = next,
        }
    }
    Err(client.problem(ProblemKind::Endless, &url, "the pages do not come to an end"))
}

fn told_of(hosted: &Hosted, told: Repository) -> Told {
    let (address, _) = clone_url(&told.clone_url);
    let listed = Listed {
        id: hosted.id(told.id),
        name: told.name,
        address,
        web_url: None,
        archived: false,
        fork: false,
        parent: None,
        wiki_of: None,
        // It is the first push that sets it.
        empty: Some(told.default_branch.is_none()),
        moved_from: None,
        size: None,
        default_branch: told.default_branch,
        pushed_at: None,
    };
    Told { listed, wiki: None }
}

/// The headers of one call. Without a key it goes out unsigned, and AWS says what is missing.
fn headers(hosted: &Hosted, credentials: &Credentials, operation: &str, body: &[u8], now: i64) -> Headers {
    let time = time(now);
    let (host, target) = (hosted.base.origin.authority(), format!("CodeCommit_20150413.{operation}"));
    let mut pairs = vec![("content-type", "application/x-amz-json-1.1"), ("host", &host), ("x-amz-date", &time)];
    let session;
    if let Credentials::Key { id, secret, session: token } = credentials {
        if let Some(token) = token {
            session = String::from_utf8_lossy(token.expose()).into_owned();
            pairs.push(("x-amz-security-token", &session));
        }
        pairs.push(("x-amz-target", &target));
        let signer = Signer { key_id: id, secret, region: &hosted.name, service: SERVICE };
        let authorization = signer.authorization(("POST", "/"), &pairs, body, &time);
        pairs.push(("authorization", &authorization));
        return to_headers(&pairs);
    }
    pairs.push(("x-amz-target", &target));
    to_headers(&pairs)
}

fn to_headers(pairs: &[(&'static str, &str)]) -> Headers {
    let header = |(name, value): &(&'static str, &str)| {
        let mut value = HeaderValue::from_str(value).ok()?;
        value.set_sensitive(["authorization", "x-amz-security-token"].contains(name));
        Some((HeaderName::from_static(name), value))
    };
    pairs.iter().filter_map(header).collect()
}

/// What git is to answer when a repository below `path` asks for a password: a signature, which AWS takes for 15 minutes.
pub(super) fn login(hosted: &Hosted, credentials: &Credentials, path: &str, now: i64) -> Option<Login> {
    let Credentials::Key { id, secret, session } = credentials else { return None };
    let time = time(now);
    let signer = Signer { key_id: id, secret, region: &hosted.name, service: SERVICE };
    let request = format!("GIT\n{path}\n\nhost:{}\n\nhost\n", hosted.git.authority());
    // The time that is signed has no zone here, and the password has.
    let signature = signer.signature(&request, time.trim_end_matches('Z'));
    let user = match session {
        Some(token) => format!("{id}%{}", String::from_utf8_lossy(token.expose())),
        None => id.clone(),
    };
    Login::new(&user, &Secret::new(format!("{time}{signature}").as_bytes()))
}

fn time(now: i64) -> String {
    Timestamp::from_second(now).unwrap_or_default().strftime("%Y%m%dT%H%M%SZ").to_string()
}
