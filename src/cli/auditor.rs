//! The auditor's own credentials, as options say them.

use super::error::CliError;
use super::verify::endpoint;
use crate::cloud::{AuditorOptions, Environment, OwnerOptions};
use crate::model::FingerprintKey;
use clap::Args;

/// The options of all that asks accounts in the auditor's name.
#[derive(Debug, Args)]
#[command(next_help_heading = "Your own AWS credentials")]
pub(super) struct AuditorArgs {
    /// Use this profile of ~/.aws/config and ~/.aws/credentials, whatever the environment holds
    ///
    /// Without it credentials are looked for where AWS's own tools look: environment, profile, web identity, container,
    /// instance.
    #[arg(long, value_name = "NAME")]
    pub(super) profile: Option<String>,
    /// In accounts that are not your own, assume this role: its name, or its ARN
    #[arg(long, value_name = "ROLE")]
    pub(super) assume_role: Option<String>,
    /// Say this to the role's trust policy
    #[arg(long, value_name = "ID", requires = "assume_role")]
    pub(super) external_id: Option<String>,
    /// Ask IAM here, and nowhere else: a private endpoint, or a stand-in
    #[arg(long, value_name = "URL")]
    pub(super) iam_endpoint: Option<String>,
    /// Ask Organizations here, and nowhere else
    #[arg(long, value_name = "URL")]
    pub(super) organizations_endpoint: Option<String>,
}

impl AuditorArgs {
    /// An option that was given.
    pub(super) fn given(&self) -> Option<&'static str> {
        self.profile.as_ref().map(|_| "--profile").or(self.given_but_profile())
    }

    /// The same but for the profile.
    pub(super) fn given_but_profile(&self) -> Option<&'static str> {
        [
            (&self.assume_role, "--assume-role"),
            (&self.iam_endpoint, "--iam-endpoint"),
            (&self.organizations_endpoint, "--organizations-endpoint"),
        ]
        .into_iter()
        .find_map(|(value, name)| value.is_some().then_some(name))
    }

    /// Who asks. `region` and `sts` are those of other options.
    pub(super) fn auditor(&self, region: Option<&str>, sts: Option<&str>) -> Result<AuditorOptions, CliError> {
        Ok(AuditorOptions {
            profile: self.profile.clone(),
            region: region.map(str::to_owned),
            sts: sts.map(|url| endpoint("--sts-endpoint", url)).transpose()?,
            role: self.assume_role.clone(),
            external_id: self.external_id.clone(),
        })
    }

    /// Where accounts are asked, about findings whose fingerprints were made with `key`.
    pub(super) fn owners(&self, key: FingerprintKey) -> Result<OwnerOptions, CliError> {
        let base = |option: &str, url: &Option<String>| url.as_deref().map(|url| endpoint(option, url)).transpose();
        Ok(OwnerOptions {
            iam: base("--iam-endpoint", &self.iam_endpoint)?,
            organizations: base("--organizations-endpoint", &self.organizations_endpoint)?,
            fingerprint_key: key,
        })
    }
}

/// What of this process's environment leads to credentials.
pub(super) fn environment() -> Environment {
    std::env::vars_os().collect()
}
