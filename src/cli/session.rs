//! What `scan` and `baseline` share: everything is read and checked first, then the repositories are scanned in turn.

use super::args::{EngineArgs, HistoryArgs};
use super::error::CliError;
use super::rules::load;
use super::target::{self, Target, config_beside};
use super::terminal::Terminal;
use super::{exit, signal};
use crate::git::{
    Binding, GitError,
    mirror::{self, MirrorError, MirrorOptions},
};
use crate::model::{Coverage, FingerprintKey, GapKind, Report, RepositoryReport, Tally};
use crate::policy::{Baseline, Config, Policy};
use crate::rules::RuleSet;
use crate::scan::{Limits, ScanError, ScanOptions, Scanner};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

/// Fewest bytes of a key that cannot be guessed.
const MIN_KEY_BYTES: usize = 16;

/// One run.
pub(super) struct Session<'a> {
    args: &'a EngineArgs,
    /// The rules in use.
    pub(super) rules: RuleSet,
    options: ScanOptions,
    read: Read,
    config: Option<Config>,
    baseline: Option<(PathBuf, Arc<Baseline>)>,
    cancel: &'static AtomicBool,
    terminal: &'a Terminal,
}

/// What of a repository is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Read {
    History,
    Staged,
    Worktree { ignored: bool },
}

/// What a run brought.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    /// The repositories that could be scanned.
    pub(super) report: Report,
    /// How many could not.
    pub(super) failed: usize,
    /// Whether the user or the system stopped it.
    pub(super) interrupted: bool,
}

impl Outcome {
    /// The ending, when findings have this code.
    pub(super) fn ending(&self, findings_code: u8) -> exit::Ending {
        let incomplete = self.failed > 0 || self.interrupted || !self.report.is_complete();
        exit::Ending { incomplete, findings: self.report.finding_count(), findings_code }
    }
}

impl<'a> Session<'a> {
    /// Reads rules, configuration, baseline and key: whatever is wrong with them shows before the scan. Without `history` only
    /// what is staged is read.
    pub(super) fn new(
        args: &'a EngineArgs,
        history: Option<&HistoryArgs>,
        baseline: Option<&Path>,
        explain: bool,
        terminal: &'a Terminal,
    ) -> Result<Self, CliError> {
        if let Some(jobs) = args.jobs {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(jobs.get()).build_global();
            pool.map_err(|error| CliError::new(format!("cannot start {jobs} threads: {error}")))?;
        }
        let read = |path: &Path| Ok::<_, CliError>((path.to_owned(), Arc::new(Baseline::read(path)?)));
        Ok(Self {
            args,
            rules: load(&args.rules)?,
            options: ScanOptions {
                max_object_size: args.max_object_size,
                reachable_only: history.is_some_and(|history| history.reachable_only),
                range: history.map(|history| history.range.clone()).unwrap_or_default(),
                since: history.and_then(|history| history.since),
                own_files: history.is_none_or(|history| !history.no_own_files),
                allow_missing: args.allow_missing,
                unwrap: (!args.no_decode).then(|| Limits { bytes: args.max_decoded, ..Limits::default() }),
                explain,
                fingerprint_key: args.fingerprint_key.as_deref().map(read_key).transpose()?.unwrap_or_default(),
            },
            read: match history {
                None => Read::Staged,
                Some(history) if history.worktree => Read::Worktree { ignored: history.no_ignore },
                Some(_) => Read::History,
            },
            config: args.config.as_deref().map(Config::read).transpose()?,
            baseline: baseline.map(read).transpose()?,
            cancel: signal::install()?,
            terminal,
        })
    }

    /// Scans all targets in turn. One that cannot be scanned is told of, and the next is tried.
    pub(super) fn scan(&self, targets: &[Target]) -> Outcome {
        let mut outcome = Outcome::default();
        for target in targets {
            if self.cancel.load(Relaxed) {
                let detail = "the run was interrupted before".to_owned();
                self.terminal.warning(&format!("interrupted before {}", target.name()));
                outcome.failed += 1;
                outcome.report.repositories.push(RepositoryReport::not_opened(target.name(), detail));
                continue;
            }
            if targets.len() > 1 {
                self.terminal.repository(&target.name());
            }
            match self.scan_one(target) {
                Ok(repository) => outcome.report.repositories.push(repository),
                Err(error) => {
                    outcome.failed += 1;
                    self.terminal.error(&error);
                    outcome.report.repositories.push(RepositoryReport::not_opened(target.name(), error.to_string()));
                }
            }
        }
        self.terminal.clear();
        outcome.interrupted = self.cancel.load(Relaxed);
        for repository in &outcome.report.repositories {
            if let Some(text) = interruption(&repository.name, &repository.coverage) {
                self.terminal.warning(&text);
            }
        }
        let shared = [self.args.config.as_deref(), self.baseline.as_ref().map(|(path, _)| path.as_path())];
        for file in shared.into_iter().flatten() {
            merge_stale(&mut outcome.report, &format!("{}:", file.display()));
        }
        outcome
    }

