//! Stores that do not hold everything: the scan says so, and never passes for clean.

use crate::sample::{expected, found, sample};
use crate::support::{Keys, Outcome, Repo, Scan, values_of};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// A repository without a single key, that serves partial clones.
fn harmless() -> Repo {
    let repo = Repo::new();
    for n in 0..5 {
        repo.put("dir/file", format!("version {n}\n"));
    }
    repo.git(&["config", "uploadpack.allowFilter", "true"]);
    repo
}

fn clone(repo: &Repo, options: &[&str]) -> PathBuf {
    let at = repo.beside(&format!("clone{}", options.join("")));
    let url = repo.url();
    repo.git(&[&["clone", "-q"], options, &[&url, at.to_str().unwrap()]].concat());
    at
}

/// Exits 2 and names a gap of this kind; accepts it when told to, and then findings alone decide.
#[track_caller]
fn names(at: &Path, kind: &str, accepted_code: i32) -> Outcome {
    let outcome = Scan::of(at).run();
    assert_eq!((outcome.code, outcome.gap_kinds()), (2, vec![kind.to_owned()]), "{}", outcome.stderr);
    assert_eq!(outcome.summary["complete"], false);
    assert!(outcome.stderr.contains(kind), "{}", outcome.stderr);
    let accepted = Scan::of(at).arg("--allow-missing").run();
    assert_eq!((accepted.code, accepted.gaps()), (accepted_code, vec![]), "{}", accepted.stderr);
    assert_eq!(accepted.accepted_gaps(), outcome.gaps());
    assert_eq!(accepted.fingerprints(), outcome.fingerprints(), "findings are written either way");
    outcome
}

#[test]
fn a_shallow_clone_names_its_boundary() {
    let repo = harmless();
    let at = clone(&repo, &["--depth=2"]);
    let outcome = names(&at, "shallow_boundary", 0);
    let boundary = repo.git(&["rev-parse", "HEAD~1"]);
    assert_eq!(outcome.gaps(), [("shallow_boundary".to_owned(), boundary)]);
}

#[test]
fn a_shallow_clone_with_findings_exits_1_once_the_boundary_is_accepted() {
    let repo = sample();
    let at = clone(&repo, &["--depth=3"]);
    let outcome = names(&at, "shallow_boundary", 1);
    assert!(!outcome.findings.is_empty());
    let whole: BTreeSet<&String> = expected().values().flat_map(|(values, _)| values).collect();
    assert!(outcome.findings.iter().flat_map(values_of).all(|value| whole.contains(&value)));
}

#[test]
fn a_partial_clone_without_blobs_names_each_that_it_lacks() {
    let repo = harmless();
    let at = clone(&repo, &["--filter=blob:none", "--no-checkout"]);
    let outcome = names(&at, "missing_object", 0);
    let mut missing: Vec<(String, String)> = repo
        .git_in(&at, &["rev-list", "--objects", "--all", "--missing=print"])
        .lines()
        .filter_map(|line| Some(("missing_object".to_owned(), line.strip_prefix('?')?.to_owned())))
        .collect();
    missing.sort();
    assert_eq!((outcome.gaps(), missing.len()), (missing, 5));
}

#[test]
fn a_partial_clone_without_trees_names_the_trees() {
    let repo = harmless();
    let at = clone(&repo, &["--filter=tree:0", "--no-checkout"]);
    let outcome = names(&at, "missing_object", 0);
    let mut trees: Vec<String> = repo.git(&["log", "--format=%T"]).lines().map(str::to_owned).collect();
    trees.sort();
    assert_eq!(outcome.gaps().into_iter().map(|(_, subject)| subject).collect::<Vec<_>>(), trees);
}

#[test]
fn a_partial_clone_with_findings_reports_them_all_the_same() {
    let repo = sample();
    repo.git(&["config", "uploadpack.allowFilter", "true"]);
    let at = clone(&repo, &["--filter=blob:limit=1k"]);
    let outcome = names(&at, "missing_object", 1);
    assert!(!found(&outcome).is_empty());
}

#[test]
fn a_lost_blob_is_named_and_what_is_there_is_found() {
    let value = Keys::new(5).id();
    let repo = Repo::new();
    repo.put("key", format!("key = {value}\n"));
    repo.put("lost", "lost\n");
    let lost = repo.git(&["rev-parse", "HEAD:lost"]);
    std::fs::remove_file(repo.objects().join(&lost[..2]).join(&lost[2..])).unwrap();
    let outcome = names(repo.path(), "missing_object", 1);
    assert_eq!(outcome.gaps()[0].1, lost);
    outcome.finding(&value);
}

