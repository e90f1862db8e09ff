//! `keytrail verify`: the findings of an earlier scan, asked for now.

use crate::{
    answers::{active, http, identity, unknown_key},
    cloud::ACCOUNT,
    leak::{Leak, made_up},
    program::Program,
    stub::{Answer, Stub},
};
use std::fs;

/// A scan's findings with their values.
fn revealed(leak: &Leak) -> String {
    // That nothing is revealed is not asked here.
    let open = Leak { repo: crate::support::Repo::new(), secrets: Vec::new() };
    let program =
        Program::new(&open).args(&["scan", "--format", "jsonl", "--reveal", "--explain", "--show-suppressed"]);
    let told = program.arg(leak.repo.path()).run();
    assert_eq!(told.code, Some(1), "{}", told.stderr);
    told.stdout
}

fn verify(leak: &Leak, file: &str, endpoint: &str) -> Program {
    verify_as("jsonl", leak, file, endpoint)
}

fn verify_as(format: &str, leak: &Leak, file: &str, endpoint: &str) -> Program {
    let program = Program::new(leak);
    let path = program.folder().join("findings.jsonl");
    fs::write(&path, file).unwrap();
    program.args(&["verify", "--format", format, "--sts-endpoint", endpoint]).arg(path)
}

#[test]
fn the_same_lines_come_back_with_a_verdict() {
    let leak = Leak::of_all(&[made_up(900, ACCOUNT), made_up(901, ACCOUNT)]);
    let file = revealed(&leak);
    let second = made_up(901, ACCOUNT).id;
    let stub = Stub::new(move |_, request| if request.key_id() == second { unknown_key() } else { active(ACCOUNT) });
    let told = verify(&leak, &file, &stub.url()).run();
    assert_eq!(told.code, Some(1), "{}", told.stderr);
    assert_eq!(told.verdict_in("0/credentials")["status"], "active");
    assert_eq!(told.verdict_in("1/credentials")["status"], "inactive");
    let before = file.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    let before: Vec<_> = before.filter(|line| line["type"] == "finding").collect();
    for finding in &told.findings {
        let same = before.iter().find(|one| one["fingerprint"] == finding["fingerprint"]).unwrap();
        for (name, value) in same.as_object().unwrap() {
            // Values are not given back, and what does not work is judged otherwise.
            let may_change = ["components", "severity", "advice", "evidence"].contains(&name.as_str());
            assert!(may_change || &finding[name] == value, "{name}: {value} was {}", finding[name]);
        }
    }
}

#[test]
fn what_comes_on_standard_input_is_taken_too() {
    let leak = Leak::made_up(902);
    let stub = Stub::new(|_, _| active(ACCOUNT));
    let program = Program::new(&leak).args(&["verify", "--format", "jsonl", "--sts-endpoint", &stub.url(), "-"]);
    let told = program.input(&revealed(&leak)).run();
    assert_eq!((told.code, told.status()), (Some(1), "active"), "{}", told.stderr);
}

#[test]
fn the_exit_code_tells_the_worst() {
    let leak = Leak::made_up(903);
    let file = revealed(&leak);
    let silent = Answer::Bytes(http("200 OK", "", "<html></html>"));
    for (answer, code, status) in
        [(active(ACCOUNT), 1, "active"), (unknown_key(), 0, "inactive"), (silent, 2, "unknown")]
    {
        let told = verify(&leak, &file, &Stub::always(answer).url()).run();
        assert_eq!((told.code, told.status()), (Some(code), status), "{}", told.stderr);
    }
}

#[test]
fn people_read_which_key_is_live_and_whose() {
    let leak = Leak::made_up(904);
    let stub = Stub::new(|_, _| active(ACCOUNT));
    let told = verify_as("text", &leak, &revealed(&leak), &stub.url()).run();
    for word in ["active", ACCOUNT, &format!("arn:aws:iam::{ACCOUNT}:user/jane"), "credentials"] {
        assert!(told.stdout.contains(word), "{word}: {}", told.stdout);
    }
    let told = Program::scan_as("text", &leak).asking(&stub.url()).run();
    for word in ["active", ACCOUNT, &format!("arn:aws:iam::{ACCOUNT}:user/jane")] {
        assert!(told.stdout.contains(word), "{word}: {}", told.stdout);
    }
}

