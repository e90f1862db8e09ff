//! One run: the repositories are listed, and each is scanned if anything about it has changed.

use super::{
    job::{Job, Runner, Scanned},
    source::{Address, Clock, Credentials, ListOptions, Listed, Listing, Organisation, Problem},
};
use crate::{
    git::{
        Repository,
        mirror::{self, MirrorOptions},
    },
    model::KnownBlobs,
    store::{
        self, CleanBlobs, Counts, Moment, NewRun, Outcome, Record, Run, RunEnd, RunId, Scan, Store, StoreError, Tip,
    },
};
use std::{
    collections::VecDeque,
    path::{Path, PathBuf},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

/// What the engine is called in the store: another version may find other things in the same blobs.
const ENGINE: &str = env!("CARGO_PKG_VERSION");

/// A run, ready to begin.
pub struct Audit<'a> {
    /// Where everything is remembered.
    pub store: &'a Store,
    /// Whose repositories.
    pub organisation: &'a Organisation,
    /// The same in the user's words: runs of one source follow each other.
    pub source: &'a str,
    /// Who asks the host.
    pub credentials: &'a Credentials,
    /// How it is asked.
    pub list: &'a ListOptions,
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
    /// Goes on with a run that was not finished, if there is one.
    pub resume: bool,
    /// Says when it is.
    pub now: &'a (dyn Fn() -> Moment + Sync),
    /// Is told what becomes of each repository.
    pub tell: &'a (dyn Fn(&Told<'_>) + Sync),
    /// Ends the run; what was done is kept.
    pub cancel: &'a AtomicBool,
}

/// What became of a repository.
#[derive(Debug, Clone, Copy)]
pub enum Told<'a> {
    /// So many are to be looked at.
    Listed(usize),
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

/// How a run ended.
#[derive(Debug, Clone)]
pub struct Ended {
    /// Which it was.
    pub run: RunId,
    /// What became of the repositories.
    pub counts: Counts,
    /// What went wrong while they were listed.
    pub problems: Vec<Problem>,
    /// Whether it was stopped.
    pub interrupted: bool,
}

impl Ended {
    /// Whether every repository was covered whole.
    pub fn is_complete(&self) -> bool {
        self.problems.is_empty() && !self.interrupted && self.counts.is_complete()
    }
}

/// A repository to be looked at.
struct Task {
    id: String,
    name: String,
    address: Address,
    is_wiki: bool,
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

/// What became of a task, before it is written down.
enum Done {
    Scanned { scanned: Scanned, tips: Vec<Tip> },
    Unchanged,
}

impl Audit<'_> {
    /// Runs to the end, or until it is stopped.
    ///
    /// # Errors
    ///
    /// The store cannot be written any more: what was not written down is not done.
    pub fn run(&self) -> Result<Ended, StoreError> {
        let unfinished = if self.resume { self.store.unfinished_run(self.source)? } else { None };
        let (run, tasks, problems) = match unfinished {
            Some(Run { id, .. }) => (id, self.store.not_reached(id)?.into_iter().map(Task::from).collect(), Vec::new()),
            None => self.begin()?,
        };
        (self.tell)(&Told::Listed(tasks.len()));
        let waiting = Mutex::new(tasks);
        let failed = Mutex::new(None);
        std::thread::scope(|scope| {
            for _ in 0..self.jobs.max(1) {
                scope.spawn(|| {
                    while let Some(task) = self.next(&waiting) {
                        if let Err(error) = self.one(run, &task) {
                            *failed.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
                            waiting.lock().unwrap_or_else(PoisonError::into_inner).clear();
                        }
                    }
                });
            }
        });
        if let Some(error) = failed.into_inner().unwrap_or_else(PoisonError::into_inner) {
            return Err(error);
        }
        let interrupted = self.cancel.load(Ordering::Relaxed);
        let mut counts = self.counts(run)?;
        // A run that was stopped stays open, to be gone on with.
        if !interrupted {
            let exit_code = if problems.is_empty() && counts.is_complete() { 0 } else { 2 };
            counts = self.store.finish_run(run, &(self.now)(), RunEnd { exit_code, interrupted })?;
        }
        Ok(Ended { run, counts, problems, interrupted })
    }

    fn counts(&self, run: RunId) -> Result<Counts, StoreError> {
        let runs = self.store.runs(Some(self.source), 100)?;
        Ok(runs.into_iter().find(|other| other.id == run).map(|run| run.counts).unwrap_or_default())
    }

    fn begin(&self) -> Result<(RunId, VecDeque<Task>, Vec<Problem>), StoreError> {
        let Listing { repositories, problems, .. } =
            self.organisation.list(self.credentials, self.list, self.clock, self.cancel);
        let at = (self.now)();
        let new = NewRun { source: self.source, kind: "audit", engine: ENGINE, rules: self.rules, at: &at };
        let run = self.store.begin_run(&new)?;
        let listed: Vec<store::Listed> = repositories.iter().map(stored).collect();
        self.store.list(run, &at, &listed)?;
        Ok((run, repositories.into_iter().map(Task::from).collect(), problems))
    }

    fn next(&self, waiting: &Mutex<VecDeque<Task>>) -> Option<Task> {
        if self.cancel.load(Ordering::Relaxed) {
            return None;
        }
        waiting.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
    }