    fn scan_one(&self, target: &Target) -> Result<RepositoryReport, CliError> {
        let name = target.name();
        match target {
            Target::Path(path) => self.scan_folder(path, &name),
            Target::File(_) | Target::Url(_) | Target::Stdin if self.read != Read::History => {
                Err(CliError::new(format!("{name}: it has no work tree and no index; name a repository's folder")))
            }
            Target::File(path) => {
                let (path, base) = target::file_and_base(path);
                Ok(self.scanner(&self.policy(Some(&base))?, &self.options).scan_files(&path, &base, &name)?)
            }
            Target::Stdin => {
                let policy = self.policy(None)?;
                Ok(self.scanner(&policy, &self.options).scan_stream(&name, &mut std::io::stdin().lock())?)
            }
            Target::Url(url) => {
                self.terminal.wait("cloning");
                let mirrored = mirror::mirror(url, &MirrorOptions::default(), self.cancel);
                self.terminal.clear();
                let mirror = mirrored.map_err(|error: MirrorError| CliError::from(error))?;
                // The mirror's own files are made here: its configuration holds the URL as the user wrote it.
                let options = ScanOptions { own_files: false, ..self.options.clone() };
                Ok(self.scanner(&self.policy(None)?, &options).scan(&mirror.path(), &name)?)
            }
        }
    }

    fn scan_folder(&self, path: &Path, name: &str) -> Result<RepositoryReport, CliError> {
        let binding = self.binding(path);
        let policy = self.policy(Some(binding.work_tree.as_deref().unwrap_or(path)))?;
        let scanner = self.scanner(&policy, &self.options);
        let outcome = match self.read {
            Read::Staged => scanner.scan_staged(path, &binding, name),
            Read::Worktree { ignored } => scanner.scan_worktree(path, name, ignored),
            Read::History => scanner.scan(path, name),
        };
        let any = self.read == Read::History && self.options.range.is_empty() && self.options.since.is_none();
        match outcome {
            Err(ScanError::Git(GitError::NotARepository(_))) if any && path.is_dir() => {
                self.terminal.note(&format!("{name} is in no git repository: its files are scanned as they lie there"));
                Ok(scanner.scan_files(path, path, name)?)
            }
            outcome => Ok(outcome?),
        }
    }

    /// What is staged here is what git says: of a commit in the making only its hooks know the index.
    fn binding(&self, path: &Path) -> Binding {
        if self.read == Read::Staged && path == Path::new(".") { target::binding() } else { Binding::default() }
    }

    fn scanner<'s>(&'s self, policy: &'s Policy, options: &'s ScanOptions) -> Scanner<'s> {
        Scanner { rules: &self.rules, policy, options, progress: self.terminal, cancel: self.cancel }
    }

    /// The policy for the repository in the folder `path`, or for one without a work tree.
    fn policy(&self, path: Option<&Path>) -> Result<Policy, CliError> {
        let config = match &self.config {
            _ if self.args.no_config => None,
            Some(config) => Some(config.clone()),
            None => path.and_then(config_beside).as_deref().map(Config::read).transpose()?,
        };
        let mut policy = Policy::new(config, self.baseline.clone(), today());
        policy.inline_allowed = !self.args.no_inline_allow;
        Ok(policy)
    }
}

/// The day it is. Days are counted in UTC, so that an entry expires everywhere at once.
pub(super) fn today() -> jiff::civil::Date {
    jiff::tz::TimeZone::UTC.to_datetime(jiff::Timestamp::now()).date()
}

/// The key in a file, checked.
pub(super) fn read_key(path: &Path) -> Result<FingerprintKey, CliError> {
    let key = std::fs::read(path).map_err(|error| CliError::new(format!("cannot read {}: {error}", path.display())))?;
    let key = key.trim_ascii_end();
    if key.len() < MIN_KEY_BYTES {
        let message = format!("{}: a fingerprint key needs {MIN_KEY_BYTES} bytes or more", path.display());
        return Err(CliError::new(message).with_hint("make one with `openssl rand -hex 32`"));
    }
    Ok(FingerprintKey::new(key.to_owned()))
}

/// How far a scan came that was stopped.
fn interruption(name: &str, coverage: &Coverage) -> Option<String> {
    coverage.gaps.iter().find(|gap| gap.kind == GapKind::Interrupted)?;
    let total = Tally::sum([&coverage.total(), &coverage.total_texts()]);
    Some(format!("interrupted: {name}: {} of {} objects read, the report is partial", total.scanned, total.seen))
}

/// A file that serves several repositories has a stale entry only if none of them uses it: such lines, which begin with
/// `source`, stay in the first repository's list, and the others go.
fn merge_stale(report: &mut Report, source: &str) {
    let [first, others @ ..] = &mut report.repositories[..] else { return };
    first.stale.retain(|line| !line.starts_with(source) || others.iter().all(|other| other.stale.contains(line)));
    for other in others {
        other.stale.retain(|line| !line.starts_with(source));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shared_entry_is_stale_only_if_no_repository_uses_it() {
        let repository = |stale: &[&str]| RepositoryReport {
            stale: stale.iter().map(|&line| line.to_owned()).collect(),
            ..RepositoryReport::default()
        };
        let mut report =
            Report { repositories: vec![repository(&["b: 1", "b: 2", "own"]), repository(&["b: 2", "b: 3"])] };
        merge_stale(&mut report, "b:");
        assert_eq!(report.repositories[0].stale, ["b: 2", "own"]);
        assert!(report.repositories[1].stale.is_empty());
    }

    #[test]
    fn a_short_key_is_refused_without_being_shown() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        std::fs::write(&path, "short\n").unwrap();
        let error = read_key(&path).unwrap_err().to_string();
        assert!(error.contains("16 bytes") && !error.contains("short"), "{error}");
        std::fs::write(&path, "0123456789abcdef\n").unwrap();
        assert!(read_key(&path).is_ok());
    }
}
