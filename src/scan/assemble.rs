//! From sightings to findings: what belongs together becomes one credential, with its life and its places.

use super::{
    ScanOptions,
    content::ContentWork,
    credential::{Credential, Linker},
    grade::{Grounds, grade},
    interner::Number,
    objects::Objects,
    sighting::{DroppedSighting, Names, Sighting, Value, ValueIndex},
    ties::{Facet, Facts, Tie},
    unwrap::Unopened,
};
use crate::{
    aws,
    git::{Life, ObjectIndex, Stand, signature},
    model::{
        CommitRef, Component, ComponentKind, Confidence, DropCount, DropReason, Dropped, Evidence, Finding,
        Fingerprint, Gap, GapKind, Location, Occurrence, Pairing, PairingScope, Secret, Severity, Shared, Suppression,
        SuppressionKind, Trace, Wrapping,
    },
    report::line_hashes,
    rules::{CredentialRule, Paths, Pattern, RuleSet},
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
    wrappings: Vec<Wrapping>,
    profiles: Vec<String>,
    dropped_values: Vec<Value>,
    dropped: Vec<DroppedSighting>,
    drops: Vec<DropCount>,
    damaged: Vec<ObjectIndex>,
    /// Objects that are too large to be held.
    streamed: FxHashSet<ObjectIndex>,
    /// What was not unwrapped, sorted by object.
    unopened: Vec<Unopened>,
}

/// What a report shows of what was found.
pub(super) struct Assembled {
    /// Worst first.
    pub findings: Vec<Finding>,
    /// Findings left out since no ref reaches them or nobody asked for them.
    pub left_out: u64,
    /// Values that are part of no finding.
    pub left_out_values: Vec<Secret>,
    /// Drops by rule and reason.
    pub drops: Vec<DropCount>,
    /// Dropped values, with `--explain`.
    pub dropped: Vec<Dropped>,
}

impl<'a> Assembly<'a> {
    pub fn new(rules: &'a RuleSet, options: &'a ScanOptions, names: Names, work: Vec<ContentWork>) -> Self {
        let drops = drop_counts(rules, &work);
        let seen: FxHashSet<Number> =
            work.iter().flat_map(|work| &work.sightings).map(|sighting| sighting.value).collect();
        let (values, new_values) = names.values.sorted(|value| seen.contains(&value));
        let seen: FxHashSet<Number> =
            work.iter().flat_map(|work| &work.dropped).map(|dropped| dropped.sighting.value).collect();
        let (dropped_values, new_dropped) = names.dropped.sorted(|value| seen.contains(&value));
        let (wrappings, new_wrappings) = names.wrappings.sorted(|_| true);
        let (profiles, new_profiles) = names.profiles.sorted(|_| true);
        let mut assembly = Self {
            rules,
            options,
            values,
            sightings: Vec::new(),
            wrappings,
            profiles,
            dropped_values,
            dropped: Vec::new(),
            drops,
            damaged: Vec::new(),
            streamed: FxHashSet::default(),
            unopened: Vec::new(),
        };
        let renumber = |sighting: &mut Sighting, values: &[Number]| {
            sighting.value = values[sighting.value as usize];
            sighting.wrapping = new_wrappings[sighting.wrapping as usize];
            sighting.profile = sighting.profile.map(|profile| new_profiles[profile as usize]);
        };
        for mut work in work {
            work.sightings.iter_mut().for_each(|sighting| renumber(sighting, &new_values));
            work.dropped.iter_mut().for_each(|dropped| renumber(&mut dropped.sighting, &new_dropped));
            assembly.sightings.append(&mut work.sightings);
            assembly.dropped.append(&mut work.dropped);
            assembly.damaged.append(&mut work.damaged);
            assembly.streamed.extend(work.streamed);
            assembly.unopened.append(&mut work.unopened);
        }
        assembly.unopened.sort_unstable();
        assembly.unopened.dedup();
        assembly.sightings.sort_unstable_by_key(Sighting::order);
        assembly.dropped.sort_unstable_by_key(|DroppedSighting { sighting, reason }| {
            (sighting.value, *reason, sighting.object, sighting.wrapping, sighting.at)
        });
        assembly
    }

    /// Commits and tags whose header makes no sense.
    pub fn damaged(&self) -> impl Iterator<Item = &ObjectIndex> {
        self.damaged.iter()
    }

