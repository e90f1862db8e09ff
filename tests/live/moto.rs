//! From the leak to the verdict, with keys that moto has made.

use crate::{
    cloud::{ACCOUNT, Cloud, Login},
    leak::Leak,
    program::Program,
};
use serde_json::json;

/// What a scan says of the only credential in `leak`.
#[track_caller]
fn status(leak: &Leak, cloud: &Cloud) -> String {
    let told = Program::verify(leak, &cloud.endpoint).run();
    assert_eq!(told.code, Some(1), "{}", told.stderr);
    told.status().to_owned()
}

#[test]
#[ignore = "needs moto: tests/live/run.sh installs and runs it"]
fn a_leaked_key_is_followed_through_its_life() {
    let cloud = Cloud::moto();
    let key = cloud.user("jane");
    let leak = Leak::of(&key);

    let told = Program::verify(&leak, &cloud.endpoint).run();
    let verdict = told.verdict();
    let said = ["status", "account_id", "arn", "principal", "method", "partition", "partitions_tried", "owner"];
    let said = said.map(|name| &verdict[name]);
    let arn = format!("arn:aws:iam::{ACCOUNT}:user/jane");
    let expected = json!(["active", ACCOUNT, arn, "user", "caller_identity", "aws", ["aws"], null]);
    assert_eq!(json!(said), expected, "{}", told.stderr);
    assert_eq!(told.findings[0]["account_id"], ACCOUNT);

    cloud.set_status("jane", &key, "Inactive");
    assert_eq!(status(&leak, &cloud), "inactive");
    cloud.set_status("jane", &key, "Active");
    assert_eq!(status(&leak, &cloud), "active");
    cloud.delete_key("jane", &key);
    assert_eq!(status(&leak, &cloud), "inactive");
}

#[test]
#[ignore = "needs moto: tests/live/run.sh installs and runs it"]
fn a_wrong_secret_is_mismatched_and_the_right_one_beside_it_is_found() {
    let cloud = Cloud::moto();
    let (key, other) = (cloud.user("jane"), cloud.user("john"));
    let wrong = key.with_secret(&other.secret);
    assert_eq!(status(&Leak::of(&wrong), &cloud), "mismatched");
    // One character is another one.
    let mut secret = key.secret.clone();
    let last = secret.pop().unwrap();
    secret.push(if last == 'a' { 'b' } else { 'a' });
    assert_eq!(status(&Leak::of(&key.with_secret(&secret)), &cloud), "mismatched");

    for logins in [[wrong.clone(), key.clone()], [key.clone(), wrong.clone()]] {
        let told = Program::verify(&Leak::of_all(&logins), &cloud.endpoint).run();
        let active: Vec<_> =
            told.findings.iter().filter(|finding| finding["verification"]["status"] == "active").collect();
        assert_eq!(active.len(), 1, "{}", told.stdout);
        let right = logins.iter().position(|login| login.secret == key.secret).unwrap();
        let paths: Vec<_> = active[0]["components"].as_array().unwrap().iter().map(|one| &one["path"]).collect();
        assert!(paths.contains(&&json!(format!("{right}/credentials"))), "{paths:?}");
        assert!(told.findings.iter().all(|finding| finding["verification"]["status"] != "inactive"), "{}", told.stdout);
    }
}

#[test]
#[ignore = "needs moto: tests/live/run.sh installs and runs it"]
fn a_session_is_active_with_its_own_token_only() {
    let cloud = Cloud::moto();
    let session = cloud.session("deploy");
    let told = Program::verify(&Leak::of(&session), &cloud.endpoint).run();
    let verdict = told.verdict();
    let arn = format!("arn:aws:sts::{ACCOUNT}:assumed-role/deploy/deploy");
    let said = [&verdict["status"], &verdict["principal"], &verdict["arn"], &verdict["account_id"]];
    assert_eq!(json!(said), json!(["active", "assumed_role", arn, ACCOUNT]), "{}", told.stderr);

    let other = cloud.session("other");
    let wrong = Login { token: other.token, ..session.clone() };
    let told = Program::verify(&Leak::of(&wrong), &cloud.endpoint).run();
    assert_eq!(told.status(), "inactive", "{}", told.stdout);
    assert!(told.why().contains("token"), "{}", told.why());

    let without = Login { token: None, ..session.clone() };
    let told = Program::verify(&Leak::of(&without), &cloud.endpoint).run();
    assert_eq!((told.status(), &told.verdict()["method"]), ("unknown", &json!("none")), "{}", told.stdout);

    let secret = session.with_secret(&other.secret);
    assert_eq!(status(&Leak::of(&secret), &cloud), "mismatched");
}

/// A key is known in one partition, and the verdict names the one that was asked.
#[test]
#[ignore = "needs moto: tests/live/run.sh installs and runs it"]
fn a_key_of_another_partition_is_found_in_its_own_only() {
    let mut cloud = Cloud::moto();
    for partition in ["aws-cn", "aws-us-gov"] {
        cloud.within(partition);
        let leak = Leak::of(&cloud.user("jane"));
        let told = Program::verify(&leak, &cloud.endpoint).args(&["--partition", partition]).run();
        let verdict = told.verdict();
        let arn = format!("arn:{partition}:iam::{ACCOUNT}:user/jane");
        let said = [&verdict["status"], &verdict["partition"], &verdict["arn"]];
        assert_eq!(json!(said), json!(["active", partition, arn]), "{}", told.stderr);
        let told = Program::verify(&leak, &cloud.endpoint).args(&["--partition", "aws"]).run();
        let verdict = told.verdict();
        let said = [&verdict["status"], &verdict["partition"], &verdict["partitions_tried"]];
        assert_eq!(json!(said), json!(["inactive", null, ["aws"]]), "{}", told.stderr);
        let both = ["--partition", "aws", "--partition", partition];
        let told = Program::verify(&leak, &cloud.endpoint).args(&both).run();
        let verdict = told.verdict();
        let said = [&verdict["status"], &verdict["partition"], &verdict["partitions_tried"]];
        assert_eq!(json!(said), json!(["active", partition, ["aws", partition]]), "{}", told.stderr);
    }
}

#[test]
#[ignore = "needs moto: tests/live/run.sh installs and runs it"]
fn fifty_leaks_get_fifty_right_verdicts() {
    let cloud = Cloud::moto();
    let keys: Vec<(String, Login)> =
        (0..50).map(|n| format!("user{n}")).map(|name| (name.clone(), cloud.user(&name))).collect();
    for (name, key) in keys.iter().step_by(3) {
        cloud.set_status(name, key, "Inactive");
    }
    let logins: Vec<Login> = keys.iter().map(|(_, key)| key.clone()).collect();
    let told = Program::verify(&Leak::of_all(&logins), &cloud.endpoint).run();
    for n in 0..keys.len() {
        let verdict = told.verdict_in(&format!("{n}/credentials"));
        assert_eq!(verdict["status"], if n % 3 == 0 { "inactive" } else { "active" }, "{n}: {verdict}");
        let arn = format!("arn:aws:iam::{ACCOUNT}:user/user{n}");
        assert_eq!(verdict["arn"], if n % 3 == 0 { json!(null) } else { json!(arn) });
    }
}
