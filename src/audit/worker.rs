//! A worker: takes repositories from the queue, fetches and scans each, and writes down what became of it.

use super::error::AuditError;
use super::job::{Job, Runner, Scanned};
use super::queue::{Queue, QueueError, Ticket};
use super::source::{Address, Credentials, Organisation};
use crate::git::mirror::{self, Login, MirrorOptions};
use crate::git::{Reference, Repository, Temporary};
use crate::model::{KnownBlobs, hex};
use crate::net::Clock;
use crate::store::{self, Attempt, Moment, Outcome, Record, RunId, Scan, Store, StoreError, Tip};
use sha2::{Digest, Sha256};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// What the program is called in the store: another version may find other things in the same blobs.
pub(super) const ENGINE: &str = env!("CARGO_PKG_VERSION");

/// A repository that was begun so often in one run, and never ended, is given up: it takes its worker with it.
const ATTEMPTS: u64 = 3;

/// Who asks an organisation's host, or why that cannot be said.
pub type CredentialsOf<'a> = &'a (dyn Fn(&Organisation) -> Result<Credentials, String> + Sync);

/// What scans repositories, for whatever run they were listed.
pub struct Worker<'a> {
    /// Where everything is remembered, and where the queue is.
    pub store: &'a Store,
    /// The host's own address, if it is not the public one. A worker's token goes there and nowhere else, whatever the store says.
    pub base_url: Option<&'a str>,
    /// Who asks the host.
    pub credentials: CredentialsOf<'a>,
    /// The time.
    pub clock: &'a (dyn Clock + Sync),
    /// What scans a repository.
    pub runner: &'a Runner,
    /// What each scan is told; path, name, folder and width of ids are those of the repository.
    pub job: &'a Job,
    /// What a scan depends on besides the repository: another digest rescans everything.
    pub rules: &'a str,
    /// Where mirrors are kept from one run to the next; `None`: each is thrown away.
    pub keep: Option<&'a Path>,
    /// How long git may take for one, and how large it may grow.
    pub mirrors: MirrorOptions<'a>,
    /// How many repositories are scanned at a time.
    pub jobs: usize,
    /// How often it says that it lives: one that has been silent four times as long is taken for dead.
    pub heartbeat: Duration,
    /// Says when it is.
    pub now: &'a (dyn Fn() -> Moment + Sync),
    /// Is told what becomes of each repository.
    pub tell: &'a (dyn Fn(&Told<'_>) + Sync),
    /// Ends the work; what was done is kept.
    pub cancel: &'a AtomicBool,
}

/// What became of a repository.
#[derive(Debug, Clone, Copy)]
pub enum Told<'a> {
    /// So many are to be looked at.
    Listed(usize),
    /// For a minute nobody has looked at one: so many wait for a worker.
    Waiting(u64),
    /// It was read: so many findings, so many gaps.
    Scanned {
        /// Its name.
        name: &'a str,
        /// How many credentials it holds or held.
        findings: usize,
        /// How much of it was not read.
        gaps: usize,
    },
    /// Nothing has changed since it was read last.
    Unchanged(&'a str),
    /// It could not be read.
    Failed {
        /// Its name.
        name: &'a str,
        /// Why.
        reason: &'a str,
    },
}

/// Where a repository's objects are.
enum Fetched {
    Folder(PathBuf),
    Kept(mirror::Kept),
    Temporary(mirror::Mirror),
}

impl Fetched {
    fn path(&self) -> PathBuf {
        match self {
            Self::Folder(path) => path.clone(),
            Self::Kept(kept) => kept.path().to_path_buf(),
            Self::Temporary(mirror) => mirror.path(),
        }
    }
}

/// What became of a repository, before it is written down.
enum Done {
    Scanned { scanned: Scanned, tips: Vec<Tip> },
    Unchanged,
}

