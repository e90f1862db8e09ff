//! The auditor: in whose name accounts are asked, and how to get into those of others.

use super::role::VERSION;
use super::source::{Environment, SourceError, Sources};
use super::{CallError, Caller, Credentials, Endpoint, Key, Partition, Role};
use crate::net::Base;
use jiff::Timestamp;
use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;
use std::fmt;

/// Credentials that end within so many seconds are not used any more: a page of answers may take as long.
const RESERVE: i64 = 120;

/// What the user said of himself.
#[derive(Debug, Clone, Default)]
pub struct AuditorOptions {
    /// A profile; what the environment holds does not count then.
    pub profile: Option<String>,
    /// The region whose STS is asked. It tells the partition.
    pub region: Option<String>,
    /// Another place where STS answers.
    pub sts: Option<Base>,
    /// The role to assume in accounts that are not the auditor's own: a name, or the ARN of the only one.
    pub role: Option<String>,
    /// What the trust policy of that role asks for.
    pub external_id: Option<String>,
}

/// Why an account cannot be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AuditorError {
    /// There are no credentials to begin with.
    Source(SourceError),
    /// STS does not say who the auditor is.
    Identity(CallError),
    /// The account is another's, and no role was named.
    NoRole {
        /// The account to be asked.
        account: String,
        /// The auditor's.
        own: String,
    },
    /// The role's ARN is in another account.
    OtherRole {
        /// The account to be asked.
        account: String,
        /// The role that was named.
        role: String,
    },
    /// The role cannot be assumed.
    Role {
        /// Its ARN.
        role: String,
        /// What STS says.
        error: CallError,
    },
}

impl fmt::Display for AuditorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Source(error) => error.fmt(f),
            Self::Identity(error) => write!(f, "your own credentials do not work: {error}"),
            Self::NoRole { account, own } => write!(
                f,
                "it belongs to account {account}, and your credentials to {own}: name a role to assume there with --assume-role"
            ),
            Self::OtherRole { account, role } => {
                write!(f, "the role {role} is not in account {account}: name a role by its name alone")
            }
            Self::Role { role, error } => write!(f, "the role {role} cannot be assumed: {error}"),
        }
    }
}

impl std::error::Error for AuditorError {}

/// Who the auditor is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Twelve digits.
    pub account: String,
    /// Of the user or the session.
    pub arn: String,
}

/// Asks in the auditor's name. Credentials are looked for once, and again when they are over.
pub struct Auditor<'a> {
    /// How requests go out.
    pub caller: &'a Caller<'a>,
    options: &'a AuditorOptions,
    sources: Sources<'a>,
    sts: Endpoint,
    identity: OnceCell<Result<Identity, AuditorError>>,
    /// By the role's ARN; the auditor's own are under no name.
    credentials: RefCell<BTreeMap<String, Result<Credentials, AuditorError>>>,
}

impl<'a> Auditor<'a> {
    /// One with the credentials that `environment` leads to.
    ///
    /// # Errors
    /// The region is none.
    pub fn new(
        caller: &'a Caller<'a>,
        environment: &'a Environment,
        options: &'a AuditorOptions,
    ) -> Result<Self, String> {
        let sources = Sources::new(caller, environment, options.profile.as_deref());
        let region = options.region.clone().or_else(|| sources.region());
        let region = region.unwrap_or_else(|| Partition::Aws.home_region().to_owned());
        let base = || Base::exact(&Partition::of_region(&region).sts(&region));
        let base = options.sts.clone().or_else(base).ok_or_else(|| format!("'{region}' is no region"))?;
        let sts = Endpoint { base, region, service: "sts" };
        Ok(Self { caller, options, sources, sts, identity: OnceCell::new(), credentials: RefCell::default() })
    }

    /// The partition that is asked.
    pub fn partition(&self) -> Partition {
        Partition::of_region(&self.sts.region)
    }

    /// The auditor's own key.
    ///
    /// # Errors
    /// There is none.
    pub fn own(&self) -> Result<Credentials, AuditorError> {
        self.cached("", || self.sources.find(&self.sts).map_err(AuditorError::Source))
    }

    /// Who the auditor is.
    ///
    /// # Errors
    /// There are no credentials, or STS does not take them.
    pub fn identity(&self) -> Result<Identity, AuditorError> {
        self.identity.get_or_init(|| self.ask_identity(&self.own()?.key).map_err(AuditorError::Identity)).clone()
    }

    fn ask_identity(&self, key: &Key) -> Result<Identity, CallError> {
        let form = [("Action", "GetCallerIdentity"), ("Version", VERSION)];
        let answer = self.caller.query(&self.sts, Some(key), &form)?;
        let part = |name: &str| {
            let text = answer.one(&["GetCallerIdentityResult", name]);
            text.ok_or_else(|| CallError::Failed(format!("the answer to GetCallerIdentity has no {name}")))
        };
        Ok(Identity { account: part("Account")?, arn: part("Arn")? })
    }

    /// Whether a role was named for the accounts of others.
    pub fn has_role(&self) -> bool {
        self.options.role.is_some()
    }

    /// The credentials for an account: the auditor's own for his own account, those of the named role for another.
    ///
    /// # Errors
    /// There are none for it.
    pub fn for_account(&self, account: &str) -> Result<Credentials, AuditorError> {
        let own = self.identity()?;
        if account == own.account {
            return self.own();
        }
        let arn = match self.options.role.as_deref() {
            None => return Err(AuditorError::NoRole { account: account.to_owned(), own: own.account }),
            Some(role) if !role.starts_with("arn:") => {
                format!("arn:{}:iam::{account}:role/{}", self.partition(), role.trim_start_matches('/'))
            }
            Some(role) if role.split(':').nth(4) == Some(account) => role.to_owned(),
            Some(role) => {
                return Err(AuditorError::OtherRole { account: account.to_owned(), role: role.to_owned() });
            }
        };
        let external_id = self.options.external_id.clone();
        let role = Role { arn, external_id, session: None, duration: None };
        let key = self.own()?.key;
        self.cached(&role.arn, || {
            let assumed = role.assume(self.caller, &self.sts, &key);
            assumed.map_err(|error| AuditorError::Role { role: role.arn.clone(), error })
        })
    }

    fn cached(
        &self,
        name: &str,
        get: impl FnOnce() -> Result<Credentials, AuditorError>,
    ) -> Result<Credentials, AuditorError> {
        let soon = Timestamp::from_second(self.caller.now() + RESERVE).unwrap_or(Timestamp::MAX);
        let works = |credentials: &Credentials| credentials.expires.is_none_or(|end| end > soon);
        let known = self.credentials.borrow().get(name).cloned();
        if let Some(known) = known.filter(|known| known.as_ref().map_or(true, works)) {
            return known;
        }
        let got = get();
        self.credentials.borrow_mut().insert(name.to_owned(), got.clone());
        got
    }
}
