//! Terraform's configuration, in its own language and in JSON.

use super::{
    Documents, Found,
    declared::{declared, told_once},
    finder::{Finder, Spot},
    intrinsic::resolved,
    kind::Place,
};
use crate::iam::{Node, Value};
use std::collections::HashMap;

/// The data source that writes policy documents.
const DOCUMENT: &str = "aws_iam_policy_document";

/// Finds what stands in files of Terraform.
pub(super) fn documents(roots: &[Node]) -> Documents {
    let mut finder = Finder::default();
    let mut written = Vec::new();
    let mut uses = HashMap::new();
    for (key, value) in roots.iter().flat_map(Node::items).flat_map(Node::entries) {
        match key.text() {
            Some("resource") => {
                for (kind, name, body) in blocks(value) {
                    resource(&mut finder, kind, name, body);
                    note_uses(body, kind, "", &mut uses);
                }
            }
            Some("data") => {
                for (kind, name, body) in blocks(value) {
                    let short = name.text().unwrap_or_default();
                    let title = format!("data.{kind}.{short}");
                    if kind == DOCUMENT {
                        written.push((title, short, body));
                    } else {
                        let at = (name.line, name.column);
                        finder.look(body, &Spot { name: title, key: "", place: Place::Any, at });
                    }
                }
            }
            Some(word) => {
                let at = (key.line, key.column);
                finder.look(value, &Spot { name: word.to_owned(), key: word, place: Place::Any, at });
            }
            None => {}
        }
    }
    told_once(&mut finder.documents.declared);
    let mut documents = finder.documents;
    for (title, name, body) in written {
        let Some(document) = document(body) else { continue };
        match uses.get(name) {
            Some((Place::Bounding, _)) => documents.bounding += 1,
            used => {
                let (place, key) = used.map_or((Place::Any, ""), |(place, key)| (*place, key.as_str()));
                let kind = place.kind(key, &document);
                documents.found.push(Found { document, kind, name: title });
            }
        }
    }
    documents.found.sort_by_key(|found| (found.document.line, found.document.column));
    documents
}

/// Kind, name and body of each block in `resource` or `data`. In JSON each level may be a list of such objects.
fn blocks(value: &Node) -> Vec<(&str, &Node, &Node)> {
    let mut found = Vec::new();
    for (kind, named) in value.items().iter().flat_map(Node::entries) {
        for (name, bodies) in named.items().iter().flat_map(Node::entries) {
            found.extend(bodies.items().iter().filter_map(|body| Some((kind.text()?, name, body))));
        }
    }
    found
}

fn resource(finder: &mut Finder, kind: &str, name: &Node, body: &Node) {
    let title = format!("{kind}.{}", name.text().unwrap_or_default());
    // In Terraform's own language a block begins with its word; in JSON the name is what one looks for.
    let at = (body.line, body.column).min((name.line, name.column));
    finder.documents.declared.extend(declared(kind, &title, at, Some(body)));
    finder.look(body, &Spot { name: title, key: "", place: Place::of_resource(kind), at });
}

/// Notes where in a resource a document of the data source is used.
fn note_uses(node: &Node, kind: &str, key: &str, uses: &mut HashMap<String, (Place, String)>) {
    match &node.value {
        Value::Map(entries) => {
            entries.iter().for_each(|(key, value)| note_uses(value, kind, key.text().unwrap_or_default(), uses));
        }
        Value::List(items) => items.iter().for_each(|item| note_uses(item, kind, key, uses)),
        Value::Text(text) | Value::Unknown(text) => {
            for at in text.split(&format!("data.{DOCUMENT}.")).skip(1) {
                let name: String = at.chars().take_while(|&c| c.is_alphanumeric() || c == '_' || c == '-').collect();
                uses.entry(name).or_insert_with(|| (Place::of_resource(kind), key.to_owned()));
            }
        }
        _ => {}
    }
}

/// What the data source writes, as a document; `None` if it only passes on what others write.
fn document(body: &Node) -> Option<Node> {
    let body = &resolved(body);
    let written = body.entries().iter().filter(|(key, _)| key.text() == Some("statement"));
    let statements: Vec<Node> = written.flat_map(|(_, value)| value.items()).map(statement).collect();
    let first = statements.first()?;
    let place = (body.line.min(first.line), if body.line <= first.line { body.column } else { first.column });
    let node = |value| Node { value, line: place.0, column: place.1 };
    let text = |text: &str| node(Value::Text(text.to_owned()));
    let version = body.get("version").cloned().unwrap_or_else(|| text("2012-10-17"));
    let entries = vec![(text("Version"), version), (text("Statement"), node(Value::List(statements)))];
    Some(node(Value::Map(entries)))
}

