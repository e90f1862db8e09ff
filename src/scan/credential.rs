//! Which values of a repository make one credential.

use super::{content::Sighting, values::ValueIndex};
use crate::{
    detect::{Item, pair},
    git::{Life, ObjectIndex},
    model::{ComponentKind, Confidence, Pairing, PairingScope},
    rules::RuleSet,
};
use std::collections::{BTreeMap, BTreeSet};

/// Lines between an id and its secret up to which nothing else need vouch for the pair: a block of settings.
const ONE_BLOCK: u32 = 10;

/// Values that belong together, or a lone one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Credential {
    pub id: Option<ValueIndex>,
    pub secret: Option<ValueIndex>,
    pub token: Option<ValueIndex>,
    /// A value of another kind, which goes with an id if a credential asks for both.
    pub other: Option<ValueIndex>,
    pub pairing: Option<Pairing>,
}

impl Credential {
    /// Its values: id, secret, token.
    pub fn values(&self) -> impl Iterator<Item = ValueIndex> + '_ {
        [self.id, self.secret, self.token, self.other].into_iter().flatten()
    }

    /// The value whose life is that of the credential: the most telling one.
    pub fn leading(&self) -> ValueIndex {
        self.secret.or(self.other).or(self.token).or(self.id).unwrap_or(0)
    }

    /// How sure we are, given how sure each value is by itself.
    pub fn confidence(&self, of: impl Fn(ValueIndex) -> Option<Confidence>) -> Confidence {
        let alone = self.values().filter_map(of).max().unwrap_or(Confidence::Low);
        match &self.pairing {
            Some(Pairing { scope: PairingScope::SameBlob, lines_apart: Some(lines) }) if *lines <= ONE_BLOCK => {
                Confidence::High
            }
            Some(Pairing { scope: PairingScope::SameCommit, .. }) => alone.min(Confidence::Medium),
            Some(_) | None => alone,
        }
    }
}

/// An id for a secret or token, and how it was found; smaller is better.
type Link = (PairingScope, u64, u32, ValueIndex);

/// Puts those values together that `counts` admits: nearest in an object first, then by path, then by commit. What finds
/// no partner stands alone.
pub(super) fn link(
    rules: &RuleSet,
    kinds: &[&ComponentKind],
    sightings: &[Sighting],
    lives: &[Life],
    counts: impl Fn(ValueIndex) -> bool,
) -> Vec<Credential> {
    let all = || (0..kinds.len() as ValueIndex).filter(|&value| counts(value));
    let of_kind = |kind: &ComponentKind| -> BTreeSet<ValueIndex> {
        all().filter(|&value| kinds[value as usize] == kind).collect()
    };
    let ids = of_kind(&ComponentKind::AccessKeyId);
    let secrets = of_kind(&ComponentKind::SecretAccessKey);
    let tokens = of_kind(&ComponentKind::SessionToken);
    let secret_links = links(&ids, &secrets, sightings, lives);
    let token_links = links(&ids, &tokens, sightings, lives);

    let mut token_of: BTreeMap<ValueIndex, (Link, ValueIndex)> = BTreeMap::new();
    for (&token, &link) in &token_links {
        let best = token_of.entry(link.3).or_insert((link, token));
        *best = (*best).min((link, token));
    }
    let mut credentials = Vec::new();
    for &secret in &secrets {
        let link = secret_links.get(&secret);
        let id = link.map(|link| link.3);
        let pairing = link.map(|&(scope, _, lines, _)| Pairing {
            scope,
            lines_apart: (scope == PairingScope::SameBlob).then_some(lines),
        });
        let token = id.and_then(|id| token_of.get(&id)).map(|&(_, token)| token);
        credentials.push(Credential { id, secret: Some(secret), token, other: None, pairing });
    }
    for (id_kind, kind) in other_pairs(rules) {
        let links = links(&of_kind(id_kind), &of_kind(kind), sightings, lives);
        for (&other, &(scope, _, lines, id)) in &links {
            let lines_apart = (scope == PairingScope::SameBlob).then_some(lines);
            let token = token_of.get(&id).map(|&(_, token)| token);
            let pairing = Some(Pairing { scope, lines_apart });
            credentials.push(Credential { id: Some(id), secret: None, token, other: Some(other), pairing });
        }
    }
    let paired: BTreeSet<ValueIndex> = credentials.iter().filter_map(|credential| credential.id).collect();
    for &id in ids.difference(&paired) {
        let token = token_of.get(&id);
        let pairing = token.map(|((scope, _, lines, _), _)| Pairing {
            scope: *scope,
            lines_apart: (*scope == PairingScope::SameBlob).then_some(*lines),
        });
        let token = token.map(|&(_, token)| token);
        credentials.push(Credential { id: Some(id), secret: None, token, other: None, pairing });
    }
    let taken: BTreeSet<ValueIndex> = credentials.iter().filter_map(|credential| credential.token).collect();
    let lone = |token, other| Credential { id: None, secret: None, token, other, pairing: None };
    credentials.extend(tokens.difference(&taken).map(|&token| lone(Some(token), None)));
    let told: BTreeSet<ValueIndex> = credentials.iter().flat_map(|one| [one.id, one.other]).flatten().collect();
    let others =
        all().filter(|&value| matches!(kinds[value as usize], ComponentKind::Other(_)) && !told.contains(&value));
    credentials.extend(others.map(|other| lone(None, Some(other))));
    credentials
}

