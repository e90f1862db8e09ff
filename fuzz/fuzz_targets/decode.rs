//! Unwrapping any bytes ends, without a panic and within the budget, and places lie inside of the text.
#![no_main]

mod guard;

use keytrail::decode::{Budget, Coding, Format, Limits, Piece, Problem, Sink, open, recognise, region, stretches};
use libfuzzer_sys::fuzz_target;

const LIMITS: Limits = Limits { depth: 3, bytes: 1 << 20, members: 100, ratio: 100 };

/// Opens what comes out, and counts it.
#[derive(Default)]
struct Counter {
    pieces: u64,
    bytes: u64,
    problems: u64,
}

impl Sink for Counter {
    fn piece(&mut self, piece: Piece, budget: &mut Budget) {
        self.pieces += 1;
        self.bytes += piece.text.len() as u64;
        if let Some(format) = recognise(&piece.text) {
            open(format, &piece.text, budget, self);
        }
    }

    fn problem(&mut self, _: Problem) {
        self.problems += 1;
    }
}

fn check(text: &[u8], piece: &Piece) {
    let map = piece.map.as_ref().unwrap();
    let mut last = 0;
    for at in 0..=piece.text.len() {
        let outer = map.outer(at);
        assert!(last <= outer && outer <= text.len());
        last = outer;
    }
}

fuzz_target!(init: guard::allow_caught_panics(), |input: (u8, u16, &[u8])| {
    let (phase, at, bytes) = input;
    let format = recognise(bytes).unwrap_or(Format::ALL[usize::from(phase) % Format::ALL.len()]);
    let mut counter = Counter::default();
    open(format, bytes, &mut Budget::new(LIMITS, bytes.len()), &mut counter);
    let most = LIMITS.bytes + bytes.len() as u64;
    // The last text may be half as long again as was paid for: UTF-16 takes two bytes where UTF-8 takes three.
    assert!(counter.bytes <= most + most / 2 && counter.pieces <= LIMITS.members);
    assert!(counter.problems <= 2 * LIMITS.members + 2);

    for coding in Coding::ALL {
        if let Some((range, piece)) = region(coding, bytes, at.into(), phase) {
            assert!(range.start < range.end && range.end <= bytes.len());
            check(bytes, &piece);
        }
    }
    let mut last = 0;
    for (range, piece) in stretches(bytes) {
        assert!(last <= range.start && range.start < range.end && range.end <= bytes.len());
        last = range.end;
        check(bytes, &piece);
    }
});
