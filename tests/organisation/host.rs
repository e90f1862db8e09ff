//! A host: the list of an organisation's repositories as GitHub gives it, page by page, and git over HTTP from lighttpd behind it.
//! What stands in front does to some repositories what networks and strangers do.

use crate::process::{Process, free_port};
use crate::support::{Keys, Repo};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::fs;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;
use tempfile::TempDir;

/// Repositories a page.
const PAGE: usize = 100;

/// A request: what was asked for, and as whom.
#[derive(Clone, Debug)]
pub struct Asked {
    pub line: String,
    pub authorization: Option<String>,
}

pub struct Host {
    folder: TempDir,
    pub origin: String,
    /// Another origin, to which this one redirects.
    pub elsewhere: Arc<Mutex<Vec<Asked>>>,
    pub asked: Arc<Mutex<Vec<Asked>>>,
    pub list: Arc<Mutex<Vec<Value>>>,
    pub token: String,
    _git: Process,
}

impl Host {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("git/acme")).unwrap();
        let (port, git) = lighttpd(&folder);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        // Put together here, so that no scanner takes it for one.
        let token = token();
        let elsewhere = Arc::new(Mutex::new(Vec::new()));
        let other = TcpListener::bind("127.0.0.1:0").unwrap();
        let other_origin = format!("http://{}", other.local_addr().unwrap());
        let kept = Arc::clone(&elsewhere);
        thread::spawn(move || {
            for stream in other.incoming() {
                let mut stream = stream.unwrap();
                kept.lock().unwrap().push(read(&mut stream).0);
                answer(&mut stream, "401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"git\"", "");
            }
        });
        let (asked, list) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Mutex::new(Vec::new())));
        let front = Front { git: port, other: other_origin, list: Arc::clone(&list), token: token.clone() };
        let (front, kept, own) = (Arc::new(front), Arc::clone(&asked), origin.clone());
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (mut stream, front, kept, own) =
                    (stream.unwrap(), Arc::clone(&front), Arc::clone(&kept), own.clone());
                thread::spawn(move || {
                    let (request, bytes) = read(&mut stream);
                    kept.lock().unwrap().push(request.clone());
                    front.serve(&mut stream, &request, &bytes, &own);
                });
            }
        });
        Self { folder, origin, elsewhere, asked, list, token, _git: git }
    }

    pub fn place(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn bare(&self, name: &str) -> PathBuf {
        self.place("git/acme").join(format!("{name}.git"))
    }

    /// Lists a repository of this name; `fields` instead of the usual ones.
    pub fn name(&self, name: &str, fields: &Value) {
        let mut list = self.list.lock().unwrap();
        let mut one = json!({
            "id": list.len() + 1, "full_name": format!("acme/{name}"),
            "clone_url": format!("{}/git/acme/{name}.git", self.origin),
            "html_url": format!("https://example.org/acme/{name}"), "archived": false, "fork": false, "has_wiki": false,
        });
        one.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        list.push(one);
    }

    /// A repository with these files in one commit, made in two steps of git's: there are many.
    pub fn make(&self, name: &str, files: &[(&str, &str)]) {
        let path = self.bare(name);
        let git = |arguments: &[&str]| {
            let mut command = Command::new("git");
            command.args(arguments).env("GIT_CONFIG_NOSYSTEM", "1").env("HOME", self.folder.path());
            command
        };
        assert!(
            git(&["init", "-q", "--bare", "-b", "main", "--template=", path.to_str().unwrap()])
                .status()
                .unwrap()
                .success()
        );
        if files.is_empty() {
            return;
        }
        let mut stream = "commit refs/heads/main\ncommitter A <a@example.org> 1700000000 +0000\ndata 1\nm\n".to_owned();
        for (path, text) in files {
            write!(stream, "M 100644 inline {path}\ndata {}\n{text}\n", text.len()).unwrap();
        }
        let mut import = git(&["-C", path.to_str().unwrap(), "fast-import", "--quiet"]);
        let mut import = import.stdin(std::process::Stdio::piped()).spawn().unwrap();
        import.stdin.take().unwrap().write_all(stream.as_bytes()).unwrap();
        assert!(import.wait().unwrap().success());
    }

    /// Pushes what `repo` has to the repository of this name.
    pub fn push(&self, repo: &Repo, name: &str) {
        repo.git(&["push", "-q", "--force", "--mirror", self.bare(name).to_str().unwrap()]);
    }

    /// Requests since the last call.
    pub fn requests(&self) -> Vec<Asked> {
        std::mem::take(&mut *self.asked.lock().unwrap())
    }
}

struct Front {
    git: u16,
    other: String,
    list: Arc<Mutex<Vec<Value>>>,
    token: String,
}

impl Front {
    fn serve(&self, stream: &mut TcpStream, request: &Asked, bytes: &[u8], own: &str) {
        let path = request.line.split(' ').nth(1).unwrap_or_default();
        // Version 2 of the protocol asks for refs by POST, too.
        let is_fetch = memchr::memmem::find(bytes, b"command=fetch").is_some();
        let is = |name: &str| path.starts_with(&format!("/git/acme/{name}.git/"));
        if path.starts_with("/orgs/acme/repos") {
            self.page(stream, request, path, own);
        } else if is("hangs") {
            // As long as anybody waits.
            let _ = stream.read(&mut [0]);
        } else if is("leads-away") {
            let head = format!("302 Found\r\nLocation: {}{path}", self.other);
            answer(stream, &head, "");
        } else if is("locked") {
            answer(stream, "401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"git\"", "");
        } else if is("endless") && is_fetch {
            let _ = stream.write_all(
                b"HTTP/1.1 200 OK\r\nContent-Type: application/x-git-upload-pack-result\r\nConnection: close\r\n\r\n000dpackfile\n",
            );
            // Noise on the side band that git shows and does not keep, for ever.
            while stream.write_all(b"0009\x02keep").is_ok() {
                thread::sleep(Duration::from_millis(5));
            }
        } else {
            let most = if is("cut") && is_fetch { 2000 } else { usize::MAX };
            self.pass(stream, bytes, most);
        }
    }

