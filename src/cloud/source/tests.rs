//! The chain, asked of stubs.

use super::environment::environment;
use super::*;
use crate::cloud::{CallOptions, Partition};
use crate::net::Base;
use crate::net::stub::{FakeClock, Reply, Stub, ok, reply};
use std::path::Path;
use std::sync::atomic::AtomicBool;

const SESSION: &str = "<R><AssumeRoleResult><Credentials><AccessKeyId>role-id</AccessKeyId><SecretAccessKey>role-secret\
                       </SecretAccessKey><SessionToken>role-token</SessionToken><Expiration>2999-01-01T00:00:00Z</Expiration>\
                       </Credentials></AssumeRoleResult></R>";

/// What is found with these variables, and what STS was asked.
fn find(variables: &[(&str, &str)], named: Option<&str>) -> (Result<Credentials, SourceError>, Vec<String>) {
    let (clock, cancel, stub) = (FakeClock::new(), AtomicBool::new(false), Stub::new(|_, _, _| ok("", SESSION)));
    let caller = Caller::new(&CallOptions::default(), &clock, &cancel).unwrap();
    let environment = environment(variables);
    let region = Partition::Aws.home_region().to_owned();
    let sts = Endpoint { base: Base::exact(&stub.url).unwrap(), region, service: "sts" };
    let found = Sources::new(&caller, &environment, named).find(&sts);
    (found, stub.requests())
}

fn id(found: (Result<Credentials, SourceError>, Vec<String>)) -> String {
    found.0.unwrap().key.id().to_owned()
}

/// A home folder with these files below `.aws`.
fn home(config: &str, credentials: &str) -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    std::fs::create_dir(home.path().join(".aws")).unwrap();
    std::fs::write(home.path().join(".aws/config"), config).unwrap();
    std::fs::write(home.path().join(".aws/credentials"), credentials).unwrap();
    home
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

const NO_INSTANCE: (&str, &str) = ("AWS_EC2_METADATA_DISABLED", "true");
const IN_ENVIRONMENT: [(&str, &str); 2] = [("AWS_ACCESS_KEY_ID", "env-id"), ("AWS_SECRET_ACCESS_KEY", "env-secret")];

#[test]
fn the_environment_comes_first_unless_a_profile_is_named() {
    let home = home(
        "",
        "[default]\naws_access_key_id=default-id\naws_secret_access_key=x\n[prod]\naws_access_key_id=prod-id\naws_secret_access_key=x\n",
    );
    let home = ("HOME", text(home.path()));
    let both = [&IN_ENVIRONMENT[..], &[home, ("AWS_PROFILE", "prod")]].concat();
    assert_eq!(id(find(&both, None)), "env-id");
    assert_eq!(id(find(&both, Some("default"))), "default-id");
    assert_eq!(id(find(&both[2..], None)), "prod-id");
    assert_eq!(id(find(&[home], None)), "default-id");
}

