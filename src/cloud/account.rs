//! One account, as its IAM tells of it.
//!
//! Source: the IAM API Reference. Lists come in pages: `IsTruncated` says that there is more, `Marker` where.

use super::{Answer, CallError, Caller, Credentials, Endpoint, Partition};
use crate::net::Base;
use std::collections::BTreeSet;

/// The version of IAM's API.
const VERSION: &str = "2010-05-08";

/// Entries a page. IAM gives up to 1,000; of roles with their trust policies these may be 16 MB.
const PAGE: &str = "200";

/// An account may have 5,000 users and 10,000 roles: more pages than this are no list that ends.
const MAX_PAGES: usize = 1_000;

/// An access key as `ListAccessKeys` tells of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyEntry {
    /// The user whose key it is.
    pub user: String,
    /// The id.
    pub id: String,
    /// `Active`, `Inactive`, `Expired`.
    pub status: String,
    /// When it was made, RFC 3339.
    pub created: Option<String>,
}

/// What `GetAccessKeyLastUsed` tells.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LastUse {
    /// The user; `None` of a key that is no user's.
    pub user: Option<String>,
    /// When, RFC 3339; `None` if never since IAM keeps this (22 April 2015).
    pub date: Option<String>,
    /// For which service.
    pub service: Option<String>,
    /// In which region.
    pub region: Option<String>,
}

/// Asks the IAM of one account.
pub struct Account<'a> {
    caller: &'a Caller<'a>,
    endpoint: Endpoint,
    credentials: Credentials,
}

impl<'a> Account<'a> {
    /// The account that `credentials` are for. `iam`: another place where IAM answers.
    ///
    /// # Errors
    /// Never for the partitions there are: their addresses are well-formed.
    pub fn new(
        caller: &'a Caller<'a>,
        credentials: Credentials,
        partition: Partition,
        iam: Option<Base>,
    ) -> Result<Self, CallError> {
        let base = iam.or_else(|| Base::exact(partition.iam()));
        let base = base.ok_or_else(|| CallError::Failed(format!("{} is no address", partition.iam())))?;
        let endpoint = Endpoint { base, region: partition.home_region().to_owned(), service: "iam" };
        Ok(Self { caller, endpoint, credentials })
    }

    /// The answer to one action.
    ///
    /// # Errors
    /// IAM refuses, or gives none.
    pub fn ask(&self, action: &str, parameters: &[(&str, &str)]) -> Result<Answer, CallError> {
        let form = [&[("Action", action), ("Version", VERSION)], parameters].concat();
        self.caller.query(&self.endpoint, Some(&self.credentials.key), &form)
    }

    /// All pages of a list.
    ///
    /// # Errors
    /// One of them is not given: a list in part is none.
    pub fn list(&self, action: &str, parameters: &[(&str, &str)]) -> Result<Vec<Answer>, CallError> {
        let mut pages = Vec::new();
        let mut seen = BTreeSet::new();
        let mut marker: Option<String> = None;
        loop {
            let mut form = parameters.to_vec();
            form.push(("MaxItems", PAGE));
            form.extend(marker.as_deref().map(|marker| ("Marker", marker)));
            let page = self.ask(action, &form)?;
            let result = format!("{action}Result");
            let is_truncated =
                page.one(&[&result, "IsTruncated"]).is_some_and(|text| text.eq_ignore_ascii_case("true"));
            let next = page.one(&[&result, "Marker"]);
            pages.push(page);
            if !is_truncated {
                return Ok(pages);
            }
            marker = next.filter(|next| seen.insert(next.clone()) && pages.len() < MAX_PAGES);
            if marker.is_none() {
                return Err(CallError::Failed(format!("{action}: its list says that it goes on, and does not")));
            }
        }
    }

    /// The names of all users.
    ///
    /// # Errors
    /// They cannot be listed to the end.
    pub fn users(&self) -> Result<Vec<String>, CallError> {
        let pages = self.list("ListUsers", &[])?;
        Ok(pages.iter().flat_map(|page| page.all(&["Users", "member", "UserName"])).collect())
    }

    /// The keys of a user.
    ///
    /// # Errors
    /// They cannot be listed to the end.
    pub fn keys(&self, user: &str) -> Result<Vec<KeyEntry>, CallError> {
        let pages = self.list("ListAccessKeys", &[("UserName", user)])?;
        let names = ["AccessKeyId", "Status", "CreateDate"];
        let rows = pages.iter().flat_map(|page| page.rows(&["AccessKeyMetadata", "member"], names));
        let entry = |[id, status, created]: [String; 3]| KeyEntry {
            user: user.to_owned(),
            id,
            status,
            created: Some(created).filter(|date| !date.is_empty()),
        };
        Ok(rows.map(entry).collect())
    }

    /// Who used a key last, and what for.
    ///
    /// # Errors
    /// IAM does not know it, or does not say.
    pub fn last_use(&self, id: &str) -> Result<LastUse, CallError> {
        let answer = self.ask("GetAccessKeyLastUsed", &[("AccessKeyId", id)])?;
        let text = |path: &[&str]| answer.one(path).filter(|text| text != "N/A");
        Ok(LastUse {
            user: text(&["GetAccessKeyLastUsedResult", "UserName"]),
            date: text(&["AccessKeyLastUsed", "LastUsedDate"]),
            service: text(&["AccessKeyLastUsed", "ServiceName"]),
            region: text(&["AccessKeyLastUsed", "Region"]),
        })
    }

    /// Whether the root user has access keys: IAM lists them for nobody else.
    ///
    /// # Errors
    /// IAM does not say.
    pub fn has_root_keys(&self) -> Result<bool, CallError> {
        let answer = self.ask("GetAccountSummary", &[])?;
        let rows = answer.rows(&["SummaryMap", "entry"], ["key", "value"]);
        let present = rows.into_iter().find(|[name, _]| name == "AccountAccessKeysPresent");
        let [_, value] =
            present.ok_or_else(|| CallError::Failed("GetAccountSummary does not tell of root keys".to_owned()))?;
        Ok(value != "0")
    }

    /// Makes a key active or inactive.
    ///
    /// # Errors
    /// IAM refuses, or does not answer: then it may have been done all the same.
    pub fn set_active(&self, key: &KeyEntry, active: bool) -> Result<(), CallError> {
        let status = if active { "Active" } else { "Inactive" };
        let parameters = [("UserName", key.user.as_str()), ("AccessKeyId", key.id.as_str()), ("Status", status)];
        self.ask("UpdateAccessKey", &parameters).map(drop)
    }
}

/// Whether IAM says that there is no such thing.
pub(super) fn is_unknown(error: &CallError) -> bool {
    matches!(error, CallError::Refused(refusal) if refusal.code == "NoSuchEntity")
}

/// Whether IAM says that the auditor may not know.
pub(super) fn is_denied(error: &CallError) -> bool {
    matches!(error, CallError::Refused(refusal) if refusal.code.starts_with("AccessDenied"))
}
