//! Whose a key is, as its own account says it: the leaked secret is not used, and need not be at hand.

use crate::{
    cloud::{ACCOUNT, Cloud, Login, OTHER_ACCOUNT},
    leak::Leak,
    program::{Program, Told},
};
use serde_json::json;
use std::fs;

/// A policy that allows one thing.
fn allow(action: &str) -> String {
    json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Action": action, "Resource": "*" }] })
        .to_string()
}

/// What `keytrail verify --as-owner` says of redacted findings in `leak`, asked in the name of `by`.
pub fn as_owner(leak: &Leak, cloud: &Cloud, by: &Login, more: &[&str]) -> Told {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("findings.jsonl");
    let scanned = Program::scan(leak).run();
    assert!(leak.secrets.iter().all(|secret| !scanned.stdout.contains(secret.as_str())));
    fs::write(&file, &scanned.stdout).unwrap();
    let program = Program::new(leak).args(&["verify", "--format", "jsonl", "--as-owner"]).arg(&file);
    login(program, by).args(&["--sts-endpoint", &cloud.endpoint, "--iam-endpoint", &cloud.endpoint]).args(more).run()
}

/// The program in the name of `by`.
pub fn login(program: Program, by: &Login) -> Program {
    let program = program.env("AWS_ACCESS_KEY_ID", &by.id).env("AWS_SECRET_ACCESS_KEY", &by.secret);
    match &by.token {
        Some(token) => program.env("AWS_SESSION_TOKEN", token),
        None => program,
    }
}

#[test]
#[ignore = "needs moto: tests/live/run.sh installs and runs it"]
fn a_redacted_finding_is_enough_to_know_all_of_its_user() {
    let cloud = Cloud::moto();
    let key = cloud.user("jane");
    let iam = |form: &[(&str, &str)]| cloud.as_admin("iam", form);
    // moto knows no permissions boundary of users.
    iam(&[("Action", "CreateGroup"), ("GroupName", "devs")]);
    iam(&[("Action", "AddUserToGroup"), ("GroupName", "devs"), ("UserName", "jane")]);
    let own = allow("dynamodb:*");
    iam(&[("Action", "PutUserPolicy"), ("UserName", "jane"), ("PolicyName", "own"), ("PolicyDocument", &own)]);
    let shared = allow("s3:GetObject");
    iam(&[("Action", "PutGroupPolicy"), ("GroupName", "devs"), ("PolicyName", "shared"), ("PolicyDocument", &shared)]);
    let arn = "arn:aws:iam::aws:policy/ReadOnlyAccess";
    iam(&[("Action", "AttachGroupPolicy"), ("GroupName", "devs"), ("PolicyArn", arn)]);
    let arn = "arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV3";
    iam(&[("Action", "AttachUserPolicy"), ("UserName", "jane"), ("PolicyArn", arn)]);

    let leak = Leak::of(&key);
    let told = as_owner(&leak, &cloud, cloud.admin(ACCOUNT, "aws"), &[]);
    let verdict = told.verdict();
    assert_eq!(told.code, Some(1), "{}", told.stderr);
    let said = ["status", "method", "account_id", "principal", "quarantined"].map(|name| &verdict[name]);
    assert_eq!(json!(said), json!(["active", "owner", ACCOUNT, "user", "AWSCompromisedKeyQuarantineV3"]), "{verdict}");
    let owner = &verdict["owner"];
    let said = ["user", "key_status", "groups", "not_read"].map(|name| &owner[name]);
    assert_eq!(json!(said), json!(["jane", "Active", ["devs"], []]), "{owner}");
    let policies: Vec<_> = owner["policies"].as_array().unwrap().iter().map(|one| (&one["name"], &one["by"])).collect();
    assert_eq!(
        json!(policies),
        json!([
            ["AWSCompromisedKeyQuarantineV3", "user"],
            ["own", "user"],
            ["ReadOnlyAccess", "group devs"],
            ["shared", "group devs"]
        ])
    );
    assert!(owner["created"].as_str().is_some(), "{owner}");
    // A scan asks in one go, and its page shows what the key opens.
    let admin = cloud.admin(ACCOUNT, "aws");
    let scan = login(Program::scan_as("html", &leak), admin).args(&["--verify", "--as-owner"]);
    let page = scan.args(&["--sts-endpoint", &cloud.endpoint, "--iam-endpoint", &cloud.endpoint]).run();
    assert!(page.stdout.contains("live, quarantined") && page.stdout.contains("may do"), "{}", page.stderr);
    // What the inline policy opens is seen.
    assert!(owner["risks"].to_string().contains("dynamodb"), "{owner}");

    cloud.set_status("jane", &key, "Inactive");
    let told = as_owner(&leak, &cloud, cloud.admin(ACCOUNT, "aws"), &[]);
    assert_eq!((told.status(), told.code), ("inactive", Some(0)), "{}", told.stderr);
    cloud.delete_key("jane", &key);
    let told = as_owner(&leak, &cloud, cloud.admin(ACCOUNT, "aws"), &[]);
    // Its fingerprint may have been made with another key.
    assert!(told.status() == "unknown" && told.why().contains("--fingerprint-key"), "{}", told.stdout);
}

