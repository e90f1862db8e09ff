//! A credential, or a half of one, with everything known about it.

use super::{Confidence, Evidence, Fingerprint, Location, Pairing, Secret, Severity, Status, Trace, Verification};
use serde::{Deserialize, Serialize};

/// What a component is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ComponentKind {
    /// `AKIA…`, `ASIA…`, `ABIA…`, `ACCA…`: says which account, opens nothing alone.
    AccessKeyId,
    /// The forty characters that sign requests.
    SecretAccessKey,
    /// What a temporary credential needs besides id and secret.
    SessionToken,
    /// Anything else that a rule finds.
    #[serde(untagged)]
    Other(String),
}

impl ComponentKind {
    /// The word used in outputs, e.g. `access_key_id`.
    pub fn as_str(&self) -> &str {
        match self {
            Self::AccessKeyId => "access_key_id",
            Self::SecretAccessKey => "secret_access_key",
            Self::SessionToken => "session_token",
            Self::Other(kind) => kind,
        }
    }
}

/// How long a credential lives by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Lifetime {
    /// Works until somebody makes it inactive (`AKIA`).
    LongLived,
    /// Issued by STS, expires by itself within hours (`ASIA`).
    Temporary,
}

impl Lifetime {
    /// The word that a person reads.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::LongLived => "long-lived",
            Self::Temporary => "temporary",
        }
    }
}

/// One value of a credential and where it is shown to stand: the commit that introduced it, if there is one.
#[derive(Debug, Clone)]
pub struct Component {
    /// What it is.
    pub kind: ComponentKind,
    /// The rule that found it.
    pub rule_id: String,
    /// The value.
    pub secret: Secret,
    /// Fingerprint of this value alone: what baselines and allowlists name.
    pub fingerprint: Fingerprint,
    /// Its primary place.
    pub location: Location,
    /// Its own life: introduced, removed, still there.
    pub trace: Trace,
}

/// Where a suppression comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SuppressionKind {
    /// A comment on the line itself.
    Inline,
    /// An entry of the configuration file.
    Config,
    /// An entry of a baseline.
    Baseline,
}

/// Why a finding is not counted, though it was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Suppression {
    /// Where the decision stands.
    pub kind: SuppressionKind,
    /// The reason given, or the comment's own words.
    pub reason: String,
}

/// What the user reads about: one credential.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The rule of the credential as a whole: AWS rules begin with `aws-`.
    pub rule_id: String,
    /// Over the rule and all component values.
    pub fingerprint: Fingerprint,
    /// How bad.
    pub severity: Severity,
    /// How sure.
    pub confidence: Confidence,
    /// What was found in a few words, e.g. `AWS access key with its secret`.
    pub title: String,
    /// One line: what the owner does next.
    pub advice: String,
    /// Id, secret, token, in that order, those that were found.
    pub components: Vec<Component>,
    /// How the components were put together, when there are several.
    pub pairing: Option<Pairing>,
    /// What severity and confidence rest on, sorted.
    pub evidence: Vec<Evidence>,
    /// Twelve digits, decoded offline from the values that carry them: an access key id, a user name.
    pub account_id: Option<String>,
    /// Long-lived or temporary, where the values tell.
    pub lifetime: Option<Lifetime>,
    /// When it stops or stopped working by itself, where it says so: RFC 3339 in UTC.
    pub expires: Option<String>,
    /// The life of the credential: that of its most telling component (secret, then token, then id).
    pub trace: Trace,
    /// `primaryLocationLineHash` of the first component's line in its blob: see
    /// [`crate::report::line_hashes`]. Empty for an object that is too large to be held.
    pub line_hash: String,
    /// Set when the user decided not to count it.
    pub suppression: Option<Suppression>,
    /// Whether it works; `None` unless somebody asked for that.
    pub verification: Option<Box<Verification>>,
}

impl Finding {
    /// Takes over what was found out about it.
    pub fn verified(&mut self, verification: Verification) {
        self.severity = verification.grade(self.severity);
        match verification.status {
            Status::Inactive => {
                self.advice = "It no longer works: delete it if it is still listed, and take it out of the code".into();
            }
            Status::Expired => self.advice = "It is over: find out who issued it, and take it out of the code".into(),
            _ => {}
        }
        if self.account_id.is_none() {
            self.account_id.clone_from(&verification.account_id);
        }
        self.verification = Some(Box::new(verification));
    }

    /// The value of the first component of this kind.
    pub fn value(&self, kind: &ComponentKind) -> Option<&Secret> {
        self.components.iter().find(|component| component.kind == *kind).map(|component| &component.secret)
    }

    /// The component whose place stands for the finding: the first.
    pub fn primary(&self) -> &Component {
        &self.components[0]
    }
}
