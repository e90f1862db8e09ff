//! Through which refs a finding comes in, and what holds there.

use super::{Case, Door};
use crate::model::{CommitRef, Finding, Oid, Place};
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, BTreeSet};

/// The doors of a push, each once. A push may move 50,000 refs, and settings tell few of them apart.
pub(super) struct Doors<'a> {
    case: Case<'a>,
    distinct: Vec<Door>,
    /// By full name.
    by_ref: FxHashMap<String, usize>,
    by_commit: BTreeMap<Oid, BTreeSet<usize>>,
}

impl<'a> Doors<'a> {
    pub(super) fn new(case: Case<'a>) -> Self {
        let mut doors = Self { case, distinct: Vec::new(), by_ref: FxHashMap::default(), by_commit: BTreeMap::new() };
        for update in case.updates.iter().filter(|update| update.new.is_some()) {
            doors.number(&update.name());
        }
        // Those that are not watched, too: a value in the name of one comes in through no other.
        for name in case.push.report.findings.iter().flat_map(ref_names) {
            doors.number(&name);
        }
        let mut by_list: FxHashMap<*const String, BTreeSet<usize>> = FxHashMap::default();
        for (&id, refs) in &case.push.brought_by {
            // Most commits of a push come in by the same list of refs, and share it.
            let through =
                by_list.entry(refs.as_ptr()).or_insert_with(|| refs.iter().map(|name| doors.number(name)).collect());
            doors.by_commit.insert(id, through.clone());
        }
        doors
    }

    /// Which door the ref with this name is.
    fn number(&mut self, name: &str) -> usize {
        if let Some(&number) = self.by_ref.get(name) {
            return number;
        }
        let door = self.case.effective.for_ref(name);
        let number = self.distinct.iter().position(|other| *other == door).unwrap_or_else(|| {
            self.distinct.push(door);
            self.distinct.len() - 1
        });
        self.by_ref.insert(name.to_owned(), number);
        number
    }

    /// Those that `finding` comes in through and that are watched. What no commit or name tells of comes in through all.
    pub(super) fn of(&self, finding: &Finding) -> BTreeSet<usize> {
        let commits = introductions(finding).filter_map(|commit| self.by_commit.get(&commit.id)).flatten().copied();
        let names = ref_names(finding).filter_map(|name| self.by_ref.get(&name)).copied();
        let mut through: BTreeSet<usize> = commits.chain(names).collect();
        if through.is_empty() {
            through = self.all();
        }
        through.retain(|&number| self.distinct[number].enabled);
        through
    }

    /// All doors of the push that are watched.
    pub(super) fn all(&self) -> BTreeSet<usize> {
        (0..self.distinct.len()).filter(|&number| self.distinct[number].enabled).collect()
    }

    pub(super) fn get(&self, numbers: &BTreeSet<usize>) -> impl Iterator<Item = &Door> + Clone {
        numbers.iter().map(|&number| &self.distinct[number])
    }
}

/// Full names of the refs that `finding` comes in through, sorted, at most `most`; none, if nothing tells.
pub(super) fn refs_of(case: &Case<'_>, finding: &Finding, most: usize) -> Vec<String> {
    let commits = introductions(finding)
        .filter_map(|commit| case.push.brought_by.get(&commit.id))
        .flat_map(|refs| refs.iter())
        .cloned();
    let names: BTreeSet<String> = commits.chain(ref_names(finding)).take(most).collect();
    names.into_iter().collect()
}

/// Commits and tags of the push that introduced a component of `finding`, those of its most telling component first.
pub(super) fn brought_in<'a>(case: &Case<'a>, finding: &'a Finding) -> impl Iterator<Item = &'a CommitRef> {
    let push = case.push;
    introductions(finding).filter(|commit| push.brought_by.contains_key(&commit.id))
}

fn introductions(finding: &Finding) -> impl Iterator<Item = &CommitRef> {
    let components = finding.components.iter().flat_map(|component| &component.trace.introductions);
    finding.trace.introductions.iter().chain(components)
}

/// Refs whose names hold a component of `finding`: full names, lossily decoded.
pub(super) fn ref_names(finding: &Finding) -> impl Iterator<Item = String> {
    let places = finding.components.iter().flat_map(|component| {
        let others = component.trace.occurrences.iter().map(|occurrence| &occurrence.location.place);
        others.chain([&component.location.place])
    });
    places.filter_map(|place| match place {
        Place::RefName(name) => Some(String::from_utf8_lossy(name).into_owned()),
        _ => None,
    })
}