#[test]
fn a_lost_parent_is_named() {
    let repo = harmless();
    let lost = repo.git(&["rev-parse", "HEAD~2"]);
    std::fs::remove_file(repo.objects().join(&lost[..2]).join(&lost[2..])).unwrap();
    let outcome = names(repo.path(), "missing_object", 0);
    assert!(outcome.gaps().iter().any(|(_, subject)| *subject == lost));
}

#[test]
fn what_only_lost_commits_name_is_not_missed() {
    let repo = harmless();
    repo.put("draft", "draft\n");
    let blob = repo.git(&["rev-parse", "HEAD:draft"]);
    repo.git(&["reset", "-q", "--hard", "HEAD~1"]);
    std::fs::remove_file(repo.objects().join(&blob[..2]).join(&blob[2..])).unwrap();
    let outcome = Scan::of(repo.path()).run();
    assert_eq!((outcome.code, outcome.gaps()), (0, vec![]));
}

#[test]
fn unreachable_values_are_told_as_such_and_left_out_on_request() {
    let repo = sample();
    let outcome = Scan::of(repo.path()).run();
    let reachable = repo.git(&["rev-list", "--objects", "--all", "--no-object-names"]);
    let reachable: BTreeSet<&str> = reachable.lines().collect();
    let mut unreachable = 0;
    for finding in &outcome.findings {
        for occurrence in finding["occurrences"].as_array().unwrap() {
            let blob = occurrence["blob"].as_str().unwrap();
            if occurrence["blobs"] == 1 {
                assert_eq!(occurrence["reachable"] == true, reachable.contains(blob), "{blob}");
            }
        }
        unreachable += usize::from(finding["reachable"] == false);
    }
    assert_eq!(unreachable, 1);
    let left = Scan::of(repo.path()).arg("--reachable-only").run();
    assert_eq!((left.code, found(&left)), (1, crate::sample::expected_reachable()));
}

#[test]
fn a_damaged_loose_object_is_named_and_the_rest_is_read() {
    let repo = sample();
    let blob = repo.git(&["rev-parse", "main:deep/er/still/file"]);
    let path = repo.objects().join(&blob[..2]).join(&blob[2..]);
    for damage in [&b""[..], b"not zlib", &std::fs::read(&path).unwrap()[..12]] {
        std::fs::remove_file(&path).unwrap();
        std::fs::write(&path, damage).unwrap();
        let outcome = Scan::of(repo.path()).arg("--allow-missing").run();
        assert_eq!((outcome.code, outcome.gaps()), (2, vec![("corrupt_object".to_owned(), blob.clone())]));
        assert_eq!(found(&outcome), *expected());
    }
}

#[test]
fn a_damaged_pack_is_named_and_what_can_be_read_is_found() {
    let repo = sample();
    repo.git(&["repack", "-q", "-a", "-d"]);
    let pack = repo.packs().remove(0);
    let bytes = std::fs::read(&pack).unwrap();
    let mut permissions = std::fs::metadata(&pack).unwrap().permissions();
    #[allow(clippy::permissions_set_readonly_false, reason = "a temporary file")]
    permissions.set_readonly(false);
    std::fs::set_permissions(&pack, permissions).unwrap();
    for place in (200..bytes.len() - 40).step_by(bytes.len() / 12) {
        let mut damaged = bytes.clone();
        damaged[place..place + 8].copy_from_slice(&[0xff; 8]);
        std::fs::write(&pack, damaged).unwrap();
        let outcome = Scan::of(repo.path()).run();
        assert_eq!(outcome.code, 2, "{place}");
        assert!(!outcome.gaps().is_empty() && outcome.summary["complete"] == false);
    }
    std::fs::write(&pack, &bytes[..bytes.len() / 2]).unwrap();
    let outcome = Scan::of(repo.path()).run();
    assert_eq!((outcome.code, outcome.summary["complete"].as_bool()), (2, Some(false)));
    std::fs::write(&pack, &bytes).unwrap();
    std::fs::write(pack.with_extension("idx"), b"not an index").unwrap();
    let outcome = Scan::of(repo.path()).run();
    assert_eq!(outcome.code, 2);
    assert!(outcome.gap_kinds().contains(&"unreadable_store".to_owned()), "{:?}", outcome.gap_kinds());
}
