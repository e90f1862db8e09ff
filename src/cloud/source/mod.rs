//! The auditor's own credentials, from where AWS's own tools take them, in their order.
//!
//! Source: AWS SDKs and Tools Reference Guide, "Standardized credential providers". What is set up and does not work is an
//! error: nobody is asked in the name of another than the one that was meant.

mod container;
mod environment;
mod ini;
mod instance;
mod metadata;
mod process;
mod profile;
mod session;
#[cfg(test)]
mod tests;

use super::{CallError, Caller, Credentials, Endpoint, Key, Role};
use crate::model::Secret;
pub use environment::Environment;
use profile::{Plan, Profiles, Start};
use std::fmt;

/// Where a machine may have credentials for what runs on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Environment,
    Container,
    Instance,
}

/// No credentials: what was looked at, in order, and why each gave none. The last one may have been meant and not worked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceError(Vec<(String, String)>);

impl fmt::Display for SourceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<String> = self.0.iter().map(|(place, why)| format!("{place}: {why}")).collect();
        write!(f, "no AWS credentials of your own: {}", lines.join("; "))
    }
}

impl std::error::Error for SourceError {}

/// What is looked at.
pub(super) struct Sources<'a> {
    caller: &'a Caller<'a>,
    environment: &'a Environment,
    /// Profiles of the files, or why they cannot be read.
    profiles: Result<Profiles, String>,
    /// The profile that was named on the command line: nothing else counts then.
    named: Option<&'a str>,
}

impl<'a> Sources<'a> {
    pub fn new(caller: &'a Caller<'a>, environment: &'a Environment, named: Option<&'a str>) -> Self {
        Self { caller, environment, profiles: Profiles::read(environment), named }
    }

    fn profile(&self) -> String {
        let named = self.named.map(str::to_owned);
        let from = ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"];
        let variable = || from.iter().find_map(|name| self.environment.text(name));
        named.or_else(variable).unwrap_or_else(|| "default".to_owned())
    }

    /// The region that is set up: by the environment, or in the profile.
    pub fn region(&self) -> Option<String> {
        let variable = || ["AWS_REGION", "AWS_DEFAULT_REGION"].iter().find_map(|name| self.environment.text(name));
        let in_profile = || self.profiles.as_ref().ok()?.text(&self.profile(), "region");
        if self.named.is_some() { in_profile().or_else(variable) } else { variable().or_else(in_profile) }
    }

