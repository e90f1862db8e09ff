//! What a template computes, as far as it can be told without deploying it: `!Sub`, `!Join`, `!If` and their kin, and
//! placeholders that stand for a whole value.

use crate::iam::{Node, Value};

/// Elements whose value may be one of two lists: what either allows is looked at.
const EITHER: [&str; 7] = ["Action", "Resource", "Statement", "AWS", "Service", "Federated", "CanonicalUser"];

/// Variables that IAM itself fills in begin so, or are one of these letters. What else stands in `${…}` is a template's.
/// Source: "IAM policy elements: Variables and tags" in the IAM User Guide.
const VARIABLES: [&str; 14] = [
    "aws:",
    "saml:",
    "s3:",
    "ec2:",
    "sts:",
    "sns:",
    "iot:",
    "ecs:",
    "kms:",
    "graph.facebook.com:",
    "www.amazon.com:",
    "accounts.google.com:",
    "cognito-identity.amazonaws.com:",
    "transfer:",
];

/// What a value comes to.
enum Outcome {
    One(Node),
    /// One of these, or the items of one of these.
    Either(Vec<Node>),
    /// `AWS::NoValue`: as if it were not there.
    Nothing,
}

/// A document with everything in it that can be told.
pub(super) fn resolved(node: &Node) -> Node {
    match outcome(node) {
        Outcome::One(node) => node,
        Outcome::Either(_) | Outcome::Nothing => unknown(node),
    }
}

/// The values that a choice may come to: the branches of `Fn::If`, also if they are choices themselves; else the value.
pub(super) fn branches(node: &Node) -> Vec<&Node> {
    match function(node) {
        Some(("Fn::If", list)) => list.items().iter().skip(1).flat_map(branches).collect(),
        // A document as a text in which something is filled in.
        Some(("Fn::Sub" | "Fn::ToJsonString", inner)) => match &inner.value {
            Value::Map(_) => branches(inner),
            Value::List(items) => items.first().map(branches).unwrap_or_default(),
            _ => vec![node],
        },
        _ => vec![node],
    }
}

/// Name and argument, if the value is a function's.
fn function(node: &Node) -> Option<(&str, &Node)> {
    match node.entries() {
        [(name, argument)] => {
            let name = name.text()?;
            (name.starts_with("Fn::") || name == "Ref").then_some((name, argument))
        }
        _ => None,
    }
}

fn outcome(node: &Node) -> Outcome {
    let with = |value| Outcome::One(Node { value, ..*node });
    match &node.value {
        Value::Map(entries) => match function(node) {
            Some((name, argument)) => called(node, name, argument),
            None => with(Value::Map(
                entries.iter().filter_map(|(key, value)| Some((key.clone(), member(key, value)?))).collect(),
            )),
        },
        Value::List(items) => {
            let mut list = Vec::with_capacity(items.len());
            for item in items {
                match outcome(item) {
                    Outcome::One(item) => list.push(item),
                    Outcome::Either(items) => list.extend(items),
                    Outcome::Nothing => {}
                }
            }
            with(Value::List(list))
        }
        Value::Text(text) => match placeholder(text) {
            Some(name) => with(Value::Unknown(name.to_owned())),
            None => with(Value::Text(text.clone())),
        },
        other => with(other.clone()),
    }
}

/// The value under a key; `None` if it is not there.
fn member(key: &Node, value: &Node) -> Option<Node> {
    match outcome(value) {
        Outcome::One(node) => Some(node),
        Outcome::Nothing => None,
        Outcome::Either(items) if key.text().is_some_and(|key| EITHER.contains(&key)) => {
            Some(Node { value: Value::List(items), ..*value })
        }
        Outcome::Either(_) => Some(unknown(value)),
    }
}

fn called(node: &Node, name: &str, argument: &Node) -> Outcome {
    let list = argument.items();
    let known = match name {
        "Ref" if argument.text() == Some("AWS::NoValue") => return Outcome::Nothing,
        "Fn::If" => {
            let mut either = Vec::new();
            for branch in list.iter().skip(1) {
                match outcome(branch) {
                    // Terraform's word for no value.
                    Outcome::Nothing | Outcome::One(Node { value: Value::Null, .. }) => {}
                    Outcome::One(Node { value: Value::List(items), .. }) | Outcome::Either(items) => {
                        either.extend(items);
                    }
                    Outcome::One(node) => either.push(node),
                }
            }
            return Outcome::Either(either);
        }
        "Fn::Sub" => substituted(argument),
        "Fn::Join" => joined(list),
        "Fn::Select" => list.first().and_then(number).zip(list.get(1)).and_then(|(n, items)| match &items.value {
            Value::List(items) => items.get(n).map(|item| resolved(item).value),
            _ => None,
        }),
        _ => None,
    };
    Outcome::One(known.map_or_else(|| unknown(node), |value| Node { value, ..*node }))
}

/// `"…${Name}…"`, or `["…${Name}…", {Name: value}]`; a document that was read out of that text.
fn substituted(argument: &Node) -> Option<Value> {
    let (text, values) = match &argument.value {
        Value::List(items) => (items.first()?, items.get(1)),
        _ => (argument, None),
    };
    let Value::Text(text) = &text.value else {
        return matches!(text.value, Value::Map(_)).then(|| resolved(text).value);
    };
    // `${!Name}` is how `${Name}` is written here.
    let mut text = text.replace("${!", "${");
    for (name, value) in values.map(Node::entries).unwrap_or_default() {
        let Some(name) = name.text() else { continue };
        let value = written(&resolved(value)).filter(|value| !value.is_empty());
        if let Some(value) = value {
            text = text.replace(&format!("${{{name}}}"), &value);
        }
    }
    Some(match placeholder(&text) {
        Some(name) => Value::Unknown(name.to_owned()),
        None => Value::Text(text),
    })
}