    /// How many lives [`Assembly::holders`] asks for.
    pub fn life_count(&self) -> usize {
        self.values.len() + self.dropped_values.len() + self.unopened.len()
    }

    /// The kept values, in their order.
    pub fn secrets(&self) -> impl Iterator<Item = &Secret> {
        self.values.iter().map(|value| &value.secret)
    }

    /// By value, kept ones first and then dropped ones: the objects that hold it. After these, by what was not unwrapped: the
    /// object that it is about, whose path is told.
    pub fn holders(&self) -> Vec<Vec<ObjectIndex>> {
        let mut holders = vec![Vec::new(); self.values.len() + self.dropped_values.len()];
        for sighting in &self.sightings {
            holders[sighting.value as usize].push(sighting.object);
        }
        for dropped in &self.dropped {
            holders[self.values.len() + dropped.sighting.value as usize].push(dropped.sighting.object);
        }
        holders.iter_mut().for_each(Vec::dedup);
        holders.extend(self.unopened.iter().map(|unopened| vec![unopened.object]));
        holders
    }

    /// What was not unwrapped, as the ledger tells it. `lives` are those of [`Assembly::holders`].
    pub fn unopened(&self, objects: &Objects<'_>, lives: &[Life]) -> Vec<Gap> {
        let lives = &lives[self.values.len() + self.dropped_values.len()..];
        let gap = |(Unopened { object, detail, is_bound }, life): (&Unopened, &Life)| {
            let path = life.places.first().and_then(|place| place.path.as_deref());
            let id = objects.id(*object);
            let subject = objects.place(*object, path).display(&id);
            let kind = if *is_bound { GapKind::UnpackLimit } else { GapKind::Sealed };
            Gap { kind, subject, detail: format!("{detail} (blob {})", id.short()) }
        };
        self.unopened.iter().zip(lives).map(gap).collect()
    }

    /// Puts values together and looks up what a report shows of them. `lives` are those of [`Assembly::holders`];
    /// `asked_for` says of a life whether it is one that the user wants to hear of.
    pub fn finish(
        self,
        objects: &Objects<'_>,
        lives: &[Life],
        head: &crate::git::Head,
        asked_for: impl Fn(&Life) -> bool,
    ) -> Assembled {
        let (kept, dropped) = lives.split_at(self.values.len());
        let builder = Builder { assembly: &self, objects, lives: kept, head, commits: RefCell::default() };
        let kinds: Vec<&ComponentKind> =
            self.values.iter().map(|value| &self.rules.rules[usize::from(value.rule)].kind).collect();
        let elsewhere: Vec<bool> = (0..).zip(kept).map(|(value, life)| self.elsewhere(value, life)).collect();
        let texts = self.texts();
        let facts = Facts { sightings: &self.sightings, lives: kept, profiles: &self.profiles, texts: &texts };
        let link = |reachable: bool| {
            let counts = |value: ValueIndex| {
                let value = value as usize;
                !elsewhere[value] && (!self.options.reachable_only || kept[value].reachable == reachable)
            };
            let begins_with = |value: ValueIndex, prefix: &str| {
                self.values[value as usize].secret.expose().starts_with(prefix.as_bytes())
            };
            let linker = Linker { rules: self.rules, kinds: &kinds, facts, begins_with: &begins_with, counts: &counts };
            linker.link()
        };
        let mut credentials = link(true);
        let all = credentials.len();
        // Pairs are made first: a secret that is asked for takes an older id along.
        credentials.retain(|credential| credential.values().any(|value| asked_for(&kept[value as usize])));
        let mut left_out = (all - credentials.len()) as u64;
        if self.options.reachable_only {
            left_out += link(false).len() as u64;
        }
        let told: FxHashSet<ValueIndex> = credentials.iter().flat_map(Credential::values).collect();
        let untold = (0..).zip(&self.values).filter(|(value, _)| !told.contains(value));
        let left_out_values = untold.map(|(_, value)| value.secret.clone()).collect();
        let mut findings: Vec<Finding> = credentials.iter().map(|credential| builder.finding(credential)).collect();
        builder.hash_lines(&credentials, &mut findings);
        findings.sort_by_cached_key(|finding| {
            let Location { place, line, column, .. } = &finding.primary().location;
            (std::cmp::Reverse(finding.severity), place.clone(), *line, *column, finding.fingerprint.clone())
        });
        let mut drops = self.drops.clone();
        let mut dropped = builder.dropped(dropped);
        builder.drop_elsewhere(&elsewhere, &mut drops, &mut dropped);
        Assembled { findings, left_out, left_out_values, drops, dropped }
    }

