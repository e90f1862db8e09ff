//! Real traffic of GitHub's, recorded by Octokit and played back by its own server: how its pages are linked, where it sends who asks for
//! an old name, what a repository looks like. None was recorded of an organisation's list, so a front takes our request for one of those
//! that were; where GitHub leads from there is its own word.

use crate::process::{Process, free_port};
use keytrail::audit::source::{Credentials, ListOptions, Listing, Organisation, ProblemKind};
use keytrail::model::Secret;
use keytrail::net::SystemClock;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};

/// What recorded requests said of themselves: the server answers no others.
const ACCEPT: &str = "application/vnd.github.v3+json";

struct Recorded {
    server: String,
    _running: Process,
    home: tempfile::TempDir,
}

impl Recorded {
    fn start() -> Self {
        let tools = PathBuf::from(std::env::var_os("KEYTRAIL_TOOLS").unwrap());
        let (port, home) = (free_port(), tempfile::tempdir().unwrap());
        let server = format!("http://127.0.0.1:{port}");
        let mut command = Command::new("node");
        command.arg(tools.join("node_modules/@octokit/fixtures-server/bin/server.js"));
        command.args(["--port", &port.to_string(), "--fixtures-url", &server]);
        let running = Process::start(&mut command, home.path(), &home.path().join("log"), port);
        Self { server, _running: running, home }
    }

    /// Lists an organisation whose list is what was recorded for `path` in `scenario`, and says what was asked for.
    ///
    /// What was recorded is played in its order: where a repository was renamed first, `first` is sent to the same path.
    fn list(&self, scenario: &str, path: &'static str, first: Option<&str>) -> (Listing, Vec<String>) {
        assert!(self.home.path().exists());
        let body = format!("{{\"scenario\":\"{scenario}\"}}");
        let answer =
            ureq::post(format!("{}/fixtures", self.server)).content_type("application/json").send(body).unwrap();
        let answer: serde_json::Value = serde_json::from_str(&answer.into_body().read_to_string().unwrap()).unwrap();
        let recorded = answer["url"].as_str().unwrap().to_owned();
        if let Some(body) = first {
            let request = ureq::patch(format!("{recorded}{path}")).header("accept", ACCEPT);
            let request = request.header("authorization", format!("token {:040}", 1));
            request.content_type("application/json; charset=utf-8").send(body).unwrap();
        }
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let own = format!("http://{}", listener.local_addr().unwrap());
        let prefix = recorded.strip_prefix(&self.server).unwrap().to_owned();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (kept, server, base) = (Arc::clone(&asked), self.server.clone(), format!("{own}{prefix}"));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let wanted = wanted(&mut stream);
                let inner = wanted.strip_prefix(&prefix).unwrap_or(&wanted).to_owned();
                let inner = if inner.starts_with("/orgs/acme/repos") { path.to_owned() } else { inner };
                kept.lock().unwrap().push(inner.clone());
                play(&mut stream, &format!("{recorded}{inner}"), (&server, &own));
            }
        });
        let organisation = Organisation::parse("github:acme", Some(&base)).unwrap();
        let token = Credentials::Token(Secret::new(b"not-a-token"));
        let listing = organisation.list(&token, &ListOptions::default(), &SystemClock, &AtomicBool::new(false));
        let asked = asked.lock().unwrap().clone();
        (listing, asked)
    }
}

/// The path that is asked for.
fn wanted(stream: &mut TcpStream) -> String {
    let (mut bytes, mut buffer) = (Vec::new(), [0; 4096]);
    while memchr::memmem::find(&bytes, b"\r\n\r\n").is_none() {
        let read = stream.read(&mut buffer).unwrap();
        bytes.extend_from_slice(&buffer[..read]);
    }
    String::from_utf8_lossy(&bytes).split(' ').nth(1).unwrap().to_owned()
}

/// Hands on what the server plays back, with its own origin in the place of the server's.
fn play(stream: &mut TcpStream, url: &str, (server, own): (&str, &str)) {
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).build().into();
    let request = agent.get(url).header("accept", ACCEPT).header("authorization", format!("token {:040}", 1));
    let answer = request.call().unwrap();
    let mut head = format!("HTTP/1.1 {}\r\nConnection: close\r\n", answer.status());
    for (name, value) in answer.headers() {
        if !["transfer-encoding", "content-length", "content-encoding", "connection"].contains(&name.as_str()) {
            head += &format!("{name}: {}\r\n", value.to_str().unwrap().replace(server, own));
        }
    }
    let body = answer.into_body().read_to_string().unwrap_or_default().replace(server, own);
    // A single repository is a list of one.
    let body = if body.starts_with('{') && head.starts_with("HTTP/1.1 200") { format!("[{body}]") } else { body };
    write!(stream, "{head}Content-Length: {}\r\n\r\n{body}", body.len()).unwrap();
}

#[test]
#[ignore = "needs Octokit's fixtures: tests/listing/run.sh installs and runs them"]
fn recorded_pages_are_followed_to_the_last() {
    let (listing, asked) =
        Recorded::start().list("paginate-issues", "/repos/octokit-fixture-org/paginate-issues/issues?per_page=3", None);
    let pages: Vec<String> = (2..=5).map(|page| format!("/repositories/1000/issues?per_page=3&page={page}")).collect();
    assert_eq!(asked[1..], pages, "{:?}", listing.problems);
    // They hold issues, each of which is named as what it is not; nothing else is amiss.
    assert!(listing.problems.len() == 13 && listing.problems.iter().all(|problem| problem.kind == ProblemKind::Entry));
}

#[test]
#[ignore = "needs Octokit's fixtures: tests/listing/run.sh installs and runs them"]
fn a_recorded_repository_is_read_also_where_a_redirect_leads() {
    let recorded = Recorded::start();
    let (listing, _) = recorded.list("get-repository", "/repos/octokit-fixture-org/hello-world", None);
    assert!(listing.complete, "{:?}", listing.problems);
    let one = &listing.repositories[0];
    assert_eq!((one.name.as_str(), one.default_branch.is_some()), ("octokit-fixture-org/hello-world", true));
    assert!(one.web_url.as_deref().is_some_and(|url| url.contains("hello-world")) && one.pushed_at.is_some());

    let path = "/repos/octokit-fixture-org/rename-repository";
    let (listing, asked) = recorded.list("rename-repository", path, Some(r#"{"name":"rename-repository-newname"}"#));
    assert_eq!(asked[1], "/repositories/1000", "{:?}", listing.problems);
    assert!(listing.repositories[0].moved_from.is_some(), "{listing:?}");
}
