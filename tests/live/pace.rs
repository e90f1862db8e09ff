//! How fast is asked, and in which order.

use crate::{
    answers::{active, http, identity, throttled, wrong_signature},
    cloud::ACCOUNT,
    leak::{Leak, made_up},
    program::Program,
    stub::{Answer, Seen, Stub},
};
use std::{
    sync::Mutex,
    time::{Duration, Instant},
};

#[test]
fn no_more_is_asked_a_second_than_was_allowed() {
    let logins: Vec<_> = (300..306).map(|seed| made_up(seed, ACCOUNT)).collect();
    let stub = Stub::new(|_, _| active(ACCOUNT));
    let told = Program::verify(&Leak::of_all(&logins), &stub.url()).args(&["--rps", "2"]).run();
    let seen = stub.seen();
    assert_eq!((seen.len(), told.findings.len()), (6, 6), "{}", told.stdout);
    // Six requests are five pauses of half a second. A slow machine only makes them longer.
    let all = seen.last().unwrap().from - seen[0].from;
    assert!(all >= Duration::from_millis(2200), "{all:?}");
}

/// Those that are sent again count, too.
#[test]
fn what_is_asked_again_keeps_to_the_pace() {
    let logins: Vec<_> = (340..344).map(|seed| made_up(seed, ACCOUNT)).collect();
    let stub = Stub::new(|n, _| if n < 4 { throttled() } else { active(ACCOUNT) });
    let told = Program::verify(&Leak::of_all(&logins), &stub.url()).args(&["--rps", "1"]).run();
    assert!(told.findings.iter().all(|finding| finding["verification"]["status"] == "active"), "{}", told.stdout);
    let seen = stub.seen();
    assert_eq!(seen.len(), 8);
    let all = seen.last().unwrap().from - seen[0].from;
    assert!(all >= Duration::from_millis(6500), "{all:?}");
}

#[test]
fn different_ids_are_asked_for_at_the_same_time_and_one_id_is_not() {
    let logins: Vec<_> = (310..314).map(|seed| made_up(seed, ACCOUNT)).collect();
    let mut all = logins.clone();
    all.extend(logins.iter().zip(320..).map(|(login, seed)| login.with_secret(&made_up(seed, ACCOUNT).secret)));
    let slow = Duration::from_secs(2);
    let answer = move |_, _: &_| Answer::Late(slow, http("200 OK", "", &identity(ACCOUNT)));
    let stub = Stub::new(answer);
    let told = Program::verify(&Leak::of_all(&all), &stub.url()).run();
    assert!(told.findings.iter().all(|finding| finding["verification"]["status"] != "inactive"), "{}", told.stdout);
    let seen = stub.seen();
    assert!(seen.len() >= logins.len(), "{}", seen.len());
    let overlap = |one: &Seen, other: &Seen| one.from < other.till.unwrap() && other.from < one.till.unwrap();
    let pairs = || (0..seen.len()).flat_map(|n| (0..n).map(move |m| (n, m)));
    let same = |n: usize, m: usize| seen[n].request.key_id() == seen[m].request.key_id();
    assert!(pairs().all(|(n, m)| !same(n, m) || !overlap(&seen[n], &seen[m])));
    assert!(pairs().any(|(n, m)| overlap(&seen[n], &seen[m])), "each waits for the other");
}

/// As STS does: once it has refused an id's secret, it refuses all that come within five seconds.
#[test]
fn the_secrets_of_one_id_do_not_spoil_each_other() {
    let right = made_up(330, ACCOUNT);
    let others = (331..333).map(|seed| right.with_secret(&made_up(seed, ACCOUNT).secret));
    let logins: Vec<_> = others.chain([right.clone()]).collect();
    let last = Mutex::new(None::<Instant>);
    let stub = Stub::new(move |n, _| {
        let mut last = last.lock().unwrap();
        let is_spoilt = last.is_some_and(|last| last.elapsed() < Duration::from_secs(5));
        // A stub does not know which secret signed. Each is tried twice at most: from the fifth request on it is the third.
        if n >= 4 && !is_spoilt {
            return active(ACCOUNT);
        }
        *last = Some(Instant::now());
        wrong_signature()
    });
    let told = Program::verify(&Leak::of_all(&logins), &stub.url()).run();
    let statuses: Vec<_> = told.findings.iter().map(|finding| finding["verification"]["status"].as_str()).collect();
    assert_eq!(statuses.iter().filter(|status| **status == Some("active")).count(), 1, "{}", told.stdout);
}
