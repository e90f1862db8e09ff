//! Exit codes, determinism, redaction, targets.

use crate::support::{Keys, Repo, Scan, values_of};
use std::{ffi::OsStr, path::Path};

/// A pair in a file and a lone id in another, some harmless history around.
fn leaky(seed: u64) -> (Repo, [String; 3]) {
    let mut keys = Keys::new(seed);
    let values = [keys.id(), keys.secret(), keys.id()];
    let repo = Repo::new();
    repo.put("readme", "x\n");
    repo.put("config", format!("aws_access_key_id = {}\naws_secret_access_key = {}\n", values[0], values[1]));
    repo.put("deep/other", format!("id: {}\n", values[2]));
    repo.put("readme", "y\n");
    (repo, values)
}

#[test]
fn exit_0_says_clean_and_1_says_findings_unless_another_number_is_asked_for() {
    let clean = Repo::new();
    clean.put("readme", "x\n");
    let outcome = Scan::of(clean.path()).run();
    assert_eq!((outcome.code, outcome.findings.len()), (0, 0));
    assert_eq!(outcome.summary["complete"], true);
    let (repo, values) = leaky(1);
    let outcome = Scan::of(repo.path()).run();
    assert_eq!((outcome.code, outcome.findings.len()), (1, 2));
    assert_eq!(values_of(outcome.finding(&values[0])), values[..2]);
    assert_eq!(Scan::of(repo.path()).args(&["--exit-code", "0"]).run().code, 0);
    assert_eq!(Scan::of(repo.path()).args(&["--exit-code", "9"]).run().code, 9);
}

#[test]
fn what_was_not_read_wins_over_findings_and_they_are_written_all_the_same() {
    let (repo, values) = leaky(2);
    let whole = Scan::of(repo.path()).run();
    let lost = repo.git(&["rev-parse", "HEAD:readme"]);
    std::fs::remove_file(repo.objects().join(&lost[..2]).join(&lost[2..])).unwrap();
    for more in [&[][..], &["--exit-code", "0"], &["--exit-code", "9"]] {
        let outcome = Scan::of(repo.path()).args(more).run();
        assert_eq!((outcome.code, outcome.fingerprints()), (2, whole.fingerprints()));
        assert_eq!(outcome.summary["complete"], false);
    }
    for format in ["text", "sarif"] {
        let outcome = Scan::bare().args(&["scan", "--format", format]).arg(repo.path()).run();
        let text = String::from_utf8(outcome.stdout).unwrap();
        assert_eq!(outcome.code, 2);
        assert!(text.contains(&lost) && text.contains("config") && !text.contains(&values[1]), "{text:.3000}");
        assert!(!text.contains("Clean and fully covered"));
    }
}

#[test]
fn one_repository_that_fails_leaves_the_others_reported_and_the_code_2() {
    let (one, _) = leaky(3);
    let (two, _) = leaky(4);
    let both = Scan::of_all(&[one.path().as_os_str(), two.path().as_os_str()]).run();
    assert_eq!((both.code, both.findings.len()), (1, 4));
    let names: Vec<_> = both.findings.iter().map(|finding| finding["repository"].as_str().unwrap()).collect();
    let [first, second] = [&one, &two].map(|repo| repo.path().to_str().unwrap());
    assert_eq!(names, [first, first, second, second]);
    assert_eq!(both.summary["repositories"].as_array().unwrap().len(), 2);
    let failing = Scan::of_all(&[one.path().as_os_str(), OsStr::new("no-such-place"), two.path().as_os_str()]).run();
    assert_eq!((failing.code, failing.fingerprints()), (2, both.fingerprints()));
    assert!(failing.stderr.contains("no-such-place"), "{}", failing.stderr);
}

#[test]
fn a_url_is_scanned_like_the_repository_it_names() {
    let (repo, values) = leaky(5);
    let from_url = Scan::of(repo.url()).run();
    assert_eq!(from_url.code, 1, "{}", from_url.stderr);
    assert_eq!(from_url.fingerprints(), Scan::of(repo.path()).run().fingerprints());
    assert_eq!(from_url.finding(&values[0])["repository"], repo.url().as_str());
    let absent = Scan::of(format!("{}/absent", repo.url())).run();
    assert_eq!((absent.code, absent.gap_kinds()), (2, vec!["not_opened".to_owned()]));
}

