//! From sightings to findings: what belongs together becomes one credential, with its life and its places.

use super::{
    ScanOptions,
    content::{ContentWork, DroppedSighting, Sighting},
    credential::{Credential, link},
    values::{Value, ValueIndex, Values},
};
use crate::{
    aws,
    git::{Life, ObjectIndex, Stand, Store, Tracer, signature},
    model::{
        CommitRef, Component, ComponentKind, DropCount, DropReason, Dropped, Finding, Fingerprint, Location,
        ObjectKind, Occurrence, Oid, Place, Secret, Suppression, SuppressionKind, Trace,
    },
    report::line_hashes,
    rules::{Paths, Pattern, RuleSet},
};
use rustc_hash::{FxHashMap, FxHashSet};
use std::{cell::RefCell, collections::BTreeMap};

/// Everything the content walk found, put in an order that does not depend on which worker found it.
pub(super) struct Assembly<'a> {
    rules: &'a RuleSet,
    options: &'a ScanOptions,
    values: Vec<Value>,
    /// Sorted by value, object, place.
    sightings: Vec<Sighting>,
    dropped_values: Vec<Value>,
    dropped: Vec<DroppedSighting>,
    drops: Vec<DropCount>,
    damaged: Vec<ObjectIndex>,
    /// Objects that are too large to be held.
    streamed: FxHashSet<ObjectIndex>,
}

/// What a report shows of what was found.
pub(super) struct Assembled {
    /// Worst first.
    pub findings: Vec<Finding>,
    /// Findings left out since no ref reaches them.
    pub left_out: u64,
    /// Drops by rule and reason.
    pub drops: Vec<DropCount>,
    /// Dropped values, with `--explain`.
    pub dropped: Vec<Dropped>,
}

impl<'a> Assembly<'a> {
    pub fn new(
        rules: &'a RuleSet,
        options: &'a ScanOptions,
        values: Values,
        dropped: Values,
        work: Vec<ContentWork>,
    ) -> Self {
        let drops = drop_counts(rules, &work);
        let (values, renumbered) = values.sorted();
        let (dropped_values, dropped_renumbered) = dropped.sorted();
        let mut assembly = Self {
            rules,
            options,
            values,
            sightings: Vec::new(),
            dropped_values,
            dropped: Vec::new(),
            drops,
            damaged: Vec::new(),
            streamed: FxHashSet::default(),
        };
        for mut work in work {
            work.sightings.iter_mut().for_each(|sighting| sighting.value = renumbered[sighting.value as usize]);
            work.dropped.iter_mut().for_each(|dropped| {
                dropped.sighting.value = dropped_renumbered[dropped.sighting.value as usize];
            });
            assembly.sightings.append(&mut work.sightings);
            assembly.dropped.append(&mut work.dropped);
            assembly.damaged.append(&mut work.damaged);
            assembly.streamed.extend(work.streamed);
        }
        assembly.sightings.sort_unstable_by_key(|sighting| (sighting.value, sighting.object, sighting.at));
        assembly.dropped.sort_unstable_by_key(|dropped| {
            (dropped.sighting.value, dropped.reason, dropped.sighting.object, dropped.sighting.at)
        });
        assembly
    }

    /// Commits and tags whose header makes no sense.
    pub fn damaged(&self) -> impl Iterator<Item = &ObjectIndex> {
        self.damaged.iter()
    }

    /// By object number: whether its path matters.
    pub fn holders(&self, objects: usize) -> Vec<bool> {
        let mut wanted = vec![false; objects];
        let dropped = self.dropped.iter().map(|dropped| &dropped.sighting);
        self.sightings.iter().chain(dropped).for_each(|sighting| wanted[sighting.object as usize] = true);
        wanted
    }

    /// By value, kept ones first and then dropped ones: the objects that hold it.
    pub fn holders_by_value(&self) -> Vec<Vec<ObjectIndex>> {
        let mut holders = vec![Vec::new(); self.values.len() + self.dropped_values.len()];
        for sighting in &self.sightings {
            holders[sighting.value as usize].push(sighting.object);
        }
        for dropped in &self.dropped {
            holders[self.values.len() + dropped.sighting.value as usize].push(dropped.sighting.object);
        }
        holders.iter_mut().for_each(Vec::dedup);
        holders
    }

