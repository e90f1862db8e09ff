//! The next night: blobs in which nothing was found are not read again, and nothing is lost by that.

use crate::support::{Keys, Repo};
use keytrail::{
    model::{KnownBlobs, RepositoryReport},
    policy::Policy,
    rules,
    scan::{NoProgress, ScanOptions, Scanner},
};
use std::sync::atomic::AtomicBool;

fn scan(repo: &Repo, known: &KnownBlobs) -> (RepositoryReport, KnownBlobs) {
    let (rules, options, policy, cancel) =
        (rules::builtin().unwrap(), ScanOptions::default(), Policy::none(), AtomicBool::new(false));
    let scanner = Scanner { rules: &rules, policy: &policy, options: &options, progress: &NoProgress, cancel: &cancel };
    scanner.scan_beyond(repo.path(), "known", known).unwrap()
}

fn found(report: &RepositoryReport) -> Vec<String> {
    let whole = |finding: &keytrail::model::Finding| {
        let trace = &finding.trace;
        format!("{} {:?} {:?} {:?}", finding.fingerprint, trace.introductions, trace.present_in, trace.occurrences)
    };
    report.findings.iter().map(whole).collect()
}

#[test]
fn what_is_known_is_not_read_again_and_nothing_is_lost() {
    for pack in [false, true] {
        let repo = Repo::new();
        let mut keys = Keys::new(21);
        let padding: String = (0..300).map(|_| keys.filler() + "\n").collect();
        for n in 0..8 {
            repo.put(&format!("f{}", n % 3), format!("{padding}{n}\n"));
        }
        repo.put("app.env", format!("{padding}AWS_ACCESS_KEY_ID={}\n", keys.id()));
        let (first, known) = scan(&repo, &KnownBlobs::default());
        assert_eq!((known.len(), first.coverage.known), (8, 0), "all but the one that holds something");

        repo.put("f1", format!("{padding}later\n"));
        repo.put("more.env", format!("{padding}AWS_SECRET_ACCESS_KEY={}\n", keys.secret()));
        repo.drop_file("app.env");
        if pack {
            repo.git(&["gc", "-q"]);
        }
        let (whole, all) = scan(&repo, &KnownBlobs::default());
        let (beyond, then) = scan(&repo, &known);
        assert_eq!(found(&beyond), found(&whole));
        assert_eq!(beyond.coverage.known, 8);
        assert!(beyond.coverage.is_complete(), "{:?}", beyond.coverage.gaps);
        assert_eq!(then, all, "the next night knows as much");
    }
}

#[test]
fn what_could_not_be_read_is_not_known() {
    let repo = Repo::new();
    repo.put("a", "a\n");
    let blob = repo.git(&["rev-parse", "HEAD:a"]);
    let file = repo.objects().join(&blob[..2]).join(&blob[2..]);
    let mut permissions = std::fs::metadata(&file).unwrap().permissions();
    #[allow(clippy::permissions_set_readonly_false, reason = "a file of the test's own")]
    permissions.set_readonly(false);
    std::fs::set_permissions(&file, permissions).unwrap();
    std::fs::write(&file, "broken").unwrap();
    let (report, known) = scan(&repo, &KnownBlobs::default());
    assert!(!report.coverage.is_complete());
    assert_eq!(known.len(), 0);
}
