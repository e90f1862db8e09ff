//! A policy document as it is meant: statements with what they take in.

use super::condition::Condition;
use super::pattern::Pattern;
use super::principal::Principal;
use super::scope::Scope;
use super::{Node, Value};

/// What a statement does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect {
    Allow,
    Deny,
}

/// A statement, as far as it can be understood. What is wrong with its grammar is not said here.
#[derive(Debug, Clone)]
pub(super) struct Statement<'a> {
    pub(super) node: &'a Node,
    /// Its `Sid`, or `statement 2`.
    pub(super) name: String,
    /// `None` where it is not known, or neither.
    pub(super) effect: Option<Effect>,
    pub(super) actions: Scope<'a>,
    pub(super) resources: Scope<'a>,
    pub(super) conditions: Vec<Condition<'a>>,
    /// Whether all of the conditions are known.
    pub(super) are_conditions_known: bool,
    pub(super) principals: Vec<Principal<'a>>,
}

impl Statement<'_> {
    /// Whether it surely holds for every request.
    pub(super) fn is_unconditional(&self) -> bool {
        self.conditions.is_empty() && self.are_conditions_known
    }

    /// Whether a condition has this key, in small letters, or one that begins so if it ends in `/`.
    pub(super) fn has_key(&self, key: &str) -> bool {
        self.conditions
            .iter()
            .any(|condition| if key.ends_with('/') { condition.key.starts_with(key) } else { condition.key == key })
    }
}

/// The nodes of a document's statements, with their names. What stands in a list without a document is taken for statements.
pub(super) fn nodes(document: &Node) -> Vec<(String, &Node)> {
    let statements = match &document.value {
        Value::List(items) => items.as_slice(),
        _ => document.get("Statement").map_or(&[][..], Node::items),
    };
    let name = |n: usize, node: &Node| {
        let sid = node.get("Sid").and_then(Node::text).filter(|sid| !sid.is_empty());
        sid.map_or_else(|| format!("statement {}", n + 1), str::to_owned)
    };
    statements.iter().enumerate().map(|(n, node)| (name(n, node), node)).collect()
}

/// The statements of a document.
pub(super) fn statements(document: &Node) -> Vec<Statement<'_>> {
    nodes(document).into_iter().filter_map(|(name, node)| statement(name, node)).collect()
}

fn statement(name: String, node: &Node) -> Option<Statement<'_>> {
    if !matches!(node.value, Value::Map(_)) {
        return None;
    }
    let effect = match node.get("Effect").and_then(Node::text) {
        Some("Allow") => Some(Effect::Allow),
        Some("Deny") => Some(Effect::Deny),
        _ => None,
    };
    let condition = node.get("Condition");
    let conditions = condition.map(Condition::all).unwrap_or_default();
    Some(Statement {
        name,
        effect,
        actions: Scope::read(node.get("Action"), node.get("NotAction"), Pattern::action),
        resources: Scope::read(node.get("Resource"), node.get("NotResource"), Pattern::resource),
        are_conditions_known: condition.is_none_or(Condition::is_known),
        conditions,
        principals: Principal::all(node),
        node,
    })
}
