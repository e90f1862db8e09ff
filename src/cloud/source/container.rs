//! The credentials of a container: ECS, Fargate, EKS Pod Identity, `CloudShell`.
//!
//! Source: AWS SDKs and Tools Reference Guide, "Container credential provider".

use super::environment::Environment;
use super::metadata::Metadata;
use super::{Credentials, session};
use crate::model::Secret;
use crate::net::Origin;

const RELATIVE: &str = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";
const FULL: &str = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
const TOKEN: &str = "AWS_CONTAINER_AUTHORIZATION_TOKEN";
const TOKEN_FILE: &str = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE";

/// Where ECS's agent answers.
const ECS: &str = "http://169.254.170.2";

/// The hosts that may be asked without TLS besides this machine itself: ECS's agent, and that of EKS Pod Identity.
const HOSTS: [&str; 3] = ["169.254.170.2", "169.254.170.23", "[fd00:ec2::23]"];

/// The credentials of the container; `None` if this is none.
///
/// # Errors
/// It is one, and its credentials cannot be had.
pub(super) fn credentials(environment: &Environment) -> Result<Option<Credentials>, String> {
    let url = match (environment.text(RELATIVE), environment.text(FULL)) {
        (Some(path), _) if path.starts_with('/') => format!("{ECS}{path}"),
        (Some(_), _) => return Err(format!("{RELATIVE} is no path from the root")),
        (None, Some(url)) => url,
        (None, None) => return Ok(None),
    };
    let origin = Origin::of(&url).ok_or(format!("{FULL} is no URL that can be asked"))?;
    let host = origin.host().to_owned();
    if !origin.is_private() && !HOSTS.contains(&host.as_str()) {
        return Err(format!(
            "{FULL} leads to {host} without TLS: asked are this machine, {}, and others by https",
            HOSTS.join(", ")
        ));
    }
    let failed = |why: String| format!("{host}: {why}");
    let token = token(environment)?;
    let header = token.as_ref().map(|token| ("authorization", token));
    let json = Metadata::new().ask("GET", &url, header).map_err(failed)?;
    session::credentials(&json, format!("the container ({host})")).map(Some).map_err(failed)
}

/// What the agent wants to see. A file is read each time: its content changes.
fn token(environment: &Environment) -> Result<Option<Secret>, String> {
    let Some(path) = environment.path(TOKEN_FILE) else { return Ok(environment.get(TOKEN).cloned()) };
    let text = std::fs::read(&path).map(zeroize::Zeroizing::new);
    let text = text.map_err(|error| format!("{TOKEN_FILE}: {}: {error}", path.display()))?;
    Ok(Some(Secret::new(text.trim_ascii())))
}