/// The kinds that credentials ask for besides key, secret and token, each with the kind of its id: the first that the
/// credential names.
fn other_pairs(rules: &RuleSet) -> BTreeSet<(&ComponentKind, &ComponentKind)> {
    let required = rules.credentials.iter().map(|rule| &rule.requires[..]);
    let pairs = required.filter_map(|kinds| match kinds {
        [id, other @ ComponentKind::Other(_)] => Some((id, other)),
        _ => None,
    });
    pairs.collect()
}

/// For each of `partners` the id it belongs to, if one can be told.
fn links(
    ids: &BTreeSet<ValueIndex>,
    partners: &BTreeSet<ValueIndex>,
    sightings: &[Sighting],
    lives: &[Life],
) -> BTreeMap<ValueIndex, Link> {
    let mut links: BTreeMap<ValueIndex, Link> = BTreeMap::new();
    let mut offer = |partner: ValueIndex, link: Link| {
        let best = links.entry(partner).or_insert(link);
        *best = (*best).min(link);
    };
    for (ids, partners) in by_object(ids, partners, sightings).values() {
        for pair in pair(ids, partners) {
            offer(pair.partner, (PairingScope::SameBlob, pair.distance, pair.lines, pair.id));
        }
    }
    // Only ids and partners that are still alone look further: an id has one secret.
    for (scope, key) in [(PairingScope::SamePath, Key::Path), (PairingScope::SameCommit, Key::Introduction)] {
        let taken: BTreeSet<ValueIndex> = links.values().map(|link| link.3).collect();
        let free_ids: Vec<ValueIndex> = ids.difference(&taken).copied().collect();
        let by_key = key.index(&free_ids, lives);
        let alone: Vec<ValueIndex> = partners.iter().copied().filter(|partner| !links.contains_key(partner)).collect();
        let rivals = key.index(&alone, lives);
        for (place, candidates) in &by_key {
            // With several on either side nothing says which belongs to which.
            if let ([id], Some([partner])) = (&candidates[..], rivals.get(place).map(Vec::as_slice)) {
                let link = (scope, 0, 0, *id);
                let best = links.entry(*partner).or_insert(link);
                *best = (*best).min(link);
            }
        }
    }
    links
}

type Items = (Vec<Item>, Vec<Item>);

/// Ids and partners of each object that holds both, by place.
fn by_object(
    ids: &BTreeSet<ValueIndex>,
    partners: &BTreeSet<ValueIndex>,
    sightings: &[Sighting],
) -> BTreeMap<ObjectIndex, Items> {
    let mut objects: BTreeMap<ObjectIndex, Items> = BTreeMap::new();
    for &Sighting { value, object, at, line, .. } in sightings {
        let item = Item { value, at, line };
        if ids.contains(&value) {
            objects.entry(object).or_default().0.push(item);
        } else if partners.contains(&value) {
            objects.entry(object).or_default().1.push(item);
        }
    }
    objects.retain(|_, (ids, partners)| !ids.is_empty() && !partners.is_empty());
    for (ids, partners) in objects.values_mut() {
        ids.sort_unstable_by_key(|item| item.at);
        partners.sort_unstable_by_key(|item| item.at);
    }
    objects
}

/// What two halves in different objects may share.
#[derive(Debug, Clone, Copy)]
enum Key {
    Path,
    Introduction,
}

