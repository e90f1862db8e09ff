//! What AWS takes for a policy document, and what it refuses.
//!
//! Source: IAM User Guide, "Grammar of the IAM JSON policy language" and the pages of the elements.

mod block;
mod names;
mod who;

use super::flaw::Flaw;
use super::pattern::is_filled;
use super::{Check, Kind, Node, Value, check, statement};
use crate::model::Severity;
use std::collections::BTreeMap;

/// Characters that a document may have, with its keys and without spaces. AWS takes 32,768 at most from others (a key's policy), and
/// has 152,297 in the largest of its own (`AWSSupportServiceRolePolicy`). It bounds the time that a hostile one takes.
const MAX_CHARS: usize = 262_144;

/// Elements of a document, and of a statement.
const ELEMENTS: [&str; 3] = ["Version", "Id", "Statement"];
const OF_STATEMENT: [&str; 9] =
    ["Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"];

/// What is written about a document of some kind.
pub(super) struct Reader<'a> {
    kind: Kind,
    /// The statement that is read, or none.
    statement: Option<String>,
    found: Vec<Flaw<'a>>,
}

impl<'a> Reader<'a> {
    /// What the grammar does not allow in `document`. Says whether the rest of the checks can be asked.
    pub(super) fn read(document: &'a Node, kind: Kind) -> (Vec<Flaw<'a>>, bool) {
        let mut reader = Self { kind, statement: None, found: Vec::new() };
        let is_whole = reader.document(document);
        (reader.found, is_whole)
    }

    fn report(&mut self, check: &'static Check, node: &'a Node, says: String, advice: impl Into<String>) {
        self.push(Flaw::new(check, node, says, advice.into()));
    }

    fn push(&mut self, flaw: Flaw<'a>) {
        self.found.push(match &self.statement {
            Some(name) => flaw.statement(name),
            None => flaw,
        });
    }

    fn document(&mut self, document: &'a Node) -> bool {
        let size = size(document);
        if size > MAX_CHARS {
            let says = format!("the document has {size} characters, more than any that AWS takes");
            self.report(&check::DOCUMENT, document, says, "split it; it was not read any further");
            return false;
        }
        let advice = "write an object with Version and Statement";
        match &document.value {
            Value::Unknown(_) => return false,
            // Statements that a template puts into a document of its own.
            Value::List(_) => {}
            Value::Map(_) => {
                self.elements(document, &ELEMENTS, "a policy document");
                self.version(document);
                if let Some(id) = document.get("Id").filter(|id| !is_text(id)) {
                    self.report(
                        &check::DOCUMENT,
                        id,
                        "Id is no text".to_owned(),
                        "write it as a text, or leave it out",
                    );
                }
                if document.get("Statement").is_none() {
                    self.report(&check::DOCUMENT, document, "the document has no Statement".to_owned(), advice);
                }
            }
            _ => {
                self.report(&check::DOCUMENT, document, "the document is no object".to_owned(), advice);
                return false;
            }
        }
        let nodes = statement::nodes(document);
        if nodes.is_empty() && (document.get("Statement").is_some() || document.items().is_empty()) {
            let place = document.get("Statement").unwrap_or(document);
            self.report(&check::DOCUMENT, place, "Statement is an empty list".to_owned(), "write a statement");
        }
        self.sids(&nodes);
        for (name, node) in nodes {
            match &node.value {
                Value::Unknown(_) => {}
                Value::Map(_) => {
                    self.statement = Some(name);
                    self.statement(node);
                    self.statement = None;
                }
                _ => self.report(&check::DOCUMENT, node, format!("{name} is no object"), "write it as an object"),
            }
        }
        true
    }

    /// Elements that `parent` may not have, or has twice.
    fn elements(&mut self, parent: &'a Node, known: &[&str], what: &str) {
        let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
        for (key, _) in parent.entries() {
            let Some(name) = key.text().filter(|name| !is_filled(name)) else { continue };
            let times = seen.entry(name).or_default();
            *times += 1;
            if *times == 2 {
                let says = format!("{name} stands twice in {what}");
                self.report(&check::DUPLICATE_ELEMENT, key, says, "put both into one");
            }
            if !known.contains(&name) {
                let (meant, advice) = did_you_mean(name, known);
                self.report(&check::UNKNOWN_ELEMENT, key, format!("{what} has no element {name}{meant}"), advice);
            }
        }
    }

