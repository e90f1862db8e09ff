//! One night after the other.

use crate::{house::House, support::Repo};
use std::fs;

#[test]
fn a_finding_is_new_once_open_until_it_is_marked_and_fixed_when_it_is_gone_from_the_tips() {
    let mut house = House::new(31);
    let (one, two) = (Repo::new(), Repo::new());
    one.put("clean", "clean\n");
    let env = house.env_file();
    let commit = two.put("app.env", &env);
    house.publish(&one, "one.git");
    house.publish(&two, "two.git");

    let night = house.night(&[]);
    assert_eq!(night.code, 1, "{}", night.said);
    assert!(night.said.contains("2 scanned, 0 unchanged") && night.said.contains("1 new"), "{}", night.said);
    let findings = house.findings(&[]);
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0]["introduced"]["commit"], commit.as_str());
    assert_eq!(findings[0]["repository"], "two.git");
    let fingerprint = findings[0]["fingerprint"].as_str().unwrap().to_owned();

    let night = house.night(&[]);
    assert_eq!(night.code, 1, "it is open still: {}", night.said);
    assert!(night.said.contains("0 scanned, 2 unchanged"), "{}", night.said);
    assert_eq!(house.night(&["--exit-on", "new"]).code, 0, "and not new");

    let store = house.place("store.db").to_str().unwrap().to_owned();
    let past = ["audit", "mark", "--store", &store, &fingerprint, "accepted", "--reason", "x", "--until", "2020-01-01"];
    let refused = house.keytrail(&past);
    assert!(String::from_utf8_lossy(&refused.stderr).contains("2020-01-01 is over"), "{refused:?}");
    house.ask(&["mark", &fingerprint, "revoked", "--reason", "made inactive", "--by", "jane"]);
    assert_eq!(house.findings(&["--state", "open"]).len(), 0);
    assert_eq!(house.findings(&["--state", "revoked"]).len(), 1);
    assert_eq!(house.night(&[]).code, 0, "decided upon");

    two.drop_file("app.env");
    house.publish(&two, "two.git");
    let night = house.night(&[]);
    assert!(night.said.contains("1 scanned, 1 unchanged") && night.said.contains("1 fixed"), "{}", night.said);
    let history = house.findings(&["--at", "history"]);
    assert_eq!(history.len(), 1);
    let audit = &history[0]["audit"];
    assert_eq!((&audit["state"], &audit["now"]), (&"revoked".into(), &"in_history".into()));
    assert_eq!((&audit["decision"]["by"], audit["fixed"].is_string()), (&"jane".into(), true));
    assert!(house.ask(&["diff"]).contains("fixed: at no tip any more: 1"));

    // Nothing of the store can be used to sign a request.
    let secret = env.lines().nth(1).unwrap().split_once('=').unwrap().1;
    for entry in fs::read_dir(house.place("")).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file())
    {
        let bytes = fs::read(&entry).unwrap();
        assert!(memchr::memmem::find(&bytes, secret.as_bytes()).is_none(), "{}", entry.display());
    }
}

#[test]
fn a_repository_that_cannot_be_covered_is_named_and_the_others_are_scanned() {
    let mut house = House::new(32);
    let (one, two) = (Repo::new(), Repo::new());
    one.put("app.env", house.env_file());
    two.put("b", "b\n");
    house.publish(&one, "one.git");
    let broken = house.publish(&two, "broken.git");
    let blob = two.git(&["rev-parse", "HEAD:b"]);
    fs::remove_file(broken.join("objects").join(&blob[..2]).join(&blob[2..])).unwrap();
    let night = house.night(&[]);
    assert_eq!(night.code, 2, "{}", night.said);
    assert!(night.said.contains("not covered: broken.git: 1 things could not be read"), "{}", night.said);
    assert_eq!(house.findings(&[]).len(), 1);
    assert!(house.ask(&["status"]).contains("not covered: broken.git"));

    // It is looked at again, and nothing else is.
    let night = house.night(&[]);
    assert!(night.code == 2 && night.said.contains("1 scanned, 1 unchanged"), "{}", night.said);
}