impl Key {
    fn index<'l>(self, values: &[ValueIndex], lives: &'l [Life]) -> BTreeMap<Shared<'l>, Vec<ValueIndex>> {
        let mut index: BTreeMap<Shared<'l>, Vec<ValueIndex>> = BTreeMap::new();
        for &value in values {
            let life = &lives[value as usize];
            match self {
                Self::Path => life.places.iter().filter_map(|place| place.path.as_deref()).for_each(|path| {
                    index.entry(Shared::Path(path)).or_default().push(value);
                }),
                Self::Introduction => life.introductions.iter().for_each(|&commit| {
                    index.entry(Shared::Commit(commit)).or_default().push(value);
                }),
            }
        }
        index
    }
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Shared<'l> {
    Path(&'l [u8]),
    Commit(ObjectIndex),
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::git::Stand;
    use crate::rules::builtin;

    const KINDS: [ComponentKind; 3] =
        [ComponentKind::AccessKeyId, ComponentKind::SecretAccessKey, ComponentKind::SessionToken];

    fn sighting(value: ValueIndex, object: ObjectIndex, at: u64) -> Sighting {
        let line = 1 + at as u32 / 50;
        Sighting { value, object, at, line, column: 1, pattern: 0, marker: None }
    }

    /// A life at one path, brought in by one commit.
    fn life(path: &str, commit: ObjectIndex) -> Life {
        let path = Some(path.as_bytes().to_vec());
        let places = vec![Stand { path, objects: vec![0], reachable: true }];
        Life { introductions: vec![commit], places, ..Life::default() }
    }

    /// Id, secret, token and scope of each credential.
    type Linked = (Option<ValueIndex>, Option<ValueIndex>, Option<ValueIndex>, Option<PairingScope>);

    /// `kinds` by letter: `i`d, `s`ecret, `t`oken.
    fn linked(kinds: &str, sightings: &[Sighting], lives: &[Life]) -> Vec<Linked> {
        let kinds: Vec<_> = kinds.chars().map(|kind| &KINDS["ist".find(kind).unwrap()]).collect();
        let mut sightings = sightings.to_vec();
        sightings.sort_unstable_by_key(|sighting| (sighting.value, sighting.object, sighting.at));
        let credentials = link(&builtin().unwrap(), &kinds, &sightings, lives, |_| true);
        let mut told: Vec<_> = credentials.iter().flat_map(Credential::values).collect();
        told.sort_unstable();
        told.dedup();
        assert_eq!(told.len(), kinds.len(), "each value is told");
        credentials.iter().map(|c| (c.id, c.secret, c.token, c.pairing.as_ref().map(|p| p.scope))).collect()
    }

    #[test]
    fn one_object_goes_before_one_path_and_one_path_before_one_commit() {
        let (same_blob, same_path) = (Some(PairingScope::SameBlob), Some(PairingScope::SamePath));
        let same_commit = Some(PairingScope::SameCommit);
        // Secret 2 stands with id 0, at the path of id 1; secret 3 is brought in with id 1.
        let lives = [life("a", 1), life("b", 2), life("b", 3), life("c", 2)];
        let together = [sighting(0, 10, 0), sighting(2, 10, 60), sighting(1, 11, 0), sighting(3, 12, 0)];
        assert_eq!(
            linked("iiss", &together, &lives),
            [(Some(0), Some(2), None, same_blob), (Some(1), Some(3), None, same_commit)]
        );
        let apart: Vec<_> = (0..4).map(|value| sighting(value, value, 0)).collect();
        assert_eq!(
            linked("iiss", &apart, &lives),
            [(Some(1), Some(2), None, same_path), (None, Some(3), None, None), (Some(0), None, None, None)]
        );
    }

    #[test]
    fn across_objects_several_on_one_side_are_left_alone() {
        let lives = [life("a", 1), life("a", 2), life("a", 3)];
        let apart: Vec<_> = (0..3).map(|value| sighting(value, value, 0)).collect();
        for kinds in ["iss", "iis"] {
            assert!(linked(kinds, &apart, &lives).iter().all(|(.., scope)| scope.is_none()), "{kinds}");
        }
    }

    #[test]
    fn a_token_goes_with_its_id_and_a_second_one_stands_alone() {
        let lives = [life("a", 1), life("a", 1), life("a", 1), life("a", 1)];
        let object = [sighting(0, 9, 0), sighting(1, 9, 50), sighting(2, 9, 100), sighting(3, 9, 300)];
        let same_blob = Some(PairingScope::SameBlob);
        assert_eq!(
            linked("istt", &object, &lives),
            [(Some(0), Some(1), Some(2), same_blob), (None, None, Some(3), None)]
        );
        assert_eq!(linked("it", &object[..2], &lives), [(Some(0), None, Some(1), same_blob)]);
    }

    #[test]
    fn a_near_pair_is_sure_and_one_that_only_a_commit_joins_is_not() {
        let credential = |scope, lines_apart| Credential {
            id: Some(0),
            secret: Some(1),
            token: None,
            other: None,
            pairing: Some(Pairing { scope, lines_apart }),
        };
        let sure = |credential: &Credential, alone| credential.confidence(|_| Some(alone));
        let (low, medium, high) = (Confidence::Low, Confidence::Medium, Confidence::High);
        assert_eq!(sure(&credential(PairingScope::SameBlob, Some(ONE_BLOCK)), low), high);
        assert_eq!(sure(&credential(PairingScope::SameBlob, Some(ONE_BLOCK + 1)), low), low);
        assert_eq!(sure(&credential(PairingScope::SameCommit, None), high), medium);
        assert_eq!(sure(&credential(PairingScope::SamePath, None), high), high);
    }
}