#[test]
fn where_history_is_asked_for_what_is_no_repository_is_named() {
    let folder = tempfile::tempdir().unwrap();
    for option in ["--staged", "--worktree", "--range=HEAD", "--since=yesterday"] {
        let outcome = Scan::of(folder.path()).arg(option).run();
        assert_eq!((outcome.code, outcome.gap_kinds()), (2, vec!["not_opened".to_owned()]), "{option}");
        assert_eq!(outcome.summary["complete"], false);
        let said = &outcome.stderr;
        assert!(said.contains("not a git repository") && said.contains("hint: "), "{said}");
    }
}

#[test]
fn the_same_input_gives_the_same_bytes_however_many_threads_and_however_it_is_packed() {
    let (repo, _) = leaky(6);
    let mut keys = Keys::new(66);
    for n in 0..20 {
        repo.put(&format!("many/{}", n % 4), format!("{}\n{}\n{}\n", keys.filler(), keys.id(), keys.filler()));
    }
    for format in ["text", "jsonl", "sarif", "gitlab", "github"] {
        let run = |jobs: &str| {
            let scan = Scan::bare().args(&["scan", "--explain", "--format", format, "--jobs", jobs]);
            let written = String::from_utf8(scan.arg(repo.path()).run().stdout).unwrap();
            // GitLab demands the times of the scan, and nothing else of a report may depend on them.
            written.lines().filter(|line| !line.contains("_time\": \"")).map(str::to_owned).collect::<Vec<_>>()
        };
        let once = run("1");
        assert!(!once.is_empty() && once == run("1") && once == run("2") && once == run("4"), "{format}");
    }
    let before = Scan::of(repo.path()).run();
    repo.git(&["gc", "-q", "--prune=now"]);
    assert!(repo.loose() == 0);
    let after = Scan::of(repo.path()).run();
    assert_eq!((before.code, before.findings), (1, after.findings));
}

#[test]
fn no_value_is_shown_without_reveal_in_any_format_or_on_standard_error() {
    let mut keys = Keys::new(7);
    let (id, secret, token) = (keys.temporary_id(), keys.secret(), keys.token(300));
    let (in_path, in_author, in_branch, in_message) = (keys.id(), keys.id(), keys.id(), keys.id());
    let repo = Repo::new();
    let config = format!("AWS_ACCESS_KEY_ID={id}\nAWS_SECRET_ACCESS_KEY={secret}\nAWS_SESSION_TOKEN={token}\n");
    repo.put("env", config);
    repo.put(&format!("keys/{in_path}.txt"), format!("{in_path}\n"));
    repo.branch(&format!("rotate-{in_branch}"));
    repo.write("note", format!("{in_branch}\n"));
    repo.git(&["add", "-A"]);
    let author = [("GIT_AUTHOR_NAME", in_author.as_str()), ("GIT_AUTHOR_EMAIL", in_author.as_str())];
    repo.git_with_env(&["commit", "-q", "-m", &format!("drop {in_message}")], &author);
    let values = [&id, &secret, &token, &in_path, &in_author, &in_branch, &in_message];
    for format in ["text", "jsonl", "sarif", "gitlab", "github"] {
        let scan = || Scan::bare().args(&["scan", "--explain", "--show-suppressed", "--format", format]);
        let outcome = scan().arg(repo.path()).run();
        assert_eq!(outcome.code, 1, "{}", outcome.stderr);
        let shown = String::from_utf8(outcome.stdout).unwrap() + &outcome.stderr;
        for value in values {
            assert!(!shown.contains(value.as_str()), "{format}");
            assert!(!shown.to_lowercase().contains(&value.to_lowercase()), "{format}");
        }
        assert!(shown.contains("AKIA…(20)") && shown.contains("ASIA…(20)"), "{format}: {shown:.3000}");
        let revealed = scan().arg("--reveal").arg(repo.path()).run();
        let revealed = String::from_utf8(revealed.stdout).unwrap();
        assert!(values.iter().all(|value| revealed.contains(value.as_str())), "{format}");
    }
    let outcome = Scan::of(repo.path()).run();
    assert_eq!(outcome.findings.len(), 5, "each value once, the three of one credential together");
}

