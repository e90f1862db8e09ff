//! `MiniStack`'s second opinion: on status, on sessions that end, and on clocks.

use crate::{
    cloud::{ACCOUNT, Cloud, Login},
    leak::Leak,
    program::{Program, Told},
    skew::Skew,
};
use serde_json::json;

fn ask(login: &Login, cloud: &Cloud) -> Told {
    Program::verify(&Leak::of(login), &cloud.endpoint).run()
}

#[test]
#[ignore = "needs MiniStack: tests/live/run.sh installs and runs it"]
fn another_server_agrees_on_what_a_key_is() {
    let cloud = Cloud::ministack(&Skew::new());
    let key = cloud.user("jane");
    let told = ask(&key, &cloud);
    let verdict = told.verdict();
    let said = [&verdict["status"], &verdict["account_id"], &verdict["arn"], &verdict["principal"]];
    let arn = format!("arn:aws:iam::{ACCOUNT}:user/jane");
    assert_eq!(json!(said), json!(["active", ACCOUNT, arn, "user"]), "{}", told.stderr);
    assert!(verdict["user_id"].as_str().unwrap().starts_with("AIDA"), "{verdict}");
    cloud.set_status("jane", &key, "Inactive");
    assert_eq!(ask(&key, &cloud).status(), "inactive");
    cloud.set_status("jane", &key, "Active");
    assert_eq!(ask(&key, &cloud).status(), "active");
    assert_eq!(ask(&key.with_secret(&cloud.user("john").secret), &cloud).status(), "mismatched");
    cloud.delete_key("jane", &key);
    assert_eq!(ask(&key, &cloud).status(), "inactive");
}

#[test]
#[ignore = "needs MiniStack: tests/live/run.sh installs and runs it"]
fn a_session_is_active_until_it_is_over() {
    let clock = Skew::new();
    let cloud = Cloud::ministack(&clock);
    let user = cloud.user("jane");
    let allowed = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
    let form = [("Action", "PutUserPolicy"), ("UserName", "jane"), ("PolicyName", "all"), ("PolicyDocument", allowed)];
    cloud.as_admin("iam", &form);
    let of_user = cloud.call(&user, "sts", &[("Action", "GetSessionToken"), ("DurationSeconds", "900")]);
    let sessions = [
        (of_user.login(), "user", format!("arn:aws:iam::{ACCOUNT}:user/jane")),
        (cloud.session("deploy"), "assumed_role", format!("arn:aws:sts::{ACCOUNT}:assumed-role/deploy/deploy")),
    ];
    for (session, principal, arn) in &sessions {
        let told = ask(session, &cloud);
        let verdict = told.verdict();
        let said = [&verdict["status"], &verdict["principal"], &verdict["arn"]];
        assert_eq!(json!(said), json!(["active", principal, arn]), "{}", told.stderr);
        let wrong = Login { token: Some("x".repeat(40) + session.token.as_deref().unwrap()), ..session.clone() };
        let told = ask(&wrong, &cloud);
        assert_ne!(told.status(), "active", "{}", told.stdout);
    }
    // Two hours later, by the server's clock: the program's own is behind now, which must not matter.
    clock.set(7200);
    for (session, ..) in &sessions {
        let told = ask(session, &cloud);
        assert_eq!(told.status(), "expired", "{}", told.stdout);
        assert!(told.why().contains("clock"), "{}", told.why());
    }
}

#[test]
#[ignore = "needs MiniStack: tests/live/run.sh installs and runs it"]
fn a_wrong_clock_makes_no_key_inactive() {
    let (cloud, clock) = (Cloud::ministack(&Skew::new()), Skew::new());
    let leak = Leak::of(&cloud.user("jane"));
    for seconds in [-86_400, -1000, 600, 86_400] {
        clock.set(seconds);
        let mut program = Program::verify(&leak, &cloud.endpoint);
        for (name, value) in clock.environment() {
            program = program.env(name, value);
        }
        let told = program.run();
        assert_eq!(told.status(), "active", "{seconds}: {}", told.stdout);
        // Ten minutes are within what STS allows.
        assert_eq!(told.why().contains("clock"), seconds.abs() > 900, "{seconds}: {}", told.why());
    }
}

#[test]
#[ignore = "needs MiniStack: tests/live/run.sh installs and runs it"]
fn the_root_user_is_told_from_others() {
    let cloud = Cloud::ministack(&Skew::new());
    // A session of root's own: MiniStack has no other keys of root than digits.
    let root = Login { id: ACCOUNT.into(), secret: "root".into(), token: None };
    let session = cloud.call(&root, "sts", &[("Action", "GetSessionToken")]).login();
    let told = ask(&session, &cloud);
    let verdict = told.verdict();
    let said = [&verdict["status"], &verdict["principal"], &verdict["arn"]];
    let arn = format!("arn:aws:iam::{ACCOUNT}:root");
    assert_eq!(json!(said), json!(["active", "root", arn]), "{}", told.stderr);
}
