use super::*;
use crate::iam::{Held, Node, effective};
use serde_json::{Value, json};

/// What is wrong with statements in one policy: check, severity, and what it says.
fn said(statements: &[Value]) -> Vec<(&'static str, Severity, String)> {
    let document = Node::from(&json!({ "Version": "2012-10-17", "Statement": statements }));
    let held = [Held { name: "p", document: &document, boundary: false }];
    flaws(&effective::grants(&held)).into_iter().map(|flaw| (flaw.check.id, flaw.severity, flaw.says)).collect()
}

fn found(statements: &[Value]) -> Vec<(&'static str, Severity)> {
    said(statements).into_iter().map(|(check, severity, _)| (check, severity)).collect()
}

fn allow(action: &Value, resource: &Value) -> Value {
    json!({ "Effect": "Allow", "Action": action, "Resource": resource })
}

fn on(action: &str, resource: &str) -> Vec<(&'static str, Severity)> {
    found(&[allow(&json!(action), &json!(resource))])
}

const ANY: &str = "*";
const MFA: &str = "aws:MultiFactorAuthPresent";

#[test]
fn an_administrator_is_called_so_once() {
    let administrator = [("administrator", Severity::Critical)];
    assert_eq!(on("*", ANY), administrator);
    assert_eq!(on("*:*", ANY), administrator);
    assert_eq!(on("iam:*", ANY), [("iam-administrator", Severity::Critical)]);
    assert_eq!(on("iam:*", "arn:aws:iam::123456789012:*"), [("iam-administrator", Severity::Critical)]);
    let mut under = allow(&json!("*"), &json!(ANY));
    under["Condition"] = json!({ "Bool": { MFA: "true" } });
    let found = said(&[under]);
    assert_eq!((found[0].0, found[0].1), ("administrator", Severity::High));
    assert!(found[0].2.ends_with("under a condition on aws:MultiFactorAuthPresent"), "{}", found[0].2);
}

#[test]
fn a_small_deny_does_not_hide_an_administrator() {
    let all = allow(&json!("*"), &json!(ANY));
    let worst = |deny: Value| found(&[all.clone(), deny])[0];
    let critical = Severity::Critical;
    let deny = |action: &str, resource: &str| json!({ "Effect": "Deny", "Action": action, "Resource": resource });
    assert_eq!(worst(deny("s3:DeleteBucket", ANY)), ("iam-administrator", critical));
    assert_eq!(worst(deny("*", "arn:aws:s3:::b")), ("administrator", critical));
    assert_eq!(worst(deny("iam:*", ANY)), ("wildcard-action", Severity::High));
    assert_eq!(found(&[all.clone(), deny("*", ANY)]), []);
}

#[test]
fn reading_what_there_is_may_have_a_star() {
    for action in
        ["ec2:Describe*", "s3:List*", "ec2:DescribeInstances", "sts:GetCallerIdentity", "cloudwatch:PutMetricData"]
    {
        assert_eq!(on(action, ANY), [], "{action}");
    }
    assert_eq!(on("s3:GetBucketLocation", ANY), [("wildcard-resource", Severity::Low)]);
    assert_eq!(on("s3:GetObject", ANY), [("wildcard-resource", Severity::Medium)]);
    assert_eq!(on("s3:PutObject", ANY), [("wildcard-resource", Severity::Medium)]);
    assert_eq!(on("logs:PutLogEvents", ANY), [("wildcard-resource", Severity::Low)]);
    assert_eq!(on("s3:Get*", "arn:aws:s3:::b/*"), []);
    assert_eq!(on("s3:PutObject", "arn:aws:s3:::b/*"), []);
}

#[test]
fn a_condition_on_the_resource_bounds_it() {
    let with = |condition: Value| {
        let mut statement = allow(&json!("ec2:TerminateInstances"), &json!(ANY));
        statement["Condition"] = condition;
        found(&[statement])
    };
    assert_eq!(with(json!({ "StringEquals": { "aws:ResourceTag/team": "a" } })), []);
    let low = [("wildcard-resource", Severity::Low)];
    assert_eq!(with(json!({ "StringEqualsIfExists": { "aws:ResourceTag/team": "a" } })), low);
    assert_eq!(with(json!({ "Bool": { MFA: "true" } })), low);
}

#[test]
fn wildcards_are_as_bad_as_what_they_take_in() {
    assert_eq!(on("s3:*", ANY), [("wildcard-action", Severity::High)]);
    assert_eq!(on("elasticloadbalancing:*", ANY), [("wildcard-action", Severity::Medium)]);
    assert_eq!(on("s3:*", "arn:aws:s3:::b/*"), [("wildcard-action", Severity::Medium)]);
    assert_eq!(on("s3:Put*", "arn:aws:s3:::b/*"), [("wildcard-action", Severity::Medium)]);
    assert_eq!(on("s3:Delete*", "arn:aws:s3:::b/*"), [("wildcard-action", Severity::Low)]);
    assert_eq!(on("*", "arn:aws:s3:::b/*"), [("wildcard-action", Severity::High)]);
    let found = said(&[allow(&json!(["s3:Get*", "s3:Delete*", "s3:Put*"]), &json!("arn:aws:s3:::b/*"))]);
    assert_eq!(
        found[0].2,
        "s3:Put* and s3:Delete* take in more than is named, also s3:PutBucketPolicy, which lets others in"
    );
}

