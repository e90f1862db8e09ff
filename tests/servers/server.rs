//! Something that takes pushes: a home, bare repositories in it, and what serves them.

use crate::{
    hook::{self, write_program},
    process::Process,
    support::{clean, git_command},
};
use std::{
    fs::{self, OpenOptions},
    io::Write,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::Command,
};
use tempfile::TempDir;

/// What the servers' repositories are told besides `git init`: pushes over HTTP and the git protocol are allowed, nothing is
/// packed behind a test's back, and nothing waits for a disk.
const SETTINGS: &str = "[http]\n\treceivepack = true\n[daemon]\n\treceivepack = true\n[receive]\n\tautogc = false\n\
    \tadvertisePushOptions = true\n[gc]\n\tauto = 0\n[core]\n\tfsync = none\n";

/// Lines of each log that a test which failed shows.
const LAST_LINES: usize = 30;

/// A user whom servers that ask for one know.
pub const USER: &str = "ann";

/// A running server.
pub struct Server {
    /// Ended before their home goes.
    processes: Vec<Process>,
    pub name: &'static str,
    /// Whom it knows a pusher to be.
    pub user: Option<&'static str>,
    home: TempDir,
    /// Where its repositories are, below its home.
    root: &'static str,
    /// A repository's URL is this, its name, and `.git`.
    url: String,
    /// What a client must be told to reach it.
    client: Vec<(&'static str, String)>,
    /// Told to set up hooks in its own way.
    adopts: bool,
}

impl Server {
    /// Nothing runs yet: pushes go to folders.
    pub fn local() -> Self {
        let home = tempfile::tempdir().unwrap();
        for folder in ["logs", "git"] {
            fs::create_dir(home.path().join(folder)).unwrap();
        }
        let root = "git";
        let url = format!("{}/", home.path().join(root).display());
        let client = Vec::new();
        Self { processes: Vec::new(), name: "local", user: None, home, root, url, client, adopts: false }
    }

    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// Where the bare repositories are.
    pub fn root(&self) -> PathBuf {
        self.home().join(self.root)
    }

    /// Becomes the server `name`, with repositories at `url`.
    pub fn serving(mut self, name: &'static str, url: String) -> Self {
        (self.name, self.url) = (name, url);
        self
    }

    /// Asks for a user's name.
    pub fn known_as(mut self, user: &'static str) -> Self {
        self.user = Some(user);
        self
    }

    pub fn tell_clients(mut self, key: &'static str, value: String) -> Self {
        self.client.push((key, value));
        self
    }

    /// Repositories are gitolite's.
    pub fn adopting(mut self, root: &'static str) -> Self {
        (self.root, self.adopts) = (root, true);
        self
    }

    /// Writes a file of settings into its home.
    pub fn write(&self, name: &str, content: &str) -> PathBuf {
        let path = self.home().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        path
    }

    /// Starts a part of it, which logs under its own name.
    pub fn start(&mut self, name: &str, command: &mut Command, port: u16) {
        let log = self.home().join("logs").join(name);
        self.processes.push(Process::start(command, self.home(), &log, port));
    }

    /// Runs a command as the server's user, which must succeed.
    pub fn run(&self, program: &str, arguments: &[&str]) {
        let mut command = Command::new(program);
        clean(&mut command, self.home());
        let output = command.args(arguments).current_dir(self.home()).output();
        let output = output.unwrap_or_else(|error| panic!("{program}: {error}"));
        assert!(output.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    }

    pub fn url(&self, name: &str) -> String {
        format!("{}{name}.git", self.url)
    }

    /// What a client must be told to reach it.
    pub fn client(&self) -> &[(&'static str, String)] {
        &self.client
    }

    /// Puts the hook where all its repositories find it.
    pub fn hooked(self) -> Self {
        let hook = self.hook();
        write_program(&hook, &hook::script(""));
        self
    }

    fn hook(&self) -> PathBuf {
        self.home().join(if self.adopts { ".gitolite/hooks/common/pre-receive" } else { "pre-receive" })
    }

    /// A new bare repository with the hook in it.
    pub fn create(&self, name: &str, format: &str) -> PathBuf {
        let bare = self.root().join(format!("{name}.git"));
        let format = format!("--object-format={format}");
        let mut init = git_command(&self.root(), self.home());
        let output = init.args(["init", "-q", "--bare", "-b", "main", &format]).arg(&bare).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let mut config = OpenOptions::new().append(true).open(bare.join("config")).unwrap();
        config.write_all(SETTINGS.as_bytes()).unwrap();
        if self.adopts {
            self.run("gitolite", &["setup", "--hooks-only"]);
        } else {
            symlink(self.hook(), bare.join("hooks/pre-receive")).unwrap();
        }
        bare
    }

    /// The ends of its logs.
    pub fn last_words(&self) -> String {
        self.logs().into_iter().map(|(name, text)| format!("== {name}\n{}\n", last_lines(&text))).collect()
    }

    /// All that it wrote down, with the names of the files.
    pub fn logs(&self) -> Vec<(String, String)> {
        let folders = ["logs", ".gitolite/logs"].map(|name| self.home().join(name));
        let entries = folders.iter().filter_map(|folder| fs::read_dir(folder).ok()).flatten();
        let paths = entries.map(|entry| entry.unwrap().path());
        let read = |path: PathBuf| (path.display().to_string(), lossy(&fs::read(path).unwrap()));
        paths.map(read).collect()
    }
}

/// What a log's reader wants to see first.
fn last_lines(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(LAST_LINES)..].join("\n")
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
