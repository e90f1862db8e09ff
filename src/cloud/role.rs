//! Roles: temporary credentials for somebody else's rights.
//!
//! Source: the STS API Reference, "`AssumeRole`" and "`AssumeRoleWithWebIdentity`".

use super::{Answer, CallError, Caller, Endpoint, Key};
use crate::model::Secret;
use jiff::Timestamp;
use zeroize::Zeroizing;

/// The version of STS's API.
pub(super) const VERSION: &str = "2011-06-15";

/// A role to be assumed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Role {
    /// `arn:aws:iam::123456789012:role/audit`.
    pub arn: String,
    /// What the role's trust policy asks of those who come from elsewhere.
    pub external_id: Option<String>,
    /// How the session is called in `CloudTrail`; `keytrail-` and the time if nobody says.
    pub session: Option<String>,
    /// For how many seconds, 900 to 43,200; an hour if nobody says.
    pub duration: Option<u32>,
}

/// A key, where it came from, and until when it works.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The key.
    pub key: Key,
    /// When it stops working by itself.
    pub expires: Option<Timestamp>,
    /// Where it came from, for people: `the environment`, `profile 'prod'`.
    pub source: String,
}

impl Role {
    /// Assumes the role in the name of `key`, at the STS at `endpoint`.
    ///
    /// # Errors
    /// STS refuses, or gives no answer.
    pub fn assume(&self, caller: &Caller<'_>, endpoint: &Endpoint, key: &Key) -> Result<Credentials, CallError> {
        let session = self.session(caller);
        let duration = self.duration.map(|seconds| seconds.to_string());
        let mut form = vec![("Action", "AssumeRole"), ("Version", VERSION), ("RoleArn", self.arn.as_str())];
        form.push(("RoleSessionName", session.as_str()));
        form.extend(duration.as_deref().map(|seconds| ("DurationSeconds", seconds)));
        form.extend(self.external_id.as_deref().map(|id| ("ExternalId", id)));
        self.read(&caller.query(endpoint, Some(key), &form)?)
    }

    /// Assumes the role for a token that an identity provider signed; nothing else signs the request.
    ///
    /// # Errors
    /// STS refuses, or gives no answer.
    pub fn assume_with(
        &self,
        token: &Secret,
        caller: &Caller<'_>,
        endpoint: &Endpoint,
    ) -> Result<Credentials, CallError> {
        let session = self.session(caller);
        let duration = self.duration.map(|seconds| seconds.to_string());
        let token = Zeroizing::new(String::from_utf8_lossy(token.expose()).into_owned());
        let mut form =
            vec![("Action", "AssumeRoleWithWebIdentity"), ("Version", VERSION), ("RoleArn", self.arn.as_str())];
        form.extend([("RoleSessionName", session.as_str()), ("WebIdentityToken", token.as_str())]);
        form.extend(duration.as_deref().map(|seconds| ("DurationSeconds", seconds)));
        self.read(&caller.query(endpoint, None, &form)?)
    }

    fn session(&self, caller: &Caller<'_>) -> String {
        self.session.clone().unwrap_or_else(|| format!("keytrail-{}", caller.now()))
    }

    fn read(&self, answer: &Answer) -> Result<Credentials, CallError> {
        let part = |name: &str| {
            let text = answer.one(&["Credentials", name]).map(Zeroizing::new);
            text.ok_or_else(|| CallError::Failed(format!("the answer for the role {} has no {name}", self.arn)))
        };
        let secret = |name: &str| part(name).map(|text| Secret::new(text.as_bytes()));
        let key = Key {
            id: secret("AccessKeyId")?,
            secret: secret("SecretAccessKey")?,
            session: Some(secret("SessionToken")?),
        };
        let expires = part("Expiration")?.parse().ok();
        Ok(Credentials { key, expires, source: format!("the role {}", self.arn) })
    }
}
