//! The matcher: keyword, then the rule's expression in a window round it, then the rule's checks.
//!
//! What a keyword leads to depends on the bytes of its window and nothing else. That is what makes scanning a delta
//! exact: a keyword and its whole window that were copied from the base lead to what they led to there; every other
//! keyword is looked at anew. The law, held by a property test below: the candidates of an object are those of scanning
//! it whole.

use super::{
    expression::Expression,
    found::{Found, Hint, Hit},
    judge::judge,
    prefilter::Prefilter,
    value,
    view::View,
};
use crate::{
    model::{Candidate, Coding, Segment, Verdict},
    rules::RuleSet,
};
use std::{borrow::Cow, ops::Range};

/// Seams nearer to each other than this are scanned in one go: starting the automaton costs as much as some bytes.
const JOIN: u32 = 32;

/// All rules, ready to match.
#[derive(Debug)]
pub struct Detector<'r> {
    rules: &'r RuleSet,
    prefilter: Prefilter,
    /// By keyword: how many bytes before its first and after its last byte can matter.
    reach: Vec<(u32, u32)>,
    /// By rule: the patterns that its kept candidates wake.
    near: Vec<Vec<(u16, u16)>>,
    /// Patterns that nothing wakes: they see every object whole.
    always: Vec<(u16, u16)>,
}

/// A worker's own buffers. Each has its own copies of the expressions, so that workers do not share a cache.
#[derive(Debug)]
pub struct Scratch {
    expressions: Vec<Vec<Expression>>,
    hits: Vec<(Hit, Option<u32>)>,
}

impl<'r> Detector<'r> {
    /// Prepares `rules`.
    pub fn new(rules: &'r RuleSet) -> Result<Self, aho_corasick::BuildError> {
        let prefilter = Prefilter::new(rules)?;
        let mut near = vec![Vec::new(); rules.rules.len()];
        let mut always = Vec::new();
        for (r, rule) in rules.rules.iter().enumerate() {
            for (p, pattern) in rule.patterns.iter().enumerate() {
                match pattern.near {
                    Some(rule) => near[rule].push((r as u16, p as u16)),
                    None if pattern.keywords.is_empty() => always.push((r as u16, p as u16)),
                    None => {}
                }
            }
        }
        let mut detector = Self { rules, prefilter, reach: Vec::new(), near, always };
        detector.reach = detector.prefilter.words.iter().map(|word| detector.reach_of(&word.patterns)).collect();
        Ok(detector)
    }

