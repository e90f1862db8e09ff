//! Files as they lie there, with and without a repository, and standard input.

use super::{harmless, places, spot, spots, sum};
use crate::support::{Keys, Scan};
use std::fs;

#[test]
fn a_work_tree_is_read_as_it_lies_there() {
    let (repo, [tracked, untracked, hidden, ignored, tracked_ignored, removed]) = harmless(1);
    repo.write("tracked-ignored.log", format!("{tracked_ignored}\n"));
    repo.put("tracked", format!("{tracked}\n"));
    repo.put("removed", format!("{removed}\n"));
    repo.put(".gitignore", "*.log\n");
    repo.remove("removed");
    repo.write("deep/untracked", format!("{untracked}\n"));
    repo.write(".hidden/.env", format!("{hidden}\n"));
    repo.write("deep/ignored.log", format!("{ignored}\n"));
    let outcome = Scan::of(repo.path()).arg("--worktree").run();
    assert_eq!(sum(&outcome), (1, 4), "{}", outcome.stderr);
    for (value, path) in [
        (&tracked, "tracked"),
        (&untracked, "deep/untracked"),
        (&hidden, ".hidden/.env"),
        (&tracked_ignored, "tracked-ignored.log"),
    ] {
        assert_eq!(spots(&outcome, value), [spot("worktree", path)]);
        let at_head = !["deep/untracked", ".hidden/.env"].contains(&path);
        assert_eq!(outcome.finding(value)["at_head"], at_head, "{path}");
    }
    let blob = repo.git(&["hash-object", "--no-filters", "deep/untracked"]);
    assert_eq!(places(&outcome, &untracked)[0].2, blob);
    assert_eq!(outcome.summary["coverage"]["texts"]["worktree"]["scanned"], 6);
    let all = Scan::of(repo.path().join("deep")).args(&["--worktree", "--no-ignore"]).run();
    assert_eq!((sum(&all), spots(&all, &ignored)), ((1, 5), vec![spot("worktree", "deep/ignored.log")]));
}

#[cfg(unix)]
#[test]
fn links_are_not_followed_and_are_read_as_git_keeps_them() {
    let (repo, [value, outside]) = harmless(2);
    fs::create_dir(repo.beside("outside")).unwrap();
    fs::write(repo.beside("outside/a"), format!("{outside}\n")).unwrap();
    let link = |to: &str, name: &str| std::os::unix::fs::symlink(to, repo.path().join(name)).unwrap();
    link("../outside", "folder");
    link("../outside/a", "file");
    link(&format!("/run/{value}/key"), "dangling");
    link(".", "circle");
    let outcome = Scan::of(repo.path()).arg("--worktree").run();
    assert_eq!((sum(&outcome), spots(&outcome, &value)), ((1, 1), vec![spot("worktree", "dangling")]));
}

#[test]
fn large_files_are_streamed_and_named_as_git_names_them() {
    let (repo, [value]) = harmless(3);
    repo.write("large", "line of nothing\n".repeat(4000) + &value + "\n");
    let outcome = Scan::of(repo.path()).args(&["--worktree", "--max-object-size", "1k"]).run();
    let blob = repo.git(&["hash-object", "--no-filters", "large"]);
    assert_eq!(places(&outcome, &value), [("worktree".to_owned(), "large".to_owned(), blob)]);
    assert_eq!(outcome.finding(&value)["components"][0]["line"], 4001);
}

