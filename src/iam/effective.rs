//! What a principal may do by all of its policies: what is allowed, within its boundary, without what is denied.

use super::Node;
use super::pattern::{Pattern, arn_parts};
use super::scope::{Item, Scope};
use super::statement::{Effect, Statement, nodes, statements};

/// A policy of a principal.
#[derive(Debug, Clone, Copy)]
pub struct Held<'a> {
    /// Its name.
    pub name: &'a str,
    /// What it says.
    pub document: &'a Node,
    /// Whether it is the permissions boundary: it allows nothing, and bounds what others allow.
    pub boundary: bool,
}

/// What a statement allows in effect.
#[derive(Debug, Clone)]
pub(super) struct Grant<'a> {
    pub(super) policy: &'a str,
    pub(super) statement: Statement<'a>,
    pub(super) actions: Scope<'a>,
    pub(super) resources: Scope<'a>,
    /// Whether it holds for some requests only.
    pub(super) is_conditional: bool,
}

impl<'a> Grant<'a> {
    /// What takes in the action, in all of its resources.
    pub(super) fn allows(&self, action: &str) -> Option<&Item<'a>> {
        self.actions.item(&Pattern::action(action))
    }

    /// Whether a resource is everything, or everything of a kind: `*`, `arn:aws:iam::*:role/*`.
    pub(super) fn is_wide(&self) -> bool {
        self.resources.include.iter().any(|item| is_wide(&item.pattern))
    }

    /// The keys of the conditions, for people.
    pub(super) fn keys(&self) -> String {
        let mut keys: Vec<&str> = self.statement.conditions.iter().map(|condition| condition.written).collect();
        keys.dedup();
        if !self.statement.are_conditions_known {
            keys.push("what is not known");
        } else if keys.is_empty() {
            keys.push("what its permissions boundary says");
        }
        keys.join(", ")
    }
}

/// Services whose resources are of one kind, so that their ARNs say none: `arn:aws:s3:::bucket/key`.
const NAMELESS: [&str; 5] = ["codecommit", "execute-api", "s3", "sns", "sqs"];

/// Whether it is everything, or everything of a kind.
pub(super) fn is_wide(resource: &Pattern) -> bool {
    let written = resource.as_str();
    if resource.is_all() {
        return true;
    }
    match arn_parts(written).get(5) {
        Some(&"*") => true,
        // What comes first there is a name, and no kind.
        Some(&name) if NAMELESS.contains(&arn_parts(written)[2]) => name == "*/*",
        Some(&name) => name.split_once(['/', ':']).is_some_and(|(_, rest)| rest == "*"),
        // `arn:aws:iam::*`: the star takes in what would follow.
        None => written.ends_with('*'),
    }
}

/// Comparisons of characters that denials are worth: three times the most that one of AWS's own policies may need
/// (`SageMakerStudioProjectUserRolePermissionsBoundary`). A document that is made to need more is read without some of its denials, so
/// that the picture may look worse.
const MAX_STEPS: usize = 1_000_000_000;

struct Budget(usize);

impl Budget {
    /// Whether there is enough left to compare two, which then is taken.
    fn takes(&mut self, one: &Grant<'_>, two: &Grant<'_>) -> bool {
        let steps = |one: &Scope<'_>, two: &Scope<'_>| one.size().saturating_mul(two.size());
        let needed = steps(&one.actions, &two.actions).saturating_add(steps(&one.resources, &two.resources));
        let left = self.0.checked_sub(needed);
        self.0 = left.unwrap_or(self.0);
        left.is_some()
    }
}

/// Whether a policy surely denies `action` on `resource`, whatever else allows it.
pub(super) fn is_denied(held: &[Held<'_>], action: &Pattern, resource: &Pattern) -> bool {
    held.iter().flat_map(|policy| statements(policy.document)).any(|statement| {
        statement.effect == Some(Effect::Deny)
            && statement.is_unconditional()
            && statement.actions.covers(action)
            && statement.resources.covers(resource)
    })
}

/// What `held` allows in effect, statement by statement.
///
/// A `Deny` takes away what it surely denies: without conditions, all known, and on all that an `Allow` names of either actions or
/// resources. What it denies of both in part is left in, so that the picture may look worse than it is and never better.
pub(super) fn grants<'a>(held: &[Held<'a>]) -> Vec<Grant<'a>> {
    let of = |boundary: bool, effect: Effect| {
        let policies = held.iter().filter(move |policy| policy.boundary == boundary);
        policies.flat_map(move |policy| {
            let all = statements(policy.document).into_iter();
            all.filter(move |statement| statement.effect == Some(effect)).map(|statement| grant(policy.name, statement))
        })
    };
    let mut budget = Budget(MAX_STEPS);
    let mut grants: Vec<Grant<'a>> = of(false, Effect::Allow).collect();
    // One that cannot be read is not taken for one that allows nothing.
    if held.iter().any(|policy| policy.boundary && is_readable(policy.document)) {
        let bounds: Vec<Grant<'a>> = of(true, Effect::Allow).collect();
        grants = grants.iter().flat_map(|grant| bounds.iter().map(|bound| bounded(grant, bound))).collect();
    }
    for deny in of(false, Effect::Deny).chain(of(true, Effect::Deny)) {
        let is_sure = !deny.is_conditional && deny.actions.is_known && deny.resources.is_known;
        if is_sure {
            for grant in &mut grants {
                if budget.takes(grant, &deny) {
                    take_away(grant, &deny);
                }
            }
        }
    }
    grants.retain(|grant| !grant.actions.include.is_empty() && !grant.resources.include.is_empty());
    grants
}

