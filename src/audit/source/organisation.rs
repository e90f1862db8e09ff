//! Whose repositories are asked for, as the user wrote it.

use crate::git::mirror;
use crate::net::{Base, Origin};
use std::fmt;
use std::path::PathBuf;

/// The longest name of an organisation that is asked for, in bytes. GitLab's paths of nested groups are the longest.
const MAX_NAME: usize = 255;

/// A kind of server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Host {
    /// github.com, GitHub Enterprise Cloud and Server: an organisation or a user.
    GitHub,
    /// GitLab: a group with all groups below it.
    GitLab,
    /// Gitea and Forgejo: an organisation.
    Gitea,
    /// bitbucket.org: a workspace.
    BitbucketCloud,
    /// Bitbucket Data Center: a project.
    BitbucketDataCenter,
    /// AWS `CodeCommit`: an account's repositories in a region.
    CodeCommit,
}

impl Host {
    /// The word before the colon.
    pub fn name(self) -> &'static str {
        match self {
            Self::GitHub => "github",
            Self::GitLab => "gitlab",
            Self::Gitea => "gitea",
            Self::BitbucketCloud | Self::BitbucketDataCenter => "bitbucket",
            Self::CodeCommit => "codecommit",
        }
    }

    /// What stands between a site's own URL and its API.
    fn api(self) -> &'static str {
        match self {
            Self::GitHub | Self::BitbucketCloud | Self::CodeCommit => "",
            Self::GitLab => "/api/v4",
            Self::Gitea => "/api/v1",
            Self::BitbucketDataCenter => "/rest/api/1.0",
        }
    }
}

/// Whose repositories.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organisation(pub(super) Kind);

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    Hosted(Hosted),
    Folder(PathBuf),
    File(PathBuf),
}

/// An organisation on a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hosted {
    pub host: Host,
    /// Of the organisation, group, workspace or project; of `CodeCommit`, the region.
    pub name: String,
    pub base: Base,
    /// Where the host keeps what git fetches.
    pub git: Origin,
}

/// What the user wrote names no organisation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OrganisationError {
    /// No known kind of source.
    #[error(
        "'{0}': name the source as github:NAME, gitlab:GROUP, gitea:ORG, bitbucket:NAME, codecommit:REGION, dir:PATH or file:LIST"
    )]
    Kind(String),
    /// No name of the kind that this host has.
    #[error("'{0}' is no name that {1} knows")]
    Name(String, &'static str),
    /// No URL to ask at.
    #[error(
        "cannot ask at that base URL: it must be https (http only on this machine), without user, password and query"
    )]
    Base,
    /// A base URL for something that has none.
    #[error("{0} takes no base URL")]
    NeedsNone(&'static str),
    /// No base URL for what is nowhere by default.
    #[error("{0} needs a base URL")]
    NeedsBase(&'static str),
}

impl Organisation {
    /// Reads `github:NAME`, `gitlab:GROUP` (a path of groups), `gitea:ORG`, `bitbucket:WORKSPACE`, or `bitbucket:PROJECT` with a
    /// base URL, `codecommit:REGION`, `dir:PATH` or `file:LIST`.
    ///
    /// `base` is the URL of a server of one's own. GitHub Enterprise Server's is `https://HOST/api/v3`; of the others it may
    /// be the site's or its API's.
    ///
    /// # Errors
    /// What was written is of no known kind, or has a name or base URL that cannot be asked for. Quotes the text, which is
    /// the user's own, but no base URL, which may hold a password.
    pub fn parse(text: &str, base: Option<&str>) -> Result<Self, OrganisationError> {
        use OrganisationError as Error;
        let (kind, name) = text.split_once(':').ok_or_else(|| Error::Kind(mirror::display(text)))?;
        let (host, default) = match kind {
            "github" => (Host::GitHub, Some("https://api.github.com".to_owned())),
            "gitlab" => (Host::GitLab, Some("https://gitlab.com".to_owned())),
            "gitea" => (Host::Gitea, None),
            "bitbucket" if base.is_none() => (Host::BitbucketCloud, Some("https://api.bitbucket.org/2.0".to_owned())),
            "bitbucket" => (Host::BitbucketDataCenter, None),
            "codecommit" => (Host::CodeCommit, Some(format!("https://codecommit.{name}.{}", domain(name)))),
            "dir" | "file" if name.is_empty() => return Err(Error::Name(text.to_owned(), "the file system")),
            "dir" | "file" if base.is_some() => {
                return Err(Error::NeedsNone(if kind == "dir" { "a folder" } else { "a file" }));
            }
            "dir" => return Ok(Self(Kind::Folder(name.into()))),
            "file" => return Ok(Self(Kind::File(name.into()))),
            _ => return Err(Error::Kind(mirror::display(text))),
        };
        if !is_name(host, name) {
            return Err(Error::Name(text.to_owned(), host.name()));
        }
        let url = base.map(str::to_owned).or(default).ok_or(Error::NeedsBase(host.name()))?;
        let hosted = Hosted::new(host, name, &url).ok_or(Error::Base)?;
        Ok(Self(Kind::Hosted(hosted)))
    }

    /// The server that is asked; `None` for a folder or a file. The caller chooses the variables by it in which it looks for
    /// a token.
    pub fn host(&self) -> Option<Host> {
        match &self.0 {
            Kind::Hosted(hosted) => Some(hosted.host),
            Kind::Folder(_) | Kind::File(_) => None,
        }
    }
}

impl Hosted {
    pub fn new(host: Host, name: &str, url: &str) -> Option<Self> {
        let base = Base::new(url, host.api())?;
        let git = match base.origin.host() {
            // `api.github.com` and `api.SITE.ghe.com` are for programs; git fetches from the site itself.
            api if host == Host::GitHub && (api == "api.github.com" || api.ends_with(".ghe.com")) => {
                base.origin.on(api.strip_prefix("api.").unwrap_or(api))
            }
            "api.bitbucket.org" => base.origin.on("bitbucket.org"),
            _ if host == Host::CodeCommit => base.origin.on(&format!("git-codecommit.{name}.{}", domain(name))),
            _ => base.origin.clone(),
        };
        Some(Self { host, name: name.to_owned(), base, git })
    }

    /// [`super::Listed::id`] of the repository that the host numbers `id`.
    pub fn id(&self, id: impl fmt::Display) -> String {
        format!("{}:{}:{id}", self.host.name(), self.base.origin.authority())
    }
}

impl fmt::Display for Organisation {
    /// As it was written.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Hosted(hosted) => write!(f, "{}:{}", hosted.host.name(), hosted.name),
            Kind::Folder(path) => write!(f, "dir:{}", path.display()),
            Kind::File(path) => write!(f, "file:{}", path.display()),
        }
    }
}

