//! What a check found, before it is told where or by which policy.

use super::{Check, Issue, Node};
use crate::model::{Risk, Severity};

/// One thing that is wrong.
#[derive(Debug, Clone)]
pub(super) struct Flaw<'a> {
    pub(super) check: &'static Check,
    pub(super) severity: Severity,
    pub(super) says: String,
    pub(super) advice: String,
    pub(super) policy: String,
    pub(super) statement: Option<String>,
    pub(super) node: &'a Node,
}

impl<'a> Flaw<'a> {
    /// As bad as the check says.
    pub(super) fn new(check: &'static Check, node: &'a Node, says: String, advice: String) -> Self {
        Self { check, severity: check.severity, says, advice, policy: String::new(), statement: None, node }
    }

    /// As bad as it is here.
    pub(super) fn severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    /// In the statement called so.
    pub(super) fn statement(mut self, name: &str) -> Self {
        self.statement = Some(name.to_owned());
        self
    }

    /// In the policy called so.
    pub(super) fn policy(mut self, name: &str) -> Self {
        name.clone_into(&mut self.policy);
        self
    }
}

impl From<Flaw<'_>> for Issue {
    fn from(flaw: Flaw<'_>) -> Self {
        Self {
            check: flaw.check.id,
            severity: flaw.severity,
            says: line(&flaw.says),
            advice: line(&flaw.advice),
            statement: flaw.statement.as_deref().map(line),
            line: flaw.node.line,
            column: flaw.node.column,
        }
    }
}

impl From<Flaw<'_>> for Risk {
    fn from(flaw: Flaw<'_>) -> Self {
        Self {
            check: flaw.check.id.to_owned(),
            severity: flaw.severity,
            policy: flaw.policy,
            statement: flaw.statement.as_deref().map(line),
            says: line(&flaw.says),
        }
    }
}

/// Characters of a sentence that are shown: names in a document may be as long as it likes.
const MAX_SHOWN: usize = 600;

/// One line without control characters: it quotes the document.
fn line(text: &str) -> String {
    let clean = |c: char| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c };
    let mut shown: String = text.chars().take(MAX_SHOWN).map(clean).collect();
    if text.chars().nth(MAX_SHOWN).is_some() {
        shown.push('…');
    }
    shown
}

/// One step less bad, where there is one.
pub(super) fn lower(severity: Severity) -> Severity {
    match severity {
        Severity::Critical => Severity::High,
        Severity::High => Severity::Medium,
        Severity::Medium | Severity::Low => Severity::Low,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iam::check;

    #[test]
    fn what_a_document_says_cannot_break_a_line() {
        let node = Node::from(&serde_json::json!("x"));
        let long = "a".repeat(5000);
        let flaw = Flaw::new(&check::SID, &node, format!("\u{1b}[31m\n{long}"), String::new()).statement("a\rb");
        let issue = Issue::from(flaw);
        assert!(issue.says.starts_with("\u{fffd}[31m\u{fffd}a") && issue.says.ends_with("a…"));
        assert_eq!((issue.says.chars().count(), issue.statement.as_deref()), (MAX_SHOWN + 1, Some("a\u{fffd}b")));
    }
}
