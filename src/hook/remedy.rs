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
        let refs_of = |id: &Oid| case.push.brought_by.get(id).into_iter().flat_map(|refs| refs.iter()).take(REFS);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hook::sample::{Scene, lone, oid, pair};

    const MAIN: &str = "refs/heads/main";
    const DEV: &str = "refs/heads/dev";
    const TAG: &str = "refs/tags/v1";

    fn remedy(scene: &Scene) -> Remedy {
        let findings: Vec<&Finding> = scene.push.report.findings.iter().collect();
        Remedy::new(&scene.case(), &findings)
    }

    fn rewrite(refs: &[&str], commits: &[u8], is_last: bool, is_new: bool) -> Rewrite {
        let refs = refs.iter().map(|&name| name.to_owned()).collect();
        Rewrite { refs, commits: commits.iter().map(|&n| oid(n)).collect(), is_last, is_new }
    }

    #[test]
    fn only_the_tip_of_a_branch_is_amended() {
        let of = |findings: &[&[u8]]| {
            let scene = Scene::new("").update(MAIN, 1, 5).brings(5, &[MAIN]).brings(4, &[MAIN]);
            remedy(&findings.iter().fold(scene, |scene, commits| scene.finding(pair(1, "a", commits)))).rewrites
        };
        assert_eq!(of(&[&[5]]), [rewrite(&[MAIN], &[5], true, false)]);
        assert_eq!(of(&[&[4]]), [rewrite(&[MAIN], &[4], false, false)]);
        assert_eq!(of(&[&[5], &[4]]), [rewrite(&[MAIN], &[4, 5], false, false)], "by date");
        assert_eq!(of(&[&[1, 4]]), [rewrite(&[MAIN], &[4], false, false)], "the push brings no others");
        assert_eq!(of(&[&[1]]), []);
    }

    #[test]
    fn branches_that_go_on_are_told_apart_and_those_alike_together() {
        let scene = Scene::new("").update(MAIN, 1, 5).update(DEV, 0, 6).update("refs/heads/x", 1, 7);
        let scene = scene.brings(5, &[DEV, MAIN, "refs/heads/x"]).finding(pair(1, "a", &[5]));
        let wanted = [rewrite(&[DEV, "refs/heads/x"], &[5], false, true), rewrite(&[MAIN], &[5], true, false)];
        assert_eq!(remedy(&scene).rewrites, wanted);
    }

    #[test]
    fn tags_are_set_anew_for_what_they_reach_and_for_what_they_say() {
        let scene = Scene::new("").update(MAIN, 1, 5).update(TAG, 0, 8).brings(5, &[MAIN, TAG]);
        let reached = remedy(&scene.finding(pair(1, "a", &[5])));
        assert_eq!(reached.rewrites, [rewrite(&[MAIN], &[5], true, false)]);
        assert_eq!(reached.tags, [TAG.to_owned()].into());

        let scene = Scene::new("").update(TAG, 0, 8).brings(8, &[TAG]);
        let said = remedy(&scene.finding(lone(1, Place::Tag, &[8])));
        assert_eq!((said.rewrites, said.tags), (vec![], [TAG.to_owned()].into()));

        let scene = Scene::new("").update(TAG, 0, 8).brings(5, &[TAG]);
        let alone = remedy(&scene.finding(pair(1, "a", &[5])));
        assert_eq!(alone.rewrites, [rewrite(&[TAG], &[5], false, true)], "no branch is pushed");
    }

    #[test]
    fn messages_and_names_are_known() {
        let scene = Scene::new("").update(MAIN, 1, 5).brings(5, &[MAIN]).finding(lone(1, Place::Commit, &[5]));
        assert_eq!(remedy(&scene).messages, [oid(5)].into());
        let name = Place::RefName(b"refs/heads/\xff".into());
        let scene = Scene::new("").update(MAIN, 1, 5).finding(lone(1, name, &[]));
        assert_eq!(remedy(&scene).names, ["refs/heads/\u{fffd}".to_owned()].into());
    }
}
