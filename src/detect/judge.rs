//! Keep or drop: what a matched value must pass.

use super::{entropy, escape, structure};
use crate::model::{DropReason, Verdict};
use crate::rules::{ByteSet, Check, Pattern, RuleSet};
use std::ops::Range;

/// Where each value of `pattern` stands in `window`, in order.
///
/// `inside` says on which sides the window ends within its object: a match that touches such a side might read on, and
/// is left to the window that holds all of it. Looking goes on at the end of the last value, not of the last match: what
/// ended one match may begin the next.
pub fn values<'a>(pattern: &'a Pattern, window: &'a [u8], inside: Inside) -> impl Iterator<Item = Range<usize>> + 'a {
    let mut from = 0;
    let group = pattern.regex.capture_names().position(|name| name == Some("value")).unwrap_or(0);
    let mut slots = pattern.regex.capture_locations();
    std::iter::from_fn(move || {
        loop {
            let whole = pattern.regex.captures_read_at(&mut slots, window, from)?;
            if inside.left && whole.start() == 0 || inside.right && whole.end() == window.len() {
                from = whole.start() + 1;
                continue;
            }
            let (start, end) = slots.get(group)?;
            from = end.max(whole.start() + 1);
            return Some(start..end);
        }
    })
}

/// The sides on which a window ends within its object rather than with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Inside {
    /// The object has bytes before the window.
    pub left: bool,
    /// The object has bytes after the window.
    pub right: bool,
}

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
