//! Servers that say what the test wants: files of a repository for git's oldest way over HTTP, or a pack of no end.

use flate2::{Compression, write::ZlibEncoder};
use std::collections::HashMap;
use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::thread;

/// What is answered to a path.
#[derive(Clone)]
pub enum Answer {
    /// These bytes.
    Bytes(Vec<u8>),
    /// It is elsewhere.
    Moved(String),
    /// A fetch's pack.
    Pack(Vec<u8>),
    /// A pack that begins like this, and goes on with these bytes for ever.
    Endless(Vec<u8>, Vec<u8>),
}

pub struct Server {
    pub origin: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// Answers from `folder`, except to what `answers` names.
    pub fn new(folder: &Path, answers: HashMap<&'static str, Answer>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (kept, folder, answers) = (Arc::clone(&asked), folder.to_path_buf(), Arc::new(answers));
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (stream, kept) = (stream.unwrap(), Arc::clone(&kept));
                let (folder, answers) = (folder.clone(), Arc::clone(&answers));
                thread::spawn(move || serve(stream, &kept, &folder, &answers));
            }
        });
        Self { origin, asked }
    }

    /// One whose repository `r.git` has a single branch, and gives out `pack` to who fetches it.
    pub fn of_pack(pack: Answer) -> Self {
        let tip = "1234567890".repeat(4);
        let line = format!("{tip} refs/heads/main\0ofs-delta\n");
        let list = format!("001e# service=git-upload-pack\n0000{:04x}{line}0000", line.len() + 4);
        let list = Answer::Bytes(list.into_bytes());
        let answers = [("/r.git/info/refs?service=git-upload-pack", list), ("/r.git/git-upload-pack", pack)];
        Self::new(Path::new("/nothing"), answers.into())
    }

    pub fn url(&self) -> String {
        format!("{}/r.git", self.origin)
    }

    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn serve(mut stream: TcpStream, asked: &Mutex<Vec<String>>, folder: &Path, answers: &HashMap<&'static str, Answer>) {
    let Some(path) = request(&mut stream) else { return };
    asked.lock().unwrap().push(path.clone());
    let file = || -> PathBuf { folder.join(path.trim_start_matches("/r.git/").split('?').next().unwrap()) };
    let answer = answers.get(path.as_str()).cloned().or_else(|| fs::read(file()).ok().map(Answer::Bytes));
    let kind = if path.contains("service=") && answers.contains_key(path.as_str()) {
        "application/x-git-upload-pack-advertisement"
    } else if path.ends_with("/git-upload-pack") {
        "application/x-git-upload-pack-result"
    } else {
        "text/plain"
    };
    let head = |status: &str| format!("HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nConnection: close\r\n");
    // Who has heard enough hangs up.
    let _ = match answer {
        None => write!(stream, "{}\r\n", head("404 Not Found")),
        Some(Answer::Moved(to)) => write!(stream, "{}Location: {to}\r\n\r\n", head("302 Found")),
        Some(Answer::Bytes(bytes)) => stream.write_all(&[head("200 OK").as_bytes(), b"\r\n", &bytes].concat()),
        Some(Answer::Pack(pack)) => stream.write_all(&[head("200 OK").as_bytes(), b"\r\n0008NAK\n", &pack].concat()),
        Some(Answer::Endless(begin, more)) => {
            let sent = stream.write_all(&[head("200 OK").as_bytes(), b"\r\n0008NAK\n", &begin].concat());
            sent.and_then(|()| {
                loop {
                    stream.write_all(&more)?;
                }
            })
        }
    };
}

/// The path that is asked for, once all of the request is read.
fn request(stream: &mut TcpStream) -> Option<String> {
    let (mut bytes, mut buffer) = (Vec::new(), [0; 4096]);
    let end = loop {
        let read = stream.read(&mut buffer).ok().filter(|&read| read > 0)?;
        bytes.extend_from_slice(&buffer[..read]);
        if let Some(end) = memchr::memmem::find(&bytes, b"\r\n\r\n") {
            break end + 4;
        }
    };
    let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
    let length = head.split("content-length: ").nth(1).and_then(|rest| rest.lines().next()?.parse().ok()).unwrap_or(0);
    while bytes.len() < end + length {
        let read = stream.read(&mut buffer).ok().filter(|&read| read > 0)?;
        bytes.extend_from_slice(&buffer[..read]);
    }
    Some(String::from_utf8_lossy(&bytes[..end]).split(' ').nth(1)?.to_owned())
}

/// The kind of an entry of a pack, as its header has it.
pub const BLOB: u8 = 3;
pub const OFS_DELTA: u8 = 6;

/// The first bytes of a pack with so many entries.
pub fn pack_header(entries: u32) -> Vec<u8> {
    [&b"PACK\0\0\0\x02"[..], &entries.to_be_bytes()].concat()
}

/// The first bytes of an entry.
pub fn entry_header(kind: u8, mut size: u64) -> Vec<u8> {
    let mut out = vec![kind << 4 | (size & 15) as u8];
    size >>= 4;
    while size > 0 {
        *out.last_mut().unwrap() |= 0x80;
        out.push((size & 0x7f) as u8);
        size >>= 7;
    }
    out
}

pub fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A number as deltas have it.
pub fn varint(mut value: u64) -> Vec<u8> {
    let mut out = Vec::new();
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
    out
}

/// `pack` with its checksum.
pub fn sealed(mut pack: Vec<u8>) -> Vec<u8> {
    let mut hasher = gix_hash::hasher(gix_hash::Kind::Sha1);
    hasher.update(&pack);
    pack.extend_from_slice(hasher.try_finalize().unwrap().as_slice());
    pack
}

/// A pack that sends a blob which has no end, of noise that no disk makes small.
pub fn endless() -> Answer {
    let begin = [pack_header(1), entry_header(BLOB, 1 << 50), vec![0x78, 0x01]].concat();
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let noise = (0..1 << 13).flat_map(|_| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    });
    let noise: Vec<u8> = noise.take(0xffff).collect();
    // A block of deflate that is stored as it is, and not the last one.
    Answer::Endless(begin, [&[0, 0xff, 0xff, 0, 0][..], &noise].concat())
}
