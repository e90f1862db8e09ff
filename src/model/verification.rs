//! What AWS, or the owner's account, says of a credential.

use super::Severity;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Whether a credential works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// AWS took it.
    Active,
    /// AWS knows no such credential: it was made inactive, or deleted, or never was.
    Inactive,
    /// It was temporary, and its time is over.
    Expired,
    /// The id exists, and this is not its secret.
    Mismatched,
    /// Nothing can be said: it could not be asked, or what came back was no answer. Never to be taken for inactive.
    Unknown,
}

impl Status {
    /// The word used in outputs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Inactive => "inactive",
            Self::Expired => "expired",
            Self::Mismatched => "mismatched",
            Self::Unknown => "unknown",
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Whose credential it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PrincipalKind {
    /// The account's root user: no policy bounds it.
    Root,
    /// An IAM user.
    User,
    /// A session of a role.
    AssumedRole,
    /// A session that `GetFederationToken` made.
    FederatedUser,
}

impl PrincipalKind {
    /// The kind that an ARN names: `arn:aws:sts::123456789012:assumed-role/name/session`.
    pub fn of_arn(arn: &str) -> Option<Self> {
        let mut parts = arn.splitn(6, ':').skip(2);
        let (service, resource) = (parts.next()?, parts.nth(2)?);
        match resource.split('/').next().filter(|_| ["iam", "sts"].contains(&service))? {
            "root" => Some(Self::Root),
            "user" => Some(Self::User),
            "assumed-role" => Some(Self::AssumedRole),
            "federated-user" => Some(Self::FederatedUser),
            _ => None,
        }
    }

    /// The words that a person reads.
    pub fn as_words(self) -> &'static str {
        match self {
            Self::Root => "root user",
            Self::User => "user",
            Self::AssumedRole => "assumed role",
            Self::FederatedUser => "federated user",
        }
    }
}

/// Who was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// STS, with the credential itself.
    CallerIdentity,
    /// IAM, with the auditor's own credentials: what was leaked was not used.
    Owner,
    /// Nobody.
    None,
}

/// What is known of whether a credential works, and of what it opens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verification {
    /// The answer.
    pub status: Status,
    /// What the answer rests on, in a sentence without a final stop.
    pub why: String,
    /// Who was asked.
    pub method: Method,
    /// When it was asked last, RFC 3339 in UTC; `None` if nobody was asked.
    pub checked_at: Option<String>,
    /// The partition that took it: `aws`, `aws-cn`, `aws-us-gov`.
    pub partition: Option<String>,
    /// The partitions that were asked, in that order. An id does not tell its own.
    pub partitions_tried: Vec<String>,
    /// Twelve digits, as the answer says.
    pub account_id: Option<String>,
    /// Of the principal.
    pub arn: Option<String>,
    /// The principal's unique id, as `GetCallerIdentity` says it: `AIDA…`, `AROA…:session`.
    pub user_id: Option<String>,
    /// What the ARN names.
    pub principal: Option<PrincipalKind>,
    /// The policy that AWS put on a user whose key it saw in public (`AWSCompromisedKeyQuarantineV3`). The key still works.
    pub quarantined: Option<String>,
    /// What the account says of it; only when its owner asked.
    pub owner: Option<Ownership>,
}

impl Verification {
    /// Nobody was asked, for the reason `why`.
    pub fn unknown(why: impl Into<String>) -> Self {
        Self {
            status: Status::Unknown,
            why: why.into(),
            method: Method::None,
            checked_at: None,
            partition: None,
            partitions_tried: Vec::new(),
            account_id: None,
            arn: None,
            user_id: None,
            principal: None,
            quarantined: None,
            owner: None,
        }
    }

    /// Whether somebody was asked and did not answer.
    pub fn is_unanswered(&self) -> bool {
        self.status == Status::Unknown && self.method != Method::None
    }

    /// With `clean` applied to every text that came from outside.
    pub fn clean_texts(&mut self, clean: impl Fn(&str) -> String) {
        let optional = |text: &mut Option<String>| {
            if let Some(text) = text {
                *text = clean(text);
            }
        };
        self.why = clean(&self.why);
        for text in [&mut self.account_id, &mut self.arn, &mut self.user_id, &mut self.quarantined] {
            optional(text);
        }
        let Some(owner) = &mut self.owner else { return };
        for text in [
            &mut owner.user,
            &mut owner.key_status,
            &mut owner.created,
            &mut owner.last_used,
            &mut owner.last_service,
            &mut owner.last_region,
            &mut owner.boundary,
        ] {
            optional(text);
        }
        for text in owner.groups.iter_mut().chain(&mut owner.not_read).chain(&mut owner.may_assume) {
            *text = clean(text);
        }
        for policy in &mut owner.policies {
            (policy.name, policy.by) = (clean(&policy.name), clean(&policy.by));
            optional(&mut policy.arn);
        }
        for risk in owner.risks.iter_mut().chain(&mut owner.open_roles) {
            (risk.policy, risk.says) = (clean(&risk.policy), clean(&risk.says));
            optional(&mut risk.statement);
        }
    }

