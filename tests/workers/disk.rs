//! A disk that is full: what did not fit is named, everything else is covered, and the next run with room is whole.

use crate::crew::Crew;
use crate::support::Repo;
use keytrail::store::{OutcomeKind, StoreAddress};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A small file system of its own.
struct Disk(PathBuf);

impl Disk {
    /// `None` where nothing may be mounted: without root's rights, and in most containers.
    fn mount(folder: &Path, size: &str) -> Option<Self> {
        fs::create_dir_all(folder).unwrap();
        let mut command = Command::new("mount");
        command.args(["-t", "tmpfs", "-o", &format!("size={size}"), "keytrail-test"]).arg(folder);
        command.output().is_ok_and(|output| output.status.success()).then(|| Self(folder.to_path_buf()))
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        Command::new("umount").arg(&self.0).status().ok();
    }
}

/// Makes the repository `large`, of noise that no compression makes small.
fn large(crew: &Crew, megabytes: usize) {
    let repo = Repo::new();
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let noise = (0..megabytes << 17).flat_map(|_| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    });
    repo.put("noise", noise.collect::<Vec<u8>>());
    repo.git(&["push", "-q", "--force", crew.place("large").to_str().unwrap(), "main:noise"]);
}

#[test]
#[ignore = "needs to mount: .ci/run runs it"]
fn what_does_not_fit_is_named_and_the_rest_is_covered() {
    for keep in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.db");
        let mut crew = Crew::new(&StoreAddress::File(path.clone()), path.to_str().unwrap(), 4, &["large"]);
        large(&crew, 8);
        let small = crew.place("small");
        let Some(disk) = Disk::mount(&small, "4m") else {
            println!("skipped: nothing may be mounted here");
            return;
        };
        let mirrors = small.join("mirrors");
        let more: &[&str] = if keep { &["--keep-mirrors", mirrors.to_str().unwrap()] } else { &[] };
        if !keep {
            crew.temporary.clone_from(&small);
        }
        let (code, said) = crew.run("full", more).end();
        assert_eq!(code, Some(2), "{said}");
        assert!(said.contains("not covered: ") && said.to_lowercase().contains("no space left"), "{said}");
        assert_eq!((crew.count(OutcomeKind::Failed), crew.count(OutcomeKind::Scanned)), (1, 4), "{said}");
        if !keep {
            assert_eq!(fs::read_dir(&small).unwrap().count(), 0, "something is left behind");
        }
        drop(disk);
        crew.temporary = crew.place("");
        let (code, said) = crew.run("room", more).end();
        assert_eq!(code, Some(1), "{said}");
        assert!(said.contains("1 scanned, 4 unchanged") && said.contains("fully covered"), "{said}");
        assert_eq!(crew.findings().len(), 3);
    }
}

/// What was remembered stays, and what could not be written down is not taken for done.
#[test]
#[ignore = "needs to mount: .ci/run runs it"]
fn a_store_that_is_full_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let small = folder.path().join("small");
    let Some(_disk) = Disk::mount(&small, "4m") else {
        println!("skipped: nothing may be mounted here");
        return;
    };
    let path = small.join("store.db");
    let crew = Crew::new(&StoreAddress::File(path.clone()), path.to_str().unwrap(), 4, &["large"]);
    fs::write(crew.place("go"), "").unwrap();
    let fill = || fs::write(small.join("filler"), vec![1; 8 << 20]).unwrap_err();
    fill();
    let (code, said) = crew.run("none", &[]).end();
    assert_eq!(code, Some(2), "{said}");
    // By its own word, or by the hint; what comes first may be the queue in it.
    assert!(said.contains("disk"), "{said}");
    fs::remove_file(small.join("filler")).unwrap();
    let (code, said) = crew.run("first", &[]).end();
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("5 scanned") && said.contains("3 new"), "{said}");

    large(&crew, 1);
    fill();
    let (code, said) = crew.run("full", &[]).end();
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("disk"), "{said}");
    assert!(!said.contains("panicked"), "{said}");
    fs::remove_file(small.join("filler")).unwrap();
    let (code, said) = crew.run("room", &[]).end();
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("1 scanned, 4 unchanged") && said.contains("fully covered"), "{said}");
    assert!(said.contains("0 new, 0 come back, 0 fixed, 0 gone"), "{said}");
    assert_eq!(crew.findings().len(), 3);
}
