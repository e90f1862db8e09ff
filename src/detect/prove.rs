//! Rules proven by their own examples, with a matcher so plain that it can be believed.

use super::{expression::Expression, judge::judge, value, view::View};
use crate::model::{Candidate, Verdict};
use crate::rules::{Pattern, Rule, RuleSet};
use std::io::{self, Write};
use std::ops::Range;

/// An example that does not do what it is there for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: rule {rule_id}: {list} number {number} {problem}")]
pub struct Unproven {
    /// The rule.
    pub rule_id: String,
    /// Where the rule stands, file and line.
    pub place: String,
    /// `examples` or `negative_examples`.
    pub list: &'static str,
    /// Which one, from 1.
    pub number: usize,
    /// What happened instead, and what to look at.
    pub problem: String,
}

/// All examples of `rules` that fail, in the order of the rules. The texts themselves are not repeated: they look like
/// credentials.
pub fn unproven(rules: &RuleSet) -> Vec<Unproven> {
    let mut failures = Vec::new();
    for (index, rule) in rules.rules.iter().enumerate() {
        let mut fail = |list, number: usize, problem| {
            let (rule_id, place) = (rule.id.clone(), rule.source.clone());
            failures.push(Unproven { rule_id, place, list, number: number + 1, problem });
        };
        let of_rule = |text: &String| {
            let mut found = candidates(rules, text.as_bytes());
            found.retain(|candidate| usize::from(candidate.rule) == index);
            found
        };
        for (number, text) in rule.examples.iter().enumerate() {
            let found = of_rule(text);
            if !found.iter().any(|candidate| candidate.verdict == Verdict::Keep) {
                fail("examples", number, explain(rule, &found));
            }
        }
        for (number, text) in rule.negative_examples.iter().enumerate() {
            // A text has no file name: what would count in files of some name only is no failure.
            let counts = |candidate: &&Candidate| {
                candidate.verdict == Verdict::Keep && rule.patterns[usize::from(candidate.pattern)].paths.is_none()
            };
            if let Some(kept) = of_rule(text).iter().find(counts) {
                let pattern = &rule.patterns[usize::from(kept.pattern)].name;
                let problem = format!("is kept at byte {} by pattern {pattern}; narrow it or add a check", kept.start);
                fail("negative_examples", number, problem);
            }
        }
    }
    failures
}

/// Says of all rules whether their examples hold, one line for each that does not, and a last line that counts. Returns
/// whether all do.
pub fn write_check(rules: &RuleSet, out: &mut dyn Write) -> io::Result<bool> {
    let failures = unproven(rules);
    for failure in &failures {
        writeln!(out, "{failure}")?;
    }
    let examples: usize = rules.rules.iter().map(|rule| rule.examples.len() + rule.negative_examples.len()).sum();
    let held = examples - failures.len();
    writeln!(out, "{} rules, {held} of {examples} examples hold", rules.rules.len())?;
    Ok(failures.is_empty())
}

fn explain(rule: &Rule, found: &[Candidate]) -> String {
    let drops: Vec<String> = found
        .iter()
        .filter_map(|candidate| match candidate.verdict {
            Verdict::Keep => None,
            Verdict::Drop(reason) => {
                Some(format!("{} by pattern {}", reason, rule.patterns[usize::from(candidate.pattern)].name))
            }
        })
        .collect();
    if drops.is_empty() {
        "is matched by no pattern; look at keywords, window and regex".to_owned()
    } else {
        format!("is matched but dropped ({}); look at the checks", drops.join(", "))
    }
}

/// Every candidate of `rules` in the object `text`, sorted, without duplicates: what the engine must find, found in the
/// plainest way. Quadratic in the number of keyword hits; for examples and as the judge of the engine in tests.
pub fn candidates(rules: &RuleSet, text: &[u8]) -> Vec<Candidate> {
    let mut found: Vec<Candidate> = Vec::new();
    for (rule_index, rule) in rules.rules.iter().enumerate() {
        for (pattern_index, pattern) in rule.patterns.iter().enumerate() {
            for window in windows(pattern, &found, text) {
                let part = View::whole(text).window(window.start, window.end);
                Expression::new(pattern).values(part, |span| {
                    let Some((value, _)) = value::read(rule, pattern, &part.bytes[span.clone()]) else { return };
                    let verdict = judge(rules, rule_index, pattern_index, part.bytes, span.clone(), &value);
                    found.push(Candidate {
                        start: (window.start + span.start) as u32,
                        end: (window.start + span.end) as u32,
                        rule: rule_index as u16,
                        pattern: pattern_index as u16,
                        verdict,
                    });
                });
            }
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// The windows in which `pattern` is evaluated, given the candidates of earlier rules.
fn windows(pattern: &Pattern, found: &[Candidate], text: &[u8]) -> Vec<Range<usize>> {
    let around = |start: usize, end: usize| {
        start.saturating_sub(pattern.before as usize)..(end + pattern.after as usize).min(text.len())
    };
    if let Some(near) = pattern.near {
        let kept = |candidate: &&Candidate| usize::from(candidate.rule) == near && candidate.verdict == Verdict::Keep;
        return found.iter().filter(kept).map(|c| around(c.start as usize, c.end as usize)).collect();
    }
    if pattern.keywords.is_empty() {
        return std::iter::once(0..text.len()).collect();
    }
    let mut windows = Vec::new();
    for keyword in pattern.keywords.iter().map(String::as_bytes) {
        let exact = pattern.exact || keyword.iter().any(u8::is_ascii_uppercase);
        for (start, part) in text.windows(keyword.len()).enumerate() {
            if part == keyword || !exact && part.eq_ignore_ascii_case(keyword) {
                windows.push(around(start, start + keyword.len()));
            }
        }
    }
    windows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::builtin;

    #[test]
    fn an_example_that_fails_is_named_without_its_text() {
        let mut rules = builtin().unwrap();
        assert!(write_check(&rules, &mut Vec::new()).unwrap());
        let good = rules.rules[0].examples[0].clone();
        rules.rules[0].negative_examples.insert(0, good);
        rules.rules[0].examples.insert(0, "nothing".to_owned());
        let mut said = Vec::new();
        assert!(!write_check(&rules, &mut said).unwrap());
        let said = String::from_utf8(said).unwrap();
        assert!(said.contains("rule aws-access-key-id: examples number 1 is matched by no pattern"), "{said}");
        assert!(said.contains("negative_examples number 1 is kept at byte"), "{said}");
        assert!(!said.contains("AKIA"), "{said}");
    }

    #[test]
    fn neighbouring_values_are_all_found() {
        let ids = ["QYLPMN5HXHFPZAM2", "JDULPKHCC4KGTYVA", "YVP4CIPPERUVIFXG"];
        let text = ids.map(|id| format!("AKIA{id}")).join(",");
        let found = candidates(&builtin().unwrap(), text.as_bytes());
        let starts: Vec<u32> = found.iter().map(|candidate| candidate.start).collect();
        assert_eq!(starts, [0, 21, 42]);
    }
}
