//! Profiles of `~/.aws/config` and `~/.aws/credentials`: which credentials one leads to.
//!
//! Source: AWS SDKs and Tools Reference Guide, "Shared config and credentials files" and "Assume role credential provider".

use super::environment::Environment;
use super::ini::{Section, sections};
use super::{Place, Role};
use crate::cloud::Key;
use crate::model::Secret;
use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// Where a profile's chain of roles begins.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Start {
    /// A key that stands in the file.
    Key(Key),
    /// A program that prints a key.
    Process(String),
    /// A token in a file, which a role is given for.
    WebIdentity { role: Role, token: PathBuf },
    /// What the machine gives.
    Machine(Place),
}

/// What to do for a profile's credentials: where to begin, and the roles to assume from there, one after the other.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Plan {
    pub start: Start,
    pub roles: Vec<Role>,
}

/// All profiles of both files.
#[derive(Debug, Default)]
pub(super) struct Profiles {
    profiles: BTreeMap<String, BTreeMap<String, Secret>>,
    /// The files that were looked for, as they are called.
    pub looked_at: Vec<String>,
}

impl Profiles {
    /// Reads both files. One that is not there has no profiles.
    ///
    /// # Errors
    /// A file that cannot be read, or is written wrongly.
    pub fn read(environment: &Environment) -> Result<Self, String> {
        let mut profiles = Self::default();
        // Of settings in both files those of `credentials` count.
        for (variable, name) in [("AWS_CONFIG_FILE", "config"), ("AWS_SHARED_CREDENTIALS_FILE", "credentials")] {
            let beside = || environment.home().map(|home| home.join(".aws").join(name));
            let Some(path) = environment.path(variable).or_else(beside) else { continue };
            profiles.looked_at.push(path.display().to_string());
            profiles.add(&path, name == "config")?;
        }
        Ok(profiles)
    }

    fn add(&mut self, path: &Path, is_config: bool) -> Result<(), String> {
        let text = match std::fs::read(path) {
            Ok(text) => zeroize::Zeroizing::new(text),
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(()),
            Err(error) => return Err(format!("{}: {error}", path.display())),
        };
        let sections = sections(&text).map_err(|error| format!("{}: {error}", path.display()))?;
        // `[profile default]` counts more than `[default]`.
        let (plain, named): (Vec<Section>, Vec<Section>) =
            sections.into_iter().partition(|section| profile_name(&section.name).is_none());
        for section in plain.into_iter().chain(named) {
            let name = match profile_name(&section.name) {
                Some(name) if is_config => name,
                None if !is_config || section.name == "default" => section.name,
                _ => continue,
            };
            self.profiles.entry(name).or_default().extend(section.settings);
        }
        Ok(())
    }

    /// Whether there is such a profile.
    pub fn has(&self, name: &str) -> bool {
        self.profiles.contains_key(name)
    }

    /// A setting of a profile that is no secret.
    pub fn text(&self, profile: &str, setting: &str) -> Option<String> {
        let value = self.setting(profile, setting)?;
        Some(String::from_utf8_lossy(value.expose()).into_owned())
    }

    fn setting(&self, profile: &str, setting: &str) -> Option<&Secret> {
        self.profiles.get(profile)?.get(setting).filter(|value| !value.expose().is_empty())
    }

