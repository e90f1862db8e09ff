//! The process that scans a repository.

use keytrail::{
    audit::{Job, Runner},
    model::KnownBlobs,
};
use std::{fs, path::PathBuf, sync::atomic::AtomicBool, time::Duration};

fn job(folder: &tempfile::TempDir) -> Job {
    Job {
        path: PathBuf::from("/nowhere"),
        name: "none".to_owned(),
        folder: folder.path().to_path_buf(),
        id_width: 20,
        rules: Vec::new(),
        fingerprint_key: None,
        max_object_size: 1,
        max_decoded: None,
        allow_missing: false,
        memory: None,
    }
}

/// A shell in the place of the scanner, which does as `script` says in the job's folder.
fn run(script: &str, time: Duration) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let script = format!("cd '{}'; {script}", folder.path().display());
    let arguments = vec!["-c".into(), script.into()];
    let runner = Runner { program: "/bin/sh".into(), arguments, without: &["HOME"], time: Some(time) };
    let why = runner.run(&job(&folder), &KnownBlobs::default(), &AtomicBool::new(false)).unwrap_err();
    (folder, why)
}

#[test]
fn it_does_not_inherit_what_it_need_not_know() {
    let (folder, why) = run("env >seen; echo 'last words' >&2; exit 3", Duration::from_mins(1));
    let seen = fs::read_to_string(folder.path().join("seen")).unwrap();
    let has = |name: &str| seen.lines().any(|line| line.starts_with(name));
    assert!(has("PATH=") && !has("HOME="), "{seen}");
    assert_eq!(why, "last words");
}

#[test]
fn whatever_it_does_is_a_reason() {
    for (script, words) in [
        ("exit 0", "the scan ended with"),
        ("kill -9 $$", "the scan was ended by signal 9"),
        ("echo '{}' >report.jsonl; exit 1", "its report makes no sense"),
        ("echo '{\"type\":\"dropped\"}' >report.jsonl; exit 0", "its report has no end"),
        ("sleep 60", "it took longer than 1 s"),
    ] {
        let (_, why) = run(script, Duration::from_secs(1));
        assert!(why.contains(words), "{script}: {why}");
    }
}
