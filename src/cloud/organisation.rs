//! The accounts of an organisation.
//!
//! Source: the AWS Organizations API Reference, "`ListAccounts`" (JSON by POST; only the management account and delegated
//! administrators may ask), and botocore's `endpoints.json`.

use super::{CallError, Caller, Endpoint, Key, Partition};
use crate::net::Base;
use serde::Deserialize;
use std::collections::BTreeSet;

/// An organisation may have 10,000 accounts, 20 a page: more pages than this are no list that ends.
const MAX_PAGES: usize = 5_000;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    accounts: Vec<Member>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Member {
    id: String,
    /// `State` has taken the place of `Status`, which AWS stopped sending in September 2026; older services have only that.
    state: Option<String>,
    status: Option<String>,
}

/// The ids of all accounts that are not closed, sorted.
///
/// # Errors
/// They cannot be listed to the end.
pub(super) fn accounts(
    caller: &Caller<'_>,
    key: &Key,
    partition: Partition,
    other: Option<&Base>,
) -> Result<Vec<String>, CallError> {
    let endpoint = endpoint(partition, other)?;
    let (mut found, mut seen, mut next) = (BTreeSet::new(), BTreeSet::new(), None::<String>);
    for _ in 0..MAX_PAGES {
        let body = match &next {
            Some(token) => serde_json::json!({ "NextToken": token }).to_string(),
            None => "{}".to_owned(),
        };
        let headers = [
            ("content-type", "application/x-amz-json-1.1"),
            ("x-amz-target", "AWSOrganizationsV20161128.ListAccounts"),
        ];
        let answer = caller.post(&endpoint, Some(key), &headers, body.as_bytes())?;
        let page: Page = serde_json::from_str(answer.text())
            .map_err(|error| CallError::Failed(format!("ListAccounts: the answer is no list of accounts: {error}")))?;
        let is_open = |member: &Member| {
            let states = [&member.state, &member.status];
            !states.into_iter().flatten().any(|state| ["SUSPENDED", "CLOSED"].contains(&state.as_str()))
        };
        found.extend(page.accounts.into_iter().filter(is_open).map(|member| member.id));
        match page.next_token.filter(|token| !token.is_empty()) {
            None => return Ok(found.into_iter().collect()),
            Some(token) if seen.insert(token.clone()) => next = Some(token),
            Some(_) => break,
        }
    }
    Err(CallError::Failed("ListAccounts: its list does not end".to_owned()))
}

fn endpoint(partition: Partition, other: Option<&Base>) -> Result<Endpoint, CallError> {
    let region = match partition {
        Partition::Aws => "us-east-1",
        Partition::China => "cn-northwest-1",
        Partition::GovCloud => "us-gov-west-1",
    };
    let url = format!("https://organizations.{region}.{}", partition.suffix());
    let base = other.cloned().or_else(|| Base::exact(&url));
    let base = base.ok_or_else(|| CallError::Failed(format!("{url} is no address")))?;
    Ok(Endpoint { base, region: region.to_owned(), service: "organizations" })
}
