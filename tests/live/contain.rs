//! A leaked key is shut off, by hand and by the program.

use crate::{
    cloud::{ACCOUNT, Cloud, Login},
    leak::Leak,
    owner::login,
    program::{Program, Told},
};
use serde_json::{Value, json};
use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Command, Output},
};

/// The finding's fingerprint.
fn fingerprint(leak: &Leak) -> String {
    Program::scan(leak).run().findings[0]["fingerprint"].as_str().unwrap().to_owned()
}

/// `keytrail contain` in the name of `by`, with the log in `log`.
fn contain(leak: &Leak, cloud: &Cloud, by: &Login, log: &Path, more: &[&str]) -> Told {
    let program = Program::new(leak).args(&["contain", &fingerprint(leak), "--scan"]).arg(leak.repo.path());
    let program = login(program, by).args(more);
    if !more.iter().any(|option| ["--apply", "--undo"].contains(option)) {
        return program.run();
    }
    let program = program.args(&["--sts-endpoint", &cloud.endpoint, "--iam-endpoint", &cloud.endpoint]);
    program.arg("--log").arg(log).run()
}

/// Whether moto takes the key.
fn works(cloud: &Cloud, key: &Login) -> bool {
    cloud.call(key, "sts", &[("Action", "GetCallerIdentity")]).status == 200
}

