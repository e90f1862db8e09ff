//! From a repository to its report.

use super::{
    ScanError, ScanOptions,
    assemble::{Assembled, Assembly},
    beside::Beside,
    content::{ContentReader, ContentWork},
    ledger::Ledger,
    objects::Objects,
    progress::{Progress, Stage},
    selection::Selection,
    sighting::Names,
    texts::TextReader,
};
use crate::{
    detect::Detector,
    git::{
        BlobHash, Containment, Graph, Head, MAX_HELD, ObjectIndex, Push, Range, Reference, Repository, Store, Tracer,
        TreeReader, Walk, Walked,
    },
    model::{Gap, KnownBlobs, ObjectKind, Oid, RepositoryReport, Source},
    policy::{Judged, Policy},
    rules::{RuleSet, Scope},
};
use rustc_hash::FxHashSet;
use std::{
    collections::BTreeMap,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

/// What is read.
pub(super) struct Subject<'a> {
    pub repository: &'a Repository,
    pub store: &'a Store,
    pub references: Vec<Reference>,
    pub bad_refs: Vec<Gap>,
    /// The push whose objects the store holds; `None`: the whole repository.
    pub push: Option<&'a Push>,
}

/// What came of it.
pub(super) struct Looked {
    pub report: RepositoryReport,
    pub brought_by: BroughtBy,
    /// Blobs of which there was something to say, or of which that may change: what LFS pointers stand for.
    pub holding: Vec<ObjectIndex>,
}

/// By commit or tag that introduced something: the names of the refs that reach it.
pub(super) type BroughtBy = BTreeMap<Oid, Arc<[String]>>;

/// A scan, ready to run on one repository after the other.
#[derive(Clone, Copy)]
pub struct Scanner<'a> {
    /// What to look for.
    pub rules: &'a RuleSet,
    /// What the user decided beforehand.
    pub policy: &'a Policy,
    /// Limits and switches.
    pub options: &'a ScanOptions,
    /// Told how far it is.
    pub progress: &'a dyn Progress,
    /// Ends the scan when set; what was read until then is reported.
    pub cancel: &'a AtomicBool,
}

