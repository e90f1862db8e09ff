//! What STS says for certain, in its own words.

use crate::{
    answers::{active, http, identity, of_principal, refused, throttled, unknown_key, wrong_signature},
    cloud::ACCOUNT,
    leak::{Leak, made_up, session},
    program::Program,
    stub::{Answer, Stub},
};
use serde_json::json;
use std::time::Duration;

#[test]
fn a_key_that_sts_takes_is_active_and_says_whose_it_is() {
    let stub = Stub::new(|_, _| active(ACCOUNT));
    let leak = Leak::made_up(1);
    let told = Program::verify(&leak, &stub.url()).run();
    let verdict = told.verdict();
    assert_eq!((told.code, told.status()), (Some(1), "active"), "{}", told.stderr);
    let said = ["account_id", "arn", "user_id", "principal", "method", "partition"].map(|name| &verdict[name]);
    let arn = format!("arn:aws:iam::{ACCOUNT}:user/jane");
    let expected = json!([ACCOUNT, arn, "AIDACKCEVSQ6C2JANE234", "user", "caller_identity", "aws"]);
    assert_eq!(json!(said), expected);
    assert_eq!(verdict["partitions_tried"], json!(["aws"]));
    assert!(verdict["checked_at"].as_str().unwrap().ends_with('Z'), "{verdict}");
    let [request] = &stub.requests()[..] else { panic!("{:#?}", stub.requests()) };
    assert!(request.head.starts_with("POST / HTTP/1.1\r\n"), "{}", request.head);
    assert!(request.header("user-agent").unwrap().starts_with("keytrail/"), "{}", request.head);
    assert_eq!(request.body, "Action=GetCallerIdentity&Version=2011-06-15");
}

#[test]
fn each_kind_of_principal_is_told_by_its_arn() {
    for (n, (arn, user_id, kind)) in [
        ("iam::123456789012:root", "123456789012", "root"),
        ("iam::123456789012:user/division/jane", "AIDACKCEVSQ6C2JANE234", "user"),
        ("sts::123456789012:assumed-role/deploy/session", "AROACKCEVSQ6C2ROLE234:session", "assumed_role"),
        ("sts::123456789012:federated-user/jane", "123456789012:jane", "federated_user"),
    ]
    .into_iter()
    .enumerate()
    {
        let (arn, login) = (format!("arn:aws:{arn}"), session(n as u64, ACCOUNT));
        let body = of_principal(ACCOUNT, &arn, user_id);
        let stub = Stub::always(Answer::Bytes(http("200 OK", "", &body)));
        let told = Program::verify(&Leak::of(&login), &stub.url()).run();
        let verdict = told.verdict();
        let said = [&verdict["status"], &verdict["arn"], &verdict["principal"], &verdict["user_id"]];
        assert_eq!(json!(said), json!(["active", arn, kind, user_id]));
        assert_eq!(stub.requests()[0].header("x-amz-security-token"), login.token.as_deref());
    }
}

#[test]
fn what_sts_does_not_know_is_inactive_and_what_is_over_is_expired() {
    let leak = Leak::made_up(2);
    let stub = Stub::new(|_, _| unknown_key());
    let told = Program::verify(&leak, &stub.url()).run();
    assert_eq!((told.status(), told.code), ("inactive", Some(1)), "{}", told.stdout);
    assert!(told.why().contains("InvalidClientTokenId"), "{}", told.why());
    assert_eq!(told.verdict()["partitions_tried"], json!(["aws"]));

    let leak = Leak::of(&session(3, ACCOUNT));
    let over = refused("403 Forbidden", "ExpiredToken", "The security token included in the request is expired");
    let told = Program::verify(&leak, &Stub::always(over).url()).run();
    assert_eq!(told.status(), "expired", "{}", told.stdout);
    assert!(told.why().contains("ExpiredToken"), "{}", told.why());
}

#[test]
fn errors_in_the_shape_that_moto_gives_them_are_understood() {
    let body = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<ErrorResponse><Errors><Error><Code>InvalidClientTokenId</Code>\
                <Message>The security token included in the request is invalid.</Message><Type>Sender</Type></Error>\
                </Errors></ErrorResponse>";
    let stub = Stub::always(Answer::Bytes(http("403 Forbidden", "", body)));
    assert_eq!(Program::verify(&Leak::made_up(4), &stub.url()).run().status(), "inactive");
}

#[test]
fn a_wrong_secret_is_one_that_is_refused_twice_with_a_pause_between() {
    let stub = Stub::new(|_, _| wrong_signature());
    let told = Program::verify(&Leak::made_up(5), &stub.url()).run();
    assert_eq!(told.status(), "mismatched", "{}", told.stdout);
    assert!(told.why().contains("SignatureDoesNotMatch"), "{}", told.why());
    let seen = stub.seen();
    assert!(seen.len() >= 2, "{}", seen.len());
    // For five seconds after one wrong secret, STS takes the right one for wrong, too.
    assert!(seen[1].from - seen[0].till.unwrap() >= Duration::from_secs(5));
}

