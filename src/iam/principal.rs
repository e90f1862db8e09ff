//! Who a statement is about.

use super::pattern::arn_parts;
use super::{Node, Value};
use crate::model::is_account_id;

/// The types of principals. Source: IAM User Guide, "AWS JSON policy elements: Principal".
pub(super) const TYPES: [&str; 4] = ["AWS", "Service", "Federated", "CanonicalUser"];

/// One principal.
#[derive(Debug, Clone, Copy)]
pub(super) struct Principal<'a> {
    /// `AWS`, `Service`, `Federated`, `CanonicalUser`; `*` for everyone.
    pub(super) kind: &'a str,
    /// `None` if only the deployment knows.
    pub(super) name: Option<&'a str>,
    pub(super) node: &'a Node,
}

impl<'a> Principal<'a> {
    /// Those of a statement's `Principal`.
    pub(super) fn all(statement: &'a Node) -> Vec<Self> {
        let Some(element) = statement.get("Principal") else { return Vec::new() };
        match &element.value {
            Value::Text(text) => vec![Self { kind: text, name: Some(text), node: element }],
            Value::Map(entries) => {
                let of = |(kind, names): &'a (Node, Node)| {
                    let kind = kind.text().unwrap_or_default();
                    names.items().iter().map(move |node| Self { kind, name: node.text(), node })
                };
                entries.iter().flat_map(of).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Whether it is everyone: `*`, or `"AWS": "*"`.
    pub(super) fn is_everyone(&self) -> bool {
        self.name == Some("*") && (self.kind == "*" || self.kind == "AWS")
    }

    /// The account of an `AWS` principal, twelve digits.
    pub(super) fn account(&self) -> Option<&'a str> {
        let name = self.name.filter(|_| self.kind == "AWS")?;
        let account = if name.starts_with("arn:") { arn_parts(name).get(4).copied()? } else { name };
        is_account_id(account).then_some(account)
    }

    /// Whether it is an account with all that are in it.
    pub(super) fn is_whole_account(&self) -> bool {
        self.account().is_some_and(|account| {
            self.name.is_some_and(|name| name == account || arn_parts(name).get(5) == Some(&"root"))
        })
    }
}
