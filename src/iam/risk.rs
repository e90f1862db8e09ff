//! What makes a principal, or a role, more dangerous than it should be.

use super::effective::{Held, grants};
use super::flaw::Flaw;
use super::statement::Effect;
use super::{Node, privilege, trust};
use crate::model::{Risk, Severity};

/// What one principal may do by all of its policies beyond what is needed, worst first.
///
/// A permissions boundary bounds what the others allow; a `Deny` takes away what it surely denies, and nothing where a condition
/// makes it uncertain.
pub fn risks(held: &[Held<'_>]) -> Vec<Risk> {
    sorted(privilege::flaws(&grants(held)))
}

/// Who may assume `role` of account `own_account` that should not, by its trust policy, worst first.
pub fn trust_risks(role: &str, trust: &Node, own_account: &str) -> Vec<Risk> {
    sorted(trust::flaws(trust, Some(own_account)).into_iter().map(|flaw| flaw.policy(role)).collect())
}

/// The roles that a principal may assume by its own policies, as patterns of ARNs, sorted. Their trust policies have a say, too.
pub fn may_assume(held: &[Held<'_>]) -> Vec<String> {
    let grants = grants(held);
    let allowing = grants
        .iter()
        .filter(|grant| grant.statement.effect == Some(Effect::Allow) && grant.allows("sts:AssumeRole").is_some());
    let mut roles: Vec<String> =
        allowing.flat_map(|grant| grant.resources.include.iter().map(|item| item.pattern.to_string())).collect();
    roles.sort_unstable();
    roles.dedup();
    roles
}

/// How bad the worst is.
pub fn severity(risks: &[Risk]) -> Option<Severity> {
    risks.iter().map(|risk| risk.severity).max()
}

fn sorted(flaws: Vec<Flaw<'_>>) -> Vec<Risk> {
    let mut risks: Vec<Risk> = flaws.into_iter().map(Risk::from).collect();
    risks.sort_by(|one, two| two.severity.cmp(&one.severity).then_with(|| one.policy.cmp(&two.policy)));
    risks
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn policy(statements: &Value) -> Node {
        Node::from(&json!({ "Version": "2012-10-17", "Statement": statements }))
    }

    fn allow(action: &str, resource: &str) -> Node {
        policy(&json!([{ "Sid": "S", "Effect": "Allow", "Action": action, "Resource": resource }]))
    }

    fn held<'a>(name: &'a str, document: &'a Node) -> Held<'a> {
        Held { name, document, boundary: false }
    }

    #[test]
    fn the_worst_is_first_and_names_its_policy() {
        let (read, all) = (allow("s3:GetObject", "*"), allow("*", "*"));
        let found = risks(&[held("read", &read), held("all", &all)]);
        let short: Vec<_> = found.iter().map(|risk| (risk.check.as_str(), risk.policy.as_str())).collect();
        assert_eq!(short, [("administrator", "all"), ("wildcard-resource", "read")]);
        assert_eq!((found[0].statement.as_deref(), severity(&found)), (Some("S"), Some(Severity::Critical)));
        assert_eq!(severity(&[]), None);
    }

    #[test]
    fn what_several_policies_open_together_names_them() {
        let (pass, run) = (allow("iam:PassRole", "*"), allow("ec2:RunInstances", "*"));
        let found = risks(&[held("run", &run), held("pass", &pass)]);
        let way = found.iter().find(|risk| risk.check == "escalation-pass-role-ec2").unwrap();
        assert_eq!((way.policy.as_str(), way.statement.as_deref()), ("pass, run", None));
    }

    #[test]
    fn a_boundary_and_a_deny_of_any_policy_count() {
        let all = allow("*", "*");
        let s3 = allow("s3:GetObject", "arn:aws:s3:::b/*");
        let bounded = [held("all", &all), Held { name: "bound", document: &s3, boundary: true }];
        assert_eq!(risks(&bounded), []);
        let deny = policy(&json!([{ "Effect": "Deny", "Action": "*", "Resource": "*" }]));
        assert_eq!(risks(&[held("all", &all), held("deny", &deny)]), []);
        let hours = policy(&json!([{ "Effect": "Deny", "Action": "*", "Resource": "*",
            "Condition": { "DateGreaterThan": { "aws:CurrentTime": "2026-01-01T00:00:00Z" } } }]));
        assert_eq!(severity(&risks(&[held("all", &all), held("hours", &hours)])), Some(Severity::Critical));
    }

    #[test]
    fn roles_that_may_be_assumed_are_listed_once() {
        let role = "arn:aws:iam::123456789012:role/deploy";
        let (one, two) = (allow("sts:AssumeRole", role), allow("sts:*", role));
        let other = allow("s3:*", "*");
        assert_eq!(may_assume(&[held("a", &one), held("b", &two), held("c", &other)]), [role]);
        let deny = policy(&json!([{ "Effect": "Deny", "Action": "sts:AssumeRole", "Resource": "*" }]));
        assert_eq!(may_assume(&[held("a", &one), held("d", &deny)]), [""; 0]);
    }

    #[test]
    fn a_trust_names_its_role() {
        let trust = policy(&json!([{ "Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole" }]));
        let found = trust_risks("deploy", &trust, "123456789012");
        assert_eq!((found[0].policy.as_str(), found[0].check.as_str()), ("deploy", "trust-everyone"));
    }
}
