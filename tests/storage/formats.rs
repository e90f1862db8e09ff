//! Repositories of other formats: SHA-256 ids.

use crate::sample::{build, expected, reads_all};

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
