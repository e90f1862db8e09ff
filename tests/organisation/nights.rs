//! Three nights of an organisation.

use crate::host::{Host, basic};
use crate::support::{Keys, Repo};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};

/// As many ordinary ones; every tenth has a key.
const ORDINARY: usize = 300;
/// Those that cannot be read, and what is to be said of each.
const BROKEN: [(&str, &str); 6] = [
    ("cut", "git could not fetch"),
    ("endless", "took longer than"),
    ("gone", "not found"),
    ("hangs", "took longer than"),
    ("leads-away", "git could not fetch"),
    ("locked", "git could not fetch"),
];

struct Night {
    code: Option<i32>,
    said: String,
}

/// Runs the audit as a user would, and looks at all processes meanwhile: none has the token among its arguments.
fn night(host: &Host, more: &[&str]) -> Night {
    fs::write(host.place("token"), format!("{}\n", host.token)).unwrap();
    let temporary = host.place("temporary");
    fs::create_dir_all(&temporary).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_keytrail"));
    command.args([
        "audit",
        "run",
        "--org",
        "github:acme",
        "--base-url",
        &host.origin,
        "--jobs",
        "4",
        "--max-time",
        "6",
    ]);
    command.arg("--store").arg(host.place("store.db")).arg("--token-file").arg(host.place("token")).args(more);
    command.env("TMPDIR", &temporary).env_remove("HTTPS_PROXY").env_remove("https_proxy");
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let (done, seen) = (AtomicBool::new(false), AtomicBool::new(false));
    let output = std::thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                for process in fs::read_dir("/proc").unwrap().flatten() {
                    let line = fs::read(process.path().join("cmdline")).unwrap_or_default();
                    if memchr::memmem::find(&line, host.token.as_bytes()).is_some() {
                        seen.store(true, Ordering::Relaxed);
                    }
                }
            }
        });
        let output = child.wait_with_output().unwrap();
        done.store(true, Ordering::Relaxed);
        output
    });
    assert!(!seen.into_inner(), "the token is in the arguments of a process");
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(!said.contains(&host.token), "{said}");
    assert_eq!(fs::read_dir(&temporary).unwrap().count(), 0, "something is left behind");
    for name in ["store.db", "store.db-wal"] {
        let bytes = fs::read(host.place(name)).unwrap_or_default();
        assert!(memchr::memmem::find(&bytes, host.token.as_bytes()).is_none(), "{name}");
    }
    for asked in host.elsewhere.lock().unwrap().iter() {
        assert_eq!(asked.authorization, None, "{}", asked.line);
    }
    Night { code: output.status.code(), said }
}

fn findings(host: &Host) -> BTreeMap<String, Value> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_keytrail"));
    command.args(["audit", "findings", "--format", "jsonl", "--store"]).arg(host.place("store.db"));
    let output = command.output().unwrap();
    let lines = String::from_utf8(output.stdout).unwrap();
    let lines = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines.map(|line| (line["audit"]["repository"].as_str().unwrap().to_owned(), line)).collect()
}

/// The repositories that were fetched, and not only asked for their refs.
fn fetched(host: &Host) -> Vec<String> {
    let requests = host.requests();
    let name = |line: &str| Some(line.strip_prefix("POST /git/acme/")?.split(".git/").next()?.to_owned());
    // Version 2 of the protocol asks for refs by POST, too: a fetch is a second one.
    let mut times = BTreeMap::new();
    for asked in &requests {
        if let Some(name) = name(&asked.line) {
            *times.entry(name).or_insert(0) += 1;
        }
    }
    for asked in requests.iter().filter(|asked| asked.line.contains("/git/")) {
        let shown = asked.authorization.as_ref().is_none_or(|shown| *shown == basic(&host.token));
        assert!(shown, "{asked:?}");
    }
    times.into_iter().filter(|(_, times)| *times > 1).map(|(name, _)| name).collect()
}

