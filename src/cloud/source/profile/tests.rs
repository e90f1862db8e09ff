use super::*;
use crate::cloud::source::environment::environment;

/// The profiles of a config and a credentials file.
fn profiles(config: &str, credentials: &str) -> Result<(Profiles, Environment), String> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join(".aws")).unwrap();
    std::fs::write(folder.path().join(".aws/config"), config).unwrap();
    std::fs::write(folder.path().join(".aws/credentials"), credentials).unwrap();
    let environment = environment(&[("HOME", folder.path().to_str().unwrap())]);
    Ok((Profiles::read(&environment)?, environment))
}

fn plan(config: &str, credentials: &str, name: &str) -> Result<Option<Plan>, String> {
    let (profiles, environment) = profiles(config, credentials)?;
    profiles.plan(name, &environment)
}

fn key(id: &str, secret: &str) -> Start {
    Start::Key(Key { id: Secret::new(id.as_bytes()), secret: Secret::new(secret.as_bytes()), session: None })
}

fn role(arn: &str) -> Role {
    Role { arn: arn.to_owned(), external_id: None, session: None, duration: None }
}

const KEYS: &str = "[base]\naws_access_key_id=a\naws_secret_access_key=b\n";

#[test]
fn the_credentials_file_counts_more_and_a_named_default_more_than_a_plain_one() {
    let config = "[profile default]\nregion=eu-west-1\n[default]\nregion=us-east-2\naws_access_key_id=x\n\
                  aws_secret_access_key=y\n[base]\nregion=no\n";
    let credentials = "[default]\naws_access_key_id=a\naws_secret_access_key=b\n";
    let (profiles, environment) = profiles(config, credentials).unwrap();
    assert_eq!(profiles.text("default", "region").as_deref(), Some("eu-west-1"));
    assert_eq!(profiles.plan("default", &environment).unwrap().unwrap().start, key("a", "b"));
    assert!(!profiles.has("base"), "a section of the config file that is no profile");
}

#[test]
fn a_chain_of_roles_is_assumed_from_its_far_end() {
    let config = "[profile a]\nrole_arn=arn:a\nsource_profile=b\nexternal_id=x\nrole_session_name=me\nduration_seconds=900\n\
                  [profile b]\nrole_arn=arn:b\nsource_profile=base\n";
    let plan = plan(config, KEYS, "a").unwrap().unwrap();
    assert_eq!(plan.start, key("a", "b"));
    let a = Role { external_id: Some("x".into()), session: Some("me".into()), duration: Some(900), ..role("arn:a") };
    assert_eq!(plan.roles, [role("arn:b"), a]);
}

#[test]
fn a_profile_may_be_the_source_of_its_own_role_once() {
    let config = "[profile base]\nrole_arn=arn:a\nsource_profile=base\n";
    let own = plan(config, KEYS, "base").unwrap().unwrap();
    assert_eq!((own.start, own.roles), (key("a", "b"), vec![role("arn:a")]));
    let error = plan(config, "", "base").unwrap_err();
    assert!(error.contains("base → base"), "{error}");
    let config = "[profile a]\nrole_arn=arn:a\nsource_profile=b\n[profile b]\nrole_arn=arn:b\nsource_profile=a\n";
    let error = plan(config, "", "a").unwrap_err();
    assert!(error.contains("a → b → a"), "{error}");
}

#[test]
fn a_machine_a_program_or_a_token_is_a_start() {
    let start = |settings: &str| plan(&format!("[profile a]\n{settings}\n"), "", "a").unwrap().unwrap();
    let machine = start("role_arn=arn:a\ncredential_source=EcsContainer");
    assert_eq!((machine.start, machine.roles), (Start::Machine(Place::Container), vec![role("arn:a")]));
    assert_eq!(start("credential_process = get \"a b\"").start, Start::Process("get \"a b\"".into()));
    let token = start("role_arn=arn:a\nweb_identity_token_file=/run/token");
    let wanted = Start::WebIdentity { role: role("arn:a"), token: "/run/token".into() };
    assert_eq!((token.start, token.roles), (wanted, vec![]));
}

#[test]
fn what_cannot_be_used_says_why_and_names_the_profile() {
    for (settings, says) in [
        ("role_arn=arn:a", "no source_profile"),
        ("role_arn=arn:a\nsource_profile=none", "profile 'none', stands in none of"),
        ("role_arn=arn:a\nsource_profile=b\ncredential_source=Environment", "both"),
        ("role_arn=arn:a\ncredential_source=Moon", "'Moon'"),
        ("role_arn=arn:a\nsource_profile=b\nmfa_serial=arn:m", "MFA"),
        ("role_arn=arn:a\nsource_profile=b\nduration_seconds=soon", "duration_seconds"),
        ("role_arn=arn:a\nsource_profile=b\n[profile b]\nregion=x", "'b', the source of a role, names no credentials"),
        ("sso_session=x", "aws configure export-credentials --profile a"),
        ("aws_access_key_id=x", "no aws_secret_access_key"),
        ("aws_secret_access_key=notshown", "no aws_access_key_id"),
    ] {
        let error = plan(&format!("[profile a]\n{settings}\n"), "", "a").unwrap_err();
        assert!(error.contains(says) && !error.contains("notshown"), "{settings}: {error}");
    }
    assert_eq!(plan("[profile a]\nregion=x\n", "", "a"), Ok(None));
}

#[test]
fn a_file_that_is_written_wrongly_is_named_with_its_line() {
    let error = plan("", "[a]\nnotshown\n", "a").unwrap_err();
    assert!(error.contains("credentials: line 2") && !error.contains("notshown"), "{error}");
}
