//! The roles of an account: whom they trust, and which of them a user can get into.
//!
//! Source: the IAM API Reference, `ListRoles`, which tells trust policies, too.

use super::CallError;
use super::account::Account;
use super::principal::{Document, Principals, node};
use crate::iam::{self, Entrance, Held, Node};
use crate::model::Risk;

/// The most roles whose policies are read for one user: each costs four requests and more.
const MAX_ROLES: usize = 20;

/// How far a user gets by the roles of its account: one step, since what a role can assume is not followed.
#[derive(Debug, Default)]
pub(super) struct Reach {
    /// ARNs of the roles that it can assume.
    pub(super) may_assume: Vec<String>,
    /// What it can do by its own policies and through these roles, worst first.
    pub(super) risks: Vec<Risk>,
    /// What is wrong with whom the account's roles trust.
    pub(super) open_roles: Vec<Risk>,
    /// What could not be read.
    pub(super) not_read: Vec<String>,
}

/// A role and its trust policy.
struct Role {
    name: String,
    arn: String,
    trust: Node,
}

/// All roles of one account.
pub(super) struct Roles(Vec<Role>);

impl Roles {
    /// Asks for them.
    ///
    /// # Errors
    /// They cannot be listed to the end, or one of them cannot be read.
    pub(super) fn read(account: &Account<'_>) -> Result<Self, CallError> {
        let pages = account.list("ListRoles", &[])?;
        let names = ["RoleName", "Arn", "AssumeRolePolicyDocument"];
        let rows = pages.iter().flat_map(|page| page.rows(&["Roles", "member"], names));
        let role = |[name, arn, document]: [String; 3]| {
            let trust = node(&document);
            let trust = trust.map_err(|why| CallError::Failed(format!("the trust policy of role {name}: {why}")))?;
            Ok(Role { name, arn, trust })
        };
        rows.map(role).collect::<Result<_, _>>().map(Self)
    }

    /// How far the user `user` (an ARN) gets who holds `documents`, in the account `own`.
    pub(super) fn reach(&self, user: &str, documents: &[Document], own: &str, principals: &Principals<'_>) -> Reach {
        let held = held(documents);
        let can_enter = |role: &&Role| iam::may_enter(Entrance { arn: &role.arn, trust: &role.trust }, user, &held);
        let mut open: Vec<&Role> = self.0.iter().filter(can_enter).collect();
        open.sort_by(|one, two| one.arn.cmp(&two.arn));
        let mut reach = Reach { risks: iam::risks(&held), ..Reach::default() };
        for role in open.iter().take(MAX_ROLES) {
            let (documents, mut not_read) = principals.role(&role.name);
            let through = |risk: Risk| Risk { policy: format!("role {}: {}", role.name, risk.policy), ..risk };
            reach.risks.extend(iam::risks(&self::held(&documents)).into_iter().map(through));
            reach.not_read.append(&mut not_read);
        }
        if open.len() > MAX_ROLES {
            let more = open.len() - MAX_ROLES;
            reach
                .not_read
                .push(format!("the policies of {more} more roles that it can assume: only {MAX_ROLES} are read"));
        }
        reach.risks.sort_by_key(|risk| std::cmp::Reverse(risk.severity));
        reach.may_assume = open.iter().map(|role| role.arn.clone()).collect();
        // Those that AWS itself made for its services cannot be changed.
        let changeable = self.0.iter().filter(|role| !role.arn.contains(":role/aws-service-role/"));
        let risks = |role: &Role| iam::trust_risks(&format!("role {}", role.name), &role.trust, own);
        reach.open_roles = changeable.flat_map(risks).collect();
        reach.open_roles.sort_by_key(|risk| std::cmp::Reverse(risk.severity));
        reach
    }
}

/// What documents are to `iam`.
pub(super) fn held(documents: &[Document]) -> Vec<Held<'_>> {
    documents
        .iter()
        .map(|document| Held { name: &document.name, document: &document.node, boundary: document.boundary })
        .collect()
}
