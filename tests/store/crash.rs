//! Whoever writes is killed, or the server is.

use super::house::*;
use super::server::Server;
use super::support::Keys;
use keytrail::model::KnownBlobs;
use keytrail::store::*;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// What a child process is told: its task, and the store.
const TASK: &str = "KEYTRAIL_TEST_TASK";
const STORE: &str = "KEYTRAIL_TEST_STORE";

/// Findings in each scan: a transaction long enough to be hit in its middle.
const FINDINGS: u64 = 100;

/// This test again, in a process of its own that does `task`. With `before`, a line of shell that comes first.
pub fn child(task: &str, address: &StoreAddress, before: &str) -> Child {
    let store = match address {
        StoreAddress::File(path) => path.to_str().unwrap().to_owned(),
        StoreAddress::Postgres(url) => url.clone(),
    };
    Command::new("sh")
        .args(["-c", &format!("{before} exec \"$0\" --exact crash::a_child_does_as_it_is_told --nocapture")])
        .arg(std::env::current_exe().unwrap())
        .env(TASK, task)
        .env(STORE, store)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

#[test]
fn a_child_does_as_it_is_told() {
    let (Ok(task), Ok(store)) = (std::env::var(TASK), std::env::var(STORE)) else { return };
    let store = Store::open_existing(&StoreAddress::parse(&store)).unwrap();
    let run = store.runs(None, 1).unwrap()[0].id;
    match task.as_str() {
        "on and on" => {
            println!("\nready");
            let first =
                store.previous(&id("a")).unwrap().map_or(1, |previous| previous.rules.parse::<u64>().unwrap() + 1);
            for generation in first.. {
                record(&store, run, generation);
            }
        }
        "once" => println!("\n{}", try_record(&store, run, 2).unwrap_err()),
        other => {
            let (begin, end) = other.split_once("..").unwrap();
            for n in begin.parse::<u64>().unwrap()..end.parse().unwrap() {
                super::crowd::scan(&store, run, n);
            }
        }
    }
}

/// A scan whose every part is marked with its generation.
fn try_record(store: &Store, run: RunId, generation: u64) -> Result<(), StoreError> {
    let rules = generation.to_string();
    let findings: Vec<FindingLine> = (0..FINDINGS)
        .map(|n| line_with(&format!("{n}"), &serde_json::json!({"title": rules, "advice": "x".repeat(2000)})))
        .collect();
    let mut keys = Keys::new(generation);
    let clean: Vec<_> = (0..5000)
        .map(|_| {
            let bytes: Vec<u8> = (0..20).map(|_| keys.number() as u8).collect();
            keytrail::model::Oid::from_bytes(&bytes).unwrap()
        })
        .collect();
    let clean_blobs = KnownBlobs::new(clean);
    let tips = tips(generation as u8);
    let scan = Scan {
        engine: ENGINE,
        rules: &rules,
        tips: &tips,
        gaps: &[],
        findings: &findings,
        clean_blobs: &clean_blobs,
        sarif: None,
    };
    tell(store, run, 1, "a", Outcome::Scanned(scan))
}

fn record(store: &Store, run: RunId, generation: u64) {
    try_record(store, run, generation).unwrap();
}

/// The generation that the store holds; panics if it holds parts of several.
fn generation(store: &Store) -> u64 {
    let previous = store.previous(&id("a")).unwrap().unwrap();
    let generation = previous.rules.parse().unwrap();
    assert_eq!(previous.tips, tips(generation as u8));
    let findings = store.findings(&Filter::default(), &at(1)).unwrap();
    assert_eq!(findings.len() as u64, FINDINGS);
    assert!(findings.iter().all(|finding| finding.title == previous.rules), "one generation only");
    let clean = store.clean_blobs_of_network(&id("a"), &previous.rules, ENGINE, 20).unwrap();
    assert_eq!(clean.len(), 5000);
    generation
}

pub fn killed(address: &StoreAddress) {
    let store = Store::open(address).unwrap();
    let run = night(&store, 1, &["a"]);
    record(&store, run, 1);
    drop(store);
    let (mut last, mut keys) = (1, Keys::new(5));
    for _ in 0..12 {
        let mut child = child("on and on", address, "");
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        assert!(lines.any(|line| line.unwrap() == "ready"));
        std::thread::sleep(Duration::from_millis(20 + keys.number() % 200));
        child.kill().unwrap();
        child.wait().unwrap();
        let store = Store::open(address).unwrap();
        let now = generation(&store);
        assert!(now >= last, "{now} after {last}");
        last = now;
    }
    assert!(last > 1, "no child came to write anything");
}

/// The server goes away while four threads write.
pub fn server_stopped(server: &Server) {
    let address = server.database("stopped");
    let store = Store::open(&address).unwrap();
    let names: Vec<String> = (0..super::crowd::REPOSITORIES).map(|n| format!("r{n}")).collect();
    let run = night(&store, 1, &names.iter().map(String::as_str).collect::<Vec<_>>());
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let store = &store;
            scope.spawn(move || {
                for n in (thread..super::crowd::REPOSITORIES).step_by(4) {
                    super::crowd::scan(store, run, n);
                    std::thread::sleep(Duration::from_millis(200));
                }
            });
        }
        std::thread::sleep(Duration::from_millis(300));
        server.down();
        std::thread::sleep(Duration::from_secs(3));
        server.up();
    });
    super::crowd::check(&store, run);
}
