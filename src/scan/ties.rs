//! What joins ids to secrets and tokens across a repository, surest ties first.
//!
//! Ids and partners of a repository are the nodes of a graph, and whatever two of them share is an edge: a text, a path,
//! a commit, a folder, a name. Within a text the nearest go together. Beyond it two go together only if nothing else is
//! left that shares the same: with several on either side nothing says which belongs to which.

use super::{
    interner::Number,
    sighting::{Sighting, ValueIndex},
};
use crate::{
    detect::{Item, pair},
    git::{Life, ObjectIndex},
    model::PairingScope,
};
use std::collections::{BTreeMap, BTreeSet};

/// Facets of one kind that are looked at for one value: a key in more folders than that is told by none of them.
const MOST_FACETS: usize = 64;

/// What is known of values when they are put together.
#[derive(Clone, Copy)]
pub(super) struct Facts<'a> {
    /// Sorted by value.
    pub sightings: &'a [Sighting],
    /// By value.
    pub lives: &'a [Life],
    /// Names, by number.
    pub profiles: &'a [String],
    /// By number of a wrapping: the number of the text that it leads to, in its object.
    pub texts: &'a [Number],
}

/// Something that values may share.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Facet<'a> {
    Path(&'a [u8]),
    Commit(ObjectIndex),
    Directory(&'a [u8]),
    Profile(&'a str),
}

/// An id for a secret or token, and what joins them; smaller is surer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Tie<'a> {
    pub scope: PairingScope,
    pub cost: u64,
    pub lines: u32,
    pub id: ValueIndex,
    pub rivals: u32,
    pub shared: Vec<Facet<'a>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Key {
    Path,
    Commit,
    Directory,
    Profile,
}

/// What may join two values that no text holds together; of one scope the most telling first.
const STEPS: [(PairingScope, &[Key]); 8] = [
    (PairingScope::SamePath, &[Key::Path, Key::Profile]),
    (PairingScope::SamePath, &[Key::Path]),
    (PairingScope::SameCommit, &[Key::Commit, Key::Profile]),
    (PairingScope::SameCommit, &[Key::Commit, Key::Directory]),
    (PairingScope::SameCommit, &[Key::Commit]),
    (PairingScope::SameDirectory, &[Key::Directory, Key::Profile]),
    (PairingScope::SameDirectory, &[Key::Directory]),
    (PairingScope::SameProfile, &[Key::Profile]),
];

/// For each of `partners` the id it belongs to, if one can be told.
pub(super) fn ties<'a>(
    facts: Facts<'a>,
    ids: &BTreeSet<ValueIndex>,
    partners: &BTreeSet<ValueIndex>,
) -> BTreeMap<ValueIndex, Tie<'a>> {
    let mut ties = within_texts(facts, ids, partners);
    for (scope, keys) in STEPS {
        // Only ids and partners that are still alone look further: an id has one secret.
        let taken: BTreeSet<ValueIndex> = ties.values().map(|tie| tie.id).collect();
        let by_facets = facts.index(keys, ids.difference(&taken));
        if by_facets.is_empty() {
            continue;
        }
        let rivals = facts.index(keys, partners.iter().filter(|partner| !ties.contains_key(partner)));
        for (shared, candidates) in by_facets {
            if let ([id], Some([partner])) = (&candidates[..], rivals.get(&shared).map(Vec::as_slice)) {
                offer(&mut ties, *partner, Tie { scope, cost: 0, lines: 0, id: *id, rivals: 0, shared });
            }
        }
    }
    replacements(facts, partners, &mut ties);
    ties
}

fn offer<'a>(ties: &mut BTreeMap<ValueIndex, Tie<'a>>, partner: ValueIndex, tie: Tie<'a>) {
    match ties.get_mut(&partner) {
        Some(best) if *best <= tie => {}
        Some(best) => *best = tie,
        None => drop(ties.insert(partner, tie)),
    }
}

