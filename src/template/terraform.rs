//! Terraform's configuration, in its own language and in JSON.

use super::{
    Documents, Found,
    declared::{declared, told_once},
    finder::{Finder, Spot},
    intrinsic::resolved,
    kind::Place,
};
use crate::iam::{Node, Value};
use std::collections::HashMap;

/// The data source that writes policy documents.
const DOCUMENT: &str = "aws_iam_policy_document";

/// Finds what stands in files of Terraform.
pub(super) fn documents(roots: &[Node]) -> Documents {
    let mut finder = Finder::default();
    let mut written = Vec::new();
    let mut uses = HashMap::new();
    for (key, value) in roots.iter().flat_map(Node::items).flat_map(Node::entries) {
        match key.text() {
            Some("resource") => {
                for (kind, name, body) in blocks(value) {
                    resource(&mut finder, kind, name, body);
                    note_uses(body, kind, "", &mut uses);
                }
            }
            Some("data") => {
                for (kind, name, body) in blocks(value) {
                    let short = name.text().unwrap_or_default();
                    let title = format!("data.{kind}.{short}");
                    if kind == DOCUMENT {
                        written.push((title, short, body));
                    } else {
                        let at = (name.line, name.column);
                        finder.look(body, &Spot { name: title, key: "", place: Place::Any, at });
                    }
                }
            }
            Some(word) => {
                let at = (key.line, key.column);
                finder.look(value, &Spot { name: word.to_owned(), key: word, place: Place::Any, at });
            }
            None => {}
        }
    }
    told_once(&mut finder.documents.declared);
    let mut documents = finder.documents;
    for (title, name, block) in written {
        let Some(document) = document(block) else { continue };
        let (place, key) = uses.get(name).map_or((Place::Any, ""), |(place, key)| (*place, key.as_str()));
        if place == Place::Bounding {
            documents.bounding += 1;
        } else {
            let kind = place.kind(key, &document);
            documents.found.push(Found { document, kind, name: title });
        }
    }
    documents.found.sort_by_key(|found| (found.document.line, found.document.column));
    documents
}

/// Kind, name and body of each block in `resource` or `data`. In JSON each level may be a list of such objects.
fn blocks(value: &Node) -> Vec<(&str, &Node, &Node)> {
    let mut found = Vec::new();
    for (kind, named) in value.items().iter().flat_map(Node::entries) {
        for (name, bodies) in named.items().iter().flat_map(Node::entries) {
            found.extend(bodies.items().iter().filter_map(|body| Some((kind.text()?, name, body))));
        }
    }
    found
}

fn resource(finder: &mut Finder, kind: &str, name: &Node, body: &Node) {
    let title = format!("{kind}.{}", name.text().unwrap_or_default());
    // In Terraform's own language a block begins with its word; in JSON the name is what one looks for.
    let at = (body.line, body.column).min((name.line, name.column));
    finder.documents.declared.extend(declared(kind, &title, at, Some(body)));
    finder.look(body, &Spot { name: title, key: "", place: Place::of_resource(kind), at });
}

/// Notes where in a resource a document of the data source is used.
fn note_uses(node: &Node, kind: &str, key: &str, uses: &mut HashMap<String, (Place, String)>) {
    match &node.value {
        Value::Map(entries) => {
            for (key, value) in entries {
                note_uses(value, kind, key.text().unwrap_or_default(), uses);
            }
        }
        Value::List(items) => items.iter().for_each(|item| note_uses(item, kind, key, uses)),
        Value::Text(text) | Value::Unknown(text) => {
            for at in text.split(&format!("data.{DOCUMENT}.")).skip(1) {
                let name: String = at.chars().take_while(|&c| c.is_alphanumeric() || c == '_' || c == '-').collect();
                uses.entry(name).or_insert_with(|| (Place::of_resource(kind), key.to_owned()));
            }
        }
        _ => {}
    }
}

/// What the data source writes, as a document; `None` if it only passes on what others write.
fn document(body: &Node) -> Option<Node> {
    let body = &resolved(body);
    let written = body.entries().iter().filter(|(key, _)| key.text() == Some("statement"));
    let statements: Vec<Node> = written.flat_map(|(_, value)| value.items()).map(statement).collect();
    let first = statements.first()?;
    let place = (body.line.min(first.line), if body.line <= first.line { body.column } else { first.column });
    let node = |value| Node { value, line: place.0, column: place.1 };
    let text = |text: &str| node(Value::Text(text.to_owned()));
    let version = body.get("version").cloned().unwrap_or_else(|| text("2012-10-17"));
    let entries = vec![(text("Version"), version), (text("Statement"), node(Value::List(statements)))];
    Some(node(Value::Map(entries)))
}

