use super::*;
use crate::iam::Issue;
use serde_json::json;

/// A document each value of which has a line of its own, in the order of writing.
fn numbered(json: &serde_json::Value) -> Node {
    fn number(node: &mut Node, line: &mut u32) {
        node.line = *line;
        *line += 1;
        match &mut node.value {
            Value::List(items) => items.iter_mut().for_each(|item| number(item, line)),
            Value::Map(entries) => {
                for (key, value) in entries {
                    key.line = *line;
                    number(value, line);
                }
            }
            _ => {}
        }
    }
    let mut node = Node::from(json);
    number(&mut node, &mut 1);
    node
}

/// What the grammar says of a document: checks with the statement and the line.
fn read(json: &serde_json::Value, kind: Kind) -> Vec<Issue> {
    let node = numbered(json);
    Reader::read(&node, kind).0.into_iter().map(Issue::from).collect()
}

fn checks(json: &serde_json::Value, kind: Kind) -> Vec<&'static str> {
    read(json, kind).into_iter().map(|issue| issue.check).collect()
}

fn with(statement: &serde_json::Value) -> serde_json::Value {
    json!({ "Version": "2012-10-17", "Statement": [statement] })
}

/// A right statement with some elements in place of its own; `null` leaves one out.
fn statement(changed: serde_json::Value) -> serde_json::Value {
    let mut one = json!({ "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*" });
    let (serde_json::Value::Object(one), serde_json::Value::Object(changed)) = (&mut one, changed) else {
        panic!("objects");
    };
    one.extend(changed);
    one.retain(|_, value| !value.is_null());
    with(&serde_json::Value::Object(one.clone()))
}

