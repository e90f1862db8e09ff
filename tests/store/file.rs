//! What holds for files only: who may read them, a full disk, and that no secret is in them.

use super::crash::child;
use super::house::*;
use super::support::{Keys, Repo, Scan as Program};
use keytrail::store::*;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

#[test]
fn only_the_owner_may_read_what_is_made() {
    let folder = tempfile::tempdir().unwrap();
    // Letters that mean something in an address, and others.
    let path = folder.path().join("a b?c#d%41ä&x=1");
    let address = StoreAddress::File(path.clone());
    let error = Store::open_existing(&address).unwrap_err().to_string();
    assert!(error.contains("No such file") && error.contains(&*path.to_string_lossy()), "{error}");
    assert!(files(folder.path()).is_empty(), "asking makes nothing");
    let store = Store::open(&address).unwrap();
    let run = night(&store, 1, &["a"]);
    Found::these(&[line("x")]).record(&store, run, 1, "a");
    let made = files(folder.path());
    assert_eq!(made.len(), 3, "{made:?}");
    assert!(made.iter().all(|path| mode(path) == 0o600), "{made:?}");
    drop(store);
    assert_eq!(files(folder.path()), [path]);
}

#[test]
fn what_is_no_store_is_named_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notes.txt");
    fs::write(&path, "not a database\n".repeat(100)).unwrap();
    let error = Store::open(&StoreAddress::File(path.clone())).unwrap_err().to_string();
    assert!(error.contains("notes.txt") && error.contains("not a database"), "{error}");
    assert_eq!(fs::read_to_string(&path).unwrap(), "not a database\n".repeat(100));
    for wrong in [folder.path().to_owned(), folder.path().join("none/store")] {
        let error = Store::open(&StoreAddress::File(wrong.clone())).unwrap_err().to_string();
        assert!(error.contains(&*wrong.to_string_lossy()), "{error}");
    }
    let error = Store::open(&StoreAddress::parse("postgres://me:hidden@127.0.0.1:1/db")).unwrap_err().to_string();
    assert!(error.contains("postgres://127.0.0.1:1/db") && !error.contains("hidden"), "{error}");
}

#[test]
fn a_full_disk_is_told_and_leaves_what_was_there() {
    let folder = tempfile::tempdir().unwrap();
    let address = StoreAddress::File(folder.path().join("store"));
    let store = Store::open(&address).unwrap();
    let run = night(&store, 1, &["a"]);
    Found { clean: &[1, 2], ..Found::these(&[line("x")]) }.record(&store, run, 1, "a");
    let before = all_of(&store, &[run], &["a"]);
    drop(store);
    // Files of at most 200 blocks of 512 or 1,024 bytes: the tables fit, the scan does not.
    let output = child("once", &address, "trap '' XFSZ; ulimit -f 200;").wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains(&format!("the store {address}: cannot record a scan: ")), "{said}");
    let store = Store::open(&address).unwrap();
    assert_eq!(all_of(&store, &[run], &["a"]), before);
}

#[test]
fn no_secret_is_stored() {
    let repo = Repo::new();
    let mut keys = Keys::new(11);
    let (id_text, secret) = (keys.id(), keys.secret());
    repo.put("deploy.env", format!("AWS_ACCESS_KEY_ID={id_text}\nAWS_SECRET_ACCESS_KEY={secret}\n"));
    repo.write("b", "b");
    repo.commit(&format!("deployed with {id_text}"));
    let scan = Program::bare().args(&["scan", "--format", "jsonl"]).arg(repo.path()).run();
    assert_eq!(scan.code, 1, "{}", scan.stderr);
    let lines = String::from_utf8(scan.stdout).unwrap();
    let findings: Vec<FindingLine> = lines
        .lines()
        .filter(|line| line.contains(r#""type":"finding""#))
        .map(|line| FindingLine::parse(line).unwrap())
        .collect();
    assert!(!findings.is_empty());
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&StoreAddress::File(folder.path().join("store"))).unwrap();
    let run = night(&store, 1, &["a"]);
    Found { clean: &[5], ..Found::these(&findings) }.record(&store, run, 1, "a");
    let mark =
        Mark { triage: Triage::Revoked, reason: "rotated".to_owned(), who: "sec@example.org".to_owned(), at: at(2) };
    store.mark(findings[0].fingerprint(), &mark).unwrap();
    finish(&store, run, 1);
    let holds = |value: &str| {
        let bytes: Vec<u8> = files(folder.path()).iter().flat_map(|path| fs::read(path).unwrap()).collect();
        bytes.windows(value.len()).any(|window| window == value.as_bytes())
    };
    let check = || {
        assert!(holds(findings[0].fingerprint().as_str()) && holds("deploy.env"), "what is no secret is there");
        for value in [&id_text, &secret] {
            assert!(!holds(value) && !holds(&value[4..]), "a value is there");
        }
    };
    // While it is open the log beside the file holds it all, afterwards the file does.
    check();
    drop(store);
    check();
    // What was revealed is not taken.
    let revealed = Program::of(repo.path()).run();
    let refused = FindingLine::parse(&revealed.findings[0].to_string()).unwrap_err();
    assert!(matches!(refused, StoreError::Revealed(_)) && !refused.to_string().contains(&id_text[4..]), "{refused}");
}
