//! The command line as a user meets it, without any repository to scan.

#![allow(clippy::unwrap_used, reason = "a test may panic, its helpers too")]

use assert_cmd::Command;
use std::path::Path;

fn keytrail(arguments: &[&str]) -> std::process::Output {
    keytrail_in(Path::new("."), arguments)
}

fn keytrail_in(folder: &Path, arguments: &[&str]) -> std::process::Output {
    let mut command = Command::cargo_bin("keytrail").unwrap();
    command.current_dir(folder).args(arguments).env("COLUMNS", "100").env_remove("NO_COLOR").output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn help_names_every_command_and_the_exit_codes() {
    let output = keytrail(&["--help"]);
    assert_eq!(output.status.code(), Some(0));
    let help = text(&output.stdout);
    for word in ["scan", "baseline", "policy", "rules", "hook", "completions", "Exit codes:", "Examples:"] {
        assert!(help.contains(word), "{word} is not in\n{help}");
    }
    let help = text(&keytrail(&["scan", "--help"]).stdout);
    for option in ["--format", "--reveal", "--allow-missing", "--max-object-size", "--no-inline-allow", "Exit codes:"] {
        assert!(help.contains(option), "{option} is not in\n{help}");
    }
}

#[test]
fn usage_errors_exit_2_and_leave_standard_output_alone() {
    for arguments in [
        &[][..],
        &["scan", "--no-such-option"],
        &["scan", "--format", "xml"],
        &["scan", "--max-object-size", "many"],
        &["scan", "--jobs", "0"],
        &["scan", "--exit-code", "256"],
        &["scan", "--also", "sarif"],
        &["scan", "--also", "sarif=-"],
        &["hook", "pre-commit", "--range", "HEAD"],
        &["scan", "--config", "x", "--no-config"],
        &["rules", "explain"],
        &["completions", "smoke-signals"],
    ] {
        let output = keytrail(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(output.stdout.is_empty(), "{arguments:?}");
        assert!(!output.stderr.is_empty(), "{arguments:?}");
    }
}

#[test]
fn completions_are_written_for_each_shell() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let output = keytrail(&["completions", shell]);
        assert_eq!(output.status.code(), Some(0), "{shell}");
        assert!(text(&output.stdout).contains("keytrail"), "{shell}");
    }
}

#[test]
fn what_cannot_be_written_is_named_before_the_scan() {
    for command in ["scan", "baseline"] {
        let output = keytrail(&[command, "--output", "no/such/folder/file", "no-such-repository"]);
        assert_eq!(output.status.code(), Some(2));
        let errors = text(&output.stderr);
        assert!(errors.starts_with("keytrail: error: cannot write no/such/folder/file: "), "{errors}");
        assert!(errors.contains("\nhint: ") && !errors.contains("no-such-repository"), "{errors}");
    }
}

#[test]
fn files_that_steer_a_scan_are_checked_first_and_named() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("bad.toml"), "[[allow]]\nrules = ['a']\n").unwrap();
    std::fs::write(folder.path().join("bad.json"), "{}").unwrap();
    std::fs::write(folder.path().join("key"), "short").unwrap();
    for (option, file, wanted) in [
        ("--config", "absent.toml", "cannot read absent.toml: "),
        ("--config", "bad.toml", "bad.toml:1: allow entry 1: `reason` is missing"),
        ("--baseline", "absent.json", "cannot read absent.json: "),
        ("--baseline", "bad.json", "bad.json:1: not a keytrail baseline"),
        ("--fingerprint-key", "key", "key: a fingerprint key needs 16 bytes"),
        ("--rules", "absent.toml", "absent.toml"),
    ] {
        let output = keytrail_in(folder.path(), &["scan", option, file]);
        assert_eq!(output.status.code(), Some(2), "{option} {file}");
        let errors = text(&output.stderr);
        assert!(errors.starts_with("keytrail: error: ") && errors.contains(wanted), "{errors}");
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn a_repository_that_is_not_there_is_an_error_and_no_report_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let output = keytrail_in(folder.path(), &["scan", "absent", "--output", "report"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("absent"));
    assert!(!folder.path().join("report").exists());
}

#[test]
fn a_failed_clone_shows_the_url_without_its_password() {
    let password = ["hun", "ter2"].concat();
    let url = format!("https://user:{password}@localhost:1/none.git");
    let output = keytrail(&["scan", &url]);
    assert_eq!(output.status.code(), Some(2));
    let errors = text(&output.stderr);
    assert!(errors.contains("https://localhost:1/none.git") && !errors.contains(&password), "{errors}");
}

#[test]
fn rules_are_listed_and_checked_and_an_unknown_one_is_an_error() {
    assert_eq!(keytrail(&["rules", "list"]).status.code(), Some(0));
    assert_eq!(keytrail(&["rules", "check"]).status.code(), Some(0));
    let output = keytrail(&["rules", "explain", "no-such-rule"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("there is no rule 'no-such-rule'\nhint: "));
}
