//! Whether a leaked key works and whose it is, by what its own account says: the leaked secret is not used at all.
//!
//! Source: the IAM API Reference, `GetAccessKeyLastUsed`, `ListAccessKeys`, `GetAccountSummary`.
//!
//! - A key is inactive when its account says so: by its status, or because it does not know it. Of a key that a report names by
//!   its fingerprint only, and of one that IAM will not speak of, all users' keys are listed to find out.
//! - That no key has a fingerprint says nothing: it may have been made with another key.
//! - An account that does not know a key says nothing of it unless the id tells that the key is of this account.
//! - The keys of a root user are in no list: where an account has such keys, a key that is in no list may be one of them.
//! - What the auditor may not read is said, and never taken for nothing.

use super::account::{Account, KeyEntry, LastUse, is_denied, is_unknown};
use super::auditor::{Auditor, AuditorError};
use super::canary::canary;
use super::directory::Directory;
use super::organisation;
use super::principal::Principals;
use super::roles::{Reach, Roles, held};
use crate::iam;
use crate::model::{
    ComponentKind, Finding, Fingerprint, FingerprintKey, Lifetime, Method, Ownership, PrincipalKind, Secret, Status,
    Verification,
};
use crate::net::Base;
use jiff::Timestamp;
use std::cell::OnceCell;
use std::collections::BTreeMap;

/// So many accounts that could not be asked are named with the reason.
const MAX_WHYS: usize = 10;

/// The id of a leaked key as far as a report shows it.
#[derive(Debug, Clone)]
pub struct LeakedId {
    /// The id, where it is at hand.
    pub value: Option<Secret>,
    /// The fingerprint of the id alone.
    pub fingerprint: Fingerprint,
    /// The rule that found it, which is in the fingerprint.
    pub rule_id: String,
    /// The account that the id tells.
    pub account_id: Option<String>,
    /// What its first letters tell.
    pub lifetime: Option<Lifetime>,
}

impl LeakedId {
    /// That of a finding, if it has one.
    pub fn of(finding: &Finding) -> Option<Self> {
        let id = finding.components.iter().find(|component| component.kind == ComponentKind::AccessKeyId)?;
        Some(Self {
            value: Some(id.secret.clone()),
            fingerprint: id.fingerprint.clone(),
            rule_id: id.rule_id.clone(),
            account_id: finding.account_id.clone(),
            lifetime: finding.lifetime,
        })
    }
}

/// Where accounts are asked.
#[derive(Debug, Clone, Default)]
pub struct OwnerOptions {
    /// Another place where IAM answers.
    pub iam: Option<Base>,
    /// Another place where Organizations answers.
    pub organizations: Option<Base>,
    /// What the fingerprints of the report were made with.
    pub fingerprint_key: FingerprintKey,
}

/// A key that its account knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The account.
    pub account: String,
    /// What it says of the key.
    pub key: KeyEntry,
}

/// Where a key is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whereabouts {
    /// An account knows it.
    Found(Box<Found>),
    /// Its account does not know it (any more): which, and what that rests on.
    Gone(String, String),
    /// Nothing can be said: why.
    Unknown(String),
}

/// Asks the owners of keys, in the auditor's name. Each account is entered once.
pub struct Owners<'a> {
    auditor: &'a Auditor<'a>,
    options: &'a OwnerOptions,
    /// By account; the keys of its users, once they were listed.
    accounts: BTreeMap<String, Entered<'a>>,
    organisation: Option<Result<Vec<String>, String>>,
}

struct Entered<'a> {
    account: Account<'a>,
    directory: Option<Result<Directory, String>>,
    roles: OnceCell<Result<Roles, String>>,
}

impl<'a> Owners<'a> {
    /// None has been asked yet.
    pub fn new(auditor: &'a Auditor<'a>, options: &'a OwnerOptions) -> Self {
        Self { auditor, options, accounts: BTreeMap::new(), organisation: None }
    }

    /// What its owner says of a key.
    pub fn verify(&mut self, leaked: &LeakedId) -> Verification {
        let partition = self.auditor.partition().name().to_owned();
        let whereabouts = match unasked(leaked) {
            Some(why) => return Verification { account_id: leaked.account_id.clone(), ..Verification::unknown(why) },
            None => self.find(leaked),
        };
        let answer = Verification {
            method: Method::Owner,
            checked_at: Timestamp::from_second(self.auditor.caller.now()).ok().map(|time| time.to_string()),
            partitions_tried: vec![partition.clone()],
            account_id: leaked.account_id.clone(),
            ..Verification::unknown("")
        };
        match whereabouts {
            Whereabouts::Unknown(why) => Verification { why, ..answer },
            Whereabouts::Gone(account, why) => Verification {
                status: Status::Inactive,
                why,
                partition: Some(partition),
                account_id: Some(account),
                ..answer
            },
            Whereabouts::Found(found) => self.tell(&found, Verification { partition: Some(partition), ..answer }),
        }
    }

