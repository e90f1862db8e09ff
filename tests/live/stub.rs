//! A server on 127.0.0.1 that answers as a test tells it to, right or wrong, and remembers what it was asked and when.

use crate::tls::Identity;
use rustls::{ServerConnection, StreamOwned};
use std::{
    io::{self, Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed},
    },
    thread,
    time::{Duration, Instant},
};

/// How long a connection is kept at most: a test that has lost its client ends all the same.
const PATIENCE: Duration = Duration::from_mins(2);

/// What is sent at a time where much is sent.
const CHUNK: [u8; 1 << 14] = [b' '; 1 << 14];

/// What the server does about a request.
#[derive(Debug, Clone)]
pub enum Answer {
    /// Sends this, and closes the connection.
    Bytes(Vec<u8>),
    /// Sends this after a while.
    Late(Duration, Vec<u8>),
    /// Sends nothing for as long as the client holds on.
    Silence,
    /// Sends this and no more; the client may go on.
    HalfClosed(Vec<u8>),
    /// Sends one byte of this after each pause.
    Drip(Duration, Vec<u8>),
    /// Sends this and then blanks, so many or without end.
    Flood(Vec<u8>, Option<u64>),
}

/// What came in.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// Its first line, and its header.
    pub head: String,
    pub body: String,
}

impl Request {
    /// The value of a header, by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().skip(1).filter_map(|line| line.split_once(':'));
        lines.find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }

    /// The id that it is signed with; empty if it is not.
    pub fn key_id(&self) -> &str {
        self.scope(0)
    }

    /// The region that it is signed for.
    pub fn region(&self) -> &str {
        self.scope(2)
    }

    /// `Credential=ID/DAY/REGION/SERVICE/aws4_request, …`
    fn scope(&self, n: usize) -> &str {
        let scope = self.header("authorization").and_then(|value| value.split_once("Credential="));
        scope.and_then(|(_, rest)| rest.split(['/', ',']).nth(n)).unwrap_or_default()
    }
}

/// A request, and how long the server was at it.
#[derive(Debug, Clone)]
pub struct Seen {
    pub request: Request,
    pub from: Instant,
    /// `None` while it still is.
    pub till: Option<Instant>,
}

type Script = dyn Fn(usize, &Request) -> Answer + Send + Sync;

#[derive(Default)]
struct Log {
    seen: Mutex<Vec<Seen>>,
    connections: AtomicUsize,
    sent: AtomicU64,
}

/// The server. It ends with the test's process.
pub struct Stub {
    pub port: u16,
    log: Arc<Log>,
}

impl Stub {
    /// Answers the `n`th request (from 0) as `script` says.
    pub fn new(script: impl Fn(usize, &Request) -> Answer + Send + Sync + 'static) -> Self {
        Self::listen(Door::Plain, script)
    }

    /// Gives every request the same answer.
    pub fn always(answer: Answer) -> Self {
        Self::new(move |_, _| answer.clone())
    }

    /// One that shows a certificate first.
    pub fn with_tls(identity: Identity, script: impl Fn(usize, &Request) -> Answer + Send + Sync + 'static) -> Self {
        Self::listen(Door::Tls(identity), script)
    }

    /// A proxy whose every tunnel ends at a server of its own, which shows `identity`.
    pub fn tunnel(identity: Identity, script: impl Fn(usize, &Request) -> Answer + Send + Sync + 'static) -> Self {
        Self::listen(Door::Tunnel(identity), script)
    }

    /// Tears down every connection: the kernel does so when one is closed on which something came that was not read.
    pub fn tearing() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (port, log) = (listener.local_addr().unwrap().port(), Arc::<Log>::default());
        let kept = Arc::clone(&log);
        thread::spawn(move || {
            for stream in listener.incoming() {
                kept.connections.fetch_add(1, Relaxed);
                let _ = stream.and_then(|stream| stream.peek(&mut [0]));
            }
        });
        Self { port, log }
    }

    fn listen(door: Door, script: impl Fn(usize, &Request) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (log, script): (Arc<Log>, Arc<Script>) = (Arc::default(), Arc::new(script));
        let kept = Arc::clone(&log);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (log, script, door) = (Arc::clone(&kept), Arc::clone(&script), door.clone());
                log.connections.fetch_add(1, Relaxed);
                // Who hangs up, or shakes no hand, is not served.
                thread::spawn(move || serve(&stream?, door, &log, script.as_ref()));
            }
        });
        Self { port, log }
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// All requests so far, in the order they came.
    pub fn seen(&self) -> Vec<Seen> {
        self.log.seen.lock().unwrap().clone()
    }

    pub fn requests(&self) -> Vec<Request> {
        self.seen().into_iter().map(|seen| seen.request).collect()
    }

    pub fn connections(&self) -> usize {
        self.log.connections.load(Relaxed)
    }

    /// How many bytes of [`Answer::Flood`] went out.
    pub fn sent(&self) -> u64 {
        self.log.sent.load(Relaxed)
    }

    /// Waits until a request has come.
    pub fn wait_for_request(&self) {
        let begun = Instant::now();
        while self.seen().is_empty() {
            assert!(begun.elapsed() < PATIENCE, "nobody asks");
            thread::sleep(Duration::from_millis(10));
        }
    }
}

