//! What an IAM user may do: its own policies, those of its groups, and its permissions boundary, with their documents.

use super::account::Account;
use super::{Answer, CallError};
use crate::iam::Node;
use crate::model::{Ownership, PolicyName};
use percent_encoding::percent_decode_str;
use std::cell::RefCell;
use std::collections::BTreeMap;

/// What the policies are called that AWS puts on a user whose key it saw in public.
const QUARANTINE: &str = "AWSCompromisedKeyQuarantine";

/// A document, and the policy that it is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Of the policy.
    pub name: String,
    /// What it says.
    pub node: Node,
    /// Whether it is the permissions boundary.
    pub boundary: bool,
}

/// A user and all that is known of what it may do. Who owns which key is not in it.
#[derive(Debug, Clone, Default)]
pub struct Principal {
    /// The user's ARN.
    pub arn: Option<String>,
    /// The user's unique id.
    pub user_id: Option<String>,
    /// What goes into the answer.
    pub ownership: Ownership,
    /// The documents that could be read.
    pub documents: Vec<Document>,
    /// The quarantine policy of AWS's on the user.
    pub quarantined: Option<String>,
}

/// Reads principals of one account. What many have in common is read once.
pub(super) struct Principals<'a> {
    account: &'a Account<'a>,
    managed: RefCell<BTreeMap<String, Result<Node, String>>>,
    groups: RefCell<BTreeMap<String, Policies>>,
}

/// The policies of a user or of a group.
#[derive(Debug, Clone, Default)]
struct Policies {
    names: Vec<PolicyName>,
    documents: Vec<Document>,
    not_read: Vec<String>,
}

/// Whose policies, and by which actions they are told.
struct Holder<'h> {
    /// `user`, `group admins`.
    by: String,
    /// `UserName`, `GroupName`.
    parameter: &'h str,
    name: &'h str,
    attached: &'h str,
    inline: &'h str,
    get: &'h str,
}

impl<'a> Principals<'a> {
    pub fn new(account: &'a Account<'a>) -> Self {
        Self { account, managed: RefCell::default(), groups: RefCell::default() }
    }

    /// The user with this name. What cannot be read is said in `ownership.not_read`.
    pub fn user(&self, name: &str) -> Principal {
        let mut found = Principal::default();
        found.ownership.user = Some(name.to_owned());
        match self.account.ask("GetUser", &[("UserName", name)]) {
            Ok(answer) => {
                found.arn = answer.one(&["User", "Arn"]);
                found.user_id = answer.one(&["User", "UserId"]);
                found.ownership.boundary = answer.one(&["PermissionsBoundary", "PermissionsBoundaryArn"]);
            }
            Err(error) => found.ownership.not_read.push(not_read("the user and its permissions boundary", &error)),
        }
        let mut policies = self.policies(&Holder {
            by: "user".to_owned(),
            parameter: "UserName",
            name,
            attached: "ListAttachedUserPolicies",
            inline: "ListUserPolicies",
            get: "GetUserPolicy",
        });
        match self.account.list("ListGroupsForUser", &[("UserName", name)]) {
            Ok(pages) => {
                found.ownership.groups =
                    pages.iter().flat_map(|page| page.all(&["Groups", "member", "GroupName"])).collect();
            }
            Err(error) => policies.not_read.push(not_read("the user's groups", &error)),
        }
        for group in &found.ownership.groups {
            policies.add(self.group(group));
        }
        if let Some(arn) = &found.ownership.boundary {
            self.bound(&mut policies, arn);
        }
        // A quarantine is by AWS on the user itself.
        found.quarantined = policies.names.iter().map(|policy| &policy.name).find(|name| is_quarantine(name)).cloned();
        found.ownership.policies = policies.names;
        found.ownership.not_read.append(&mut policies.not_read);
        found.documents = policies.documents;
        found
    }

    /// The documents of the role with this name, and what could not be read.
    pub fn role(&self, name: &str) -> (Vec<Document>, Vec<String>) {
        let mut policies = self.policies(&Holder {
            by: format!("role {name}"),
            parameter: "RoleName",
            name,
            attached: "ListAttachedRolePolicies",
            inline: "ListRolePolicies",
            get: "GetRolePolicy",
        });
        match self.account.ask("GetRole", &[("RoleName", name)]) {
            Ok(answer) => {
                if let Some(arn) = answer.one(&["PermissionsBoundary", "PermissionsBoundaryArn"]) {
                    self.bound(&mut policies, &arn);
                }
            }
            Err(error) => policies.not_read.push(not_read(&format!("the role {name} and its boundary"), &error)),
        }
        (policies.documents, policies.not_read)
    }