    /// The value of a candidate in `text`, the bytes in which it was found: as it stands there, or without the escapes or
    /// the encoding that it is written in, which are then named.
    pub fn value<'t>(&self, text: &'t [u8], candidate: &Candidate) -> (Cow<'t, [u8]>, Option<Coding>) {
        let rule = &self.rules.rules[usize::from(candidate.rule)];
        let raw = candidate.raw(text);
        value::read(rule, &rule.patterns[usize::from(candidate.pattern)], raw).unwrap_or((Cow::Borrowed(raw), None))
    }

    /// The candidates of the patterns that are `near` the rule with this number, evaluated round a place at which the
    /// caller knows a value of that rule to stand: decoded, so that no pattern of it matches there. In order, each once.
    pub fn near(&self, object: View<'_>, rule: u16, place: Range<u32>, scratch: &mut Scratch) -> Vec<Candidate> {
        let mut found = Found::default();
        for &pattern in &self.near[usize::from(rule)] {
            self.matches(object, pattern, place.start, place.end, scratch, &mut found.candidates);
        }
        found.candidates()
    }

    /// Where in an object something encoded is worth decoding, by place.
    pub fn hints(&self, found: &Found) -> impl Iterator<Item = Hint> {
        found.hits.iter().filter_map(|hit| {
            let (coding, phase) = self.prefilter.words[usize::from(hit.word)].hint?;
            Some(Hint { at: hit.at, coding, phase })
        })
    }

    /// The rules it matches.
    pub fn rules(&self) -> &'r RuleSet {
        self.rules
    }

    /// New buffers for a worker.
    pub fn scratch(&self) -> Scratch {
        let expressions =
            self.rules.rules.iter().map(|rule| rule.patterns.iter().map(Expression::new).collect()).collect();
        Scratch { expressions, hits: Vec::new() }
    }

    /// How many bytes round a keyword can matter to any of `patterns`, candidates near their candidates included.
    fn reach_of(&self, patterns: &[(u16, u16)]) -> (u32, u32) {
        patterns.iter().fold((0, 0), |reach, &(r, p)| {
            let pattern = &self.rules.rules[usize::from(r)].patterns[usize::from(p)];
            let near = self.near[usize::from(r)].iter().fold((0, 0), |reach: (u32, u32), &(r, p)| {
                let near = &self.rules.rules[usize::from(r)].patterns[usize::from(p)];
                (reach.0.max(near.before), reach.1.max(near.after))
            });
            // One byte more tells whether the window ends with the object: a match may touch only such an edge.
            let own = (pattern.before + near.0 + 1, pattern.after + near.1 + 1);
            (reach.0.max(own.0), reach.1.max(own.1))
        })
    }

    /// The farthest that any keyword's outcome reaches, keyword included: windows of a stream must overlap by this.
    pub fn overlap(&self) -> u32 {
        let reach = self.reach.iter().map(|reach| reach.0.max(reach.1)).max().unwrap_or(0);
        reach + self.prefilter.longest
    }

    /// Everything in an object.
    pub fn scan(&self, object: View<'_>, scratch: &mut Scratch) -> Found {
        scratch.hits.clear();
        let hits = &mut scratch.hits;
        self.prefilter.find(object.bytes, &(0..object.bytes.len()), |at, word| {
            hits.push((Hit { at: at as u32, word, count: 0, first: 0 }, None));
        });
        self.settle(object, &Found::default(), scratch)
    }

    /// Everything in an object that was built from a base with `segments`, where `base` was found.
    pub fn rescan(&self, object: View<'_>, base: &Found, segments: &[Segment], scratch: &mut Scratch) -> Found {
        scratch.hits.clear();
        let hits = &mut scratch.hits;
        fresh_regions(segments, self.prefilter.longest, object.bytes.len() as u32, |start, end| {
            self.prefilter.find(object.bytes, &(start as usize..end as usize), |at, word| {
                let at = at as u32;
                let len = self.prefilter.words[usize::from(word)].len();
                let copied = covering(segments, at).is_some_and(|copy| copy.from.is_some() && at + len <= copy.end());
                if !copied {
                    hits.push((Hit { at, word, count: 0, first: 0 }, None));
                }
            });
        });
        if !base.hits.is_empty() {
            for segment in segments {
                let Some(from) = segment.from else { continue };
                for hit in base.hits_in(from, from + segment.len) {
                    let len = self.prefilter.words[usize::from(hit.word)].len();
                    let (before, after) = self.reach[usize::from(hit.word)];
                    let end = hit.at + len;
                    if end > from + segment.len {
                        continue;
                    }
                    let whole = hit.at >= from + before && end + after <= from + segment.len;
                    let at = hit.at - from + segment.to;
                    // `first` keeps the hit's place in the base until it is settled.
                    hits.push((Hit { at, ..*hit }, whole.then_some(hit.at)));
                }
            }
        }
        self.settle(object, base, scratch)
    }

    /// Sorts the hits and finds what each leads to, or takes it over from the base.
    fn settle(&self, object: View<'_>, base: &Found, scratch: &mut Scratch) -> Found {
        let mut found = Found::default();
        if scratch.hits.is_empty() && self.always.is_empty() {
            return found;
        }
        let mut hits = std::mem::take(&mut scratch.hits);
        hits.sort_unstable_by_key(|(hit, _)| (hit.at, hit.word));
        found.hits.reserve_exact(hits.len());
        for (hit, copied_from) in hits.drain(..) {
            let first = found.candidates.len();
            if let Some(was_at) = copied_from {
                // In this order nothing falls below zero: a candidate may begin before its keyword.
                let moved = |place: u32| (place + hit.at) - was_at;
                found.candidates.extend(base.of(&hit).iter().map(|candidate| Candidate {
                    start: moved(candidate.start),
                    end: moved(candidate.end),
                    ..*candidate
                }));
            } else {
                let word = &self.prefilter.words[usize::from(hit.word)];
                for &(rule, pattern) in &word.patterns {
                    self.evaluate(object, (rule, pattern), hit.at, hit.at + word.len(), scratch, &mut found.candidates);
                }
            }
            let count = (found.candidates.len() - first) as u32;
            found.hits.push(Hit { count, first: first as u32, ..hit });
        }
        scratch.hits = hits;
        for &pattern in &self.always {
            self.evaluate(object, pattern, 0, object.bytes.len() as u32, scratch, &mut found.candidates);
        }
        found
    }

    /// Candidates of one pattern in the window round `start..end`, and those near the kept ones.
    fn evaluate(
        &self,
        object: View<'_>,
        pattern: (u16, u16),
        start: u32,
        end: u32,
        scratch: &mut Scratch,
        out: &mut Vec<Candidate>,
    ) {
        let first = out.len();
        self.matches(object, pattern, start, end, scratch, out);
        let near = &self.near[usize::from(pattern.0)];
        if !near.is_empty() {
            for n in first..out.len() {
                let Candidate { start, end, verdict, .. } = out[n];
                if verdict == Verdict::Keep {
                    for &pattern in near {
                        self.matches(object, pattern, start, end, scratch, out);
                    }
                }
            }
        }
    }

    /// Candidates of one pattern in the window round `start..end`.
    fn matches(
        &self,
        object: View<'_>,
        (rule, pattern): (u16, u16),
        start: u32,
        end: u32,
        scratch: &mut Scratch,
        out: &mut Vec<Candidate>,
    ) {
        let of = &self.rules.rules[usize::from(rule)];
        let with = &of.patterns[usize::from(pattern)];
        let origin = start.saturating_sub(with.before) as usize;
        let window = object.window(origin, (end as usize).saturating_add(with.after as usize));
        let expression = &mut scratch.expressions[usize::from(rule)][usize::from(pattern)];
        expression.values(window, |span| {
            let Some((value, _)) = value::read(of, with, &window.bytes[span.clone()]) else { return };
            out.push(Candidate {
                start: (origin + span.start) as u32,
                end: (origin + span.end) as u32,
                rule,
                pattern,
                verdict: judge(self.rules, usize::from(rule), usize::from(pattern), window.bytes, span, &value),
            });
        });
    }
}

