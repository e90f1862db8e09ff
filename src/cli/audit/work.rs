//! What `audit run` and `audit worker` have in common: how a repository is fetched and scanned.

use super::{login, now};
use crate::audit::{Job, Runner, Told, Worker};
use crate::cli::{error::CliError, session, terminal::Terminal};
use crate::git::{Temporary, mirror::MirrorOptions};
use crate::model::{Fingerprint, FingerprintKey};
use crate::net::SystemClock;
use crate::policy::parse_size;
use crate::rules;
use crate::store::Store;
use clap::{Args, ValueHint};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::Duration;

#[derive(Debug, Args)]
pub(in crate::cli) struct WorkArgs {
    /// A server of one's own: the URL of its API or site
    #[arg(long, value_name = "URL", value_hint = ValueHint::Url)]
    pub base_url: Option<String>,
    /// A file with the token for the host
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub token_file: Option<PathBuf>,
    /// Keep mirrors here, so that the next run fetches what is new only; without it each is thrown away
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    keep_mirrors: Option<PathBuf>,
    /// Give up on a repository after so many seconds of fetching, and after as many of scanning
    #[arg(long, value_name = "SECONDS", default_value_t = 3600)]
    max_time: u64,
    /// Give up on a repository whose mirror is larger
    #[arg(long, value_name = "SIZE", default_value = "20G", value_parser = parse_size)]
    max_disk: u64,
    /// Give up on a repository that git or the scan needs more memory for (mapped packs aside; Linux)
    #[arg(long, value_name = "SIZE", default_value = "4G", value_parser = parse_size)]
    max_memory: u64,
    /// Search for what this rule file describes, too (repeatable)
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    rules: Vec<PathBuf>,
    /// Make fingerprints with the key in this file (16 bytes or more) instead of the public one
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    fingerprint_key: Option<PathBuf>,
    /// Accept what a mirror does not have, such as the files of Git LFS: it is named, and the repository covered all the same
    #[arg(long)]
    allow_missing: bool,
    /// Hold no object larger than this in memory whole
    #[arg(long, value_name = "SIZE", default_value = "64M", value_parser = parse_size)]
    max_object_size: u64,
    /// Unpack and decode no object to more than its own size and this much
    #[arg(long, value_name = "SIZE", default_value = "256M", value_parser = parse_size)]
    max_decoded: u64,
    /// Say so often that this process lives: what one had that has been silent four times as long goes to another
    #[arg(long, value_name = "SECONDS", default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=3600))]
    heartbeat: u64,
    /// Say nothing of each repository, only how it ended
    #[arg(short, long)]
    quiet: bool,
}

impl WorkArgs {
    /// Has `work` done by a worker that is as the arguments say, with `jobs` repositories at a time.
    pub(super) fn with_worker<T>(
        &self,
        jobs: usize,
        store: &Store,
        terminal: &Terminal,
        cancel: &AtomicBool,
        work: impl FnOnce(&Worker<'_>) -> Result<T, CliError>,
    ) -> Result<T, CliError> {
        let program = std::env::current_exe().map_err(|error| CliError::new(format!("cannot find myself: {error}")))?;
        // What is wrong with them shows before anything is fetched.
        crate::cli::rules::load(&self.rules)?;
        let key = self.fingerprint_key.as_deref().map(session::read_key).transpose()?.unwrap_or_default();
        let time = Duration::from_secs(self.max_time);
        let left = Temporary::clear_left(&std::env::temp_dir());
        if left > 0 && !self.quiet {
            terminal.note(&format!("cleared away {left} temporary folders of processes that were killed"));
        }
        let job = Job {
            path: PathBuf::new(),
            name: String::new(),
            folder: PathBuf::new(),
            id_width: 0,
            rules: self.rules.iter().map(|file| absolute(file)).collect::<Result<_, _>>()?,
            fingerprint_key: self.fingerprint_key.as_deref().map(absolute).transpose()?,
            max_object_size: self.max_object_size,
            max_decoded: Some(self.max_decoded),
            allow_missing: self.allow_missing,
            memory: Some(self.max_memory),
        };
        let runner = Runner {
            program,
            arguments: vec!["audit".into(), "job".into()],
            without: &login::VARIABLES,
            time: Some(time),
        };
        let tell = |told: &Told<'_>| {
            if let Some(line) = line(told).filter(|_| !self.quiet) {
                terminal.note(&line);
            }
        };
        work(&Worker {
            store,
            base_url: self.base_url.as_deref(),
            credentials: &|organisation| {
                login::credentials(organisation, self.token_file.as_deref()).map_err(|error| error.to_string())
            },
            clock: &SystemClock,
            runner: &runner,
            job: &job,
            rules: &self.way(&key)?,
            keep: self.keep_mirrors.as_deref(),
            mirrors: MirrorOptions {
                time: Some(time),
                disk: Some(self.max_disk),
                memory: Some(self.max_memory),
                ..MirrorOptions::default()
            },
            jobs,
            heartbeat: Duration::from_secs(self.heartbeat),
            now: &now,
            tell: &tell,
            cancel,
        })
    }

    /// What decides, besides the repository, what a scan finds and how it calls it.
    fn way(&self, key: &FingerprintKey) -> Result<String, CliError> {
        // What is made with the key tells keys apart, and not what they are.
        let key = Fingerprint::new(key, "keytrail", &[b"key"]);
        let (rules, missing) = (rules::digest(&self.rules)?, self.allow_missing);
        Ok(format!("{rules}/{}/{}/{missing}/{key}", self.max_object_size, self.max_decoded))
    }
}

fn absolute(file: &Path) -> Result<PathBuf, CliError> {
    std::path::absolute(file).map_err(|error| CliError::new(format!("{}: {error}", file.display())))
}

fn line(told: &Told<'_>) -> Option<String> {
    Some(match *told {
        Told::Listed(count) => format!("{count} repositories"),
        Told::Waiting(count) => format!("{count} repositories wait for a worker of the same version and options"),
        Told::Scanned { name, findings: 0, gaps: 0 } => format!("scanned    {name}"),
        Told::Scanned { name, findings, gaps: 0 } => format!("scanned    {name}: {findings} findings"),
        Told::Scanned { name, findings, gaps } => format!("scanned    {name}: {findings} findings, {gaps} gaps"),
        Told::Unchanged(_) => return None,
        Told::Failed { name, reason } => format!("FAILED     {name}: {reason}"),
    })
}