    /// Where a key is; its account is asked first, if the id tells it.
    pub fn find(&mut self, leaked: &LeakedId) -> Whereabouts {
        let own = match self.auditor.identity() {
            Ok(identity) => identity.account,
            Err(error) => return Whereabouts::Unknown(error.to_string()),
        };
        let accounts = match &leaked.account_id {
            Some(account) => vec![account.clone()],
            None if self.auditor.has_role() => match self.organisation() {
                // The auditor's own account comes first: it is asked without a role.
                Ok(all) => std::iter::once(own.clone()).chain(all.into_iter().filter(|one| *one != own)).collect(),
                Err(why) => {
                    return self.find_in(&[own], leaked).and_also(&format!("others could not be listed: {why}"));
                }
            },
            None => vec![own],
        };
        self.find_in(&accounts, leaked)
    }

    fn find_in(&mut self, accounts: &[String], leaked: &LeakedId) -> Whereabouts {
        let mut whys = Vec::new();
        for account in accounts {
            let here = match self.enter(account) {
                Ok(()) => self.find_here(account, leaked),
                Err(error) => Some(Whereabouts::Unknown(error)),
            };
            match here {
                None => {}
                Some(Whereabouts::Unknown(why)) => whys.push(why),
                Some(here) => return here,
            }
        }
        let (strangers, failures) = (accounts.len() - whys.len(), whys.len());
        whys.truncate(MAX_WHYS);
        if failures > MAX_WHYS {
            whys.push(format!("and {} accounts more could not be asked", failures - MAX_WHYS));
        }
        match (strangers, accounts) {
            (0, _) => {}
            (_, [account]) => whys.insert(0, format!("it is no key of a user of account {account}")),
            _ => whys.insert(0, format!("it is no key of a user of {strangers} accounts that were asked")),
        }
        Whereabouts::Unknown(whys.join("; "))
    }

    /// Gets credentials for an account, once.
    fn enter(&mut self, account: &str) -> Result<(), String> {
        let enter = || -> Result<Account<'a>, AuditorError> {
            let credentials = self.auditor.for_account(account)?;
            Account::new(self.auditor.caller, credentials, self.auditor.partition(), self.options.iam.clone())
                .map_err(AuditorError::Identity)
        };
        // Each time anew: what was given for an hour may be over.
        let entered = enter().map_err(|error| format!("account {account} was not asked: {error}"))?;
        match self.accounts.get_mut(account) {
            Some(known) => known.account = entered,
            None => drop(
                self.accounts
                    .insert(account.to_owned(), Entered { account: entered, directory: None, roles: OnceCell::new() }),
            ),
        }
        Ok(())
    }

    /// What an account says of a key; `None` if it does not know it, and nothing says that it should.
    fn find_here(&mut self, account: &str, leaked: &LeakedId) -> Option<Whereabouts> {
        let entered = self.accounts.get_mut(account)?;
        let unknown = |why: String| Some(Whereabouts::Unknown(why));
        let id = leaked.value.as_ref().and_then(|id| std::str::from_utf8(id.expose()).ok());
        if let Some(told) = id.and_then(|id| by_id(&entered.account, account, id)) {
            return Some(told);
        }
        let listed =
            entered.directory.get_or_insert_with(|| Directory::of(&entered.account).map_err(|error| error.to_string()));
        let directory = match listed {
            Ok(directory) => directory,
            Err(why) => return unknown(format!("the keys of account {account} cannot be listed: {why}")),
        };
        let key = match id {
            Some(id) => directory.by_id(id),
            None => directory.by_fingerprint(&leaked.fingerprint, &leaked.rule_id, &self.options.fingerprint_key),
        };
        if let Some(key) = key {
            return Some(Whereabouts::Found(Box::new(Found { account: account.to_owned(), key: key.clone() })));
        }
        if !directory.not_read.is_empty() {
            let why = directory.not_read.join("; ");
            return unknown(format!("not all keys of account {account} can be listed: {why}"));
        }
        if leaked.account_id.as_deref() != Some(account) {
            return None;
        }
        if id.is_none() {
            return unknown(format!(
                "no user of account {account} has a key with this fingerprint: it was deleted, or is the root user's, or the \
                 fingerprints were made with another key (--fingerprint-key); findings with values (scan --reveal) would tell"
            ));
        }
        match entered.account.has_root_keys() {
            Ok(false) => {
                let why = "no user has it, and the root user has no keys";
                Some(Whereabouts::Gone(
                    account.to_owned(),
                    format!("account {account} has no such key any more: {why}"),
                ))
            }
            Ok(true) => unknown(format!(
                "no user of account {account} has it, but the root user has access keys, which no list shows: sign in as root \
                 and look under \"Security credentials\""
            )),
            Err(error) => unknown(format!(
                "no user of account {account} has it, but it cannot be told whether it is one of the root user's: {error}"
            )),
        }
    }

    fn organisation(&mut self) -> Result<Vec<String>, String> {
        let list = || {
            let key = self.auditor.own().map_err(|error| error.to_string())?.key;
            let partition = self.auditor.partition();
            organisation::accounts(self.auditor.caller, &key, partition, self.options.organizations.as_ref())
                .map_err(|error| format!("the accounts of the organisation: {error}"))
        };
        self.organisation.get_or_insert_with(list).clone()
    }

    /// The account that was entered for a key that was found.
    pub fn account(&self, found: &Found) -> Option<&Account<'a>> {
        self.accounts.get(&found.account).map(|entered| &entered.account)
    }

    /// The roles of the account that a key was found in, asked for once.
    fn roles(&self, found: &Found) -> Option<&Result<Roles, String>> {
        let entered = self.accounts.get(&found.account)?;
        Some(entered.roles.get_or_init(|| Roles::read(&entered.account).map_err(|error| error.to_string())))
    }

    fn tell(&self, found: &Found, answer: Verification) -> Verification {
        let Found { account: number, key } = found;
        let Some(account) = self.account(found) else { return answer };
        let principals = Principals::new(account);
        let mut principal = principals.user(&key.user);
        let mut not_read = Vec::new();
        let last = account.last_use(&key.id).unwrap_or_else(|error| {
            not_read.push(format!("when it was used last: {error}"));
            LastUse::default()
        });
        not_read.append(&mut principal.ownership.not_read);
        let mut reach = match (self.roles(found), &principal.arn) {
            (Some(Ok(roles)), Some(arn)) => roles.reach(arn, &principal.documents, number, &principals),
            (roles, _) => {
                let why =
                    roles.and_then(|roles| roles.as_ref().err()).map_or("the user's ARN is not known", String::as_str);
                not_read.push(format!("roles that it can assume: {why}"));
                Reach { risks: iam::risks(&held(&principal.documents)), ..Reach::default() }
            }
        };
        not_read.append(&mut reach.not_read);
        let status = match key.status.as_str() {
            "Active" => Status::Active,
            "Inactive" => Status::Inactive,
            "Expired" => Status::Expired,
            _ => Status::Unknown,
        };
        let used = match (&last.date, &last.service) {
            (Some(date), Some(service)) => {
                format!("used last on {} for {service}", date.split('T').next().unwrap_or(date))
            }
            (Some(date), None) => format!("used last on {}", date.split('T').next().unwrap_or(date)),
            (None, _) if not_read.iter().any(|line| line.starts_with("when it was")) => "last use not known".to_owned(),
            (None, _) => "never used".to_owned(),
        };
        let why = format!("IAM of account {number} says that this key of user {} is {}, {used}", key.user, key.status);
        Verification {
            status,
            why,
            account_id: Some(number.clone()),
            arn: principal.arn,
            user_id: principal.user_id,
            principal: Some(PrincipalKind::User),
            quarantined: principal.quarantined,
            owner: Some(Ownership {
                key_status: Some(key.status.clone()),
                created: key.created.clone(),
                last_used: last.date,
                last_service: last.service,
                last_region: last.region,
                may_assume: reach.may_assume,
                risks: reach.risks,
                open_roles: reach.open_roles,
                not_read,
                ..principal.ownership
            }),
            ..answer
        }
    }
}

