//! What a push brings in.

use super::{
    ScanError, Scanner,
    scanner::{Looked, Subject},
};
use crate::{
    git::{Push, Repository},
    model::{Finding, Oid, Place, RepositoryReport, Source},
};
use rustc_hash::FxHashSet;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// What a push brings in, and with which of its refs.
#[derive(Debug, Clone, Default)]
pub struct PushReport {
    /// The findings are those that no ref reached before; paths and commits are those of the push.
    pub report: RepositoryReport,
    /// By commit or tag that introduced something: the pushed refs that reach it, full names, lossily decoded, sorted. What is
    /// found in an object that no pushed ref reaches has no introduction, and belongs to the push as a whole.
    pub brought_by: BTreeMap<Oid, Arc<[String]>>,
}

impl Scanner<'_> {
    /// Scans what `push` brings into `repository`. Mostly nothing is found, and then only what is new was read. Else it is read
    /// again together with what was at the same paths, so that an edit of a file is not blamed for what the file held before.
    pub fn scan_push(&self, repository: &Repository, push: &Push) -> Result<PushReport, ScanError> {
        let Looked { mut report, mut brought_by, .. } = self.look_at_push(repository, push, &[])?;
        let paths = paths(&report);
        if !paths.is_empty() {
            Looked { report, brought_by, .. } = self.look_at_push(repository, push, &paths)?;
        }
        Ok(PushReport { report: RepositoryReport { source: Source::Push, ..report }, brought_by })
    }

    fn look_at_push(&self, repository: &Repository, push: &Push, paths: &[Vec<u8>]) -> Result<Looked, ScanError> {
        let store = push.store(paths);
        let references = push.references().to_vec();
        self.look(Subject { repository, store: &store, references, bad_refs: Vec::new(), push: Some(push) }, None)
    }
}

/// The paths in history at which something was found.
fn paths(report: &RepositoryReport) -> Vec<Vec<u8>> {
    let occurrences = all(report).flat_map(|finding| &finding.components).flat_map(|one| &one.trace.occurrences);
    let places = occurrences.map(|occurrence| &occurrence.location.place).filter(|place| place.is_history());
    places.filter_map(Place::path).collect::<BTreeSet<_>>().into_iter().collect()
}

impl PushReport {
    /// Leaves out what `history`, a report of the repository before the push, has already: findings whose every value a
    /// ref reaches. Whoever pushes it again leaks nothing.
    pub fn leave_out_known(&mut self, history: &RepositoryReport) {
        let known: FxHashSet<&[u8]> = all(history)
            .flat_map(|finding| &finding.components)
            .filter(|component| component.trace.reachable && component.trace.beside_history().is_none())
            .map(|component| component.secret.expose())
            .collect();
        let is_known =
            |finding: &Finding| finding.components.iter().all(|component| known.contains(component.secret.expose()));
        let report = &mut self.report;
        for findings in [&mut report.findings, &mut report.suppressed] {
            for finding in findings.extract_if(.., |finding| is_known(finding)) {
                report.left_out += 1;
                report.left_out_values.extend(finding.components.into_iter().map(|component| component.secret));
            }
        }
    }
}

fn all(report: &RepositoryReport) -> impl Iterator<Item = &Finding> {
    report.findings.iter().chain(&report.suppressed)
}
