//! A finding as it is handed over: a line of the contract.

use super::StoreError;
use crate::model::{Confidence, Fingerprint, Severity};
use serde::Deserialize;

/// A `finding` line of `docs/findings.schema.json`, redacted, and what of it is asked for often.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FindingLine {
    text: String,
    fields: Fields,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct Fields {
    #[serde(rename = "type")]
    kind: String,
    pub(super) fingerprint: Fingerprint,
    pub(super) rule_id: String,
    pub(super) severity: Severity,
    pub(super) confidence: Confidence,
    pub(super) title: String,
    pub(super) advice: String,
    pub(super) account_id: Option<String>,
    pub(super) lifetime: Option<String>,
    pub(super) introduced: Option<Commit>,
    pub(super) present_in: Vec<String>,
    components: Vec<Component>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct Commit {
    pub(super) author: String,
    pub(super) email: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct Component {
    /// Only a line that was written with `--reveal` has it. It is not kept.
    #[serde(default, deserialize_with = "is_there")]
    value: bool,
}

fn is_there<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    serde::de::IgnoredAny::deserialize(deserializer).map(|_| true)
}

impl FindingLine {
    /// Reads one line of type `finding`.
    ///
    /// # Errors
    ///
    /// Another type of line, one that lacks a field, and one that shows a value. No error quotes the line.
    pub fn parse(line: &str) -> Result<Self, StoreError> {
        let text = line.trim();
        let fields: Fields = serde_json::from_str(text).map_err(|error| {
            let message = if error.is_data() { "a field is missing or of another kind" } else { "no JSON object" };
            StoreError::Line(format!("{message}, at byte {}", error.column()))
        })?;
        if fields.kind != "finding" {
            return Err(StoreError::Line("its type is another one".to_owned()));
        }
        if Fingerprint::parse(fields.fingerprint.as_str()).is_none() {
            return Err(StoreError::Line("its fingerprint is none".to_owned()));
        }
        if fields.components.iter().any(|component| component.value) {
            return Err(StoreError::Revealed(fields.fingerprint.to_string()));
        }
        Ok(Self { text: text.to_owned(), fields })
    }

    /// The line, without a newline.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What the finding is called.
    pub fn fingerprint(&self) -> &Fingerprint {
        &self.fields.fingerprint
    }

    pub(super) fn fields(&self) -> &Fields {
        &self.fields
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(kind: &str, component: &str) -> String {
        format!(
            r#"{{"type":"{kind}","schema_version":1,"fingerprint":"{}","rule_id":"r","severity":"high","confidence":"low",
            "title":"t","advice":"a","account_id":null,"lifetime":null,"introduced":null,"present_in":[],
            "components":[{component}]}}"#,
            "0a".repeat(16)
        )
    }

    #[test]
    fn only_redacted_findings_are_taken() {
        let redacted = line("finding", r#"{"redacted":"AKIA… (20)"}"#);
        let parsed = FindingLine::parse(&format!("{redacted}\n")).unwrap();
        assert_eq!(parsed.as_str(), redacted);
        assert_eq!(parsed.fields().severity, Severity::High);
        for value in [r#""hidden""#, "null", "{}"] {
            let revealed = line("finding", &format!(r#"{{"redacted":"x","value":{value}}}"#));
            let error = FindingLine::parse(&revealed).unwrap_err();
            assert!(matches!(error, StoreError::Revealed(_)));
            assert!(!error.to_string().contains("hidden"));
        }
        for wrong in [line("suppressed", "{}"), line("finding", "7"), "{\"hidden\":1}".to_owned(), "hidden".to_owned()]
        {
            let error = FindingLine::parse(&wrong).unwrap_err();
            assert!(matches!(error, StoreError::Line(_)));
            assert!(!error.to_string().contains("hidden"), "{error}");
        }
    }
}
