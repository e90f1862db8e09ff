//! The TOML form of rules and allowlists, as people write them: `patterns/*.toml` and users' own files.

use super::{Scope, WrappedForm};
use crate::model::{Coding, ComponentKind, Confidence, Severity};
use serde::Deserialize;
use std::collections::BTreeMap;
use toml::Spanned;

/// A whole file of rules.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RulesForm {
    #[serde(default)]
    pub(super) fragments: BTreeMap<String, Spanned<String>>,
    #[serde(default, rename = "rule")]
    pub(super) rules: Vec<RuleForm>,
    #[serde(default, rename = "credential")]
    pub(super) credentials: Vec<CredentialForm>,
    #[serde(default, rename = "harmless")]
    pub(super) harmless: Vec<HarmlessForm>,
    #[serde(default)]
    pub(super) wrapped: Vec<WrappedEntry>,
}

/// `[[rule]]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RuleForm {
    pub(super) id: Spanned<String>,
    pub(super) name: String,
    pub(super) kind: ComponentKind,
    pub(super) description: String,
    pub(super) severity: Severity,
    pub(super) advice: String,
    pub(super) only: Option<Scope>,
    #[serde(default)]
    pub(super) references: Vec<String>,
    #[serde(default)]
    pub(super) escaped: bool,
    #[serde(default)]
    pub(super) checks: Vec<Spanned<CheckForm>>,
    #[serde(default, rename = "pattern")]
    pub(super) patterns: Vec<PatternForm>,
    pub(super) examples: Vec<Parts>,
    #[serde(default)]
    pub(super) negative_examples: Vec<Parts>,
}

/// `[[rule.pattern]]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PatternForm {
    pub(super) name: Spanned<String>,
    #[serde(default)]
    pub(super) keywords: Vec<Spanned<String>>,
    #[serde(default)]
    pub(super) exact: bool,
    pub(super) near: Option<Spanned<String>>,
    #[serde(default)]
    pub(super) before: Option<Spanned<u32>>,
    #[serde(default)]
    pub(super) after: Option<Spanned<u32>>,
    pub(super) regex: Spanned<String>,
    pub(super) decode: Option<DecodeForm>,
    pub(super) confidence: Confidence,
    pub(super) paths: Option<Spanned<Vec<String>>>,
    #[serde(default)]
    pub(super) checks: Vec<Spanned<CheckForm>>,
}

/// `{ from = ["base64"], to = "…" }`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DecodeForm {
    pub(super) from: Spanned<Vec<Coding>>,
    pub(super) to: Spanned<String>,
}

/// A check: a word, or a table of one entry.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum CheckForm {
    Bounded(BoundedForm),
    Entropy(f64),
    NotHex,
    NotWords,
    NotCapitalWords,
    Alphabet(String),
    NotRepetitive,
}

/// `{ bounded = { before = "…", after = "…" } }`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BoundedForm {
    pub(super) before: String,
    pub(super) after: String,
}

/// `[[credential]]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CredentialForm {
    pub(super) id: Spanned<String>,
    pub(super) name: String,
    pub(super) description: String,
    pub(super) requires: Vec<ComponentKind>,
    #[serde(default)]
    pub(super) optional: Vec<ComponentKind>,
    #[serde(default)]
    pub(super) id_prefixes: Vec<String>,
    pub(super) severity: Severity,
    pub(super) advice: String,
    #[serde(default)]
    pub(super) references: Vec<String>,
}

/// `[[harmless]]`: one of `value` and `contains`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HarmlessForm {
    pub(super) kind: Spanned<ComponentKind>,
    pub(super) value: Option<Parts>,
    pub(super) contains: Option<String>,
    pub(super) reason: String,
}

/// `[[wrapped]]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrappedEntry {
    pub(super) keywords: Vec<Spanned<String>>,
    pub(super) forms: Vec<WrappedForm>,
}

/// Text written in parts, so that no scanner trips on the file that holds it.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Parts {
    One(String),
    Many(Vec<String>),
}

impl Parts {
    pub(super) fn join(&self) -> String {
        match self {
            Self::One(text) => text.clone(),
            Self::Many(parts) => parts.concat(),
        }
    }
}
