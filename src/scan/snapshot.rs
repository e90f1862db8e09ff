//! Scans of what is there now, without history: what is staged, a work tree, a folder, one text.

use super::{
    ScanError, Scanner,
    assemble::{Assembled, Assembly},
    beside::Beside,
    content::ContentWork,
    files::{self, Which},
    ledger::Ledger,
    objects::Objects,
    progress::Stage,
    sighting::{Names, ValueIndex},
    texts::{Content, Taken, TextReader},
};
use crate::{
    detect::Detector,
    git::{Binding, BlobHash, Head, Life, ObjectIndex, Repository, StagedFile, Store, Visitor, lfs::Pointer},
    model::{Gap, GapKind, Oid, Place, RepositoryReport, Source},
};
use memchr::memmem;
use rustc_hash::{FxHashMap, FxHashSet};
use std::{
    fs::File,
    io::{self, Read},
    path::Path,
    sync::atomic::Ordering,
};

impl Scanner<'_> {
    /// Scans what is staged in the repository at `path`, or in the one that `binding` names: of each file what no version
    /// that it replaces holds.
    pub fn scan_staged(&self, path: &Path, binding: &Binding, name: &str) -> Result<RepositoryReport, ScanError> {
        let repository = Repository::open_bound(path, binding)?;
        let staged = repository.staged()?;
        self.progress.begin(Stage::Walking, staged.len() as u64);
        self.snapshot(name, Source::Staged, Some(&repository), |reader, beside| {
            let mut works = [reader.reader.work(), reader.reader.work()];
            for file in staged {
                if reader.stopped() {
                    break;
                }
                read_staged(reader, &repository, beside, &mut works, file);
            }
            let [work, _] = works;
            beside.work.push(work);
        })
    }

    /// Scans the files of the work tree at `path` as they lie there, but for those that git ignores (unless `ignored`).
    /// Tracked files are read in any case.
    pub fn scan_worktree(&self, path: &Path, name: &str, ignored: bool) -> Result<RepositoryReport, ScanError> {
        let repository = Repository::open(path)?;
        let root = repository.work_tree()?;
        let which = if ignored { Which::WorkTree } else { Which::NotIgnored };
        let (mut listed, gaps) = list(root, which)?;
        for path in repository.tracked()? {
            if !listed.contains_key(&path)
                && let Ok(name) = std::str::from_utf8(&path)
                && let Some(content) = files::at(&root.join(name))
            {
                listed.insert(path, content);
            }
        }
        self.read_files(name, Source::Worktree, Some(&repository), (listed, gaps))
    }

    /// Scans what is no repository: all files below the folder `path`, or one file. Reports name files from `base` on.
    pub fn scan_files(&self, path: &Path, base: &Path, name: &str) -> Result<RepositoryReport, ScanError> {
        let (listed, gaps) = if path.is_dir() {
            list(path, Which::All)?
        } else {
            ([(files::bytes_of(base, path), Content::File(path.to_owned()))].into(), Vec::new())
        };
        self.read_files(name, Source::Files, None, (listed, gaps))
    }

    /// Scans one text as it comes.
    pub fn scan_stream(&self, name: &str, content: &mut dyn Read) -> Result<RepositoryReport, ScanError> {
        self.progress.begin(Stage::Walking, 1);
        self.snapshot(name, Source::Stdin, None, |reader, beside| {
            let mut work = reader.reader.work();
            let nothing = reader.hash.nothing();
            let reading = reader.one(&mut work, beside.next(), content, || Ok(nothing));
            beside.work.push(work);
            let taken = beside.taken(reader, name, Some(reading));
            beside.add(Place::Stdin, taken);
        })
    }

    fn read_files(
        &self,
        name: &str,
        source: Source,
        repository: Option<&Repository>,
        (listed, gaps): files::Files,
    ) -> Result<RepositoryReport, ScanError> {
        self.progress.begin(Stage::Walking, listed.len() as u64);
        self.snapshot(name, source, repository, |reader, beside| {
            beside.gaps = gaps;
            beside.read(reader, listed.into_iter().map(|(path, content)| (Place::Worktree(path), content)).collect());
        })
    }

    fn snapshot(
        &self,
        name: &str,
        source: Source,
        repository: Option<&Repository>,
        read: impl FnOnce(&TextReader<'_>, &mut Beside),
    ) -> Result<RepositoryReport, ScanError> {
        let rules = self.rules_within(None);
        let detector = Detector::new(&rules)?;
        let names = Names::new();
        let reader = self.reader(&detector, &names);
        let hash = repository.map_or_else(BlobHash::default, Repository::blob_hash);
        let mut beside = Beside::new(0);
        read(&self.texts(&reader, hash), &mut beside);
        self.progress.end();

        let store = Store::empty();
        let Beside { texts, work, tallies, gaps, lacking, .. } = beside;
        let mut ledger = Ledger::new(&store, 0, Vec::new());
        ledger.beside(tallies, gaps, lacking);
        let assembly = Assembly::new(self.rules, self.options, names, work);
        let objects = Objects::new(&store, hash, texts, FxHashMap::default());
        let mut lives = vec![Life::default(); assembly.life_count()];
        let holders = objects.part(&mut assembly.holders());
        objects.add_texts(&holders, &mut lives);
        ledger.unopened(assembly.unopened(&objects, &lives));
        let head = repository.map(Repository::head).unwrap_or_default();
        if let (Some(repository), Source::Worktree) = (repository, source) {
            look_at_head(repository, &head, &objects, &assembly, &mut lives);
        }
        let coverage = ledger.close(self.options.allow_missing, self.cancel.load(Ordering::Relaxed));
        let Assembled { findings, left_out_values, drops, dropped, .. } =
            assembly.finish(&objects, &lives, &head, |_| true);
        // What is not in these texts may well be in history: nothing is stale.
        let judged = self.policy.judge_all(findings, false);
        Ok(RepositoryReport {
            name: name.to_owned(),
            source,
            head: head.commit,
            branch: head.branch,
            origin: repository.and_then(Repository::origin),
            findings: judged.counted,
            suppressed: judged.suppressed,
            stale: judged.stale,
            drops,
            dropped,
            coverage,
            left_out: 0,
            left_out_values,
        })
    }
}

