//! Who pushes, to which repository: what the host's variables say.
//!
//! All of it comes from outside. It chooses a name to look up and to write down, nothing more.

mod host;

pub use host::Host;

use std::path::{Path, PathBuf};

/// Most push options that are looked at.
const MAX_OPTIONS: usize = 1000;

/// A push, as its host tells of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pusher {
    /// Whose variables these are.
    pub host: Host,
    /// The name the pusher is logged in with, where the host tells it.
    pub user: Option<String>,
    /// The variable that the name comes from.
    pub user_from: Option<&'static str>,
    /// The repository, as the host calls it: `group/project`, without `.git`. Without a host that names it: where it lies below
    /// the folder that the web server serves, or else its whole path.
    pub repository: String,
    /// The repository's folder.
    pub path: PathBuf,
    /// The way it came, in the host's words: `ssh`, `http`, `web` …
    pub via: Option<String>,
    /// The network address it came from.
    pub address: Option<String>,
    /// What was given with `git push -o`, in order, the first 1,000.
    pub options: Vec<String>,
}

impl Pusher {
    /// Reads the variables by `lookup`; `path` is the repository's folder, without symbolic links.
    pub fn new(lookup: &dyn Fn(&str) -> Option<String>, path: &Path) -> Self {
        let get = |name: &str| lookup(name).filter(|value| !value.is_empty());
        let host = Host::of(&get);
        let user = host.user(&get);
        Self {
            host,
            user_from: user.as_ref().map(|(name, _)| *name),
            user: user.map(|(_, user)| user),
            repository: host
                .repository(&get)
                .unwrap_or_else(|| host::name_of(path, get("GIT_PROJECT_ROOT").as_deref())),
            path: path.to_owned(),
            via: host.via(&get),
            address: host::address(&get),
            options: options(lookup),
        }
    }
}

/// Options may be empty, so their number counts.
fn options(lookup: &dyn Fn(&str) -> Option<String>) -> Vec<String> {
    let count = lookup("GIT_PUSH_OPTION_COUNT").and_then(|count| count.parse().ok()).unwrap_or(0);
    (0..MAX_OPTIONS.min(count)).map_while(|n| lookup(&format!("GIT_PUSH_OPTION_{n}"))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pusher(variables: &[(&str, &str)], path: &str) -> Pusher {
        let find = |name: &str| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        Pusher::new(&find, Path::new(path))
    }

    /// Variables; then the host, the user and the variable it comes from, the repository, the way, the address.
    type Told<'a> =
        (&'a [(&'a str, &'a str)], (Host, Option<(&'a str, &'a str)>, &'a str, Option<&'a str>, Option<&'a str>));

    #[test]
    fn each_host_is_known_by_its_own_variables() {
        let ssh = ("SSH_CONNECTION", "192.0.2.7 50000 192.0.2.1 22");
        let (jane, from) = (|name| Some((name, "jane")), Some("192.0.2.7"));
        let cases: [Told<'_>; 10] = [
            (
                &[
                    ("GITHUB_REPO_NAME", "team/app"),
                    ("GITHUB_USER_LOGIN", "jane"),
                    ("GITHUB_USER_IP", "192.0.2.7"),
                    ("GITHUB_VIA", "merge button"),
                ],
                (Host::GitHub, jane("GITHUB_USER_LOGIN"), "team/app", Some("merge button"), from),
            ),
            (
                &[("GL_ID", "user-7"), ("GL_USERNAME", "jane"), ("GL_PROJECT_PATH", "a/b/app"), ("GL_PROTOCOL", "web")],
                (Host::GitLab, jane("GL_USERNAME"), "a/b/app", Some("web"), None),
            ),
            (
                &[("GL_ID", "key-9"), ("GL_REPOSITORY", "project-4"), ("GL_PROTOCOL", "ssh")],
                (Host::GitLab, Some(("GL_ID", "key-9")), "project-4", Some("ssh"), None),
            ),
            (
                &[("GL_USER", "jane"), ("GL_REPO", "team/app"), ssh],
                (Host::Gitolite, jane("GL_USER"), "team/app", Some("ssh"), from),
            ),
            (
                &[("GITEA_REPO_NAME", "app"), ("GITEA_REPO_USER_NAME", "team"), ("GITEA_PUSHER_NAME", "jane")],
                (Host::Gitea, jane("GITEA_PUSHER_NAME"), "team/app", None, None),
            ),
            (
                &[("GITEA_REPO_NAME", "app"), ("GITEA_REPO_USER_NAME", "team"), ("GITEA_REPO_IS_WIKI", "true")],
                (Host::Gitea, None, "team/app.wiki", None, None),
            ),
            (
                &[("BB_PROJECT_KEY", "TEAM"), ("BB_REPO_SLUG", "app"), ("BB_USER_NAME", "jane")],
                (Host::Bitbucket, jane("BB_USER_NAME"), "TEAM/app", None, None),
            ),
            (
                &[
                    ("REMOTE_USER", "jane"),
                    ("REMOTE_ADDR", "192.0.2.7"),
                    ("GIT_PROJECT_ROOT", "/srv/git"),
                    ("GATEWAY_INTERFACE", "CGI/1.1"),
                ],
                (Host::Plain, jane("REMOTE_USER"), "team/app", Some("http"), from),
            ),
            (&[ssh, ("USER", "jane")], (Host::Plain, jane("USER"), "/srv/git/team/app", Some("ssh"), from)),
            (&[("USER", "root")], (Host::Plain, None, "/srv/git/team/app", None, None)),
        ];
        for (variables, wanted) in cases {
            let pusher = pusher(variables, "/srv/git/team/app.git");
            let user = pusher.user_from.zip(pusher.user.as_deref());
            let Pusher { host, repository, via, address, .. } = &pusher;
            assert_eq!((*host, user, repository.as_str(), via.as_deref(), address.as_deref()), wanted, "{variables:?}");
        }
    }

    #[test]
    fn a_variable_that_is_empty_says_nothing() {
        let pusher = pusher(&[("GITHUB_REPO_NAME", ""), ("REMOTE_USER", "")], "/srv/git/app/.git");
        assert_eq!((pusher.host, pusher.user, pusher.repository.as_str()), (Host::Plain, None, "/srv/git/app"));
    }

    #[test]
    fn options_are_counted_and_bounded() {
        let given = |count: &str| {
            let count = count.to_owned();
            let find = move |name: &str| match name.strip_prefix("GIT_PUSH_OPTION_")? {
                "COUNT" => Some(count.clone()),
                n => Some(format!("o{n}")),
            };
            Pusher::new(&find, Path::new("/r")).options
        };
        assert_eq!(given("2"), ["o0", "o1"]);
        assert_eq!(given("99999999").len(), MAX_OPTIONS);
        for count in ["", "0", "-1", "many", "99999999999999999999999"] {
            assert!(given(count).is_empty(), "{count}");
        }
        assert!(pusher(&[("GIT_PUSH_OPTION_COUNT", "1000000")], "/r").options.is_empty());
    }
}