fn statement(block: &Node) -> Node {
    let mut entries: Vec<(Node, Node)> = Vec::new();
    let (mut conditions, mut principals, mut not_principals) = (Vec::new(), Vec::new(), Vec::new());
    if block.get("effect").is_none() {
        let text = |text: &str| Node { value: Value::Text(text.to_owned()), ..*block };
        entries.push((text("Effect"), text("Allow")));
    }
    for (key, value) in block.entries() {
        let name = match key.text() {
            Some("sid") => "Sid",
            Some("effect") => "Effect",
            Some("actions") => "Action",
            Some("not_actions") => "NotAction",
            Some("resources") => "Resource",
            Some("not_resources") => "NotResource",
            Some("condition") => {
                conditions.extend(value.items().iter().filter_map(|one| condition(key, one)));
                continue;
            }
            Some("principals") => {
                principals.extend(value.items().iter().filter_map(|one| principal(key, one)));
                continue;
            }
            Some("not_principals") => {
                not_principals.extend(value.items().iter().filter_map(|one| principal(key, one)));
                continue;
            }
            _ => continue,
        };
        let absent =
            matches!(&value.value, Value::Null) || matches!(&value.value, Value::Text(text) if text.is_empty());
        if !absent {
            entries.push((Node { value: Value::Text(name.to_owned()), ..*key }, variables(value)));
        }
    }
    // A block that stands for whatever a variable holds has all there is, most of it empty.
    let known = |name: &str| entries.iter().find(|(key, _)| key.text() == Some(name));
    let both = |one: &str, other: &str| known(one).is_some() && known(other).is_some();
    let guess = |name: &str| known(name).is_some_and(|(_, value)| matches!(value.value, Value::Unknown(_)));
    if both("Action", "NotAction") && guess("NotAction") || both("Resource", "NotResource") && guess("NotResource") {
        return Node { value: Value::Unknown("statement".to_owned()), ..*block };
    }
    for (name, parts) in [("Principal", principals), ("NotPrincipal", not_principals), ("Condition", conditions)] {
        let Some((first, _)) = parts.first() else { continue };
        let at = |value| Node { value, ..*first };
        let everyone = parts.iter().find(|(key, _)| name != "Condition" && key.text() == Some("*"));
        let value = match everyone {
            Some((_, everyone)) => everyone.clone(),
            None => at(Value::Map(gathered(&parts))),
        };
        entries.push((at(Value::Text(name.to_owned())), value));
    }
    Node { value: Value::Map(entries), ..*block }
}

/// `principals { type = "AWS", identifiers = [...] }` as an entry. Of type `*` all there is to say is `*`.
fn principal(key: &Node, block: &Node) -> Option<(Node, Node)> {
    let kind = block.get("type")?;
    let identifiers = block.get("identifiers").map(variables);
    if kind.text() == Some("*") {
        return Some((kind.clone(), Node { value: Value::Text("*".to_owned()), ..*kind }));
    }
    Some((kind.clone(), identifiers.unwrap_or_else(|| Node { value: Value::List(Vec::new()), ..*key })))
}

/// `condition { test, variable, values }` as an entry: the test, under which stands the variable.
fn condition(key: &Node, block: &Node) -> Option<(Node, Node)> {
    let (test, variable) = (block.get("test")?, block.get("variable")?);
    let values = block.get("values").map_or_else(|| Node { value: Value::List(Vec::new()), ..*key }, variables);
    Some((test.clone(), Node { value: Value::Map(vec![(variable.clone(), values)]), ..*variable }))
}

/// Entries in which each key stands once, with all that stood under it.
fn gathered(parts: &[(Node, Node)]) -> Vec<(Node, Node)> {
    let mut entries: Vec<(Node, Node)> = Vec::new();
    for (key, value) in parts {
        match entries.iter_mut().find(|(name, _)| name.value == key.value) {
            None => entries.push((key.clone(), value.clone())),
            Some((_, Node { value: Value::Map(known), .. })) => known.extend_from_slice(value.entries()),
            Some((_, known)) => {
                let items = known.items().iter().chain(value.items()).cloned().collect();
                known.value = Value::List(items);
            }
        }
    }
    entries
}

