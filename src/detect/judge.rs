//! Keep or drop: what a matched value must pass.

use super::{entropy, escape, structure};
use crate::model::{DropReason, Verdict};
use crate::rules::{ByteSet, Check, RuleSet};
use std::ops::Range;

/// Whether `value`, which a pattern of a rule matched as `text[span]`, is kept.
///
/// Runs the rule's checks, then the pattern's, in order; the allowlist comes last, so a value that is no credential at
/// all is not counted as a known one. Reads the value and ten bytes on either side of its span; allocates nothing. `text`
/// is the window that `Expression::values` was given: then the verdict, too, depends on nothing outside it.
pub fn judge(rules: &RuleSet, rule: usize, pattern: usize, text: &[u8], span: Range<usize>, value: &[u8]) -> Verdict {
    let rule = &rules.rules[rule];
    let checks = rule.checks.iter().chain(&rule.patterns[pattern].checks);
    for check in checks {
        if let Some(reason) = failure(check, text, &span, value) {
            return Verdict::Drop(reason);
        }
    }
    match rules.allowlist.reason(&rule.kind, value) {
        Some(_) => Verdict::Drop(DropReason::Allowlisted),
        None => Verdict::Keep,
    }
}

/// Why `check` fails, if it does.
fn failure(check: &Check, text: &[u8], span: &Range<usize>, value: &[u8]) -> Option<DropReason> {
    let (failed, reason) = match check {
        Check::Bounded { before, after } => (!is_bounded(text, span, before, after), DropReason::PartOfLongerRun),
        Check::Entropy(bits) => (entropy::shannon(value) <= *bits, DropReason::LowEntropy),
        Check::NotHex => (structure::is_hex(value), DropReason::HexDigest),
        Check::NotWords => (structure::is_words(value), DropReason::Words),
        Check::Alphabet(set) => (!value.iter().all(|&byte| set.contains(byte)), DropReason::Words),
        Check::NotCapitalWords => (structure::is_capital_words(value), DropReason::Words),
        Check::NotRepetitive => (structure::is_repetitive(value), DropReason::Repetitive),
    };
    failed.then_some(reason)
}

fn is_bounded(text: &[u8], span: &Range<usize>, before: &ByteSet, after: &ByteSet) -> bool {
    let runs_on = escape::before(text, span.start).is_some_and(|last| before.contains(last));
    let goes_on = escape::after(text, span.end).is_some_and(|next| after.contains(next));
    !runs_on && !goes_on && !escape::cuts(text, span.start)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::{Allowlist, builtin};

    #[test]
    fn each_check_drops_for_its_own_reason() {
        let rules = builtin().unwrap();
        let secret = rules.rules.iter().position(|rule| rule.id == "aws-secret-access-key").unwrap();
        let judged = |text: &str, span: Range<usize>| {
            judge(&rules, secret, 0, text.as_bytes(), span.clone(), &text.as_bytes()[span])
        };
        let dropped = |text: &str| match judged(text, 0..40) {
            Verdict::Drop(reason) => Some(reason),
            Verdict::Keep => None,
        };
        assert_eq!(dropped("da39a3ee5e6b4b0d3255bfef95601890afd80709"), Some(DropReason::HexDigest));
        assert_eq!(dropped("com/AWSEC2/latest/UserGuide/EBSSnapshots"), Some(DropReason::Words));
        assert_eq!(dropped(&"Ab1/Xy9+".repeat(5)), Some(DropReason::Repetitive));
        assert_eq!(dropped("xZxZzXzZxXxZzZxXzXzZzXxZxZzXzXxZzZxXxZzX"), Some(DropReason::LowEntropy));
        let random = ["tQ9/Lw3ZrK0mXv7Hc2Nd", "8UyG5bPfJ1sAe6Ti+oRk"].concat();
        assert_eq!(dropped(&random), None);
        for longer in [format!("{random}="), format!("{random}%2Fx"), format!("{random}\\/x")] {
            assert_eq!(dropped(&longer), Some(DropReason::PartOfLongerRun), "{longer}");
        }
        for (before, kept) in [("=", true), ("\\n", true), ("%3D", true), ("%2B", false), ("n", false), ("/", false)] {
            let text = format!("{before}{random}");
            let verdict = judged(&text, before.len()..text.len());
            assert_eq!(verdict == Verdict::Keep, kept, "{before}");
        }
        let documented = ["wJalrXUtnFEMI/K7MD", "ENG/bPxRfiCYEXAMPLEKEY"].concat();
        assert_eq!(dropped(&documented), Some(DropReason::Allowlisted));
        let rules = RuleSet { allowlist: Allowlist::default(), ..rules.clone() };
        assert_eq!(judge(&rules, secret, 0, documented.as_bytes(), 0..40, documented.as_bytes()), Verdict::Keep);
    }

    const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    /// xorshift64*: seeded, so that the figure is the same on every machine.
    struct Dice(u64);

    impl Dice {
        fn fill(&mut self, value: &mut [u8], alphabet: &[u8]) {
            for byte in value {
                self.0 ^= self.0 >> 12;
                self.0 ^= self.0 << 25;
                self.0 ^= self.0 >> 27;
                let drawn = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33;
                *byte = alphabet[drawn as usize % alphabet.len()];
            }
        }
    }

    /// How many of `draws` random values of a rule are dropped: by the checks of its pattern that has most of them.
    fn lost(rule_id: &str, value: &mut [u8], random: Range<usize>, alphabet: &[u8], draws: u32) -> u32 {
        let rules = builtin().unwrap();
        let rule = rules.rules.iter().position(|rule| rule.id == rule_id).unwrap();
        let strictest = (0..rules.rules[rule].patterns.len())
            .max_by_key(|&pattern| rules.rules[rule].patterns[pattern].checks.len())
            .unwrap();
        let mut dice = Dice(7);
        (0..draws)
            .filter(|_| {
                dice.fill(&mut value[random.clone()], alphabet);
                judge(&rules, rule, strictest, value, 0..value.len(), value) != Verdict::Keep
            })
            .count() as u32
    }

    /// In a debug build on a million. Measured on thirty million draws of each: 4.7 secrets (1.7 repetitive, 2.9 words) and 13 ids (repetitive) in a
    /// million are lost.
    #[test]
    fn the_checks_lose_less_than_one_random_value_in_ten_thousand() {
        let draws = if cfg!(debug_assertions) { 1_000_000 } else { 10_000_000 };
        let secrets = lost("aws-secret-access-key", &mut [0; 40], 0..40, BASE64, draws);
        assert!(secrets <= draws / 10_000, "{secrets} of {draws} secrets");
        let ids = lost("aws-access-key-id", &mut [b"AKIA".as_slice(), &[0; 16]].concat(), 4..20, BASE32, draws);
        assert!(ids <= draws / 10_000, "{ids} of {draws} ids");
        eprintln!("{draws} draws: {secrets} secrets and {ids} ids lost");
    }
}
