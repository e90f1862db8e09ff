//! Which values of a repository make one credential.

use super::{
    sighting::ValueIndex,
    ties::{Facts, Tie, ties},
};
use crate::{
    model::{ComponentKind, Confidence, PairingScope},
    rules::{CredentialRule, RuleSet},
};
use std::collections::{BTreeMap, BTreeSet};

/// Lines between an id and its secret up to which nothing else need vouch for the pair: a block of settings.
pub(super) const ONE_BLOCK: u32 = 10;

/// Lines up to which a pair in one text is likely: a page of settings.
const ONE_PAGE: u32 = 100;

/// Values that belong together, or a lone one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Credential<'a> {
    /// An access key id, or what else names the owner.
    pub id: Option<ValueIndex>,
    /// What the id is there for: a secret, or another value that is of use with an id only.
    pub main: Option<ValueIndex>,
    /// What goes with them: a session token.
    pub extra: Option<ValueIndex>,
    /// Why id and main, or else id and extra, are taken for one.
    pub tie: Option<Tie<'a>>,
}

impl Credential<'_> {
    /// Its values: id, main, extra.
    pub fn values(&self) -> impl Iterator<Item = ValueIndex> + use<> {
        [self.id, self.main, self.extra].into_iter().flatten()
    }

    /// The value whose life is that of the credential: the most telling one.
    pub fn leading(&self) -> ValueIndex {
        self.main.or(self.extra).or(self.id).unwrap_or(0)
    }
}

impl Tie<'_> {
    /// How sure it is that the two belong together.
    pub fn confidence(&self) -> Confidence {
        match self.scope {
            PairingScope::SameBlob if self.lines <= ONE_BLOCK || !self.shared.is_empty() => Confidence::High,
            PairingScope::SameBlob if self.lines <= ONE_PAGE => Confidence::Medium,
            PairingScope::SameBlob if self.rivals == 0 => Confidence::Medium,
            PairingScope::SamePath | PairingScope::SameCommit => Confidence::Medium,
            PairingScope::SameBlob
            | PairingScope::SameDirectory
            | PairingScope::SameProfile
            | PairingScope::Replaced => Confidence::Low,
        }
    }
}

/// What values are, as far as putting them together goes.
pub(super) struct Linker<'l, 'a> {
    /// They say which kinds go together.
    pub rules: &'l RuleSet,
    /// By value.
    pub kinds: &'l [&'l ComponentKind],
    pub facts: Facts<'a>,
    /// Whether a value begins with a text.
    pub begins_with: &'l dyn Fn(ValueIndex, &str) -> bool,
    /// Whether a value has a part in this.
    pub counts: &'l dyn Fn(ValueIndex) -> bool,
}

