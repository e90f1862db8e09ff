//! Who may assume a role.

use super::condition::Condition;
use super::flaw::{Flaw, lower};
use super::principal::Principal;
use super::statement::{Effect, Statement, statements};
use super::{Node, check};
use crate::model::Severity;

/// Keys that say who asks, or from where: those of which one is enough to bound `*`, an account or a service.
///
/// Source: IAM User Guide, "AWS global condition context keys", and what the services add for their own policies.
const WHO: [&str; 26] = [
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalisawsservice",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:principalservicename",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceip",
    "aws:sourceorgid",
    "aws:sourceorgpaths",
    "aws:sourceowner",
    "aws:sourcevpc",
    "aws:sourcevpcarn",
    "aws:sourcevpce",
    "aws:userid",
    "aws:username",
    "aws:vpceaccount",
    "aws:vpceorgid",
    "aws:vpceorgpaths",
    "elasticfilesystem:accessedviamounttarget",
    "kms:calleraccount",
    "s3:dataaccesspointaccount",
    "s3:dataaccesspointarn",
    "sns:endpoint",
    "sts:externalid",
];

/// Providers of identities that are no account's own, with the key that says whose token it is.
const PROVIDERS: [(&str, &str); 4] = [
    ("cognito-identity.amazonaws.com", "cognito-identity.amazonaws.com:aud"),
    ("accounts.google.com", "accounts.google.com:aud"),
    ("graph.facebook.com", "graph.facebook.com:app_id"),
    ("www.amazon.com", "www.amazon.com:app_id"),
];

const GITHUB: &str = "token.actions.githubusercontent.com";

/// Whether a condition says who asks, or from where.
pub(super) fn says_who(statement: &Statement<'_>) -> bool {
    let is_who = |key: &str| WHO.contains(&key) || key.starts_with("aws:principaltag/");
    !statement.are_conditions_known
        || statement.conditions.iter().any(|condition| condition.bounds() && is_who(&condition.key))
}

/// What is wrong with the trust policy of a role of account `own`, where that is known.
pub(super) fn flaws<'a>(document: &'a Node, own: Option<&str>) -> Vec<Flaw<'a>> {
    let mut found = Vec::new();
    for statement in statements(document) {
        if statement.effect != Some(Effect::Allow) {
            continue;
        }
        if let Some(element) = statement.node.get("NotPrincipal") {
            found.push(not_principal(element).statement(&statement.name));
        }
        let mut whole: Vec<Principal<'a>> = Vec::new();
        for principal in &statement.principals {
            let flaw = match principal.kind {
                _ if principal.is_everyone() => everyone(&statement, principal),
                "Federated" => federated(&statement, principal),
                "AWS" => {
                    whole.push(*principal);
                    account(&statement, principal, own)
                }
                _ => None,
            };
            found.extend(flaw.map(|flaw| flaw.statement(&statement.name)));
        }
    }
    found
}

/// An `Allow` with `NotPrincipal`.
pub(super) fn not_principal(element: &Node) -> Flaw<'_> {
    let says = "Allow with NotPrincipal lets in everyone but those named, also without credentials".to_owned();
    let advice = "name in Principal who is let in; to keep somebody out, use a Deny".to_owned();
    Flaw::new(&check::ALLOW_NOT_PRINCIPAL, element, says, advice)
}

fn everyone<'a>(statement: &Statement<'a>, principal: &Principal<'a>) -> Option<Flaw<'a>> {
    if says_who(statement) {
        return None;
    }
    let says = "every AWS account may assume the role".to_owned();
    let advice = "name the principals, or add a condition on aws:PrincipalOrgID or aws:PrincipalArn".to_owned();
    let flaw = Flaw::new(&check::TRUST_EVERYONE, principal.node, says, advice);
    Some(if statement.conditions.is_empty() { flaw } else { flaw.severity(lower(check::TRUST_EVERYONE.severity)) })
}

