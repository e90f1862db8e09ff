//! Looks at a push, and comes back in time: with the whole answer, or with as much of it as there is.

use super::Ended;
use crate::{
    git::{Existing, Quarantine, Repository},
    model::{GapKind, RefUpdate},
    policy::Policy,
    rules::RuleSet,
    scan::{NoProgress, Progress, PushReport, ScanError, ScanOptions, Scanner, Stage},
};
use std::{
    any::Any,
    panic::{AssertUnwindSafe, catch_unwind},
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
        mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    },
    thread,
    time::{Duration, Instant},
};

/// How long before the end a scan is told to stop, so that it can say what it has. It stops between two objects.
const GRACE: Duration = Duration::from_millis(250);

/// Stack of the thread that scans: that of a main thread.
const STACK: usize = 8 << 20;

/// Everything that is needed to look at a push.
pub struct Examination {
    /// The repository's folder.
    pub repository: PathBuf,
    /// What is asked for.
    pub updates: Vec<RefUpdate>,
    /// Where its objects are.
    pub quarantine: Quarantine,
    /// What of the repository is not new.
    pub existing: Existing,
    /// What to look for.
    pub rules: RuleSet,
    /// What is decided already.
    pub policy: Policy,
    /// Limits.
    pub options: ScanOptions,
    /// Whether to look through the repository's history for what is about to be refused.
    pub search_history: bool,
}

/// What was seen.
#[derive(Debug, Default)]
pub struct Examined {
    /// What the push brings, as far as it was seen; `None`: nothing was seen at all.
    pub report: Option<PushReport>,
    /// Whether history was searched to its end for what was found. If not, some of it may be there already.
    pub history_searched: bool,
    /// How it ended.
    pub ended: Ended,
    /// Values that look like credentials, as many as were seen when the time was up before there was a report.
    pub suspects: u64,
}

/// Notes how many values a scan has seen while it goes on.
struct Watch<'a>(&'a AtomicU64);

impl Progress for Watch<'_> {
    fn begin(&self, _: Stage, _: u64) {}
    fn advance(&self, _: u64, _: u64) {}
    fn values(&self, count: u64) {
        self.0.fetch_max(count, Ordering::Relaxed);
    }
    fn end(&self) {}
}

/// What the thread that scans has to say.
enum Said {
    Report(Box<PushReport>),
    /// The same after history was searched.
    Known(Box<PushReport>),
    Failed(String),
    Done,
}

impl Examination {
    /// Looks at the push until it is done, or `until`. Whatever still runs then is left behind: the process is to end.
    pub fn run(self, until: Instant) -> Examined {
        let cancel = Arc::new(AtomicBool::new(false));
        let (sender, receiver) = channel();
        let seen = Arc::new(AtomicU64::new(0));
        let (stop, counter) = (Arc::clone(&cancel), Arc::clone(&seen));
        let work = move || {
            // A panic has told its place; what it says may quote the push.
            let caught = catch_unwind(AssertUnwindSafe(|| self.look(&stop, &counter, &sender)));
            let outcome = caught.unwrap_or_else(|_: Box<dyn Any + Send>| Err("an internal error".to_owned()));
            // Nobody listens any more when the time is up.
            let _ = sender.send(outcome.map_or_else(Said::Failed, |()| Said::Done));
        };
        let mut examined = Examined::default();
        match thread::Builder::new().stack_size(STACK).spawn(work) {
            Ok(_) => examined.listen(&receiver, until, &cancel),
            Err(error) => examined.ended = Ended::Failed(format!("cannot start a thread: {error}")),
        }
        if examined.report.is_none() {
            examined.suspects = seen.load(Ordering::Relaxed);
        }
        examined
    }

    fn look(&self, cancel: &AtomicBool, seen: &AtomicU64, sender: &Sender<Said>) -> Result<(), String> {
        let failed = |error: ScanError| error.to_string();
        let scanner = Scanner {
            rules: &self.rules,
            policy: &self.policy,
            options: &self.options,
            progress: &Watch(seen),
            cancel,
        };
        let repository = Repository::open(&self.repository).map_err(|error| error.to_string())?;
        let push = repository.push(&self.updates, &self.quarantine, &self.existing, cancel);
        let push = push.map_err(|error| error.to_string())?;
        if cancel.load(Ordering::Relaxed) {
            return Ok(());
        }
        if push.brings_nothing() {
            let _ = sender.send(Said::Report(Box::default()));
            return Ok(());
        }
        let mut report = scanner.scan_push(&repository, &push).map_err(failed)?;
        let _ = sender.send(Said::Report(Box::new(report.clone())));
        if self.search_history && !report.report.findings.is_empty() && self.existing == Existing::All {
            let options = ScanOptions { own_files: false, allow_missing: true, explain: false, ..self.options.clone() };
            let policy = Policy::none();
            let scanner = Scanner { options: &options, policy: &policy, progress: &NoProgress, ..scanner };
            let history = scanner.scan(&self.repository, "").map_err(failed)?;
            report.leave_out_known(&history);
            let said = if cancel.load(Ordering::Relaxed) { Said::Report } else { Said::Known };
            let _ = sender.send(said(Box::new(report)));
        }
        Ok(())
    }
}

impl Examined {
    fn listen(&mut self, receiver: &Receiver<Said>, until: Instant, cancel: &AtomicBool) {
        loop {
            let stop_at = until.checked_sub(GRACE).unwrap_or(until);
            let stopped = cancel.load(Ordering::Relaxed);
            let left = if stopped { until } else { stop_at }.saturating_duration_since(Instant::now());
            match receiver.recv_timeout(left) {
                Ok(Said::Report(report)) => self.report = Some(*report),
                Ok(Said::Known(report)) => {
                    self.report = Some(*report);
                    self.history_searched = true;
                }
                Ok(Said::Failed(error)) => {
                    self.ended = Ended::Failed(error);
                    return;
                }
                Ok(Said::Done) => {
                    if stopped && self.report.as_ref().is_none_or(was_interrupted) {
                        self.ended = Ended::TimedOut;
                    }
                    return;
                }
                Err(RecvTimeoutError::Timeout) if !stopped => cancel.store(true, Ordering::Relaxed),
                Err(RecvTimeoutError::Timeout) => {
                    // What is being searched now is history; the push itself has been looked at.
                    if self.report.as_ref().is_none_or(was_interrupted) {
                        self.ended = Ended::TimedOut;
                    }
                    return;
                }
                Err(RecvTimeoutError::Disconnected) => {
                    self.ended = Ended::Failed("the scan ended without an answer".to_owned());
                    return;
                }
            }
        }
    }
}

fn was_interrupted(report: &PushReport) -> bool {
    report.report.coverage.gaps.iter().any(|gap| gap.kind == GapKind::Interrupted)
}
