//! Who is told what is new, and that nobody is told twice or not at all.

use crate::{
    house::House,
    support::{Keys, Repo},
};
use jsonschema::Registry;
use serde_json::Value;
use standardwebhooks::Webhook;
use std::{
    fs,
    io::{Read, Write},
    net::TcpListener,
    os::unix::fs::PermissionsExt,
    process::{Command, Stdio},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

/// A receiver on this machine, which answers as it is told, the last answer for ever. What it was sent is kept: head and body.
struct Receiver {
    url: String,
    sent: Arc<Mutex<Vec<(String, String)>>>,
}

impl Receiver {
    fn new(answers: &'static [&'static str]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/hooks/not-to-be-shown", listener.local_addr().unwrap());
        let sent = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&sent);
        std::thread::spawn(move || {
            for (n, stream) in listener.incoming().enumerate() {
                let mut stream = stream.unwrap();
                let (mut bytes, mut buffer) = (Vec::new(), [0; 4096]);
                let (head, body) = loop {
                    let read = stream.read(&mut buffer).unwrap();
                    bytes.extend_from_slice(&buffer[..read]);
                    let text = String::from_utf8_lossy(&bytes).into_owned();
                    let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
                    let length = header(head, "content-length").parse::<usize>().unwrap();
                    if body.len() >= length {
                        break (head.to_owned(), body.to_owned());
                    }
                };
                kept.lock().unwrap().push((head, body));
                let answer = match *answers.get(n).or(answers.last()).unwrap() {
                    // The connection is closed without a word.
                    "" => continue,
                    answer => answer,
                };
                if answer.contains("Slow") {
                    std::thread::sleep(Duration::from_secs(2));
                }
                write!(stream, "HTTP/1.1 {answer}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").unwrap();
            }
        });
        Self { url, sent }
    }

    /// What came so far; each message is as its schema has it, with a good signature by the library of those who made the standard.
    fn messages(&self, key: &str) -> Vec<Value> {
        let judge = Webhook::new(key).unwrap();
        let [schema, findings] =
            [include_str!("../../docs/notification.schema.json"), include_str!("../../docs/findings.schema.json")]
                .map(|text| serde_json::from_str::<Value>(text).unwrap());
        let base = "https://schemas.example.org/";
        let registry = Registry::new().add(format!("{base}findings.schema.json"), findings).unwrap().prepare().unwrap();
        let options = jsonschema::options().with_registry(&registry).with_base_uri(base);
        let schema = options.build(&schema).unwrap();
        let sent = self.sent.lock().unwrap();
        let message = |(head, body): &(String, String)| {
            let mut headers = http::HeaderMap::new();
            for name in ["webhook-id", "webhook-timestamp", "webhook-signature"] {
                headers.insert(name, header(head, name).parse().unwrap());
            }
            judge.verify(body.as_bytes(), &headers).unwrap();
            let message = serde_json::from_str(body).unwrap();
            schema.validate(&message).unwrap();
            message
        };
        sent.iter().map(message).collect()
    }
}

fn header(head: &str, name: &str) -> String {
    let line = head.lines().find(|line| line.to_ascii_lowercase().starts_with(&format!("{name}:"))).unwrap();
    line.split_once(':').unwrap().1.trim().to_owned()
}

/// An organisation with one key, and a key to sign with.
fn house(seed: u64) -> (House, Repo, String) {
    let mut house = House::new(seed);
    let repo = Repo::new();
    repo.put("app.env", house.env_file());
    house.publish(&repo, "one.git");
    let key: String = Keys::new(seed + 1).filler().bytes().map(|byte| format!("{byte:02x}")).collect();
    let key = format!("whsec_{}", &key[..32]);
    fs::write(house.place("key"), &key).unwrap();
    (house, repo, key)
}

