//! Repositories, built by the git program in a folder of their own and untouched by the machine's configuration.

use std::{
    cell::Cell,
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};
use tempfile::TempDir;

/// Author dates and commit dates begin here and go up by a minute a commit.
const EPOCH: i64 = 1_700_000_000;

/// A folder with a repository in it, and room beside it for others.
pub struct Repo {
    folder: TempDir,
    path: PathBuf,
    clock: Cell<i64>,
}

/// `git` in `folder` with nothing of the machine's configuration. `home` stands for the user's.
pub fn git_command(folder: &Path, home: &Path) -> Command {
    let mut command = Command::new("git");
    command.current_dir(folder);
    clean(&mut command, home);
    // Tests read what they wrote in one boot of the machine.
    command.args(["-c", "core.fsync=none", "-c", "gc.auto=0", "-c", "maintenance.auto=false"]);
    command.args(["-c", "protocol.file.allow=always", "-c", "advice.detachedHead=false"]);
    command
}

/// Leaves a command nothing of the environment but the way to programs.
pub fn clean(command: &mut Command, home: &Path) {
    command.env_clear().env("HOME", home).env("GIT_CONFIG_NOSYSTEM", "1").env("LC_ALL", "C");
    for name in ["PATH", "SystemRoot", "TMPDIR", "TEMP"] {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
}

/// Whether this git can keep refs in tables: since 2.45.
pub fn git_knows_tables() -> bool {
    let probe = Repo::new();
    probe.try_git(&["init", "-q", "--ref-format=reftable", "probe"]).status.success()
}

impl Repo {
    pub fn new() -> Self {
        Self::with(&[])
    }

    /// A repository made by `git init` with more options.
    pub fn with(options: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("work");
        fs::create_dir(&path).unwrap();
        let repo = Self { folder, path, clock: Cell::new(EPOCH) };
        let mut arguments = vec!["init", "-q", "-b", "main"];
        arguments.extend(options);
        repo.git(&arguments);
        repo
    }

    /// The root of the work tree, or the bare repository.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A place beside the work tree.
    pub fn beside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn url(&self) -> String {
        format!("file://{}", self.path.display())
    }

    fn command(&self, folder: &Path) -> Command {
        let mut command = git_command(folder, self.folder.path());
        let date = format!("@{} +0000", self.clock.get());
        command.env("GIT_AUTHOR_NAME", "Ann Author").env("GIT_AUTHOR_EMAIL", "ann@example.org");
        command.env("GIT_COMMITTER_NAME", "Cem Committer").env("GIT_COMMITTER_EMAIL", "cem@example.org");
        command.env("GIT_AUTHOR_DATE", &date).env("GIT_COMMITTER_DATE", &date);
        command
    }

    /// Lets a minute go by.
    pub fn tick(&self) {
        self.clock.set(self.clock.get() + 60);
    }

    /// What git prints, without the last newline. Its failure is the test's.
    pub fn git(&self, arguments: &[&str]) -> String {
        self.git_in(&self.path, arguments)
    }

    pub fn git_in(&self, folder: &Path, arguments: &[&str]) -> String {
        let output = self.command(folder).args(arguments).stdin(Stdio::null()).output().unwrap();
        succeeded(arguments, &output);
        text(&output.stdout)
    }

    /// Runs git, whatever comes of it.
    pub fn try_git(&self, arguments: &[&str]) -> Output {
        self.try_git_in(&self.path, arguments)
    }

    pub fn try_git_in(&self, folder: &Path, arguments: &[&str]) -> Output {
        self.command(folder).args(arguments).stdin(Stdio::null()).output().unwrap()
    }

    pub fn git_with_env(&self, arguments: &[&str], env: &[(&str, &str)]) -> String {
        let output = self.command(&self.path).args(arguments).envs(env.iter().copied()).output().unwrap();
        succeeded(arguments, &output);
        text(&output.stdout)
    }

    pub fn git_with_input(&self, arguments: &[&str], input: &[u8]) -> String {
        let mut command = self.command(&self.path);
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let output = std::thread::scope(|scope| {
            scope.spawn(move || stdin.write_all(input));
            child.wait_with_output().unwrap()
        });
        succeeded(arguments, &output);
        text(&output.stdout)
    }

    pub fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        let path = self.path.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    pub fn remove(&self, path: &str) {
        fs::remove_file(self.path.join(path)).unwrap();
    }

    pub fn rename(&self, from: &str, to: &str) {
        let to = self.path.join(to);
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::rename(self.path.join(from), to).unwrap();
    }

    /// Commits the work tree as it is, and gives the commit's id.
    pub fn commit(&self, message: &str) -> String {
        self.tick();
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "--allow-empty", "-m", message]);
        self.head()
    }

    /// Writes one file and commits it.
    pub fn put(&self, path: &str, content: impl AsRef<[u8]>) -> String {
        self.write(path, content);
        self.commit(&format!("write {path}"))
    }

    /// Removes one file and commits that.
    pub fn drop_file(&self, path: &str) -> String {
        self.remove(path);
        self.commit(&format!("remove {path}"))
    }

    /// Commits over the last commit.
    pub fn amend(&self) -> String {
        self.tick();
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "--amend", "--no-edit", "--reset-author"]);
        self.head()
    }

    pub fn head(&self) -> String {
        self.git(&["rev-parse", "HEAD"])
    }

    /// A new branch here.
    pub fn branch(&self, name: &str) {
        self.git(&["checkout", "-q", "-b", name]);
    }

    pub fn checkout(&self, name: &str) {
        self.git(&["checkout", "-q", name]);
    }

    /// A branch that begins with nothing.
    pub fn orphan(&self, name: &str) {
        self.git(&["checkout", "-q", "--orphan", name]);
        self.git(&["rm", "-r", "-q", "-f", "--ignore-unmatch", "."]);
    }

    /// Merges and gives the merge commit's id.
    pub fn merge(&self, names: &[&str]) -> String {
        self.merge_with(&[], names)
    }

    /// Merges with more options, such as `-s ours`.
    pub fn merge_with(&self, options: &[&str], names: &[&str]) -> String {
        self.tick();
        self.git(&[&["merge", "-q", "--no-ff", "-m", "merge"], options, names].concat());
        self.head()
    }

    /// Merges, and whatever git makes of it, puts `files` into the merge commit (`None` removes one).
    pub fn merge_as(&self, name: &str, files: &[(&str, Option<&str>)]) -> String {
        self.tick();
        self.try_git(&["merge", "-q", "--no-ff", "--no-commit", name]);
        for (path, content) in files {
            match content {
                Some(content) => self.write(path, content),
                None => self.remove(path),
            }
        }
        self.commit("merge by hand")
    }

    /// An annotated tag.
    pub fn tag(&self, name: &str, message: &str) {
        self.tick();
        self.git(&["tag", "-a", "-m", message, name]);
    }

    /// Stores a blob that nothing names.
    pub fn blob(&self, content: &[u8]) -> String {
        self.git_with_input(&["hash-object", "-w", "--stdin"], content)
    }

    /// Every object as a file of its own.
    pub fn unpack(&self) {
        let packs = self.objects().join("pack");
        let aside = self.beside("packs");
        fs::rename(&packs, &aside).unwrap();
        fs::create_dir(&packs).unwrap();
        for pack in files(&aside).iter().filter(|path| path.extension().is_some_and(|end| end == "pack")) {
            self.git_with_input(&["unpack-objects", "-q"], &fs::read(pack).unwrap());
        }
        fs::remove_dir_all(aside).unwrap();
    }

    /// The folder of objects.
    pub fn objects(&self) -> PathBuf {
        let folder = self.git(&["rev-parse", "--git-path", "objects"]);
        self.path.join(folder)
    }

    /// The packs' files.
    pub fn packs(&self) -> Vec<PathBuf> {
        let all = files(&self.objects().join("pack"));
        all.into_iter().filter(|path| path.extension().is_some_and(|end| end == "pack")).collect()
    }

    /// How many objects lie loose.
    pub fn loose(&self) -> usize {
        let text = self.git(&["count-objects"]);
        text.split(' ').next().unwrap().parse().unwrap()
    }
}

fn succeeded(arguments: &[&str], output: &Output) {
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "git {arguments:?}: {}\n{errors}", output.status);
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).trim_end_matches('\n').to_owned()
}

/// What a folder holds, sorted.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}