fn joined(list: &[Node]) -> Option<Value> {
    let [between, Node { value: Value::List(parts), .. }] = list else { return None };
    let parts: Option<Vec<String>> = parts
        .iter()
        .map(|part| match outcome(part) {
            Outcome::One(part) => written(&part),
            Outcome::Either(_) | Outcome::Nothing => None,
        })
        .collect();
    let text = parts?.join(between.text()?);
    Some(match placeholder(&text) {
        Some(name) => Value::Unknown(name.to_owned()),
        None => Value::Text(text),
    })
}

/// A value as it stands in a text.
fn written(node: &Node) -> Option<String> {
    match &node.value {
        Value::Text(text) | Value::Number(text) => Some(text.clone()),
        Value::Unknown(source) => {
            let name = source.rsplit(' ').next().unwrap_or_default();
            Some(format!("${{{name}}}"))
        }
        _ => None,
    }
}

fn number(node: &Node) -> Option<usize> {
    match &node.value {
        Value::Number(text) | Value::Text(text) => text.parse().ok(),
        _ => None,
    }
}

/// A function whose outcome only the deployment knows: `!Ref Bucket`, `!GetAtt Queue.Arn`.
fn unknown(node: &Node) -> Node {
    let says = match function(node) {
        Some((name, argument)) => {
            let name = name.strip_prefix("Fn::").unwrap_or(name);
            let words = match &argument.value {
                Value::Text(text) => text.clone(),
                // `!GetAtt [Queue, Arn]`
                Value::List(items) if name == "GetAtt" => {
                    items.iter().filter_map(Node::text).collect::<Vec<_>>().join(".")
                }
                _ => "…".to_owned(),
            };
            format!("!{name} {words}")
        }
        None => "…".to_owned(),
    };
    Node { value: Value::Unknown(says), ..*node }
}

/// What stands in `${…}`, if that is all of the text and none of IAM's own variables.
fn placeholder(text: &str) -> Option<&str> {
    let inner = text.trim().strip_prefix("${")?.strip_suffix('}')?;
    let variable = ["*", "?", "$"].contains(&inner)
        || VARIABLES.iter().any(|start| inner.to_ascii_lowercase().starts_with(start)) && !inner.contains("::");
    (balanced(inner) && !variable && !inner.is_empty()).then_some(inner)
}

/// Whether no brace is closed that is not open.
fn balanced(text: &str) -> bool {
    let mut open = 0_i32;
    text.bytes().all(|byte| {
        open += i32::from(byte == b'{') - i32::from(byte == b'}');
        open >= 0
    }) && open == 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::{text::Text, yaml};

    fn value(yaml: &str) -> Value {
        let root = yaml::read(&Text::whole(yaml)).unwrap().roots.remove(0);
        resolved(&root).get("Resource").unwrap().value.clone()
    }

    #[test]
    fn what_a_template_computes_is_told_as_far_as_it_can_be() {
        let text = |text: &str| Value::Text(text.to_owned());
        let unknown = |text: &str| Value::Unknown(text.to_owned());
        for (yaml, expected) in [
            ("!Sub 'arn:${AWS::Partition}:s3:::${Bucket}/*'", text("arn:${AWS::Partition}:s3:::${Bucket}/*")),
            ("!Sub ['${A}/${B}', {A: x, B: !Ref C}]", text("x/${C}")),
            ("!Sub '${!aws:username}/x'", text("${aws:username}/x")),
            ("!Sub '${Bucket.Arn}'", unknown("Bucket.Arn")),
            ("{'Fn::Sub': 'a${B}'}", text("a${B}")),
            ("!Ref Bucket", unknown("!Ref Bucket")),
            ("!GetAtt Queue.Arn", unknown("!GetAtt Queue.Arn")),
            ("{'Fn::GetAtt': [Queue, Arn]}", unknown("!GetAtt Queue.Arn")),
            ("!ImportValue Other", unknown("!ImportValue Other")),
            (
                "!Join ['', ['arn:', !Ref 'AWS::Partition', ':s3:::', 'x', '/*']]",
                text("arn:${AWS::Partition}:s3:::x/*"),
            ),
            ("!Join [',', !Ref List]", unknown("!Join …")),
            ("!Select [1, [a, b]]", text("b")),
            ("'${self:custom.arn}'", unknown("self:custom.arn")),
            ("'${file(${self:x}.yml)}'", unknown("file(${self:x}.yml)")),
            ("'${aws:username}'", text("${aws:username}")),
            ("'${a}${b}'", text("${a}${b}")),
            ("'*'", text("*")),
        ] {
            assert_eq!(value(&format!("Resource: {yaml}\n")), expected, "{yaml}");
        }
    }

    #[test]
    fn both_branches_of_a_choice_count_where_a_list_may_stand() {
        let texts = |yaml: &str| match value(yaml) {
            Value::List(items) => items.iter().filter_map(Node::text).map(str::to_owned).collect::<Vec<_>>(),
            other => panic!("{other:?}"),
        };
        assert_eq!(texts("Resource: !If [C, a, [b, c]]\n"), ["a", "b", "c"]);
        assert_eq!(texts("Resource: [x, !If [C, a, !Ref 'AWS::NoValue']]\n"), ["x", "a"]);
        let root =
            yaml::read(&Text::whole("Effect: !If [C, Allow, Deny]\nSid: !Ref AWS::NoValue\n")).unwrap().roots.remove(0);
        let resolved = resolved(&root);
        assert_eq!(resolved.get("Effect").map(|node| &node.value), Some(&Value::Unknown("!If …".to_owned())));
        assert_eq!(resolved.get("Sid"), None);
    }
}