    fn version(&mut self, document: &'a Node) {
        let Some(version) = document.get("Version") else {
            self.variables(document, "without Version 2012-10-17");
            return;
        };
        match &version.value {
            Value::Unknown(_) => {}
            Value::Text(text) if text == "2012-10-17" || is_filled(text) => {}
            Value::Text(text) if text == "2008-10-17" => {
                let is_said = self.variables(document, "with Version 2008-10-17");
                if !is_said && self.kind == Kind::Identity {
                    let says =
                        "Version is the older 2008-10-17; IAM takes managed policies only with 2012-10-17".to_owned();
                    let flaw = Flaw::new(&check::VERSION, version, says, "write 2012-10-17".to_owned());
                    self.push(flaw.severity(Severity::Low));
                }
            }
            value => {
                let says = format!("Version is {}, and there is no such version of the policy language", shown(value));
                self.report(&check::VERSION, version, says, "write 2012-10-17");
            }
        }
    }

    /// The first variable, which is none `so`. In a Deny, it denies nothing. Says whether there is one.
    fn variables(&mut self, document: &'a Node, so: &str) -> bool {
        let statements = document.get("Statement").map_or(&[][..], Node::items);
        let denies = |node: &&Node| node.get("Effect").and_then(Node::text) == Some("Deny");
        let in_deny = statements.iter().filter(denies).find_map(find_variable);
        let Some(variable) = in_deny.or_else(|| find_variable(document)) else { return false };
        let (severity, then) = if in_deny.is_some() {
            (Severity::High, ", so that a Deny with one denies nothing")
        } else {
            (Severity::Medium, "")
        };
        let says = format!("{so}, policy variables are plain letters{then}");
        let advice = "write \"Version\": \"2012-10-17\"".to_owned();
        self.push(Flaw::new(&check::VERSION, variable, says, advice).severity(severity));
        true
    }

