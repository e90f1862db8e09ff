//! Which roles a principal can get into: what a role's trust policy says, and what the principal's own policies say.
//!
//! Source: IAM User Guide, "Policy evaluation logic". Within an account either says enough when it names the other: a trust policy
//! that names the user itself, or one that trusts the whole account and a policy of the user that allows `sts:AssumeRole`.

use super::Node;
use super::effective::{Held, grants, is_denied};
use super::pattern::Pattern;
use super::statement::{Effect, statements};

/// A role of the account of the principal.
#[derive(Debug, Clone, Copy)]
pub struct Entrance<'a> {
    /// Its ARN.
    pub arn: &'a str,
    /// Its trust policy.
    pub trust: &'a Node,
}

/// Whether the user `user` (an ARN), which holds `held`, can assume the role. Conditions are taken to be met.
pub fn may_enter(role: Entrance<'_>, user: &str, held: &[Held<'_>]) -> bool {
    let action = Pattern::action("sts:AssumeRole");
    let opens =
        |effect: Effect| statements(role.trust).into_iter().filter(move |statement| statement.effect == Some(effect));
    let names_user = |statement: &super::statement::Statement<'_>| {
        statement.principals.iter().any(|principal| principal.kind == "AWS" && principal.name == Some(user))
    };
    let own = user.split(':').nth(4);
    let trusts_account = |statement: &super::statement::Statement<'_>| {
        statement.principals.iter().any(|principal| {
            principal.is_everyone()
                || principal.is_whole_account() && principal.account().is_some_and(|id| Some(id) == own)
        })
    };
    let is_shut = |statement: &super::statement::Statement<'_>| {
        statement.is_unconditional()
            && statement.actions.covers(&action)
            && (names_user(statement) || trusts_account(statement))
    };
    let name = Pattern::resource(role.arn);
    if is_denied(held, &action, &name) || opens(Effect::Deny).any(|statement| is_shut(&statement)) {
        return false;
    }
    let allowed = || {
        grants(held).iter().any(|grant| {
            grant.statement.effect == Some(Effect::Allow)
                && grant.actions.item(&action).is_some()
                && grant.resources.item(&name).is_some()
        })
    };
    opens(Effect::Allow).filter(|statement| statement.actions.covers(&action)).any(|statement| {
        // What a user is not allowed by name it must be allowed by its own policies.
        names_user(&statement) || trusts_account(&statement) && allowed()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    const USER: &str = "arn:aws:iam::123456789012:user/jane";

    fn enters(trust: &Value, own: &Value) -> bool {
        let document =
            |statement: &Value| Node::from(&json!({ "Version": "2012-10-17", "Statement": statement.clone() }));
        let (trust, own) = (document(trust), document(own));
        let held = [Held { name: "own", document: &own, boundary: false }];
        may_enter(Entrance { arn: "arn:aws:iam::123456789012:role/admin", trust: &trust }, USER, &held)
    }

    #[test]
    fn a_role_is_entered_by_name_or_by_trust_in_the_account_and_an_own_policy() {
        let trust = |principal: &str| json!({ "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": { "AWS": principal } });
        let may = json!({ "Effect": "Allow", "Action": "sts:Assume*", "Resource": "arn:aws:iam::123456789012:role/*" });
        let nothing = json!({ "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*" });
        for (principal, own, enters_it) in [
            (USER, &nothing, true),
            ("arn:aws:iam::123456789012:root", &nothing, false),
            ("arn:aws:iam::123456789012:root", &may, true),
            ("123456789012", &may, true),
            ("*", &may, true),
            ("arn:aws:iam::123456789012:user/joe", &may, false),
            ("arn:aws:iam::999999999999:root", &may, false),
        ] {
            assert_eq!(enters(&trust(principal), own), enters_it, "{principal} {own}");
        }
        let other = json!({ "Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "arn:aws:iam::123456789012:role/other" });
        assert!(!enters(&trust("123456789012"), &other));
        let service = json!({ "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": { "Service": "lambda.amazonaws.com" } });
        assert!(!enters(&service, &may));
    }

    #[test]
    fn a_denial_shuts_the_door() {
        let allow = json!({ "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": { "AWS": USER } });
        let deny = json!({ "Effect": "Deny", "Action": "sts:*", "Principal": { "AWS": USER } });
        assert!(!enters(&json!([allow, deny]), &json!([])));
        assert!(enters(&json!([allow]), &json!([])));
        let own = json!({ "Effect": "Deny", "NotAction": "s3:*", "Resource": "*" });
        assert!(!enters(&json!([allow]), &own), "a Deny of one's own wins over a trust");
    }
}