/// The nearest of each text that holds both.
fn within_texts<'a>(
    facts: Facts<'a>,
    ids: &BTreeSet<ValueIndex>,
    partners: &BTreeSet<ValueIndex>,
) -> BTreeMap<ValueIndex, Tie<'a>> {
    let mut texts: BTreeMap<(ObjectIndex, Number), (Vec<Item>, Vec<Item>)> = BTreeMap::new();
    for &Sighting { value, object, wrapping, at, line, profile, .. } in facts.sightings {
        let item = Item { value, at, line, profile };
        let text = (object, facts.texts[wrapping as usize]);
        if ids.contains(&value) {
            texts.entry(text).or_default().0.push(item);
        } else if partners.contains(&value) {
            texts.entry(text).or_default().1.push(item);
        }
    }
    let mut ties = BTreeMap::new();
    for (ids, partners) in texts.values_mut().filter(|(ids, partners)| !ids.is_empty() && !partners.is_empty()) {
        ids.sort_unstable_by_key(|item| item.at);
        partners.sort_unstable_by_key(|item| item.at);
        let distinct: BTreeSet<ValueIndex> = ids.iter().map(|item| item.value).collect();
        for pair in pair(ids, partners) {
            let profile = |items: &[Item], value| items.iter().find(|item| item.value == value)?.profile;
            let both = profile(ids, pair.id).filter(|_| profile(ids, pair.id) == profile(partners, pair.partner));
            let shared = both.map(|name| Facet::Profile(&facts.profiles[name as usize]));
            let tie = Tie {
                scope: PairingScope::SameBlob,
                cost: pair.cost,
                lines: pair.lines,
                id: pair.id,
                rivals: distinct.len() as u32 - 1,
                shared: shared.into_iter().collect(),
            };
            offer(&mut ties, pair.partner, tie);
        }
    }
    ties
}

/// A secret that was changed alone, in another file than its id: at its path stood another one, whose id is known.
fn replacements<'a>(facts: Facts<'a>, partners: &BTreeSet<ValueIndex>, ties: &mut BTreeMap<ValueIndex, Tie<'a>>) {
    let alone = partners.iter().filter(|partner| !ties.contains_key(partner));
    let alone = facts.index(&[Key::Path], alone);
    if alone.is_empty() {
        return;
    }
    let joined: Vec<ValueIndex> = ties.keys().copied().collect();
    let by_path = facts.index(&[Key::Path], joined.iter());
    for (shared, partners) in alone {
        let ids: BTreeSet<ValueIndex> =
            by_path.get(&shared).into_iter().flatten().map(|partner| ties[partner].id).collect();
        if let Some(&id) = ids.first().filter(|_| ids.len() == 1) {
            for partner in partners {
                let scope = PairingScope::Replaced;
                offer(ties, partner, Tie { scope, cost: 0, lines: 0, id, rivals: 0, shared: shared.clone() });
            }
        }
    }
}

impl<'a> Facts<'a> {
    /// The values by what they have of all `keys` together.
    fn index<'v>(
        self,
        keys: &[Key],
        values: impl Iterator<Item = &'v ValueIndex>,
    ) -> BTreeMap<Vec<Facet<'a>>, Vec<ValueIndex>> {
        let mut index: BTreeMap<Vec<Facet<'a>>, Vec<ValueIndex>> = BTreeMap::new();
        for &value in values {
            let mut combined: BTreeSet<Vec<Facet<'a>>> = BTreeSet::from([Vec::new()]);
            for &key in keys {
                let facets = self.facets(key, value);
                let grown = |facets_so_far: &Vec<Facet<'a>>| {
                    let facets_so_far = facets_so_far.clone();
                    facets.clone().into_iter().map(move |facet| [facets_so_far.clone(), vec![facet]].concat())
                };
                combined = combined.iter().flat_map(grown).collect();
            }
            for facets in combined {
                index.entry(facets).or_default().push(value);
            }
        }
        index
    }

    fn facets(self, key: Key, value: ValueIndex) -> Vec<Facet<'a>> {
        let life = &self.lives[value as usize];
        let paths = || life.places.iter().filter_map(|place| place.path.as_deref());
        let mut facets: Vec<Facet<'a>> = match key {
            Key::Path => paths().map(Facet::Path).collect(),
            Key::Commit => life.introductions.iter().map(|&commit| Facet::Commit(commit)).collect(),
            Key::Directory => paths().map(|path| Facet::Directory(directory(path))).collect(),
            Key::Profile => {
                let from = self.sightings.partition_point(|sighting| sighting.value < value);
                let own = self.sightings[from..].iter().take_while(|sighting| sighting.value == value);
                own.filter_map(|one| Some(Facet::Profile(&self.profiles[one.profile? as usize]))).collect()
            }
        };
        facets.sort_unstable();
        facets.dedup();
        if facets.len() > MOST_FACETS && key != Key::Path { Vec::new() } else { facets }
    }
}