/// The segment that covers byte `at` of the result.
fn covering(segments: &[Segment], at: u32) -> Option<&Segment> {
    let n = segments.partition_point(|segment| segment.end() <= at);
    segments.get(n)
}

/// Calls `scan` with the stretches in which a keyword of up to `longest` bytes can stand that was not copied whole:
/// what was inserted, and round each seam.
fn fresh_regions(segments: &[Segment], longest: u32, len: u32, mut scan: impl FnMut(u32, u32)) {
    let margin = longest - 1;
    let mut region: Option<(u32, u32)> = None;
    let mut add = |start: u32, end: u32| {
        let (start, end) = (start.saturating_sub(margin), (end + margin).min(len));
        match &mut region {
            Some(open) if start <= open.1.saturating_add(JOIN) => open.1 = open.1.max(end),
            _ => {
                if let Some((start, end)) = region.replace((start, end)) {
                    scan(start, end);
                }
            }
        }
    };
    for (n, segment) in segments.iter().enumerate() {
        if segment.from.is_none() {
            add(segment.to, segment.end());
        } else if n > 0 && segments[n - 1].from.is_some() {
            add(segment.to, segment.to);
        }
    }
    if let Some((start, end)) = region {
        scan(start, end);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::prove;
    use crate::model::{ComponentKind, Confidence, Severity};
    use crate::rules::{Check, Decode, Pattern, Rule, Wrapped, WrappedForm};
    use proptest::prelude::*;
    use regex::bytes::Regex;

    fn pattern(keywords: &[&str], near: Option<usize>, before: u32, after: u32, regex: &str) -> Pattern {
        Pattern {
            name: "p".to_owned(),
            keywords: keywords.iter().map(ToString::to_string).collect(),
            exact: false,
            near,
            before,
            after,
            regex: crate::rules::Expression::new(regex),
            decode: None,
            confidence: Confidence::High,
            paths: None,
            checks: Vec::new(),
        }
    }

    fn rule(id: &str, patterns: Vec<Pattern>) -> Rule {
        Rule {
            id: id.to_owned(),
            name: String::new(),
            kind: ComponentKind::Other(id.to_owned()),
            description: String::new(),
            severity: Severity::Low,
            advice: String::new(),
            only: None,
            references: Vec::new(),
            escaped: false,
            patterns,
            checks: vec![Check::NotHex],
            examples: Vec::new(),
            negative_examples: Vec::new(),
            source: String::new(),
        }
    }

    /// Rules over a tiny alphabet, so that random text is full of hits, near misses and overlapping keywords.
    fn rules(always: bool) -> RuleSet {
        let mut rules = vec![
            rule("id", vec![pattern(&["AB"], None, 2, 6, "(?:^|[^A-Z])(?<value>AB[xy]{4})(?:[^xy]|$)")]),
            rule(
                "named",
                vec![pattern(&["key", "a_key"], None, 3, 12, "key[=: ]{1,3}(?<value>(?:[xyz]|%7[89]|\"\\+\"){3,})")],
            ),
            rule("near", vec![pattern(&[], Some(0), 8, 8, "(?<value>[0z]{3})")]),
        ];
        rules[1].escaped = true;
        let from = vec![Coding::Hex, Coding::Base64];
        rules[2].patterns[0].decode = Some(Decode { from, to: Regex::new(r"(?-u)^[^\xcf]").unwrap() }); // not of z
        if always {
            rules.push(rule("always", vec![pattern(&[], None, 0, 0, "z=y")]));
        }
        let wrapped = vec![Wrapped { keywords: vec!["key".to_owned()], forms: vec![WrappedForm::Hex] }];
        RuleSet { rules, wrapped, ..RuleSet::default() }
    }

    /// Applies copies and insertions, as a delta would, and joins copies that go on where the last one ended.
    fn build(base: &[u8], steps: &[Step]) -> (Vec<u8>, Vec<Segment>) {
        let (mut out, mut segments) = (Vec::new(), Vec::<Segment>::new());
        for step in steps {
            let (from, bytes) = match step {
                Step::Copy(at, len) => {
                    let from = at.index(base.len() + 1);
                    (Some(from as u32), &base[from..(from + len).min(base.len())])
                }
                Step::Insert(bytes) => (None, bytes.as_bytes()),
            };
            if !bytes.is_empty() {
                let segment = Segment { to: out.len() as u32, from, len: bytes.len() as u32 };
                match segments.last_mut() {
                    Some(last) if last.from.is_some() && last.from.map(|from| from + last.len) == from => {
                        last.len += segment.len;
                    }
                    _ => segments.push(segment),
                }
                out.extend_from_slice(bytes);
            }
        }
        (out, segments)
    }

    #[derive(Debug, Clone)]
    enum Step {
        Copy(prop::sample::Index, usize),
        Insert(String),
    }

    fn text() -> impl Strategy<Value = String> {
        proptest::collection::vec(
            prop_oneof![
                Just("AB"),
                Just("a_key"),
                Just("key="),
                Just("xyxy"),
                Just("zz"),
                Just("0"),
                Just("%78"),
                Just("\"+\""),
                Just("6b6579"),
                Just(" "),
                Just("="),
                Just("y"),
                Just("........................................")
            ],
            0..24,
        )
        .prop_map(|parts| parts.concat())
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let copy = (any::<prop::sample::Index>(), 0..120_usize).prop_map(|(at, len)| Step::Copy(at, len));
        let short = proptest::string::string_regex("[ABkeyxz_=]{0,4}").unwrap();
        let insert = prop_oneof![text(), short].prop_map(Step::Insert);
        proptest::collection::vec(prop_oneof![2 => copy, 1 => insert], 0..10)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(3000))]

        #[test]
        fn scanning_only_what_a_delta_brought_finds_what_scanning_whole_finds(
            base in text(), generations in proptest::collection::vec(steps(), 1..4), always in any::<bool>(),
        ) {
            let rules = rules(always);
            let detector = Detector::new(&rules).unwrap();
            let mut scratch = detector.scratch();
            let mut bytes = base.into_bytes();
            let mut found = detector.scan(View::whole(&bytes), &mut scratch);
            for steps in generations {
                let (built, segments) = build(&bytes, &steps);
                let by_delta = detector.rescan(View::whole(&built), &found, &segments, &mut scratch);
                let whole = detector.scan(View::whole(&built), &mut scratch);
                prop_assert_eq!(&by_delta.hits, &whole.hits, "{:?}", String::from_utf8_lossy(&built));
                prop_assert_eq!(&by_delta.candidates, &whole.candidates);
                let mut distinct = whole.candidates.clone();
                distinct.sort_unstable();
                distinct.dedup();
                prop_assert_eq!(distinct, prove::candidates(&rules, &built));
                for candidate in whole.candidates() {
                    prop_assert!(candidate.start < candidate.end && candidate.end as usize <= built.len());
                }
                let places: Vec<usize> = detector.hints(&by_delta).map(|hint| hint.at as usize).collect();
                let seen = |at: &usize| built[*at..].starts_with(b"6b6579");
                prop_assert_eq!(places, (0..built.len()).filter(seen).collect::<Vec<_>>());
                (bytes, found) = (built, by_delta);
            }
        }
    }

    #[test]
    fn overlapping_keywords_and_neighbours_are_all_seen() {
        let rules = rules(false);
        let detector = Detector::new(&rules).unwrap();
        let found = detector.scan(View::whole(b"000 ABxyxy zzz a_KEY: xyz key=xxx"), &mut detector.scratch());
        let values: Vec<_> = found.candidates().iter().map(|c| (c.rule, c.start)).collect();
        assert_eq!(values, [(2, 0), (0, 4), (1, 30)], "the first keyword is not written 'key', and zzz is not decoded");
    }

    #[test]
    fn a_caller_may_look_near_a_place_of_his_own() {
        let rules = rules(false);
        let detector = Detector::new(&rules).unwrap();
        let text = b"000 ......... QUJ4eXh5 0z0 .......... 000";
        let found = detector.near(View::whole(text), 0, 14..22, &mut detector.scratch());
        let values: Vec<_> = found.iter().map(|c| (c.rule, c.start)).collect();
        assert_eq!(values, [(2, 23)]);
        assert_eq!(detector.value(text, &found[0]), (Cow::Owned(vec![0xd3, 0x3d]), Some(Coding::Base64)));
    }
}