    fn group(&self, name: &str) -> Policies {
        if let Some(known) = self.groups.borrow().get(name) {
            return known.clone();
        }
        let policies = self.policies(&Holder {
            by: format!("group {name}"),
            parameter: "GroupName",
            name,
            attached: "ListAttachedGroupPolicies",
            inline: "ListGroupPolicies",
            get: "GetGroupPolicy",
        });
        self.groups.borrow_mut().insert(name.to_owned(), policies.clone());
        policies
    }

    fn policies(&self, holder: &Holder<'_>) -> Policies {
        let mut found = Policies::default();
        let of = [(holder.parameter, holder.name)];
        match self.account.list(holder.attached, &of) {
            Ok(pages) => {
                let rows = pages.iter();
                for [name, arn] in
                    rows.flat_map(|page| page.rows(&["AttachedPolicies", "member"], ["PolicyName", "PolicyArn"]))
                {
                    let document = self.managed(&arn);
                    found.take(PolicyName { name, arn: Some(arn), by: holder.by.clone(), inline: false }, document);
                }
            }
            Err(error) => found.not_read.push(not_read(&format!("policies attached to the {}", holder.by), &error)),
        }
        match self.account.list(holder.inline, &of) {
            Ok(pages) => {
                for name in pages.iter().flat_map(|page| page.all(&["PolicyNames", "member"])) {
                    let answer = self.account.ask(holder.get, &[of[0], ("PolicyName", &name)]);
                    let document = answer
                        .map_err(|error| error.to_string())
                        .and_then(|answer| document(&answer, &[&format!("{}Result", holder.get), "PolicyDocument"]));
                    found.take(PolicyName { name, arn: None, by: holder.by.clone(), inline: true }, document);
                }
            }
            Err(error) => found.not_read.push(not_read(&format!("inline policies of the {}", holder.by), &error)),
        }
        found
    }

    /// Adds the permissions boundary with this ARN.
    fn bound(&self, policies: &mut Policies, arn: &str) {
        let name = arn.rsplit('/').next().unwrap_or(arn).to_owned();
        match self.managed(arn) {
            Ok(node) => policies.documents.push(Document { name, node, boundary: true }),
            Err(why) => policies.not_read.push(format!("the permissions boundary {name}: {why}")),
        }
    }

    /// The document of a managed policy, in the version that counts.
    fn managed(&self, arn: &str) -> Result<Node, String> {
        if let Some(known) = self.managed.borrow().get(arn) {
            return known.clone();
        }
        let read = || -> Result<Node, String> {
            let ask = |action: &str, parameters: &[(&str, &str)]| {
                self.account.ask(action, parameters).map_err(|error| error.to_string())
            };
            let policy = ask("GetPolicy", &[("PolicyArn", arn)])?;
            let version = policy.one(&["Policy", "DefaultVersionId"]).ok_or("GetPolicy names no default version")?;
            let answer = ask("GetPolicyVersion", &[("PolicyArn", arn), ("VersionId", &version)])?;
            document(&answer, &["PolicyVersion", "Document"])
        };
        let document = read();
        self.managed.borrow_mut().insert(arn.to_owned(), document.clone());
        document
    }
}

impl Policies {
    fn take(&mut self, policy: PolicyName, document: Result<Node, String>) {
        match document {
            Ok(node) => self.documents.push(Document { name: policy.name.clone(), node, boundary: false }),
            Err(why) => self.not_read.push(format!("the policy {} ({}): {why}", policy.name, policy.by)),
        }
        self.names.push(policy);
    }

    fn add(&mut self, mut other: Self) {
        self.names.append(&mut other.names);
        self.documents.append(&mut other.documents);
        self.not_read.append(&mut other.not_read);
    }
}

fn is_quarantine(policy: &str) -> bool {
    policy.starts_with(QUARANTINE)
}

/// A document as IAM gives it: JSON, escaped as in URLs (RFC 3986).
fn document(answer: &Answer, path: &[&str]) -> Result<Node, String> {
    node(&answer.one(path).ok_or("the answer has no document")?)
}

/// The same of its text.
pub(super) fn node(text: &str) -> Result<Node, String> {
    let text = percent_decode_str(text).decode_utf8().map_err(|_| "its document is not UTF-8")?;
    let json: serde_json::Value =
        serde_json::from_str(&text).map_err(|error| format!("its document is no JSON: {error}"))?;
    Ok(Node::from(&json))
}

fn not_read(what: &str, error: &CallError) -> String {
    format!("{what}: {error}")
}