impl Scanner<'_> {
    /// Scans the repository at `path`, which the report calls `name`.
    pub fn scan(&self, path: &Path, name: &str) -> Result<RepositoryReport, ScanError> {
        Ok(self.read(path, name, &KnownBlobs::default())?.0)
    }

    /// The same, without the blobs that an earlier scan by the same rules found nothing in. Gives also those of which this
    /// can be said now: they need not be read the next time.
    pub fn scan_beyond(
        &self,
        path: &Path,
        name: &str,
        known: &KnownBlobs,
    ) -> Result<(RepositoryReport, KnownBlobs), ScanError> {
        let (report, store, holding) = self.read(path, name, known)?;
        let table = store.table();
        // What could not be read is named by its id; after a stop nothing is known of what was not read.
        let unread: FxHashSet<&str> = report.coverage.gaps.iter().map(|gap| gap.subject.as_str()).collect();
        let stopped = self.cancel.load(Ordering::Relaxed);
        let holding: FxHashSet<ObjectIndex> = holding.into_iter().collect();
        let is_clean = |&id: &ObjectIndex| {
            table.kind(id) == Some(ObjectKind::Blob)
                && (store.is_known(id) || !stopped && !holding.contains(&id))
                && (unread.is_empty() || !unread.contains(table.id(id).to_string().as_str()))
        };
        let clean = (0..table.len() as ObjectIndex).filter(is_clean).map(|id| table.id(id)).collect();
        Ok((report, KnownBlobs::new(clean)))
    }

    fn read(
        &self,
        path: &Path,
        name: &str,
        known: &KnownBlobs,
    ) -> Result<(RepositoryReport, Store, Vec<ObjectIndex>), ScanError> {
        let repository = Repository::open(path)?;
        let range = self.range(&repository)?;
        self.progress.begin(Stage::Counting, 0);
        let mut store = repository.store();
        store.leave_out(known);
        self.progress.end();
        let (references, bad_refs) = repository.references();
        let subject = Subject { repository: &repository, store: &store, references, bad_refs, push: None };
        let Looked { report, holding, .. } = self.look(subject, range.as_ref())?;
        Ok((RepositoryReport { name: name.to_owned(), origin: repository.origin(), ..report }, store, holding))
    }

    /// Reads a store, follows what it finds, and judges it.
    pub(super) fn look(&self, subject: Subject<'_>, range: Option<&Range>) -> Result<Looked, ScanError> {
        let Subject { repository, store, references, bad_refs, push } = subject;
        let rules = self.rules_within(None);
        let detector = Detector::new(&rules)?;
        let mut ledger = Ledger::new(store, references.len(), bad_refs);

        let names = Names::new();
        let reader = self.reader(&detector, &names);
        let kinds = [ObjectKind::Blob, ObjectKind::Commit, ObjectKind::Tag];
        let advance = |objects, bytes| {
            self.progress.advance(objects, bytes);
            self.progress.values(names.values.len() as u64);
        };
        let mut content = self.walk(store, Stage::Walking, &kinds, &advance, &reader);
        ledger.walked(&mut content);

        let mut beside = Beside::new(store.table().len());
        let texts = self.texts(&reader, repository.blob_hash());
        // The name of a ref that is there is no news.
        beside.read_names(&texts, push.map_or(&references, Push::created));
        if self.options.own_files && push.is_none() {
            let config_rules = self.rules_within(Some(Scope::Config));
            let config_detector = Detector::new(&config_rules)?;
            let config = ContentReader { detector: &config_detector, ..reader };
            beside.read_own(&texts, &TextReader { reader: &config, ..texts }, repository);
        }
        let pointers: Vec<_> = content.work.iter_mut().flat_map(|work| work.pointers.drain(..)).collect();
        let mut holding: Vec<ObjectIndex> = pointers.iter().map(|(number, _)| *number).collect();
        beside.read_lfs(&texts, repository, pointers);
        content.work.append(&mut beside.work);
        let Beside { texts, tallies, gaps, lacking, lfs, lfs_absent, .. } = beside;
        ledger.beside(tallies, gaps, lacking);

        let (graph, shallow) = {
            // The headers are large beside the graph: they go before the trees come.
            let (headers, tags) = history(&mut content);
            // What a push builds on is not followed further.
            let all = || headers.iter().map(|(id, _)| store.table().id(*id)).collect();
            let shallow: Vec<Oid> = if push.is_some() { all() } else { repository.shallow() };
            (Graph::new(store.table(), &headers, &tags, references, &shallow), shallow)
        };
        let assembly = Assembly::new(self.rules, self.options, names, content.work);
        let objects = Objects::new(store, repository.blob_hash(), texts, lfs);
        let mut holders = assembly.holders();
        let text_holders = objects.part(&mut holders);
        holding.extend(holders.iter().flatten());
        let mut wanted = vec![false; store.table().len()];
        let absent = lfs_absent.iter().map(|(pointer, ..)| pointer);
        holders.iter().flatten().chain(absent).for_each(|&object| wanted[object as usize] = true);
        let reader = TreeReader::new(store.table(), &wanted);
        let advance = |objects, bytes| self.progress.advance(objects, bytes);
        let mut trees = self.walk(store, Stage::Tracing, &[ObjectKind::Tree], &advance, &reader);
        ledger.walked(&mut trees);
        let containment = Containment::new(reader, trees);
        let tracer = Tracer::new(store.table(), &graph, &containment, &holders);

        ledger.damaged(assembly.damaged().chain(&containment.damaged).copied());
        let selection = match push {
            Some(push) => Selection::of_push(store, push),
            None => Selection::new(store, &graph, range, self.options.since),
        };
        ledger.circular(&tracer);
        match push {
            Some(push) => ledger.pushed(push),
            None => ledger.traced(&graph, &tracer, &selection.boundaries(&shallow)),
        }
        if !lfs_absent.is_empty() {
            ledger.lfs_absent(&lfs_absent, &tracer.reached());
        }
        let mut lives = tracer.lives(assembly.life_count());
        objects.add_texts(&text_holders, &mut lives);
        ledger.unopened(assembly.unopened(&objects, &lives));
        let coverage = ledger.close(self.options.allow_missing || push.is_some(), self.cancel.load(Ordering::Relaxed));

        let head = if push.is_some() { Head::default() } else { repository.head() };
        let Assembled { findings, left_out, left_out_values, drops, dropped } =
            assembly.finish(&objects, &lives, &head, |life| selection.introduced(life));
        let whole = coverage.is_complete() && !self.options.reachable_only && selection.is_all();
        let judged = self.policy.judge_all(findings, whole);
        let brought_by = push.map_or_else(BroughtBy::new, |_| graph.brought_by(store.table(), introductions(&judged)));
        let report = RepositoryReport {
            name: String::new(),
            source: Source::History,
            head: head.commit,
            branch: head.branch,
            origin: None,
            findings: judged.counted,
            suppressed: judged.suppressed,
            left_out,
            left_out_values,
            stale: judged.stale,
            drops,
            dropped,
            coverage,
        };
        Ok(Looked { report, brought_by, holding })
    }

    /// The rules for texts of a scope. Encoded words are looked for only if something is done about them.
    pub(super) fn rules_within(&self, scope: Option<Scope>) -> RuleSet {
        let mut rules = self.rules.within(scope);
        if self.options.unwrap.is_none() {
            rules.wrapped.clear();
        }
        rules
    }

    /// How objects and texts are matched.
    pub(super) fn reader<'r>(&'r self, detector: &'r Detector<'r>, names: &'r Names) -> ContentReader<'r> {
        let (explain, limits) = (self.options.explain, self.options.unwrap);
        ContentReader { detector, names, explain, limits, cancel: self.cancel }
    }

    /// How texts beside the store are read.
    pub(super) fn texts<'r>(&'r self, reader: &'r ContentReader<'r>, hash: BlobHash) -> TextReader<'r> {
        let max_size = self.options.max_object_size;
        TextReader { reader, hash, max_size, progress: self.progress, cancel: self.cancel }
    }

    /// The range that the user asks about, if any.
    fn range(&self, repository: &Repository) -> Result<Option<Range>, ScanError> {
        let words = self.options.range.iter().flat_map(|text| text.split_whitespace());
        let mut words = words.peekable();
        Ok(if words.peek().is_none() { None } else { Some(repository.range(words)?) })
    }

    fn walk<V: crate::git::Visitor>(
        &self,
        store: &Store,
        stage: Stage,
        kinds: &[ObjectKind],
        advance: &(dyn Fn(u64, u64) + Sync),
        visitor: &V,
    ) -> Walked<V::Work> {
        let table = store.table();
        let is_read =
            |&id: &ObjectIndex| table.kind(id).is_some_and(|kind| kinds.contains(&kind)) && !store.is_known(id);
        let count = (0..table.len() as ObjectIndex).filter(is_read);
        self.progress.begin(stage, count.count() as u64);
        let max_object_size = self.options.max_object_size.min(MAX_HELD);
        let walk = Walk { store, kinds, max_object_size, cancel: self.cancel, advance };
        let walked = walk.run(visitor);
        self.progress.end();
        walked
    }
}

/// Commits and tags that introduced something.
fn introductions(judged: &Judged) -> impl Iterator<Item = Oid> {
    let findings = judged.counted.iter().chain(&judged.suppressed);
    let traces = findings.flat_map(|finding| finding.components.iter().map(|component| &component.trace));
    traces.flat_map(|trace| trace.introductions.iter().map(|commit| commit.id))
}

type History = (Vec<(ObjectIndex, crate::git::CommitHeader)>, rustc_hash::FxHashMap<ObjectIndex, Oid>);

fn history(content: &mut Walked<ContentWork>) -> History {
    let mut headers = Vec::new();
    let mut tags = rustc_hash::FxHashMap::default();
    for work in &mut content.work {
        headers.append(&mut work.commits);
        tags.extend(work.tags.drain(..));
    }
    (headers, tags)
}