    /// Looks at one repository and writes down what became of it.
    fn one(&self, run: RunId, task: &Task) -> Result<(), StoreError> {
        let outcome = self.look(task)?;
        if self.cancel.load(Ordering::Relaxed) {
            // It was stopped with the run: it was not reached, and did not fail.
            return Ok(());
        }
        let at = (self.now)();
        let record = |outcome| self.store.record(&Record { run, repository: &task.id, at: &at, outcome });
        match outcome {
            Ok(Done::Scanned { scanned, tips }) => {
                let clean = CleanBlobs::from_packed(scanned.clean.width(), scanned.clean.as_bytes().to_vec());
                record(Outcome::Scanned(Scan {
                    engine: ENGINE,
                    rules: self.rules,
                    tips: &tips,
                    gaps: &scanned.gaps,
                    findings: &scanned.findings,
                    clean_blobs: &clean.unwrap_or_else(|| CleanBlobs::new([])),
                }))?;
                let (findings, gaps) = (scanned.findings.len(), scanned.gaps.len());
                (self.tell)(&Told::Scanned { name: &task.name, findings, gaps });
            }
            Ok(Done::Unchanged) => {
                record(Outcome::Unchanged)?;
                (self.tell)(&Told::Unchanged(&task.name));
            }
            Err(reason) => {
                record(Outcome::Failed { reason: &reason })?;
                (self.tell)(&Told::Failed { name: &task.name, reason: &reason });
            }
        }
        Ok(())
    }

    fn look(&self, task: &Task) -> Result<Result<Done, String>, StoreError> {
        let place = match self.fetch(task) {
            Ok(Some(place)) => place,
            // A wiki that nobody has written yet.
            Ok(None) => return Ok(Ok(Done::Scanned { scanned: Scanned::default(), tips: Vec::new() })),
            Err(reason) => return Ok(Err(reason)),
        };
        let folder = place.path();
        let repository = match Repository::open(&folder) {
            Ok(repository) => repository,
            Err(error) => return Ok(Err(error.to_string())),
        };
        let tips = tips(&repository);
        let id_width = repository.blob_hash().nothing().as_bytes().len();
        drop(repository);
        if let Some(previous) = self.store.previous(&task.id)?
            && (previous.rules.as_str(), previous.engine.as_str()) == (self.rules, ENGINE)
            && previous.gap_count == 0
            && previous.tips == tips
        {
            return Ok(Ok(Done::Unchanged));
        }
        let known = self.store.clean_blobs_of_network(&task.id, self.rules, ENGINE, id_width)?;
        let known = KnownBlobs::from_bytes(id_width, known.as_packed().to_vec()).unwrap_or_default();
        Ok(self.scan(task, &folder, id_width, &known).map(|scanned| Done::Scanned { scanned, tips }))
    }

    /// Brings the objects here, where they are not; `None`: there are none.
    fn fetch(&self, task: &Task) -> Result<Option<Fetched>, String> {
        let url = match &task.address {
            Address::Folder(path) => return Ok(Some(Fetched::Folder(path.clone()))),
            Address::Url(url) => url,
        };
        let login = self.organisation.login(self.credentials, url, self.clock);
        let options = MirrorOptions { login: login.as_ref(), foreign: true, ..self.mirrors };
        let fetched = match self.keep {
            Some(folder) => mirror::keep(url, (folder, &task.id), None, &options, self.cancel).map(Fetched::Kept),
            None => mirror::mirror(url, &options, self.cancel).map(Fetched::Temporary),
        };
        match fetched {
            Ok(fetched) => Ok(Some(fetched)),
            Err(error) if task.is_wiki && error.is_absent() => Ok(None),
            Err(error) => Err(error.to_string()),
        }
    }

    fn scan(&self, task: &Task, path: &Path, id_width: usize, known: &KnownBlobs) -> Result<Scanned, String> {
        let folder = tempfile::Builder::new().prefix("keytrail-").tempdir();
        let folder = folder.map_err(|error| format!("cannot make a temporary folder: {error}"))?;
        let job = Job {
            path: path.to_path_buf(),
            name: task.name.clone(),
            folder: folder.path().to_path_buf(),
            id_width,
            ..self.job.clone()
        };
        self.runner.run(&job, known, self.cancel)
    }
}

/// All refs of a repository, by name.
fn tips(repository: &Repository) -> Vec<Tip> {
    let (references, _) = repository.references();
    let mut tips: Vec<Tip> = references
        .into_iter()
        .map(|reference| Tip { name: reference.name.into_bytes(), id: reference.target })
        .collect();
    tips.sort_unstable();
    tips
}

impl From<Listed> for Task {
    fn from(listed: Listed) -> Self {
        Self { id: listed.id, name: listed.name, address: listed.address, is_wiki: listed.wiki_of.is_some() }
    }
}

impl From<store::Repository> for Task {
    fn from(repository: store::Repository) -> Self {
        let store::Listed { id, name, clone_url, wiki, .. } = repository.listed;
        let address = if mirror::is_url(&clone_url) {
            Address::Url(clone_url)
        } else {
            Address::Folder(PathBuf::from(clone_url))
        };
        Self { id, name, address, is_wiki: wiki }
    }
}

fn stored(listed: &Listed) -> store::Listed {
    store::Listed {
        id: listed.id.clone(),
        name: listed.name.clone(),
        clone_url: match &listed.address {
            Address::Url(url) => url.clone(),
            Address::Folder(path) => path.to_string_lossy().into_owned(),
        },
        web_url: listed.web_url.clone(),
        archived: listed.archived,
        fork: listed.fork,
        parent: listed.parent.clone(),
        wiki: listed.wiki_of.is_some(),
    }
}
