//! One run: the repositories are listed, and each that has changed is handed to the workers, of whom this process is one.

use super::error::AuditError;
use super::notify::{Channel, subscribe};
use super::queue::Ticket;
use super::source::{Credentials, LeftOut, ListOptions, Listed, Listing, Organisation};
use super::worker::{ENGINE, Told, Worker};
use crate::store::{self, Counts, Moment, NewRun, Outcome, Record, Run, RunEnd, RunId, Shard, StoreError};
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// So many unchanged repositories are written down in one transaction.
const TOGETHER: usize = 100;
/// So many repositories' refs are looked at at a time.
const LOOKERS: usize = 8;
/// How often other workers' progress is looked at.
const LOOK: Duration = Duration::from_millis(500);
/// After so long without progress it is said what is waited for.
const SILENCE: Duration = Duration::from_mins(1);
/// How soon this process's own is.
const TICK: Duration = Duration::from_millis(10);

/// A run, ready to begin.
pub struct Audit<'a> {
    /// What scans the repositories, and where everything is remembered. With no jobs of its own the run leaves all to others.
    pub worker: &'a Worker<'a>,
    /// Whose repositories.
    pub organisation: &'a Organisation,
    /// The same in the user's words: runs of one source follow each other.
    pub source: &'a str,
    /// Which part of them.
    pub shard: Shard,
    /// Who asks the host.
    pub credentials: &'a Credentials,
    /// How it is asked.
    pub list: &'a ListOptions,
    /// Who is told what it finds, once it has ended.
    pub channels: &'a [Channel],
    /// Goes on with a run that was not finished, if there is one.
    pub resume: bool,
}

/// How a run ended.
#[derive(Debug, Clone)]
pub struct Ended {
    /// Which it was.
    pub run: RunId,
    /// When it began.
    pub started: Moment,
    /// What became of the repositories.
    pub counts: Counts,
    /// What went wrong while they were listed.
    pub problems: Vec<String>,
    /// Whether it was stopped, by the user or by a newer run of the same source.
    pub interrupted: bool,
}

impl Ended {
    /// Whether every repository was covered whole.
    pub fn is_complete(&self) -> bool {
        self.problems.is_empty() && !self.interrupted && self.counts.is_complete()
    }
}