#[test]
fn a_right_document_is_right() {
    let identity = json!({
        "Version": "2012-10-17", "Id": "id",
        "Statement": {
            "Sid": "Home1", "Effect": "Allow", "Action": ["s3:Get*", "S3:ListBucket"],
            "Resource": ["arn:aws:s3:::b", "arn:aws:s3:::b/${aws:username}/*", "arn:aws-cn:s3:::b", "arn:*:iam::*:role/x"],
            "Condition": {
                "StringLike": { "s3:prefix": ["", "home/*"] },
                "Bool": { "aws:SecureTransport": true },
                "Null": { "aws:TokenIssueTime": "false" },
                "NumericLessThanIfExists": { "aws:MultiFactorAuthAge": 3600 },
                "DateGreaterThan": { "aws:CurrentTime": ["2026-01-31T00:00:00Z", "2026-01-31", "1767225600"] },
                "NotIpAddress": { "aws:SourceIp": ["203.0.113.0/24", "2001:db8::/32", "198.51.100.7"] },
                "ForAnyValue:StringEquals": { "aws:TagKeys": "team" },
                "ArnLike": { "aws:SourceArn": "arn:aws:sns:*:123456789012:t" }
            }
        }
    });
    assert_eq!(read(&identity, Kind::Identity), []);
    let trust = json!({ "Version": "2008-10-17", "Statement": [
        { "Sid": "", "Effect": "Allow", "Principal": { "Service": ["ec2.amazonaws.com"] }, "Action": "sts:AssumeRole" },
        { "Sid": "", "Effect": "Allow", "Principal": { "AWS": "123456789012" }, "Action": ["sts:AssumeRole", "sts:TagSession"] },
    ] });
    assert_eq!(read(&trust, Kind::Trust), []);
    let resource = json!({ "Statement": [
        { "Sid": "a sentence, as S3 has it", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::b" },
        { "Effect": "Deny", "NotPrincipal": { "CanonicalUser": "0123456789abcdef" }, "NotAction": "s3:Get*", "NotResource": "*" },
    ] });
    assert_eq!(read(&resource, Kind::Resource), []);
}

#[test]
fn what_only_the_deployment_knows_is_not_wrong() {
    let unknown = || Node { value: Value::Unknown("!Ref X".to_owned()), line: 1, column: 1 };
    let mut node = Node::from(&statement(json!({ "Sid": "x", "Condition": { "Bool": { "a": "b" } } })));
    let Value::Map(entries) = &mut node.value else { panic!("a map") };
    entries[0].1 = Node { value: Value::List(vec![entries[0].1.items()[0].clone()]), line: 1, column: 1 };
    let Value::List(statements) = &mut entries[0].1.value else { panic!("a list") };
    let Value::Map(elements) = &mut statements[0].value else { panic!("a map") };
    for (_, value) in elements {
        *value = unknown();
    }
    statements.push(unknown());
    let issues: Vec<Issue> = Reader::read(&node, Kind::Identity).0.into_iter().map(Issue::from).collect();
    assert_eq!(issues, []);
    assert_eq!(Reader::read(&unknown(), Kind::Trust).0.len(), 0);
    let filled = statement(json!({
        "Effect": "${Effect}", "Action": "${Service}:Get*", "Sid": "${Sid}",
        "Resource": ["arn:${AWS::Partition}:s3:::${Bucket}", "${Bucket}/*", "arn:aws:s3:::${Bucket}", "${Arn}"],
        "Condition": { "Bool": { "a": "${Yes}" }, "${Operator}": { "b": "c" } }
    }));
    assert_eq!(read(&filled, Kind::Identity), []);
}

#[test]
fn every_breach_of_the_grammar_is_named() {
    for (changed, check) in [
        (json!({ "Effect": null }), "effect"),
        (json!({ "Effect": "allow" }), "effect"),
        (json!({ "Effect": ["Allow"] }), "effect"),
        (json!({ "Action": null }), "action-element"),
        (json!({ "Action": [] }), "action-element"),
        (json!({ "NotAction": "s3:*" }), "action-element"),
        (json!({ "Action": "GetObject" }), "action-shape"),
        (json!({ "Action": "s3:Get:Object" }), "action-shape"),
        (json!({ "Action": "s3 :GetObject" }), "action-shape"),
        (json!({ "Action": ["s3:GetObject", ""] }), "action-shape"),
        (json!({ "Action": { "a": "b" } }), "action-shape"),
        (json!({ "Resource": null }), "resource-element"),
        (json!({ "Resource": [] }), "resource-element"),
        (json!({ "NotResource": "*" }), "resource-element"),
        (json!({ "Resource": "" }), "resource-shape"),
        (json!({ "Resource": "b/*" }), "resource-shape"),
        (json!({ "Resource": "arn:aws:s3::b" }), "resource-shape"),
        (json!({ "Resource": "arn:s3:::b:*" }), "resource-shape"),
        (json!({ "Resource": "arn:aws::::b" }), "resource-shape"),
        (json!({ "Resource": "arn:aws:s3:us-east-1::b" }), "resource-shape"),
        (json!({ "Resource": "arn:aws:iam:us-east-1:123456789012:role/x" }), "resource-shape"),
        (json!({ "Principal": "*" }), "principal-element"),
        (json!({ "Sid": "with space" }), "sid"),
        (json!({ "Sid": 7 }), "sid"),
        (json!({ "Resources": "*" }), "unknown-element"),
        (json!({ "Condition": [] }), "condition-shape"),
        (json!({ "Condition": { "StringEquals": "a" } }), "condition-shape"),
        (json!({ "Condition": { "StringEquals": { "a": {} } } }), "condition-shape"),
        (json!({ "Condition": { "StringEqual": { "a": "b" } } }), "condition-operator"),
        (json!({ "Condition": { "NullIfExists": { "a": "true" } } }), "condition-operator"),
        (json!({ "Condition": { "Bool": { "a": "yes" } } }), "condition-value"),
        (json!({ "Condition": { "NumericEquals": { "a": "one" } } }), "condition-value"),
        (json!({ "Condition": { "DateLessThan": { "a": "31.1.2026" } } }), "condition-value"),
        (json!({ "Condition": { "IpAddress": { "a": "10.0.0.0/33" } } }), "condition-value"),
        (json!({ "Condition": { "ArnLike": { "a": "role/x" } } }), "condition-value"),
        (json!({ "Condition": { "StringEquals": { "a": "b*" } } }), "wildcard-in-equals"),
        (json!({ "Condition": { "ForAllValues:StringEquals": { "aws:PrincipalOrgID": "o-1" } } }), "for-all-values"),
    ] {
        assert_eq!(checks(&statement(changed.clone()), Kind::Identity), [check], "{changed}");
    }
    let only =
        json!({ "Effect": "Deny", "Condition": { "ForAllValues:StringEquals": { "aws:PrincipalOrgID": "o-1" } } });
    assert_eq!(checks(&statement(only), Kind::Identity), [""; 0], "a Deny that holds for more denies more");
}

#[test]
fn a_star_that_is_a_letter_is_worse_where_it_lets_through() {
    let of = |effect: &str, operator: &str| {
        let mut keys = serde_json::Map::new();
        keys.insert(operator.to_owned(), json!({ "aws:PrincipalArn": "arn:aws:iam::*:role/x" }));
        read(&statement(json!({ "Effect": effect, "Condition": keys })), Kind::Identity)[0].severity
    };
    assert_eq!(of("Allow", "StringEquals"), Severity::Medium);
    assert_eq!(of("Allow", "StringNotEquals"), Severity::High);
    assert_eq!(of("Deny", "StringEquals"), Severity::High);
    assert_eq!(of("Deny", "StringNotEquals"), Severity::Medium);
}

#[test]
fn a_document_that_is_none_is_named() {
    for (document, wanted) in [
        (json!("Allow"), vec!["document"]),
        (json!({ "Version": "2012-10-17" }), vec!["document"]),
        (json!({ "Version": "2012-10-17", "Statement": [] }), vec!["document"]),
        (json!({ "Version": "2012-10-17", "Statement": ["Allow"] }), vec!["document"]),
        (
            json!({ "Version": "2012-10-18", "Statement": { "Effect": "Deny", "Action": "*", "Resource": "*" } }),
            vec!["version"],
        ),
        (
            json!({ "Version": "2012-10-17", "Id": {}, "Statement": { "Effect": "Deny", "Action": "*", "Resource": "*" } }),
            vec!["document"],
        ),
        (
            json!({ "version": "2012-10-17", "Statement": { "Effect": "Deny", "Action": "*", "Resource": "*" } }),
            vec!["unknown-element"],
        ),
    ] {
        assert_eq!(checks(&document, Kind::Identity), wanted, "{document}");
    }
    let long = "x".repeat(MAX_CHARS);
    assert_eq!(checks(&statement(json!({ "Action": format!("s3:{long}") })), Kind::Identity), ["document"]);
}

#[test]
fn principals_are_those_that_aws_has() {
    let of = |principal: serde_json::Value| {
        checks(&with(&json!({ "Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole" })), Kind::Trust)
    };
    for right in [
        json!("*"),
        json!({ "AWS": ["*", "123456789012", "arn:aws:iam::123456789012:root", "AIDAQXZEAEXAMPLEUSER1"] }),
        json!({ "Service": "lambda.amazonaws.com", "Federated": "arn:aws:iam::123456789012:saml-provider/x" }),
        json!({ "AWS": "${Account}" }),
    ] {
        assert_eq!(of(right.clone()), [""; 0], "{right}");
    }
    for wrong in [
        json!("123456789012"),
        json!([]),
        json!({ "aws": "*" }),
        json!({ "AWS": [] }),
        json!({ "AWS": "arn:aws:iam::123456789012:role/*" }),
        json!({ "AWS": "jane" }),
        json!({ "Service": "lambda" }),
        json!({ "AWS": true }),
    ] {
        let found = of(wrong.clone());
        assert!(found.iter().all(|check| check.starts_with("principal-")) && !found.is_empty(), "{wrong}: {found:?}");
    }
    let none = with(&json!({ "Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*" }));
    assert_eq!(checks(&none, Kind::Trust), ["principal-element", "resource-element"]);
    let other = with(&json!({ "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject" }));
    assert_eq!(checks(&other, Kind::Trust), ["action-shape"]);
}

#[test]
fn a_near_name_is_offered() {
    let says = |changed: serde_json::Value| read(&statement(changed), Kind::Identity)[0].says.clone();
    assert_eq!(says(json!({ "Resources": "*" })), "a statement has no element Resources; did you mean Resource?");
    assert_eq!(says(json!({ "effect": "Deny" })), "a statement has no element effect; did you mean Effect?");
    assert_eq!(says(json!({ "Comment": "x" })), "a statement has no element Comment");
    let operator = json!({ "Condition": { "ForAnyValue:stringlike": { "a": "b" } } });
    assert_eq!(says(operator), "there is no operator ForAnyValue:stringlike; did you mean StringLike?");
}

#[test]
fn an_issue_has_the_statement_and_the_place() {
    let document = json!({ "Statement": [
        { "Sid": "Read", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*" },
        { "Effect": "Allow", "Action": ["s3:PutObject", "oops"], "Resource": "arn:aws:s3:::b/*" },
        { "Sid": "Read", "Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::b" },
    ], "Version": "2012-10-17" });
    let node = numbered(&document);
    let statements = node.get("Statement").unwrap().items();
    let found = read(&document, Kind::Identity);
    let wanted = [
        ("sid", Some("Read"), statements[2].get("Sid").unwrap().line),
        ("action-shape", Some("statement 2"), statements[1].get("Action").unwrap().items()[1].line),
    ];
    let places: Vec<_> = found.iter().map(|one| (one.check, one.statement.as_deref(), one.line)).collect();
    assert_eq!(places, wanted);
}

#[test]
fn a_key_that_stands_twice_is_named() {
    let mut node = Node::from(&statement(json!({})));
    let twice = node.get("Version").unwrap().clone();
    let Value::Map(entries) = &mut node.value else { panic!("a map") };
    let key = entries.iter().find(|(key, _)| key.text() == Some("Version")).unwrap().0.clone();
    entries.push((key, twice));
    let found: Vec<&str> = Reader::read(&node, Kind::Identity).0.iter().map(|flaw| flaw.check.id).collect();
    assert_eq!(found, ["duplicate-element"]);
}

#[test]
fn variables_need_the_newer_version() {
    let of = |version: Option<&str>, resource: &str| {
        let mut document = statement(json!({ "Resource": resource }));
        document["Version"] = version.into();
        if version.is_none() {
            document.as_object_mut().unwrap().remove("Version");
        }
        let found = read(&document, Kind::Identity);
        found.first().map(|issue| (issue.check, issue.severity.to_string()))
    };
    let mut deny = statement(json!({ "Effect": "Deny", "Resource": "arn:aws:s3:::b/${aws:username}/*" }));
    deny["Version"] = json!("2008-10-17");
    assert_eq!(read(&deny, Kind::Identity)[0].severity, Severity::High);
    let (own, plain) = ("arn:aws:s3:::b/${aws:username}/*", "arn:aws:s3:::b/*");
    assert_eq!(of(Some("2012-10-17"), own), None);
    assert_eq!(of(Some("2008-10-17"), own), Some(("version", "medium".to_owned())));
    assert_eq!(of(None, own), Some(("version", "medium".to_owned())));
    assert_eq!(of(None, plain), None, "inline policies may do without");
    assert_eq!(of(Some("2008-10-17"), plain), Some(("version", "low".to_owned())));
    for template in ["${AWS::AccountId}", "${self:custom.bucket}", "${aws:region}", "${opt:stage, 'dev'}"] {
        let resource = format!("arn:aws:s3:::{template}-b");
        assert_eq!(of(None, &resource), None, "{template}");
    }
}

#[test]
fn a_resource_may_go_without_saying_in_its_own_policy() {
    let statement = json!({ "Effect": "Allow", "Principal": { "AWS": "123456789012" }, "Action": "ecr:BatchGetImage" });
    assert_eq!(checks(&with(&statement), Kind::Resource), [""; 0]);
    let own = json!({ "Effect": "Allow", "Action": "ecr:BatchGetImage" });
    assert_eq!(checks(&with(&own), Kind::Identity), ["resource-element"]);
}