#[test]
fn what_is_meant_and_does_not_work_is_not_replaced_by_another() {
    let home = home("", "[default]\naws_access_key_id=default-id\naws_secret_access_key=x\n");
    let home = ("HOME", text(home.path()));
    for (variables, says) in [
        (vec![home, ("AWS_ACCESS_KEY_ID", "env-id")], "AWS_SECRET_ACCESS_KEY is not"),
        (vec![home, ("AWS_SECRET_ACCESS_KEY", "notshown")], "AWS_ACCESS_KEY_ID is not"),
        (vec![home, ("AWS_PROFILE", "none")], "profile 'none': it stands in none of"),
        (vec![NO_INSTANCE, ("AWS_WEB_IDENTITY_TOKEN_FILE", "/none")], "AWS_ROLE_ARN is not"),
        (vec![NO_INSTANCE, ("AWS_WEB_IDENTITY_TOKEN_FILE", "/none"), ("AWS_ROLE_ARN", "arn:r")], "/none: "),
        (vec![("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://example.org/")], "without TLS"),
        (vec![("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "x@example.org/")], "no path from the root"),
    ] {
        let error = find(&variables, None).0.unwrap_err().to_string();
        assert!(error.contains(says) && !error.contains("notshown"), "{error}");
    }
}

#[test]
fn what_was_looked_at_is_told_in_order() {
    let home = home("", "");
    let error = find(&[("HOME", text(home.path())), NO_INSTANCE], None).0.unwrap_err().to_string();
    let places = [
        "environment: AWS_ACCESS_KEY_ID is not set",
        "profile 'default': it stands in none of ",
        "web identity: ",
        "container: ",
        "instance: turned off",
    ];
    let at: Vec<_> = places.iter().map(|place| error.find(place)).collect();
    assert!(at.iter().all(Option::is_some) && at.is_sorted(), "{error}");
}

#[test]
fn a_role_is_assumed_in_the_name_of_its_source() {
    let home = home(
        "[profile audit]\nrole_arn=arn:aws:iam::123456789012:role/a b\nsource_profile=base\nexternal_id=x&y\nduration_seconds=900\n",
        "[base]\naws_access_key_id=base-id\naws_secret_access_key=notshown\n",
    );
    let (found, requests) = find(&[("HOME", text(home.path()))], Some("audit"));
    let found = found.unwrap();
    assert_eq!((found.key.id(), found.source.as_str()), ("role-id", "profile 'audit'"));
    assert_eq!(found.expires.unwrap().to_string(), "2999-01-01T00:00:00Z");
    let [request] = &requests[..] else { panic!("{requests:?}") };
    let form = "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fa%20b&\
                RoleSessionName=keytrail-1800000000&DurationSeconds=900&ExternalId=x%26y";
    assert!(request.ends_with(form), "{request}");
    assert!(request.contains("Credential=base-id/") && !request.contains("notshown"), "{request}");
}

#[test]
fn a_web_identity_is_shown_unsigned_and_read_anew() {
    let folder = tempfile::tempdir().unwrap();
    let token = folder.path().join("token");
    std::fs::write(&token, "jwt\n").unwrap();
    let variables =
        [("AWS_WEB_IDENTITY_TOKEN_FILE", text(&token)), ("AWS_ROLE_ARN", "arn:r"), ("AWS_ROLE_SESSION_NAME", "me")];
    let (found, requests) = find(&variables, None);
    assert_eq!(found.unwrap().source, "the role arn:r for a web identity");
    assert!(
        requests[0].contains("Action=AssumeRoleWithWebIdentity&")
            && requests[0].contains("RoleSessionName=me&WebIdentityToken=jwt")
    );
    assert!(!requests[0].to_lowercase().contains("authorization:"), "{}", requests[0]);
}

const JSON: &str = r#"{"Code":"Success","AccessKeyId":"machine-id","SecretAccessKey":"x","Token":"t","Expiration":"2999-01-01T00:00:00Z"}"#;

#[test]
fn a_container_is_asked_with_its_token() {
    let folder = tempfile::tempdir().unwrap();
    let token = folder.path().join("token");
    std::fs::write(&token, "from-file\n").unwrap();
    let stub = Stub::new(|_, _, _| ok("", JSON));
    let url = format!("{}/creds", stub.url);
    let variables = [
        ("AWS_CONTAINER_CREDENTIALS_FULL_URI", url.as_str()),
        ("AWS_CONTAINER_AUTHORIZATION_TOKEN", "from-variable"),
        ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", text(&token)),
    ];
    assert_eq!(id(find(&variables[..2], None)), "machine-id");
    assert_eq!(id(find(&variables, None)), "machine-id");
    let requests = stub.requests();
    assert!(requests[0].starts_with("GET /creds ") && requests[0].contains("authorization: from-variable"));
    assert!(requests[1].contains("authorization: from-file\r\n"), "{}", requests[1]);
    let broken = [variables[0], ("AWS_CONTAINER_AUTHORIZATION_TOKEN", "notshown\r\nx: y")];
    let error = find(&broken, None).0.unwrap_err().to_string();
    assert!(error.contains("authorization holds what no header can") && !error.contains("notshown"), "{error}");
}

/// An instance whose metadata service gives nothing without a token.
fn instance(role: &'static str) -> Stub {
    Stub::new(move |_, request, _| {
        let has_token = request.text.contains("x-aws-ec2-metadata-token: imds-token");
        match request.line.split(' ').collect::<Vec<_>>()[..] {
            ["PUT", "/latest/api/token", _] if request.text.contains("token-ttl-seconds: 60") => ok("", "imds-token"),
            ["GET", "/latest/meta-data/iam/security-credentials/", _] if has_token => ok("", role),
            ["GET", "/latest/meta-data/iam/security-credentials/web", _] if has_token => ok("", JSON),
            _ => reply("401 Unauthorized", "", ""),
        }
    })
}

#[test]
fn an_instance_is_asked_with_a_token_only() {
    let stub = instance("web\n");
    let (found, _) = find(&[("AWS_EC2_METADATA_SERVICE_ENDPOINT", &stub.url)], None);
    assert_eq!(found.unwrap().source, "the instance's role web");
    assert_eq!(stub.requests().len(), 3);
    for (role, says) in [("", "names no role"), ("../../user-data", "names no role")] {
        let stub = instance(role);
        let error = find(&[("AWS_EC2_METADATA_SERVICE_ENDPOINT", &stub.url)], None).0.unwrap_err().to_string();
        assert!(error.contains(says), "{error}");
    }
    let off = [("AWS_EC2_METADATA_SERVICE_ENDPOINT", stub.url.as_str()), NO_INSTANCE];
    assert!(find(&off, None).0.is_err());
    assert_eq!(stub.requests().len(), 3, "it is turned off");
}

#[test]
fn a_machine_that_says_nothing_is_given_up_within_seconds() {
    let stub = Stub::new(|_, _, _| Reply::Hold(Vec::new(), std::time::Duration::from_secs(20)));
    let begun = std::time::Instant::now();
    let error = find(&[("AWS_EC2_METADATA_SERVICE_ENDPOINT", &stub.url)], None).0.unwrap_err().to_string();
    assert!(error.contains("no answer within 1 s"), "{error}");
    assert!(begun.elapsed().as_secs() < 15);
}