impl Audit<'_> {
    /// Runs to the end, or until it is stopped.
    ///
    /// # Errors
    ///
    /// The store or the queue cannot be used any more: what was not written down is not done.
    pub fn run(&self) -> Result<Ended, AuditError> {
        let store = self.worker.store;
        let unfinished = if self.resume { store.unfinished_run(self.source, self.shard)? } else { None };
        let (run, started, problems) = match unfinished {
            // What was not listed whole has to be listed anew, and what was scanned in another way has to be scanned anew.
            Some(Run { id, started, problems, counts, engine, rules, .. })
                if problems.is_empty()
                    && counts.listed > 0
                    && (engine.as_str(), rules.as_str()) == (ENGINE, self.worker.rules) =>
            {
                (id, started, problems)
            }
            _ => self.begin()?,
        };
        subscribe(store, self.channels, run)?;
        let waiting = store.not_reached(run)?;
        (self.worker.tell)(&Told::Listed(waiting.len()));
        let changed = self.leave_out_unchanged(run, waiting)?;
        let superseded = if changed.is_empty() { false } else { self.scan(run, changed)? };
        let interrupted = superseded || self.worker.cancel.load(Ordering::Relaxed);
        let mut counts = self.counts(run)?;
        // A run that was stopped stays open, to be gone on with.
        if !interrupted {
            let exit_code = if problems.is_empty() && counts.is_complete() { 0 } else { 2 };
            counts = store.finish_run(run, &(self.worker.now)(), RunEnd { exit_code, interrupted })?;
        }
        Ok(Ended { run, started, counts, problems, interrupted })
    }

    fn counts(&self, run: RunId) -> Result<Counts, StoreError> {
        let runs = self.worker.store.runs(Some(self.source), 1000)?;
        Ok(runs.into_iter().find(|other| other.id == run).map(|run| run.counts).unwrap_or_default())
    }

    fn begin(&self) -> Result<(RunId, Moment, Vec<String>), StoreError> {
        let Worker { store, rules, clock, cancel, .. } = self.worker;
        let Listing { repositories, problems, complete, left_out } =
            self.organisation.list(self.credentials, self.list, *clock, cancel);
        let at = (self.worker.now)();
        let new = NewRun { source: self.source, shard: self.shard, kind: "audit", engine: ENGINE, rules, at: &at };
        let run = store.begin_run(&new)?;
        let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
        store.note_problems(run, &problems)?;
        let listed: Vec<store::Listed> = repositories.iter().map(stored).collect();
        // What the user left out is listed all the same.
        store.list(run, &at, &listed, complete && left_out == LeftOut::default())?;
        Ok((run, at, problems))
    }

    /// Writes down which repositories are as they were, and returns the others. That takes a look at the refs and nothing more, so
    /// it is done here, and not through the queue: a few at a time, since a host takes a while to answer.
    fn leave_out_unchanged(
        &self,
        run: RunId,
        repositories: Vec<store::Repository>,
    ) -> Result<Vec<store::Repository>, StoreError> {
        let count = repositories.len();
        let (waiting, looked) = (Mutex::new(repositories.into_iter()), Mutex::new(Vec::with_capacity(count)));
        let look = || {
            while !self.worker.cancel.load(Ordering::Relaxed) {
                let Some(next) = waiting.lock().unwrap_or_else(PoisonError::into_inner).next() else { break };
                let is_unchanged = self.worker.is_unchanged(&next)?;
                looked.lock().unwrap_or_else(PoisonError::into_inner).push((is_unchanged, next));
            }
            Ok(())
        };
        thread::scope(|scope| {
            let lookers: Vec<_> = (0..LOOKERS.min(count)).map(|_| scope.spawn(look)).collect();
            let ends = lookers.into_iter().map(|looker| looker.join().unwrap_or_else(|panic| resume_unwind(panic)));
            ends.collect::<Result<(), StoreError>>()
        })?;
        let looked = looked.into_inner().unwrap_or_else(PoisonError::into_inner);
        let (unchanged, changed): (Vec<_>, Vec<_>) = looked.into_iter().partition(|(is_unchanged, _)| *is_unchanged);
        let at = (self.worker.now)();
        for some in unchanged.chunks(TOGETHER) {
            let unchanged = |id| Record { run, repository: id, at: &at, outcome: Outcome::Unchanged };
            let records: Vec<Record<'_>> = some.iter().map(|(_, one)| unchanged(one.listed.id.as_str())).collect();
            self.worker.store.record_all(&records)?;
            for (_, one) in some {
                (self.worker.tell)(&Told::Unchanged(&one.listed.name));
            }
        }
        Ok(changed.into_iter().map(|(_, repository)| repository).collect())
    }

    /// Has `repositories` scanned, here and by all other workers of the queue, and says whether a newer run has taken the place of
    /// this one in the meantime.
    fn scan(&self, run: RunId, repositories: Vec<store::Repository>) -> Result<bool, AuditError> {
        let queue = self.worker.queue()?;
        let left = AtomicUsize::new(repositories.len());
        let ticket = |repository: store::Repository| Ticket { run: run.0, repository: repository.listed.id };
        queue.push(&repositories.into_iter().map(ticket).collect::<Vec<_>>())?;
        let (done, superseded, failed) = (AtomicBool::new(false), AtomicBool::new(false), Mutex::new(None));
        thread::scope(|scope| {
            scope.spawn(|| {
                match self.watch(run, &left, &done) {
                    Ok(is_superseded) => superseded.store(is_superseded, Ordering::SeqCst),
                    Err(error) => *failed.lock().unwrap_or_else(PoisonError::into_inner) = Some(error),
                }
                done.store(true, Ordering::SeqCst);
            });
            let handled = |began: bool| {
                if !began {
                    let _ = left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
                }
            };
            if self.worker.jobs == 0 {
                return Ok(());
            }
            let worked = self.worker.take(&queue, &handled, &|| done.load(Ordering::SeqCst));
            done.store(true, Ordering::SeqCst);
            worked
        })?;
        if let Some(error) = failed.into_inner().unwrap_or_else(PoisonError::into_inner) {
            return Err(StoreError::into(error));
        }
        queue.tidy()?;
        Ok(superseded.into_inner())
    }

    /// Waits until nothing is left to do, here or elsewhere, or until `done`.
    fn watch(&self, run: RunId, left: &AtomicUsize, done: &AtomicBool) -> Result<bool, StoreError> {
        let (mut looked, mut moved, mut before) = (Instant::now(), Instant::now(), 0);
        let mut all_here = true;
        while !done.load(Ordering::SeqCst) && !self.worker.cancel.load(Ordering::Relaxed) {
            // When this process has done all of them there is no need to wait; it is asked once, since some may have come twice.
            let finished_here = all_here && left.load(Ordering::SeqCst) == 0;
            if finished_here || looked.elapsed() >= LOOK {
                all_here &= !finished_here;
                let progress = self.worker.store.progress(run)?;
                if progress.left == 0 || progress.superseded {
                    return Ok(progress.superseded);
                }
                looked = Instant::now();
                if progress.left != before {
                    (moved, before) = (looked, progress.left);
                } else if self.worker.jobs == 0 && moved.elapsed() >= SILENCE {
                    (self.worker.tell)(&Told::Waiting(progress.left));
                    moved = looked;
                }
            }
            thread::sleep(TICK);
        }
        Ok(false)
    }
}

fn stored(listed: &Listed) -> store::Listed {
    store::Listed {
        id: listed.id.clone(),
        name: listed.name.clone(),
        clone_url: listed.address.to_text(),
        web_url: listed.web_url.clone(),
        branch: listed.default_branch.clone(),
        archived: listed.archived,
        fork: listed.fork,
        parent: listed.parent.clone(),
        wiki: listed.wiki_of.is_some(),
    }
}
