//! Random damage, the same on every run: nothing panics, hangs or believes a lying size, and a scan that calls itself
//! complete has found everything.

#![allow(unsafe_code, reason = "an allocator that watches is an unsafe trait")]

use super::fixture::{Repo, Seed};
use keytrail::{
    model::RepositoryReport,
    policy::Policy,
    rules,
    scan::{NoProgress, ScanOptions, Scanner},
};
use std::{
    alloc::{GlobalAlloc, Layout, System},
    fs,
    path::Path,
    sync::{
        atomic::{AtomicBool, AtomicUsize, Ordering},
        mpsc,
    },
    time::Duration,
};

/// The largest piece of memory that was ever asked for.
static LARGEST: AtomicUsize = AtomicUsize::new(0);

struct Watched;

// SAFETY: all is left to the system's allocator; only sizes are noted.
unsafe impl GlobalAlloc for Watched {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        LARGEST.fetch_max(layout.size(), Ordering::Relaxed);
        // SAFETY: handed on as it came.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: handed on as it came.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        LARGEST.fetch_max(size, Ordering::Relaxed);
        // SAFETY: handed on as it came.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static WATCHED: Watched = Watched;

/// More than a scan of these small repositories needs (windows of large blobs take eight), less than a lie announces.
const MOST: usize = 40 << 20;

fn scan(path: &Path) -> RepositoryReport {
    let rules = rules::builtin().unwrap();
    let scanner = Scanner {
        rules: &rules,
        policy: &Policy::none(),
        options: &ScanOptions::default(),
        progress: &NoProgress,
        cancel: &AtomicBool::new(false),
    };
    scanner.scan(path, "repo").unwrap()
}

/// Flips, inserts, deletes, overwrites or repeats a few bytes.
fn mangle(bytes: &mut Vec<u8>, seed: &mut Seed) {
    for _ in 0..=seed.below(3) {
        let at = seed.below(bytes.len().max(1));
        let len = 1 + seed.below(8);
        let end = (at + len).min(bytes.len());
        match seed.below(6) {
            0 | 1 if at < bytes.len() => bytes[at] ^= 1 << seed.below(8),
            2 => bytes.splice(at..at, (0..len).map(|_| seed.next() as u8)).for_each(drop),
            3 => bytes.drain(at..end).for_each(drop),
            4 => bytes[at..end].fill(if seed.below(2) == 0 { 0xff } else { 0 }),
            _ => {
                let part = bytes[at..end].to_vec();
                let to = seed.below(bytes.len().max(1));
                let to = to..(to + part.len()).min(bytes.len());
                bytes[to.clone()].copy_from_slice(&part[..to.len()]);
            }
        }
    }
}

/// Scans `repo` with each of `files` damaged in turn, `variants` times each; `DAMAGE_ROUNDS=20` in the environment makes
/// it twenty times as many.
fn endure(repo: &Repo, files: Vec<std::path::PathBuf>, variants: u64) {
    let rounds = std::env::var("DAMAGE_ROUNDS").ok().and_then(|rounds| rounds.parse::<u64>().ok());
    let variants = variants * rounds.unwrap_or(1);
    let root = repo.root();
    let (done, progress) = mpsc::channel();
    let worker = std::thread::spawn(move || {
        let whole = scan(&root);
        assert!(whole.coverage.is_complete());
        for file in files {
            let bytes = fs::read(&file).unwrap();
            for variant in 0..variants {
                let mut damaged = bytes.clone();
                mangle(&mut damaged, &mut Seed(variant));
                fs::remove_file(&file).unwrap();
                fs::write(&file, &damaged).unwrap();
                done.send(format!("{}, variant {variant}", file.display())).unwrap();
                let report = scan(&root);
                if report.coverage.is_complete() {
                    let [now, then] = [&report, &whole].map(|report| format!("{:#?}", report.findings));
                    assert_eq!(now, then, "{}, variant {variant}", file.display());
                }
                let largest = LARGEST.load(Ordering::Relaxed);
                assert!(largest < MOST, "{largest} bytes at once: {}, variant {variant}", file.display());
            }
            fs::remove_file(&file).unwrap();
            fs::write(&file, &bytes).unwrap();
        }
    });
    let mut last = String::new();
    let ended = loop {
        match progress.recv_timeout(Duration::from_mins(1)) {
            Ok(at) => last = at,
            Err(ended) => break ended,
        }
    };
    assert_eq!(ended, mpsc::RecvTimeoutError::Disconnected, "it hangs: {last}");
    assert!(worker.join().is_ok(), "while scanning {last}");
}

#[test]
fn a_pack_damaged_anywhere_is_endured() {
    let repo = Repo::packed();
    endure(&repo, vec![repo.pack("pack")], 150);
}

#[test]
fn an_index_damaged_anywhere_is_endured() {
    let repo = Repo::packed();
    endure(&repo, vec![repo.pack("idx")], 150);
}

#[test]
fn loose_objects_and_refs_damaged_anywhere_are_endured() {
    let repo = Repo::leaky();
    let objects = ["HEAD", "HEAD^{tree}", "HEAD:file0.txt"].map(|name| repo.loose(&repo.oid(name)));
    endure(&repo, objects.into_iter().chain([repo.inside("refs/heads/main")]).collect(), 50);
}