    /// Puts values together and looks up what a report shows of them.
    pub fn finish(self, store: &Store, tracer: Tracer<'_>, head: &crate::git::Head) -> Assembled {
        let lives = tracer.lives(self.values.len() + self.dropped_values.len());
        let (kept, dropped) = lives.split_at(self.values.len());
        let builder = Builder { assembly: &self, store, lives: kept, head, commits: RefCell::default() };
        let kinds: Vec<&ComponentKind> =
            self.values.iter().map(|value| &self.rules.rules[usize::from(value.rule)].kind).collect();
        let elsewhere: Vec<bool> = (0..).zip(kept).map(|(value, life)| self.elsewhere(value, life)).collect();
        let link = |reachable: bool| {
            let counts = |value: ValueIndex| {
                let value = value as usize;
                !elsewhere[value] && (!self.options.reachable_only || kept[value].reachable == reachable)
            };
            link(self.rules, &kinds, &self.sightings, kept, counts)
        };
        let credentials = link(true);
        let left_out = if self.options.reachable_only { link(false).len() as u64 } else { 0 };
        let mut findings: Vec<Finding> = credentials.iter().map(|credential| builder.finding(credential)).collect();
        builder.hash_lines(&mut findings);
        findings.sort_by_cached_key(|finding| {
            let Location { place, line, column, .. } = &finding.primary().location;
            (std::cmp::Reverse(finding.severity), place.clone(), *line, *column, finding.fingerprint.clone())
        });
        let mut drops = self.drops.clone();
        let mut dropped = builder.dropped(dropped);
        builder.drop_elsewhere(&elsewhere, &mut drops, &mut dropped);
        Assembled { findings, left_out, drops, dropped }
    }

    /// Where a value stands in an object: its first place there.
    fn sighting(&self, value: ValueIndex, object: ObjectIndex) -> &Sighting {
        let n = self.sightings.partition_point(|sighting| (sighting.value, sighting.object) < (value, object));
        &self.sightings[n]
    }

    fn sightings_of(&self, value: ValueIndex) -> &[Sighting] {
        let from = self.sightings.partition_point(|sighting| sighting.value < value);
        let to = self.sightings.partition_point(|sighting| sighting.value <= value);
        &self.sightings[from..to]
    }

    /// The patterns that found a value, each as often as it did.
    fn patterns_of(&self, value: ValueIndex) -> impl Iterator<Item = &'a Pattern> {
        let rule = &self.rules.rules[usize::from(self.values[value as usize].rule)];
        self.sightings_of(value).iter().map(|sighting| &rule.patterns[usize::from(sighting.pattern)])
    }

    /// Whether the value is none because all patterns that found it ask for other paths than it stands at.
    fn elsewhere(&self, value: ValueIndex, life: &Life) -> bool {
        let stands_in = |paths: &Paths| {
            life.places.iter().filter_map(|place| place.path.as_deref()).any(|path| paths.matches(path))
        };
        self.patterns_of(value).all(|pattern| pattern.paths.as_ref().is_some_and(|paths| !stands_in(paths)))
    }
}

/// Drops of all workers together, by rule and reason.
fn drop_counts(rules: &RuleSet, work: &[ContentWork]) -> Vec<DropCount> {
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

/// Turns numbers into what a report shows.
struct Builder<'b> {
    assembly: &'b Assembly<'b>,
    store: &'b Store,
    lives: &'b [Life],
    head: &'b crate::git::Head,
    /// Commits and tags that were read for a report: one may bring in thousands of values.
    commits: RefCell<FxHashMap<ObjectIndex, CommitRef>>,
}