    /// How to get at the credentials of a profile; `None` if it names none.
    ///
    /// # Errors
    /// A profile that is not there, is not whole, needs a person, or leads to itself.
    pub fn plan(&self, name: &str, environment: &Environment) -> Result<Option<Plan>, String> {
        let mut roles = Vec::new();
        let mut seen: Vec<String> = Vec::new();
        let mut profile = name.to_owned();
        loop {
            if !self.has(&profile) {
                let which = if profile == name { "it".to_owned() } else { format!("its source, profile '{profile}',") };
                return Err(format!("{which} stands in none of {}", self.looked_at.join(", ")));
            }
            let is_source = !seen.is_empty();
            // A profile may be the source of its own role: then its key counts.
            let role = match self.role(&profile)? {
                Some(role) if !(is_source && self.setting(&profile, "aws_access_key_id").is_some()) => role,
                _ => {
                    let start = self.start(&profile)?;
                    if start.is_none() && is_source {
                        return Err(format!("profile '{profile}', the source of a role, names no credentials"));
                    }
                    roles.reverse();
                    return Ok(start.map(|start| Plan { start, roles }));
                }
            };
            if seen.contains(&profile) {
                seen.push(profile);
                return Err(format!("profiles lead to each other: {}", seen.join(" → ")));
            }
            seen.push(profile.clone());
            let [source, machine, token] = ["source_profile", "credential_source", "web_identity_token_file"]
                .map(|setting| self.text(&profile, setting));
            let start = match (source, machine, token) {
                (Some(source), None, _) => {
                    roles.push(role);
                    profile = source;
                    continue;
                }
                (None, Some(machine), _) => {
                    roles.push(role);
                    Start::Machine(place(&machine).ok_or(format!(
                        "profile '{profile}': credential_source is '{machine}', not Environment, Ec2InstanceMetadata or \
                         EcsContainer"
                    ))?)
                }
                (Some(_), Some(_), _) => {
                    return Err(format!("profile '{profile}' has both source_profile and credential_source"));
                }
                (None, None, Some(token)) => Start::WebIdentity { role, token: environment.expand(&token) },
                (None, None, None) => {
                    return Err(format!(
                        "profile '{profile}' has a role_arn, but no source_profile, credential_source or \
                         web_identity_token_file to assume it with"
                    ));
                }
            };
            roles.reverse();
            return Ok(Some(Plan { start, roles }));
        }
    }

    /// The role that a profile stands for, if it does.
    fn role(&self, profile: &str) -> Result<Option<Role>, String> {
        let Some(arn) = self.text(profile, "role_arn") else { return Ok(None) };
        if self.setting(profile, "mfa_serial").is_some() {
            return Err(format!(
                "profile '{profile}' needs a code of an MFA device, which Keytrail does not ask for: assume the role with \
                 another tool and give its temporary key by the environment"
            ));
        }
        let seconds = self.text(profile, "duration_seconds");
        let duration = seconds.map(|text| {
            let seconds = text.parse().ok().filter(|seconds| (900..=43_200).contains(seconds));
            seconds.ok_or(format!("profile '{profile}': duration_seconds is no number from 900 to 43200"))
        });
        Ok(Some(Role {
            arn,
            external_id: self.text(profile, "external_id"),
            session: self.text(profile, "role_session_name"),
            duration: duration.transpose()?,
        }))
    }

    /// What a profile gives by itself.
    fn start(&self, profile: &str) -> Result<Option<Start>, String> {
        let [id, secret, session] = ["aws_access_key_id", "aws_secret_access_key", "aws_session_token"]
            .map(|setting| self.setting(profile, setting).cloned());
        match (id, secret) {
            (Some(id), Some(secret)) => return Ok(Some(Start::Key(Key { id, secret, session }))),
            (Some(_), None) => return Err(format!("profile '{profile}' has an id and no aws_secret_access_key")),
            (None, Some(_)) => return Err(format!("profile '{profile}' has a secret and no aws_access_key_id")),
            (None, None) => {}
        }
        if let Some(command) = self.text(profile, "credential_process") {
            return Ok(Some(Start::Process(command)));
        }
        let settings = self.profiles.get(profile).into_iter().flat_map(BTreeMap::keys);
        if let Some(setting) = settings.into_iter().find(|name| name.starts_with("sso_")) {
            return Err(format!(
                "profile '{profile}' signs in by IAM Identity Center ({setting}), which Keytrail does not do itself: run `aws sso \
                 login --profile {profile}`, and give it a profile with `credential_process = aws configure \
                 export-credentials --profile {profile}`"
            ));
        }
        Ok(None)
    }
}

/// The profile that a heading of the config file names.
fn profile_name(heading: &str) -> Option<String> {
    let name = heading.strip_prefix("profile")?;
    let quoted = name.strip_prefix([' ', '\t'])?.trim();
    let name = quoted.strip_prefix('"').and_then(|name| name.strip_suffix('"')).unwrap_or(quoted);
    Some(name.to_owned())
}

fn place(name: &str) -> Option<Place> {
    match name {
        "Environment" => Some(Place::Environment),
        "Ec2InstanceMetadata" => Some(Place::Instance),
        "EcsContainer" => Some(Place::Container),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
