//! Whom nobody asks about: canaries, and accounts that the user names.

use crate::{
    answers::active,
    cloud::{ACCOUNT, Login, OTHER_ACCOUNT},
    leak::{Leak, made_up, session},
    program::Program,
    stub::{Request, Stub},
    support::Keys,
};
use serde_json::{Value, json};

/// An account of Thinkst's, and one of those that do the same (TruffleHog's list).
const CANARIES: [&str; 2] = ["052310077262", "344043088457"];

#[test]
fn a_canary_is_recognised_and_never_asked_for() {
    for (account, login) in CANARIES
        .into_iter()
        .flat_map(|account| [made_up(500, account), session(501, account)].map(|login| (account, login)))
    {
        let stub = Stub::new(|_, _| active(ACCOUNT));
        let told = Program::verify(&Leak::of(&login), &stub.url()).run();
        assert_eq!((told.status(), stub.connections()), ("unknown", 0), "{}", told.stdout);
        assert!(told.why().contains("canary"), "{}", told.why());
        let verdict = told.verdict();
        let said = [&verdict["method"], &verdict["account_id"], &verdict["checked_at"], &verdict["partitions_tried"]];
        assert_eq!(json!(said), json!(["none", account, Value::Null, []]));
    }
    // It is one without being asked for, too.
    let told = Program::scan(&Leak::of(&made_up(502, CANARIES[0]))).run();
    assert!(told.findings[0]["advice"].as_str().unwrap().starts_with("A canary of"), "{}", told.stdout);
}

#[test]
fn accounts_are_asked_for_or_not_as_the_user_says() {
    let old = Login { id: ["AKIAI", "OSFODNN7", "GHJKLMN"].concat(), ..made_up(510, ACCOUNT) };
    let logins = [made_up(511, ACCOUNT), made_up(512, OTHER_ACCOUNT), old];
    let leak = Leak::of_all(&logins);
    for (options, asked) in [
        (&["--skip-account", ACCOUNT][..], &[1][..]),
        (&["--only-account", ACCOUNT], &[0]),
        (&["--only-account", ACCOUNT, "--only-account", OTHER_ACCOUNT], &[0, 1]),
        (&["--skip-account", ACCOUNT, "--skip-account", OTHER_ACCOUNT], &[]),
        (&["--only-account", ACCOUNT, "--skip-account", ACCOUNT], &[]),
    ] {
        let stub = Stub::new(|_, _| active(ACCOUNT));
        let told = Program::verify(&leak, &stub.url()).args(options).run();
        let requests = stub.requests();
        let mut ids: Vec<&str> = requests.iter().map(Request::key_id).collect();
        let mut expected: Vec<&str> = asked.iter().map(|n| logins[*n].id.as_str()).collect();
        ids.sort_unstable();
        expected.sort_unstable();
        assert_eq!(ids, expected, "{options:?}");
        for n in 0..logins.len() {
            let verdict = told.verdict_in(&format!("{n}/credentials"));
            let status = if asked.contains(&n) { "active" } else { "unknown" };
            assert_eq!(verdict["status"], status, "{options:?}: {verdict}");
            assert!(asked.contains(&n) || verdict["why"].as_str().unwrap().contains("account"), "{verdict}");
        }
    }
}

#[test]
fn what_is_no_account_is_refused() {
    for bad in ["12345", "1234567890123", "jane", ""] {
        for option in ["--skip-account", "--only-account"] {
            let stub = Stub::new(|_, _| active(ACCOUNT));
            let told = Program::verify(&Leak::made_up(520), &stub.url()).args(&[option, bad]).run();
            assert_eq!((told.code, stub.connections()), (Some(2), 0), "{option} {bad:?}: {}", told.stdout);
            assert!(told.stderr.contains(option), "{}", told.stderr);
        }
    }
}

#[test]
fn what_cannot_be_asked_is_not_asked() {
    let whole = session(530, ACCOUNT);
    let without_token = Login { token: None, ..whole };
    // Of AWS's documentation.
    let secret = ["wJalrXUtnFEMI", "K7MDENG", "bPxRfiCYEXAMPLEKEY"].join("/");
    let example = Login { id: ["AKIAIOSFODNN7", "EXAMPLE"].concat(), secret, token: None };
    for (login, expected) in [(without_token, Some("token")), (example, None)] {
        let stub = Stub::new(|_, _| active(ACCOUNT));
        let told = Program::verify(&Leak::of(&login), &stub.url()).run();
        assert_eq!(stub.connections(), 0, "{}", told.stdout);
        match expected {
            Some(word) => {
                assert_eq!(told.status(), "unknown");
                assert!(told.why().contains(word), "{}", told.why());
            }
            None => assert_eq!((told.findings.len(), told.code), (0, Some(0)), "{}", told.stdout),
        }
    }
    // An id alone, and a secret alone.
    let Login { id, secret, .. } = made_up(531, ACCOUNT);
    for (text, word) in [(format!("id = {id}\n"), "secret"), (format!("aws_secret_access_key = {secret}\n"), "id")] {
        let leak = Leak::written("notes", &text, &[&secret]);
        let stub = Stub::new(|_, _| active(ACCOUNT));
        let told = Program::verify(&leak, &stub.url()).run();
        assert_eq!((told.status(), stub.connections()), ("unknown", 0), "{}", told.stdout);
        assert!(told.why().contains(word), "{}", told.why());
    }
}

#[test]
fn what_is_no_key_of_iam_is_not_asked_for() {
    // A bearer token of Bedrock: STS knows nothing of it.
    let mut keys = Keys::new(540);
    let name = format!("BedrockAPIKey-abcd-at-{ACCOUNT}:{}", keys.secret());
    let token = format!("ABSK{}", base64::Engine::encode(&base64::engine::general_purpose::STANDARD, name));
    let leak = Leak::written("env", &format!("AWS_BEARER_TOKEN_BEDROCK={token}\n"), &[&token]);
    let stub = Stub::new(|_, _| active(ACCOUNT));
    let told = Program::verify(&leak, &stub.url()).run();
    assert_eq!((told.findings.len(), stub.connections()), (1, 0), "{}", told.stdout);
    assert_ne!(told.verdict()["status"], "inactive", "{}", told.stdout);
}