impl Builder<'_> {
    fn finding(&self, credential: &Credential) -> Finding {
        let rules = self.assembly.rules;
        let components: Vec<Component> = credential.values().map(|value| self.component(value)).collect();
        let leading = credential.values().position(|value| value == credential.leading()).unwrap_or(0);
        let facts = |component: &Component| aws::facts(&component.kind, component.secret.expose());
        let facts = components.iter().map(facts).fold(facts(&components[leading]), aws::Facts::or);
        let kinds: Vec<&ComponentKind> = components.iter().map(|component| &component.kind).collect();
        let id = components.iter().find(|component| component.kind == ComponentKind::AccessKeyId);
        let id = id.map(|component| component.secret.expose());
        let as_credential = rules.credentials.iter().find(|rule| {
            let known = |kind: &&ComponentKind| rule.requires.contains(kind) || rule.optional.contains(kind);
            rule.requires.iter().all(|kind| kinds.contains(&kind))
                && kinds.iter().all(known)
                && (rule.id_prefixes.is_empty()
                    || id.is_some_and(|id| rule.id_prefixes.iter().any(|prefix| id.starts_with(prefix.as_bytes()))))
        });
        let lone = &rules.rules[usize::from(self.assembly.values[credential.leading() as usize].rule)];
        let (rule_id, title, severity, advice) = match as_credential {
            Some(rule) => (&rule.id, &rule.name, rule.severity, &rule.advice),
            None => (&lone.id, &lone.name, lone.severity, &lone.advice),
        };
        let values: Vec<&[u8]> = components.iter().map(|component| component.secret.expose()).collect();
        let fingerprint = Fingerprint::new(&self.assembly.options.fingerprint_key, rule_id, &values);
        Finding {
            rule_id: rule_id.clone(),
            fingerprint,
            severity,
            confidence: credential
                .confidence(|value| self.assembly.patterns_of(value).map(|pattern| pattern.confidence).max()),
            title: title.clone(),
            advice: advice.clone(),
            pairing: credential.pairing.clone(),
            account_id: facts.account_id,
            lifetime: facts.lifetime,
            expires: facts.expires,
            trace: components[leading].trace.clone(),
            line_hash: String::new(),
            suppression: self.inline(credential),
            components,
        }
    }

    fn component(&self, value: ValueIndex) -> Component {
        let Value { rule, secret } = &self.assembly.values[value as usize];
        let rule = &self.assembly.rules.rules[usize::from(*rule)];
        let life = &self.lives[value as usize];
        let object = life.primary.map_or_else(|| self.assembly.sightings_of(value)[0].object, |(_, object)| object);
        let path = life.primary.and_then(|(place, _)| life.places[place].path.as_deref());
        Component {
            kind: rule.kind.clone(),
            rule_id: rule.id.clone(),
            secret: secret.clone(),
            fingerprint: Fingerprint::new(&self.assembly.options.fingerprint_key, &rule.id, &[secret.expose()]),
            location: self.location(self.assembly.sighting(value, object), path, secret),
            trace: self.trace(value),
        }
    }

    fn location(&self, sighting: &Sighting, path: Option<&[u8]>, secret: &Secret) -> Location {
        let place = match (path, self.store.table().kind(sighting.object)) {
            (Some(path), _) => Place::File(path.to_vec()),
            (None, Some(ObjectKind::Commit)) => Place::Commit,
            (None, Some(ObjectKind::Tag)) => Place::Tag,
            (None, _) => Place::Unnamed,
        };
        Location {
            place,
            object: self.store.table().id(sighting.object),
            line: sighting.line,
            column: sighting.column,
            length: secret.expose().split(|&byte| byte == b'\n').next().map_or(0, <[u8]>::len) as u32,
        }
    }

    fn trace(&self, value: ValueIndex) -> Trace {
        let life = &self.lives[value as usize];
        let secret = &self.assembly.values[value as usize].secret;
        let stands = life.places.iter().filter(|stand| stand.reachable || !self.assembly.options.reachable_only);
        let occurrence = |stand: &Stand| Occurrence {
            location: self.location(self.assembly.sighting(value, stand.objects[0]), stand.path.as_deref(), secret),
            blobs: stand.objects.len() as u32,
            reachable: stand.reachable,
        };
        let mut objects: Vec<ObjectIndex> = self.assembly.sightings_of(value).iter().map(|s| s.object).collect();
        objects.dedup();
        let commit = |&id: &ObjectIndex| self.commit(id);
        let at_head = self.head.tip.as_ref().is_some_and(|tip| life.present_in.binary_search(tip).is_ok());
        Trace {
            introductions: life.introductions.iter().map(commit).collect(),
            removals: life.removals.iter().map(commit).collect(),
            present_in: life.present_in.clone(),
            at_head,
            reachable: life.reachable,
            occurrences: stands.map(occurrence).collect(),
            blobs: objects.len() as u32,
        }
    }

    /// Fills in the line hashes, reading each object once: a dump of keys is one object and thousands of findings.
    fn hash_lines(&self, findings: &mut [Finding]) {
        let mut by_object: BTreeMap<Oid, Vec<(u32, usize)>> = BTreeMap::new();
        for (n, finding) in findings.iter().enumerate() {
            let Location { object, line, .. } = finding.primary().location;
            by_object.entry(object).or_default().push((line, n));
        }
        for (object, mut places) in by_object {
            let held = self.store.table().find(object.as_bytes()).filter(|id| !self.assembly.streamed.contains(id));
            let Some((_, bytes)) = held.and_then(|id| self.store.read(id).ok()) else { continue };
            places.sort_unstable();
            let lines: Vec<u32> = places.iter().map(|&(line, _)| line).collect();
            for ((_, n), hash) in places.into_iter().zip(line_hashes(&bytes, &lines)) {
                findings[n].line_hash = hash;
            }
        }
    }

    fn commit(&self, id: ObjectIndex) -> CommitRef {
        let read = || {
            // A commit that was read a moment ago; should it be gone by now, its id still tells.
            let bytes = self.store.read(id).map(|(_, bytes)| bytes).unwrap_or_default();
            signature(self.store.table().id(id), &bytes)
        };
        self.commits.borrow_mut().entry(id).or_insert_with(read).clone()
    }

    /// A comment allows a credential if each of its values carries one in every file that ever held it, in some version
    /// of that file: whoever adds the comment later speaks for the older versions too, but not for other files.
    fn inline(&self, credential: &Credential) -> Option<Suppression> {
        let mut marker = None;
        for value in credential.values() {
            let by_object: FxHashMap<ObjectIndex, &'static str> = self
                .assembly
                .sightings_of(value)
                .iter()
                .filter_map(|sighting| Some((sighting.object, sighting.marker?)))
                .collect();
            let places = &self.lives[value as usize].places;
            for place in places {
                marker = Some(*place.objects.iter().find_map(|object| by_object.get(object))?);
            }
        }
        marker.map(|reason| Suppression { kind: SuppressionKind::Inline, reason: reason.to_owned() })
    }

    /// Adds the values that stand elsewhere than their patterns ask for to the drops, and with `--explain` to the dropped.
    fn drop_elsewhere(&self, elsewhere: &[bool], drops: &mut Vec<DropCount>, dropped: &mut Vec<Dropped>) {
        let reason = DropReason::OtherPath;
        let mut counts: BTreeMap<String, u64> = BTreeMap::new();
        for value in (0..).zip(elsewhere).filter_map(|(value, &elsewhere)| elsewhere.then_some(value)) {
            let Component { rule_id, secret, location, trace, .. } = self.component(value);
            let objects = u64::from(trace.blobs);
            *counts.entry(rule_id.clone()).or_insert(0) += objects;
            if self.assembly.options.explain {
                dropped.push(Dropped { rule_id, secret, reason, detail: String::new(), location, objects });
            }
        }
        drops.extend(counts.into_iter().map(|(rule_id, count)| DropCount { rule_id, reason, count }));
        drops.sort();
        dropped.sort_by_cached_key(|dropped| (dropped.rule_id.clone(), dropped.reason, dropped.location.clone()));
    }

    /// The dropped values, each with its first place.
    fn dropped(&self, lives: &[Life]) -> Vec<Dropped> {
        let groups =
            self.assembly.dropped.chunk_by(|a, b| (a.sighting.value, a.reason) == (b.sighting.value, b.reason));
        groups
            .map(|group| {
                let DroppedSighting { sighting, reason } = &group[0];
                let Value { rule, secret } = &self.assembly.dropped_values[sighting.value as usize];
                let rule = &self.assembly.rules.rules[usize::from(*rule)];
                let places = &lives[sighting.value as usize].places;
                let place = places.iter().find(|place| place.objects.contains(&sighting.object));
                let path = place.and_then(|place| place.path.as_deref());
                let detail = self.assembly.rules.allowlist.reason(&rule.kind, secret.expose());
                let mut objects: Vec<ObjectIndex> = group.iter().map(|dropped| dropped.sighting.object).collect();
                objects.dedup();
                Dropped {
                    rule_id: rule.id.clone(),
                    secret: secret.clone(),
                    reason: *reason,
                    detail: detail.unwrap_or_default().to_owned(),
                    location: self.location(sighting, path, secret),
                    objects: objects.len() as u64,
                }
            })
            .collect()
    }
}
