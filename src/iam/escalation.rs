//! Which ways to more rights are open.

use super::effective::{Grant, is_wide};
use super::flaw::{Flaw, lower};
use super::pattern::Pattern;
use super::privilege::list;
use super::target;
use super::way::{PASSED_TO, WAYS, Way};
use crate::model::Severity;

/// Actions on a user's own password and keys, which the user has anyway.
const OWN: [&str; 3] = ["iam:CreateAccessKey", "iam:CreateLoginProfile", "iam:UpdateLoginProfile"];

/// The ways that `grants` open together, in the order of the table.
pub(super) fn flaws<'a>(grants: &[&Grant<'a>]) -> Vec<Flaw<'a>> {
    let open = WAYS.iter().filter_map(|way| {
        let found = way.needs.iter().filter_map(|needs| Open::new(way, needs, grants));
        // The worst of its lists; of equals, the first.
        found.reduce(|one, two| if two.severity > one.severity { two } else { one })
    });
    let open: Vec<Open<'_, 'a>> = open.collect();
    open.iter().map(Open::flaw).collect()
}

/// A way that is open.
struct Open<'g, 'a> {
    way: &'static Way,
    needs: &'static [&'static str],
    /// What allows the first action.
    key: Vec<&'g Grant<'a>>,
    /// What allows the others.
    rest: Vec<&'g Grant<'a>>,
    severity: Severity,
    is_wide: bool,
    /// The keys of the conditions that every grant for one of the actions has.
    under: Option<String>,
}

impl<'g, 'a> Open<'g, 'a> {
    fn new(way: &'static Way, needs: &'static [&'static str], grants: &[&'g Grant<'a>]) -> Option<Self> {
        let (first, others) = needs.split_first()?;
        let allowing = |action: &'static str| {
            let (name, targets) = (Pattern::action(action), target::targets(action));
            let is_on = |grant: &&Grant<'_>| grant.actions.covers(&name) && target::is_met(&targets, grant);
            grants.iter().copied().filter(is_on).collect::<Vec<_>>()
        };
        let mut key = allowing(first);
        key.retain(|grant| !(OWN.contains(first) && is_own(grant)) && passes(grant, way.only));
        if !target::are_met(first, &key) {
            return None;
        }
        let mut under = only_conditional(&key, way.only);
        let mut rest = Vec::new();
        for action in others {
            let found = allowing(action);
            if !target::are_met(action, &found) {
                return None;
            }
            under = under.or_else(|| only_conditional(&found, None));
            rest.extend(found);
        }
        let is_wide = key.iter().any(|grant| target::resources(first, grant).any(is_wide));
        let mut severity = way.check.severity;
        if !is_wide {
            severity = lower(severity);
        }
        if under.is_some() {
            severity = lower(severity);
        }
        Some(Self { way, needs, key, rest, severity, is_wide, under })
    }

    fn flaw(&self) -> Flaw<'a> {
        let first = self.key[0];
        let mut says = format!("with {} it may {}", list(self.needs), self.way.leads);
        if !self.is_wide {
            let all = self.key.iter().flat_map(|grant| target::resources(self.needs[0], grant));
            let mut resources: Vec<&str> = all.map(Pattern::as_str).collect();
            resources.dedup();
            says += &format!(" (on {})", list(&resources));
        }
        if let Some(keys) = &self.under {
            says += &format!(", under a condition on {keys}");
        }
        let advice = if self.way.only.is_some_and(|(key, _)| key == PASSED_TO) {
            "name the roles that may be passed, and bound them by a condition on iam:PassedToService".to_owned()
        } else {
            format!("take {} away, or name the resources that it is needed for", self.needs.join(" or "))
        };
        let node = first.allows(self.needs[0]).map_or(first.statement.node, |item| item.node);
        let all = self.key.iter().chain(&self.rest);
        let is_one = all.clone().all(|grant| std::ptr::eq(grant.statement.node, first.statement.node));
        let mut policies: Vec<&str> = all.map(|grant| grant.policy).collect();
        policies.sort_unstable();
        policies.dedup();
        let flaw = Flaw::new(&self.way.check, node, says, advice).severity(self.severity);
        let flaw = flaw.policy(&policies.join(", "));
        if is_one { flaw.statement(&first.statement.name) } else { flaw }
    }
}

