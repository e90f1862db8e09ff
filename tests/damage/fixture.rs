//! Repositories made by the real git in a clean environment, and what the program says of them.

use serde_json::Value;
use std::{
    collections::BTreeSet,
    fs,
    io::ErrorKind,
    path::{Path, PathBuf},
    process::Command,
};
use tempfile::TempDir;

/// A stream of numbers that is the same on every run (splitmix64).
pub struct Seed(pub u64);

impl Seed {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }
}

/// The `n`th key id: well formed, and written nowhere but here.
pub fn key(n: u64) -> String {
    let mut seed = Seed(0xa115 + n);
    let random: String = (0..16).map(|_| char::from(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[seed.below(32)])).collect();
    format!("{}{random}", ["AK", "IA"].concat())
}

pub fn keys(numbers: impl IntoIterator<Item = u64>) -> BTreeSet<String> {
    numbers.into_iter().map(key).collect()
}

/// Lines that do not compress well, so that damage hits literals.
pub fn noise(n: u64, lines: usize) -> String {
    let mut seed = Seed(n);
    let words = b"abcdefghijklmnopqrstuvwxyz     ";
    let line = |seed: &mut Seed| (0..60).map(|_| char::from(words[seed.below(words.len())])).collect::<String>();
    (0..lines).map(|_| line(&mut seed) + "\n").collect()
}

/// A file that holds the `n`th key in its middle.
pub fn leak(n: u64) -> String {
    format!("{}aws_access_key_id = {}\n{}", noise(n, 8), key(n), noise(n + 1000, 8))
}

pub struct Repo {
    folder: TempDir,
}

impl Repo {
    /// An empty repository.
    pub fn new() -> Self {
        let repo = Self { folder: tempfile::tempdir().unwrap() };
        fs::create_dir(repo.folder.path().join("home")).unwrap();
        fs::create_dir(repo.root()).unwrap();
        repo.git(&["init", "-q", "-b", "main"]);
        for setting in [["gc.auto", "0"], ["maintenance.auto", "false"], ["core.looseCompression", "1"]] {
            repo.git(&["config", setting[0], setting[1]]);
        }
        repo
    }

    /// One commit with the keys 0, 1 and 2, each in a file of its own, all loose.
    pub fn leaky() -> Self {
        let repo = Self::new();
        for n in 0..3 {
            repo.write(&format!("file{n}.txt"), &leak(n));
        }
        repo.commit("three files");
        repo
    }

    /// Like `leaky`, and four versions of a file with the keys 3 to 6, the newest with all of them; all in one pack.
    pub fn packed() -> Self {
        let repo = Self::leaky();
        let mut text = noise(77, 60);
        for n in 3..7 {
            text.push_str(&leak(n));
            repo.write("grown.txt", &text);
            repo.commit(&format!("version {n}"));
        }
        repo.git(&["repack", "-adfq", "--window=20", "--depth=20"]);
        repo
    }

    pub fn root(&self) -> PathBuf {
        self.folder.path().join("repo")
    }

    /// A path inside of `.git`.
    pub fn inside(&self, path: &str) -> PathBuf {
        self.root().join(".git").join(path)
    }

    pub fn write(&self, name: &str, text: &str) {
        fs::write(self.root().join(name), text).unwrap();
    }

    pub fn commit(&self, message: &str) {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "--allow-empty", "-m", message]);
    }

    /// Runs git and returns what it prints.
    pub fn git(&self, arguments: &[&str]) -> String {
        let mut command = clean(Command::new("git"), &self.folder.path().join("home"));
        let identity = ["-c", "user.name=A", "-c", "user.email=a@example.org"];
        command.current_dir(self.root()).args(identity).args(arguments);
        for when in ["GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"] {
            command.env(when, "2024-01-02T03:04:05Z");
        }
        let output = command.output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
    }

    pub fn oid(&self, name: &str) -> String {
        self.git(&["rev-parse", "--verify", name])
    }

    pub fn loose(&self, oid: &str) -> PathBuf {
        self.inside("objects").join(&oid[..2]).join(&oid[2..])
    }

    /// The one pack's file with this extension.
    pub fn pack(&self, extension: &str) -> PathBuf {
        let entries = fs::read_dir(self.inside("objects/pack")).unwrap().map(|entry| entry.unwrap().path());
        let mut found: Vec<_> = entries.filter(|path| path.extension().is_some_and(|ext| ext == extension)).collect();
        assert_eq!(found.len(), 1);
        found.remove(0)
    }

    /// The program, ready to scan this repository.
    pub fn keytrail(&self) -> Command {
        let mut command = clean(Command::new(env!("CARGO_BIN_EXE_keytrail")), &self.folder.path().join("home"));
        command.args(["scan", "--reveal", "-f", "jsonl"]).arg(self.root()).current_dir(self.folder.path());
        command
    }

    pub fn scan(&self) -> Run {
        Run::of(&mut self.keytrail())
    }
}

