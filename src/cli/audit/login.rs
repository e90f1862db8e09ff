//! Who asks the host: from the environment or a file, never from an argument.

use super::notify;
use crate::audit::source::{Credentials, Host, Organisation};
use crate::cli::error::CliError;
use crate::model::Secret;
use std::env;
use std::path::Path;

/// All variables that credentials are taken from, those of the store and of a webhook among them.
pub(super) const VARIABLES: [&str; 13] = [
    "KEYTRAIL_TOKEN",
    "GH_TOKEN",
    "GITHUB_TOKEN",
    "GITLAB_TOKEN",
    "GITEA_TOKEN",
    "BITBUCKET_TOKEN",
    "BITBUCKET_USER",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "PGPASSWORD",
    notify::URL,
    notify::KEY,
];

/// The credentials for `organisation`: those in `file`, or those that the environment has for its host.
pub(super) fn credentials(organisation: &Organisation, file: Option<&Path>) -> Result<Credentials, CliError> {
    if let Some(path) = file {
        let text = std::fs::read(path).map_err(|error| CliError::new(format!("{}: {error}", path.display())))?;
        return Ok(Credentials::Token(Secret::new(text.trim_ascii())));
    }
    let variable = |name: &str| env::var_os(name).filter(|value| !value.is_empty());
    let secret = |name: &str| variable(name).map(|value| Secret::new(value.as_encoded_bytes()));
    let names: &[&str] = match organisation.host() {
        Some(Host::GitHub) => &["KEYTRAIL_TOKEN", "GH_TOKEN", "GITHUB_TOKEN"],
        Some(Host::GitLab) => &["KEYTRAIL_TOKEN", "GITLAB_TOKEN"],
        Some(Host::Gitea) => &["KEYTRAIL_TOKEN", "GITEA_TOKEN"],
        Some(Host::BitbucketCloud | Host::BitbucketDataCenter) => &["KEYTRAIL_TOKEN", "BITBUCKET_TOKEN"],
        Some(Host::CodeCommit) => {
            let id = variable("AWS_ACCESS_KEY_ID").map(|id| id.to_string_lossy().into_owned());
            let session = secret("AWS_SESSION_TOKEN");
            return Ok(match (id, secret("AWS_SECRET_ACCESS_KEY")) {
                (Some(id), Some(secret)) => Credentials::Key { id, secret, session },
                _ => Credentials::Nobody,
            });
        }
        None => &[],
    };
    let user = variable("BITBUCKET_USER").map(|user| user.to_string_lossy().into_owned());
    let bitbucket = organisation.host() == Some(Host::BitbucketCloud);
    Ok(match (names.iter().find_map(|name| secret(name)), user.filter(|_| bitbucket)) {
        (Some(password), Some(user)) => Credentials::Basic { user, password },
        (Some(token), None) => Credentials::Token(token),
        (None, _) => Credentials::Nobody,
    })
}
