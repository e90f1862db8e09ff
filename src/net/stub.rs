//! A host that says what a test tells it to, on a port of 127.0.0.1; and a clock that tests move.

use super::Clock;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What the stub does with a request.
pub enum Reply {
    /// Sends these bytes and closes.
    Raw(Vec<u8>),
    /// Sends these bytes, and holds the connection open for so long.
    Hold(Vec<u8>, Duration),
}

/// A request: its first line, and its head and body as they came.
pub struct Request {
    pub line: String,
    pub text: String,
}

/// The host. It ends with the test's process.
pub struct Stub {
    pub url: String,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Stub {
    /// Answers the `n`th request (from 0) with what `answer` makes of it.
    pub fn new(answer: impl Fn(usize, &Request, &str) -> Reply + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (own, seen) = (url.clone(), Arc::clone(&requests));
        std::thread::spawn(move || {
            for (n, stream) in listener.incoming().enumerate() {
                let mut stream = stream.unwrap();
                let text = read(&mut stream);
                let line = text.lines().next().unwrap_or_default().to_owned();
                seen.lock().unwrap().push(text.clone());
                match answer(n, &Request { line, text }, &own) {
                    Reply::Raw(bytes) => drop(stream.write_all(&bytes)),
                    Reply::Hold(bytes, length) => {
                        let _ = stream.write_all(&bytes);
                        std::thread::sleep(length);
                    }
                }
            }
        });
        Self { url, requests }
    }

    /// One that answers every request by its path and query; 404 for others.
    pub fn paths(paths: &'static [(&'static str, &'static str, &'static str)]) -> Self {
        Self::new(|_, request, own| {
            let path = request.line.split(' ').nth(1).unwrap();
            match paths.iter().find(|(known, ..)| *known == path) {
                Some((_, head, body)) => ok(&head.replace("HOST", own), &body.replace("HOST", own).replace('§', "@")),
                None => reply("404 Not Found", "", r#"{"message":"Not Found"}"#),
            }
        })
    }

    /// All requests so far, as they came.
    pub fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

fn read(stream: &mut TcpStream) -> String {
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    let (mut text, mut buffer) = (Vec::new(), [0; 4096]);
    loop {
        let read = stream.read(&mut buffer).unwrap_or(0);
        text.extend_from_slice(&buffer[..read]);
        let so_far = String::from_utf8_lossy(&text).into_owned();
        let Some((head, body)) = so_far.split_once("\r\n\r\n") else {
            if read == 0 {
                return so_far;
            }
            continue;
        };
        let length = head.to_lowercase().lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
        if read == 0 || body.len() >= length.unwrap_or(0) {
            return so_far;
        }
    }
}

/// An answer with a status, more header lines (`Name: value`, one a line) and a body.
pub fn reply(status: &str, head: &str, body: &str) -> Reply {
    let head: String = head.lines().map(|line| format!("{}\r\n", line.trim())).collect();
    let length = body.len();
    let text = format!("HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {length}\r\n{head}\r\n{body}");
    Reply::Raw(text.into_bytes())
}

pub fn ok(head: &str, body: &str) -> Reply {
    reply("200 OK", head, body)
}

/// A clock on which a wait takes no time, and is written down.
pub struct FakeClock {
    now: AtomicI64,
    pub waits: Mutex<Vec<u64>>,
}

impl FakeClock {
    pub fn new() -> Self {
        Self { now: AtomicI64::new(1_800_000_000), waits: Mutex::default() }
    }
}

impl Clock for FakeClock {
    fn now(&self) -> i64 {
        self.now.load(Relaxed)
    }

    fn wait(&self, length: Duration, _: &AtomicBool) {
        self.now.fetch_add(length.as_secs().cast_signed(), Relaxed);
        self.waits.lock().unwrap().push(length.as_secs());
    }
}
