//! The roles of an account: whom they trust, and which of them a user can get into.
//!
//! Source: the IAM API Reference, `ListRoles`, which tells trust policies, too.

use super::CallError;
use super::account::Account;
use super::principal::Document;
use crate::iam::{self, Entrance, Held, Node};
use crate::model::Risk;
use percent_encoding::percent_decode_str;

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
            let text = percent_decode_str(&document).decode_utf8_lossy().into_owned();
            let json: Result<serde_json::Value, _> = serde_json::from_str(&text);
            let json = json.map_err(|_| CallError::Failed(format!("the trust policy of role {name} is no JSON")))?;
            Ok(Role { name, arn, trust: Node::from(&json) })
        };
        rows.map(role).collect::<Result<_, _>>().map(Self)
    }

    /// The ARNs of those that the user `user` can assume with what it holds, sorted.
    pub(super) fn open_to(&self, user: &str, documents: &[Document]) -> Vec<String> {
        let held: Vec<Held<'_>> = documents
            .iter()
            .map(|document| Held { name: &document.name, document: &document.node, boundary: document.boundary })
            .collect();
        let open = |role: &&Role| iam::may_enter(Entrance { arn: &role.arn, trust: &role.trust }, user, &held);
        let mut roles: Vec<String> = self.0.iter().filter(open).map(|role| role.arn.clone()).collect();
        roles.sort_unstable();
        roles
    }

    /// What is wrong with whom the roles trust. Those that AWS itself made for its services cannot be changed and are left out.
    pub(super) fn risks(&self, own_account: &str) -> Vec<Risk> {
        let own = self.0.iter().filter(|role| !role.arn.contains(":role/aws-service-role/"));
        own.flat_map(|role| iam::trust_risks(&format!("role {}", role.name), &role.trust, own_account)).collect()
    }
}
