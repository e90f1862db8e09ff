//! Who may assume a role.

use super::condition::Condition;
use super::flaw::{Flaw, lower};
use super::pattern::is_filled;
use super::principal::Principal;
use super::statement::{Effect, Statement, statements};
use super::{Node, check};
use crate::model::Severity;

/// Keys that say who asks, or from where: those of which one is enough to bound `*`, an account or a service.
///
/// Names and tags are none: anyone may give them in an account of their own. Sources: IAM User Guide, "AWS global condition context
/// keys"; Amazon S3 User Guide, "The meaning of public"; what the services add for their own policies.
const WHO: [&str; 25] = [
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
    !statement.are_conditions_known
        || statement.conditions.iter().any(|condition| condition.bounds() && WHO.contains(&condition.key.as_str()))
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
    if !name.contains(":oidc-provider/") || is_filled(host) {
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
                _ if is_filled(value) => None,
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

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    const OWN: &str = "111122223333";

    /// Checks and severities of a role of account 111122223333 whose trust policy has one statement.
    fn trusted(principal: &Value, condition: &Value, own: Option<&str>) -> Vec<(&'static str, Severity)> {
        let mut statement = json!({ "Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole" });
        if !condition.is_null() {
            statement["Condition"] = condition.clone();
        }
        let document = Node::from(&json!({ "Version": "2012-10-17", "Statement": statement }));
        flaws(&document, own).iter().map(|flaw| (flaw.check.id, flaw.severity)).collect()
    }

    fn aws(principal: &str, condition: &Value) -> Vec<(&'static str, Severity)> {
        trusted(&json!({ "AWS": principal }), condition, Some(OWN))
    }

    #[test]
    fn everyone_is_let_in_by_a_star_unless_a_condition_says_who() {
        let everyone = [("trust-everyone", Severity::Critical)];
        assert_eq!(trusted(&json!("*"), &Value::Null, None), everyone);
        assert_eq!(aws("*", &Value::Null), everyone);
        assert_eq!(aws("*", &json!({ "StringEquals": { "aws:PrincipalOrgID": "o-1" } })), []);
        assert_eq!(aws("*", &json!({ "StringEquals": { "sts:ExternalId": "x" } })), []);
        let weak = [("trust-everyone", Severity::High)];
        assert_eq!(
            aws("*", &json!({ "StringEquals": { "aws:PrincipalTag/team": "a" } })),
            weak,
            "anyone may have tags"
        );
        assert_eq!(aws("*", &json!({ "StringEqualsIfExists": { "aws:PrincipalOrgID": "o-1" } })), weak);
        assert_eq!(aws("*", &json!({ "Bool": { "aws:SecureTransport": "true" } })), weak);
        assert_eq!(aws("*", &json!({ "${Operator}": { "aws:PrincipalOrgID": "o-1" } })), [], "who knows");
    }

    #[test]
    fn another_account_needs_an_external_id() {
        let root = "arn:aws:iam::444455556666:root";
        let role = "arn:aws:iam::444455556666:role/deploy";
        let external = json!({ "StringEquals": { "sts:ExternalId": "x" } });
        assert_eq!(aws(root, &Value::Null), [("trust-external-id", Severity::High)]);
        assert_eq!(aws("444455556666", &Value::Null), [("trust-external-id", Severity::High)]);
        assert_eq!(aws(role, &Value::Null), [("trust-external-id", Severity::Medium)]);
        assert_eq!(aws(root, &external), []);
        assert_eq!(aws(role, &external), []);
        let none = |principal: &str| trusted(&json!({ "AWS": principal }), &Value::Null, None);
        assert_eq!(none(root), [("trust-external-id", Severity::Medium)], "it may be the own account");
        assert_eq!(none(role), []);
        assert_eq!(none("arn:aws:iam::${AWS::AccountId}:root"), []);
    }

    #[test]
    fn the_own_account_is_named_as_a_whole_only() {
        let root = "arn:aws:iam::111122223333:root";
        assert_eq!(aws(root, &Value::Null), [("trust-whole-account", Severity::Low)]);
        assert_eq!(aws(root, &json!({ "Bool": { "aws:MultiFactorAuthPresent": "true" } })), []);
        assert_eq!(aws("arn:aws:iam::111122223333:role/deploy", &Value::Null), []);
        assert_eq!(trusted(&json!({ "Service": "lambda.amazonaws.com" }), &Value::Null, Some(OWN)), []);
    }

    fn github(values: &Value) -> Vec<(&'static str, Severity)> {
        let provider = json!({ "Federated": format!("arn:aws:iam::{OWN}:oidc-provider/{GITHUB}") });
        let mut condition =
            json!({ "StringEquals": { "token.actions.githubusercontent.com:aud": "sts.amazonaws.com" } });
        if !values.is_null() {
            condition["StringLike"] = json!({ "token.actions.githubusercontent.com:sub": values });
        }
        trusted(&provider, &condition, None)
    }

    #[test]
    fn a_workflow_of_any_repository_is_not_let_in_unsaid() {
        let critical = [("trust-github", Severity::Critical)];
        for open in [Value::Null, json!("*"), json!("repo:*"), json!("repo:*/*"), json!(["repo:o/n:*", "repo:o*/n:*"])]
        {
            assert_eq!(github(&open), critical, "{open}");
        }
        assert_eq!(github(&json!("repo:owner/*")), [("trust-github", Severity::Medium)]);
        for bound in [json!("repo:owner/name:*"), json!("repo:owner/name:ref:refs/heads/main"), json!("repo:${Repo}:*")]
        {
            assert_eq!(github(&bound), [], "{bound}");
        }
        let provider = json!({ "Federated": format!("arn:aws:iam::{OWN}:oidc-provider/{GITHUB}") });
        let other = json!({ "StringEquals": { "token.actions.githubusercontent.com:repository": "owner/name" } });
        assert_eq!(trusted(&provider, &other, None), []);
        let not = json!({ "StringNotLike": { "token.actions.githubusercontent.com:sub": "repo:evil/*" } });
        assert_eq!(trusted(&provider, &not, None), critical);
    }

    #[test]
    fn a_provider_says_whose_token_it_is() {
        let oidc = [("trust-oidc", Severity::High)];
        let eks = "oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE";
        let provider = json!({ "Federated": format!("arn:aws:iam::{OWN}:oidc-provider/{eks}") });
        let with = |key: &str, value: &str| {
            let mut keys = serde_json::Map::new();
            keys.insert(format!("{eks}:{key}"), json!(value));
            trusted(&provider, &json!({ "StringEquals": keys }), None)
        };
        assert_eq!(trusted(&provider, &Value::Null, None), oidc);
        assert_eq!(with("aud", "sts.amazonaws.com"), oidc);
        assert_eq!(with("sub", "system:serviceaccount:kube-system:aws-node"), []);
        let cognito = json!({ "Federated": "cognito-identity.amazonaws.com" });
        assert_eq!(trusted(&cognito, &Value::Null, None), oidc);
        let pool = json!({ "StringEquals": { "cognito-identity.amazonaws.com:aud": "eu-west-1:x" } });
        assert_eq!(trusted(&cognito, &pool, None), []);
        let saml = json!({ "Federated": format!("arn:aws:iam::{OWN}:saml-provider/idp") });
        assert_eq!(trusted(&saml, &Value::Null, None), []);
    }

    #[test]
    fn all_but_some_is_everyone() {
        let of = |effect: &str| {
            let statement = json!({ "Effect": effect, "NotPrincipal": { "AWS": OWN }, "Action": "sts:AssumeRole" });
            let document = Node::from(&json!({ "Statement": statement }));
            flaws(&document, None).iter().map(|flaw| flaw.check.id).collect::<Vec<_>>()
        };
        assert_eq!(of("Allow"), ["allow-not-principal"]);
        assert_eq!(of("Deny"), [""; 0]);
    }
}
