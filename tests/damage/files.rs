//! Files that a user gives: rules, configuration, baseline, and the place for the report.

use super::fixture::{Repo, Run, clean};
use std::{fs, process::Command};

const RULE: &str = r#"
[[rule]]
id = "acme-key"
name = "Acme key"
kind = "access_key_id"
description = "A key"
severity = "high"
advice = "Revoke it"
examples = ["acme_0123"]

[[rule.pattern]]
name = "bare"
keywords = ["acme_"]
before = 8
after = 64
regex = '(?P<value>acme_[0-9]{4})'
confidence = "high"
"#;

#[test]
fn rules_that_cannot_be_used_are_refused_with_file_and_line() {
    let repo = Repo::leaky();
    let file = repo.root().parent().unwrap().join("own.toml");
    let rule = RULE;
    let changed = |from: &str, to: &str| {
        assert!(rule.contains(from), "{from}");
        rule.replace(from, to)
    };
    for (text, words) in [
        ("not toml at all".to_owned(), &["own.toml:1"][..]),
        (changed("advice", "advise"), &["own.toml:8", "advise"]),
        (changed("[0-9]{4})'", "[0-9'"), &["own.toml:16", "acme-key", "regex", "unclosed"]),
        (changed("{4}", "{4,5000}{4,5000}"), &["own.toml:16", "acme-key", "regex", "size"]),
        (changed("acme_[0-9]{4}", "(acme_)?[0-9]*"), &["own.toml:16", "matches nothing at all"]),
        (format!("{rule}{rule}"), &["own.toml:20", "acme-key", "the id is taken by the rule at", "own.toml:3"]),
        (changed("\"acme_\"", "\"\""), &["own.toml:13", "keyword", "shorter than three bytes"]),
        (changed("acme-key", "Acme Key"), &["own.toml:3", "lower-case"]),
        (changed("severity = \"high\"", "severity = \"dire\""), &["own.toml:7", "dire"]),
    ] {
        fs::write(&file, &text).unwrap();
        for command in
            [["scan", "--rules", "own.toml"], ["rules", "check", "own.toml"], ["rules", "list", "--rules=own.toml"]]
        {
            let folder = repo.root().parent().unwrap().to_owned();
            let mut program = clean(Command::new(env!("CARGO_BIN_EXE_keytrail")), &folder);
            Run::of(program.args(command).current_dir(folder)).refuses(words);
        }
    }
    fs::write(&file, [0xff, 0xfe, 0x00]).unwrap();
    Run::of(repo.keytrail().args(["--rules", "own.toml"])).refuses(&["own.toml", "UTF-8"]);
    fs::write(&file, rule).unwrap();
    assert_eq!(Run::of(repo.keytrail().args(["--rules", "own.toml"])).code, Some(1));
}

#[test]
fn a_configuration_or_baseline_that_cannot_be_used_is_refused_with_file_and_line() {
    let repo = Repo::leaky();
    let file = repo.root().parent().unwrap().join("own");
    for (option, text, words) in [
        ("--config", "[[allow]\n", &["own:1"][..]),
        ("--config", "\n[[allow]]\npath = ['x']\nreason = 'r'\n", &["own:3", "path"]),
        ("--config", "[[allow]]\npaths = ['a[']\nreason = 'r'\n", &["own:1", "a["]),
        ("--config", "[[allow]]\nrules = ['x']\nreason = 'r'\nexpires = 'soon'\n", &["own:", "expires"]),
        ("--baseline", "", &["own"]),
        ("--baseline", "{\"version\": 99, \"tool\": \"keytrail\"}", &["own", "99"]),
        ("--baseline", "{\"version\": 1, \"tool\": \"keytrail\",\n \"components\": [{}]}", &["own:2", "fingerprint"]),
    ] {
        fs::write(&file, text).unwrap();
        Run::of(repo.keytrail().args([option, "own"])).refuses(words);
    }
    repo.write(".keytrail.toml", "nonsense");
    repo.scan().refuses(&[".keytrail.toml:1", "--no-config"]);
    for option in ["--config", "--baseline", "--rules", "--fingerprint-key"] {
        Run::of(repo.keytrail().args(["--no-inline-allow", option, "absent"])).refuses(&["absent", "No such file"]);
        Run::of(repo.keytrail().args(["--no-inline-allow", option, "home"])).refuses(&["home", "directory"]);
    }
}

#[test]
fn an_output_that_cannot_be_written_is_refused_with_its_name() {
    let repo = Repo::leaky();
    for (path, words) in [
        ("absent/report", &["cannot write absent/report: ", "\nhint: "][..]),
        ("home", &["cannot write home: ", "directory", "\nhint: "]),
        ("repo/file0.txt/report", &["cannot write repo/file0.txt/report: "]),
    ] {
        Run::of(repo.keytrail().args(["--output", path])).refuses(words);
    }
    fs::write(repo.root().parent().unwrap().join("report"), "old").unwrap();
    let run = Run::of(repo.keytrail().args(["--output", "report"]));
    assert_eq!((run.code, run.stdout.as_str()), (Some(1), ""), "{}", run.stderr);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_device_is_an_error_and_not_a_clean_scan() {
    let repo = Repo::leaky();
    Run::of(repo.keytrail().args(["--output", "/dev/full"])).refuses(&["cannot write /dev/full: ", "space"]);
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    Run::of(repo.keytrail().stdout(full)).refuses(&["cannot write to standard output: ", "space"]);
}