/// A value with IAM's variables as IAM has them: in this data source `${` is written `&{`.
fn variables(node: &Node) -> Node {
    let value = match &node.value {
        Value::Text(text) => Value::Text(text.replace("&{", "${")),
        Value::List(items) => Value::List(items.iter().map(variables).collect()),
        other => other.clone(),
    };
    Node { value, ..*node }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iam::Kind;
    use crate::template::{hcl, json, text::Text};

    fn of(source: &str) -> Documents {
        documents(&hcl::read(&Text::whole(source)).unwrap().roots)
    }

    #[test]
    fn the_data_source_is_read_as_the_document_that_it_writes() {
        let source = r#"
data "aws_iam_policy_document" "deploy" {
  statement {
    sid       = "Read"
    actions   = ["s3:GetObject"]
    resources = ["arn:aws:s3:::b/&{aws:username}/*", aws_s3_bucket.b.arn]
    condition {
      test     = "StringEquals"
      variable = "aws:PrincipalTag/team"
      values   = ["a"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceVpc"
      values   = ["b"]
    }
  }
  statement {
    effect = "Deny"
    not_actions = ["iam:*"]
    resources = ["*"]
  }
}
data "aws_iam_policy_document" "joined" {
  source_policy_documents = [data.aws_iam_policy_document.deploy.json]
}
"#;
        let found = of(source).found;
        let [Found { document, kind, name }] = &found[..] else { panic!("{found:?}") };
        assert_eq!((*kind, name.as_str()), (Kind::Identity, "data.aws_iam_policy_document.deploy"));
        let [read, deny] = document.get("Statement").unwrap().items() else { panic!("{document:?}") };
        assert_eq!(read.get("Effect").and_then(Node::text), Some("Allow"));
        let resources = read.get("Resource").unwrap().items();
        assert_eq!(resources[0].text(), Some("arn:aws:s3:::b/${aws:username}/*"));
        assert_eq!(resources[1].value, Value::Unknown("aws_s3_bucket.b.arn".to_owned()));
        assert_eq!((resources[1].line, resources[1].column), (6, 54));
        let equals = read.get("Condition").and_then(|condition| condition.get("StringEquals")).unwrap();
        assert_eq!(equals.entries().len(), 2);
        assert_eq!(deny.get("NotAction").map(|actions| actions.line), Some(20));
    }

    #[test]
    fn principals_are_read_and_the_use_tells_the_kind() {
        let source = r#"
data "aws_iam_policy_document" "any" {
  statement {
    actions = ["sqs:SendMessage"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
    principals {
      type        = "AWS"
      identifiers = ["x"]
    }
  }
}
data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    dynamic "principals" {
      for_each = var.x
      content {
        type        = "Service"
        identifiers = [principals.value]
      }
    }
  }
}
data "aws_iam_policy_document" "endpoint" {
  statement {
    actions = ["*"]
    resources = ["*"]
  }
}
resource "aws_sqs_queue_policy" "q" {
  policy = data.aws_iam_policy_document.any.json
}
resource "aws_iam_role" "r" {
  assume_role_policy = data.aws_iam_policy_document.trust.json
}
resource "aws_vpc_endpoint" "e" {
  policy = "${data.aws_iam_policy_document.endpoint.json}"
}
"#;
        let documents = of(source);
        assert_eq!(documents.bounding, 1);
        let kinds: Vec<_> = documents.found.iter().map(|found| found.kind).collect();
        assert_eq!(kinds, [Kind::Resource, Kind::Trust]);
        let principal =
            |n: usize| documents.found[n].document.get("Statement").unwrap().items()[0].get("Principal").unwrap();
        assert_eq!(principal(0).text(), Some("*"));
        assert!(matches!(principal(1).get("Service").unwrap().items()[0].value, Value::Unknown(_)));
    }

    #[test]
    fn json_is_the_same_language() {
        let source = r#"{"resource": {"aws_iam_user": {"u": {"name": "u"}},
            "aws_iam_user_policy": {"p": [{"policy": "{\"Statement\": {\"Effect\": \"Allow\", \"Action\": \"*\"}}"}]}},
          "data": [{"aws_iam_policy_document": {"d": {"statement": [{"actions": ["a:b"], "resources": ["*"]}]}}}]}"#;
        let documents = documents(&json::read(&Text::whole(source)).unwrap().roots);
        let names: Vec<_> = documents.found.iter().map(|found| found.name.as_str()).collect();
        assert_eq!(names, ["aws_iam_user_policy.p", "data.aws_iam_policy_document.d"]);
        let declared: Vec<_> = documents.declared.iter().map(|one| (one.check, one.line)).collect();
        assert_eq!(declared, [("long-lived-user", 1)]);
    }
}