    /// The first credentials there are; roles among them are assumed at the STS at `sts`.
    pub fn find(&self, sts: &Endpoint) -> Result<Credentials, SourceError> {
        type Look<'s> = &'s dyn Fn() -> Result<Credentials, Nothing>;
        let mut tried = Vec::new();
        let profile = format!("profile '{}'", self.profile());
        let all: [(&str, Look<'_>); 5] = [
            ("environment", &|| self.in_environment()),
            (&profile, &|| self.in_profile(sts)),
            ("web identity", &|| self.web_identity(sts)),
            ("container", &|| self.on_machine(Place::Container)),
            ("instance", &|| self.on_machine(Place::Instance)),
        ];
        let all = if self.named.is_some() { &all[1..2] } else { &all[..] };
        for (place, look) in all {
            match look() {
                Ok(found) => return Ok(found),
                Err(nothing) => {
                    let (Nothing::Here(why) | Nothing::Broken(why)) = &nothing;
                    tried.push(((*place).to_owned(), why.clone()));
                    if let Nothing::Broken(_) = nothing {
                        break;
                    }
                }
            }
        }
        Err(SourceError(tried))
    }

    fn in_environment(&self) -> Result<Credentials, Nothing> {
        let value = |name: &str| self.environment.get(name).cloned();
        match (value("AWS_ACCESS_KEY_ID"), value("AWS_SECRET_ACCESS_KEY")) {
            (Some(id), Some(secret)) => {
                let key = Key { id, secret, session: value("AWS_SESSION_TOKEN") };
                Ok(Credentials { key, expires: None, source: "the environment".to_owned() })
            }
            (Some(_), None) => {
                Err(Nothing::Broken("AWS_ACCESS_KEY_ID is set, and AWS_SECRET_ACCESS_KEY is not".into()))
            }
            (None, Some(_)) => {
                Err(Nothing::Broken("AWS_SECRET_ACCESS_KEY is set, and AWS_ACCESS_KEY_ID is not".into()))
            }
            (None, None) => Err(Nothing::Here("AWS_ACCESS_KEY_ID is not set".into())),
        }
    }

    fn in_profile(&self, sts: &Endpoint) -> Result<Credentials, Nothing> {
        let profiles = self.profiles.as_ref().map_err(|why| Nothing::Broken(why.clone()))?;
        let name = self.profile();
        let is_meant = self.named.is_some() || name != "default";
        if !is_meant && !profiles.has(&name) {
            return Err(Nothing::Here(format!("it stands in none of {}", profiles.looked_at.join(", "))));
        }
        match profiles.plan(&name, self.environment).map_err(Nothing::Broken)? {
            Some(plan) => self.follow(&plan, &name, sts).map_err(Nothing::Broken),
            None if is_meant => Err(Nothing::Broken("it names no credentials".into())),
            None => Err(Nothing::Here("it names no credentials".into())),
        }
    }

    fn follow(&self, plan: &Plan, profile: &str, sts: &Endpoint) -> Result<Credentials, String> {
        let source = format!("profile '{profile}'");
        let mut found = match &plan.start {
            Start::Key(key) => Credentials { key: key.clone(), expires: None, source: source.clone() },
            Start::Process(command) => process::credentials(command, source.clone())?,
            Start::WebIdentity { role, token } => {
                let text = std::fs::read(token).map(zeroize::Zeroizing::new);
                let text = text.map_err(|error| format!("{}: {error}", token.display()))?;
                let assumed = role.assume_with(&Secret::new(text.trim_ascii()), self.caller, sts);
                assumed.map_err(|error| refused(role, &error))?
            }
            Start::Machine(place) => self.on_machine(*place).map_err(|nothing| {
                let (Nothing::Here(why) | Nothing::Broken(why)) = nothing;
                why
            })?,
        };
        for role in &plan.roles {
            found = role.assume(self.caller, sts, &found.key).map_err(|error| refused(role, &error))?;
        }
        Ok(Credentials { source, ..found })
    }

    fn web_identity(&self, sts: &Endpoint) -> Result<Credentials, Nothing> {
        let Some(token) = self.environment.path("AWS_WEB_IDENTITY_TOKEN_FILE") else {
            return Err(Nothing::Here("AWS_WEB_IDENTITY_TOKEN_FILE is not set".into()));
        };
        let Some(arn) = self.environment.text("AWS_ROLE_ARN") else {
            return Err(Nothing::Broken("AWS_WEB_IDENTITY_TOKEN_FILE is set, and AWS_ROLE_ARN is not".into()));
        };
        let session = self.environment.text("AWS_ROLE_SESSION_NAME");
        let source = format!("the role {arn} for a web identity");
        let role = Role { arn, external_id: None, session, duration: None };
        let plan = Plan { start: Start::WebIdentity { role, token }, roles: Vec::new() };
        self.follow(&plan, "", sts).map(|found| Credentials { source, ..found }).map_err(Nothing::Broken)
    }

    fn on_machine(&self, place: Place) -> Result<Credentials, Nothing> {
        match place {
            Place::Environment => self.in_environment(),
            Place::Instance => instance::credentials(self.environment).map_err(Nothing::Here),
            Place::Container => match container::credentials(self.environment) {
                Ok(Some(found)) => Ok(found),
                Ok(None) => {
                    Err(Nothing::Here("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI and _FULL_URI are not set".into()))
                }
                Err(why) => Err(Nothing::Broken(why)),
            },
        }
    }
}

/// No credentials at one place.
enum Nothing {
    /// There are none.
    Here(String),
    /// They are meant to be here, and cannot be had.
    Broken(String),
}

fn refused(role: &Role, error: &CallError) -> String {
    format!("the role {} cannot be assumed: {error}", role.arn)
}