fn list(root: &Path, which: Which) -> Result<files::Files, ScanError> {
    files::list(root, which).map_err(|source| ScanError::Io { path: root.to_owned(), source })
}

/// Reads one staged file and forgets what the versions that it replaces held already. `works` are for the new version and
/// for the old ones.
fn read_staged(
    reader: &TextReader<'_>,
    repository: &Repository,
    beside: &mut Beside,
    [work, old]: &mut [ContentWork; 2],
    StagedFile { path, blob, before }: StagedFile,
) {
    let number = beside.next();
    let (kept, dropped) = (work.sightings.len(), work.dropped.len());
    let read = |work: &mut ContentWork, blob: Oid| {
        let read = |content: &mut dyn Read| reader.one(work, number, content, || Ok(blob));
        let taken = repository.with_blob(&blob, reader.max_size, read).map_err(io::Error::other)??;
        match work.pointers.pop() {
            Some((_, pointer)) => read_lfs(reader, repository, work, (number, blob), &pointer),
            None => Ok(taken),
        }
    };
    let reading = read(work, blob);
    // Mostly nothing was found, and then no old version is read.
    let found = |work: &ContentWork| work.sightings.len() + work.dropped.len() > kept + dropped;
    for before in before {
        if !found(work) {
            break;
        }
        old.sightings.clear();
        old.dropped.clear();
        // Should the old version be unreadable, all that is in the new one counts.
        read(old, before).ok();
        let known: FxHashSet<ValueIndex> = old.sightings.iter().map(|sighting| sighting.value).collect();
        let known_drops: FxHashSet<ValueIndex> = old.dropped.iter().map(|dropped| dropped.sighting.value).collect();
        work.sightings.retain(|sighting| sighting.object != number || !known.contains(&sighting.value));
        work.dropped
            .retain(|dropped| dropped.sighting.object != number || !known_drops.contains(&dropped.sighting.value));
    }
    let place = Place::Staged(path);
    let subject = place.display(&blob);
    let taken = match reading {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let detail = "Git LFS keeps its content, which is not stored here: run 'git lfs fetch --all'".to_owned();
            beside.lacking.push(Gap { kind: GapKind::LfsNotStored, subject, detail });
            None
        }
        reading => beside.taken(reader, &subject, Some(reading)),
    };
    beside.add(place, taken);
}

/// Reads what Git LFS keeps for a pointer, in its place.
fn read_lfs(
    reader: &TextReader<'_>,
    repository: &Repository,
    work: &mut ContentWork,
    (number, blob): (ObjectIndex, Oid),
    pointer: &Pointer,
) -> io::Result<Taken> {
    let mut file = File::open(pointer.file(&repository.lfs_folder()))?;
    let mut taken = reader.one(work, number, &mut file, || Ok(blob))?;
    // Git knows it by its pointer.
    if let Some(held) = &mut taken.held {
        held.id = blob;
    }
    Ok(taken)
}

/// Notes which values the commit at HEAD holds in the same file: a work tree is mostly what was committed.
fn look_at_head(
    repository: &Repository,
    head: &Head,
    objects: &Objects<'_>,
    assembly: &Assembly<'_>,
    lives: &mut [Life],
) {
    let Some(tip) = &head.tip else { return };
    let mut known: FxHashMap<ObjectIndex, (Option<Oid>, Vec<u8>)> = FxHashMap::default();
    let read = |path: &[u8], number: ObjectIndex| {
        let mut bytes = Vec::new();
        let blob = repository.blob_at_head(path);
        // A version that cannot be read says nothing; one that is the same need not be read.
        if let Some(blob) = blob.filter(|blob| *blob != objects.id(number)) {
            repository.with_blob(&blob, u64::MAX, |content| content.read_to_end(&mut bytes)).ok();
        }
        (blob, bytes)
    };
    for (secret, life) in assembly.secrets().zip(lives) {
        let at_head = life.places.iter().any(|stand| {
            let (Some(path), Some(&number)) = (&stand.path, stand.objects.first()) else { return false };
            let (blob, bytes) = known.entry(number).or_insert_with(|| read(path, number));
            *blob == Some(objects.id(number)) || memmem::find(bytes, secret.expose()).is_some()
        });
        life.present_in.extend(at_head.then(|| tip.clone()));
    }
}
