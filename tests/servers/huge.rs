//! A push of two gigabytes.

use crate::{hook, input, server::Server, stage::Stage};
use std::{
    fs::{self, File},
    io::{Seek, SeekFrom, Write},
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    thread,
    time::{Duration, Instant},
};

const SIZE: u64 = 2 << 30;

/// What the hook may take of memory, in KiB; most of it is the same for a push of one byte.
const MEMORY: u64 = 400 << 10;

#[test]
#[ignore = "needs servers: .ci/run runs them"]
fn two_gigabytes_get_a_verdict_in_time_and_in_little_memory() {
    let server = Server::local().hooked();
    let stage = Stage::with_history(&server, "sha1");
    let pair = stage.pair();
    // Zeros, which git packs into two megabytes, and a key behind them.
    let mut file = File::create(stage.client.path().join("image")).unwrap();
    file.set_len(SIZE).unwrap();
    file.seek(SeekFrom::End(0)).unwrap();
    file.write_all(format!("\n{}", pair.file()).as_bytes()).unwrap();
    let commit = stage.client.commit("a disk");
    stage.replace_hook(&hook::script("echo $$ >hook.pid\n"));
    let done = AtomicBool::new(false);
    let most = thread::scope(|scope| {
        let watcher = scope.spawn(|| peak(&stage.bare.join("hook.pid"), &done));
        stage.push(&["main"]).refused().names(&pair, &commit, "image:3");
        done.store(true, Relaxed);
        watcher.join().unwrap()
    });
    assert!((1..MEMORY).contains(&most), "{most} KiB");

    // No time for all of it.
    stage.configure("deadline = 0.3\non-timeout = \"accept\"\n");
    stage.push(&["main"]).accepted_with_a_word();
    // By default that is refused. The objects have come, so that git need not bring them once more.
    stage.smuggle(&["+main~:main"]);
    stage.configure("deadline = 0.3\n");
    let line = format!("{} {commit} refs/heads/image\n", "0".repeat(40));
    let begun = Instant::now();
    let output = input::run(&stage, line.as_bytes());
    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
    assert_eq!(output.status.code(), Some(1), "{output:?}");
}

/// The most memory that the process whose id comes to be in `file` ever had, in KiB, as far as it was seen.
fn peak(file: &std::path::Path, done: &AtomicBool) -> u64 {
    let mut most = 0;
    while !done.load(Relaxed) {
        let id = fs::read_to_string(file).unwrap_or_default();
        let status = fs::read_to_string(format!("/proc/{}/status", id.trim())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let size = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse().ok());
        most = most.max(size.unwrap_or(0));
        thread::sleep(Duration::from_millis(10));
    }
    most
}
