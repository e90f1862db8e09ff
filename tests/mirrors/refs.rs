//! A server's list of refs is what a mirror of it would have: else an unchanged repository would be fetched each night.

use crate::support::{Repo, git_knows_tables};
use crate::{CALM, foreign};
use keytrail::git::mirror::{keep, mirror, refs};
use keytrail::git::{Reference, Repository};
use std::ffi::OsStr;
use std::fmt::Write as _;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

/// The refs of a repository here, without a HEAD that is none of them.
pub fn of(path: &Path) -> Vec<Reference> {
    let (mut references, gaps) = Repository::open(path).unwrap().references();
    assert!(gaps.is_empty(), "{gaps:?}");
    references.retain(|reference| reference.name.starts_with("refs/"));
    references
}

/// Asks for the refs of `url`, and compares them with those of a mirror that is thrown away, of a new one that is kept, and of the
/// same when it is brought up to date.
fn agree(url: &str) -> Vec<Reference> {
    let folder = tempfile::tempdir().unwrap();
    let asked = refs(url, &foreign(), &CALM).unwrap();
    assert_eq!(asked, of(&mirror(url, &foreign(), &CALM).unwrap().path()));
    for _ in 0..2 {
        assert_eq!(asked, of(keep(url, (folder.path(), "id"), None, &foreign(), &CALM).unwrap().path()));
    }
    asked
}

#[test]
fn the_list_is_what_a_mirror_has() {
    for options in [&["--object-format=sha1"][..], &["--object-format=sha256"], &["--ref-format=reftable"]] {
        if options[0].contains("reftable") && !git_knows_tables() {
            continue;
        }
        let repo = Repo::with(options);
        assert_eq!(agree(&repo.url()), [], "an empty repository");
        repo.put("a", "a\n");
        repo.tag("v1", "a tag of a commit");
        repo.git(&["tag", "-a", "-m", "a tag of a tag", "v2", "v1"]);
        repo.git(&["tag", "-a", "-m", "a tag of a blob", "v3", "HEAD:a"]);
        repo.git(&["symbolic-ref", "refs/remotes/origin/HEAD", "refs/heads/main"]);
        let long = format!("refs/heads/{}", "x".repeat(200));
        for name in [
            "refs/pull/1/head",
            "refs/pull/1/merge",
            "refs/stash",
            "refs/notes/commits",
            "refs/heads/HEAD",
            "refs/heads/@x",
            "refs/heads/-x",
            "refs/heads/a\"b$(c)`d`;e|f&g",
            "refs/heads/ä/ö",
            "refs/heads/Ä",
            "refs/heads/a%20b",
            &long,
            "refs/hidden/x",
        ] {
            repo.git(&["update-ref", name, "HEAD"]);
        }
        let mut command = Command::new("git");
        command
            .current_dir(repo.path())
            .args(["update-ref"])
            .arg(OsStr::from_bytes(b"refs/heads/l\xe4tin"))
            .arg("HEAD");
        assert!(command.status().unwrap().success());
        // Git 2.47 hides others, too, where refs are tables.
        if options[0].contains("reftable") {
            repo.git(&["update-ref", "-d", "refs/hidden/x"]);
        } else {
            repo.git(&["config", "transfer.hideRefs", "refs/hidden"]);
        }
        // HEAD as no branch has it.
        repo.git(&["checkout", "-q", "--detach"]);
        repo.put("b", "b\n");
        let names: Vec<String> = agree(&repo.url()).into_iter().map(|reference| reference.name).collect();
        assert_eq!(names.len(), 18, "{names:?}");
        assert!(!names.iter().any(|name| name.starts_with("refs/hidden") || name.ends_with("^{}")));
    }
}

#[test]
#[ignore = "takes a while: .ci/run runs it"]
fn a_million_refs_are_a_list_like_any_other() {
    let repo = Repo::new();
    let head = repo.put("a", "a\n");
    let mut packed = "# pack-refs with: peeled fully-peeled sorted \n".to_owned();
    for n in 0..1_000_000 {
        writeln!(packed, "{head} refs/pull/{n:07}/head").unwrap();
    }
    std::fs::write(repo.path().join(".git/packed-refs"), packed).unwrap();
    let begun = Instant::now();
    let asked = refs(&repo.url(), &foreign(), &CALM).unwrap();
    println!("a million refs in {:?}", begun.elapsed());
    assert_eq!(asked.len(), 1_000_001);
    assert!(asked.is_sorted());
}