#[test]
fn a_repository_that_takes_too_much_fails_by_itself() {
    let mut house = House::new(33);
    let repo = Repo::new();
    repo.put("app.env", house.env_file());
    house.publish(&repo, "one.git");
    let night = house.night(&["--max-memory", "1M"]);
    assert_eq!(night.code, 2, "{}", night.said);
    assert!(night.said.contains("not covered: one.git"), "{}", night.said);
    let night = house.night(&[]);
    assert_eq!(night.code, 1, "{}", night.said);
}

#[test]
fn other_rules_scan_everything_anew() {
    let mut house = House::new(34);
    let repo = Repo::new();
    repo.put("app.env", house.env_file());
    house.publish(&repo, "one.git");
    house.night(&[]);
    assert!(house.night(&["--max-decoded", "1M"]).said.contains("1 scanned, 0 unchanged"));
    assert_eq!(house.findings(&[]).len(), 1);
}

#[test]
fn the_page_and_the_table_show_what_the_store_knows() {
    let mut house = House::new(35);
    let repo = Repo::new();
    let env = house.env_file();
    repo.put("app.env", &env);
    house.publish(&repo, "one.git");
    house.night(&[]);
    for (format, words) in [("html", "one.git"), ("csv", "app.env")] {
        let store = house.place("store.db");
        let output = house.keytrail(&["report", "--store", store.to_str().unwrap(), "--format", format]);
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success() && text.contains(words), "{text}");
        let secret = env.lines().nth(1).unwrap().split_once('=').unwrap().1;
        assert!(!text.contains(secret));
    }
}

/// What a server says of its refs is what a mirror of it would have: an unchanged repository is not fetched, whatever refs it has.
#[test]
fn an_unchanged_repository_elsewhere_costs_a_look_at_its_refs() {
    for keep in [false, true] {
        let house = House::new(36);
        let (plain, odd, empty) = (Repo::new(), Repo::new(), Repo::new());
        plain.put("a", "a\n");
        odd.put("b", "b\n");
        odd.git(&["tag", "-a", "v1", "-m", "one"]);
        odd.git(&["tag", "light"]);
        for name in ["refs/pull/1/head", "refs/heads/ä-b", "refs/strange/one"] {
            odd.git(&["update-ref", name, "HEAD"]);
        }
        odd.git(&["symbolic-ref", "refs/remotes/origin/HEAD", "refs/heads/main"]);
        odd.git(&["checkout", "-q", "--detach"]);
        let list = house.place("list");
        fs::write(&list, [&plain, &odd, &empty].map(|repo| repo.url() + "\n").concat()).unwrap();
        let org = format!("file:{}", list.display());
        let mirrors = house.place("mirrors");
        let more: &[&str] = if keep { &["--keep-mirrors", mirrors.to_str().unwrap()] } else { &[] };
        let night = house.night_of(&org, more);
        assert!(night.code == 0 && night.said.contains("3 scanned, 0 unchanged"), "{}", night.said);
        let night = house.night_of(&org, more);
        assert!(night.code == 0 && night.said.contains("0 scanned, 3 unchanged"), "{}", night.said);
        odd.git(&["update-ref", "-d", "refs/strange/one"]);
        empty.put("c", "c\n");
        let night = house.night_of(&org, more);
        assert!(night.code == 0 && night.said.contains("2 scanned, 1 unchanged"), "{}", night.said);
    }
}

/// One store for several organisations: what each did last counts, and the last run of one says nothing about the other.
#[test]
fn the_last_run_of_one_source_does_not_hide_another() {
    let mut house = House::new(37);
    let (good, bad, other) = (Repo::new(), Repo::new(), Repo::new());
    good.put("app.env", house.env_file());
    bad.put("b", "b\n");
    other.put("other.env", house.env_file());
    house.publish(&good, "good.git");
    let broken = house.publish(&bad, "broken.git");
    let blob = bad.git(&["rev-parse", "HEAD:b"]);
    fs::remove_file(broken.join("objects").join(&blob[..2]).join(&blob[2..])).unwrap();
    assert_eq!(house.night(&[]).code, 2);
    let second = format!("dir:{}", house.place("second").display());
    other.git(&["clone", "-q", "--bare", ".", house.place("second/other.git").to_str().unwrap()]);
    for shard in ["1/2", "2/2"] {
        house.night_of(&second, &["--shard", shard]);
    }
    let status = house.ask(&["status"]);
    assert!(status.contains("not covered: broken.git") && status.contains("part 2/2"), "{status}");
    let store = house.place("store.db");
    let csv = house.keytrail(&["report", "--store", store.to_str().unwrap(), "--format", "csv"]);
    let csv = String::from_utf8(csv.stdout).unwrap();
    assert!(csv.contains("app.env") && csv.contains("other.env"), "{csv}");
    assert_eq!(csv.lines().filter(|line| line.starts_with("new,")).count(), 2, "{csv}");
    let html = house.keytrail(&["report", "--store", store.to_str().unwrap()]);
    let html = String::from_utf8(html.stdout).unwrap();
    assert!(["good.git", "broken.git", "other.git"].into_iter().all(|name| html.contains(name)));
}