/// Several secrets in turn for one id make STS take even the right one for wrong, for some seconds.
#[test]
fn a_right_secret_that_is_refused_once_is_active() {
    let stub = Stub::new(|n, _| if n == 0 { wrong_signature() } else { active(ACCOUNT) });
    let told = Program::verify(&Leak::made_up(6), &stub.url()).run();
    assert_eq!((told.status(), stub.requests().len()), ("active", 2), "{}", told.stdout);
}

#[test]
fn who_is_asked_too_often_or_fails_is_asked_again() {
    for (seed, bad) in [(7, throttled()), (8, Answer::Bytes(http("503 Service Unavailable", "", "busy")))] {
        let stub = Stub::new(move |n, _| if n < 2 { bad.clone() } else { active(ACCOUNT) });
        let told = Program::verify(&Leak::made_up(seed), &stub.url()).run();
        assert_eq!((told.status(), stub.requests().len()), ("active", 3), "{}", told.stdout);
        let seen = stub.seen();
        let pauses: Vec<Duration> = seen.windows(2).map(|two| two[1].from - two[0].till.unwrap()).collect();
        assert!(pauses[1] > pauses[0] && pauses[0] > Duration::from_millis(100), "{pauses:?}");
    }
}

#[test]
fn a_region_and_a_partition_are_signed_for() {
    for (options, region, partition) in [
        (&["--region", "eu-central-1"][..], "eu-central-1", "aws"),
        (&["--partition", "aws-cn"], "cn-north-1", "aws-cn"),
        (&["--partition", "aws-us-gov", "--region", "us-gov-east-1"], "us-gov-east-1", "aws-us-gov"),
    ] {
        let stub = Stub::new(|_, _| active(ACCOUNT));
        let told = Program::verify(&Leak::made_up(9), &stub.url()).args(options).run();
        assert_eq!(told.status(), "active", "{options:?}: {}", told.stderr);
        assert_eq!(told.verdict()["partition"], partition);
        assert_eq!(told.verdict()["partitions_tried"], json!([partition]));
        assert_eq!(stub.requests()[0].region(), region);
    }
}

/// Two secrets stand beside one id, and one of them is right, whichever it is.
#[test]
fn the_right_one_of_two_secrets_is_found() {
    let right = made_up(10, ACCOUNT);
    let wrong = right.with_secret(&made_up(11, ACCOUNT).secret);
    let leak = Leak::of_all(&[wrong.clone(), right.clone()]);
    // Who signs is told by the signature, which a stub does not compute: the right secret's request is the second one.
    for right_one in [0, 2] {
        let stub = Stub::new(move |n, _| if n == right_one { active(ACCOUNT) } else { wrong_signature() });
        let told = Program::verify(&leak, &stub.url()).run();
        let statuses: Vec<&str> =
            told.findings.iter().filter_map(|finding| finding["verification"]["status"].as_str()).collect();
        assert_eq!(statuses.iter().filter(|status| **status == "active").count(), 1, "{}", told.stdout);
        assert!(!statuses.contains(&"inactive"), "{}", told.stdout);
    }
}

/// A partition that does not answer may be the one that knows the key.
#[test]
fn what_one_partition_does_not_know_and_another_does_not_say_is_unknown() {
    let partitions = ["--partition", "aws", "--partition", "aws-cn", "--partition", "aws-us-gov"];
    for (known, status) in [(Some("us-gov-west-1"), "active"), (None, "unknown")] {
        let stub = Stub::new(move |_, request| match request.region() {
            region if Some(region) == known => active(ACCOUNT),
            "cn-north-1" => refused("403 Forbidden", "Teapot", "I am one"),
            _ => unknown_key(),
        });
        let told = Program::verify(&Leak::made_up(41), &stub.url()).args(&partitions).run();
        assert_eq!(told.status(), status, "{}", told.stdout);
        assert_eq!(told.verdict()["partitions_tried"], json!(["aws", "aws-cn", "aws-us-gov"]));
        assert!(known.is_some() || told.why().contains("aws-cn: Teapot"), "{}", told.why());
    }
}

/// A connection that was to be kept, and is gone when it is wanted again.
#[test]
fn a_connection_that_ended_meanwhile_is_made_again() {
    let logins: Vec<_> = (20..40).map(|seed| made_up(seed, ACCOUNT)).collect();
    let answer = String::from_utf8(http("200 OK", "", &identity(ACCOUNT))).unwrap();
    let answer = answer.replace("Connection: close\r\n", "Connection: keep-alive\r\n").into_bytes();
    let told = Program::verify(&Leak::of_all(&logins), &Stub::always(Answer::Bytes(answer)).url()).run();
    let active = |finding: &&serde_json::Value| finding["verification"]["status"] == "active";
    assert_eq!(told.findings.iter().filter(active).count(), logins.len(), "{}", told.stderr);
}

#[test]
fn an_answer_is_taken_with_other_names_for_the_same_body() {
    // Without a namespace, in one line, and with a declaration: as stand-ins and gateways write it.
    let body = identity(ACCOUNT).replace(" xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"", "");
    let body: String = body.lines().map(str::trim).collect();
    let stub = Stub::always(Answer::Bytes(http("200 OK", "", &format!("<?xml version=\"1.0\"?>\n{body}"))));
    assert_eq!(Program::verify(&Leak::made_up(12), &stub.url()).run().status(), "active");
}