#[test]
fn a_folder_without_a_repository_is_scanned_file_by_file_and_the_report_says_so() {
    let mut keys = Keys::new(4);
    let [one, two, allowed] = std::array::from_fn(|_| keys.id());
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("a/.b")).unwrap();
    fs::write(folder.path().join(".gitignore"), "c\n").unwrap();
    fs::write(folder.path().join("a/.b/c"), format!("{one}\n")).unwrap();
    fs::write(folder.path().join("d"), format!("{two}\n")).unwrap();
    fs::write(folder.path().join("e"), format!("{allowed}\n")).unwrap();
    fs::write(folder.path().join(".keytrail.toml"), "[[allow]]\npaths = ['e']\nreason = 'made up'\n").unwrap();
    let outcome = Scan::of(folder.path()).run();
    assert_eq!((sum(&outcome), outcome.suppressed.len()), ((1, 2), 1), "{}", outcome.stderr);
    assert_eq!(spots(&outcome, &one), [spot("worktree", "a/.b/c")]);
    assert_eq!(outcome.summary["repositories"][0]["source"], "files");
    assert!(outcome.stderr.contains("in no git repository"), "{}", outcome.stderr);
    let text = Scan::bare().arg("scan").arg(folder.path()).run().stdout;
    assert!(String::from_utf8(text).unwrap().contains("not a repository"));
}

#[test]
fn a_file_is_scanned_as_a_file_wherever_it_lies() {
    let (repo, [committed, written]) = harmless(5);
    repo.put("deep/a", format!("{committed}\n"));
    repo.write("deep/a", format!("{written}\n"));
    let outcome = Scan::of(repo.path().join("deep/a")).run();
    assert_eq!((sum(&outcome), spots(&outcome, &written)), ((1, 1), vec![spot("worktree", "deep/a")]));
    let absent = Scan::of(repo.path().join("absent")).run();
    assert_eq!((absent.code, absent.gap_kinds()), (2, vec!["not_opened".to_owned()]));
}

#[test]
fn a_damaged_repository_is_no_plain_folder() {
    let (repo, [value]) = harmless(6);
    repo.put("a", format!("{value}\n"));
    fs::remove_file(repo.path().join(".git/HEAD")).unwrap();
    let linked = tempfile::tempdir().unwrap();
    fs::write(linked.path().join(".git"), "gitdir: /no/such/place\n").unwrap();
    let emptied = tempfile::tempdir().unwrap();
    fs::create_dir(emptied.path().join(".git")).unwrap();
    fs::create_dir_all(emptied.path().join("bare.git/objects")).unwrap();
    let inside = emptied.path().join("bare.git");
    for path in [repo.path(), linked.path(), emptied.path(), &inside] {
        let outcome = Scan::of(path).run();
        assert_eq!((outcome.code, outcome.gap_kinds()), (2, vec!["not_opened".to_owned()]), "{}", path.display());
    }
}

#[test]
fn standard_input_is_one_text_of_any_length() {
    let value = Keys::new(7).id();
    for (text, line) in [(format!("x\n{value}\n"), 2), ("line of nothing\n".repeat(4000) + &value, 4001)] {
        for scan in [Scan::of("-"), Scan::bare().args(&["scan", "-f", "jsonl", "--reveal", "--stdin"])] {
            let outcome = scan.args(&["--max-object-size", "1k"]).input(text.clone()).run();
            assert_eq!(sum(&outcome), (1, 1), "{}", outcome.stderr);
            assert_eq!(spots(&outcome, &value), [spot("stdin", "")]);
            assert_eq!(outcome.finding(&value)["components"][0]["line"], line);
            assert_eq!(outcome.summary["coverage"]["texts"]["stdin"]["bytes"], text.len());
        }
    }
    assert_eq!(sum(&Scan::of("-").input("nothing\n").run()), (0, 0));
}

#[cfg(unix)]
#[test]
fn a_file_that_cannot_be_read_is_named() {
    let (repo, [value]) = harmless(8);
    repo.write("a", format!("{value}\n"));
    // The superuser may read every file, but nobody may read one whose name leads nowhere by the time it is opened.
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("socket");
    let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    let outcome = Scan::of(&socket).run();
    assert_eq!((outcome.code, outcome.gap_kinds()), (2, vec!["unreadable_file".to_owned()]), "{}", outcome.stderr);
}
