//! Pushes that prove a hook: into a repository made for them, through real git.

use super::super::install::{Script, Step};
use crate::git::{ask, program, unbind};
use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// How often the empty run is timed.
pub(super) const RUNS: usize = 5;

/// Lines of a refusal that are repeated.
const WORDS: usize = 3;

/// Who commits and pushes; the audit log names it.
const NAME: &str = "keytrail-doctor";

/// A repository with the hook in it, and another one to push from. Both are gone on drop.
pub(super) struct Trial {
    folder: TempDir,
}

impl Trial {
    /// Beside `repository`, where the same file system with the same rights is used; in the folder for temporary files if
    /// that may not be written to. The hook that was there before ours has no part in this.
    pub(super) fn new(repository: Option<&Path>, script: &Script) -> Result<Self, String> {
        let mut builder = tempfile::Builder::new();
        builder.prefix(".keytrail-doctor-");
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
        let beside = repository.and_then(Path::parent).and_then(|above| builder.tempdir_in(above).ok());
        let folder = beside.map_or_else(|| builder.tempdir(), Ok).map_err(|error| error.to_string())?;
        let trial = Self { folder };
        // Git before 2.29 knows one format only, and does not know the question.
        let format =
            repository.and_then(|folder| ask(folder, &["--git-dir=.", "rev-parse", "--show-object-format"]).ok());
        let format = format.map(|format| format!("--object-format={}", String::from_utf8_lossy(&format)));
        for name in ["server", "client"] {
            let options = ["init", "--bare", "--quiet", "--template="].into_iter().chain(format.as_deref());
            run(trial.git().args(options).arg(trial.path(name)), b"")?;
        }
        let hooks = trial.path("server").join("hooks");
        fs::create_dir(&hooks).map_err(|error| error.to_string())?;
        run(trial.git().args(["--git-dir=server", "config", "core.hooksPath"]).arg(&hooks), b"")?;
        let text = Script { chained: false, ..script.clone() }.text();
        Step::Write { path: trial.hook(), text }.apply().map_err(|error| error.to_string())?;
        Ok(trial)
    }

    /// Pushes a file with this `content` to a branch called `name`. Gives the first words of whoever refused it.
    pub(super) fn push(&self, name: &str, content: &[u8]) -> Result<Option<String>, String> {
        let git = |arguments: &[&str], input: &[u8]| {
            let printed = run(self.git().arg("--git-dir=client").args(arguments), input)?;
            Ok::<_, String>(String::from_utf8_lossy(&printed).trim().to_owned())
        };
        let blob = git(&["hash-object", "-w", "--stdin"], content)?;
        let tree = git(&["mktree"], format!("100644 blob {blob}\t{name}\n").as_bytes())?;
        let commit = git(&["commit-tree", &tree, "-m", name], b"")?;
        let mut push = self.git();
        push.args(["--git-dir=client", "push", "--quiet", "--no-verify"]).arg(self.path("server"));
        let output = output(push.arg(format!("{commit}:refs/heads/{name}")), b"")?;
        if output.status.success() {
            return Ok(None);
        }
        let is_hook = memchr::memmem::find(&output.stderr, b"pre-receive hook declined").is_some();
        if is_hook { Ok(Some(words(&output))) } else { Err(words(&output)) }
    }

    /// How long the hook takes for a push of nothing: the median.
    pub(super) fn empty_run(&self) -> Result<Duration, String> {
        let mut times = Vec::new();
        for _ in 0..RUNS {
            let mut hook = Command::new(self.hook());
            // As git calls it.
            unbind(&mut hook).current_dir(self.path("server")).env("GIT_DIR", ".");
            let start = Instant::now();
            let output = output(&mut hook, b"")?;
            times.push(start.elapsed());
            if !output.status.success() {
                return Err(format!("with nothing to judge the hook ends with {}: {}", output.status, words(&output)));
            }
        }
        times.sort();
        Ok(times[RUNS / 2])
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn hook(&self) -> PathBuf {
        self.path("server").join("hooks/pre-receive")
    }

    /// Git in the trial's folder, with nobody's settings.
    fn git(&self) -> Command {
        let mut git = program();
        git.current_dir(self.folder.path()).env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_CONFIG_GLOBAL", "/dev/null");
        for role in ["AUTHOR", "COMMITTER"] {
            git.env(format!("GIT_{role}_NAME"), NAME).env(format!("GIT_{role}_EMAIL"), "");
        }
        git.env("REMOTE_USER", NAME);
        git
    }
}

fn output(command: &mut Command, input: &[u8]) -> Result<Output, String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let failed = |error: std::io::Error| format!("cannot run {program}: {error}");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(failed)?;
    // A few kilobytes at most, which the pipe holds. One that does not read them says why in its own words.
    let _ = child.stdin.take().map(|mut stdin| stdin.write_all(input));
    child.wait_with_output().map_err(failed)
}

fn run(command: &mut Command, input: &[u8]) -> Result<Vec<u8>, String> {
    let output = output(command, input)?;
    if output.status.success() { Ok(output.stdout) } else { Err(words(&output)) }
}

/// The first lines of what the hook said, or else git, in one.
fn words(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stderr);
    let hook: Vec<&str> = said.lines().filter_map(|line| line.strip_prefix("remote:")).collect();
    let lines = if hook.is_empty() { said.lines().collect() } else { hook };
    lines.into_iter().map(str::trim).filter(|line| !line.is_empty()).take(WORDS).collect::<Vec<_>>().join("; ")
}
