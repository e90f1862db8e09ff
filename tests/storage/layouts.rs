//! The ways in which one store can be laid out on disk.

use crate::sample::{expected, expected_reachable, reads_all, sample};
use crate::support::{Repo, Scan};
use std::fs;
use std::path::Path;

#[track_caller]
fn same(repo: &Repo) {
    reads_all(repo, repo.path(), expected());
}

#[test]
fn all_loose() {
    let repo = sample();
    assert!(repo.packs().is_empty() && repo.loose() > 300);
    same(&repo);
}

#[test]
fn one_pack_with_the_lost_objects_left_loose() {
    let repo = sample();
    repo.git(&["repack", "-q", "-a", "-d"]);
    assert!(repo.packs().len() == 1 && (1..10).contains(&repo.loose()));
    same(&repo);
}

#[test]
fn the_same_objects_loose_and_packed() {
    let repo = sample();
    repo.git(&["repack", "-q", "-a"]);
    assert!(repo.packs().len() == 1 && repo.loose() > 300);
    same(&repo);
}

/// Packs what each commit range reaches: whole histories, so the packs overlap.
fn overlapping(repo: &Repo, options: &[&str]) {
    for tip in ["main~30", "side", "main", "v2"] {
        let base = repo.objects().join("pack/pack");
        let arguments = [&["pack-objects", "-q", "--revs"], options, &[base.to_str().unwrap()]].concat();
        repo.git_with_input(&arguments, format!("{tip}\n").as_bytes());
    }
    repo.git(&["prune-packed", "-q"]);
    assert!(repo.packs().len() == 4, "{:?}", repo.packs());
}

#[test]
fn several_packs_with_the_same_objects() {
    let repo = sample();
    overlapping(&repo, &["--delta-base-offset"]);
    same(&repo);
}

#[test]
fn several_packs_of_reference_deltas() {
    let repo = sample();
    overlapping(&repo, &[]);
    same(&repo);
}

#[test]
fn one_pack_of_reference_deltas_in_long_chains() {
    let repo = sample();
    repo.git(&[
        "-c",
        "repack.useDeltaBaseOffset=false",
        "repack",
        "-q",
        "-a",
        "-d",
        "-f",
        "--depth=250",
        "--window=250",
    ]);
    same(&repo);
}

#[test]
fn one_pack_of_offset_deltas_in_long_chains() {
    let repo = sample();
    repo.git(&["repack", "-q", "-a", "-d", "-f", "--depth=250", "--window=250"]);
    let index = repo.packs()[0].with_extension("idx");
    let verified = repo.git(&["verify-pack", "-v", index.to_str().unwrap()]);
    assert!(verified.contains("chain length = 20: "), "{verified:.300}");
    same(&repo);
}

#[test]
fn packs_without_any_delta() {
    let repo = sample();
    repo.git(&["repack", "-q", "-a", "-d", "-f", "--depth=0"]);
    same(&repo);
}

#[test]
fn packs_split_by_size() {
    let repo = sample();
    repo.git(&["-c", "pack.packSizeLimit=1m", "repack", "-q", "-a", "-d", "--depth=0", "-F"]);
    same(&repo);
}

#[test]
fn a_multi_pack_index_with_and_without_bitmaps() {
    let repo = sample();
    overlapping(&repo, &[]);
    repo.git(&["multi-pack-index", "write"]);
    same(&repo);
    repo.git(&["repack", "-q", "-a", "-d", "--write-bitmap-index"]);
    repo.git(&["multi-pack-index", "write", "--bitmap"]);
    same(&repo);
}

#[test]
fn an_incremental_history_in_geometric_packs() {
    let repo = sample();
    overlapping(&repo, &["--delta-base-offset"]);
    repo.git(&["repack", "-q", "-d", "--geometric=2", "--write-midx"]);
    same(&repo);
}

#[test]
fn kept_packs() {
    let repo = sample();
    overlapping(&repo, &[]);
    for pack in repo.packs() {
        fs::write(pack.with_extension("keep"), "").unwrap();
    }
    repo.git(&["repack", "-q", "-a", "-d"]);
    same(&repo);
}

#[test]
fn cruft_packs() {
    let repo = sample();
    repo.git(&["repack", "-q", "--cruft", "-d"]);
    assert!(repo.packs().iter().any(|pack| pack.with_extension("mtimes").exists()) && repo.loose() == 0);
    same(&repo);
    let repo = sample();
    repo.git(&["gc", "-q", "--cruft", "--prune=never"]);
    same(&repo);
}

#[test]
fn a_commit_graph_and_packed_refs_change_nothing() {
    let repo = sample();
    let before = Scan::of(repo.path()).run();
    repo.git(&["pack-refs", "--all", "--prune"]);
    repo.git(&["commit-graph", "write", "--reachable"]);
    same(&repo);
    assert_eq!(Scan::of(repo.path()).run().stdout, before.stdout);
}

#[test]
fn alternates_and_alternates_of_alternates() {
    let repo = sample();
    let [one, two] = ["one", "two"].map(|name| repo.beside(name));
    repo.git(&["clone", "-q", "--shared", "--mirror", repo.path().to_str().unwrap(), one.to_str().unwrap()]);
    repo.git(&["clone", "-q", "--shared", "--mirror", one.to_str().unwrap(), two.to_str().unwrap()]);
    assert!(two.join("objects/info/alternates").exists());
    // What an alternate lends is scanned whole, the lost commit too.
    reads_all(&repo, &one, expected());
    fs::write(two.join("objects/info/alternates"), format!("# one\n{}\n", one.join("objects").display())).unwrap();
    reads_all(&repo, &two, expected());
    fs::write(two.join("objects/info/alternates"), "../../one/objects\n").unwrap();
    reads_all(&repo, &two, expected());
}

