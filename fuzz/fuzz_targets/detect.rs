//! Scanning only what a delta brought finds exactly what scanning the whole object finds.
#![no_main]

use keytrail::{
    detect::{Detector, Scratch, View},
    model::Segment,
    rules::{self, RuleSet},
};
use libfuzzer_sys::{arbitrary::Arbitrary, fuzz_target};
use std::sync::{Mutex, OnceLock, PoisonError};

#[derive(Debug, Arbitrary)]
enum Part<'a> {
    /// From where, and how much.
    Copy(u16, u8),
    Insert(&'a [u8]),
    /// Something that looks like a credential: how it is introduced, and its bytes.
    Key(bool, [u8; 40]),
}

/// Made once: to make them takes a hundred times as long as to scan something small.
fn matcher() -> &'static (Detector<'static>, Mutex<Scratch>) {
    static RULES: OnceLock<RuleSet> = OnceLock::new();
    static MATCHER: OnceLock<(Detector<'static>, Mutex<Scratch>)> = OnceLock::new();
    MATCHER.get_or_init(|| {
        let detector = Detector::new(RULES.get_or_init(|| rules::builtin().unwrap())).unwrap();
        let scratch = Mutex::new(detector.scratch());
        (detector, scratch)
    })
}

fn key(id: bool, bytes: &[u8; 40]) -> Vec<u8> {
    let letter = |byte: &u8, of: &[u8]| of[usize::from(*byte) % of.len()];
    let (intro, alphabet, len) = if id {
        (["AK", "IA"].concat(), &b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[..], 16)
    } else {
        (
            "aws_secret_access_key = ".to_owned(),
            &b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/+"[..],
            40,
        )
    };
    intro.into_bytes().into_iter().chain(bytes[..len].iter().map(|byte| letter(byte, alphabet))).collect()
}

/// Builds an object; copies from `base` that go on where the last one ended become one, as in the walk.
fn build(base: &[u8], parts: &[Part<'_>]) -> (Vec<u8>, Vec<Segment>) {
    let (mut out, mut segments): (Vec<u8>, Vec<Segment>) = (Vec::new(), Vec::new());
    for part in parts {
        let to = out.len() as u32;
        let from = match part {
            Part::Copy(from, len) => {
                let from = usize::from(*from).min(base.len());
                let end = (from + usize::from(*len)).min(base.len());
                out.extend_from_slice(&base[from..end]);
                Some(from as u32)
            }
            Part::Insert(bytes) => {
                out.extend_from_slice(bytes);
                None
            }
            Part::Key(id, bytes) => {
                out.extend(key(*id, bytes));
                None
            }
        };
        let len = out.len() as u32 - to;
        if len == 0 {
            continue;
        }
        match segments.last_mut() {
            Some(last) if last.from.is_some() && last.from.map(|from| from + last.len) == from => last.len += len,
            Some(last) if last.from.is_none() && from.is_none() => last.len += len,
            _ => segments.push(Segment { to, from, len }),
        }
    }
    (out, segments)
}

fuzz_target!(|input: (Vec<Part<'_>>, Vec<Part<'_>>)| {
    let (detector, scratch) = matcher();
    let mut scratch = scratch.lock().unwrap_or_else(PoisonError::into_inner);
    let (base, _) = build(b"", &input.0);
    let (object, segments) = build(&base, &input.1);
    let notes = detector.scan(View::whole(&base), &mut scratch);
    let whole = detector.scan(View::whole(&object), &mut scratch);
    let part = detector.rescan(View::whole(&object), &notes, &segments, &mut scratch);
    assert_eq!(part.candidates(), whole.candidates());
    assert!(detector.hints(&part).eq(detector.hints(&whole)));
    for candidate in whole.candidates() {
        assert!(candidate.start < candidate.end && candidate.end as usize <= object.len());
        let (value, coding) = detector.value(&object, &candidate);
        assert!(!value.is_empty() && (coding.is_some() || *value == *candidate.raw(&object)));
    }
});