fn fingerprints(message: &Value) -> Vec<String> {
    let findings = message["data"]["findings"].as_array().unwrap();
    findings.iter().map(|finding| finding["fingerprint"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_webhook_is_told_each_finding_once_whatever_goes_wrong_on_the_way() {
    let (mut house, repo, key) = house(41);
    let file = house.place("key").to_str().unwrap().to_owned();
    let first = Receiver::new(&["", "429 Wait\r\nretry-after: 2", "204 Fine", "503 Busy", "204 Fine"]);
    let more = ["--webhook", first.url.as_str(), "--webhook-key-file", &file];
    let night = house.night(&more);
    assert_eq!(night.code, 1, "{}", night.said);
    let messages = first.messages(&key);
    assert_eq!(messages.len(), 3);
    assert!(messages.iter().all(|message| fingerprints(message) == fingerprints(&messages[0])));
    let known: Vec<String> =
        house.findings(&[]).iter().map(|finding| finding["fingerprint"].as_str().unwrap().to_owned()).collect();
    assert_eq!(fingerprints(&messages[0]), known);
    assert_eq!(messages[0]["data"]["findings"][0]["audit"]["state"], "open");
    let env = repo.git(&["show", "HEAD:app.env"]);
    let secret = env.lines().nth(1).unwrap().split_once('=').unwrap().1.to_owned();
    let sent = first.sent.lock().unwrap().clone();
    assert!(sent.iter().all(|(_, body)| !body.contains(&secret)));
    let id = |n: usize| header(&sent[n].0, "webhook-id");
    assert_eq!((id(0), id(1)), (id(2), id(2)), "whoever got it already can tell");
    house.night(&more);
    assert_eq!(first.messages(&key).len(), 3, "nothing is new");

    // A second key; nobody takes the news, and nothing that is shown tells the URL.
    repo.put("more.env", house.env_file());
    house.publish(&repo, "one.git");
    let refusing = Receiver::new(&["302 Elsewhere\r\nlocation: http://127.0.0.1:1/"]);
    let elsewhere = house.place("url").to_str().unwrap().to_owned();
    fs::write(&elsewhere, format!("{}\n", refusing.url)).unwrap();
    let night = house.night(&["--webhook-file", &elsewhere, "--webhook-key-file", &file]);
    assert!(night.code == 2 && night.said.contains("NOT told: webhook 127.0.0.1:"), "{}", night.said);
    assert!(!night.said.contains("not-to-be-shown"), "{}", night.said);
    // It is a channel of its own, for which the older finding is not news. The first one is told only now.
    assert_eq!(fingerprints(&refusing.messages(&key)[0]).len(), 1);
    let store = house.place("store.db").to_str().unwrap().to_owned();
    let notify = house.keytrail(&[&["audit", "notify", "--store", &store], &more[..]].concat());
    assert!(notify.status.success(), "{}", String::from_utf8_lossy(&notify.stderr));
    let messages = first.messages(&key);
    assert_eq!((messages.len(), fingerprints(&messages[4]).len()), (5, 1));
    assert_ne!(fingerprints(&messages[4]), known);
}

#[test]
fn a_mail_is_whole_and_nothing_in_a_repository_changes_its_head() {
    let (house, repo, _) = house(43);
    let program = house.place("sendmail");
    fs::write(&program, "#!/bin/sh\ncat >>\"$(dirname \"$0\")/mail\"\necho \"$@\" >\"$(dirname \"$0\")/arguments\"\n")
        .unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let mut keys = Keys::new(44);
    repo.write("evil.env", format!("AWS_ACCESS_KEY_ID={}\nAWS_SECRET_ACCESS_KEY={}\n", keys.id(), keys.secret()));
    repo.git(&["add", "."]);
    let evil = "Eve\u{1b}[2J\u{85}Bcc: eve\u{202e}evE";
    repo.git_with_env(&["commit", "-q", "-m", "m"], &[("GIT_AUTHOR_NAME", evil), ("GIT_AUTHOR_EMAIL", "e\u{7f}@x")]);
    house.publish(&repo, "one\r\nBcc: eve\n.git");
    let more =
        ["--mail-to", "sec@example.org", "--mail-from", "audit@example.org", "--sendmail", program.to_str().unwrap()];
    let night = house.night(&more);
    assert_eq!(night.code, 1, "{}", night.said);
    let mail = fs::read_to_string(house.place("mail")).unwrap();
    assert_eq!(fs::read_to_string(house.place("arguments")).unwrap(), "-t -i\n");
    let (head, body) = mail.split_once("\r\n\r\n").unwrap_or_else(|| mail.split_once("\n\n").unwrap());
    assert!(head.contains("sec@example.org") && head.contains("audit@example.org"), "{head}");
    assert!(head.contains("3 new credentials") && head.contains("Auto-Submitted: auto-generated"), "{head}");
    assert!(!head.contains("Eve") && !head.contains("Bcc"), "{head}");
    assert!(mail.lines().all(|line| !line.starts_with("Bcc")), "{mail}");
    assert!(!body.contains("=E2=80=AE") && !body.contains(['\u{1b}', '\u{202e}']), "{mail}");
    assert!(mail.lines().all(|line| line.len() < 1000), "{mail}");
    house.night(&more);
    assert_eq!(fs::read_to_string(house.place("mail")).unwrap(), mail, "told once");

    // One that fails: it is said, and told with the next run.
    fs::write(&program, "#!/bin/sh\necho 'no route' >&2\nexit 75\n").unwrap();
    repo.put("third.env", format!("AWS_ACCESS_KEY_ID={}\nAWS_SECRET_ACCESS_KEY={}\n", keys.id(), keys.secret()));
    house.publish(&repo, "one\r\nBcc: eve\n.git");
    let night = house.night(&more);
    assert!(night.code == 2 && night.said.contains("NOT told: mail to sec@example.org"), "{}", night.said);
    assert!(night.said.contains("no route"), "{}", night.said);
    // What was decided upon meanwhile is no news.
    for finding in house.findings(&[]) {
        house.ask(&["mark", finding["fingerprint"].as_str().unwrap(), "revoked", "--reason", "done", "--by", "jane"]);
    }
    let night = house.night(&more);
    assert_eq!(night.code, 0, "{}", night.said);
}

#[test]
fn a_channel_that_is_none_is_refused_before_anything_is_done() {
    let (house, ..) = house(45);
    let file = house.place("key").to_str().unwrap().to_owned();
    fs::write(house.place("short"), "too short").unwrap();
    let short = house.place("short").to_str().unwrap().to_owned();
    for (more, words) in [
        (vec!["--webhook", "http://example.org/x", "--webhook-key-file", &file], "https://"),
        (vec!["--webhook", "https://example.org/x"], "--webhook-key-file"),
        (vec!["--webhook", "https://example.org/x", "--webhook-key-file", &short], "24 to 64 bytes"),
        (vec!["--webhook-key-file", &file], "no webhook"),
        (vec!["--mail-from", "a@b"], "--mail-to"),
        (vec!["--mail-to", "a@b, c@d"], "no mail address"),
        (vec!["--mail-to", "a@b\r\nBcc: c@d"], "no mail address"),
    ] {
        let night = house.night(&more);
        assert!(night.code == 2 && night.said.contains(words), "{more:?}: {}", night.said);
        assert!(!house.place("store.db").exists(), "{more:?}");
    }
}

#[test]
fn url_and_key_may_be_in_the_environment() {
    let (house, _repo, key) = house(53);
    let receiver = Receiver::new(&["204 Fine"]);
    let (org, store) = (format!("dir:{}", house.place("org").display()), house.place("store.db"));
    let mut run = Command::new(env!("CARGO_BIN_EXE_keytrail"));
    run.args(["audit", "run", "--org", &org, "--store", store.to_str().unwrap()]);
    run.env("KEYTRAIL_WEBHOOK_URL", &receiver.url);
    let without = run.output().unwrap();
    assert_eq!(without.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&without.stderr).contains("KEYTRAIL_WEBHOOK_KEY"));
    let with = run.env("KEYTRAIL_WEBHOOK_KEY", &key).output().unwrap();
    assert_eq!(with.status.code(), Some(1), "{}", String::from_utf8_lossy(&with.stderr));
    assert_eq!(told(&receiver.messages(&key)), known(&house));
    let stored = fs::read(&store).unwrap();
    let holds = |text: &str| stored.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(!holds("not-to-be-shown") && !holds(&key), "the store knows a channel by its digest");
}

/// All that a receiver was told, in order.
fn told(messages: &[Value]) -> Vec<String> {
    let mut told: Vec<String> = messages.iter().flat_map(fingerprints).collect();
    told.sort();
    told
}

/// The fingerprints that the store knows, in order.
fn known(house: &House) -> Vec<String> {
    let findings = house.findings(&[]);
    let mut known: Vec<String> =
        findings.iter().map(|finding| finding["fingerprint"].as_str().unwrap().to_owned()).collect();
    known.sort();
    known
}

/// Waits until `is_so`.
fn until(what: &str, is_so: impl Fn() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < Duration::from_mins(1), "in vain: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_part_that_began_first_and_ends_last_is_told_too() {
    let (mut house, repo, key) = house(47);
    for n in 0..9 {
        let other = Repo::new();
        other.put("app.env", house.env_file());
        house.publish(&other, &format!("other{n}.git"));
    }
    drop(repo);
    let receiver = Receiver::new(&["204 Fine"]);
    let (org, store) = (format!("dir:{}", house.place("org").display()), house.place("store.db"));
    let (store, file) = (store.to_str().unwrap(), house.place("key").to_str().unwrap().to_owned());
    let channel = ["--webhook", receiver.url.as_str(), "--webhook-key-file", &file];
    // The first part leaves all work to others, and so waits for them: its run is the older one.
    let mut first = Command::new(env!("CARGO_BIN_EXE_keytrail"));
    first.args(["audit", "run", "--org", &org, "--store", store, "--shard", "1/2", "--jobs", "0"]).args(channel);
    let first = first.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    until("the first part begins", || {
        let status = house.keytrail(&["audit", "status", "--store", store]);
        status.status.success() && String::from_utf8_lossy(&status.stdout).contains("1/2")
    });
    // With bounds of its own the other one takes none of the first one's jobs.
    let night = house.night(&[&["--shard", "2/2", "--max-decoded", "99M"], &channel[..]].concat());
    assert!(night.code < 2, "{}", night.said);
    let worker = house.keytrail(&["audit", "worker", "--store", store, "--exit-when-idle", "1"]);
    assert!(worker.status.success(), "{}", String::from_utf8_lossy(&worker.stderr));
    assert!(first.wait_with_output().unwrap().status.code().unwrap() < 2);
    assert_eq!(known(&house).len(), 10);
    assert_eq!(told(&receiver.messages(&key)), known(&house));
}

#[test]
fn two_that_tell_at_the_same_time_tell_it_once() {
    let (house, _repo, key) = house(49);
    let receiver = Receiver::new(&["204 Slow"]);
    let file = house.place("key").to_str().unwrap().to_owned();
    let channel = ["--webhook", receiver.url.as_str(), "--webhook-key-file", &file];
    std::thread::scope(|scope| {
        let night = scope.spawn(|| house.night(&channel));
        until("the first one tells", || !receiver.sent.lock().unwrap().is_empty());
        let store = house.place("store.db").to_str().unwrap().to_owned();
        let notify = house.keytrail(&[&["audit", "notify", "--store", &store], &channel[..]].concat());
        assert!(notify.status.success(), "{}", String::from_utf8_lossy(&notify.stderr));
        assert_eq!(night.join().unwrap().code, 1);
    });
    assert_eq!(told(&receiver.messages(&key)), known(&house));
}

#[test]
fn a_message_that_is_refused_holds_up_no_other() {
    let (mut house, repo, key) = house(51);
    repo.put("many.env", (0..70).map(|_| house.env_file()).collect::<String>());
    house.publish(&repo, "one.git");
    let receiver = Receiver::new(&["413 Large", "204 Fine"]);
    let file = house.place("key").to_str().unwrap().to_owned();
    let channel = ["--webhook", receiver.url.as_str(), "--webhook-key-file", &file];
    let night = house.night(&channel);
    assert!(night.code == 2 && night.said.contains("413"), "{}", night.said);
    let messages = receiver.messages(&key);
    assert!(known(&house).len() > 70 && messages.len() > 1, "{}", messages.len());
    assert_eq!(told(&messages), known(&house), "all were sent, one message in vain");
    let again = house.night(&channel);
    assert_eq!(again.code, 1, "{}", again.said);
    let more = receiver.messages(&key).split_off(messages.len());
    assert_eq!(told(&more), told(&messages[..1]), "only what was refused is sent again");
}