fn is_readable(document: &Node) -> bool {
    let statements = statements(document);
    let is_read = |statement: &Statement<'_>| statement.effect.is_some();
    !statements.is_empty() && statements.len() == nodes(document).len() && statements.iter().all(is_read)
}

fn grant<'a>(policy: &'a str, statement: Statement<'a>) -> Grant<'a> {
    Grant {
        policy,
        actions: statement.actions.clone(),
        resources: statement.resources.clone(),
        is_conditional: !statement.is_unconditional(),
        statement,
    }
}

fn bounded<'a>(grant: &Grant<'a>, bound: &Grant<'a>) -> Grant<'a> {
    Grant {
        actions: grant.actions.narrowed(&bound.actions),
        resources: grant.resources.narrowed(&bound.resources),
        is_conditional: grant.is_conditional || bound.is_conditional,
        ..grant.clone()
    }
}

fn take_away<'a>(grant: &mut Grant<'a>, deny: &Grant<'a>) {
    if deny.resources.covers_all(&grant.resources) {
        grant.actions = grant.actions.without(&deny.actions);
    } else if deny.actions.covers_all(&grant.actions) {
        grant.resources = grant.resources.without(&deny.resources);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn left(allow: &Value, others: &[(&Value, bool)]) -> Vec<String> {
        let document =
            |statement: &Value| Node::from(&json!({ "Version": "2012-10-17", "Statement": [statement.clone()] }));
        let mut documents = vec![(document(allow), false)];
        documents.extend(others.iter().map(|(statement, boundary)| (document(statement), *boundary)));
        let held: Vec<Held<'_>> =
            documents.iter().map(|(document, boundary)| Held { name: "", document, boundary: *boundary }).collect();
        let words = |scope: &Scope<'_>| {
            let include = scope.include.iter().map(|item| item.pattern.to_string());
            include.chain(scope.except.iter().map(|except| format!("-{except}"))).collect::<Vec<_>>().join(" ")
        };
        grants(&held).iter().map(|grant| format!("{} on {}", words(&grant.actions), words(&grant.resources))).collect()
    }

    #[test]
    fn a_deny_takes_away_what_it_surely_denies() {
        let all = json!({ "Effect": "Allow", "Action": ["iam:*", "s3:GetObject"], "Resource": "*" });
        let deny = |statement: Value| left(&all, &[(&statement, false)]);
        assert_eq!(deny(json!({ "Effect": "Deny", "Action": "iam:*", "Resource": "*" })), ["s3:GetObject -iam:* on *"]);
        assert_eq!(deny(json!({ "Effect": "Deny", "Action": "*", "Resource": "*" })), [""; 0]);
        assert_eq!(deny(json!({ "Effect": "Deny", "NotAction": "s3:*", "Resource": "*" })), ["s3:GetObject on *"]);
        let bucket = "arn:aws:s3:::b/*";
        assert_eq!(
            deny(json!({ "Effect": "Deny", "Action": "*", "NotResource": bucket })),
            ["iam:* s3:GetObject on arn:aws:s3:::b/*"]
        );
        assert_eq!(
            deny(json!({ "Effect": "Deny", "Action": "*", "Resource": bucket })),
            ["iam:* s3:GetObject on * -arn:aws:s3:::b/*"]
        );
    }

    #[test]
    fn an_uncertain_deny_takes_nothing_away() {
        let all = json!({ "Effect": "Allow", "Action": "iam:*", "Resource": "*" });
        for deny in [
            json!({ "Effect": "Deny", "Action": "iam:*", "Resource": "*", "Condition": { "Bool": { "aws:x": "true" } } }),
            json!({ "Effect": "Deny", "Action": "iam:Create*", "Resource": "arn:aws:iam::*:user/jane" }),
            json!({ "Effect": "Deny", "Action": "${Service}:*", "Resource": "*" }),
            json!({ "Effect": "Deny", "NotAction": ["s3:*", "${Service}:*"], "Resource": "*" }),
            json!({ "Effect": "deny", "Action": "*", "Resource": "*" }),
        ] {
            assert_eq!(left(&all, &[(&deny, false)]), ["iam:* on *"], "{deny}");
        }
    }

    #[test]
    fn a_boundary_bounds_and_allows_nothing() {
        let all = json!({ "Effect": "Allow", "Action": "*", "Resource": "*" });
        let bound = json!({ "Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::b/*" });
        assert_eq!(left(&all, &[(&bound, true)]), ["s3:* on arn:aws:s3:::b/*"]);
        let denies = json!({ "Effect": "Deny", "Action": "*", "Resource": "*" });
        assert_eq!(left(&all, &[(&denies, true)]), [""; 0]);
        let other = json!({ "Effect": "Allow", "Action": "ec2:RunInstances", "Resource": "*" });
        assert_eq!(left(&other, &[(&bound, true)]), [""; 0]);
    }

    #[test]
    fn a_boundary_that_is_not_known_bounds_nothing_away() {
        let allow = json!({ "Effect": "Allow", "Action": "iam:CreateUser", "Resource": "*" });
        let bound = json!({ "Effect": "Allow", "Action": "${Service}:*", "Resource": "*" });
        assert_eq!(left(&allow, &[(&bound, true)]), ["iam:CreateUser on *"]);
        assert_eq!(left(&allow, &[(&json!("what is this"), true)]), ["iam:CreateUser on *"]);
        assert_eq!(left(&allow, &[(&json!({ "Effect": "${Effect}" }), true)]), ["iam:CreateUser on *"]);
    }
}