/// What a connection begins with.
#[derive(Clone)]
enum Door {
    Plain,
    Tls(Identity),
    Tunnel(Identity),
}

/// A connection, plain or not.
enum Channel<'a> {
    Plain(&'a TcpStream),
    Tls(Box<StreamOwned<ServerConnection, &'a TcpStream>>),
}

impl Read for Channel<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(stream) => stream.read(buffer),
            Self::Tls(stream) => stream.read(buffer),
        }
    }
}

impl Write for Channel<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(stream) => stream.write(bytes),
            Self::Tls(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(stream) => stream.flush(),
            Self::Tls(stream) => stream.flush(),
        }
    }
}

fn serve(stream: &TcpStream, door: Door, log: &Log, script: &Script) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.set_nodelay(true)?;
    let mut plain = Channel::Plain(stream);
    let tls = |identity: Identity| Channel::Tls(Box::new(StreamOwned::new(identity.connection(), stream)));
    let mut told = String::new();
    let mut channel = match door {
        Door::Plain => plain,
        Door::Tls(identity) => tls(identity),
        Door::Tunnel(identity) => {
            let request = read(&mut plain)?;
            let target = request.head.strip_prefix("CONNECT ").and_then(|rest| rest.split(' ').next());
            let user = request.header("proxy-authorization").unwrap_or_default();
            told = format!("Tunnel-To: {}\r\nTunnel-For: {user}\r\n", target.unwrap_or_default());
            plain.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")?;
            tls(identity)
        }
    };
    let mut request = read(&mut channel)?;
    request.head.push_str(&told);
    let n = {
        let mut seen = log.seen.lock().unwrap();
        seen.push(Seen { request: request.clone(), from: Instant::now(), till: None });
        seen.len() - 1
    };
    let given = give(&mut channel, stream, script(n, &request), log);
    log.seen.lock().unwrap()[n].till = Some(Instant::now());
    given
}

fn give(channel: &mut Channel<'_>, stream: &TcpStream, answer: Answer, log: &Log) -> io::Result<()> {
    match answer {
        Answer::Bytes(bytes) => channel.write_all(&bytes)?,
        Answer::Late(pause, bytes) => {
            thread::sleep(pause);
            channel.write_all(&bytes)?;
        }
        Answer::Silence => drop(channel.read(&mut [0; 16])),
        Answer::HalfClosed(bytes) => {
            channel.write_all(&bytes)?;
            stream.shutdown(Shutdown::Write)?;
            let _ = channel.read(&mut [0; 16]);
        }
        Answer::Drip(pause, bytes) => {
            for byte in bytes {
                channel.write_all(&[byte])?;
                channel.flush()?;
                thread::sleep(pause);
            }
        }
        Answer::Flood(head, length) => {
            channel.write_all(&head)?;
            while length.is_none_or(|length| log.sent.load(Relaxed) < length) {
                channel.write_all(&CHUNK)?;
                log.sent.fetch_add(CHUNK.len() as u64, Relaxed);
            }
        }
    }
    if let Channel::Tls(tls) = channel {
        tls.conn.send_close_notify();
    }
    channel.flush()
}

/// A request, once all of it has come.
fn read(channel: &mut Channel<'_>) -> io::Result<Request> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        channel.read_exact(&mut byte)?;
        head.extend_from_slice(&byte);
    }
    let mut request = Request { head: String::from_utf8_lossy(&head).into_owned(), body: String::new() };
    let length = request.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    channel.read_exact(&mut body)?;
    request.body = String::from_utf8_lossy(&body).into_owned();
    Ok(request)
}
