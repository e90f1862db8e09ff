//! From a repository to its report.

use super::{
    ScanError, ScanOptions,
    assemble::{Assembled, Assembly},
    content::{ContentReader, ContentWork},
    ledger::Ledger,
    progress::{Progress, Stage},
    sighting::Names,
};
use crate::{
    detect::Detector,
    git::{Containment, Graph, MAX_HELD, ObjectIndex, Repository, Store, Tracer, TreeReader, Walk, Walked},
    model::{ObjectKind, Oid, RepositoryReport, Wrapping},
    policy::Policy,
    rules::RuleSet,
};
use std::{
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
};

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
        let repository = Repository::open(path)?;
        let detector = Detector::new(self.rules)?;
        self.progress.begin(Stage::Counting, 0);
        let store = repository.store();
        self.progress.end();
        let (references, bad_refs) = repository.references();
        let mut ledger = Ledger::new(&store, references.len(), bad_refs);
        let shallow = repository.shallow();

        let names = Names::default();
        // The first: most sightings are in an object's own bytes.
        names.wrappings.number(Wrapping::default());
        let reader = ContentReader { detector: &detector, names: &names, explain: self.options.explain };
        let kinds = [ObjectKind::Blob, ObjectKind::Commit, ObjectKind::Tag];
        let advance = |objects, bytes| {
            self.progress.advance(objects, bytes);
            self.progress.values(names.values.len() as u64);
        };
        let mut content = self.walk(&store, Stage::Walking, &kinds, &advance, &reader);
        ledger.walked(&mut content);

        let graph = {
            // The headers are large beside the graph: they go before the trees come.
            let (headers, tags) = history(&mut content);
            Graph::new(store.table(), &headers, &tags, references, &shallow)
        };
        let assembly = Assembly::new(self.rules, self.options, names, content.work);
        let wanted = assembly.holders(store.table().len());
        let reader = TreeReader::new(store.table(), &wanted);
        let advance = |objects, bytes| self.progress.advance(objects, bytes);
        let mut trees = self.walk(&store, Stage::Tracing, &[ObjectKind::Tree], &advance, &reader);
        ledger.walked(&mut trees);
        let containment = Containment::new(reader, trees);
        let tracer = Tracer::new(store.table(), &graph, &containment, &assembly.holders_by_value());

        ledger.damaged(assembly.damaged().chain(&containment.damaged).copied());
        ledger.traced(&graph, &tracer, &shallow);
        let coverage = ledger.close(self.options.allow_missing, self.cancel.load(Ordering::Relaxed));

        let head = repository.head();
        let Assembled { findings, left_out, drops, dropped } = assembly.finish(&store, tracer, &head);
        let judged = self.policy.judge_all(findings, coverage.is_complete() && !self.options.reachable_only);
        Ok(RepositoryReport {
            name: name.to_owned(),
            head: head.commit,
            branch: head.branch,
            origin: repository.origin(),
            findings: judged.counted,
            suppressed: judged.suppressed,
            left_out,
            stale: judged.stale,
            drops,
            dropped,
            coverage,
        })
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
        let count =
            (0..table.len() as ObjectIndex).filter(|&id| table.kind(id).is_some_and(|kind| kinds.contains(&kind)));
        self.progress.begin(stage, count.count() as u64);
        let max_object_size = self.options.max_object_size.min(MAX_HELD);
        let walk = Walk { store, kinds, max_object_size, cancel: self.cancel, advance };
        let walked = walk.run(visitor);
        self.progress.end();
        walked
    }
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