impl Whereabouts {
    fn and_also(self, why: &str) -> Self {
        match self {
            Self::Unknown(first) => Self::Unknown(format!("{first}; {why}")),
            known => known,
        }
    }
}

/// What IAM says of a key by its id; `None` if it names no user who could be asked.
fn by_id(account: &Account<'_>, number: &str, id: &str) -> Option<Whereabouts> {
    let unknown = |why: String| Some(Whereabouts::Unknown(why));
    let user = match account.last_use(id) {
        Ok(last) => last.user?,
        // Of a key that is none of the account's users' IAM says that one may not know, or that there is none.
        Err(error) if is_denied(&error) || is_unknown(&error) => return None,
        Err(error) => return unknown(format!("account {number} does not answer: {error}")),
    };
    match account.keys(&user) {
        Ok(keys) => Some(match keys.into_iter().find(|key| key.id == id) {
            Some(key) => Whereabouts::Found(Box::new(Found { account: number.to_owned(), key })),
            None => Whereabouts::Gone(
                number.to_owned(),
                format!("user {user} of account {number} has no such key any more: it was deleted"),
            ),
        }),
        // A user that is gone by now; or the name is not that of a user.
        Err(error) if is_unknown(&error) => None,
        Err(error) => {
            unknown(format!("it is a key of user {user} of account {number}, whose keys cannot be listed: {error}"))
        }
    }
}

/// Why nobody need be asked.
fn unasked(leaked: &LeakedId) -> Option<String> {
    if let Some(whose) = leaked.account_id.as_deref().and_then(canary) {
        return Some(format!("a canary of {whose}: not asked, since asking would set it off"));
    }
    (leaked.lifetime == Some(Lifetime::Temporary)).then(|| {
        "a session's key, which no account lists: it ends by itself after 36 hours at the most; CloudTrail's userIdentity tells \
         whose it is, and `keytrail contain` how to end it now"
            .to_owned()
    })
}

#[cfg(test)]
mod tests;
