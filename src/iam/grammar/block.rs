//! Conditions.

use super::super::condition::{Compares, OPERATORS, Operator, Quantifier};
use super::super::flaw::Flaw;
use super::super::pattern::is_filled;
use super::super::{Node, Value, check};
use super::{Reader, did_you_mean, shown};
use crate::model::Severity;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use std::net::IpAddr;

/// Keys of one value that say who asks, or from where. Source: IAM User Guide, "AWS global condition context keys".
const SINGLE: [&str; 13] = [
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalorgid",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceip",
    "aws:sourceorgid",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:userid",
    "aws:username",
    "iam:passedtoservice",
    "sts:externalid",
];

impl<'a> Reader<'a> {
    pub(super) fn condition(&mut self, node: &'a Node) {
        let Some(block) = node.get("Condition") else { return };
        let is_allow = node.get("Effect").and_then(Node::text) == Some("Allow");
        match &block.value {
            Value::Unknown(_) => {}
            Value::Map(operators) => {
                for (operator, keys) in operators {
                    self.operator(operator, keys, is_allow);
                }
            }
            value => {
                let says = format!("Condition is {}, and no object", shown(value));
                self.report(&check::CONDITION_SHAPE, block, says, "write an object of operators");
            }
        }
    }

    fn operator(&mut self, name: &'a Node, keys: &'a Node, is_allow: bool) {
        let Some(text) = name.text().filter(|text| !is_filled(text)) else { return };
        let operator = Operator::parse(text);
        if operator.is_none() {
            let base = text.rsplit(':').next().unwrap_or(text);
            let known: Vec<&str> = OPERATORS.iter().map(|(name, ..)| *name).collect();
            let (meant, _) = did_you_mean(base.strip_suffix("IfExists").unwrap_or(base), &known);
            let says = format!("there is no operator {text}{meant}");
            let advice = "use an operator that IAM has, such as StringEquals, StringLike, ArnLike or Bool";
            self.report(&check::CONDITION_OPERATOR, name, says, advice);
        }
        match &keys.value {
            Value::Unknown(_) => {}
            Value::Map(entries) => {
                for (key, values) in entries {
                    self.key(operator, key, values, is_allow);
                }
            }
            value => {
                let says = format!("{text} is {}, and no object of keys", shown(value));
                self.report(&check::CONDITION_SHAPE, keys, says, "write an object of keys and values");
            }
        }
    }

    fn key(&mut self, operator: Option<Operator>, key: &'a Node, values: &'a Node, is_allow: bool) {
        let Some(name) = key.text() else { return };
        for value in values.items() {
            match &value.value {
                Value::List(_) | Value::Map(_) => {
                    let says = format!("a value of {name} is {}", shown(&value.value));
                    self.report(&check::CONDITION_SHAPE, value, says, "write a text, or a list of texts");
                }
                _ => {
                    if let Some(operator) = operator {
                        self.value(operator, name, value, is_allow);
                    }
                }
            }
        }
        if let Some(operator) = operator
            && operator.quantifier == Some(Quantifier::All)
            && operator.is_positive
            && is_allow
            && SINGLE.contains(&name.to_ascii_lowercase().as_str())
        {
            let says = format!("ForAllValues holds for requests without {name}, so that this Allow applies to them");
            let advice = format!("use {} without ForAllValues: {name} has one value", operator.name);
            self.report(&check::FOR_ALL_VALUES, key, says, advice);
        }
    }

    fn value(&mut self, operator: Operator, key: &str, node: &'a Node, is_allow: bool) {
        let text = match &node.value {
            Value::Text(text) | Value::Number(text) => text.as_str(),
            Value::Bool(true) => "true",
            Value::Bool(false) => "false",
            _ => return,
        };
        if is_filled(text) {
            return;
        }
        let (is_right, what) = match operator.compares {
            Compares::Bool | Compares::Null => {
                (text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false"), "true or false")
            }
            Compares::Number => (text.parse::<f64>().is_ok(), "a number"),
            Compares::Date => (is_date(text), "a date such as 2026-01-31T00:00:00Z"),
            Compares::Ip => (is_address(text), "an address or a range such as 203.0.113.0/24"),
            Compares::Arn => (text.starts_with("arn:") || text.starts_with('*'), "an ARN"),
            Compares::Text | Compares::Binary => (true, ""),
        };
        if !is_right {
            let says = format!("{} of {key} is not {what}", shown(&node.value));
            self.report(&check::CONDITION_VALUE, node, says, format!("write {what}"));
        }
        let is_text = operator.compares == Compares::Text && !operator.has_wildcards();
        if is_text && text.contains('*') {
            let (like, then) = if operator.is_positive {
                ("StringLike", "so that the statement does not apply where it should")
            } else {
                ("StringNotLike", "so that the statement applies where it should not")
            };
            let says = format!("{} is compared letter by letter by {}, {then}", shown(&node.value), operator.name);
            // An Allow that applies to too much, or a Deny that applies to too little, lets through.
            let severity = if is_allow == operator.is_positive { Severity::Medium } else { Severity::High };
            let flaw = Flaw::new(&check::WILDCARD_IN_EQUALS, node, says, format!("use {like}"));
            self.push(flaw.severity(severity));
        }
    }
}

/// ISO 8601 as the W3C has it, or seconds since 1970.
fn is_date(text: &str) -> bool {
    let is_short = |text: &str| {
        let mut parts = text.split('-');
        let year = parts.next().is_some_and(|year| year.len() == 4 && year.bytes().all(|b| b.is_ascii_digit()));
        year && parts.all(|part| part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit())) && text.len() <= 7
    };
    text.parse::<Timestamp>().is_ok()
        || text.parse::<DateTime>().is_ok()
        || text.parse::<Date>().is_ok()
        || text.parse::<i64>().is_ok()
        || text.strip_suffix('Z').is_some_and(|text| text.parse::<DateTime>().is_ok())
        || is_short(text)
}

fn is_address(text: &str) -> bool {
    let (address, bits) = text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
    let Ok(address) = address.parse::<IpAddr>() else { return false };
    let most = if address.is_ipv4() { 32 } else { 128 };
    bits.is_none_or(|bits| bits.parse::<u8>().is_ok_and(|bits| bits <= most))
}
