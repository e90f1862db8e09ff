//! How to get credentials out of the commits of a push.

use super::Case;
use super::doors::{brought_in, ref_names};
use crate::model::{Finding, Oid, Place, RefUpdate};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// Findings and refs that are looked at: what is told is a few lines.
const FINDINGS: usize = 1000;
const REFS: usize = 100;

/// What is to be changed, each thing once.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Remedy {
    /// Commits to change, by the branches they are on.
    pub(super) rewrites: Vec<Rewrite>,
    /// Commits whose messages are to be changed.
    pub(super) messages: BTreeSet<Oid>,
    /// Full names of tags to set anew: for their messages, or since they reach a commit that changes.
    pub(super) tags: BTreeSet<String>,
    /// Full names of refs to be called otherwise.
    pub(super) names: BTreeSet<String>,
}

/// Commits to change in one line of history.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Rewrite {
    /// Full names of the branches that end alike; of tags, where no branch is pushed.
    pub(super) refs: Vec<String>,
    /// The commits, oldest first by their authors' dates.
    pub(super) commits: Vec<Oid>,
    /// Whether the last commit of the branch is the only one.
    pub(super) is_last: bool,
    /// Whether a branch is new to the server, so that the oldest commit may be the first of all.
    pub(super) is_new: bool,
}

impl Remedy {
    /// For `findings` of the push.
    pub(super) fn new(case: &Case<'_>, findings: &[&Finding]) -> Self {
        let findings = &findings[..findings.len().min(FINDINGS)];
        let objects = |wanted: &Place| -> BTreeSet<Oid> {
            let components = findings.iter().flat_map(|finding| &finding.components);
            let places = components.flat_map(|component| {
                component.trace.occurrences.iter().map(|one| &one.location).chain([&component.location])
            });
            places.filter(|location| location.place == *wanted).map(|location| location.object).collect()
        };
        let (tag_objects, messages) = (objects(&Place::Tag), objects(&Place::Commit));
        let mut dates = BTreeMap::new();
        for commit in findings.iter().flat_map(|finding| brought_in(case, finding)) {
            dates.entry(commit.id).or_insert_with(|| commit.date.parse::<Timestamp>().ok());
        }
        let refs_of = |id: &Oid| case.push.brought_by.get(id).into_iter().flatten().take(REFS);
        let is_tag = |name: &str| name.starts_with("refs/tags/");
        let mut tags: BTreeSet<String> = tag_objects.iter().flat_map(refs_of).cloned().collect();
        let mut commits: BTreeMap<&str, Vec<Oid>> = BTreeMap::new();
        for id in dates.keys().filter(|id| !tag_objects.contains(id)) {
            let on_branches = refs_of(id).any(|name| !is_tag(name));
            tags.extend(refs_of(id).filter(|name| is_tag(name)).cloned());
            for name in refs_of(id).filter(|name| !(on_branches && is_tag(name))) {
                commits.entry(name).or_default().push(*id);
            }
        }
        let updates: BTreeMap<String, &RefUpdate> = case.updates.iter().map(|update| (update.name(), update)).collect();
        let mut rewrites: Vec<Rewrite> = Vec::new();
        for (name, mut commits) in commits {
            commits.sort_by_key(|id| dates[id]);
            let update = updates.get(name);
            let is_last = commits.len() == 1 && update.and_then(|update| update.new) == Some(commits[0]);
            let is_new = update.is_none_or(|update| update.old.is_none());
            match rewrites.iter_mut().find(|one| one.commits == commits && one.is_last == is_last) {
                Some(alike) => {
                    alike.refs.push(name.to_owned());
                    alike.is_new |= is_new;
                }
                None => rewrites.push(Rewrite { refs: vec![name.to_owned()], commits, is_last, is_new }),
            }
        }
        let names = findings.iter().flat_map(|finding| ref_names(finding)).take(REFS).collect();
        Self { rewrites, messages, tags, names }
    }
}
