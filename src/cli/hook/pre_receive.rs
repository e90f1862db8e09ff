//! `keytrail hook pre-receive`: from git's lines and variables to a verdict, always.

use super::then::Then;
use crate::cli::{exit, rules, session};
use crate::git::{Existing, Quarantine, Repository};
use crate::hook::{
    self, Bypass, Case, Effective, Ended, Event, Examination, Examined, Fallback, Pusher, SETTINGS_FILE, Settings,
    message,
};
use crate::model::RefUpdate;
use crate::policy::{Baseline, CONFIG_FILE, Config, Policy};
use crate::scan::{Limits, ScanOptions};
use clap::{Args, ValueEnum, ValueHint};
use std::env;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

/// Most bytes of git's lines: those of two million refs.
const MOST_INPUT: u64 = 256 << 20;

/// What is kept of the time for the message and the log.
const LAST_WORDS: Duration = Duration::from_millis(50);

/// What may be said to it.
#[derive(Debug, Args)]
pub(in crate::cli) struct PreReceiveArgs {
    /// The server's settings [default: /etc/keytrail/hook.toml, if it is there]
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    config: Option<PathBuf>,
    /// Give a verdict after this many seconds at the latest [default: 4, or what the settings say]
    ///
    /// GitHub Enterprise Server ends hooks after 5 s.
    #[arg(long, value_name = "SECONDS", value_parser = parse_seconds)]
    deadline: Option<Duration>,
    /// The verdict when the time is up before the push was scanned whole [default: reject, or what the settings say]
    #[arg(long, value_name = "VERDICT")]
    on_timeout: Option<FallbackArg>,
    /// The verdict when something cannot be read, or the hook itself fails [default: reject, or what the settings say]
    #[arg(long, value_name = "VERDICT")]
    on_error: Option<FallbackArg>,
    #[command(flatten)]
    then: Then,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FallbackArg {
    /// Refuse the push
    Reject,
    /// Let it in, with a warning
    Accept,
}

impl From<FallbackArg> for Fallback {
    fn from(arg: FallbackArg) -> Self {
        match arg {
            FallbackArg::Reject => Self::Reject,
            FallbackArg::Accept => Self::Accept,
        }
    }
}

/// Why there was nothing to look with: words for the pusher, who is told nothing of the server's paths.
type Failure = &'static str;

const NO_SETTINGS: Failure = "the hook's settings cannot be used; `keytrail hook doctor` says why";
const NO_RULES: Failure = "the hook's rules cannot be used; `keytrail hook doctor` says why";
const NO_BASELINE: Failure = "the hook's baseline cannot be used; `keytrail hook doctor` says why";
const NO_KEY: Failure = "the hook's fingerprint key cannot be used; `keytrail hook doctor` says why";
const NO_CONFIG: Failure = "the repository's .keytrail.toml cannot be used";
const NO_INPUT: Failure = "what git said of the push makes no sense";

pub(super) fn run(args: &PreReceiveArgs) -> ExitCode {
    let started = Instant::now();
    let folder = env::var_os("GIT_DIR").map_or_else(|| PathBuf::from("."), PathBuf::from);
    let folder = folder.canonicalize().unwrap_or(folder);
    let lookup = |name: &str| env::var_os(name).map(|value| value.to_string_lossy().into_owned());
    let pusher = Pusher::new(&lookup, &folder);
    let settings = match &args.config {
        Some(file) => Settings::read(file),
        None => Settings::read_if_there(Path::new(SETTINGS_FILE)).map(Option::unwrap_or_default),
    };
    let (settings, usable) = settings.map_or_else(|_| (Settings::default(), false), |settings| (settings, true));
    let mut effective = settings.for_repository(&pusher.repository, &folder);
    effective.deadline = args.deadline.unwrap_or(effective.deadline);
    effective.on_timeout = args.on_timeout.map_or(effective.on_timeout, Fallback::from);
    effective.on_error = args.on_error.map_or(effective.on_error, Fallback::from);
    let until = started + effective.deadline.saturating_sub(LAST_WORDS);

    let input = input(until);
    let updates = match &input {
        _ if !usable => Err(Ended::Failed(NO_SETTINGS.to_owned())),
        Ok(input) => RefUpdate::parse_all(input).map_err(|_| Ended::Failed(NO_INPUT.to_owned())),
        Err(ended) => Err(ended.clone()),
    };
    let (watched, examined) = match updates {
        Ok(updates) => {
            let watched = effective.watched(&updates);
            // Nothing comes in by a ref that goes.
            let examined = if watched.iter().any(|update| update.new.is_some()) {
                // All of them: what comes in by a ref that is not watched is told from what no ref leads to.
                let examined = examine(&settings, &effective, &folder, updates, until);
                examined.map_err(|failure| Ended::Failed(failure.to_owned()))
            } else {
                Ok(Examined::default())
            };
            (watched, examined)
        }
        Err(ended) => (Vec::new(), Err(ended)),
    };
    let Examined { report, ended, suspects, .. } =
        examined.unwrap_or_else(|ended| Examined { ended, ..Examined::default() });
    let (report, ended) = (report.unwrap_or_default(), without_path(ended, &folder));
    let case =
        Case { pusher: &pusher, updates: &watched, push: &report, ended: &ended, suspects, effective: &effective };
    let code = pronounce(&case, settings.audit_log.as_deref(), started);
    ExitCode::from(args.then.after(code, &[], &input.unwrap_or_default()))
}

/// Git's lines. Whoever holds the other end may keep it open: that takes no longer than anything else.
fn input(until: Instant) -> Result<Vec<u8>, Ended> {
    let (sender, receiver) = mpsc::channel();
    let read = move || {
        let mut input = Vec::new();
        let read = io::stdin().lock().take(MOST_INPUT).read_to_end(&mut input);
        // Nobody listens any more when the time is up.
        let _ = sender.send(read.is_ok_and(|read| (read as u64) < MOST_INPUT).then_some(input));
    };
    if thread::Builder::new().spawn(read).is_err() {
        return Err(Ended::Failed(NO_INPUT.to_owned()));
    }
    match receiver.recv_timeout(until.saturating_duration_since(Instant::now())) {
        Ok(Some(input)) => Ok(input),
        Err(mpsc::RecvTimeoutError::Timeout) => Err(Ended::TimedOut),
        Ok(None) | Err(mpsc::RecvTimeoutError::Disconnected) => Err(Ended::Failed(NO_INPUT.to_owned())),
    }
}

/// Gives the verdict: writes it down, tells the pusher, and gives the exit code.
fn pronounce(case: &Case<'_>, log: Option<&Path>, started: Instant) -> u8 {
    let mut verdict = case.judge();
    let Ok(mask) = case.mask() else {
        // More values than can be looked for at once: they speak for themselves, and nothing else may be said.
        let _ = io::stderr().lock().write_all(b"keytrail: push refused: it brings in too many credentials to list\n");
        return exit::REFUSED;
    };
    let event = Event::new(case, &verdict, &mask, jiff::Timestamp::now(), started.elapsed());
    let logged = match (event.map(|event| event.line()), log) {
        (None, _) => true,
        // A bypass is granted because it is written down.
        (Some(_), None) => !matches!(verdict.bypass, Bypass::Granted(_)),
        (Some(Ok(line)), Some(log)) => hook::append(log, &line).is_ok(),
        (Some(Err(_)), Some(_)) => false,
    };
    if !logged {
        verdict = verdict.unlogged(case.effective.on_error);
    }
    let mut words = Vec::new();
    // Writing to memory cannot fail; and whoever hung up does not hear it: the verdict stands.
    let _ = message::write(case, &verdict, &mask, &mut words);
    let _ = io::stderr().lock().write_all(&words);
    if verdict.refuses() { exit::REFUSED } else { 0 }
}

fn examine(
    settings: &Settings,
    effective: &Effective,
    folder: &Path,
    updates: Vec<RefUpdate>,
    until: Instant,
) -> Result<Examined, Failure> {
    let alternates = env::var_os("GIT_ALTERNATE_OBJECT_DIRECTORIES").unwrap_or_default();
    let key = settings.fingerprint_key.as_deref().map(session::read_key).transpose().map_err(|_| NO_KEY)?;
    let examination = Examination {
        repository: folder.to_path_buf(),
        updates,
        quarantine: Quarantine {
            incoming: incoming(folder),
            // Git quotes names that hold a colon. Of the folders it lends from the repository's own is known anyhow.
            alternates: env::split_paths(&alternates).filter(|path| path.is_absolute()).collect(),
        },
        existing: Existing::All,
        rules: rules::load(&settings.rules).map_err(|_| NO_RULES)?,
        policy: policy(settings, effective, folder)?,
        options: ScanOptions {
            max_object_size: settings.max_object_size,
            own_files: false,
            unwrap: settings.max_decoded.map(|bytes| Limits { bytes, ..Limits::default() }),
            fingerprint_key: key.unwrap_or_default(),
            ..ScanOptions::default()
        },
        search_history: effective.search_history,
    };
    Ok(examination.run(until))
}

/// Where the pushed objects wait. Gitaly hands on only that objects go there, and not that it is a quarantine: see
/// `customHooksEnv` in its `internal/gitaly/hook/custom.go`.
fn incoming(folder: &Path) -> Option<PathBuf> {
    let path = |name| env::var_os(name).map(PathBuf::from);
    path("GIT_QUARANTINE_PATH").or_else(|| path("GIT_OBJECT_DIRECTORY").filter(|path| *path != folder.join("objects")))
}

fn policy(settings: &Settings, effective: &Effective, folder: &Path) -> Result<Policy, Failure> {
    let mut config = settings.allow.clone();
    if effective.repository_config {
        let of_head = Repository::open(folder).and_then(|repository| repository.file_at_head(CONFIG_FILE.as_bytes()));
        if let Some(bytes) = of_head.map_err(|_| NO_CONFIG)? {
            let text = String::from_utf8_lossy(&bytes);
            config.allow.extend(Config::parse(Path::new(CONFIG_FILE), &text).map_err(|_| NO_CONFIG)?.allow);
        }
    }
    let read = |path: &PathBuf| Baseline::read(path).map(|baseline| (path.clone(), Arc::new(baseline)));
    let baseline = settings.baseline.as_ref().map(read).transpose().map_err(|_| NO_BASELINE)?;
    let mut policy = Policy::new(Some(config), baseline, session::today());
    policy.inline_allowed = effective.inline_allow;
    Ok(policy)
}

/// Where the repository lies is the server's own affair.
fn without_path(ended: Ended, folder: &Path) -> Ended {
    match ended {
        Ended::Failed(words) => Ended::Failed(words.replace(&folder.display().to_string(), "the repository")),
        ended => ended,
    }
}

fn parse_seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse().ok().filter(|seconds| (0.1..=3600.0).contains(seconds));
    seconds.map(Duration::from_secs_f64).ok_or_else(|| "write seconds, from 0.1 to 3600".to_owned())
}
