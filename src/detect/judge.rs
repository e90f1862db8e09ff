//! Keep or drop: what a matched value must pass.

use super::{entropy, escape, structure};
use crate::model::{DropReason, Verdict};
use crate::rules::{ByteSet, Check, RuleSet};
use std::ops::Range;

/// Whether the value at `text[value]`, matched by a pattern of a rule, is kept.
///
/// Runs the rule's checks, then the pattern's, in order; the allowlist comes last, so a value that is no credential at
/// all is not counted as a known one. Reads the value, six bytes before it and one after; allocates nothing. `text` may
/// be the object or a window of it.
pub fn judge(rules: &RuleSet, rule: usize, pattern: usize, text: &[u8], value: Range<usize>) -> Verdict {
    let rule = &rules.rules[rule];
    let checks = rule.checks.iter().chain(&rule.patterns[pattern].checks);
    for check in checks {
        if let Some(reason) = failure(check, text, &value) {
            return Verdict::Drop(reason);
        }
    }
    match rules.allowlist.reason(&rule.kind, &text[value]) {
        Some(_) => Verdict::Drop(DropReason::Allowlisted),
        None => Verdict::Keep,
    }
}

/// Why `check` fails, if it does.
fn failure(check: &Check, text: &[u8], value: &Range<usize>) -> Option<DropReason> {
    let bytes = &text[value.clone()];
    let (failed, reason) = match check {
        Check::Bounded { before, after } => (!is_bounded(text, value, before, after), DropReason::PartOfLongerRun),
        Check::Entropy(bits) => (entropy::shannon(bytes) <= *bits, DropReason::LowEntropy),
        Check::NotHex => (structure::is_hex(bytes), DropReason::HexDigest),
        Check::NotWords => (structure::is_words(bytes), DropReason::Words),
        Check::NotRepetitive => (structure::is_repetitive(bytes), DropReason::Repetitive),
    };
    failed.then_some(reason)
}

fn is_bounded(text: &[u8], value: &Range<usize>, before: &ByteSet, after: &ByteSet) -> bool {
    let runs_on = value.start > 0 && before.contains(text[value.start - 1]) && !escape::ends_at(text, value.start);
    let goes_on = text.get(value.end).is_some_and(|&next| after.contains(next));
    !runs_on && !goes_on && !escape::cut_at(text, value.start)
}