#[test]
fn alternates_that_name_each_other() {
    let repo = sample();
    let one = repo.beside("one");
    repo.git(&["clone", "-q", "--shared", "--mirror", repo.path().to_str().unwrap(), one.to_str().unwrap()]);
    let back = format!("{}\n{}\n", one.join("objects").display(), repo.objects().display());
    fs::write(repo.objects().join("info/alternates"), back).unwrap();
    for at in [repo.path(), &one] {
        let outcome = Scan::of(at).run();
        assert_eq!((outcome.code, outcome.gaps()), (1, vec![]));
        assert_eq!(crate::sample::found(&outcome), *expected());
    }
}

#[test]
fn an_alternate_that_is_not_there_is_named() {
    let repo = sample();
    fs::write(repo.objects().join("info/alternates"), "/no/such/objects\n").unwrap();
    let outcome = Scan::of(repo.path()).run();
    assert_eq!((outcome.code, outcome.gap_kinds()), (2, vec!["unreadable_store".to_owned()]));
    assert!(outcome.gaps()[0].1.contains("/no/such/objects"));
    assert_eq!(crate::sample::found(&outcome), *expected());
}

#[test]
fn the_git_folder_a_folder_inside_and_a_bare_copy() {
    let repo = sample();
    for at in [".git", "deep", "deep/er/still", ".git/refs"] {
        let outcome = Scan::of(repo.path().join(at)).run();
        assert_eq!(crate::sample::found(&outcome), *expected(), "{at}");
    }
    let outcome = Scan::bare().within(&repo.path().join("deep")).args(&["scan", "--format", "jsonl", "--reveal"]).run();
    assert_eq!(crate::sample::found(&outcome), *expected(), "no path given");
    let bare = repo.beside("bare.git");
    repo.git(&["clone", "-q", "--mirror", &repo.url(), bare.to_str().unwrap()]);
    reads_all(&repo, &bare, &expected_reachable());
    assert_eq!(crate::sample::found(&Scan::of(bare.join("refs")).run()), expected_reachable());
}

#[test]
fn a_linked_work_tree_reads_the_whole_store() {
    let repo = sample();
    let linked = repo.beside("linked");
    repo.git(&["worktree", "add", "-q", linked.to_str().unwrap(), "side"]);
    let outcome = reads_all(&repo, &linked, expected());
    let from_main = Scan::of(repo.path()).run();
    assert_eq!(outcome.fingerprints(), from_main.fingerprints());
    assert_eq!(outcome.summary["repositories"][0]["branch"], "refs/heads/side");
    assert_eq!(from_main.summary["repositories"][0]["branch"], "refs/heads/main");
}

#[test]
fn a_submodules_checkout_and_its_place_in_the_superproject() {
    let repo = sample();
    let above = Repo::new();
    above.git(&["submodule", "--quiet", "add", &repo.url(), "vendor/sub"]);
    above.commit("a submodule");
    for at in ["vendor/sub", ".git/modules/vendor/sub"] {
        reads_all(&above, &above.path().join(at), &expected_reachable());
    }
    // The superproject's own store is another one.
    let outcome = Scan::of(above.path()).run();
    assert_eq!((outcome.code, outcome.findings.len(), outcome.gaps()), (0, 0, vec![]));
}

#[test]
fn a_branch_called_head_and_refs_with_odd_names() {
    let repo = sample();
    repo.git(&["update-ref", "refs/heads/HEAD", "side"]);
    repo.git(&["update-ref", "refs/heads/feature/@x", "side~1"]);
    repo.git(&["update-ref", "refs/heads/üñí-☃", "side~2"]);
    repo.git(&["update-ref", "refs/custom/space/deep", "main~3"]);
    let outcome = reads_all(&repo, repo.path(), expected());
    let told = outcome.summary["coverage"]["refs"].as_u64().unwrap() as usize;
    assert_eq!(told, repo.git(&["for-each-ref"]).lines().count());
}

#[test]
fn junk_in_the_store_is_no_object() {
    let repo = sample();
    repo.git(&["repack", "-q", "-a"]);
    for name in ["pack/tmp_pack_x", "00/tmp_obj_x", "pack/pack-x.rev", "info/junk", "zz"] {
        let path = repo.objects().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "junk").unwrap();
    }
    same(&repo);
}

#[test]
fn an_empty_repository_and_an_unborn_branch() {
    let repo = Repo::new();
    let bare = Repo::with(&["--bare"]);
    for at in [repo.path(), bare.path()] {
        clean(at, None);
    }
    // Objects without a single commit: what was added to the index.
    repo.write("a", "x\n");
    repo.git(&["add", "a"]);
    clean(repo.path(), None);
    // A branch without commits beside one that has some.
    let repo = Repo::new();
    let tip = repo.put("a", "x\n");
    repo.orphan("unborn");
    clean(repo.path(), None);
    repo.checkout("main");
    clean(repo.path(), Some(&tip));
}

#[track_caller]
fn clean(at: &Path, head: Option<&str>) {
    let outcome = Scan::of(at).run();
    assert_eq!((outcome.code, outcome.gaps()), (0, vec![]), "{}", outcome.stderr);
    assert_eq!(outcome.summary["complete"], true);
    assert_eq!(outcome.summary["repositories"][0]["head"].as_str(), head);
}