#[cfg(unix)]
#[test]
fn a_report_in_a_file_is_for_its_owner_alone_and_is_what_standard_output_would_be() {
    use std::os::unix::fs::PermissionsExt;
    let (repo, _) = leaky(8);
    let report = repo.beside("report");
    std::fs::write(&report, "older").unwrap();
    std::fs::set_permissions(&report, std::fs::Permissions::from_mode(0o644)).unwrap();
    let written = Scan::of(repo.path()).arg("--output").arg(&report).run();
    assert_eq!((written.code, written.stdout.len()), (1, 0));
    assert_eq!(std::fs::metadata(&report).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(std::fs::read(&report).unwrap(), Scan::of(repo.path()).run().stdout);
    assert!(written.stderr.contains("2 findings"), "{}", written.stderr);
    let quiet = Scan::of(repo.path()).args(&["--quiet", "--output"]).arg(&report).run();
    assert_eq!((quiet.code, quiet.stderr.as_str()), (1, ""));
}

#[test]
fn one_scan_is_written_in_several_formats() {
    let (repo, _) = leaky(11);
    let files = ["sarif", "text", "gitlab", "github"].map(|format| (format, repo.beside(format)));
    let mut scan = Scan::of(repo.path());
    for (format, file) in &files {
        scan = scan.arg("--also").arg(format!("{format}={}", file.display()));
    }
    let all = scan.run();
    assert_eq!((all.code, all.findings.len()), (1, 2));
    for (format, file) in &files {
        let written = std::fs::read(file).unwrap();
        if *format != "gitlab" {
            let alone = Scan::bare().args(&["scan", "--reveal", "--format", format]).arg(repo.path()).run();
            assert!(written == alone.stdout, "{format}");
        }
        assert!(!written.is_empty() && all.stderr.contains(&file.display().to_string()), "{}", all.stderr);
    }
    let nowhere = Scan::of(repo.path()).args(&["--also", "sarif=no/such/folder/file"]).run();
    assert!(nowhere.code == 2 && nowhere.stdout.is_empty(), "{}", nowhere.stderr);
}

#[test]
fn a_report_for_gitlab_has_the_times_of_the_scan_and_one_repository() {
    let (repo, _) = leaky(12);
    let gitlab = |targets: &[&Path]| {
        let mut scan = Scan::bare().args(&["scan", "--format", "gitlab"]);
        for target in targets {
            scan = scan.arg(target);
        }
        scan.run()
    };
    let before = jiff::Timestamp::now().as_second();
    let outcome = gitlab(&[repo.path()]);
    let report: serde_json::Value = serde_json::from_slice(&outcome.stdout).unwrap();
    let time = |field: &str| {
        let text = report["scan"][field].as_str().unwrap();
        format!("{text}Z").parse::<jiff::Timestamp>().unwrap().as_second()
    };
    let after = jiff::Timestamp::now().as_second();
    assert!(before <= time("start_time") && time("start_time") <= time("end_time") && time("end_time") <= after);
    let two = gitlab(&[repo.path(), repo.path()]);
    assert!(two.code == 2 && two.stdout.is_empty() && two.stderr.contains("one repository"), "{}", two.stderr);
    // What could not be opened is a report, too: of a failure.
    let absent = gitlab(&[&repo.beside("absent")]);
    let report: serde_json::Value = serde_json::from_slice(&absent.stdout).unwrap();
    assert_eq!((absent.code, &report["scan"]["status"]), (2, &"failure".into()));
}

#[test]
fn the_account_is_decoded_from_the_id() {
    let mut keys = Keys::new(9);
    let accounts = [7_912_345_678, 581_039_954_779, 999_999_999_999_u64];
    let ids = accounts.map(|account| keys.id_of(account));
    let repo = Repo::new();
    repo.put("ids", ids.join("\n"));
    let outcome = Scan::of(repo.path()).run();
    for (id, account) in ids.iter().zip(accounts) {
        assert_eq!(outcome.finding(id)["account_id"], format!("{account:012}").as_str());
        assert_eq!(outcome.finding(id)["lifetime"], "long_lived");
    }
}

#[test]
fn explain_lists_what_was_dropped_with_the_reason() {
    let documented = ["AKIAIOSFO", "DNN7EXAMPLE"].concat();
    let (repo, _) = leaky(10);
    repo.put("doc", format!("for example {documented}\n"));
    let quiet = Scan::of(repo.path()).run();
    assert!(quiet.dropped.is_empty() && !quiet.summary["drops"].as_array().unwrap().is_empty());
    let outcome = Scan::of(repo.path()).arg("--explain").run();
    assert_eq!(outcome.findings, quiet.findings);
    let dropped = outcome.dropped.iter().find(|dropped| dropped["value"] == documented.as_str()).unwrap();
    assert_eq!((&dropped["path"], &dropped["line"], &dropped["objects"]), (&"doc".into(), &1.into(), &1.into()));
    assert!(!dropped["detail"].as_str().unwrap().is_empty() && dropped["rule_id"] == "aws-access-key-id");
}