/// A mirror has no files of Git LFS: that is said each night, accepted by those who say so, and no reason to read all again.
#[test]
fn what_a_mirror_cannot_have_is_named_and_does_not_cost_a_scan_each_night() {
    let house = House::new(38);
    let repo = Repo::new();
    let pointer = format!("version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize 12\n", "ab".repeat(32));
    repo.put("big.bin", pointer);
    let list = house.place("list");
    fs::write(&list, repo.url()).unwrap();
    let org = format!("file:{}", list.display());
    let night = house.night_of(&org, &[]);
    assert!(night.code == 2 && night.said.contains("1 scanned"), "{}", night.said);
    let night = house.night_of(&org, &[]);
    assert!(night.code == 2 && night.said.contains("0 scanned, 1 unchanged"), "{}", night.said);
    let night = house.night_of(&org, &["--allow-missing"]);
    assert!(night.code == 0 && night.said.contains("1 scanned, 0 unchanged"), "{}", night.said);
}

/// A kept mirror in which an object was damaged is replaced.
#[test]
fn a_damaged_mirror_is_cloned_anew_by_the_next_run() {
    let house = House::new(39);
    let repo = Repo::new();
    repo.put("a", "a\n".repeat(1000));
    let list = house.place("list");
    fs::write(&list, repo.url()).unwrap();
    let org = format!("file:{}", list.display());
    let mirrors = house.place("mirrors");
    let more = ["--keep-mirrors", mirrors.to_str().unwrap(), "--max-decoded", "64M"];
    assert_eq!(house.night_of(&org, &more).code, 0);
    // The pack's first object, its length left alone.
    let pack = walk(&mirrors).into_iter().find(|path| path.extension().is_some_and(|end| end == "pack")).unwrap();
    let mut bytes = fs::read(&pack).unwrap();
    for byte in &mut bytes[20..40] {
        *byte ^= 0x55;
    }
    fs::remove_file(&pack).unwrap();
    fs::write(&pack, bytes).unwrap();
    repo.put("b", "b\n");
    let night = house.night_of(&org, &more);
    if night.code != 0 {
        assert!(night.code == 2 && night.said.contains("could not be read"), "{}", night.said);
        assert_eq!(house.night_of(&org, &more).code, 0);
    }
    let night = house.night_of(&org, &[&more[..], &["--max-object-size", "63M"]].concat());
    assert!(night.code == 0 && night.said.contains("1 scanned"), "all of it is there again: {}", night.said);
}

fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] }).collect()
}

/// What a hand found out in an hour.
#[test]
fn what_looks_like_nothing_is_not_taken_for_all() {
    let mut house = House::new(55);
    let repo = Repo::new();
    repo.put("app.env", house.env_file());
    house.publish(&repo, "one.git");
    // One without HEAD is broken, and not nothing.
    let broken = house.publish(&repo, "broken.git");
    fs::remove_file(broken.join("HEAD")).unwrap();
    let night = house.night(&[]);
    assert!(night.code == 2 && night.said.contains("not covered: broken.git"), "{}", night.said);
    // A folder that is not mounted any more is no organisation without repositories.
    fs::rename(house.place("org"), house.place("away")).unwrap();
    fs::create_dir(house.place("org")).unwrap();
    let night = house.night(&[]);
    assert!(night.code == 2 && night.said.contains("no longer listed: one.git"), "{}", night.said);
    // A device is no list, and no password is repeated.
    assert_eq!(house.night_of("file:/dev/zero", &[]).code, 2);
    let night = house.night_of("https://ada:hidden@example.org/acme", &[]);
    assert!(night.code == 2 && !night.said.contains("hidden"), "{}", night.said);
}