    /// By number of a wrapping: the first wrapping that leads to the same text.
    fn texts(&self) -> Vec<Number> {
        // By name, not by comparing all with all: an archive may have a hundred thousand members.
        let mut first = BTreeMap::new();
        (0..).zip(&self.wrappings).map(|(number, wrapping)| *first.entry(wrapping.text()).or_insert(number)).collect()
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

    /// How many objects hold a value.
    fn object_count(&self, value: ValueIndex) -> u32 {
        self.sightings_of(value).chunk_by(|a, b| a.object == b.object).count() as u32
    }

    /// The patterns that found a value, each as often as it did.
    fn patterns_of(&self, value: ValueIndex) -> impl Iterator<Item = &'a Pattern> {
        let rule = &self.rules.rules[usize::from(self.values[value as usize].rule)];
        self.sightings_of(value).iter().map(|sighting| &rule.patterns[usize::from(sighting.pattern)])
    }

    /// Whether the value is none because all patterns that found it ask for other paths than it stands at.
    fn elsewhere(&self, value: ValueIndex, life: &Life) -> bool {
        // A file in a container has a name, too.
        let inner = |sighting: &Sighting| self.wrappings[sighting.wrapping as usize].text().last()?.split_once(':');
        let stands_in = |paths: &Paths| {
            life.places.iter().filter_map(|place| place.path.as_deref()).any(|path| paths.matches(path))
                || self.sightings_of(value).iter().filter_map(inner).any(|(_, name)| paths.matches(name.as_bytes()))
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
    objects: &'b Objects<'b>,
    lives: &'b [Life],
    head: &'b crate::git::Head,
    /// Commits and tags that were read for a report: one may bring in thousands of values.
    commits: RefCell<FxHashMap<ObjectIndex, CommitRef>>,
}

impl Builder<'_> {
    fn finding(&self, credential: &Credential<'_>) -> Finding {
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
        let (rule_id, title, worst, advice) = match as_credential {
            Some(rule) => (&rule.id, &rule.name, rule.severity, &rule.advice),
            None => (&lone.id, &lone.name, lone.severity, &lone.advice),
        };
        let values: Vec<&[u8]> = components.iter().map(|component| component.secret.expose()).collect();
        let fingerprint = Fingerprint::new(&self.assembly.options.fingerprint_key, rule_id, &values);
        let (severity, confidence, evidence) = self.grade(credential, worst);
        Finding {
            rule_id: rule_id.clone(),
            fingerprint,
            severity,
            confidence,
            title: title.clone(),
            advice: advice.clone(),
            pairing: credential.tie.as_ref().map(|tie| self.pairing(tie)),
            evidence,
            account_id: facts.account_id,
            lifetime: facts.lifetime,
            expires: facts.expires,
            trace: components[leading].trace.clone(),
            line_hash: String::new(),
            suppression: self.inline(credential),
            verification: None,
            components,
        }
    }

    fn grade(&self, credential: &Credential<'_>, severity: Severity) -> (Severity, Confidence, Vec<Evidence>) {
        let leading = credential.leading();
        let rule = &self.assembly.rules.rules[usize::from(self.assembly.values[leading as usize].rule)];
        let patterns = || self.assembly.patterns_of(leading);
        let places = || credential.values().flat_map(|value| &self.lives[value as usize].places);
        let paths: Vec<&[u8]> = places().filter_map(|place| place.path.as_deref()).collect();
        let whole = credential.id.is_some() && credential.main.is_some();
        let is_part = |whole: &CredentialRule| whole.requires.len() > 1 && whole.requires.contains(&rule.kind);
        grade(Grounds {
            severity,
            alone: patterns().map(|pattern| pattern.confidence).max().unwrap_or(Confidence::Low),
            by_shape: patterns().all(|pattern| pattern.near.is_some()),
            pair: credential.tie.as_ref().filter(|_| whole).map(Tie::confidence),
            half: !whole && self.assembly.rules.credentials.iter().any(is_part),
            paths: &paths,
            elsewhere: places().any(|place| place.path.is_none()),
        })
    }

    fn pairing(&self, tie: &Tie<'_>) -> Pairing {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let shared = tie.shared.iter().map(|facet| match facet {
            Facet::Path(path) => Shared::Path(text(path)),
            Facet::Commit(commit) => Shared::Commit(self.objects.id(*commit)),
            Facet::Directory(folder) => Shared::Directory(text(folder)),
            Facet::Profile(name) => Shared::Profile((*name).to_owned()),
        });
        Pairing {
            scope: tie.scope,
            lines_apart: (tie.scope == PairingScope::SameBlob).then_some(tie.lines),
            confidence: tie.confidence(),
            shared: shared.collect(),
            rivals: tie.rivals,
        }
    }

    fn component(&self, value: ValueIndex) -> Component {
        let Value { rule, secret } = &self.assembly.values[value as usize];
        let rule = &self.assembly.rules.rules[usize::from(*rule)];
        let (object, path) = self.primary(value);
        Component {
            kind: rule.kind.clone(),
            rule_id: rule.id.clone(),
            secret: secret.clone(),
            fingerprint: Fingerprint::new(&self.assembly.options.fingerprint_key, &rule.id, &[secret.expose()]),
            location: self.location(self.assembly.sighting(value, object), path),
            trace: self.trace(value),
        }
    }

    /// The object, and its path, at which a value is shown to stand.
    fn primary(&self, value: ValueIndex) -> (ObjectIndex, Option<&[u8]>) {
        let life = &self.lives[value as usize];
        match life.primary {
            Some((place, object)) => (object, life.places[place].path.as_deref()),
            None => (self.assembly.sightings_of(value)[0].object, None),
        }
    }

    fn location(&self, sighting: &Sighting, path: Option<&[u8]>) -> Location {
        Location {
            place: self.objects.place(sighting.object, path),
            object: self.objects.id(sighting.object),
            wrapping: self.assembly.wrappings[sighting.wrapping as usize].clone(),
            line: sighting.line,
            column: sighting.column,
            length: sighting.length,
        }
    }

    fn trace(&self, value: ValueIndex) -> Trace {
        let life = &self.lives[value as usize];
        let stands = life.places.iter().filter(|stand| stand.reachable || !self.assembly.options.reachable_only);
        let occurrence = |stand: &Stand| Occurrence {
            location: self.location(self.assembly.sighting(value, stand.objects[0]), stand.path.as_deref()),
            blobs: stand.objects.len() as u32,
            reachable: stand.reachable,
        };
        let commit = |&id: &ObjectIndex| self.commit(id);
        let at_head = self.head.tip.as_ref().is_some_and(|tip| life.present_in.binary_search(tip).is_ok());
        Trace {
            introductions: life.introductions.iter().map(commit).collect(),
            removals: life.removals.iter().map(commit).collect(),
            present_in: life.present_in.clone(),
            at_head,
            reachable: life.reachable,
            occurrences: stands.map(occurrence).collect(),
            blobs: self.assembly.object_count(value),
        }
    }

    /// Fills in the line hashes, reading each object once: a dump of keys is one object and thousands of findings.
    fn hash_lines(&self, credentials: &[Credential<'_>], findings: &mut [Finding]) {
        let mut by_object: BTreeMap<ObjectIndex, Vec<(u32, usize)>> = BTreeMap::new();
        for (n, (finding, credential)) in findings.iter().zip(credentials).enumerate() {
            let Some(first) = credential.values().next() else { continue };
            let Location { line, ref wrapping, .. } = finding.primary().location;
            if wrapping.is_own_text() {
                by_object.entry(self.primary(first).0).or_default().push((line, n));
            }
        }
        for (object, mut places) in by_object {
            let held = (!self.assembly.streamed.contains(&object)).then(|| self.objects.bytes(object)).flatten();
            let Some(bytes) = held else { continue };
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
            signature(self.objects.id(id), &self.objects.bytes(id).unwrap_or_default())
        };
        self.commits.borrow_mut().entry(id).or_insert_with(read).clone()
    }

    /// A comment allows a credential if each of its values carries one in every file that ever held it, in some version
    /// of that file: whoever adds the comment later speaks for the older versions too, but not for other files.
    fn inline(&self, credential: &Credential<'_>) -> Option<Suppression> {
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
            let rule = &self.assembly.rules.rules[usize::from(self.assembly.values[value as usize].rule)];
            let objects = self.assembly.object_count(value).into();
            *counts.entry(rule.id.clone()).or_insert(0) += objects;
            if self.assembly.options.explain {
                let Component { rule_id, secret, location, .. } = self.component(value);
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
                    location: self.location(sighting, path),
                    objects: objects.len() as u64,
                }
            })
            .collect()
    }
}
