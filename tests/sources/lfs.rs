//! Git LFS: pointers, and content that is or is not stored beside the repository.

use super::{harmless, places, sum};
use crate::support::{Repo, Scan};
use sha2::{Digest, Sha256};
use std::{fs, path::PathBuf};

/// A pointer to `content`, and where its content belongs.
fn pointer(repo: &Repo, content: &str) -> (String, PathBuf) {
    let digest = Sha256::digest(content.as_bytes());
    let oid: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    let text = format!("version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize {}\n", content.len());
    (text, repo.path().join(".git/lfs/objects").join(&oid[..2]).join(&oid[2..4]).join(oid))
}

fn store(file: &PathBuf, content: &str) {
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, content).unwrap();
}

#[test]
fn content_that_is_stored_is_read_and_has_the_history_of_its_pointer() {
    let (repo, [value]) = harmless(1);
    let content = format!("{}key = {value}\n", "line of nothing\n".repeat(400));
    let (text, file) = pointer(&repo, &content);
    store(&file, &content);
    let introduced = repo.put("data/big.bin", text);
    let blob = repo.git(&["rev-parse", "HEAD:data/big.bin"]);
    let removed = repo.drop_file("data/big.bin");
    for limit in ["64M", "1k"] {
        let outcome = Scan::of(repo.path()).args(&["--max-object-size", limit]).run();
        assert_eq!(places(&outcome, &value), [("lfs".to_owned(), "data/big.bin".to_owned(), blob.clone())]);
        let finding = outcome.finding(&value);
        assert_eq!(finding["introduced"]["commit"], introduced.as_str());
        assert_eq!(finding["removed"]["commit"], removed.as_str());
        assert_eq!((&finding["components"][0]["line"], &finding["components"][0]["column"]), (&401.into(), &7.into()));
        assert_eq!(outcome.summary["coverage"]["texts"]["lfs"]["scanned"], 1);
    }
}

#[test]
fn content_that_is_not_stored_is_named_unless_that_is_accepted() {
    let (repo, []) = harmless(2);
    let (text, file) = pointer(&repo, "elsewhere\n");
    let (cut, short) = pointer(&repo, "all of it\n");
    let (empty, _) = pointer(&repo, "");
    store(&short, "all o");
    repo.put("a", &text);
    repo.put("b", &cut);
    repo.put("c", &empty);
    let oids = |files: &[&PathBuf]| {
        let name = |file: &&PathBuf| file.file_name().unwrap().to_str().unwrap().to_owned();
        let mut gaps: Vec<_> = files.iter().map(|file| ("lfs_not_stored".to_owned(), name(file))).collect();
        gaps.sort();
        gaps
    };
    let outcome = Scan::of(repo.path()).run();
    assert_eq!((sum(&outcome), outcome.gaps()), ((2, 0), oids(&[&file, &short])));
    let accepted = Scan::of(repo.path()).arg("--allow-missing").run();
    assert_eq!((sum(&accepted), accepted.accepted_gaps()), ((0, 0), oids(&[&file, &short])));
}

#[test]
fn content_that_only_a_lost_pointer_names_is_not_missed_but_read_where_it_is() {
    let (repo, [value]) = harmless(3);
    let content = format!("{value}\n");
    let (here, file) = pointer(&repo, &content);
    store(&file, &content);
    repo.put("here", &here);
    repo.put("gone", pointer(&repo, "gone\n").0);
    repo.git(&["reset", "-q", "--hard", "HEAD~2"]);
    let outcome = Scan::of(repo.path()).run();
    assert_eq!((sum(&outcome), outcome.gaps()), ((1, 1), vec![]));
    assert_eq!(outcome.finding(&value)["reachable"], false);
}

#[test]
fn lfs_storage_may_be_elsewhere() {
    let (repo, [value]) = harmless(4);
    let content = format!("{value}\n");
    let (text, file) = pointer(&repo, &content);
    store(&file, &content);
    repo.put("a", &text);
    fs::rename(repo.path().join(".git/lfs"), repo.beside("media")).unwrap();
    repo.git(&["config", "lfs.storage", repo.beside("media").to_str().unwrap()]);
    assert_eq!(sum(&Scan::of(repo.path()).run()), (1, 1));
}
