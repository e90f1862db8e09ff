//! Looks through a tree for policy documents.

use super::{
    Documents, Found,
    declared::{declared, told_once},
    intrinsic::{branches, resolved},
    kind::{Place, are_statements, is_document, is_statement},
};
use crate::iam::{Kind, Node, Value};

/// Finds what stands in JSON and YAML: documents by themselves, in an API's answer, in templates.
pub(super) fn documents(roots: &[Node]) -> Documents {
    let mut finder = Finder::default();
    for root in roots {
        // A list of statements by itself is what Serverless includes from other files.
        let list = matches!(&root.value, Value::List(items) if !items.is_empty() && items.iter().all(is_statement));
        if list {
            finder.add_statements(root, "", Place::Any);
        } else {
            finder.look(root, &Spot { name: String::new(), key: "", place: Place::Any, at: (root.line, root.column) });
        }
    }
    told_once(&mut finder.documents.declared);
    finder.documents
}

/// Where in a tree one stands.
pub(super) struct Spot<'a> {
    /// The names on the way here.
    pub name: String,
    /// The last of them.
    pub key: &'a str,
    /// What documents here are.
    pub place: Place,
    /// Where the last name stands.
    pub at: (u32, u32),
}

/// Names that say nothing of where a document stands.
const SILENT: [&str; 7] =
    ["PolicyDocument", "policy_document", "Properties", "policy", "Policy", "PolicyVersion", "Document"];

impl Spot<'_> {
    /// One level down.
    fn under<'k>(&self, key: &'k str, node: &Node) -> Spot<'k> {
        let name = match self.name.as_str() {
            name if SILENT.contains(&key) => name.to_owned(),
            "" => key.to_owned(),
            name => format!("{name}.{key}"),
        };
        Spot { name, key, place: self.place, at: (node.line, node.column) }
    }

    fn item(&self, number: usize) -> Self {
        Self { name: format!("{}[{number}]", self.name), ..*self }
    }
}

#[derive(Default)]
pub(super) struct Finder {
    pub(super) documents: Documents,
}

impl Finder {
    /// Looks at a value and at all in it.
    pub(super) fn look(&mut self, node: &Node, spot: &Spot<'_>) {
        match &branches(node)[..] {
            [one] if std::ptr::eq(*one, node) => {}
            several => {
                for branch in several {
                    self.look(branch, spot);
                }
                return;
            }
        }
        match &node.value {
            Value::Map(_) if is_document(node) => self.add(node, &spot.name, (spot.key, spot.place)),
            Value::Map(entries) => {
                let kind = kind_of(node);
                if let Some(kind) = kind {
                    let made = declared(kind, &spot.name, spot.at, node.get("Properties"));
                    self.documents.declared.extend(made);
                }
                let place = kind.map_or(spot.place, Place::of_resource);
                for (name, value) in entries {
                    let Some(key) = name.text() else { continue };
                    let below = Spot { place, ..spot.under(key, name) };
                    match statements_under(key, spot.key) {
                        Some(kind) if are_statements(value) => {
                            self.add_statements(value, &below.name, Place::Of(kind));
                        }
                        _ => self.look(value, &below),
                    }
                }
            }
            Value::List(items) => {
                items.iter().enumerate().for_each(|(number, item)| self.look(item, &spot.item(number)));
            }
            _ => {}
        }
    }

    /// A document that stands there.
    fn add(&mut self, node: &Node, name: &str, (key, place): (&str, Place)) {
        if place == Place::Bounding {
            self.documents.bounding += 1;
            return;
        }
        let kind = place.kind(key, node);
        self.documents.found.push(Found { document: resolved(node), kind, name: name.to_owned() });
    }

    /// Statements without the document that a program puts round them, in the language's present version.
    fn add_statements(&mut self, list: &Node, name: &str, place: Place) {
        let text = |text: &str| Node { value: Value::Text(text.to_owned()), ..*list };
        let entries = vec![(text("Version"), text("2012-10-17")), (text("Statement"), list.clone())];
        self.add(&Node { value: Value::Map(entries), ..*list }, name, ("", place));
    }
}

/// `AWS::IAM::Role`, if the value is a resource of a template of `CloudFormation`, SAM or Serverless.
fn kind_of(node: &Node) -> Option<&str> {
    node.get("Type").and_then(Node::text).filter(|kind| kind.starts_with("AWS::"))
}

/// What statements are for that stand under `key` in `parent` without a document: in Serverless, SAM and `CloudFormation`.
fn statements_under(key: &str, parent: &str) -> Option<Kind> {
    match (parent, key) {
        (_, "iamRoleStatements") | ("role", "statements") => Some(Kind::Identity),
        // The permission to send to an event bus is one statement.
        (_, "resourcePolicy" | "CustomStatements") | ("Properties", "Statement") => Some(Kind::Resource),
        _ => None,
    }
}
