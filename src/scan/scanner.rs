//! From a repository to its report.

use super::{
    ScanError, ScanOptions,
    assemble::Assembly,
    content::{ContentReader, ContentWork},
    progress::{Progress, Stage},
    values::Values,
};
use crate::{
    detect::Detector,
    git::{Containment, Graph, ObjectIndex, Repository, Store, Tracer, TreeReader, Walk, Walked},
    model::{Coverage, DropCount, Gap, GapKind, ObjectKind, Oid, RepositoryReport, Tally},
    policy::Policy,
    rules::RuleSet,
};
use std::{
    collections::BTreeMap,
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
        let (references, mut gaps) = repository.references();
        gaps.extend(store.gaps().iter().cloned());
        let shallow = repository.shallow();

        let (values, dropped) = (Values::default(), Values::default());
        let reader =
            ContentReader { detector: &detector, values: &values, dropped: self.options.explain.then_some(&dropped) };
        let kinds = [ObjectKind::Blob, ObjectKind::Commit, ObjectKind::Tag];
        let advance = |objects, bytes| {
            self.progress.advance(objects, bytes);
            self.progress.values(values.len() as u64);
        };
        let mut content = self.walk(&store, Stage::Walking, &kinds, &advance, &reader);
        let mut read = content.read;
        gaps.append(&mut content.gaps);

        let refs = references.len() as u64;
        let graph = {
            // The headers are large beside the graph: they go before the trees come.
            let (headers, tags) = history(&mut content);
            Graph::new(store.table(), &headers, &tags, references, &shallow)
        };
        let assembly = Assembly::new(self.rules, self.options, values, dropped, content.work);
        let wanted = assembly.holders(store.table().len());
        let trees = TreeReader::new(store.table(), &wanted);
        let advance = |objects, bytes| self.progress.advance(objects, bytes);
        let mut walked = self.walk(&store, Stage::Tracing, &[ObjectKind::Tree], &advance, &trees);
        read[ObjectKind::Tree as usize] = walked.read[ObjectKind::Tree as usize];
        gaps.append(&mut walked.gaps);
        let containment = Containment::new(trees, walked);
        let tracer = Tracer::new(store.table(), &graph, &containment, &assembly.holders_by_value());

        gaps.extend(damage(&store, assembly.damaged(), containment.damaged.iter()));
        let mut accepted = missing(&store, &graph, &tracer);
        accepted.extend(shallow.iter().map(boundary));
        if !self.options.allow_missing {
            gaps.append(&mut accepted);
        }
        if self.cancel.load(Ordering::Relaxed) {
            let seen = store.table().len() as u64;
            gaps.push(interrupted(read.iter().map(|(objects, _)| objects).sum(), seen));
        }
        gaps.sort();
        gaps.dedup();
        let coverage = Coverage { objects: tallies(&store, read), gaps, accepted_gaps: accepted, refs };

        let head = repository.head();
        let drops = assembly.drops();
        let (findings, dropped) = assembly.finish(&store, tracer, &head);
        let judged = self.policy.judge_all(findings, coverage.is_complete() && !self.options.reachable_only);
        Ok(RepositoryReport {
            name: name.to_owned(),
            head: head.commit,
            branch: head.branch,
            origin: repository.origin(),
            findings: judged.counted,
            suppressed: judged.suppressed,
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
        let walk = Walk { store, kinds, max_object_size: self.options.max_object_size, cancel: self.cancel, advance };
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

fn damage<'a>(
    store: &'a Store,
    content: impl Iterator<Item = &'a ObjectIndex> + 'a,
    trees: impl Iterator<Item = &'a ObjectIndex> + 'a,
) -> impl Iterator<Item = Gap> + 'a {
    content.chain(trees).map(|&id| Gap {
        kind: GapKind::CorruptObject,
        subject: store.table().id(id).to_string(),
        detail: match store.table().kind(id) {
            Some(ObjectKind::Tree) => "its entries do not parse, so the paths below it are unknown",
            _ => "its header does not parse, so its place in history is unknown",
        }
        .to_owned(),
    })
}

fn missing(store: &Store, graph: &Graph, tracer: &Tracer<'_>) -> Vec<Gap> {
    let gap = |oid: &Oid, named_by: String| Gap {
        kind: GapKind::MissingObject,
        subject: oid.to_string(),
        detail: format!("named by {named_by}, but not in the store: a partial clone, or an object was lost"),
    };
    let from_history = graph.missing.iter().map(|(oid, named_by)| gap(oid, named_by.clone()));
    let missed = tracer.missed();
    let from_trees = missed.iter().map(|(oid, tree)| gap(oid, format!("tree {}", store.table().id(*tree))));
    from_history.chain(from_trees).collect()
}

fn boundary(commit: &Oid) -> Gap {
    Gap {
        kind: GapKind::ShallowBoundary,
        subject: commit.to_string(),
        detail: "a shallow clone: what came before this commit is not here; run 'git fetch --unshallow'".to_owned(),
    }
}

fn interrupted(read: u64, seen: u64) -> Gap {
    Gap {
        kind: GapKind::Interrupted,
        subject: "scan".to_owned(),
        detail: format!("stopped after {read} of {seen} objects"),
    }
}

fn tallies(store: &Store, read: [(u64, u64); 4]) -> BTreeMap<ObjectKind, Tally> {
    let mut tallies: BTreeMap<ObjectKind, Tally> = BTreeMap::new();
    for (kind, (scanned, bytes)) in ObjectKind::ALL.into_iter().zip(read) {
        tallies.insert(kind, Tally { seen: 0, scanned, bytes, left_out: 0 });
    }
    for id in 0..store.table().len() as ObjectIndex {
        if let Some(tally) = store.table().kind(id).and_then(|kind| tallies.get_mut(&kind)) {
            tally.seen += 1;
        }
    }
    tallies
}

/// Drops of all workers together, by rule and reason.
pub(super) fn drop_counts(rules: &RuleSet, work: &[ContentWork]) -> Vec<DropCount> {
    let mut sums = BTreeMap::new();
    for (key, count) in work.iter().flat_map(|work| &work.drops) {
        *sums.entry(*key).or_insert(0) += count;
    }
    let mut counts: Vec<DropCount> = sums
        .into_iter()
        .map(|((rule, reason), count)| DropCount { rule_id: rules.rules[usize::from(rule)].id.clone(), reason, count })
        .collect();
    counts.sort();
    counts
}