/// Redacted findings hold nothing to ask with.
#[test]
fn redacted_findings_are_refused_and_nobody_is_asked() {
    let leak = Leak::made_up(905);
    let file = Program::scan(&leak).run().stdout;
    let stub = Stub::new(|_, _| active(ACCOUNT));
    let told = verify(&leak, &file, &stub.url()).run();
    assert_eq!((told.code, stub.connections()), (Some(2), 0), "{}", told.stdout);
    assert!(told.stderr.contains("findings.jsonl") && told.stderr.contains("--reveal"), "{}", told.stderr);
}

/// A revealed report shows a secret also where it is part of a name.
#[test]
fn what_was_revealed_is_hidden_again_wherever_it_stands() {
    let login = made_up(908, ACCOUNT);
    let leak = Leak::of(&login).and(&format!("backup of {}/credentials", login.secret), &login);
    leak.repo.git(&["branch", &format!("with-{}", login.secret)]);
    // And what is no finding has values, too: what is suppressed, and what was dropped.
    let (hushed, dropped) = (made_up(909, ACCOUNT), ["AKIAIOSFODNN7", "EXAMPLE"].concat());
    leak.repo.put("hushed", format!("{} {} # keytrail:allow\n", hushed.id, hushed.secret));
    leak.repo.put("example", format!("{dropped}\n"));
    let file = revealed(&leak);
    assert!(file.matches(login.secret.as_str()).count() > 1, "{file}");
    for (kind, value) in [("suppressed", &hushed.id), ("dropped", &dropped)] {
        let mut lines = file.lines().filter(|line| line.contains(&format!("{{\"type\":\"{kind}\"")));
        assert!(lines.any(|line| line.contains(value.as_str())), "no {kind} {value}: {file}");
    }
    let stub = Stub::new(|_, _| active(ACCOUNT));
    for format in ["jsonl", "text"] {
        // That the secret is nowhere is checked of every run.
        let told = verify_as(format, &leak, &file, &stub.url()).run();
        assert_eq!(told.code, Some(1), "{}", told.stderr);
        for id in [&login.id, &hushed.id, &dropped] {
            assert!(!told.stdout.contains(id.as_str()), "{id}: {}", told.stdout);
        }
    }
}

#[test]
fn what_is_no_file_of_findings_is_refused_by_its_line() {
    let leak = Leak::made_up(906);
    let file = revealed(&leak);
    let stub = Stub::new(|_, _| active(ACCOUNT));
    let broken = format!("{file}{{\"type\":\"finding\", \"components\": 7\n");
    let line = format!("{}", file.lines().count() + 1);
    for (text, words) in [(broken.as_str(), ["findings.jsonl", &line]), ("not JSON\n", ["findings.jsonl", "1"])] {
        let told = verify(&leak, text, &stub.url()).run();
        assert_eq!(told.code, Some(2), "{}", told.stdout);
        assert!(words.iter().all(|word| told.stderr.contains(word)), "{words:?}: {}", told.stderr);
    }
    let absent = Program::new(&leak).args(&["verify", "/nowhere/findings.jsonl"]).run();
    assert_eq!(absent.code, Some(2));
    assert!(absent.stderr.contains("/nowhere/findings.jsonl"), "{}", absent.stderr);
}

/// A verdict of yesterday is none of today's: it is asked again, and an answer that fails today does not keep the old one.
#[test]
fn an_old_verdict_is_not_kept() {
    let leak = Leak::made_up(907);
    let open = Leak { repo: crate::support::Repo::new(), secrets: Vec::new() };
    let stub = Stub::new(|_, _| unknown_key());
    let old = Program::new(&open).args(&["scan", "--format", "jsonl", "--reveal", "--verify", "--sts-endpoint"]);
    let old = old.arg(stub.url()).arg(leak.repo.path()).run();
    assert_eq!(old.status(), "inactive");
    let portal = Stub::always(Answer::Bytes(http("200 OK", "", "<html></html>")));
    let told = verify(&leak, &old.stdout, &portal.url()).run();
    assert_eq!((told.status(), told.code), ("unknown", Some(2)), "{}", told.stdout);
    let severity = &told.findings[0]["severity"];
    assert!(severity == "critical" || severity == "high", "{severity}");
    let now = Stub::always(Answer::Bytes(http("200 OK", "", &identity(ACCOUNT))));
    assert_eq!(verify(&leak, &old.stdout, &now.url()).run().status(), "active");
}
