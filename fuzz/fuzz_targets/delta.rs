//! Any bytes as a delta, and deltas that are whole but for what their instructions say: each is refused, or builds what its
//! segments say.
#![no_main]

use keytrail::git::delta;
use libfuzzer_sys::{arbitrary::Arbitrary, fuzz_target};

/// Largest result that is built.
const LIMIT: u64 = 1 << 20;

#[derive(Debug, Arbitrary)]
struct Input<'a> {
    base: &'a [u8],
    instructions: &'a [u8],
    /// Whether the sizes in the header are those of base and result, or these.
    honest: bool,
    sizes: (u32, u32),
}

fn size(mut value: u64, into: &mut Vec<u8>) {
    while value > 0x7f {
        into.push(value as u8 | 0x80);
        value >>= 7;
    }
    into.push(value as u8);
}

/// What the instructions would build, if nothing is wrong with them.
fn result_size(mut instructions: &[u8]) -> u64 {
    let mut sum = 0;
    while let Some((&op, rest)) = instructions.split_first() {
        instructions = rest;
        if op & 0x80 == 0 {
            sum += u64::from(op);
            instructions = instructions.get(usize::from(op)..).unwrap_or_default();
            continue;
        }
        let mut len = 0;
        for bit in 0..7 {
            if op & (1 << bit) != 0 {
                let Some((&byte, rest)) = instructions.split_first() else { return sum };
                instructions = rest;
                len |= if bit < 4 { 0 } else { u64::from(byte) << (8 * (bit - 4)) };
            }
        }
        sum += if len == 0 { 0x1_0000 } else { len };
    }
    sum
}

fuzz_target!(|input: Input<'_>| {
    let mut bytes = Vec::new();
    let (base, result) = match input.honest {
        true => (input.base.len() as u64, result_size(input.instructions)),
        false => (input.sizes.0.into(), input.sizes.1.into()),
    };
    size(base, &mut bytes);
    size(result, &mut bytes);
    bytes.extend_from_slice(input.instructions);
    let (mut out, mut segments) = (Vec::new(), Vec::new());
    if delta::apply(input.base, &bytes, LIMIT, &mut out, &mut segments).is_err() {
        return;
    }
    assert!(out.len() as u64 <= LIMIT);
    let mut at = 0;
    for segment in &segments {
        assert_eq!(segment.to, at);
        assert!(segment.len > 0);
        if let Some(from) = segment.from {
            let (from, to, len) = (from as usize, segment.to as usize, segment.len as usize);
            assert_eq!(out[to..to + len], input.base[from..from + len]);
        }
        at += segment.len;
    }
    assert_eq!(at as usize, out.len());
});
