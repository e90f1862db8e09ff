//! Repositories of other formats: SHA-256 ids, refs in tables.

use crate::sample::{build, expected, found, reads_all};
use crate::support::{Repo, Scan, git_knows_tables};

#[test]
fn sha256_loose_and_packed_with_both_kinds_of_deltas() {
    let repo = build(&["--object-format=sha256"]);
    assert_eq!(repo.head().len(), 64);
    let outcome = reads_all(&repo, repo.path(), expected());
    assert_eq!(outcome.summary["repositories"][0]["head"], repo.head().as_str());
    let introduced = outcome.findings[0]["introduced"]["commit"].as_str().unwrap();
    assert_eq!(repo.git(&["cat-file", "-t", introduced]), "commit");
    repo.git(&["repack", "-q", "-a", "-d"]);
    reads_all(&repo, repo.path(), expected());
    repo.git(&["-c", "repack.useDeltaBaseOffset=false", "repack", "-q", "-a", "-d", "-f"]);
    reads_all(&repo, repo.path(), expected());
}

/// A repository with its refs in tables, if this git can make one.
fn reftable() -> Option<Repo> {
    git_knows_tables().then(|| build(&["--ref-format=reftable"]))
}

#[test]
fn refs_in_tables_are_followed_like_refs_in_files() {
    let Some(repo) = reftable() else { return };
    let outcome = reads_all(&repo, repo.path(), expected());
    assert_eq!(outcome.summary["repositories"][0]["head"], repo.head().as_str());
    assert_eq!(outcome.summary["repositories"][0]["branch"], "refs/heads/main");
    let told = outcome.summary["coverage"]["refs"].as_u64().unwrap() as usize;
    assert_eq!(told, repo.git(&["for-each-ref"]).lines().count());

    repo.git(&["checkout", "-q", "--detach", "side"]);
    let outcome = Scan::of(repo.path()).run();
    assert_eq!(found(&outcome), *expected());
    assert!(outcome.findings.iter().any(|finding| finding["at_head"] == true));
    assert_eq!(outcome.summary["repositories"][0]["branch"], serde_json::Value::Null);

    let linked = repo.beside("linked");
    repo.git(&["worktree", "add", "-q", linked.to_str().unwrap(), "main"]);
    let outcome = reads_all(&repo, &linked, expected());
    assert_eq!(outcome.summary["repositories"][0]["branch"], "refs/heads/main");
}

#[test]
fn refs_in_a_form_that_nobody_knows_are_refused_by_name() {
    let repo = Repo::new();
    repo.put("a", "x\n");
    repo.git(&["config", "core.repositoryFormatVersion", "1"]);
    repo.git(&["config", "extensions.refStorage", "papyrus"]);
    let outcome = Scan::of(repo.path()).run();
    assert_eq!((outcome.code, outcome.gap_kinds()), (2, vec!["not_opened".to_owned()]));
    assert!(outcome.stderr.contains("papyrus"), "{}", outcome.stderr);
}

#[test]
fn an_extension_that_nobody_knows_is_refused_by_name() {
    let repo = Repo::new();
    repo.put("a", "x\n");
    repo.git(&["config", "core.repositoryFormatVersion", "1"]);
    repo.git(&["config", "extensions.papyrus", "true"]);
    let outcome = Scan::of(repo.path()).run();
    assert_eq!((outcome.code, outcome.gap_kinds()), (2, vec!["not_opened".to_owned()]));
    assert!(outcome.stderr.contains("papyrus"), "{}", outcome.stderr);
}
