//! Signatures, checked by two who have never seen ours: curl and botocore.

use crate::{
    answers::active,
    cloud::{ACCOUNT, Cloud, Login, tools},
    leak::{Leak, made_up, session},
    program::Program,
    stub::{Request, Stub},
};
use serde_json::json;
use std::{
    io::Write,
    path::Path,
    process::{Command, Stdio},
};

/// What the program asks for `login`, and the port that it asks at.
fn request(login: &Login, options: &[&str]) -> (Stub, Request) {
    let stub = Stub::new(|_, _| active(ACCOUNT));
    let told = Program::verify(&Leak::of(login), &stub.url()).args(options).run();
    assert_eq!(told.status(), "active", "{}", told.stderr);
    let request = stub.requests().remove(0);
    (stub, request)
}

fn cases() -> [(Login, &'static str, &'static [&'static str]); 3] {
    [
        (made_up(1000, ACCOUNT), "us-east-1", &[]),
        (session(1001, ACCOUNT), "eu-west-2", &["--region", "eu-west-2"]),
        (made_up(1002, ACCOUNT), "cn-north-1", &["--partition", "aws-cn"]),
    ]
}

/// The names of headers that were signed, as the request has them.
fn signed(request: &Request) -> Vec<String> {
    let authorization = request.header("authorization").unwrap();
    let names = authorization.split("SignedHeaders=").nth(1).unwrap().split(',').next().unwrap();
    names.split(';').map(str::to_owned).collect()
}

#[test]
#[ignore = "needs curl: tests/live/run.sh runs it"]
fn curl_signs_the_same_request_in_the_same_way() {
    for (login, region, options) in cases() {
        let (stub, ours) = request(&login, options);
        let mut curl = Command::new("curl");
        curl.args(["--silent", "--noproxy", "*", "--aws-sigv4", &format!("aws:amz:{region}:sts"), "--config", "-"]);
        curl.args(["--data-raw", &ours.body, &stub.url()]);
        for name in signed(&ours).iter().filter(|name| *name != "host") {
            curl.args(["--header", &format!("{name}: {}", ours.header(name).unwrap())]);
        }
        let mut child = curl.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        let config = format!("user = \"{}:{}\"\n", login.id, login.secret);
        child.stdin.take().unwrap().write_all(config.as_bytes()).unwrap();
        assert!(child.wait().unwrap().success());
        let requests = stub.requests();
        let [_, theirs] = &requests[..] else { panic!("{requests:#?}") };
        assert_eq!(theirs.body, ours.body);
        let authorization = |request: &Request| request.header("authorization").unwrap().replace(' ', "");
        assert_eq!(authorization(theirs), authorization(&ours), "{}\n{}", theirs.head, ours.head);
    }
}

#[test]
#[ignore = "needs botocore: tests/live/run.sh installs and runs it"]
fn botocore_signs_the_same_request_in_the_same_way() {
    for (login, region, options) in cases() {
        let (stub, ours) = request(&login, options);
        let named = |name: &String| {
            let name = if name == "x-amz-date" { "X-Amz-Date" } else { name };
            (name.to_owned(), json!(ours.header(name).unwrap()))
        };
        let headers: serde_json::Map<_, _> = signed(&ours).iter().map(named).collect();
        let given = json!({
            "url": format!("{}/", stub.url()), "headers": headers, "body": ours.body, "region": region, "service": "sts",
            "id": login.id, "secret": login.secret, "token": login.token,
        });
        let mut python = Command::new(tools().join("moto/bin/python"));
        python.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/live/sign.py"));
        let mut child = python.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(given.to_string().as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success());
        assert_eq!(String::from_utf8(output.stdout).unwrap().trim_end(), ours.header("authorization").unwrap());
    }
}

/// What curl signs, moto takes, and what we sign as well: neither is right only by our own reckoning.
#[test]
#[ignore = "needs moto: tests/live/run.sh installs and runs it"]
fn moto_takes_what_curl_signs_and_what_we_sign() {
    let cloud = Cloud::moto();
    let key = cloud.user("jane");
    let by_curl = cloud.call(&key, "sts", &[("Action", "GetCallerIdentity")]);
    assert_eq!(by_curl.status, 200, "{}", by_curl.body);
    let told = Program::verify(&Leak::of(&key), &cloud.endpoint).run();
    assert_eq!(told.status(), "active", "{}", told.stderr);
    assert_eq!(told.verdict()["arn"], by_curl.text("Arn"));
    let wrong = key.with_secret(&"x".repeat(40));
    assert_eq!(cloud.call(&wrong, "sts", &[("Action", "GetCallerIdentity")]).status, 403);
}
