//! Conditions: when a statement holds.

use super::pattern::is_filled;
use super::{Node, Value};

/// What an operator compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Compares {
    Text,
    Number,
    Date,
    Bool,
    Binary,
    Ip,
    Arn,
    Null,
}

/// Every operator, what it compares, and whether it holds for what is like its values (and not for all else).
///
/// Source: IAM User Guide, "IAM JSON policy elements: Condition operators".
pub(super) const OPERATORS: [(&str, Compares, bool); 27] = [
    ("StringEquals", Compares::Text, true),
    ("StringNotEquals", Compares::Text, false),
    ("StringEqualsIgnoreCase", Compares::Text, true),
    ("StringNotEqualsIgnoreCase", Compares::Text, false),
    ("StringLike", Compares::Text, true),
    ("StringNotLike", Compares::Text, false),
    ("NumericEquals", Compares::Number, true),
    ("NumericNotEquals", Compares::Number, false),
    ("NumericLessThan", Compares::Number, true),
    ("NumericLessThanEquals", Compares::Number, true),
    ("NumericGreaterThan", Compares::Number, true),
    ("NumericGreaterThanEquals", Compares::Number, true),
    ("DateEquals", Compares::Date, true),
    ("DateNotEquals", Compares::Date, false),
    ("DateLessThan", Compares::Date, true),
    ("DateLessThanEquals", Compares::Date, true),
    ("DateGreaterThan", Compares::Date, true),
    ("DateGreaterThanEquals", Compares::Date, true),
    ("Bool", Compares::Bool, true),
    ("BinaryEquals", Compares::Binary, true),
    ("IpAddress", Compares::Ip, true),
    ("NotIpAddress", Compares::Ip, false),
    ("ArnEquals", Compares::Arn, true),
    ("ArnLike", Compares::Arn, true),
    ("ArnNotEquals", Compares::Arn, false),
    ("ArnNotLike", Compares::Arn, false),
    ("Null", Compares::Null, true),
];

/// How an operator treats a key of several values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quantifier {
    Any,
    /// Holds, too, where the request has no such key.
    All,
}

/// What is compared, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Operator {
    pub(super) quantifier: Option<Quantifier>,
    pub(super) name: &'static str,
    pub(super) compares: Compares,
    /// Whether it holds for what is like its values.
    pub(super) is_positive: bool,
    /// Whether it holds, too, where the request has no such key.
    pub(super) if_exists: bool,
}

impl Operator {
    /// `ForAnyValue:StringLikeIfExists`; `None` if IAM has no such operator.
    pub(super) fn parse(written: &str) -> Option<Self> {
        let (quantifier, rest) = match written.split_once(':') {
            Some(("ForAnyValue", rest)) => (Some(Quantifier::Any), rest),
            Some(("ForAllValues", rest)) => (Some(Quantifier::All), rest),
            Some(_) => return None,
            None => (None, written),
        };
        let (base, if_exists) = rest.strip_suffix("IfExists").map_or((rest, false), |base| (base, true));
        let (name, compares, is_positive) = OPERATORS.into_iter().find(|(name, ..)| *name == base)?;
        // "You can add IfExists to the end of any condition operator name except the Null condition."
        if compares == Compares::Null && if_exists {
            return None;
        }
        Some(Self { quantifier, name, compares, is_positive, if_exists })
    }

    /// Whether `*` and `?` in its values are wildcards. Those of ARNs are for both operators.
    pub(super) fn has_wildcards(self) -> bool {
        self.name.ends_with("Like") || self.compares == Compares::Arn
    }
}

/// One key and what it is compared with.
#[derive(Debug, Clone)]
pub(super) struct Condition<'a> {
    /// `None` if IAM has no such operator.
    pub(super) operator: Option<Operator>,
    /// In small letters: keys are the same in capitals.
    pub(super) key: String,
    /// As it is written.
    pub(super) written: &'a str,
    pub(super) values: &'a [Node],
}

impl<'a> Condition<'a> {
    /// All of a `Condition` element.
    pub(super) fn all(block: &'a Node) -> Vec<Self> {
        let mut found = Vec::new();
        for (operator, keys) in block.entries() {
            for (key, values) in keys.entries() {
                let (Some(operator), Some(written)) = (operator.text(), key.text()) else { continue };
                let operator = Operator::parse(operator);
                found.push(Self { operator, key: written.to_ascii_lowercase(), written, values: values.items() });
            }
        }
        found
    }

    /// Whether nothing in a `Condition` element is left to the deployment. A value may be: it bounds whatever it is.
    pub(super) fn is_known(block: &Node) -> bool {
        let is_key_known = |node: &Node| node.text().is_some_and(|text| !is_filled(text));
        let Value::Map(operators) = &block.value else { return false };
        operators.iter().all(|(operator, keys)| {
            let Value::Map(entries) = &keys.value else { return false };
            is_key_known(operator) && entries.iter().all(|(key, _)| is_key_known(key))
        })
    }

    /// Whether it holds only for requests that have the key, with a value that someone chose to name: not `*`.
    pub(super) fn bounds(&self) -> bool {
        self.operator.is_some_and(|operator| {
            operator.is_positive
                && !operator.if_exists
                && operator.quantifier != Some(Quantifier::All)
                && operator.compares != Compares::Null
        }) && !self.values.iter().any(|value| value.text().is_some_and(is_everything))
    }

    /// The values that are known.
    pub(super) fn texts(&self) -> impl Iterator<Item = &'a str> {
        self.values.iter().filter_map(Node::text)
    }
}

/// Values that everything is like.
fn is_everything(text: &str) -> bool {
    (!text.is_empty() && text.chars().all(|c| c == '*' || c == '?')) || ["0.0.0.0/0", "::/0", "arn:*"].contains(&text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn operators_are_those_that_iam_has() {
        for (base, ..) in OPERATORS {
            assert!(Operator::parse(base).is_some());
            assert!(Operator::parse(&format!("ForAnyValue:{base}")).is_some());
            assert_eq!(Operator::parse(&format!("{base}IfExists")).is_some(), base != "Null", "{base}");
        }
        for wrong in
            ["stringEquals", "StringMatches", "ForAnyValue::StringEquals", "ForSome:StringLike", "", "IfExists"]
        {
            assert_eq!(Operator::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_condition_bounds_only_where_the_key_must_be_there() {
        let bounds = |block: serde_json::Value| {
            let block = Node::from(&block);
            Condition::all(&block).iter().any(Condition::bounds)
        };
        assert!(bounds(json!({ "StringEquals": { "aws:PrincipalOrgID": "o-1" } })));
        assert!(bounds(json!({ "ForAnyValue:StringLike": { "aws:PrincipalOrgPaths": "o-1/*" } })));
        assert!(!bounds(json!({ "StringEqualsIfExists": { "aws:SourceVpce": "vpce-1" } })));
        assert!(!bounds(json!({ "StringNotEquals": { "aws:SourceVpce": "vpce-1" } })));
        assert!(!bounds(json!({ "ForAllValues:StringEquals": { "aws:SourceVpce": "vpce-1" } })));
        assert!(!bounds(json!({ "StringLike": { "aws:PrincipalArn": ["arn:aws:iam::1:role/x", "*"] } })));
        assert!(bounds(json!({ "StringEquals": { "aws:SourceArn": "" } })), "it never holds");
        assert!(!bounds(json!({ "IpAddress": { "aws:SourceIp": "0.0.0.0/0" } })));
        assert!(!bounds(json!({ "Null": { "aws:SourceVpce": "false" } })));
    }
}
