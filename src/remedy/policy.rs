//! Policy documents as they are written out.

use serde::Serialize;
use std::collections::BTreeMap;

/// A condition: operator, key, values.
pub type Condition = BTreeMap<String, BTreeMap<String, Vec<String>>>;

/// A policy document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Policy {
    /// The version of the language: the one that there is.
    #[serde(rename = "Version")]
    pub version: &'static str,
    /// In their order.
    #[serde(rename = "Statement")]
    pub statements: Vec<Statement>,
}

/// One statement; all that are written here allow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Statement {
    /// Letters and digits.
    #[serde(rename = "Sid")]
    pub sid: String,
    #[serde(rename = "Effect")]
    effect: &'static str,
    /// Kind and who: in trust policies.
    #[serde(rename = "Principal", skip_serializing_if = "Option::is_none")]
    pub principal: Option<BTreeMap<&'static str, String>>,
    /// Sorted.
    #[serde(rename = "Action")]
    pub actions: Vec<String>,
    /// Sorted; none in trust policies.
    #[serde(rename = "Resource", skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<String>,
    /// Empty where there is none.
    #[serde(rename = "Condition", skip_serializing_if = "Condition::is_empty")]
    pub condition: Condition,
}

impl Policy {
    /// A document of these statements.
    pub fn new(statements: Vec<Statement>) -> Self {
        Self { version: "2012-10-17", statements }
    }

    /// As it is given to AWS.
    pub fn json(&self) -> String {
        // Texts in maps with text keys: serialising cannot fail.
        serde_json::to_string_pretty(self).unwrap_or_default()
    }
}

impl Statement {
    /// Allows `actions` on `resources`.
    pub fn allow(sid: String, actions: Vec<String>, resources: Vec<String>) -> Self {
        Self { sid, effect: "Allow", principal: None, actions, resources, condition: Condition::new() }
    }

    /// Lets a principal assume a role.
    pub fn trust(kind: &'static str, who: String, actions: &[&str]) -> Self {
        let actions = actions.iter().map(|&action| action.to_owned()).collect();
        let principal = Some([(kind, who)].into());
        Self { principal, ..Self::allow("Trust".to_owned(), actions, Vec::new()) }
    }

    /// With one more condition.
    #[must_use]
    pub fn when(mut self, operator: &str, key: &str, value: &str) -> Self {
        self.condition
            .entry(operator.to_owned())
            .or_default()
            .entry(key.to_owned())
            .or_default()
            .push(value.to_owned());
        self
    }
}
