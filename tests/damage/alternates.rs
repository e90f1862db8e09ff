//! Object folders lent by other repositories.

use super::fixture::{Repo, keys};
use std::fs;

/// `borrower` has the keys 0 to 2, `lender` the key 8.
fn pair() -> (Repo, Repo) {
    let (borrower, lender) = (Repo::leaky(), Repo::new());
    lender.write("lent.txt", &super::fixture::leak(8));
    lender.commit("lent");
    (borrower, lender)
}

fn lend(borrower: &Repo, lines: &str) {
    fs::write(borrower.inside("objects/info/alternates"), lines).unwrap();
}

#[test]
fn what_alternates_lend_is_scanned_whether_named_in_full_or_relatively() {
    let (borrower, lender) = pair();
    let full = lender.inside("objects").canonicalize().unwrap();
    let ups = "../".repeat(borrower.inside("objects").canonicalize().unwrap().components().count() - 1);
    let relative = format!("{ups}{}", full.strip_prefix("/").unwrap().display());
    for line in [full.display().to_string(), relative, format!("# comment\n\n{}", full.display())] {
        lend(&borrower, &format!("{line}\n"));
        let run = borrower.scan();
        assert_eq!((run.code, run.found()), (Some(1), keys([0, 1, 2, 8])), "{line} {}", run.stdout);
    }
}

#[test]
fn alternates_that_name_themselves_or_each_other_end() {
    let (borrower, lender) = pair();
    lend(&borrower, &format!("{}\n.\n", lender.inside("objects").display()));
    lend(&lender, &format!("{}\n{}\n", borrower.inside("objects").display(), lender.inside("objects").display()));
    for repo in [&borrower, &lender] {
        let run = repo.scan();
        assert_eq!((run.code, run.found()), (Some(1), keys([0, 1, 2, 8])), "{}", run.stdout);
    }
}

#[test]
fn an_alternate_that_is_not_there_is_named_and_the_others_are_read() {
    let (borrower, lender) = pair();
    lend(&borrower, &format!("/nowhere/objects\n../gone\n{}\n", lender.inside("objects").display()));
    let run = borrower.scan();
    run.names("unreadable_store", "/nowhere/objects", "info/alternates", [0, 1, 2, 8]);
    run.names("unreadable_store", "../gone", "info/alternates", [0, 1, 2, 8]);
}

#[test]
fn alternates_that_cannot_be_read_are_named() {
    let (borrower, _lender) = pair();
    fs::write(borrower.inside("objects/info/alternates"), [0xff, 0xfe, b'\n']).unwrap();
    borrower.scan().names("unreadable_store", "info/alternates", "", 0..3);
    fs::remove_file(borrower.inside("objects/info/alternates")).unwrap();
    fs::create_dir(borrower.inside("objects/info/alternates")).unwrap();
    borrower.scan().names("unreadable_store", "info/alternates", "", 0..3);
}