#[test]
#[ignore = "needs lighttpd: .ci/run runs it"]
fn an_organisation_of_hundreds_is_covered_or_named() {
    for keep in [false, true] {
        let host = Host::new();
        let mut keys = Keys::new(61);
        let mut config = || format!("id = {}\nsecret = {}\n", keys.id(), keys.secret());
        for n in 0..ORDINARY {
            let (name, text) = (format!("r{n}"), format!("{n}\n"));
            let key = if n % 10 == 0 { config() } else { "none\n".to_owned() };
            host.make(&name, &[("readme", &text), ("config", &key)]);
            host.name(&name, &json!({}));
        }
        host.make("empty", &[]);
        host.name("empty", &json!({}));
        // One wiki with a key in it, and one that nobody has written yet.
        host.make("r1.wiki", &[("Home.md", &config())]);
        host.list.lock().unwrap()[1]["has_wiki"] = true.into();
        host.list.lock().unwrap()[2]["has_wiki"] = true.into();
        let noise: String = (0..500).map(|_| config()).collect();
        for (name, _) in BROKEN {
            if name != "gone" {
                host.make(name, &[("noise", &noise)]);
            }
            host.name(name, &json!({}));
        }
        let mirrors = host.place("mirrors");
        let more: &[&str] = if keep { &["--keep-mirrors", mirrors.to_str().unwrap()] } else { &[] };

        let first = night(&host, more);
        assert_eq!(first.code, Some(2), "{}", first.said);
        let counts = format!(
            "{} repositories listed, {} scanned, 0 unchanged, 6 failed, 0 not reached",
            ORDINARY + 9,
            ORDINARY + 3
        );
        assert!(first.said.contains(&counts), "{}", first.said);
        for (name, words) in BROKEN {
            let line = first.said.lines().find(|line| line.contains(&format!("not covered: acme/{name}:")));
            assert!(line.is_some_and(|line| line.contains(words)), "{name}: {line:?}");
        }
        let found = findings(&host);
        let mut expected: Vec<String> = (0..ORDINARY).step_by(10).map(|n| format!("acme/r{n}")).collect();
        expected.push("acme/r1.wiki".to_owned());
        expected.sort();
        assert_eq!(found.keys().cloned().collect::<Vec<_>>(), expected);
        fetched(&host);

        // Nothing has changed: the refs are asked for, and nothing is fetched but what could not be read.
        let second = night(&host, more);
        assert_eq!(second.code, Some(2), "{}", second.said);
        assert!(second.said.contains(&format!("0 scanned, {} unchanged, 6 failed", ORDINARY + 3)), "{}", second.said);
        let again = fetched(&host);
        assert!(again.iter().all(|name| BROKEN.iter().any(|(broken, _)| broken == name)), "{again:?}");

        // A key comes, history is rewritten, a ref goes; one is deleted, one renamed, one archived, one mended.
        let repo = Repo::new();
        repo.put("config", config());
        host.push(&repo, "r5");
        let other = Repo::new();
        other.put("config", "rewritten\n");
        host.push(&other, "r20");
        host.make("cut2", &[("config", "mended\n")]);
        {
            let mut list = host.list.lock().unwrap();
            fs::rename(host.bare("r40"), host.bare("renamed")).unwrap();
            list[40]["full_name"] = "acme/renamed".into();
            list[40]["clone_url"] = format!("{}/git/acme/renamed.git", host.origin).into();
            list[50]["archived"] = true.into();
            let cut = list.iter().position(|one| one["full_name"] == "acme/cut").unwrap();
            list[cut]["clone_url"] = format!("{}/git/acme/cut2.git", host.origin).into();
            list.remove(30);
        }
        let third = night(&host, more);
        assert_eq!(third.code, Some(2), "{}", third.said);
        assert!(third.said.contains("no longer listed: acme/r30\n"), "{}", third.said);
        assert!(third.said.contains(&format!("3 scanned, {ORDINARY} unchanged, 5 failed")), "{}", third.said);
        // A kept mirror still has what the server no longer gives out.
        let (changes, now) = if keep { ("1 fixed, 0 gone", "in_history") } else { ("0 fixed, 1 gone", "gone") };
        assert!(third.said.contains(&format!("1 new, 0 come back, {changes}")), "{}", third.said);
        let found = findings(&host);
        assert_eq!(found["acme/r20"]["audit"]["now"], now);
        assert_eq!(found["acme/r30"]["audit"]["listed"], false);
        assert_eq!(found["acme/r30"]["audit"]["now"], "at_tip", "nobody has looked");
        assert!(found.contains_key("acme/renamed") && !found.contains_key("acme/r40"));
        assert!(found.contains_key("acme/r5"));
    }
}