/// An account, or one of its principals.
fn account<'a>(statement: &Statement<'a>, principal: &Principal<'a>, own: Option<&str>) -> Option<Flaw<'a>> {
    let account = principal.account()?;
    if says_who(statement) {
        return None;
    }
    if own == Some(account) {
        let is_bound = statement.conditions.iter().any(Condition::bounds);
        return (principal.is_whole_account() && !is_bound).then(|| {
            let says = "every principal of the own account that may call sts:AssumeRole may assume the role".to_owned();
            let advice = "name the principals that need the role".to_owned();
            Flaw::new(&check::TRUST_WHOLE_ACCOUNT, principal.node, says, advice)
        });
    }
    let who = if principal.is_whole_account() { "every principal that account" } else { "a principal of account" };
    let advice = "add a condition on sts:ExternalId, or on aws:PrincipalOrgID if the account is your organisation's";
    let (says, severity) = match own {
        Some(_) if principal.is_whole_account() => {
            (format!("{who} {account}, another one, lets may assume the role, without an external id"), Severity::High)
        }
        Some(_) => {
            (format!("{who} {account}, another one, may assume the role without an external id"), Severity::Medium)
        }
        None if principal.is_whole_account() => (
            format!("{who} {account} lets may assume the role; without an external id, should it be another's account"),
            Severity::Medium,
        ),
        // Whose account it is is not known, and the principal is named: that is how a trust should be.
        None => return None,
    };
    Some(Flaw::new(&check::TRUST_EXTERNAL_ID, principal.node, says, advice.to_owned()).severity(severity))
}

/// An identity provider.
fn federated<'a>(statement: &Statement<'a>, principal: &Principal<'a>) -> Option<Flaw<'a>> {
    let name = principal.name?;
    if !statement.are_conditions_known {
        return None;
    }
    let host = name.split_once(":oidc-provider/").map_or(name, |(_, host)| host);
    if host.contains(GITHUB) {
        return github(statement, principal, host);
    }
    if let Some((host, key)) = PROVIDERS.iter().find(|(host, _)| *host == name) {
        let says = format!("tokens that {host} issues for any application are taken");
        let advice = format!("add a condition on {key}");
        return (!is_bound(statement, key)).then(|| Flaw::new(&check::TRUST_OIDC, principal.node, says, advice));
    }
    if !name.contains(":oidc-provider/") || host.contains("${") {
        return None;
    }
    let host = host.to_ascii_lowercase();
    let (sub, aud) = (format!("{host}:sub"), format!("{host}:aud"));
    if is_bound(statement, &sub) {
        return None;
    }
    // Some providers say whose token it is in keys of their own.
    let is_otherwise =
        statement.conditions.iter().any(|one| one.bounds() && one.key.starts_with(&host) && one.key != aud);
    let says = format!("whoever {host} issues a token to may assume the role");
    let advice = format!("add conditions on {sub} and {aud}");
    (!is_otherwise).then(|| Flaw::new(&check::TRUST_OIDC, principal.node, says, advice))
}

/// GitHub's provider: `repo:OWNER/NAME:ref:refs/heads/main` is what a token is for.
fn github<'a>(statement: &Statement<'a>, principal: &Principal<'a>, host: &str) -> Option<Flaw<'a>> {
    let sub = format!("{}:sub", host.to_ascii_lowercase());
    let flaw = |says: String, severity: Severity| {
        let advice = format!("add a condition like StringLike {sub} = repo:OWNER/NAME:ref:refs/heads/main");
        Flaw::new(&check::TRUST_GITHUB, principal.node, says, advice).severity(severity)
    };
    // Newer keys say the same in parts.
    let parts = ["repository", "repository_id", "repository_owner", "repository_owner_id", "job_workflow_ref"];
    let is_part = |key: &str| parts.iter().any(|part| key == format!("{}:{part}", host.to_ascii_lowercase()));
    let mut bound = statement.conditions.iter().filter(|one| one.bounds() && (one.key == sub || is_part(&one.key)));
    if bound.clone().next().is_none() {
        return Some(flaw(
            "workflows of every repository on GitHub may assume the role".to_owned(),
            Severity::Critical,
        ));
    }
    if bound.clone().any(|one| is_part(&one.key)) {
        return None;
    }
    bound.find_map(|one| {
        one.texts().find_map(|value| {
            let owner = value.strip_prefix("repo:").and_then(|rest| rest.split('/').next());
            match owner {
                _ if value.contains("${") => None,
                Some(owner) if owner.contains(['*', '?']) => Some(flaw(
                    format!("{value} is met by repositories of other owners on GitHub, too"),
                    Severity::Critical,
                )),
                None if value.starts_with(['*', '?']) => Some(flaw(
                    format!("{value} is met by repositories of other owners on GitHub, too"),
                    Severity::Critical,
                )),
                Some(owner)
                    if value.strip_prefix(&format!("repo:{owner}/")).is_some_and(|rest| rest.starts_with('*')) =>
                {
                    Some(flaw(
                        format!("workflows of every repository of {owner} may assume the role"),
                        Severity::Medium,
                    ))
                }
                _ => None,
            }
        })
    })
}

fn is_bound(statement: &Statement<'_>, key: &str) -> bool {
    statement.conditions.iter().any(|condition| condition.key == key && condition.bounds())
}
