//! Which variables a host sets for its hooks.
//!
//! From the hosts' own documentation (GitHub Enterprise Server "Creating a pre-receive hook script", GitLab "Git server
//! hooks", Bitbucket Data Center "Write hook scripts") and sources (Gitea `modules/repository/env.go`, gitolite `Rc.pm`).

use serde::Serialize;
use std::path::Path;

/// What runs the hook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Host {
    /// GitHub Enterprise Server.
    GitHub,
    /// GitLab.
    GitLab,
    /// Gitea or Forgejo, which sets the same variables.
    Gitea,
    /// gitolite.
    Gitolite,
    /// Bitbucket Data Center.
    Bitbucket,
    /// git itself, behind a web server, sshd or its own daemon.
    Plain,
}

/// Finds a variable that is set and not empty.
type Get<'a> = &'a dyn Fn(&str) -> Option<String>;

impl Host {
    /// By a variable that no other host sets. GitLab's and gitolite's begin alike.
    pub(super) fn of(get: Get<'_>) -> Self {
        let hosts: [(Self, &[&str]); 5] = [
            (Self::GitHub, &["GITHUB_REPO_NAME"]),
            (Self::GitLab, &["GL_PROJECT_PATH", "GL_REPOSITORY", "GL_ID"]),
            (Self::Gitea, &["GITEA_REPO_NAME"]),
            (Self::Gitolite, &["GL_REPO"]),
            (Self::Bitbucket, &["BB_REPO_SLUG"]),
        ];
        let known = hosts.into_iter().find(|(_, names)| names.iter().any(|name| get(name).is_some()));
        known.map_or(Self::Plain, |(host, _)| host)
    }

    /// The variable that names the user, and the name.
    pub(super) fn user(self, get: Get<'_>) -> Option<(&'static str, String)> {
        let names: &[&'static str] = match self {
            Self::GitHub => &["GITHUB_USER_LOGIN"],
            // A deploy key has no user, but an id.
            Self::GitLab => &["GL_USERNAME", "GL_ID"],
            Self::Gitea => &["GITEA_PUSHER_NAME"],
            Self::Gitolite => &["GL_USER"],
            Self::Bitbucket => &["BB_USER_NAME"],
            // Over ssh the account is the user; elsewhere it is that of the web server.
            Self::Plain if get("SSH_CONNECTION").is_some() => &["REMOTE_USER", "USER", "LOGNAME"],
            Self::Plain => &["REMOTE_USER"],
        };
        names.iter().find_map(|name| Some((*name, get(name)?)))
    }

    /// The repository, as the host calls it.
    pub(super) fn repository(self, get: Get<'_>) -> Option<String> {
        match self {
            Self::GitHub => get("GITHUB_REPO_NAME"),
            Self::GitLab => get("GL_PROJECT_PATH").or_else(|| get("GL_REPOSITORY")),
            Self::Gitea => {
                let wiki = if get("GITEA_REPO_IS_WIKI").as_deref() == Some("true") { ".wiki" } else { "" };
                Some(format!("{}/{}{wiki}", get("GITEA_REPO_USER_NAME")?, get("GITEA_REPO_NAME")?))
            }
            Self::Gitolite => get("GL_REPO"),
            Self::Bitbucket => Some(format!("{}/{}", get("BB_PROJECT_KEY")?, get("BB_REPO_SLUG")?)),
            Self::Plain => None,
        }
    }

    /// The way the push came.
    pub(super) fn via(self, get: Get<'_>) -> Option<String> {
        match self {
            Self::GitHub => get("GITHUB_VIA"),
            Self::GitLab => get("GL_PROTOCOL"),
            // Gitea sets what sshd would set, whichever way a push came.
            Self::Gitea | Self::Bitbucket => None,
            Self::Gitolite | Self::Plain => {
                let ways = [("GATEWAY_INTERFACE", "http"), ("SSH_CONNECTION", "ssh"), ("REMOTE_ADDR", "git")];
                ways.into_iter().find(|(name, _)| get(name).is_some()).map(|(_, way)| way.to_owned())
            }
        }
    }
}

/// The network address that the push came from.
pub(super) fn address(get: Get<'_>) -> Option<String> {
    let ssh = || get("SSH_CONNECTION")?.split_whitespace().next().map(str::to_owned);
    get("GITHUB_USER_IP").or_else(|| get("REMOTE_ADDR")).or_else(ssh)
}

/// What a repository in the folder `path` is called below `root`, without the ending of a bare one.
pub(super) fn name_of(path: &Path, root: Option<&str>) -> String {
    let whole = |root: &str| Path::new(root).canonicalize().ok();
    let below = root.and_then(|root| path.strip_prefix(root).ok().or_else(|| path.strip_prefix(whole(root)?).ok()));
    let name = below.filter(|below| *below != Path::new("")).unwrap_or(path).to_string_lossy();
    name.strip_suffix("/.git").or_else(|| name.strip_suffix(".git")).unwrap_or(&name).to_owned()
}