/// The folder of a path, without a slash at its end; empty for the root.
pub(super) fn directory(path: &[u8]) -> &[u8] {
    &path[..memchr::memrchr(b'/', path).unwrap_or(0)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::git::Stand;

    /// Values by what is known of them: object, place, profile; path; commit.
    struct World {
        sightings: Vec<Sighting>,
        lives: Vec<Life>,
    }

    const PROFILES: [&str; 2] = ["prod", "dev"];

    impl World {
        fn new() -> Self {
            Self { sightings: Vec::new(), lives: Vec::new() }
        }

        /// Adds a value in an object of its own at `path`, brought in by `commit`.
        fn with(mut self, path: &str, commit: ObjectIndex, profile: Option<Number>) -> Self {
            let value = self.lives.len() as ValueIndex;
            let path = Some(path.as_bytes().to_vec());
            let places = vec![Stand { path, objects: vec![value], reachable: true }];
            self.lives.push(Life { introductions: vec![commit], places, ..Life::default() });
            let (at, line) = (0, 1);
            let (column, length, pattern, marker) = (1, 20, 0, None);
            self.sightings.push(Sighting {
                value,
                object: value,
                wrapping: 0,
                at,
                line,
                column,
                length,
                pattern,
                profile,
                marker,
            });
            self
        }

        fn ties(&self, ids: &[ValueIndex], partners: &[ValueIndex]) -> Vec<(ValueIndex, ValueIndex, PairingScope)> {
            let profiles = PROFILES.map(String::from);
            let facts = Facts { sightings: &self.sightings, lives: &self.lives, profiles: &profiles, texts: &[0] };
            let (ids, partners) = (ids.iter().copied().collect(), partners.iter().copied().collect());
            ties(facts, &ids, &partners).iter().map(|(&partner, tie)| (tie.id, partner, tie.scope)).collect()
        }
    }

    #[test]
    fn what_shares_more_goes_first() {
        use PairingScope::{SameCommit, SameDirectory, SamePath, SameProfile};
        let world = World::new().with("a/x", 1, None).with("b/y", 2, None).with("b/y", 3, None).with("c/z", 2, None);
        assert_eq!(world.ties(&[0, 1], &[2, 3]), [(1, 2, SamePath)], "nothing joins 3 to 0");
        let world = World::new().with("a/x", 1, None).with("b/x", 2, None).with("c/y", 1, None).with("b/y", 3, None);
        assert_eq!(world.ties(&[0, 1], &[2, 3]), [(0, 2, SameCommit), (1, 3, SameDirectory)]);
        let world = World::new().with("a/x", 1, Some(0)).with("b/x", 2, Some(0));
        assert_eq!(world.ties(&[0], &[1]), [(0, 1, SameProfile)]);
        let world = World::new().with("a/x", 1, Some(0)).with("b/x", 2, Some(1));
        assert_eq!(world.ties(&[0], &[1]), []);
    }

    #[test]
    fn several_on_one_side_are_left_alone_unless_a_name_or_a_folder_tells_them_apart() {
        let world = World::new().with("a", 1, None).with("a", 2, None).with("a", 3, None);
        assert_eq!(world.ties(&[0], &[1, 2]), []);
        assert_eq!(world.ties(&[0, 1], &[2]), []);
        let commit = PairingScope::SameCommit;
        let named = World::new().with("a/1", 1, Some(0)).with("a/2", 1, Some(1)).with("a/3", 1, Some(1)).with(
            "a/4",
            1,
            Some(0),
        );
        assert_eq!(named.ties(&[0, 1], &[2, 3]), [(1, 2, commit), (0, 3, commit)]);
        let apart = World::new().with("a/1", 1, None).with("b/1", 1, None).with("b/2", 1, None).with("a/2", 1, None);
        assert_eq!(apart.ties(&[0, 1], &[2, 3]), [(1, 2, commit), (0, 3, commit)]);
    }

    #[test]
    fn a_secret_that_takes_anothers_place_takes_its_id() {
        let world = World::new().with("a/id", 1, None).with("b/secret", 1, None).with("b/secret", 2, None);
        let (commit, replaced) = (PairingScope::SameCommit, PairingScope::Replaced);
        assert_eq!(world.ties(&[0], &[1, 2]), [(0, 1, commit), (0, 2, replaced)]);
    }
}
