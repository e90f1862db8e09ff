//! Which role a place gets, and how it is attached there.

use super::attach::attach;
use super::place::Kind;
use serde::Serialize;

/// A repository at its host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repository {
    /// `github.com`.
    pub host: String,
    /// `owner/name`; on GitLab a group may be in a group.
    pub name: String,
}

impl Repository {
    /// The repository of a URL, without credentials: `https://host/owner/name.git`, `ssh://git@host/owner/name`,
    /// `git@host:owner/name.git`.
    pub fn of_url(url: &str) -> Option<Self> {
        let (host, path) = match url.split_once("://") {
            Some((scheme, _)) if !matches!(scheme, "http" | "https" | "ssh" | "git") => return None,
            Some((_, rest)) => rest.split_once('/')?,
            None => url.split_once(':')?,
        };
        let host = host.rsplit('@').next().unwrap_or(host);
        let host = host.split(':').next().unwrap_or(host);
        let name = path.trim_matches('/').trim_end_matches(".git");
        let fits = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
        let whole = host.contains('.') && name.contains('/') && name.chars().all(fits);
        whole.then(|| Self { host: host.to_owned(), name: name.to_owned() })
    }
}

/// What of the world round a leak goes into a role.
#[derive(Debug, Clone, Default)]
pub struct Setting {
    /// Where the repository is hosted, if that is known.
    pub repository: Option<Repository>,
    /// The branch that deploys: that of HEAD.
    pub branch: Option<String>,
    /// Twelve digits.
    pub account: Option<String>,
    /// The one region that the settings name.
    pub region: Option<String>,
    /// What the role is called.
    pub role_name: String,
}

impl Setting {
    pub(super) fn account_or_blank(&self) -> &str {
        self.account.as_deref().unwrap_or("ACCOUNT_ID")
    }

    pub(super) fn region_or_blank(&self) -> &str {
        self.region.as_deref().unwrap_or("REGION")
    }

    /// The ARN of the role.
    pub(super) fn role_arn(&self) -> String {
        format!("arn:aws:iam::{}:role/{}", self.account_or_blank(), self.role_name)
    }
}

/// What gets credentials instead of a person who keeps a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Role {
    /// `execution_role`, `instance_profile` …
    pub kind: &'static str,
    /// What AWS calls it.
    pub name: &'static str,
    /// What it is called in the policies written here.
    pub role_name: String,
    /// One sentence: why this and no key.
    pub why: &'static str,
    /// What to do, in order.
    pub steps: Vec<String>,
    /// The lines that change.
    pub attach: Snippet,
}

/// A few lines of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Snippet {
    /// Where they belong.
    pub into: &'static str,
    /// The lines.
    pub text: String,
    /// What else changes there: where the key itself goes.
    pub also: &'static str,
}

/// How files beside the leak are written: what is attached is written so, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    Sam,
    Serverless,
    CloudFormation,
    Terraform,
    Plain,
}

/// The role for a place. `finding` is the fingerprint that the steps name.
pub(super) fn role(kind: Kind, dialect: Dialect, setting: &Setting, finding: &str) -> Role {
    let (slug, name, why) = what(kind);
    let attach = attach(kind, dialect, setting);
    let mut steps = Vec::new();
    match kind {
        Kind::Laptop => steps.push(
            "make a permission set with the permission policy, and assign it to the people who need it".to_owned(),
        ),
        Kind::GithubActions | Kind::Gitlab | Kind::Bitbucket | Kind::Circleci => steps.push(
            "add the issuer of the tokens to IAM as an OpenID Connect provider, once an account (`--format terraform` \
             writes it)"
                .to_owned(),
        ),
        Kind::Server => steps.push(
            "make a trust anchor of IAM Roles Anywhere for the authority that issues your servers' certificates"
                .to_owned(),
        ),
        _ => {}
    }
    if kind != Kind::Laptop {
        let name = &setting.role_name;
        steps.push(format!("make the role {name} with the trust policy, and give it the permission policy"));
    }
    steps.push(format!("put the lines below into {}; {}", attach.into, attach.also));
    steps.push("take the key out of the code: an SDK that is given no key asks for the role's by itself".to_owned());
    steps.push(format!(
        "deploy, see it work, then make the key inactive and delete it: `keytrail contain {finding}` prints the commands"
    ));
    Role { kind: slug, name, role_name: setting.role_name.clone(), why, steps, attach }
}

fn what(kind: Kind) -> (&'static str, &'static str, &'static str) {
    match kind {
        Kind::Lambda => (
            "execution_role",
            "the execution role of the function",
            "Lambda gives each run of a function credentials of its execution role that last for hours",
        ),
        Kind::Ec2 => (
            "instance_profile",
            "a role in an instance profile",
            "an instance gets credentials of its role from the metadata service, and they change by themselves",
        ),
        Kind::Ecs => (
            "task_role",
            "the task role",
            "ECS gives the containers of a task credentials of its task role; the execution role is the agent's and not theirs",
        ),
        Kind::Kubernetes => (
            "pod_identity",
            "a role for EKS Pod Identity (or IRSA, where the agent cannot run)",
            "pods of one service account get credentials of their role; those of the node stay the node's",
        ),
        Kind::GithubActions | Kind::Gitlab | Kind::Bitbucket | Kind::Circleci => (
            "oidc_role",
            "a role for the pipeline's OpenID Connect token",
            "each job proves with a token which repository and branch it is, and gets credentials for that job alone",
        ),
        Kind::Codebuild => (
            "service_role",
            "the service role of the project",
            "CodeBuild gives each build credentials of its project's role",
        ),
        Kind::Laptop => (
            "permission_set",
            "a permission set of IAM Identity Center",
            "people sign in, with a second factor, and get credentials that last for hours and are theirs",
        ),
        Kind::OtherAccount => (
            "assume_role",
            "a role that the other account assumes",
            "who calls from another account does so with its own identity; the external id keeps others from using the role through it",
        ),
        Kind::Server => (
            "roles_anywhere",
            "a role for IAM Roles Anywhere",
            "a server outside of AWS proves who it is with a certificate, and gets credentials that last for an hour",
        ),
    }
}

/// A name as Terraform's labels are written.
pub(super) fn label(name: &str) -> String {
    let written: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' }).collect();
    if written.starts_with(|c: char| c.is_ascii_digit()) { format!("role_{written}") } else { written }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn owner_and_name_are_read_off_any_url() {
        for (url, expected) in [
            ("https://github.com/acme/shop.git", Some(("github.com", "acme/shop"))),
            ("git@gitlab.example.org:group/sub/app.git", Some(("gitlab.example.org", "group/sub/app"))),
            ("ssh://git@github.com:22/acme/shop", Some(("github.com", "acme/shop"))),
            ("file:///srv/git/shop.git", None),
            ("/srv/git/shop", None),
            ("https://github.com/acme", None),
            ("https://github.com/a/b\"x", None),
        ] {
            let found = Repository::of_url(url);
            assert_eq!(found.as_ref().map(|one| (one.host.as_str(), one.name.as_str())), expected, "{url}");
        }
    }

    #[test]
    fn labels_are_terraforms() {
        assert_eq!(label("shop-API"), "shop_api");
        assert_eq!(label("1st"), "role_1st");
    }
}
