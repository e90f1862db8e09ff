//! A repository on a server, somebody who pushes to it, and what they may never get to read.

use crate::{
    hook,
    pushed::Pushed,
    server::Server,
    support::{Keys, Repo, git_command},
};
use serde_json::Value;
use std::{
    cell::RefCell,
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    thread::sleep,
    time::{Duration, Instant},
};

/// Git runs what is asked of it on the other side without that side's hooks: what was there before the hook was.
const UNGUARDED: &str = "--receive-pack=git -c core.hooksPath=/dev/null receive-pack";

/// An access key as it is written down.
#[derive(Debug, Clone)]
pub struct Pair {
    pub id: String,
    pub secret: String,
}

impl Pair {
    /// A file of credentials; the id is on line 2.
    pub fn file(&self) -> String {
        format!("[default]\naws_access_key_id = {}\naws_secret_access_key = {}\n", self.id, self.secret)
    }
}

/// A client and a repository of its own on a server.
pub struct Stage<'a> {
    pub server: &'a Server,
    /// The server's repository.
    pub bare: PathBuf,
    pub client: Repo,
    url: String,
    keys: RefCell<Keys>,
    hidden: RefCell<Vec<String>>,
}

impl<'a> Stage<'a> {
    /// An empty client and an empty repository, with ids of this `format`.
    pub fn new(server: &'a Server, format: &str) -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(1);
        let seed = COUNT.fetch_add(1, Relaxed);
        let name = format!("push-{seed}");
        let bare = server.create(&name, format);
        hook::configure(&bare, "");
        let client = Repo::with(&[&format!("--object-format={format}")]);
        for (key, value) in server.client() {
            client.git(&["config", key, value]);
        }
        let url = server.url(&name);
        let (keys, hidden) = (RefCell::new(Keys::new(seed)), RefCell::default());
        Self { server, bare, client, url, keys, hidden }
    }

    /// One that has a harmless history on both sides, past the hook.
    pub fn with_history(server: &'a Server, format: &str) -> Self {
        let stage = Self::new(server, format);
        stage.client.put("readme", "Nothing to see\n");
        stage.client.put("src/main.c", "int main(void) { return 0; }\n");
        stage.smuggle(&["main"]);
        stage
    }

    /// Tells the hook more than where its audit log is.
    pub fn configure(&self, more: &str) {
        hook::configure(&self.bare, more);
    }

    /// Another script in the hook's place.
    pub fn replace_hook(&self, script: &str) {
        hook::write_program(&self.bare.join("hooks/pre-receive"), script);
    }

    /// A new key, of which nobody may be told more than its first characters.
    pub fn pair(&self) -> Pair {
        let mut keys = self.keys.borrow_mut();
        let pair = Pair { id: keys.id(), secret: keys.secret() };
        self.hidden.borrow_mut().extend([pair.id.clone(), pair.secret.clone()]);
        pair
    }

    /// Puts a new key into a file of its own, in a commit of its own, and gives both.
    pub fn leak(&self, path: &str) -> (Pair, String) {
        let pair = self.pair();
        let commit = self.client.put(path, pair.file());
        (pair, commit)
    }

    /// Brings refs to the server past its hook.
    pub fn smuggle(&self, refs: &[&str]) {
        let bare = self.bare.to_str().unwrap();
        self.client.git(&[&["push", "-q", UNGUARDED, bare], refs].concat());
    }

    /// A real push, with more options or refs; judged by nobody yet.
    pub fn push(&self, arguments: &[&str]) -> Pushed<'_> {
        let before = self.holdings();
        let output = self.push_command(arguments).output().unwrap();
        let pushed = Pushed::new(self, output, before);
        let remote: String = pushed.message.lines().filter(|line| line.starts_with("remote:")).collect();
        self.keeps_quiet("the client", &remote);
        self.keeps_its_secrets();
        pushed
    }

    /// The command of such a push.
    pub fn push_command(&self, arguments: &[&str]) -> Command {
        let (options, refs): (Vec<&str>, Vec<&str>) = arguments.iter().partition(|one| one.starts_with('-'));
        let mut command = git_command(self.client.path(), self.client.path());
        command.arg("push").args(options).arg(&self.url).args(refs).stdin(Stdio::null());
        command
    }

    /// No log of the server has a value in it.
    pub fn keeps_its_secrets(&self) {
        for (name, text) in self.server.logs() {
            self.keeps_quiet(&name, &text);
        }
        self.keeps_quiet("the audit log", &self.audit_log());
    }

    /// The server's refs and the files of its objects, once it has tidied up: it may still be at it when the client is gone.
    pub fn holdings(&self) -> (String, BTreeSet<PathBuf>) {
        let begun = Instant::now();
        while self.has_quarantine() {
            assert!(begun.elapsed() < Duration::from_secs(10), "a quarantine stays: {}", self.server.last_words());
            sleep(Duration::from_millis(5));
        }
        let bare = self.bare.to_str().unwrap();
        let refs = self.client.git(&["--git-dir", bare, "for-each-ref", "--format=%(refname) %(objectname)"]);
        let mut files = BTreeSet::new();
        list(&self.bare.join("objects"), &mut files);
        (refs, files)
    }

    fn has_quarantine(&self) -> bool {
        let names = fs::read_dir(self.bare.join("objects")).unwrap().map(|entry| entry.unwrap().file_name());
        names.into_iter().any(|name| name.to_string_lossy().contains("incoming"))
    }

    /// Whether the server has a ref of this name.
    pub fn has(&self, name: &str) -> bool {
        self.holdings().0.lines().any(|line| line.split(' ').next() == Some(name))
    }

    pub fn audit_log(&self) -> String {
        fs::read_to_string(self.bare.join(hook::AUDIT)).unwrap_or_default()
    }

    /// What stands in the audit log: each line is an event, as the schema has it.
    pub fn events(&self) -> Vec<Value> {
        let schema = serde_json::from_str(include_str!("../../docs/events.schema.json")).unwrap();
        let validator = jsonschema::validator_for(&schema).unwrap();
        let event = |line: &str| {
            let event = serde_json::from_str(line).unwrap();
            validator.validate(&event).unwrap_or_else(|error| panic!("{error}: {event}"));
            event
        };
        self.audit_log().lines().map(event).collect()
    }

    fn keeps_quiet(&self, who: &str, text: &str) {
        let told = self.hidden.borrow().iter().any(|value| text.contains(value.as_str()));
        assert!(!told, "{who} was told a value");
    }
}

fn list(folder: &Path, files: &mut BTreeSet<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap()) {
        if entry.file_type().unwrap().is_dir() {
            list(&entry.path(), files);
        } else {
            files.insert(entry.path());
        }
    }
}