#[test]
#[ignore = "needs moto: tests/live/run.sh installs and runs it"]
fn a_key_is_made_inactive_after_a_confirmation_and_active_again() {
    let cloud = Cloud::moto();
    let (key, admin) = (cloud.user("jane"), cloud.admin(ACCOUNT, "aws").clone());
    let leak = Leak::of(&key);
    let (fingerprint, folder) = (fingerprint(&leak), tempfile::tempdir().unwrap());
    let log = folder.path().join("log");

    for more in [&["--apply"][..], &["--apply", "--confirm", "0123456789abcdef0123456789abcdef"], &["--undo"]] {
        let told = contain(&leak, &cloud, &admin, &log, more);
        assert_eq!(told.code, Some(2), "{}", told.stderr);
        assert!(told.stderr.contains("confirm") && works(&cloud, &key) && !log.exists(), "{}", told.stderr);
    }
    let told = contain(&leak, &cloud, &admin, &log, &["--apply", "--confirm", &fingerprint]);
    assert_eq!(told.code, Some(0), "{}", told.stderr);
    assert!(told.stderr.contains("is Inactive now") && told.stderr.contains("--undo"), "{}", told.stderr);
    assert!(!works(&cloud, &key));
    let again = contain(&leak, &cloud, &admin, &log, &["--apply", "--confirm", &fingerprint]);
    assert!(again.code == Some(0) && again.stderr.contains("nothing was done"), "{}", again.stderr);
    let told = contain(&leak, &cloud, &admin, &log, &["--undo", "--confirm", &fingerprint]);
    assert_eq!(told.code, Some(0), "{}", told.stderr);
    assert!(works(&cloud, &key));

    let text = fs::read_to_string(&log).unwrap();
    assert!(!text.contains(&key.id) && !text.contains(&key.secret), "{text}");
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let told: Vec<_> = lines.iter().map(|line| json!([line["action"], line["before"], line["result"]])).collect();
    let wanted = json!([
        ["deactivate", "Active", "begun"],
        ["deactivate", "Active", "Inactive"],
        ["activate", "Inactive", "begun"],
        ["activate", "Inactive", "Active"]
    ]);
    assert_eq!(json!(told), wanted);
    let arn = format!("arn:aws:iam::{ACCOUNT}:user/admin");
    assert!(lines.iter().all(|line| line["by"] == arn && line["user"] == "jane" && line["fingerprint"] == fingerprint));
    assert_eq!(fs::metadata(&log).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
#[ignore = "needs moto: tests/live/run.sh installs and runs it"]
fn what_cannot_be_written_down_or_must_not_be_done_is_not_done() {
    let cloud = Cloud::moto();
    let (key, admin) = (cloud.user("jane"), cloud.admin(ACCOUNT, "aws").clone());
    let leak = Leak::of(&key);
    let (fingerprint, folder) = (fingerprint(&leak), tempfile::tempdir().unwrap());
    let log = folder.path().join("log");
    fs::write(&log, "").unwrap();
    fs::set_permissions(&log, fs::Permissions::from_mode(0o666)).unwrap();
    let apply = ["--apply", "--confirm", fingerprint.as_str()];
    let told = contain(&leak, &cloud, &admin, &log, &apply);
    assert!(told.code == Some(2) && told.stderr.contains("nothing was done"), "{}", told.stderr);
    assert!(works(&cloud, &key));

    fs::remove_file(&log).unwrap();
    let nobody = cloud.user("nobody");
    let told = contain(&leak, &cloud, &nobody, &log, &apply);
    assert!(told.code == Some(2) && told.stderr.contains("AccessDenied"), "{}", told.stderr);
    // The leaked key itself would lock itself out.
    let everything =
        json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Action": "*", "Resource": "*" }] });
    let form = [("Action", "PutUserPolicy"), ("UserName", "jane"), ("PolicyName", "all")];
    cloud.as_admin("iam", &[&form[..], &[("PolicyDocument", &everything.to_string())]].concat());
    let told = contain(&leak, &cloud, &key, &log, &apply);
    assert!(told.code == Some(2) && told.stderr.contains("the key that you are using now"), "{}", told.stderr);
    assert!(works(&cloud, &key) && !log.exists());
}

/// Runs the commands of these steps with AWS's own tool, one after the other in one shell.
fn run(plan: &Value, steps: &[&str], cloud: &Cloud, by: &Login, folder: &Path) -> Output {
    let all = plan["steps"].as_array().unwrap().iter().filter(|step| steps.contains(&step["name"].as_str().unwrap()));
    let lines = all.flat_map(|step| step["commands"].as_array().unwrap());
    let mut script = "set -eu\naws() { command \"$AWS_TOOL\" \"$@\"; }\n".to_owned();
    for line in lines {
        script.push_str(line.as_str().unwrap());
        script.push('\n');
    }
    let mut command = Command::new("bash");
    crate::support::clean(&mut command, folder);
    command.args(["-c", &script]).current_dir(folder).env("AWS_TOOL", crate::cloud::tools().join("awscli/bin/aws"));
    command.env("AWS_ACCESS_KEY_ID", &by.id).env("AWS_SECRET_ACCESS_KEY", &by.secret);
    command.env("AWS_DEFAULT_REGION", "us-east-1").env("AWS_ENDPOINT_URL", &cloud.endpoint).env("TMPDIR", folder);
    command.output().unwrap()
}

#[test]
#[ignore = "needs moto: tests/live/run.sh installs and runs it"]
fn the_commands_do_what_they_say() {
    let cloud = Cloud::moto();
    let (key, admin) = (cloud.user("jane"), cloud.admin(ACCOUNT, "aws").clone());
    let leak = Leak::of(&key);
    let folder = tempfile::tempdir().unwrap();
    let told = contain(&leak, &cloud, &admin, &folder.path().join("log"), &["--format", "json"]);
    assert_eq!(told.code, Some(0), "{}", told.stderr);
    assert!(!told.stdout.contains(&key.id) && !told.stdout.contains(&key.secret));
    let plan: Value = serde_json::from_str(&told.stdout).unwrap();
    let done = |steps: &[&str]| {
        let output = run(&plan, steps, &cloud, &admin, folder.path());
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{steps:?}: {said}");
        String::from_utf8(output.stdout).unwrap()
    };
    let said = done(&["identify"]);
    assert!(said.starts_with("20 AKIA\n") && said.contains(ACCOUNT) && !said.contains(&key.id), "{said}");
    done(&["identify", "deactivate"]);
    assert!(!works(&cloud, &key));
    done(&["identify", "end-sessions"]);
    let policy = cloud.as_admin(
        "iam",
        &[("Action", "GetUserPolicy"), ("UserName", "jane"), ("PolicyName", "AWSRevokeOlderSessions")],
    );
    assert!(policy.body.contains("TokenIssueTime"), "{}", policy.body);
    done(&["identify", "undo"]);
    assert!(works(&cloud, &key));
    let said = done(&["identify", "rotate"]);
    assert!(!said.contains("SecretAccessKey\":"), "{said}");
    done(&["identify", "delete"]);
    assert!(!works(&cloud, &key));
}