#[test]
fn all_but_some_is_said_of_an_allow_only() {
    let not = |effect: &str, resource: &str| {
        found(&[json!({ "Effect": effect, "NotAction": ["iam:*", "s3:*"], "Resource": resource })])
    };
    assert_eq!(not("Allow", ANY)[0], ("allow-not-action", Severity::High));
    assert_eq!(not("Allow", "arn:aws:dynamodb:*:*:table/t"), [("allow-not-action", Severity::Medium)]);
    assert_eq!(not("Deny", ANY), []);
    let resource =
        |action: &str| found(&[json!({ "Effect": "Allow", "Action": action, "NotResource": "arn:aws:s3:::b/*" })]);
    assert_eq!(resource("s3:PutObject"), [("allow-not-resource", Severity::High)]);
    assert_eq!(resource("s3:GetObject"), [("allow-not-resource", Severity::Medium)]);
    // Taking out other services than IAM leaves an administrator.
    let but_s3 = found(&[json!({ "Effect": "Allow", "NotAction": "s3:*", "Resource": "*" })]);
    assert_eq!(but_s3, [("iam-administrator", Severity::Critical), ("assume-any-role", Severity::High)]);
}

#[test]
fn a_role_is_passed_to_some_service() {
    let pass = |resource: &str, service: Option<&str>| {
        let mut statement = allow(&json!("iam:PassRole"), &json!(resource));
        if let Some(service) = service {
            statement["Condition"] = json!({ "StringEquals": { "iam:PassedToService": service } });
        }
        found(&[statement])
    };
    let (any, some, one) = (ANY, "arn:aws:iam::*:role/app-*", "arn:aws:iam::123456789012:role/app");
    assert_eq!(pass(any, None), [("pass-role", Severity::High)]);
    assert_eq!(pass("arn:aws:iam::123456789012:role/*", None), [("pass-role", Severity::High)]);
    assert_eq!(pass(any, Some("lambda.amazonaws.com")), [("pass-role", Severity::Low)]);
    assert_eq!(pass(some, None), [("pass-role", Severity::Medium)]);
    assert_eq!(pass(one, None), [("pass-role", Severity::Low)]);
    assert_eq!(pass(one, Some("lambda.amazonaws.com")), []);
}

#[test]
fn roles_and_secrets_of_all_are_said() {
    assert_eq!(on("sts:AssumeRole", ANY), [("assume-any-role", Severity::High)]);
    assert_eq!(on("sts:AssumeRole", "arn:aws:iam::*:role/*"), [("assume-any-role", Severity::High)]);
    assert_eq!(on("sts:AssumeRole", "arn:aws:iam::123456789012:role/*"), [("assume-any-role", Severity::Medium)]);
    assert_eq!(on("sts:AssumeRole", "arn:aws:iam::*:role/audit"), []);
    assert_eq!(on("secretsmanager:GetSecretValue", ANY), [("every-secret", Severity::High)]);
    assert_eq!(on("ssm:GetParameter*", ANY), [("every-secret", Severity::Medium)]);
    assert_eq!(on("secretsmanager:GetSecretValue", "arn:aws:secretsmanager:*:*:secret:app-*"), []);
}

/// Makes `X` and `Y` unknown.
fn forget(node: &mut Node) {
    use crate::iam::Value;
    match &mut node.value {
        Value::Text(text) if text == "X" || text == "Y" => node.value = Value::Unknown("!Ref P".to_owned()),
        Value::List(items) => items.iter_mut().for_each(forget),
        Value::Map(entries) => entries.iter_mut().for_each(|(_, value)| forget(value)),
        _ => {}
    }
}

#[test]
fn what_is_not_known_is_not_reported() {
    for (action, resource) in [("X", "Y"), ("X", "*"), ("s3:PutObject", "Y"), ("iam:AttachRolePolicy", "Y")] {
        let mut node = Node::from(&json!({ "Statement": [allow(&json!(action), &json!(resource))] }));
        forget(&mut node);
        let held = [Held { name: "", document: &node, boundary: false }];
        assert_eq!(flaws(&effective::grants(&held)).len(), 0, "{action} {resource}");
    }
    assert_eq!(on("${Service}:*", ANY), []);
    assert_eq!(on("s3:PutObject", "${Bucket}"), []);
}

#[test]
fn what_a_deny_takes_off_is_not_told_as_allowed() {
    let deny = json!({ "Effect": "Deny", "Action": "s3:PutBucketPolicy", "Resource": "*" });
    let found = said(&[allow(&json!("s3:Put*"), &json!("arn:aws:s3:::b/*")), deny]);
    assert!(found[0].2.starts_with("s3:Put* takes in more than is named, also s3:Put"), "{}", found[0].2);
    assert!(!found[0].2.contains("s3:PutBucketPolicy"), "{}", found[0].2);
}
