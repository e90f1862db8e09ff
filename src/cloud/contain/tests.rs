//! The commands, read as a person would, and some of them run.

use super::*;
use crate::cloud::Partition;
use crate::model::{Lifetime, PrincipalKind, Secret};

fn subject() -> Subject {
    Subject {
        contain: "keytrail contain 01234567".to_owned(),
        replace: "keytrail replace 01234567".to_owned(),
        id: None,
        spot: Some(spot("file", Some("a b.env"), "/repo it's")),
        account: Some("123456789012".to_owned()),
        lifetime: Some(Lifetime::LongLived),
        principal: None,
        user: None,
        since: "2026-01-31".to_owned(),
    }
}

fn spot(place: &str, path: Option<&str>, folder: &str) -> Spot {
    Spot {
        folder: Some(folder.to_owned()),
        place: place.to_owned(),
        path: path.map(str::to_owned),
        object: "5626abf0f72e58d7a153368ba57db4c673c0e171".to_owned(),
        line: 3,
        column: 21,
        length: 20,
        wrapped: Vec::new(),
    }
}

fn options() -> StepOptions {
    StepOptions { partition: Partition::Aws, profile: None, now: "2026-11-28T19:00:00Z".to_owned() }
}

fn names(steps: &[Step]) -> Vec<&str> {
    steps.iter().map(|step| step.name).collect()
}

fn commands(steps: &[Step], name: &str) -> String {
    steps.iter().filter(|step| step.name == name).flat_map(|step| step.commands.clone()).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_users_key_is_shut_off_before_anything_is_looked_at_and_can_be_opened_again() {
    let steps = steps(&subject(), &options());
    let order = ["identify", "deactivate", "end-sessions", "look", "check", "rotate", "delete", "undo", "history"];
    assert_eq!(names(&steps), order);
    assert!(commands(&steps, "deactivate").starts_with(
        "aws iam update-access-key --user-name \"$KEY_USER\" --access-key-id \"$KEY_ID\" --status Inactive\n"
    ));
    assert!(commands(&steps, "undo").contains("--status Active"));
    assert!(
        commands(&steps, "delete")
            .ends_with("iam delete-access-key --user-name \"$KEY_USER\" --access-key-id \"$KEY_ID\"")
    );
    let document = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"DateLessThan":{"aws:TokenIssueTime":"2026-11-28T19:00:00Z"}}}]}"#;
    assert!(commands(&steps, "end-sessions").contains(document));
}

#[test]
fn a_sessions_key_is_denied_by_its_role_and_never_made_inactive() {
    let steps = steps(&Subject { lifetime: Some(Lifetime::Temporary), ..subject() }, &options());
    assert_eq!(names(&steps), ["identify", "end-sessions", "look", "check", "rotate", "undo", "history"]);
    let all: String = steps.iter().flat_map(|step| step.commands.clone()).collect();
    assert!(all.contains("iam put-role-policy --role-name \"$ROLE\" --policy-name AWSRevokeOlderSessions"));
    assert!(!all.contains("update-access-key") && !all.contains("get-access-key-last-used"));
}

#[test]
fn a_root_users_key_is_shut_off_in_the_console() {
    let steps = steps(&Subject { principal: Some(PrincipalKind::Root), ..subject() }, &options());
    assert_eq!(names(&steps), ["identify", "deactivate", "look", "check", "rotate", "delete", "undo", "history"]);
    assert!(commands(&steps, "deactivate").starts_with("# aws sts assume-root --target-principal 123456789012 "));
    assert!(!steps.iter().any(|step| step.commands.iter().any(|line| line.contains("update-access-key"))));
}

#[test]
fn the_id_is_written_only_if_it_may_be() {
    let id = ["AKIA", "Y34FZKBOKMUTVV7A"].concat();
    let shown = steps(&Subject { id: Some(Secret::new(id.as_bytes())), ..subject() }, &options());
    assert!(commands(&shown, "identify").starts_with(&format!("KEY_ID={id}\n")));
    let taken = commands(&steps(&subject(), &options()), "identify");
    let command = "KEY_ID=$(git -C '/repo it'\\''s' cat-file blob 5626abf0f72e58d7a153368ba57db4c673c0e171 | LC_ALL=C sed -n '3p' \
                   | LC_ALL=C cut -b 21-40)\n";
    assert!(taken.starts_with(command), "{taken}");
}

#[test]
fn what_no_command_can_take_is_pasted() {
    let wrapped =
        Spot { wrapped: vec!["zip:conf/app.env".to_owned(), "base64".to_owned()], ..spot("file", Some("a.zip"), ".") };
    let elsewhere = Spot { folder: None, ..spot("file", Some("app.env"), ".") };
    for (spot, says) in [
        (Some(wrapped), "a.zip → zip:conf/app.env → base64, line 3"),
        (Some(elsewhere), "app.env, line 3"),
        (Some(spot("lfs", Some("big"), ".")), "big, line 3"),
        (Some(spot("stdin", None, ".")), "stdin 5626abf0f7, line 3"),
        (None, "No access key id was found"),
    ] {
        let steps = steps(&Subject { spot, ..subject() }, &options());
        assert!(commands(&steps, "identify").starts_with("read -rs KEY_ID\n"));
        assert!(steps[0].text.contains(says), "{}", steps[0].text);
    }
}

#[test]
fn a_profile_stands_in_every_command_of_aws() {
    let options = StepOptions { profile: Some("a b".to_owned()), partition: Partition::China, ..options() };
    for line in steps(&subject(), &options).into_iter().flat_map(|step| step.commands) {
        let bare = line.replace("aws --profile 'a b' ", "");
        assert!(!bare.contains("aws iam") && !bare.contains("aws sts") && !bare.contains("aws ec2"), "{line}");
        assert!(!line.contains("us-east-1"), "{line}");
    }
}

#[cfg(unix)]
#[test]
fn all_commands_are_a_shells() {
    for lifetime in [Lifetime::LongLived, Lifetime::Temporary] {
        for step in steps(&Subject { lifetime: Some(lifetime), ..subject() }, &options()) {
            let text = step.commands.join("\n");
            let output = std::process::Command::new("sh").args(["-n", "-c", &text]).output().unwrap();
            assert!(output.status.success(), "{text}\n{}", String::from_utf8_lossy(&output.stderr));
        }
    }
}
