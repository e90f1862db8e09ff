//! Principals.

use super::super::pattern::{arn_parts, is_filled};
use super::super::principal::TYPES;
use super::super::{Kind, Node, Value, check};
use super::{Reader, did_you_mean, has_unknown, shown};
use crate::model::is_account_id;

impl<'a> Reader<'a> {
    pub(super) fn principals(&mut self, node: &'a Node) {
        if self.kind == Kind::Identity {
            for name in ["Principal", "NotPrincipal"] {
                if let Some(element) = node.get(name).filter(|element| !has_unknown(element)) {
                    let says = format!("an identity policy has no {name}: it is about whom it is attached to");
                    self.report(&check::PRINCIPAL_ELEMENT, element, says, "leave it out");
                }
            }
            return;
        }
        let Some(element) = self.one_of(node, ["Principal", "NotPrincipal"], &check::PRINCIPAL_ELEMENT, true) else {
            return;
        };
        let advice = "write \"*\", or an object of AWS, Service, Federated and CanonicalUser";
        match &element.value {
            Value::Unknown(_) => {}
            Value::Text(text) if text == "*" || is_filled(text) => {}
            Value::Map(entries) => {
                for (kind, names) in entries {
                    self.kind_of_principal(kind);
                    if names.items().is_empty() {
                        let says = "the principal is an empty list".to_owned();
                        self.report(&check::PRINCIPAL_SHAPE, names, says, "name at least one");
                    }
                    for name in names.items() {
                        self.principal(kind.text().unwrap_or_default(), name);
                    }
                }
            }
            value => {
                let says = format!("the principal is {}", shown(value));
                self.report(&check::PRINCIPAL_SHAPE, element, says, advice);
            }
        }
    }

    fn kind_of_principal(&mut self, kind: &'a Node) {
        let Some(text) = kind.text() else { return };
        if !TYPES.contains(&text) && !is_filled(text) {
            let (meant, advice) = did_you_mean(text, &TYPES);
            let says = format!("there is no type of principals {text}{meant}");
            self.report(&check::PRINCIPAL_SHAPE, kind, says, advice);
        }
    }

    fn principal(&mut self, kind: &str, node: &'a Node) {
        let text = match &node.value {
            Value::Unknown(_) => return,
            // An account's number that YAML or HCL reads as one.
            Value::Number(text) if kind == "AWS" && text.len() == 12 => return,
            Value::Text(text) => text.as_str(),
            value => {
                let says = format!("a principal is {}, and no text", shown(value));
                self.report(&check::PRINCIPAL_SHAPE, node, says, "write it as a text");
                return;
            }
        };
        if text == "*" || is_filled(text) {
            return;
        }
        // What IAM puts in the place of a principal that was deleted: `AIDA…`, `AROA…`.
        let is_id = text.len() > 16
            && text.starts_with('A')
            && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
        // CloudFront's old identities, which S3 takes.
        let is_arn = text.starts_with("arn:") && arn_parts(text).len() == 6;
        match kind {
            "AWS" if is_arn && text.contains(['*', '?']) => {
                let says = format!("{} has a wildcard, which is none in a principal", shown(&node.value));
                let advice = "name the account, and add a condition on aws:PrincipalArn with the wildcard";
                self.report(&check::PRINCIPAL_SHAPE, node, says, advice);
            }
            "AWS" if !is_arn && !is_account_id(text) && !is_id => {
                let says = format!("{} is neither an ARN nor an account", shown(&node.value));
                self.report(&check::PRINCIPAL_SHAPE, node, says, "write an ARN, or an account's twelve digits");
            }
            "Service" if !text.contains('.') || text.contains(['*', '/', ':']) => {
                let says = format!("{} is no service", shown(&node.value));
                self.report(&check::PRINCIPAL_SHAPE, node, says, "write it as service.amazonaws.com");
            }
            _ => {}
        }
    }
}
