//! Actions and resources.

use super::super::pattern::{arn_parts, is_filled};
use super::super::{Kind, Node, Value, check};
use super::{Reader, has_unknown, shown};
use crate::iam::Check;

impl<'a> Reader<'a> {
    pub(super) fn names(&mut self, node: &'a Node) {
        if let Some(actions) = self.one_of(node, ["Action", "NotAction"], &check::ACTION_ELEMENT, true) {
            for action in actions.items() {
                self.action(action);
            }
        }
        if self.kind == Kind::Trust {
            for name in ["Resource", "NotResource"] {
                if let Some(element) = node.get(name).filter(|element| !has_unknown(element)) {
                    let says = format!("the trust policy of a role has no {name}: the role is the resource");
                    self.report(&check::RESOURCE_ELEMENT, element, says, "leave it out");
                }
            }
            return;
        }
        // The policy of a repository of ECR names none: it is the resource.
        let is_needed = self.kind == Kind::Identity;
        if let Some(resources) = self.one_of(node, ["Resource", "NotResource"], &check::RESOURCE_ELEMENT, is_needed) {
            for resource in resources.items() {
                self.resource(resource);
            }
        }
    }

    /// The one element of two that a statement has, if it is a text or a list of some.
    pub(super) fn one_of(
        &mut self,
        node: &'a Node,
        names: [&str; 2],
        check: &'static Check,
        is_needed: bool,
    ) -> Option<&'a Node> {
        let found: Vec<&'a Node> = names.iter().filter_map(|name| node.get(name)).collect();
        let [first, second] = names;
        match found[..] {
            [] => {
                if is_needed {
                    let says = format!("the statement has no {first}");
                    self.report(check, node, says, format!("write {first} with what is meant"));
                }
                None
            }
            [element] => {
                if element.items().is_empty() {
                    let name = if node.get(first).is_some() { first } else { second };
                    self.report(check, element, format!("{name} is an empty list"), "name at least one");
                }
                Some(element)
            }
            // One of them may be nothing in the end.
            [one, two] if has_unknown(one) || has_unknown(two) => None,
            [.., element] => {
                let says = format!("the statement has both {first} and {second}");
                self.report(check, element, says, "keep one of them");
                None
            }
        }
    }

    fn action(&mut self, node: &'a Node) {
        let advice = "write service:Action";
        let text = match &node.value {
            Value::Unknown(_) => return,
            Value::Text(text) => text.as_str(),
            value => {
                let says = format!("an action is {}, and no text", shown(value));
                self.report(&check::ACTION_SHAPE, node, says, advice);
                return;
            }
        };
        if text == "*" || is_filled(text) {
            return;
        }
        let is_service = |service: &str| {
            !service.is_empty()
                && service.chars().all(|c| c.is_ascii_alphanumeric() || ['-', '.', '_', '*', '?'].contains(&c))
        };
        let says = match text.split_once(':') {
            None => format!("{} is no action: it names no service", shown(&node.value)),
            Some((service, _)) if !is_service(service) => {
                format!("{} is no action: \"{service}\" is no service", shown(&node.value))
            }
            Some((_, name)) if name.contains(':') => format!("{} is no action: it has two colons", shown(&node.value)),
            Some((_, name)) if name.is_empty() || name.contains(char::is_whitespace) => {
                format!("{} is no action of a service", shown(&node.value))
            }
            Some((service, _))
                if self.kind == Kind::Trust
                    && !"sts".eq_ignore_ascii_case(service)
                    && !service.contains(['*', '?']) =>
            {
                let says = format!("{text} is no action of a trust policy, which has those of sts only");
                self.report(&check::ACTION_SHAPE, node, says, "write sts:AssumeRole, or another action of sts");
                return;
            }
            Some(_) => return,
        };
        self.report(&check::ACTION_SHAPE, node, says, advice);
    }

    fn resource(&mut self, node: &'a Node) {
        let advice = "write an ARN (arn:partition:service:region:account:resource), or *";
        let text = match &node.value {
            Value::Unknown(_) => return,
            Value::Text(text) => text.as_str(),
            value => {
                let says = format!("a resource is {}, and no text", shown(value));
                self.report(&check::RESOURCE_SHAPE, node, says, advice);
                return;
            }
        };
        // What is filled in may bring the rest of the ARN.
        if text.chars().all(|c| c == '*' || c == '?') && !text.is_empty()
            || is_filled_first(text)
            || text.starts_with('*')
        {
            return;
        }
        let parts = arn_parts(text);
        let is_filled = is_filled(text);
        // The policy of an API may leave out what is the API's own.
        if self.kind == Kind::Resource && text.starts_with("execute-api:") {
            return;
        }
        let says = if parts[0] != "arn" {
            format!("{} is neither an ARN nor *", shown(&node.value))
        } else if parts.len() < 6 && !is_filled && !text.ends_with('*') {
            format!("{} is no whole ARN: it has {} of 6 parts", shown(&node.value), parts.len())
        } else if parts.get(1).is_some_and(|partition| !is_partition(partition)) {
            format!("{} is of no partition of AWS (aws, aws-cn, aws-us-gov)", shown(&node.value))
        } else if parts.get(2).is_some_and(|service| service.is_empty()) {
            format!("{} names no service", shown(&node.value))
        } else if let Some(odd) = self.odd_part(&parts) {
            format!("{} never matches: {odd}", shown(&node.value))
        } else {
            return;
        };
        self.report(&check::RESOURCE_SHAPE, node, says, advice);
    }

    /// What IAM says of ARNs of its own and of S3's.
    fn odd_part(&self, parts: &[&str]) -> Option<&'static str> {
        let [_, _, service, region, account, resource] = parts[..] else { return None };
        match service {
            "iam" if !region.is_empty() && !is_open(region) => Some("IAM is in no region"),
            "s3" if !region.is_empty() && !is_open(region) && account.is_empty() => {
                Some("the ARN of a bucket has no region")
            }
            "s3" if region.is_empty()
                && account.len() == 12
                && !resource.contains('/')
                && self.kind == Kind::Identity =>
            {
                Some("the ARN of a bucket has no account")
            }
            _ => None,
        }
    }
}

/// What is filled in at the beginning may bring the rest of the ARN.
fn is_filled_first(text: &str) -> bool {
    ["${", "{{", "%{", "<%"].iter().any(|open| text.starts_with(open)) && is_filled(text)
}

fn is_open(part: &str) -> bool {
    part.contains('*') || part.contains('?') || is_filled(part)
}

/// Source: IAM User Guide, "Amazon Resource Names"; the isolated partitions are `aws-iso…` and `aws-eusc` is Europe's own.
fn is_partition(part: &str) -> bool {
    is_open(part) || ["aws", "aws-cn", "aws-us-gov", "aws-eusc"].contains(&part) || part.starts_with("aws-iso")
}
