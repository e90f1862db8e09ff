//! What the benches run on: made from a seed, so that every machine measures the same bytes.

#![allow(dead_code, reason = "each bench uses a part")]

use keytrail::model::Segment;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// Files of the made-up repository.
const FILES: usize = 60;
/// Commits of the made-up repository.
const COMMITS: usize = 400;

const WORDS: [&str; 48] = [
    "request", "value", "index", "result", "config", "client", "buffer", "length", "parser", "token", "handler",
    "return", "self", "object", "string", "update", "create", "bucket", "region", "session", "filter", "status",
    "message", "response", "header", "stream", "offset", "module", "import", "assert", "static", "public", "field",
    "number", "worker", "thread", "socket", "folder", "branch", "commit", "lookup", "render", "format", "schema",
    "access", "secret", "amazon", "account",
];

/// Names that wake the patterns of secrets; what follows them here is mostly no secret.
const NAMES: [&str; 6] =
    ["aws_secret_access_key", "SecretAccessKey", "secretKey", "AWS_SECRET", "session_token", "access_secret"];

/// xorshift64*.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed.max(1))
    }

    pub fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % limit
    }

    fn word(&mut self) -> &'static str {
        WORDS[self.below(WORDS.len())]
    }

    fn draw(&mut self, alphabet: &[u8], length: usize) -> String {
        (0..length).map(|_| char::from(alphabet[self.below(alphabet.len())])).collect()
    }

    /// An access key id; nobody's.
    pub fn key_id(&mut self) -> String {
        ["AKIA", &self.draw(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16)].concat()
    }

    /// A secret access key; nobody's.
    pub fn secret(&mut self) -> String {
        self.draw(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", 40)
    }

    /// A line as of a program.
    fn line(&mut self) -> String {
        let mut line = " ".repeat(4 * self.below(5));
        for _ in 0..=self.below(7) {
            let joint = [" ", "_", ".", "(", " = ", ", ", "\", \""][self.below(7)];
            let _ = write!(line, "{}{joint}", self.word());
        }
        line
    }
}

/// Lines as of a program: few keywords or none.
pub fn source_like(bytes: usize, seed: u64) -> Vec<u8> {
    let mut dice = Dice::new(seed);
    let mut text = String::with_capacity(bytes + 200);
    while text.len() < bytes {
        let _ = writeln!(text, "{}", dice.line());
    }
    text.into_bytes()
}

/// One long line of short names and marks.
pub fn minified(bytes: usize, seed: u64) -> Vec<u8> {
    let mut dice = Dice::new(seed);
    let mut text = String::with_capacity(bytes + 200);
    while text.len() < bytes {
        let name = dice.draw(b"abcdefghijklmnopqrstuvwxyz", 2);
        let _ =
            write!(text, "{name}=function({}){{return {}.{}&&{}}};", &name[..1], name, dice.word(), dice.below(999));
    }
    text.into_bytes()
}

/// Every second line holds a keyword, one in sixteen a value that is kept.
pub fn keyword_dense(bytes: usize, seed: u64) -> Vec<u8> {
    let mut dice = Dice::new(seed);
    let mut text = String::with_capacity(bytes + 200);
    while text.len() < bytes {
        let name = NAMES[dice.below(NAMES.len())];
        let _ = match dice.below(32) {
            0 => writeln!(text, "{name} = \"{}\"", dice.secret()),
            1 => writeln!(text, "id = \"{}\"", dice.key_id()),
            2..=16 => writeln!(text, "{name} = {}({})", dice.word(), dice.word()),
            _ => writeln!(text, "{}", dice.line()),
        };
    }
    text.into_bytes()
}

/// `base` as a delta would change it: `edits` insertions of a line each, all else copied.
pub fn edited(base: &[u8], edits: usize, seed: u64) -> (Vec<u8>, Vec<Segment>) {
    let mut dice = Dice::new(seed);
    let mut seams: Vec<usize> = (0..edits).map(|_| dice.below(base.len())).collect();
    seams.sort_unstable();
    let (mut out, mut segments, mut from) = (Vec::with_capacity(base.len()), Vec::new(), 0);
    let mut add = |out: &mut Vec<u8>, from: Option<usize>, bytes: &[u8]| {
        if !bytes.is_empty() {
            let (to, len) = (out.len() as u32, bytes.len() as u32);
            segments.push(Segment { to, from: from.map(|from| from as u32), len });
            out.extend_from_slice(bytes);
        }
    };
    for seam in seams {
        add(&mut out, Some(from), &base[from..seam]);
        add(&mut out, None, format!("\n{}\n", dice.line()).as_bytes());
        from = seam;
    }
    add(&mut out, Some(from), &base[from..]);
    (out, segments)
}

/// A repository of 400 commits over 60 files in one pack, made by git; some ten credentials are among them.
pub fn repository() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    git(folder.path(), &["init", "--quiet", "--bare"], b"");
    git(folder.path(), &["fast-import", "--quiet"], &history());
    git(folder.path(), &["repack", "-a", "-d", "-f", "-q"], b"");
    folder
}

/// The history as `git fast-import` reads it.
fn history() -> Vec<u8> {
    let mut dice = Dice::new(2026);
    let mut files: Vec<Vec<String>> =
        (0..FILES).map(|n| (0..100 + 20 * (n % 30)).map(|_| dice.line()).collect()).collect();
    let mut stream = Vec::new();
    for commit in 0..COMMITS {
        let message = format!("{} the {}", dice.word(), dice.word());
        writeln!(stream, "commit refs/heads/main\ncommitter A <a@example.org> {} +0000", 1_700_000_000 + 3600 * commit)
            .unwrap();
        writeln!(stream, "data {}\n{message}", message.len()).unwrap();
        // The first commit brings all files in, the others change two each.
        let changed: Vec<usize> =
            if commit == 0 { (0..FILES).collect() } else { vec![dice.below(FILES), dice.below(FILES)] };
        for n in changed {
            for _ in 0..3 {
                let at = dice.below(files[n].len());
                files[n][at] = dice.line();
            }
            if commit % 40 == 7 {
                let at = dice.below(files[n].len());
                files[n][at] = format!("aws_access_key_id={}\naws_secret_access_key={}", dice.key_id(), dice.secret());
            }
            let text = files[n].join("\n");
            writeln!(stream, "M 100644 inline src/part{}/file{n}.py\ndata {}\n{text}", n % 7, text.len()).unwrap();
        }
    }
    stream
}

fn git(folder: &Path, arguments: &[&str], input: &[u8]) {
    let mut command = Command::new("git");
    command.args(arguments).current_dir(folder).stdin(Stdio::piped()).stdout(Stdio::null());
    // Nobody's configuration shapes the pack.
    command.env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_CONFIG_GLOBAL", "/dev/null");
    for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY"] {
        command.env_remove(name);
    }
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    assert!(child.wait().unwrap().success(), "git {arguments:?}");
}
