//! The credentials of an EC2 instance's role, by version 2 of its metadata service.
//!
//! Source: EC2 User Guide, "Use the Instance Metadata Service to access instance metadata"; AWS SDKs and Tools Reference
//! Guide, "IMDS credential provider".

use super::environment::Environment;
use super::metadata::Metadata;
use super::{Credentials, session};
use crate::model::Secret;

/// Where an instance is told of itself.
const ADDRESS: &str = "http://169.254.169.254";
const ADDRESS_IPV6: &str = "http://[fd00:ec2::254]";

/// How long the token is asked for, in seconds: it is used at once.
const TOKEN_SECONDS: &[u8] = b"60";

const ROLES: &str = "latest/meta-data/iam/security-credentials/";

/// The credentials of the instance's role.
///
/// # Errors
/// There are none: this is no instance, it has no role, or its metadata service is turned off.
pub(super) fn credentials(environment: &Environment) -> Result<Credentials, String> {
    if environment.is_true("AWS_EC2_METADATA_DISABLED") {
        return Err("turned off by AWS_EC2_METADATA_DISABLED".to_owned());
    }
    let ipv6 = environment.text("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE");
    let ipv6 = ipv6.is_some_and(|mode| mode.eq_ignore_ascii_case("IPv6"));
    let address = environment.text("AWS_EC2_METADATA_SERVICE_ENDPOINT");
    let address = address.unwrap_or_else(|| if ipv6 { ADDRESS_IPV6 } else { ADDRESS }.to_owned());
    let address = address.trim_end_matches('/');
    let failed = |why: String| format!("{address}: {why}");
    let machine = Metadata::new();
    let lifetime = Secret::new(TOKEN_SECONDS);
    let token = machine
        .ask("PUT", &format!("{address}/latest/api/token"), Some(("x-aws-ec2-metadata-token-ttl-seconds", &lifetime)))
        .map_err(failed)?;
    let token = Secret::new(&token);
    let get = |path: &str| {
        machine.ask("GET", &format!("{address}/{path}"), Some(("x-aws-ec2-metadata-token", &token))).map_err(failed)
    };
    let role = get(ROLES).map_err(|why| format!("{why} (has the instance a role?)"))?;
    let role = String::from_utf8_lossy(&role);
    let role = role.trim().lines().next().unwrap_or_default().to_owned();
    let is_name = |c: char| c.is_ascii_alphanumeric() || "+=,.@_-".contains(c);
    if role.is_empty() || !role.chars().all(is_name) {
        return Err(failed("it names no role of the instance".to_owned()));
    }
    let json = get(&format!("{ROLES}{role}"))?;
    session::credentials(&json, format!("the instance's role {role}")).map_err(failed)
}