fn statement(block: &Node) -> Node {
    let mut entries: Vec<(Node, Node)> = Vec::new();
    let (mut conditions, mut principals, mut not_principals) = (Vec::new(), Vec::new(), Vec::new());
    if block.get("effect").is_none() {
        let text = |text: &str| Node { value: Value::Text(text.to_owned()), ..*block };
        entries.push((text("Effect"), text("Allow")));
    }
    for (key, value) in block.entries() {
        let name = match key.text() {
            Some("sid") => "Sid",
            Some("effect") => "Effect",
            Some("actions") => "Action",
            Some("not_actions") => "NotAction",
            Some("resources") => "Resource",
            Some("not_resources") => "NotResource",
            Some("condition") => {
                conditions.extend(value.items().iter().filter_map(|one| condition(key, one)));
                continue;
            }
            Some("principals") => {
                principals.extend(value.items().iter().filter_map(|one| principal(key, one)));
                continue;
            }
            Some("not_principals") => {
                not_principals.extend(value.items().iter().filter_map(|one| principal(key, one)));
                continue;
            }
            _ => continue,
        };
        let absent = matches!(&value.value, Value::Null) || matches!(&value.value, Value::Text(text) if text.is_empty());
        if !absent {
            entries.push((Node { value: Value::Text(name.to_owned()), ..*key }, variables(value)));
        }
    }
    for (name, parts) in [("Principal", principals), ("NotPrincipal", not_principals), ("Condition", conditions)] {
        let Some((first, _)) = parts.first() else { continue };
        let at = |value| Node { value, ..*first };
        let everyone = parts.iter().find(|(key, _)| name != "Condition" && key.text() == Some("*"));
        let value = match everyone {
            Some((_, everyone)) => everyone.clone(),
            None => at(Value::Map(gathered(&parts))),
        };
        entries.push((at(Value::Text(name.to_owned())), value));
    }
    Node { value: Value::Map(entries), ..*block }
}

/// `principals { type = "AWS", identifiers = [...] }` as an entry. Of type `*` all there is to say is `*`.
fn principal(key: &Node, block: &Node) -> Option<(Node, Node)> {
    let kind = block.get("type")?;
    let identifiers = block.get("identifiers").map(variables);
    if kind.text() == Some("*") {
        return Some((kind.clone(), Node { value: Value::Text("*".to_owned()), ..*kind }));
    }
    Some((kind.clone(), identifiers.unwrap_or_else(|| Node { value: Value::List(Vec::new()), ..*key })))
}

/// `condition { test, variable, values }` as an entry: the test, under which stands the variable.
fn condition(key: &Node, block: &Node) -> Option<(Node, Node)> {
    let (test, variable) = (block.get("test")?, block.get("variable")?);
    let values = block.get("values").map_or_else(|| Node { value: Value::List(Vec::new()), ..*key }, variables);
    Some((test.clone(), Node { value: Value::Map(vec![(variable.clone(), values)]), ..*variable }))
}

/// Entries in which each key stands once, with all that stood under it.
fn gathered(parts: &[(Node, Node)]) -> Vec<(Node, Node)> {
    let mut entries: Vec<(Node, Node)> = Vec::new();
    for (key, value) in parts {
        match entries.iter_mut().find(|(name, _)| name.value == key.value) {
            None => entries.push((key.clone(), value.clone())),
            Some((_, Node { value: Value::Map(known), .. })) => known.extend_from_slice(value.entries()),
            Some((_, known)) => {
                let items = known.items().iter().chain(value.items()).cloned().collect();
                known.value = Value::List(items);
            }
        }
    }
    entries
}

/// A value with IAM's variables as IAM has them: in this data source `${` is written `&{`.
fn variables(node: &Node) -> Node {
    let value = match &node.value {
        Value::Text(text) => Value::Text(text.replace("&{", "${")),
        Value::List(items) => Value::List(items.iter().map(variables).collect()),
        other => other.clone(),
    };
    Node { value, ..*node }
}
