//! Who may use a resource: a bucket, a queue, a key.

use super::access::{Level, level, managing};
use super::condition::Condition;
use super::effective::{Grant, Held, grants};
use super::flaw::{Flaw, lower};
use super::pattern::Pattern;
use super::principal::Principal;
use super::privilege::list;
use super::statement::Statement;
use super::{Node, check, trust};
use crate::model::Severity;

/// What is wrong with the policy of a resource.
pub(super) fn flaws(document: &Node) -> Vec<Flaw<'_>> {
    let held = [Held { name: "", document, boundary: false }];
    let mut found = Vec::new();
    for grant in grants(&held) {
        let statement = &grant.statement;
        let not = statement.node.get("NotPrincipal").map(trust::not_principal);
        let everyone = statement.principals.iter().find(|principal| principal.is_everyone());
        let service = statement.principals.iter().find(|principal| principal.kind == "Service");
        let flaws = [
            not,
            everyone.and_then(|principal| public(&grant, principal)),
            service.and_then(|principal| deputy(statement, principal)),
            wildcard(&grant),
        ];
        found.extend(flaws.into_iter().flatten().map(|flaw| flaw.statement(&statement.name)));
    }
    found
}

/// Actions that call what may well be made for everyone.
const IN_USE: [&str; 2] = ["execute-api:Invoke", "lambda:InvokeFunctionUrl"];

fn public<'a>(grant: &Grant<'a>, principal: &Principal<'a>) -> Option<Flaw<'a>> {
    if trust::says_who(&grant.statement) {
        return None;
    }
    let items = &grant.actions.include;
    let names: Vec<&str> = items.iter().map(|item| item.pattern.as_str()).collect();
    let most = items.iter().map(|item| level(&item.pattern)).max()?;
    let is_use = |action: &Pattern| IN_USE.iter().any(|name| Pattern::action(name).covers(action));
    let severity = match most {
        _ if items.iter().all(|item| is_use(&item.pattern)) => Severity::Medium,
        Level::Write | Level::Manage => Severity::Critical,
        _ => Severity::High,
    };
    let mut says = format!("everyone may {}", list(&names));
    let mut severity = severity;
    if grant.is_conditional {
        says += &format!(", under a condition on {}, which does not say who or from where", grant.keys());
        severity = lower(severity);
    }
    let advice = "name the principals, or add a condition that says who or from where (aws:PrincipalOrgID, aws:SourceArn, \
                  aws:SourceVpce)";
    Some(Flaw::new(&check::PUBLIC_PRINCIPAL, principal.node, says, advice.to_owned()).severity(severity))
}

/// Services that have no source to name: what they do is in the account of the resource, or bounded in another way.
const WITHOUT_SOURCE: [&str; 5] =
    ["ec2.amazonaws.com", "ecs-tasks.amazonaws.com", "edgelambda.amazonaws.com", "lambda.amazonaws.com", "autoscaling"];

fn deputy<'a>(statement: &Statement<'a>, principal: &Principal<'a>) -> Option<Flaw<'a>> {
    let name = principal.name?;
    if WITHOUT_SOURCE.iter().any(|service| name.starts_with(service))
        || trust::says_who(statement)
        || statement.conditions.iter().any(Condition::bounds)
    {
        return None;
    }
    let says = format!("{name} may be led to use this resource by anyone who uses that service, in any account");
    let advice = "add a condition on aws:SourceArn or aws:SourceAccount".to_owned();
    let writes = statement.actions.include.iter().any(|item| level(&item.pattern) >= Level::Contents);
    let severity = if writes { check::CONFUSED_DEPUTY.severity } else { Severity::Low };
    Some(Flaw::new(&check::CONFUSED_DEPUTY, principal.node, says, advice).severity(severity))
}

