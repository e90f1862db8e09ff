//! Files that are looked into, and how far.

use crate::support::{Keys, Scan};

/// The scan of a file of `bytes`.
fn scan(bytes: &[u8], arguments: &[&str]) -> crate::support::Outcome {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    std::fs::write(&path, bytes).unwrap();
    Scan::of(path).args(arguments).run()
}

#[test]
fn a_place_in_an_archive_that_is_not_packed_is_told_by_its_member() {
    let id = Keys::new(1).id();
    let mut archive = tar::Builder::new(Vec::new());
    for (name, text) in [("a", "filler\n".repeat(9)), ("b/c.env", format!("one\n id={id}\n"))] {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        archive.append_data(&mut header, name, text.as_bytes()).unwrap();
    }
    let outcome = scan(&archive.into_inner().unwrap(), &[]);
    let place = &outcome.finding(&id)["components"][0];
    assert_eq!((&place["line"], &place["column"]), (&2.into(), &5.into()), "{place}");
    assert_eq!(place["wrapped"], serde_json::json!(["tar:b/c.env"]));
}

#[test]
fn stretches_that_lie_over_each_other_are_paid_once() {
    // Of lines that begin with dashes each joins those before it, and none the next.
    let line = format!("--{}QQ\n", "c2VjcmV0".repeat(8));
    let text = format!("# no base64\n{}", line.repeat(8000));
    let outcome = scan(text.as_bytes(), &["--max-decoded", "64K"]);
    assert_eq!((outcome.code, outcome.gap_kinds()), (2, vec!["unpack_limit".to_owned()]));
    let gaps = outcome.summary["coverage"]["gaps"].to_string();
    assert!(gaps.contains(&format!("more than {} bytes", text.len() + (64 << 10))), "{gaps}");
}
