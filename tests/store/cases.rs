//! Promises that every store keeps.

use super::house::*;
use keytrail::model::Severity;
use keytrail::store::*;
use serde_json::json;

/// What is promised, and how it is tried.
type Case = (&'static str, fn(&StoreAddress));

pub const ALL: [Case; 15] = [
    ("what is told is remembered", remembered),
    ("what is told twice is there once", twice),
    ("a late word changes nothing", late),
    ("what is no longer listed is marked, and comes back", unlisted),
    ("only a scan that read all says that something is gone", incomplete),
    ("unchanged is what was scanned before", unchanged),
    ("decisions add up, and acceptance ends", triage),
    ("each condition of a filter counts", filter),
    ("changes of a run", changes),
    ("clean blobs are shared by forks under the same rules", network),
    ("what is left to do is known after a crash", resumed),
    ("counts outlive a month", month),
    ("any text is taken", texts),
    ("each channel is told once, by one", told),
    ("tables are brought up to date, and newer ones left alone", versions),
];

fn remembered(address: &StoreAddress) {
    let store = Store::open(address).unwrap();
    let run = night(&store, 1, &["a", "b", "c", "d"]);
    let found = Found { findings: &[line("x"), line("y")], gaps: &[gap()], tip: 7, clean: &[9, 8] };
    found.record(&store, run, 1, "a");
    tell(&store, run, 1, "b", Outcome::Failed { reason: "403" }).unwrap();
    Found::these(&[]).record(&store, run, 1, "c");
    let counts = finish(&store, run, 1);
    let expected = Counts { listed: 4, scanned: 2, failed: 1, not_reached: 1, incomplete: 1, ..Counts::default() };
    assert_eq!(counts, expected);
    assert!(!counts.is_complete());
    drop(store);

    let store = Store::open_existing(address).unwrap();
    let previous = store.previous(&id("a")).unwrap().unwrap();
    assert_eq!((previous.run, &previous.at, &*previous.rules, &*previous.engine), (run, &at(1), RULES, ENGINE));
    assert_eq!((previous.tips, previous.gap_count, previous.gaps), (tips(7), 1, vec![gap()]));
    assert_eq!(clean(&store, "a"), [8, 9]);
    assert_eq!(store.previous(&id("b")).unwrap(), None);
    let runs = store.runs(None, 9).unwrap();
    assert_eq!(runs.len(), 1);
    assert_eq!((runs[0].id, &*runs[0].source, &runs[0].counts), (run, "github:acme", &expected));
    assert_eq!((&runs[0].started, &runs[0].ended), (&at(1), &Some(at(1))));
    let outcomes = store.outcomes(run).unwrap();
    let kinds: Vec<_> = outcomes.iter().map(|outcome| (outcome.name.as_str(), outcome.kind)).collect();
    assert_eq!(
        kinds,
        [
            ("acme/a", OutcomeKind::Scanned),
            ("acme/b", OutcomeKind::Failed),
            ("acme/c", OutcomeKind::Scanned),
            ("acme/d", OutcomeKind::NotReached)
        ]
    );
    assert_eq!((outcomes[0].gap_count, &outcomes[0].gaps), (1, &vec![gap()]));
    assert_eq!(outcomes[1].reason.as_deref(), Some("403"));
    let findings = store.findings(&Filter::default(), &at(1)).unwrap();
    assert_eq!(findings.len(), 2);
    let x = findings.iter().find(|finding| finding.title == "x").unwrap();
    assert_eq!(x.line, line("x").as_str(), "as it was handed over");
    assert_eq!(x.life.first, Stamp { run, at: at(1) });
    assert_eq!((x.life.presence(), x.triage, x.severity), (Presence::AtTip, Triage::Open, Severity::High));
    assert_eq!((x.author.as_deref(), x.email.as_deref()), (Some("Ada"), Some("ada@example.org")));
    assert_eq!((&*x.repository, &*x.repository_name, x.is_listed), (&*id("a"), "acme/a", true));
    let repositories = store.repositories(Some("github:acme")).unwrap();
    assert_eq!(repositories.iter().map(|one| &one.listed).collect::<Vec<_>>()[0], &listed("a"));
    assert!(store.repositories(Some("github:other")).unwrap().is_empty());
}

fn twice(address: &StoreAddress) {
    let store = Store::open(address).unwrap();
    let names = ["a", "b", "c"];
    let mut runs = Vec::new();
    let nights: [&[FindingLine]; 4] = [&[line("x"), line("y")], &[line("x")], &[line("y"), line("z")], &[line("x")]];
    for (n, findings) in (1..).zip(nights) {
        let run = night(&store, n, &names);
        runs.push(run);
        let found = Found { findings, gaps: &[], tip: n, clean: &[n, 100] };
        let all = || {
            found.record(&store, run, n, "a");
            tell(&store, run, n, "b", Outcome::Failed { reason: "cut" }).unwrap();
            if n == 1 {
                found.record(&store, run, n, "c");
            } else {
                tell(&store, run, n, "c", Outcome::Unchanged).unwrap();
            }
            finish(&store, run, n);
        };
        all();
        let once = all_of(&store, &runs, &names);
        all();
        store.list(run, &at(n), &names.map(listed), true).unwrap();
        assert_eq!(all_of(&store, &runs, &names), once, "night {n}");
    }
}

fn late(address: &StoreAddress) {
    let store = Store::open(address).unwrap();
    let first = night(&store, 1, &["a", "b"]);
    Found::these(&[line("x")]).record(&store, first, 1, "b");
    let second = night(&store, 2, &["a", "b"]);
    Found { tip: 2, clean: &[2], ..Found::these(&[line("y")]) }.record(&store, second, 2, "a");
    tell(&store, second, 2, "b", Outcome::Unchanged).unwrap();
    let findings = || store.findings(&Filter::default(), &at(2)).unwrap();
    let (before, last) = (findings(), store.previous(&id("a")).unwrap());

    // A worker of the first night was frozen, and wakes up.
    Found { tip: 1, clean: &[1], ..Found::these(&[line("x")]) }.record(&store, first, 1, "a");
    Found::these(&[line("x")]).record(&store, first, 1, "b");
    assert_eq!(findings(), before);
    assert_eq!(store.previous(&id("a")).unwrap(), last);
    assert_eq!(clean(&store, "a"), [2]);
    assert!(store.not_reached(first).unwrap().is_empty(), "its own run knows");

    // Another one failed at what was done in the meantime.
    for name in ["a", "b"] {
        let before = store.outcomes(second).unwrap();
        tell(&store, second, 2, name, Outcome::Failed { reason: "time is up" }).unwrap();
        assert_eq!(store.outcomes(second).unwrap(), before);
    }
    // The other way round a scan makes good what failed.
    let third = night(&store, 3, &["a"]);
    tell(&store, third, 3, "a", Outcome::Failed { reason: "time is up" }).unwrap();
    Found::these(&[]).record(&store, third, 3, "a");
    let outcome = store.outcomes(third).unwrap().remove(0);
    assert_eq!((outcome.kind, outcome.reason), (OutcomeKind::Scanned, None));
    // Nor does "unchanged" take back a scan of the same run.
    tell(&store, third, 3, "a", Outcome::Unchanged).unwrap();
    assert_eq!(store.outcomes(third).unwrap()[0].kind, OutcomeKind::Scanned);
}

fn unlisted(address: &StoreAddress) {
    let store = Store::open(address).unwrap();
    let run = night(&store, 1, &["a", "b"]);
    Found::these(&[line("x")]).record(&store, run, 1, "a");
    let other = NewRun {
        source: "dir:/srv",
        shard: Shard::default(),
        kind: "scheduled",
        engine: ENGINE,
        rules: RULES,
        at: &at(1),
    };
    let other = store.begin_run(&other).unwrap();
    store.list(other, &at(1), &[listed("z")], true).unwrap();
    night(&store, 2, &["b"]);
    let gone = |store: &Store| {
        let all = store.repositories(None).unwrap();
        all.into_iter().map(|one| (one.listed.name, one.unlisted_at)).collect::<Vec<_>>()
    };
    let name = |name: &str| format!("acme/{name}");
    assert_eq!(gone(&store), [(name("a"), Some(at(2))), (name("b"), None), (name("z"), None)]);
    night(&store, 3, &["b"]);
    assert_eq!(gone(&store)[0].1, Some(at(2)), "since when it is");
    let finding = store.findings(&Filter::default(), &at(3)).unwrap().remove(0);
    assert!(!finding.is_listed && finding.life.gone.is_none());
    let run = night(&store, 4, &["a", "b"]);
    assert_eq!(gone(&store)[0].1, None);
    assert_eq!(store.not_reached(run).unwrap().len(), 2);

    // Renamed; many at once; one id twice.
    let mut many: Vec<Listed> = (0..1203).map(|n| listed(&format!("many{n:04}"))).collect();
    many.push(Listed { name: "acme/renamed".to_owned(), archived: true, web_url: None, ..listed("a") });
    many.push(many[0].clone());
    let run = NewRun {
        source: "github:acme",
        shard: Shard::default(),
        kind: "scheduled",
        engine: ENGINE,
        rules: RULES,
        at: &at(5),
    };
    let run = store.begin_run(&run).unwrap();
    store.list(run, &at(5), &many, true).unwrap();
    assert_eq!(store.not_reached(run).unwrap().len(), 1204);
    let all = store.repositories(Some("github:acme")).unwrap();
    assert_eq!(all.len(), 1205);
    let renamed = all.iter().find(|one| one.listed.name == "acme/renamed").unwrap();
    assert!(renamed.listed.archived && renamed.listed.id == id("a"));
    assert!(store.list(RunId(999), &at(5), &[], true).unwrap_err().to_string().contains("no run 999"));
}

fn incomplete(address: &StoreAddress) {
    let store = Store::open(address).unwrap();
    let presence = |store: &Store| {
        let all = store.findings(&Filter::default(), &at(9)).unwrap();
        all.into_iter().map(|finding| finding.life.presence()).collect::<Vec<_>>()
    };
    let run = night(&store, 1, &["a"]);
    Found::these(&[line("x")]).record(&store, run, 1, "a");
    assert_eq!(presence(&store), [Presence::AtTip]);
    let in_history = [line_with("x", &json!({"present_in": []}))];
    for (n, findings) in [(2, &[][..]), (3, &in_history)] {
        let run = night(&store, n, &["a"]);
        Found { gaps: &[gap()], ..Found::these(findings) }.record(&store, run, n, "a");
        assert_eq!(presence(&store), [Presence::AtTip], "night {n}");
    }
    let run = night(&store, 4, &["a"]);
    Found::these(&in_history).record(&store, run, 4, "a");
    assert_eq!(presence(&store), [Presence::InHistory]);
    let run = night(&store, 5, &["a"]);
    tell(&store, run, 5, "a", Outcome::Failed { reason: "gone away" }).unwrap();
    assert_eq!(presence(&store), [Presence::InHistory]);
    let run = night(&store, 6, &["a"]);
    Found::these(&[]).record(&store, run, 6, "a");
    assert_eq!(presence(&store), [Presence::Gone]);
    let gaps = vec![gap(); Scan::KEPT_GAPS + 5];
    let run = night(&store, 7, &["a"]);
    Found { gaps: &gaps, ..Found::these(&[]) }.record(&store, run, 7, "a");
    let previous = store.previous(&id("a")).unwrap().unwrap();
    assert_eq!((previous.gap_count, previous.gaps.len()), (gaps.len() as u64, Scan::KEPT_GAPS));
}

fn unchanged(address: &StoreAddress) {
    let store = Store::open(address).unwrap();
    let run = night(&store, 1, &["a"]);
    let error = tell(&store, run, 1, "a", Outcome::Unchanged).unwrap_err();
    assert!(error.to_string().contains("cannot be unchanged"), "{error}");
    assert_eq!(store.outcomes(run).unwrap()[0].kind, OutcomeKind::NotReached);
    let error = tell(&store, run, 1, "b", Outcome::Failed { reason: "x" }).unwrap_err();
    assert!(error.to_string().contains(&id("b")), "{error}");
    Found::these(&[line("old")]).record(&store, run, 1, "a");
    let run = night(&store, 2, &["a"]);
    Found { gaps: &[gap()], ..Found::these(&[line("x")]) }.record(&store, run, 2, "a");
    let run = night(&store, 3, &["a"]);
    tell(&store, run, 3, "a", Outcome::Unchanged).unwrap();
    let counts = finish(&store, run, 3);
    assert_eq!((counts.unchanged, counts.incomplete), (1, 1), "what was not read then is not read now");
    assert_eq!(store.outcomes(run).unwrap()[0].gaps, [gap()]);
    let last = |title: &str| {
        let all = store.findings(&Filter::default(), &at(3)).unwrap();
        all.into_iter().find(|finding| finding.title == title).unwrap().life.last.at
    };
    assert_eq!((last("x"), last("old")), (at(3), at(1)), "only what the last scan saw is still seen");
}

fn triage(address: &StoreAddress) {
    let store = Store::open(address).unwrap();
    let run = night(&store, 1, &["a", "b"]);
    for name in ["a", "b"] {
        Found::these(&[line("x"), line("y")]).record(&store, run, 1, name);
    }
    let accepted = Triage::Accepted { until: "2026-01-20".parse().unwrap() };
    let mark = |triage, n| Mark { triage, reason: format!("reason {n}"), who: "sec@example.org".to_owned(), at: at(n) };
    let marks: Vec<Mark> =
        [Triage::FalsePositive, Triage::Open, accepted].into_iter().zip(2..).map(|(t, n)| mark(t, n)).collect();
    for one in &marks {
        store.mark(&fingerprint("x"), one).unwrap();
    }
    assert_eq!(store.marks(&fingerprint("x")).unwrap(), marks, "none is forgotten");
    assert_eq!(store.marks(&fingerprint("y")).unwrap(), []);
    let states = |n| {
        let all = store.finding(&fingerprint("x"), &at(n)).unwrap();
        all.into_iter().map(|finding| (finding.repository_name, finding.triage, finding.mark)).collect::<Vec<_>>()
    };
    let both = |triage| ["a", "b"].map(|name| (format!("acme/{name}"), triage, Some(marks[2].clone())));
    assert_eq!(states(19), both(accepted), "the last day");
    assert_eq!(states(20), both(Triage::Open), "the day after");
    let open = |n| titles(&store, &Filter { states: vec!["open".to_owned()], ..Filter::default() }, n);
    assert_eq!(open(19), ["y", "y"]);
    assert_eq!(open(20).len(), 4);
    // A scan does not undo a decision.
    store.mark(&fingerprint("x"), &mark(Triage::Revoked, 21)).unwrap();
    let run = night(&store, 22, &["a", "b"]);
    Found::these(&[line("x"), line("y")]).record(&store, run, 22, "a");
    assert_eq!(open(22), ["y", "y"]);
    let error = store.mark(&fingerprint("z"), &mark(Triage::Revoked, 23)).unwrap_err();
    assert!(error.to_string().contains(fingerprint("z").as_str()), "{error}");
}

fn filter(address: &StoreAddress) {
    let store = Store::open(address).unwrap();
    let first = night(&store, 1, &["a", "b"]);
    let other = json!({"severity": "low", "account_id": null, "present_in": [],
                       "introduced": {"commit": oid(1), "author": "Grace Hopper", "email": "g@navy.example", "date": ""}});
    let x = line_with("x", &json!({"severity": "critical", "lifetime": null}));
    Found::these(&[x, line_with("y", &other)]).record(&store, first, 1, "a");
    let second = night(&store, 2, &["a", "b"]);
    Found::these(&[line("z")]).record(&store, second, 2, "b");
    let check = |filter: Filter, expected: &[&str]| assert_eq!(titles(&store, &filter, 2), expected, "{filter:?}");
    let glob = |text| Some(globset::Glob::new(text).unwrap().compile_matcher());
    let any = Filter::default;
    check(any(), &["x", "z", "y"]);
    check(Filter { severity: Some(Severity::High), ..any() }, &["x", "z"]);
    check(Filter { account: Some("123456789012".to_owned()), ..any() }, &["x", "z"]);
    check(Filter { account: Some("210987654321".to_owned()), ..any() }, &[]);
    check(Filter { repository: glob("*/a"), ..any() }, &["x", "y"]);
    check(Filter { repository: glob("acme/*"), ..any() }, &["x", "z", "y"]);
    check(Filter { first_seen_from: Some(at(2)), ..any() }, &["z"]);
    check(Filter { first_seen_before: Some(at(2)), ..any() }, &["x", "y"]);
    check(Filter { author: Some("hopper".to_owned()), ..any() }, &["y"]);
    check(Filter { author: Some("@EXAMPLE.org".to_owned()), ..any() }, &["x", "z"]);
    check(Filter { states: vec!["revoked".to_owned()], ..any() }, &[]);
    check(Filter { presences: vec![Presence::InHistory], ..any() }, &["y"]);
    check(Filter { presences: vec![Presence::InHistory, Presence::AtTip], ..any() }, &["x", "z", "y"]);
    check(Filter { new_since: Some(first), ..any() }, &["z"]);
    check(Filter { new_since: Some(first), severity: Some(Severity::Critical), ..any() }, &[]);
}

fn changes(address: &StoreAddress) {
    let store = Store::open(address).unwrap();
    let old = line_with("fixed", &json!({"present_in": []}));
    let nights: [&[FindingLine]; 3] = [
        &[line("fixed"), line("gone"), line("back"), line("same")],
        &[line("fixed"), line("gone"), line("same")],
        &[old, line("back"), line("same"), line("new")],
    ];
    let mut runs = Vec::new();
    for (n, findings) in (1..).zip(nights) {
        runs.push(night(&store, n, &["a"]));
        Found::these(findings).record(&store, runs[usize::from(n) - 1], n, "a");
    }
    let of = |run| {
        let changes = store.changes(run, &at(3)).unwrap();
        let names =
            |list: Vec<StoredFinding>| list.into_iter().map(|finding| finding.title).collect::<Vec<_>>().join(" ");
        [changes.new, changes.reopened, changes.fixed, changes.gone].map(names)
    };
    assert_eq!(of(runs[2]), ["new", "back", "fixed", "gone"]);
    assert_eq!(of(runs[1]), ["", "", "", ""]);
    let back = store.finding(&fingerprint("back"), &at(3)).unwrap().remove(0).life;
    let run = |stamp: Option<Stamp>| stamp.map(|stamp| stamp.run);
    assert_eq!((back.first.run, run(back.gone), run(back.reopened)), (runs[0], None, Some(runs[2])));
}

fn network(address: &StoreAddress) {
    let store = Store::open(address).unwrap();
    let run = NewRun {
        source: "github:acme",
        shard: Shard::default(),
        kind: "scheduled",
        engine: ENGINE,
        rules: RULES,
        at: &at(1),
    };
    let run = store.begin_run(&run).unwrap();
    let fork = |name, parent| Listed { fork: true, parent: Some(id(parent)), ..listed(name) };
    // `far` is not listed; `round` and `about` say that each is the other's fork.
    let all = [
        listed("root"),
        fork("fork", "root"),
        fork("forkfork", "fork"),
        listed("alone"),
        fork("kin1", "far"),
        fork("kin2", "far"),
        fork("round", "about"),
        fork("about", "round"),
    ];
    store.list(run, &at(1), &all, true).unwrap();
    for (n, one) in (1..).zip(&all) {
        let name = one.name.strip_prefix("acme/").unwrap();
        Found { clean: &[n, 100], ..Found::these(&[]) }.record(&store, run, 1, name);
    }
    for name in ["root", "fork", "forkfork"] {
        assert_eq!(clean(&store, name), [1, 2, 3, 100], "{name}");
    }
    assert_eq!(clean(&store, "alone"), [4, 100]);
    assert_eq!(clean(&store, "kin1"), [5, 6, 100]);
    assert_eq!(clean(&store, "about"), [7, 8, 100]);
    assert_eq!(clean(&store, "unknown"), [0; 0]);
    for (rules, engine, width) in [("rules-2", ENGINE, 20), (RULES, "0.2.0", 20), (RULES, ENGINE, 32)] {
        assert!(store.clean_blobs_of_network(&id("root"), rules, engine, width).unwrap().is_empty());
    }
}

fn resumed(address: &StoreAddress) {
    let store = Store::open(address).unwrap();
    assert_eq!(store.unfinished_run("github:acme", Shard::default()).unwrap(), None);
    let run = night(&store, 1, &["a", "b", "c"]);
    Found::these(&[]).record(&store, run, 1, "b");
    drop(store);
    let store = Store::open(address).unwrap();
    let left = || store.not_reached(run).unwrap().into_iter().map(|one| one.listed.name).collect::<Vec<_>>();
    let unfinished = || store.unfinished_run("github:acme", Shard::default()).unwrap();
    let counts = Counts { listed: 3, scanned: 1, not_reached: 2, ..Counts::default() };
    let known = unfinished().unwrap();
    assert_eq!((known.id, known.ended, known.counts), (run, None, counts), "after a crash");
    assert_eq!(left(), ["acme/a", "acme/c"]);
    assert_eq!(store.unfinished_run("github:other", Shard::default()).unwrap(), None);
    store.finish_run(run, &at(1), RunEnd { exit_code: 2, interrupted: true }).unwrap();
    assert_eq!(unfinished().unwrap().end, Some(RunEnd { exit_code: 2, interrupted: true }), "after Ctrl-C");
    Found::these(&[]).record(&store, run, 2, "a");
    tell(&store, run, 2, "c", Outcome::Failed { reason: "empty" }).unwrap();
    finish(&store, run, 2);
    assert_eq!((unfinished(), left()), (None, Vec::new()));
    let error = store.finish_run(RunId(77), &at(2), RunEnd { exit_code: 0, interrupted: false }).unwrap_err();
    assert!(error.to_string().contains("no run 77"), "{error}");
}

fn told(address: &StoreAddress) {
    let store = Store::open(address).unwrap();
    let waiting = |channel: &str, n| {
        let news = store.undelivered(channel, &at(n)).unwrap();
        news.into_iter().map(|finding| finding.title).collect::<Vec<_>>()
    };
    // Claims all there is from one night to another, and says how much that was.
    let claim = |name, from, until| {
        let news = store.undelivered("c", &at(from)).unwrap();
        let claim = Claim { channel: "c", name, at: &at(from), until: &at(until) };
        store.claim(&claim, &news.iter().collect::<Vec<_>>()).unwrap().len()
    };
    let day = at(1);
    let named = |name| Claim { channel: "c", name, at: &day, until: &day };
    let old = night(&store, 1, &["a", "b"]);
    Found::these(&[line("old")]).record(&store, old, 1, "b");
    let run = night(&store, 2, &["a", "b"]);
    let younger = night(&store, 2, &["a", "b"]);
    assert!(waiting("c", 2).is_empty(), "nobody subscribed");
    // The younger one is first.
    store.subscribe("c", younger).unwrap();
    Found::these(&[line("x")]).record(&store, run, 2, "a");
    assert!(waiting("c", 2).is_empty());
    store.subscribe("c", run).unwrap();
    store.subscribe("c", younger).unwrap();
    assert_eq!(waiting("c", 2), ["x"]);

    assert_eq!(claim("one", 2, 4), 1);
    assert_eq!(claim("one", 2, 4), 1, "a word that is said again, since its answer was lost");
    assert_eq!(claim("two", 3, 5), 0, "somebody is about to tell it");
    store.withdraw(&named("one")).unwrap();
    assert_eq!(claim("two", 3, 5), 1, "nobody is");
    assert_eq!(claim("three", 5, 7), 1, "two must have died");
    store.delivered(&named("two"), &at(5)).unwrap();
    assert_eq!(waiting("c", 5).len(), 1, "it is three's by now");
    store.delivered(&named("three"), &at(5)).unwrap();
    store.withdraw(&named("three")).unwrap();
    assert_eq!((waiting("c", 5).len(), claim("four", 30, 30)), (0, 0), "told for good");
    assert_eq!(waiting("other", 5).len(), 0);

    // Gone, and back again: that is news.
    let run = night(&store, 6, &["a", "b"]);
    Found { tip: 2, ..Found::these(&[]) }.record(&store, run, 6, "a");
    assert!(waiting("c", 6).is_empty());
    let run = night(&store, 7, &["a", "b"]);
    Found { tip: 3, ..Found::these(&[line("x")]) }.record(&store, run, 7, "a");
    assert_eq!(claim("five", 7, 8), 1);
    store.delivered(&named("five"), &at(7)).unwrap();
    assert!(waiting("c", 7).is_empty());
}

fn month(address: &StoreAddress) {
    let store = Store::open(address).unwrap();
    let mut runs = Vec::new();
    for n in 0..32 {
        let run = night(&store, n, &["a", "b"]);
        Found::these(&[line("x")]).record(&store, run, n, "a");
        finish(&store, run, n);
        runs.push(run);
    }
    let kept: Vec<usize> = runs.iter().map(|&run| store.outcomes(run).unwrap().len()).collect();
    assert_eq!(kept, [&[0, 0][..], &[2; 30]].concat());
    let counts = Counts { listed: 2, scanned: 1, not_reached: 1, ..Counts::default() };
    assert!(store.runs(None, 100).unwrap().iter().all(|run| run.counts == counts));
    assert_eq!(
        store.runs(None, 3).unwrap().iter().map(|run| run.id).collect::<Vec<_>>(),
        [runs[31], runs[30], runs[29]]
    );
    assert_eq!(titles(&store, &Filter::default(), 32), ["x"]);
}

fn texts(address: &StoreAddress) {
    let store = Store::open(address).unwrap();
    let odd = "'; DROP TABLE runs; -- \0 \u{202e} ä 漢 \u{10ffff} $1 ?";
    let run = NewRun { source: odd, shard: Shard::default(), kind: odd, engine: odd, rules: odd, at: &at(1) };
    let run = store.begin_run(&run).unwrap();
    let repository = Listed { name: odd.to_owned(), clone_url: odd.to_owned(), ..listed("a") };
    store.list(run, &at(1), &[repository], true).unwrap();
    let fields = json!({"title": odd, "advice": odd, "rule_id": odd, "account_id": odd, "lifetime": odd,
                        "introduced": {"author": odd, "email": odd}});
    Found::these(&[line_with("x", &fields)]).record(&store, run, 1, "a");
    let shown = odd.replace('\0', "\u{fffd}");
    let finding = store.findings(&Filter::default(), &at(1)).unwrap().remove(0);
    assert_eq!([&finding.title, &finding.rule_id, &finding.repository_name], [&shown; 3]);
    let others = [finding.account_id, finding.lifetime, finding.author, finding.email];
    assert!(others.iter().all(|text| text.as_ref() == Some(&shown)), "{others:?}");
    tell(&store, run, 1, "a", Outcome::Failed { reason: odd }).unwrap();
    store
        .mark(&fingerprint("x"), &Mark { triage: Triage::Open, reason: odd.to_owned(), who: odd.to_owned(), at: at(1) })
        .unwrap();
    assert_eq!(store.marks(&fingerprint("x")).unwrap()[0].reason, shown);
    assert_eq!(store.runs(Some(odd), 1).unwrap()[0].source, shown);
    // Names sort by their bytes, whatever the server's language says.
    let names = ["B", "Z", "a", "b", "ä"];
    let run = night(&store, 2, &["ä", "b", "a", "Z", "B"]);
    let sorted: Vec<String> = store.not_reached(run).unwrap().into_iter().map(|one| one.listed.name).collect();
    assert_eq!(sorted, names.map(|name| format!("acme/{name}")));
}

fn versions(address: &StoreAddress) {
    drop(Store::open(address).unwrap());
    let store = Store::open(address).unwrap();
    let run = night(&store, 1, &["a"]);
    drop(store);
    execute(address, "UPDATE keytrail_store SET version = 99");
    let error = Store::open(address).unwrap_err().to_string();
    assert!(error.contains("version 99") && error.contains(&address.to_string()), "{error}");
    execute(address, "UPDATE keytrail_store SET version = 1");
    let store = Store::open(address).unwrap();
    assert_eq!(store.not_reached(run).unwrap().len(), 1, "nothing was touched");
    drop(store);

    // What is half there is no store, and a step that fails leaves nothing behind.
    execute(address, "UPDATE keytrail_store SET version = 0");
    execute(address, "DROP TABLE triage");
    let error = Store::open(address).unwrap_err().to_string();
    assert!(error.contains("runs") && error.contains("already exists"), "{error}");
    for table in
        ["deliveries", "channels", "documents", "outcomes", "clean_blobs", "findings", "scans", "repositories", "runs"]
    {
        execute(address, &format!("DROP TABLE {table}"));
    }
    assert!(Store::open(address).unwrap().runs(None, 1).unwrap().is_empty(), "from none to the newest");
}

/// Runs a statement behind the store's back.
fn execute(address: &StoreAddress, sql: &str) {
    match address {
        StoreAddress::File(path) => {
            rusqlite::Connection::open(path).unwrap().execute(sql, []).unwrap();
        }
        StoreAddress::Postgres(url) => {
            let output = std::process::Command::new("psql").args(["-d", url, "-qc", sql]).output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        }
    }
}