    /// How bad a finding is that was thought to be as bad as `severity`: what works is critical unless its account says how
    /// little it opens; what does not work opens nothing.
    pub fn grade(&self, severity: Severity) -> Severity {
        match (self.status, &self.owner) {
            (Status::Active, Some(owner)) if owner.user.is_some() && owner.not_read.is_empty() => {
                let worst = owner.risks.iter().map(|risk| risk.severity).max().unwrap_or(Severity::Low);
                worst.max(Severity::High)
            }
            (Status::Active, _) => Severity::Critical,
            (Status::Inactive | Status::Expired, _) => Severity::Low,
            // Each half may still belong to another.
            (Status::Mismatched, _) => severity.min(Severity::Medium),
            (Status::Unknown, _) => severity,
        }
    }
}

/// What IAM says of an access key and of its user.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ownership {
    /// The user's name.
    pub user: Option<String>,
    /// `Active`, `Inactive`, `Expired`: IAM's own word.
    pub key_status: Option<String>,
    /// When the key was made, RFC 3339.
    pub created: Option<String>,
    /// When it was used last, RFC 3339.
    pub last_used: Option<String>,
    /// For which service: `s3`.
    pub last_service: Option<String>,
    /// In which region.
    pub last_region: Option<String>,
    /// The groups that the user is in.
    pub groups: Vec<String>,
    /// The policies that say what the user may do.
    pub policies: Vec<PolicyName>,
    /// The ARN of the permissions boundary.
    pub boundary: Option<String>,
    /// The ARNs of the roles of its account that it can assume.
    pub may_assume: Vec<String>,
    /// What it can do that it should not, also through these roles, worst first.
    pub risks: Vec<Risk>,
    /// What is wrong with whom the account's roles trust: not this key's doing, and a way in for others.
    pub open_roles: Vec<Risk>,
    /// What could not be read, with the reason: the picture may be worse than it looks.
    pub not_read: Vec<String>,
}

/// A policy of a principal.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PolicyName {
    /// Its name.
    pub name: String,
    /// Its ARN, of a managed one.
    pub arn: Option<String>,
    /// `user` or `group NAME`.
    pub by: String,
    /// Whether it is written into the principal itself.
    pub inline: bool,
}

/// One thing that makes a principal more dangerous than it should be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Risk {
    /// The check's name: `wildcard-action`, `escalation-create-policy-version`.
    pub check: String,
    /// How bad.
    pub severity: Severity,
    /// The policy that it stands in.
    pub policy: String,
    /// The statement: its `Sid`, or `statement 2`. `None` for what several make together.
    pub statement: Option<String>,
    /// What it allows, in a sentence without a final stop.
    pub says: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_works_is_worst_and_unknown_changes_nothing() {
        let graded =
            |status, owner, severity| Verification { status, owner, ..Verification::unknown("") }.grade(severity);
        assert_eq!(graded(Status::Active, None, Severity::High), Severity::Critical);
        assert_eq!(graded(Status::Inactive, None, Severity::Critical), Severity::Low);
        assert_eq!(graded(Status::Mismatched, None, Severity::Critical), Severity::Medium);
        assert_eq!(graded(Status::Unknown, None, Severity::Critical), Severity::Critical);
        let owner = Ownership { user: Some("jane".into()), ..Ownership::default() };
        assert_eq!(graded(Status::Active, Some(owner.clone()), Severity::Critical), Severity::High);
        let half_read = Ownership { not_read: vec!["policies".into()], ..owner };
        assert_eq!(graded(Status::Active, Some(half_read), Severity::Critical), Severity::Critical);
    }

    #[test]
    fn an_arn_tells_the_kind_of_principal() {
        for (arn, kind) in [
            ("arn:aws:iam::123456789012:root", Some(PrincipalKind::Root)),
            ("arn:aws-cn:iam::123456789012:user/path/jane", Some(PrincipalKind::User)),
            ("arn:aws:sts::123456789012:assumed-role/deploy/session:1", Some(PrincipalKind::AssumedRole)),
            ("arn:aws-us-gov:sts::123456789012:federated-user/jane", Some(PrincipalKind::FederatedUser)),
            ("arn:aws:s3:::root", None),
            ("jane", None),
        ] {
            assert_eq!(PrincipalKind::of_arn(arn), kind, "{arn}");
        }
    }
}