#[test]
#[ignore = "needs moto: tests/live/run.sh installs and runs it"]
fn one_who_may_not_ask_learns_nothing_and_says_so() {
    let cloud = Cloud::moto();
    let (key, nobody) = (cloud.user("jane"), cloud.user("nobody"));
    let told = as_owner(&Leak::of(&key), &cloud, &nobody, &[]);
    assert_eq!((told.status(), told.code), ("unknown", Some(2)), "{}", told.stdout);
    assert!(told.why().contains("AccessDenied"), "{}", told.why());

    let form = [("Action", "PutUserPolicy"), ("UserName", "nobody"), ("PolicyName", "some")];
    let some = json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Resource": "*",
        "Action": ["iam:ListUsers", "iam:ListAccessKeys", "iam:GetAccessKeyLastUsed"] }] });
    cloud.as_admin("iam", &[&form[..], &[("PolicyDocument", &some.to_string())]].concat());
    let told = as_owner(&Leak::of(&key), &cloud, &nobody, &[]);
    assert_eq!(told.status(), "active", "{}", told.stdout);
    let not_read = told.verdict()["owner"]["not_read"].to_string();
    for what in ["permissions boundary", "groups", "attached to the user", "inline policies of the user"] {
        assert!(not_read.contains(what), "{what}: {not_read}");
    }
}

#[test]
#[ignore = "needs moto: tests/live/run.sh installs and runs it"]
fn another_account_is_entered_by_a_role() {
    let cloud = Cloud::moto();
    let other = cloud.admin(OTHER_ACCOUNT, "aws").clone();
    let iam = |form: &[(&str, &str)]| {
        let reply = cloud.call(&other, "iam", form);
        assert_eq!(reply.status, 200, "{reply:?}");
        reply
    };
    iam(&[("Action", "CreateUser"), ("UserName", "otto")]);
    let key = iam(&[("Action", "CreateAccessKey"), ("UserName", "otto")]).login();
    let trust = json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Action": "sts:AssumeRole",
        "Principal": { "AWS": format!("arn:aws:iam::{ACCOUNT}:root") } }] });
    iam(&[("Action", "CreateRole"), ("RoleName", "audit"), ("AssumeRolePolicyDocument", &trust.to_string())]);
    let read = allow("iam:*");
    iam(&[("Action", "PutRolePolicy"), ("RoleName", "audit"), ("PolicyName", "read"), ("PolicyDocument", &read)]);

    let (leak, admin) = (Leak::of(&key), cloud.admin(ACCOUNT, "aws"));
    let told = as_owner(&leak, &cloud, admin, &[]);
    assert!(told.status() == "unknown" && told.why().contains("--assume-role"), "{}", told.stdout);
    let told = as_owner(&leak, &cloud, admin, &["--assume-role", "audit", "--external-id", "x"]);
    let owner = &told.verdict()["owner"];
    assert_eq!((told.status(), &owner["user"]), ("active", &json!("otto")), "{}\n{}", told.stdout, told.stderr);
    assert_eq!(told.verdict()["account_id"], OTHER_ACCOUNT);
}

#[test]
fn a_scan_that_can_ask_no_owner_still_tells_what_it_found() {
    let leak = Leak::made_up(910);
    let program = Program::scan(&leak).args(&["--verify", "--as-owner"]).env("AWS_EC2_METADATA_DISABLED", "true");
    let told = program.run();
    assert_eq!((told.code, told.findings.len()), (Some(2), 1), "{}", told.stderr);
    assert_eq!(told.status(), "unknown");
}