impl Worker<'_> {
    /// The queue that this worker takes from. Those of another version, with other rules or for another host have another one: what
    /// they find would not be the same.
    pub(super) fn queue(&self) -> Result<Queue, QueueError> {
        let way = format!("{ENGINE}\n{}\n{}", self.rules, self.base_url.unwrap_or_default());
        let digest = hex(&Sha256::digest(way)[..8]);
        Queue::open(self.store.address(), &format!("keytrail {digest}"), self.heartbeat)
    }

    /// Scans what waits in the queue, until it is stopped; or until there has been nothing to do for `idle`.
    ///
    /// # Errors
    ///
    /// The store or the queue cannot be used any more.
    pub fn work(&self, idle: Option<Duration>) -> Result<(), AuditError> {
        let busy = AtomicUsize::new(0);
        let last = Mutex::new(Instant::now());
        let handled = |began: bool| {
            if began {
                busy.fetch_add(1, Ordering::SeqCst);
            } else {
                busy.fetch_sub(1, Ordering::SeqCst);
            }
            *last.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
        };
        let stop = || {
            let waited = last.lock().unwrap_or_else(PoisonError::into_inner).elapsed();
            busy.load(Ordering::SeqCst) == 0 && idle.is_some_and(|idle| waited >= idle)
        };
        self.take(&self.queue()?, &handled, &stop)
    }

    /// Takes from `queue` until `stop` says so. `handled` is told when a repository is begun (true) and ended (false).
    pub(super) fn take(
        &self,
        queue: &Queue,
        handled: &(dyn Fn(bool) + Sync),
        stop: &(dyn Fn() -> bool + Sync),
    ) -> Result<(), AuditError> {
        let failed: Mutex<Option<StoreError>> = Mutex::new(None);
        let handle = |ticket: &Ticket| {
            handled(true);
            // An error of our own fails the repository, as whatever else goes wrong with it, and not the worker.
            let done = catch_unwind(AssertUnwindSafe(|| self.handle(ticket))).unwrap_or_else(|_| {
                let (run, at) = (RunId(ticket.run), (self.now)());
                let outcome = Outcome::Failed { reason: "an internal error; standard error tells where" };
                Ok(self.store.record(&Record { run, repository: &ticket.repository, at: &at, outcome })?)
            });
            handled(false);
            done.map_err(|error| {
                let words = error.as_ref().map_or_else(|| "stopped".to_owned(), ToString::to_string);
                if let Some(error) = error {
                    *failed.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
                }
                words
            })
        };
        let has_failed = || failed.lock().unwrap_or_else(PoisonError::into_inner).is_some();
        queue.work(self.jobs, &handle, &|| self.cancel.load(Ordering::Relaxed) || has_failed() || stop())?;
        failed.into_inner().unwrap_or_else(PoisonError::into_inner).map_or(Ok(()), |error| Err(error.into()))
    }

    /// Looks at one repository and writes down what became of it. `None`: it was stopped in the middle.
    fn handle(&self, ticket: &Ticket) -> Result<(), Option<StoreError>> {
        let run = RunId(ticket.run);
        let Some(Attempt { repository, number }) = self.store.attempt(run, &ticket.repository)? else { return Ok(()) };
        let outcome = if number > ATTEMPTS {
            Err(format!("given up: it was begun {ATTEMPTS} times, and its worker went away each time"))
        } else {
            self.look(&repository)?
        };
        if self.cancel.load(Ordering::Relaxed) {
            self.store.give_back(run, &ticket.repository)?;
            return Err(None);
        }
        self.record(run, &repository.listed, outcome)?;
        Ok(())
    }

    fn record(&self, run: RunId, listed: &store::Listed, outcome: Result<Done, String>) -> Result<(), StoreError> {
        let store::Listed { id, name, .. } = listed;
        let at = (self.now)();
        let record = |outcome| self.store.record(&Record { run, repository: id, at: &at, outcome });
        match outcome {
            Ok(Done::Scanned { scanned, tips }) => {
                record(Outcome::Scanned(Scan {
                    engine: ENGINE,
                    rules: self.rules,
                    tips: &tips,
                    gaps: &scanned.gaps,
                    findings: &scanned.findings,
                    sarif: scanned.sarif.as_deref(),
                    clean_blobs: &scanned.clean,
                }))?;
                (self.tell)(&Told::Scanned { name, findings: scanned.findings.len(), gaps: scanned.gaps.len() });
            }
            Ok(Done::Unchanged) => {
                record(Outcome::Unchanged)?;
                (self.tell)(&Told::Unchanged(name));
            }
            Err(reason) => {
                record(Outcome::Failed { reason: &reason })?;
                (self.tell)(&Told::Failed { name, reason: &reason });
            }
        }
        Ok(())
    }

    fn look(&self, repository: &store::Repository) -> Result<Result<Done, String>, StoreError> {
        let id = &repository.listed.id;
        let place = match self.fetch(repository) {
            Ok(Some(place)) => place,
            // A wiki that nobody has written yet.
            Ok(None) => return Ok(Ok(Done::Scanned { scanned: Scanned::default(), tips: Vec::new() })),
            Err(reason) => return Ok(Err(reason)),
        };
        let folder = place.path();
        let opened = match Repository::open(&folder) {
            Ok(opened) => opened,
            Err(error) => return Ok(Err(error.to_string())),
        };
        let mut references = opened.references().0;
        if !matches!(place, Fetched::Folder(_)) {
            // A mirror's HEAD is its own. What the host's names besides branches is not asked for again, as nothing says that it moved.
            references.retain(|reference| reference.name.starts_with("refs/"));
        }
        let tips = tips(references);
        let id_width = opened.blob_hash().nothing().as_bytes().len();
        drop(opened);
        if self.last_tips(id)?.is_some_and(|last| last == tips) {
            return Ok(Ok(Done::Unchanged));
        }
        let known = self.store.clean_blobs_of_network(id, self.rules, ENGINE, id_width)?;
        let scanned = self.scan(&repository.listed.name, &folder, id_width, &known);
        let damaged = |scanned: &Scanned| scanned.gaps.iter().any(|gap| gap.kind.is_damage());
        if let (Fetched::Kept(kept), Ok(scanned)) = (place, &scanned)
            && damaged(scanned)
        {
            // The next run clones it anew. If it cannot be deleted, that run finds the same.
            let _ = kept.discard();
        }
        Ok(scanned.map(|scanned| Done::Scanned { scanned, tips }))
    }

    /// Whether a repository is as it was when it was last read. That takes a look at its refs and nothing more. What cannot be
    /// looked at may have changed.
    pub(super) fn is_unchanged(&self, repository: &store::Repository) -> Result<bool, StoreError> {
        let Some(last) = self.last_tips(&repository.listed.id)? else { return Ok(false) };
        let tips = match Address::from_text(&repository.listed.clone_url) {
            Address::Folder(path) => Repository::open(&path).ok().map(|opened| tips(opened.references().0)),
            Address::Url(url) => self.remote_tips(&url, repository),
        };
        Ok(tips.is_some_and(|tips| tips == last))
    }

    /// The refs of a repository when it was last read in the way of this worker, if reading it again would tell nothing else.
    fn last_tips(&self, id: &str) -> Result<Option<Vec<Tip>>, StoreError> {
        let previous = self.store.previous(id)?.filter(|previous| {
            let way = (previous.rules.as_str(), previous.engine.as_str());
            let lasting = previous.gaps.iter().filter(|gap| gap.kind.is_lasting()).count() as u64;
            way == (self.rules, ENGINE) && previous.gap_count == lasting
        });
        Ok(previous.map(|previous| previous.tips))
    }

    fn remote_tips(&self, url: &str, repository: &store::Repository) -> Option<Vec<Tip>> {
        let login = self.login(url, &repository.source).ok()?;
        let options = MirrorOptions { login: login.as_ref(), foreign: true, ..self.mirrors };
        match mirror::refs(url, &options, self.cancel) {
            Ok(references) => Some(tips(references)),
            Err(error) if repository.listed.wiki && error.is_absent() => Some(Vec::new()),
            Err(_) => None,
        }
    }

    /// Who git is at `url`.
    fn login(&self, url: &str, source: &str) -> Result<Option<Login>, String> {
        let organisation = Organisation::parse(source, self.base_url).map_err(|error| error.to_string())?;
        Ok(organisation.login(&(self.credentials)(&organisation)?, url, self.clock))
    }

    /// Brings the objects here, where they are not; `None`: there are none.
    fn fetch(&self, repository: &store::Repository) -> Result<Option<Fetched>, String> {
        let store::Listed { id, clone_url, wiki, branch, .. } = &repository.listed;
        let url = match Address::from_text(clone_url) {
            Address::Folder(path) => return Ok(Some(Fetched::Folder(path))),
            Address::Url(url) => url,
        };
        let login = self.login(&url, &repository.source)?;
        let options = MirrorOptions { login: login.as_ref(), foreign: true, ..self.mirrors };
        let fetched = match self.keep {
            Some(folder) => {
                mirror::keep(&url, (folder, id), branch.as_deref(), &options, self.cancel).map(Fetched::Kept)
            }
            None => mirror::mirror(&url, &options, self.cancel).map(Fetched::Temporary),
        };
        match fetched {
            Ok(fetched) => Ok(Some(fetched)),
            Err(error) if *wiki && error.is_absent() => Ok(None),
            Err(error) => Err(error.to_string()),
        }
    }

    fn scan(&self, name: &str, path: &Path, id_width: usize, known: &KnownBlobs) -> Result<Scanned, String> {
        let folder = Temporary::new(None).map_err(|error| format!("cannot make a temporary folder: {error}"))?;
        let job = Job {
            path: path.to_path_buf(),
            name: name.to_owned(),
            folder: folder.path().to_path_buf(),
            id_width,
            ..self.job.clone()
        };
        self.runner.run(&job, known, self.cancel)
    }
}

/// Refs, by name.
fn tips(references: Vec<Reference>) -> Vec<Tip> {
    let tip = |Reference { name, target }| Tip { name: name.into_bytes(), id: target };
    let mut tips: Vec<Tip> = references.into_iter().map(tip).collect();
    tips.sort_unstable();
    tips
}