    fn sids(&mut self, nodes: &[(String, &'a Node)]) {
        // The services that keep policies of resources have rules of their own.
        let is_iams = self.kind != Kind::Resource;
        let mut seen: BTreeMap<&str, u32> = BTreeMap::new();
        for (name, node) in nodes {
            let Some(sid) = node.get("Sid") else { continue };
            let (says, advice) = match &sid.value {
                Value::Unknown(_) => continue,
                Value::Text(text) if is_filled(text) || text.is_empty() => continue,
                Value::Text(text) => {
                    let is_right = !is_iams || text.bytes().all(|b| b.is_ascii_alphanumeric());
                    match seen.insert(text, sid.line).filter(|_| is_iams) {
                        Some(first) => (
                            format!("Sid {} is that of another statement, too (line {first})", shown(&sid.value)),
                            "give each statement its own",
                        ),
                        None if is_right => continue,
                        None => (
                            format!("Sid {} has other characters than letters and digits", shown(&sid.value)),
                            "write letters and digits only",
                        ),
                    }
                }
                value => (format!("Sid is {}, and no text", shown(value)), "write it as a text, or leave it out"),
            };
            self.found.push(Flaw::new(&check::SID, sid, says, advice.to_owned()).statement(name));
        }
    }

    fn statement(&mut self, node: &'a Node) {
        self.elements(node, &OF_STATEMENT, "a statement");
        self.effect(node);
        self.principals(node);
        self.names(node);
        self.condition(node);
    }

    fn effect(&mut self, node: &'a Node) {
        let advice = "write Allow or Deny";
        let Some(effect) = node.get("Effect") else {
            self.report(&check::EFFECT, node, "the statement has no Effect".to_owned(), advice);
            return;
        };
        match &effect.value {
            Value::Unknown(_) => {}
            Value::Text(text) if text == "Allow" || text == "Deny" || is_filled(text) => {}
            value => self.report(&check::EFFECT, effect, format!("Effect is {}", shown(value)), advice),
        }
    }
}

/// Whether something in it is left to the deployment, so that the whole may be nothing.
fn has_unknown(node: &Node) -> bool {
    match &node.value {
        Value::Unknown(_) => true,
        Value::List(items) => items.iter().any(has_unknown),
        Value::Map(entries) => entries.iter().any(|(key, value)| has_unknown(key) || has_unknown(value)),
        _ => false,
    }
}

fn is_text(node: &Node) -> bool {
    matches!(node.value, Value::Text(_) | Value::Unknown(_))
}

/// Whose keys IAM's variables are. Templates have others: `${AWS::AccountId}`, `${self:custom.name}`, `${aws:region}`.
///
/// Source: IAM User Guide, "IAM policy elements: Variables and tags".
const OF_VARIABLES: [&str; 13] = [
    "accounts.google.com",
    "appstream",
    "aws",
    "cognito-identity.amazonaws.com",
    "ec2",
    "graph.facebook.com",
    "iot",
    "redshift",
    "s3",
    "saml",
    "sts",
    "transfer",
    "www.amazon.com",
];

/// The first text with a variable of IAM's: `${aws:username}`.
fn find_variable(node: &Node) -> Option<&Node> {
    let is_variable = |name: &str| {
        let is_frameworks = ["aws:accountId", "aws:region"].contains(&name);
        let parts = name.split_once(':');
        !is_frameworks && parts.is_some_and(|(of, key)| OF_VARIABLES.contains(&of) && !key.starts_with(':'))
    };
    match &node.value {
        Value::Text(text) => {
            let mut names = text.split("${").skip(1).filter_map(|rest| rest.split('}').next());
            names.any(is_variable).then_some(node)
        }
        Value::List(items) => items.iter().find_map(find_variable),
        Value::Map(entries) => entries.iter().find_map(|(_, value)| find_variable(value)),
        _ => None,
    }
}

/// Characters of all texts.
fn size(node: &Node) -> usize {
    match &node.value {
        Value::Null | Value::Bool(_) => 4,
        Value::Number(text) | Value::Text(text) | Value::Unknown(text) => text.chars().count() + 3,
        Value::List(items) => 2 + items.iter().map(size).sum::<usize>(),
        Value::Map(entries) => 2 + entries.iter().map(|(key, value)| size(key) + size(value)).sum::<usize>(),
    }
}

/// A value for people, not too long.
pub(super) fn shown(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(yes) => yes.to_string(),
        Value::Number(text) => text.clone(),
        Value::Text(text) if text.is_empty() => "empty".to_owned(),
        Value::Text(text) | Value::Unknown(text) => {
            let short: String = text.chars().take(60).collect();
            if short.len() < text.len() { format!("\"{short}…\"") } else { format!("\"{short}\"") }
        }
        Value::List(items) if items.is_empty() => "an empty list".to_owned(),
        Value::List(_) => "a list".to_owned(),
        Value::Map(_) => "an object".to_owned(),
    }
}

/// A known name that `name` is nearly: as a clause to add, and as advice.
pub(super) fn did_you_mean(name: &str, known: &[&str]) -> (String, String) {
    let lower = name.to_ascii_lowercase();
    let near = |known: &&&str| distance(&lower, &known.to_ascii_lowercase());
    let best = known
        .iter()
        .min_by_key(near)
        .filter(|known| near(known) <= 2.min(name.len() / 3).max(usize::from(name.len() > 2)));
    match best {
        Some(best) => (format!("; did you mean {best}?"), format!("write {best}")),
        None => (String::new(), format!("use one of {}", known.join(", "))),
    }
}

/// How many characters are to be changed, added or left out to get from one to the other.
fn distance(one: &str, two: &str) -> usize {
    let two: Vec<char> = two.chars().collect();
    // Far apart, whatever they are: names of elements are short.
    if one.len() > 64 {
        return one.len();
    }
    let mut row: Vec<usize> = (0..=two.len()).collect();
    for (i, c) in one.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for j in 0..two.len() {
            let changed = diagonal + usize::from(c != two[j]);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[two.len()]
}

#[cfg(test)]
mod tests;
