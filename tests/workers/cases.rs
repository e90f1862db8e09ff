//! What may happen to those who work together.

use crate::crew::{Crew, wait};
use crate::server::Server;
use keytrail::store::{OutcomeKind, StoreAddress};
use rustix::process::Signal;
use std::fs;
use std::time::Duration;

/// The argument that stands for an address: tests' databases have no password.
fn crew(store: &StoreAddress, ordinary: usize, more: &[&str]) -> Crew {
    let address = match store {
        StoreAddress::File(path) => path.to_str().unwrap().to_owned(),
        StoreAddress::Postgres(url) => url.clone(),
    };
    Crew::new(store, &address, ordinary, more)
}

pub fn workers_share_a_run(store: &StoreAddress) {
    let crew = crew(store, 24, &[]);
    let run = crew.run("run", &["--jobs", "0"]);
    let workers = ["a", "b"].map(|name| crew.worker(name, &["--exit-when-idle", "3"]));
    let (code, said) = run.end();
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("24 scanned") && said.contains("12 new"), "{said}");
    let shares = workers.map(|worker| {
        let (code, said) = worker.end();
        assert_eq!(code, Some(0), "{said}");
        said.matches("scanned").count()
    });
    assert_eq!(shares.iter().sum::<usize>(), 24, "each was scanned once: {shares:?}");
    assert!(shares.iter().all(|&share| share > 0), "both had work: {shares:?}");
    crew.is_whole(&[]);
}

pub fn what_a_killed_worker_had_is_done_by_another(store: &StoreAddress) {
    let crew = crew(store, 8, &["slow"]);
    let run = crew.run("run", &["--jobs", "0"]);
    let first = crew.worker("first", &[]);
    crew.await_file("begun");
    let second = crew.worker("second", &[]);
    first.signal(Signal::KILL);
    fs::write(crew.place("go"), "").unwrap();
    let (code, said) = run.end();
    assert_eq!(code, Some(1), "{said}");
    assert!(second.said().contains("slow"), "{}", second.said());
    crew.is_whole(&[]);
}

pub fn a_frozen_worker_wakes_up_late(store: &StoreAddress) {
    let crew = crew(store, 8, &["slow"]);
    let run = crew.run("run", &["--jobs", "0"]);
    let first = crew.worker("first", &["--exit-when-idle", "5"]);
    crew.await_file("begun");
    first.signal(Signal::STOP);
    fs::write(crew.place("go"), "").unwrap();
    let second = crew.worker("second", &[]);
    let (code, said) = run.end();
    assert_eq!(code, Some(1), "{said}");
    assert!(second.said().contains("slow"), "{}", second.said());
    first.signal(Signal::CONT);
    // It finds what the other one has done, and goes on.
    let (code, said) = first.end();
    assert_eq!(code, Some(0), "{said}");
    crew.is_whole(&[]);
    let (code, said) = crew.run("next", &["--exit-on", "new"]).end();
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("0 scanned, 9 unchanged"), "{said}");
    assert!(said.contains("0 new, 0 come back, 0 fixed, 0 gone"), "{said}");
}

pub fn a_repository_that_takes_its_worker_along_is_given_up(store: &StoreAddress) {
    let crew = crew(store, 6, &["poison"]);
    let mut run = crew.run("run", &["--jobs", "0"]);
    // Whatever ends a worker, somebody starts it again.
    let (mut worker, mut deaths) = (crew.worker("worker", &[]), 0);
    wait("the run to end", || {
        if worker.has_ended() {
            deaths += 1;
            worker = crew.worker("worker", &[]);
        }
        run.has_ended().then_some(())
    });
    let (code, said) = run.end();
    assert_eq!((code, deaths), (Some(2), 3), "{said}");
    assert!(said.contains("poison: given up: it was begun 3 times"), "{said}");
    crew.is_whole(&["poison"]);
}

pub fn a_run_that_was_killed_goes_on(store: &StoreAddress) {
    let crew = crew(store, 10, &["slow"]);
    let run = crew.run("run", &["--jobs", "1"]);
    crew.await_file("begun");
    run.signal(Signal::KILL);
    run.end();
    fs::remove_file(crew.place("begun")).unwrap();
    let run = crew.run("again", &["--jobs", "2", "--resume"]);
    crew.await_file("begun");
    run.signal(Signal::INT);
    let (code, said) = run.end();
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("go on with --resume"), "{said}");
    fs::write(crew.place("go"), "").unwrap();
    let (code, said) = crew.run("last", &["--resume"]).end();
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("run 1: 11 repositories listed, 11 scanned"), "{said}");
    crew.is_whole(&[]);
}

pub fn shards_are_all_there_is(store: &StoreAddress) {
    let crew = crew(store, 30, &[]);
    let parts = ["1/3", "2/3", "3/3"];
    let runs = parts.map(|part| crew.run(&part.replace('/', "-"), &["--shard", part]));
    let scanned = runs.map(|run| {
        let (code, said) = run.end();
        assert!(matches!(code, Some(0 | 1)), "{said}");
        let count =
            said.lines().find_map(|line| line.split_once(" repositories listed")?.0.rsplit(' ').next()?.parse().ok());
        count.unwrap_or(0)
    });
    assert_eq!(scanned.iter().sum::<usize>(), 30, "{scanned:?}");
    assert!(scanned.iter().all(|&count| count > 0), "{scanned:?}");
    crew.is_whole(&[]);
}

pub fn a_newer_run_takes_the_place_of_an_older_one(store: &StoreAddress) {
    let crew = crew(store, 4, &["slow"]);
    let older = crew.run("older", &["--jobs", "0"]);
    wait("the older run", || older.said().contains("repositories").then_some(()));
    fs::write(crew.place("go"), "").unwrap();
    let (code, said) = crew.run("newer", &[]).end();
    assert_eq!(code, Some(1), "{said}");
    let (code, said) = older.end();
    assert_eq!(code, Some(2), "{said}");
    crew.is_whole(&[]);
}

pub fn a_worker_with_other_rules_takes_nothing(store: &StoreAddress) {
    let crew = crew(store, 4, &[]);
    let run = crew.run("run", &["--jobs", "0"]);
    wait("the run", || run.said().contains("repositories").then_some(()));
    let (code, said) = crew.worker("other", &["--max-decoded", "1M", "--exit-when-idle", "1"]).end();
    assert_eq!((code, said.as_str()), (Some(0), ""));
    assert_eq!(crew.count(OutcomeKind::Scanned), 0);
    let (code, said) = crew.worker("same", &["--exit-when-idle", "1"]).end();
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(run.end().0, Some(1));
    crew.is_whole(&[]);
}

/// Two workers and a run, and a server that goes away for three seconds as if the power went.
pub fn server_stopped(server: &Server) {
    let crew = crew(&server.database("stopped"), 40, &["slow"]);
    let run = crew.run("run", &["--jobs", "0"]);
    let workers = ["a", "b"].map(|name| crew.worker(name, &[]));
    crew.await_file("begun");
    server.down();
    std::thread::sleep(Duration::from_secs(3));
    server.up();
    fs::write(crew.place("go"), "").unwrap();
    let (code, said) = run.end();
    assert_eq!(code, Some(1), "{said}");
    crew.is_whole(&[]);
    drop(workers);
}
