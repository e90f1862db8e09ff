//! Asks for the listing, and for the login that git needs afterwards.

use super::bitbucket::Bitbucket;
use super::client::{Client, Headers};
use super::collector::Collector;
use super::credentials::Credentials;
use super::data_center::DataCenter;
use super::gitea::Gitea;
use super::gitlab::GitLab;
use super::listing::Listing;
use super::options::ListOptions;
use super::organisation::{Host, Hosted, Kind, Organisation};
use super::problem::{Problem, ProblemKind};
use super::{codecommit, folder, github, list_file};
use crate::git::mirror::Login;
use crate::model::Secret;
use crate::net::{Clock, Origin};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::sync::atomic::AtomicBool;
use ureq::http::header::{ACCEPT, AUTHORIZATION, HeaderName, HeaderValue};
use zeroize::Zeroizing;

impl Organisation {
    /// Asks which repositories there are. Takes time: see [`ListOptions`]; `cancel` is looked at while it waits and between
    /// requests.
    pub fn list(
        &self,
        credentials: &Credentials,
        options: &ListOptions,
        clock: &dyn Clock,
        cancel: &AtomicBool,
    ) -> Listing {
        let mut collector = Collector::new(options);
        let done = match &self.0 {
            Kind::Hosted(hosted) => ask(hosted, credentials, options, (clock, cancel), &mut collector),
            Kind::Folder(path) => folder::list(path, cancel, &mut collector),
            Kind::File(path) => list_file::list(path, &mut collector),
        };
        if let Err(problem) = done {
            collector.problem(problem);
        }
        collector.finish()
    }

    /// What git is to answer when the server at `url` asks who it is. `None`: nothing, for `url` is not at the organisation's
    /// own server, or there are no credentials for it.
    ///
    /// Of `CodeCommit` it holds for 15 minutes: to be made for each repository.
    pub fn login(&self, credentials: &Credentials, url: &str, clock: &dyn Clock) -> Option<Login> {
        let Kind::Hosted(hosted) = &self.0 else { return None };
        if Origin::of(url)? != hosted.git {
            return None;
        }
        let user = match hosted.host {
            Host::CodeCommit => {
                let path = url.splitn(4, '/').nth(3).unwrap_or_default();
                return codecommit::login(hosted, credentials, &format!("/{path}"), clock.now());
            }
            Host::GitHub => "x-access-token",
            // Both take any name beside a token.
            Host::GitLab | Host::Gitea => "oauth2",
            Host::BitbucketCloud | Host::BitbucketDataCenter => "x-token-auth",
        };
        match credentials {
            Credentials::Token(token) => Login::new(user, token),
            Credentials::Basic { user, password } => Login::new(user, password),
            Credentials::Nobody | Credentials::Key { .. } => None,
        }
    }
}

fn ask(
    hosted: &Hosted,
    credentials: &Credentials,
    options: &ListOptions,
    (clock, cancel): (&dyn Clock, &AtomicBool),
    into: &mut Collector<'_>,
) -> Result<(), Problem> {
    let (headers, hidden) = shown(hosted.host, credentials)?;
    let client = Client::new(&hosted.base, options, (clock, cancel), hidden)?;
    let headers = |_| headers.clone();
    match hosted.host {
        Host::GitHub => github::list(hosted, &client, &headers, into),
        Host::GitLab => into.pages(&client, &headers, GitLab(hosted).first(), &GitLab(hosted)),
        Host::Gitea => into.pages(&client, &headers, Gitea(hosted).first(), &Gitea(hosted)),
        Host::BitbucketCloud => into.pages(&client, &headers, Bitbucket(hosted).first(), &Bitbucket(hosted)),
        Host::BitbucketDataCenter => into.pages(&client, &headers, DataCenter(hosted).first(), &DataCenter(hosted)),
        Host::CodeCommit => codecommit::list(hosted, &client, credentials, into),
    }
}

/// The headers that show `credentials` to a host, and what of them no message may hold.
fn shown(host: Host, credentials: &Credentials) -> Result<(Headers, Vec<Secret>), Problem> {
    let mut headers = vec![(ACCEPT, HeaderValue::from_static("application/json"))];
    let mut hidden = Vec::new();
    let (name, value) = match credentials {
        Credentials::Nobody => return Ok((headers, hidden)),
        Credentials::Key { secret, session, .. } => {
            hidden.extend(session.iter().chain([secret]).cloned());
            return Ok((headers, hidden));
        }
        Credentials::Token(token) => {
            hidden.push(token.clone());
            let (name, word) = match host {
                Host::GitLab => (HeaderName::from_static("private-token"), ""),
                Host::Gitea => (AUTHORIZATION, "token "),
                _ => (AUTHORIZATION, "Bearer "),
            };
            (name, Zeroizing::new([word.as_bytes(), token.expose()].concat()))
        }
        Credentials::Basic { user, password } => {
            let pair = Zeroizing::new([user.as_bytes(), b":", password.expose()].concat());
            let coded = Zeroizing::new(STANDARD.encode(&pair));
            hidden.extend([password.clone(), Secret::new(coded.as_bytes())]);
            (AUTHORIZATION, Zeroizing::new([b"Basic ", coded.as_bytes()].concat()))
        }
    };
    let mut value = HeaderValue::from_bytes(&value)
        .map_err(|_| Problem::new(ProblemKind::Settings, "the token", "must be one line without control characters"))?;
    value.set_sensitive(true);
    headers.push((name, value));
    Ok((headers, hidden))
}