/// No setting of whoever runs the tests reaches the child.
pub fn clean(mut command: Command, home: &Path) -> Command {
    let path = std::env::var_os("PATH").unwrap_or_default();
    command.env_clear().env("PATH", path).env("HOME", home).env("GIT_CONFIG_NOSYSTEM", "1").env("LC_ALL", "C");
    command
}

/// What the program said.
pub struct Run {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Run {
    /// Runs it. Whatever it was given, it does not panic and is not killed.
    pub fn of(command: &mut Command) -> Self {
        let output = loop {
            match command.output() {
                // Another test forked while this program's file was still being written.
                Err(error) if error.kind() == ErrorKind::ExecutableFileBusy => std::thread::yield_now(),
                output => break output.unwrap(),
            }
        };
        let run = Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        };
        assert!(!run.stderr.contains("panicked"), "{}", &run.stderr[..run.stderr.len().min(2000)]);
        assert!(matches!(run.code, Some(0..=2)), "{:?} {}", run.code, run.stderr);
        run
    }

    fn lines(&self) -> impl Iterator<Item = Value> {
        self.stdout.lines().map(|line| serde_json::from_str(line).unwrap())
    }

    pub fn summary(&self) -> Value {
        self.lines().last().filter(|line| line["type"] == "summary").unwrap()
    }

    /// The values of all findings.
    pub fn found(&self) -> BTreeSet<String> {
        let findings = self.lines().filter(|line| line["type"] == "finding");
        let values = findings.flat_map(|line| line["components"].as_array().unwrap().clone());
        values.map(|component| component["value"].as_str().unwrap().to_owned()).collect()
    }

    /// Kind, subject and detail of all gaps.
    pub fn gaps(&self) -> Vec<[String; 3]> {
        let gaps = self.summary()["coverage"]["gaps"].as_array().unwrap().clone();
        let word = |gap: &Value, field: &str| gap[field].as_str().unwrap().to_owned();
        gaps.iter().map(|gap| ["kind", "subject", "detail"].map(|field| word(gap, field))).collect()
    }

    /// Exits 2 and says that it is incomplete; names `subject` with this kind and `detail`; finds these keys all the same.
    #[track_caller]
    pub fn names(&self, kind: &str, subject: &str, detail: &str, found: impl IntoIterator<Item = u64>) -> &Self {
        assert_eq!(self.code, Some(2), "{}{}", self.stdout, self.stderr);
        assert_eq!(self.summary()["complete"], false);
        let gaps = self.gaps();
        let fits = |gap: &[String; 3]| gap[0] == kind && gap[1].ends_with(subject) && gap[2].contains(detail);
        assert!(gaps.iter().any(fits), "no gap {kind} {subject} {detail} in {gaps:#?}");
        assert_eq!(self.found(), keys(found), "{gaps:#?}");
        self
    }

    /// Exits 2, says all of these words, and reports nothing but that the repository was not opened.
    #[track_caller]
    pub fn refuses(&self, words: &[&str]) {
        assert_eq!(self.code, Some(2), "{}", self.stderr);
        if !self.stdout.is_empty() {
            assert_eq!(self.stdout.lines().count(), 1, "{}", self.stdout);
            assert_eq!(self.summary()["complete"], false);
            assert!(self.gaps().iter().all(|gap| gap[0] == "not_opened"), "{:?}", self.gaps());
        }
        assert!(self.stderr.starts_with("keytrail: error: "), "{}", self.stderr);
        assert!(!self.stderr.contains('\u{fffd}'), "{}", self.stderr);
        for word in words {
            assert!(self.stderr.contains(word), "no {word:?} in {}", self.stderr);
        }
    }
}

/// Changes a file, which git writes read-only.
pub fn damage(path: &Path, change: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = fs::read(path).unwrap();
    change(&mut bytes);
    // Written anew: a file that is mapped elsewhere or linked stays as it is.
    fs::remove_file(path).unwrap();
    fs::write(path, bytes).unwrap();
}