fn resources<'g>(grant: &'g Grant<'_>) -> impl Iterator<Item = &'g str> {
    grant.resources.include.iter().map(|item| item.pattern.as_str())
}

/// Whether the user itself is all that it allows something on.
fn is_own(grant: &Grant<'_>) -> bool {
    resources(grant).all(|resource| resource.ends_with("/${aws:username}"))
}

/// Whether what stands in the way's key may have the way's value, as far as the conditions are known.
fn passes(grant: &Grant<'_>, only: Option<(&str, &str)>) -> bool {
    let Some((key, value)) = only else { return true };
    let mut conditions = grant.statement.conditions.iter().filter(|one| one.key == key);
    conditions.all(|condition| match condition.operator {
        Some(operator) if operator.is_positive => condition.values.iter().any(|value_there| {
            let pattern = value_there.text().map(Pattern::resource);
            pattern.is_none_or(|pattern| pattern.meets(&Pattern::resource(value)))
        }),
        _ => true,
    })
}

/// The keys of the conditions, if each has one besides that on the key which the way is for.
fn only_conditional(grants: &[&Grant<'_>], only: Option<(&str, &str)>) -> Option<String> {
    let is_free = |grant: &&Grant<'_>| {
        let statement = &grant.statement;
        let is_known = statement.are_conditions_known && !statement.conditions.is_empty();
        let is_only = |key: &str| only.is_some_and(|(only, _)| key == only);
        !grant.is_conditional || (is_known && statement.conditions.iter().all(|condition| is_only(&condition.key)))
    };
    if grants.iter().any(is_free) { None } else { grants.first().map(|first| first.keys()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iam::{Held, Node, effective};
    use serde_json::{Value, json};

    fn said(statements: &[Value]) -> Vec<(&'static str, Severity, String)> {
        let document = Node::from(&json!({ "Version": "2012-10-17", "Statement": statements }));
        let held = [Held { name: "p", document: &document, boundary: false }];
        let grants = effective::grants(&held);
        flaws(&grants.iter().collect::<Vec<_>>())
            .into_iter()
            .map(|flaw| (flaw.check.id, flaw.severity, flaw.says))
            .collect()
    }

    fn open(statements: &[Value]) -> Vec<(&'static str, Severity)> {
        said(statements).into_iter().map(|(check, severity, _)| (check, severity)).collect()
    }

    fn allow(action: &[&str], resource: &str) -> Value {
        json!({ "Effect": "Allow", "Action": action, "Resource": resource })
    }

    #[test]
    fn every_list_of_every_way_opens_it() {
        for way in WAYS {
            for needs in way.needs {
                let found = open(&[allow(needs, "*")]);
                assert!(found.contains(&(way.check.id, way.check.severity)), "{needs:?}: {found:?}");
                // All of them are needed: without one, another way may be open, but not this by this list.
                for left_out in 0..needs.len() {
                    let rest: Vec<&str> =
                        needs.iter().enumerate().filter(|(n, _)| *n != left_out).map(|(_, action)| *action).collect();
                    let is_other = way.needs.iter().any(|other| other.iter().all(|action| rest.contains(action)));
                    let found = open(&[allow(&rest, "*")]);
                    assert!(is_other || !found.iter().any(|(id, _)| *id == way.check.id), "{rest:?}");
                }
            }
        }
    }

    #[test]
    fn what_is_bounded_or_conditional_is_less_bad() {
        let of = |resource: &str, condition: Option<Value>| {
            let mut statement = allow(&["iam:PutRolePolicy"], resource);
            if let Some(condition) = condition {
                statement["Condition"] = condition;
            }
            open(&[statement])
        };
        let id = "escalation-put-role-policy";
        let boundary = json!({ "StringEquals": { "iam:PermissionsBoundary": "arn:aws:iam::123456789012:policy/b" } });
        assert_eq!(of("arn:aws:iam::*:role/*", None), [(id, Severity::Critical)]);
        assert_eq!(of("arn:aws:iam::*:role/app-*", None), [(id, Severity::High)]);
        assert_eq!(of("*", Some(boundary.clone())), [(id, Severity::High)]);
        assert_eq!(of("arn:aws:iam::*:role/app-*", Some(boundary)), [(id, Severity::Medium)]);
        assert_eq!(of("arn:aws:iam::*:user/*", None), [], "no role");
        assert_eq!(of("arn:${AWS::Partition}:iam::${AWS::AccountId}:role/*", None), [(id, Severity::Critical)]);
    }

    #[test]
    fn ones_own_keys_and_password_are_no_way() {
        let own = "arn:aws:iam::*:user/${aws:username}";
        assert_eq!(open(&[allow(&OWN, own)]), []);
        assert_eq!(open(&[allow(&["iam:CreateAccessKey"], "arn:aws:iam::*:user/*")]).len(), 1);
        let found = open(&[allow(&["iam:PutUserPolicy"], own)]);
        assert_eq!(found, [("escalation-put-user-policy", Severity::High)], "a policy of one's own is one");
    }

    #[test]
    fn a_role_passed_to_another_service_is_no_way() {
        let lambda = ["lambda:CreateFunction", "lambda:InvokeFunction"];
        let of = |condition: Value| {
            let mut pass = allow(&["iam:PassRole"], "*");
            pass["Condition"] = condition;
            open(&[pass, allow(&lambda, "*")])
        };
        let way = [("escalation-pass-role-lambda", Severity::High)];
        assert_eq!(of(json!({ "StringEquals": { "iam:PassedToService": "lambda.amazonaws.com" } })), way);
        assert_eq!(of(json!({ "StringLike": { "iam:PassedToService": "*.amazonaws.com" } })), way);
        assert_eq!(of(json!({ "StringEquals": { "iam:PassedToService": "ec2.amazonaws.com" } })), []);
        assert_eq!(of(json!({ "StringEquals": { "iam:PassedToService": "${Service}" } })), way, "it may be");
        let other = json!({ "StringEquals": { "aws:ResourceTag/team": "a" } });
        assert_eq!(of(other), [("escalation-pass-role-lambda", Severity::Medium)]);
    }

    #[test]
    fn a_policy_that_must_be_another_is_no_way() {
        let of = |policies: Value| {
            let mut attach = allow(&["iam:AttachRolePolicy"], "*");
            attach["Condition"] = json!({ "ArnLike": { "iam:PolicyARN": policies } });
            open(&[attach])
        };
        assert_eq!(of(json!("arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole")), []);
        assert_eq!(of(json!("arn:aws:iam::aws:policy/*")), [("escalation-attach-role-policy", Severity::Critical)]);
    }

    #[test]
    fn a_command_needs_a_document_that_runs_any() {
        let of = |document: &str| {
            open(&[
                json!({ "Effect": "Allow", "Action": "ssm:SendCommand", "Resource": ["arn:aws:ec2:*:*:instance/*", document] }),
            ])
        };
        let way = [("escalation-run-command", Severity::High)];
        assert_eq!(of("arn:aws:ssm:*:*:document/*"), way);
        assert_eq!(of("arn:aws:ssm:*::document/AWS-RunShellScript"), way);
        assert_eq!(of("arn:aws:ssm:*:*:document/AWSEC2-CreateVssSnapshot"), []);
    }

    #[test]
    fn what_several_statements_make_together_is_said_of_none() {
        let pass = allow(&["iam:PassRole"], "arn:aws:iam::123456789012:role/app");
        let run = allow(&["ec2:RunInstances"], "*");
        let document = Node::from(&json!({ "Statement": [pass, run] }));
        let held = [Held { name: "p", document: &document, boundary: false }];
        let grants = effective::grants(&held);
        let found = flaws(&grants.iter().collect::<Vec<_>>());
        assert_eq!((found[0].statement.as_deref(), found[0].policy.as_str()), (None, "p"));
        let says = "with iam:PassRole and ec2:RunInstances it may start an instance with a role that EC2 may assume, and take the \
                    role's credentials from it (on arn:aws:iam::123456789012:role/app)";
        assert_eq!((found[0].says.as_str(), found[0].severity), (says, Severity::Medium));
    }
}