    /// The list, to who has the token, a hundred a page, with links that lead on.
    fn page(&self, stream: &mut TcpStream, request: &Asked, path: &str, own: &str) {
        if request.authorization.as_deref() != Some(&format!("Bearer {}", self.token)) {
            return answer(stream, "401 Unauthorized", "{\"message\":\"Bad credentials\"}");
        }
        let number = |text: &str| text.parse::<usize>().ok();
        let page = path.split(['?', '&']).find_map(|part| number(part.strip_prefix("page=")?)).unwrap_or(1);
        let list = self.list.lock().unwrap();
        let pages = list.chunks(PAGE).count();
        let link = if page < pages {
            format!("\r\nLink: <{own}/orgs/acme/repos?page={}>; rel=\"next\"", page + 1)
        } else {
            String::new()
        };
        let shown = list.chunks(PAGE).nth(page - 1).unwrap_or_default();
        answer(stream, &format!("200 OK\r\nContent-Type: application/json{link}"), &json!(shown).to_string());
    }

    /// Hands the request on to lighttpd, with this much of its answer.
    fn pass(&self, stream: &mut TcpStream, bytes: &[u8], most: usize) {
        let mut git = TcpStream::connect(("127.0.0.1", self.git)).unwrap();
        git.write_all(bytes).unwrap();
        let (mut buffer, mut passed) = ([0; 16 << 10], 0);
        while let Ok(read) = git.read(&mut buffer) {
            let read = read.min(most - passed);
            if read == 0 || stream.write_all(&buffer[..read]).is_err() {
                break;
            }
            passed += read;
        }
        let _ = stream.shutdown(Shutdown::Both);
    }
}

/// One request, and its bytes as they are handed on: without keeping the connection.
fn read(stream: &mut TcpStream) -> (Asked, Vec<u8>) {
    let (mut bytes, mut buffer) = (Vec::new(), [0; 16 << 10]);
    let end = loop {
        let read = stream.read(&mut buffer).unwrap_or(0);
        bytes.extend_from_slice(&buffer[..read]);
        let end = memchr::memmem::find(&bytes, b"\r\n\r\n");
        if end.is_some() || read == 0 {
            break end.unwrap_or(bytes.len());
        }
    };
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let field = |name: &str| {
        let mut lines = head.lines().filter_map(|line| line.split_once(": "));
        lines.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.to_owned())
    };
    let length = field("content-length").map_or(0, |length| length.parse().unwrap());
    while bytes.len() < end + 4 + length {
        let read = stream.read(&mut buffer).unwrap_or(0);
        if read == 0 {
            break;
        }
        bytes.extend_from_slice(&buffer[..read]);
    }
    let line = head.lines().next().unwrap_or_default().to_owned();
    let asked = Asked { line, authorization: field("authorization") };
    let mut handed = head.lines().filter(|line| !line.to_ascii_lowercase().starts_with("connection:")).fold(
        String::new(),
        |mut text, line| {
            text.push_str(line);
            text.push_str("\r\n");
            text
        },
    );
    handed += "Connection: close\r\n\r\n";
    let body = bytes.get(end + 4..).unwrap_or_default();
    (asked, [handed.as_bytes(), body].concat())
}

fn answer(stream: &mut TcpStream, head: &str, body: &str) {
    let _ = write!(stream, "HTTP/1.1 {head}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}", body.len());
}

/// Git from real repositories, for who has the token as a password. Names that begin with `open` are for everybody.
fn lighttpd(folder: &TempDir) -> (u16, Process) {
    let (home, port) = (folder.path(), free_port());
    let programs = Command::new("git").arg("--exec-path").output().unwrap().stdout;
    let backend = format!("{}/git-http-backend", String::from_utf8(programs).unwrap().trim_end());
    let token = token();
    fs::write(home.join("users"), format!("x-access-token:{token}\n")).unwrap();
    let environment = format!(
        "\"GIT_PROJECT_ROOT\" => \"{0}/git\", \"GIT_HTTP_EXPORT_ALL\" => \"1\", \"GIT_CONFIG_NOSYSTEM\" => \"1\", \"HOME\" => \"{0}\", \"PATH\" => \"{1}\"",
        home.display(),
        std::env::var("PATH").unwrap()
    );
    let settings = format!(
        r#"
server.modules = ("mod_alias", "mod_setenv", "mod_auth", "mod_authn_file", "mod_cgi")
server.bind = "127.0.0.1"
server.port = {port}
server.document-root = "{home}"
server.upload-dirs = ("{home}")
auth.backend = "plain"
auth.backend.plain.userfile = "{home}/users"
alias.url = ("/git" => "{backend}")
cgi.assign = ("" => "")
setenv.add-environment = ({environment})
auth.require = ("" => ("method" => "basic", "realm" => "git", "require" => "valid-user"))
"#,
        home = home.display()
    );
    fs::write(home.join("lighttpd.conf"), settings).unwrap();
    let mut command = Command::new("/usr/sbin/lighttpd");
    command.arg("-D").arg("-f").arg(home.join("lighttpd.conf"));
    let process = Process::start(&mut command, home, &home.join("lighttpd.log"), port);
    (port, process)
}

fn token() -> String {
    Keys::new(99).filler().bytes().map(|byte| format!("{byte:02x}")).collect()
}

/// What `Authorization` says of somebody who shows `token` to git's server.
pub fn basic(token: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("x-access-token:{token}")))
}
