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
            says: flaw.says,
            advice: flaw.advice,
            statement: flaw.statement,
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
            statement: flaw.statement,
            says: flaw.says,
        }
    }
}

/// One step less bad, where there is one.
pub(super) fn lower(severity: Severity) -> Severity {
    match severity {
        Severity::Critical => Severity::High,
        Severity::High => Severity::Medium,
        Severity::Medium | Severity::Low => Severity::Low,
    }
}