/// `s3:*` for someone else. A key's policy has to allow its account `kms:*`, or nobody could change it.
fn wildcard<'a>(grant: &Grant<'a>) -> Option<Flaw<'a>> {
    let is_whole = |written: &str| written.split_once(':').is_none_or(|(_, name)| name == "*");
    let item =
        grant.actions.include.iter().find(|item| item.pattern.has_wildcard() && is_whole(item.pattern.as_str()))?;
    if item.pattern.as_str().eq_ignore_ascii_case("kms:*")
        || grant.statement.principals.iter().any(Principal::is_everyone)
    {
        return None;
    }
    let mut says = format!("{} takes in more than is named", item.pattern);
    if let Some(action) = managing(&item.pattern, &[]) {
        says += &format!(", also {action}, which lets others in");
    }
    let severity = if grant.is_conditional { Severity::Low } else { Severity::Medium };
    let advice = "name the actions that are needed".to_owned();
    Some(Flaw::new(&check::WILDCARD_ACTION, item.node, says, advice).severity(severity))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn found(statement: &Value) -> Vec<(&'static str, Severity)> {
        let document = Node::from(&json!({ "Version": "2012-10-17", "Statement": [statement] }));
        flaws(&document).iter().map(|flaw| (flaw.check.id, flaw.severity)).collect()
    }

    fn allow(principal: &Value, action: &str, condition: &Value) -> Vec<(&'static str, Severity)> {
        let mut statement =
            json!({ "Effect": "Allow", "Principal": principal, "Action": action, "Resource": "arn:aws:s3:::b/*" });
        if !condition.is_null() {
            statement["Condition"] = condition.clone();
        }
        found(&statement)
    }

    #[test]
    fn everyone_is_worse_if_they_may_write() {
        let (star, none) = (json!("*"), Value::Null);
        assert_eq!(allow(&star, "s3:GetObject", &none), [("public-principal", Severity::High)]);
        assert_eq!(allow(&json!({ "AWS": "*" }), "s3:PutObject", &none), [("public-principal", Severity::Critical)]);
        assert_eq!(allow(&star, "s3:*", &none), [("public-principal", Severity::Critical)]);
        assert_eq!(allow(&star, "s3:GetObject", &json!({ "StringEquals": { "aws:SourceVpce": "vpce-1" } })), []);
        let referer = json!({ "StringLike": { "aws:Referer": "https://example.com/*" } });
        assert_eq!(allow(&star, "s3:GetObject", &referer), [("public-principal", Severity::Medium)]);
        let nowhere = json!({ "IpAddress": { "aws:SourceIp": "0.0.0.0/0" } });
        assert_eq!(allow(&star, "s3:GetObject", &nowhere), [("public-principal", Severity::Medium)]);
    }

    #[test]
    fn a_service_says_for_whom_it_acts() {
        let sns = json!({ "Service": "sns.amazonaws.com" });
        assert_eq!(allow(&sns, "sqs:SendMessage", &Value::Null), [("confused-deputy", Severity::Medium)]);
        let source = json!({ "ArnEquals": { "aws:SourceArn": "arn:aws:sns:eu-west-1:123456789012:t" } });
        assert_eq!(allow(&sns, "sqs:SendMessage", &source), []);
    }

    #[test]
    fn a_key_is_its_accounts() {
        let root = json!({ "AWS": "arn:aws:iam::123456789012:root" });
        assert_eq!(allow(&root, "kms:*", &Value::Null), []);
        assert_eq!(allow(&root, "s3:*", &Value::Null), [("wildcard-action", Severity::Medium)]);
        assert_eq!(allow(&root, "s3:GetObject", &Value::Null), []);
    }

    #[test]
    fn a_deny_lets_nobody_in() {
        let deny = json!({ "Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*" });
        assert_eq!(found(&deny), []);
        let not =
            json!({ "Effect": "Deny", "NotPrincipal": { "AWS": "123456789012" }, "Action": "*", "Resource": "*" });
        assert_eq!(found(&not), []);
    }
}