/// AWS's domain for a region: that of China is its own.
fn domain(region: &str) -> &'static str {
    if region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" }
}

fn is_name(host: Host, name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || ['-', '_', '.', '~'].contains(&c);
    let allowed = |c: char| match host {
        Host::CodeCommit => c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-',
        Host::GitLab => c == '/' || plain(c) || c.is_alphanumeric(),
        _ => plain(c),
    };
    let parts = |name: &str| name.split('/').all(|part| !["", ".", ".."].contains(&part));
    name.len() <= MAX_NAME && name.chars().all(allowed) && parts(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hosted(text: &str, base: Option<&str>) -> Hosted {
        match Organisation::parse(text, base).unwrap().0 {
            Kind::Hosted(hosted) => hosted,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn each_kind_is_read_and_knows_where_to_ask() {
        for (text, base, asked, git) in [
            ("github:acme", None, "https://api.github.com", "github.com"),
            ("github:acme", Some("https://api.acme.ghe.com/"), "https://api.acme.ghe.com", "acme.ghe.com"),
            (
                "github:acme",
                Some("https://ghe.example:8443/api/v3"),
                "https://ghe.example:8443/api/v3",
                "ghe.example:8443",
            ),
            ("gitlab:a/b.c", None, "https://gitlab.com/api/v4", "gitlab.com"),
            ("gitlab:a", Some("https://h/gitlab/"), "https://h/gitlab/api/v4", "h"),
            ("gitea:a", Some("http://localhost:3000/api/v1"), "http://localhost:3000/api/v1", "localhost:3000"),
            ("bitbucket:a", None, "https://api.bitbucket.org/2.0", "bitbucket.org"),
            ("bitbucket:~ann", Some("https://h"), "https://h/rest/api/1.0", "h"),
            (
                "codecommit:cn-north-1",
                None,
                "https://codecommit.cn-north-1.amazonaws.com.cn",
                "git-codecommit.cn-north-1.amazonaws.com.cn",
            ),
        ] {
            let hosted = hosted(text, base);
            assert_eq!((hosted.base.at("").as_str(), hosted.git.authority().as_str()), (asked, git));
            assert_eq!(Organisation(Kind::Hosted(hosted)).to_string(), text);
        }
        assert_eq!(Organisation::parse("dir:/srv", None), Ok(Organisation(Kind::Folder("/srv".into()))));
        assert_eq!(Organisation::parse("file:C:/x", None), Ok(Organisation(Kind::File("C:/x".into()))));
    }

    #[test]
    fn what_cannot_be_asked_for_is_refused() {
        use OrganisationError as Error;
        let parse = |text, base| Organisation::parse(text, base).unwrap_err();
        for text in ["", "acme", "svn:x", "GitHub:x"] {
            assert!(matches!(parse(text, None), Error::Kind(_)), "{text}");
        }
        for text in [
            "github:",
            "github:a/b",
            "github:..",
            "gitlab:a//b",
            "gitlab:a/../b",
            "github:a?b",
            "codecommit:x.evil.example",
            "dir:",
        ] {
            assert!(matches!(parse(text, None), Error::Name(..)), "{text}");
        }
        assert!(matches!(parse("gitea:a", None), Error::NeedsBase("gitea")));
        assert!(matches!(parse("dir:a", Some("https://h")), Error::NeedsNone(_)));
        let error = parse("github:a", Some("http://user:hunter§h".replace('§', "@").as_str()));
        assert_eq!(error, Error::Base);
        assert!(!error.to_string().contains("hunter"));
    }
}
