//! What is read: files, folders as git sees them, bare repositories.

use crate::{WRONG, policy, support::Repo};
use std::fs;

fn wrong(path: &str) -> Vec<(String, u64, String)> {
    vec![(path.to_owned(), 3, "effect".to_owned())]
}

#[test]
fn a_folder_is_read_as_git_sees_it_and_paths_count_from_the_root() {
    let repo = Repo::new();
    let write = |path: &str, text: &str| {
        let path = repo.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write(".gitignore", "ignored/\n");
    write("infra/p.json", WRONG);
    write("other/p.json", WRONG);
    write("ignored/p.json", WRONG);
    write("ignored/tracked.json", WRONG);
    repo.git(&["add", "-f", "ignored/tracked.json"]);
    let run = policy(repo.path(), &["-f", "jsonl"]);
    let expected = [wrong("ignored/tracked.json"), wrong("infra/p.json"), wrong("other/p.json")].concat();
    assert_eq!(run.issues(), expected);
    let run = policy(repo.path(), &["-f", "jsonl", "infra", "infra/p.json"]);
    assert_eq!(run.issues(), wrong("infra/p.json"));
    let run = policy(&repo.path().join("infra"), &["-f", "jsonl"]);
    assert_eq!(run.issues(), wrong("infra/p.json"));
}

#[test]
fn of_a_bare_repository_the_commit_at_head_is_read() {
    let repo = Repo::new();
    fs::create_dir_all(repo.path().join("infra")).unwrap();
    fs::write(repo.path().join("infra/p.json"), WRONG).unwrap();
    repo.git(&["add", "."]);
    repo.git(&["commit", "-qm", "a policy"]);
    let bare = repo.beside("bare.git");
    repo.git(&["clone", "-q", "--bare", ".", bare.to_str().unwrap()]);
    let run = policy(repo.path(), &["-f", "jsonl", bare.to_str().unwrap()]);
    assert_eq!((run.issues(), run.code), (wrong("infra/p.json"), 1));
    // So a copy without its configuration is still one.
    fs::remove_file(bare.join("config")).unwrap();
    let run = policy(repo.path(), &["-f", "jsonl", bare.to_str().unwrap()]);
    assert_eq!((run.issues(), run.code), (wrong("infra/p.json"), 1));
    let empty = repo.beside("empty.git");
    repo.git(&["init", "-q", "--bare", empty.to_str().unwrap()]);
    let run = policy(repo.path(), &["-f", "jsonl", empty.to_str().unwrap()]);
    assert_eq!((run.issues(), run.code), (Vec::new(), 0));
}

#[test]
fn what_is_not_there_or_no_template_is_an_error_that_names_it() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("notes.md"), "# Statement").unwrap();
    for path in ["absent", "notes.md"] {
        let run = policy(folder.path(), &[path]);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{path}");
        assert!(run.stderr.contains(path), "{}", run.stderr);
    }
}

#[test]
fn a_comment_allows_what_stands_on_its_line_and_is_counted() {
    let folder = tempfile::tempdir().unwrap();
    let wrong = "- Effect: Alow  # keytrail:allow it is a joke\n  Action: s3:GetObject\n  Resource: arn:aws:s3:::b/*\n";
    fs::write(folder.path().join("p.yaml"), wrong).unwrap();
    let run = policy(folder.path(), &["-f", "jsonl"]);
    assert_eq!((run.code, run.issues()), (0, Vec::new()));
    assert_eq!(run.summary()["allowed"], 1);
    let text = policy(folder.path(), &[]).stdout;
    assert!(text.contains("1 issue by comments"), "{text}");
}

#[test]
fn the_exit_code_of_issues_can_be_another_and_an_output_appears_whole() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("p.json"), WRONG).unwrap();
    let run = policy(folder.path(), &["--exit-code", "0", "-f", "sarif", "-o", "out.sarif"]);
    assert_eq!((run.code, run.stdout.as_str()), (0, ""));
    assert!(run.stderr.contains("1 issue written to out.sarif"), "{}", run.stderr);
    assert!(fs::read_to_string(folder.path().join("out.sarif")).unwrap().contains("\"effect\""));
    assert_eq!(policy(folder.path(), &["--exit-code", "7"]).code, 7);
}