impl<'a> Linker<'_, 'a> {
    /// Puts values together. What finds no partner stands alone.
    pub fn link(&self) -> Vec<Credential<'a>> {
        // The first kind that a credential asks for is its id.
        let whole = self.rules.credentials.iter().filter(|rule| rule.requires.len() > 1);
        let id_kinds: BTreeSet<&ComponentKind> = whole.filter_map(|rule| rule.requires.first()).collect();
        let mut credentials: Vec<Credential<'a>> = id_kinds.iter().flat_map(|kind| self.family(kind)).collect();
        let told: BTreeSet<ValueIndex> = credentials.iter().flat_map(Credential::values).collect();
        let others = self.all().filter(|value| !told.contains(value));
        credentials.extend(others.map(|other| Credential { id: None, main: Some(other), extra: None, tie: None }));
        credentials
    }

    fn all(&self) -> impl Iterator<Item = ValueIndex> {
        (0..self.kinds.len() as ValueIndex).filter(|&value| (self.counts)(value))
    }

    fn of_kind(&self, kind: &ComponentKind) -> BTreeSet<ValueIndex> {
        self.all().filter(|&value| self.kinds[value as usize] == kind).collect()
    }

    /// All credentials whose id is of a kind, and its lone halves.
    fn family(&self, id_kind: &ComponentKind) -> Vec<Credential<'a>> {
        let ids = self.of_kind(id_kind);
        let rules = || self.rules.credentials.iter().filter(|rule| rule.requires.first() == Some(id_kind));
        let mains: BTreeSet<&ComponentKind> = rules().flat_map(|rule| &rule.requires[1..]).collect();
        let extras: BTreeSet<&ComponentKind> =
            rules().flat_map(|rule| &rule.optional).filter(|kind| !mains.contains(kind)).collect();
        // By id: the surest extra.
        let mut extra_of: BTreeMap<ValueIndex, (Tie<'a>, ValueIndex)> = BTreeMap::new();
        let mut lone_extras: BTreeSet<ValueIndex> = BTreeSet::new();
        for kind in extras {
            let (partners, ties) = self.joined(id_kind, &ids, kind);
            lone_extras.extend(partners);
            for (extra, tie) in ties {
                let offer = (tie, extra);
                match extra_of.get_mut(&offer.0.id) {
                    Some(best) if *best <= offer => {}
                    Some(best) => *best = offer,
                    None => drop(extra_of.insert(offer.0.id, offer)),
                }
            }
        }
        let mut credentials = Vec::new();
        for kind in mains {
            let (partners, mut ties) = self.joined(id_kind, &ids, kind);
            for main in partners {
                let tie = ties.remove(&main);
                let id = tie.as_ref().map(|tie| tie.id);
                let extra = id.and_then(|id| extra_of.get(&id)).map(|&(_, extra)| extra);
                credentials.push(Credential { id, main: Some(main), extra, tie });
            }
        }
        let paired: BTreeSet<ValueIndex> = credentials.iter().filter_map(|credential| credential.id).collect();
        for &id in ids.difference(&paired) {
            let (tie, extra) = extra_of.get(&id).cloned().unzip();
            credentials.push(Credential { id: Some(id), main: None, extra, tie });
        }
        let taken: BTreeSet<ValueIndex> = credentials.iter().filter_map(|credential| credential.extra).collect();
        let lone = |&extra: &ValueIndex| Credential { id: None, main: None, extra: Some(extra), tie: None };
        credentials.extend(lone_extras.difference(&taken).map(lone));
        credentials
    }

    /// The values of a kind, and what joins them to those of the `ids` with which the rules put them.
    fn joined(
        &self,
        id_kind: &ComponentKind,
        ids: &BTreeSet<ValueIndex>,
        kind: &ComponentKind,
    ) -> (BTreeSet<ValueIndex>, BTreeMap<ValueIndex, Tie<'a>>) {
        let asks_for = |rule: &&CredentialRule| {
            rule.requires.first() == Some(id_kind) && (rule.requires.contains(kind) || rule.optional.contains(kind))
        };
        let mut takers: Vec<&CredentialRule> = self.rules.credentials.iter().filter(asks_for).collect();
        // A rule that takes any id is about other kinds.
        if takers.iter().any(|rule| !rule.id_prefixes.is_empty()) {
            takers.retain(|rule| !rule.id_prefixes.is_empty());
        }
        let admitted = |id: &ValueIndex| {
            takers.iter().any(|rule| {
                rule.id_prefixes.is_empty() || rule.id_prefixes.iter().any(|prefix| (self.begins_with)(*id, prefix))
            })
        };
        let ids = ids.iter().copied().filter(admitted).collect();
        let partners = self.of_kind(kind);
        let ties = ties(self.facts, &ids, &partners);
        (partners, ties)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{git::Life, rules::builtin, scan::sighting::Sighting};

    /// Id, main, extra and scope of each credential.
    type Linked = (Option<ValueIndex>, Option<ValueIndex>, Option<ValueIndex>, Option<PairingScope>);

    /// Values in one object, one a line, by letter: `A` and `T` for long-lived and temporary ids, `s`ecret, `t`oken.
    fn linked(letters: &str) -> Vec<Linked> {
        let rules = builtin().unwrap();
        let kinds: Vec<&ComponentKind> = letters
            .chars()
            .map(|letter| match letter {
                's' => &ComponentKind::SecretAccessKey,
                't' => &ComponentKind::SessionToken,
                _ => &ComponentKind::AccessKeyId,
            })
            .collect();
        let sighting = |value: ValueIndex| Sighting {
            value,
            object: 9,
            wrapping: 0,
            at: u64::from(value) * 50,
            line: value + 1,
            column: 1,
            length: 20,
            pattern: 0,
            profile: None,
            marker: None,
        };
        let sightings: Vec<Sighting> = (0..letters.len() as ValueIndex).map(sighting).collect();
        let lives = vec![Life::default(); letters.len()];
        let facts = Facts { sightings: &sightings, lives: &lives, profiles: &[], texts: &[0] };
        let temporary = |value: ValueIndex| letters.as_bytes()[value as usize] == b'T';
        let begins_with = |value: ValueIndex, prefix: &str| temporary(value) == (prefix == "ASIA");
        let linker = Linker { rules: &rules, kinds: &kinds, facts, begins_with: &begins_with, counts: &|_| true };
        let credentials = linker.link();
        let told: BTreeSet<ValueIndex> = credentials.iter().flat_map(Credential::values).collect();
        assert_eq!(told.len(), letters.len(), "each value is told");
        credentials.iter().map(|c| (c.id, c.main, c.extra, c.tie.as_ref().map(|tie| tie.scope))).collect()
    }

    #[test]
    fn a_token_goes_with_its_id_and_a_second_one_stands_alone() {
        let same_blob = Some(PairingScope::SameBlob);
        assert_eq!(linked("Tstt"), [(Some(0), Some(1), Some(2), same_blob), (None, None, Some(3), None)]);
        assert_eq!(linked("Tt"), [(Some(0), None, Some(1), same_blob)]);
    }

    #[test]
    fn a_token_goes_with_no_long_lived_id() {
        let same_blob = Some(PairingScope::SameBlob);
        assert_eq!(linked("tAsTs"), [(Some(1), Some(2), None, same_blob), (Some(3), Some(4), Some(0), same_blob)]);
        assert_eq!(linked("At"), [(Some(0), None, None, None), (None, None, Some(1), None)]);
    }

    #[test]
    fn confidence_falls_with_distance() {
        let tie = |scope, lines, rivals| Tie { scope, cost: 0, lines, id: 0, rivals, shared: Vec::new() }.confidence();
        let blob = PairingScope::SameBlob;
        assert_eq!(
            [tie(blob, 10, 3), tie(blob, 11, 3), tie(blob, 400, 0), tie(blob, 400, 1)],
            [Confidence::High, Confidence::Medium, Confidence::Medium, Confidence::Low]
        );
        assert!(tie(PairingScope::SameCommit, 0, 0) > tie(PairingScope::SameDirectory, 0, 0));
    }
}
