//! Git's delta format: a list of copies from a base and insertions.

use crate::model::Segment;

/// A delta that does not fit its base or itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DeltaError {
    /// It ends in the middle of an instruction.
    #[error("the delta is cut short")]
    Truncated,
    /// Its base has another size than it says.
    #[error("the delta was made for a base of {expected} bytes, this one has {actual}")]
    WrongBase {
        /// Size in the delta's header.
        expected: u64,
        /// Size of the base at hand.
        actual: u64,
    },
    /// A copy reaches past the end of the base.
    #[error("the delta copies from beyond the end of its base")]
    CopyOutOfRange,
    /// Its instructions make another size than it says.
    #[error("the delta's result is not of the size it says")]
    WrongResult,
    /// Instruction byte zero, which git reserves.
    #[error("the delta uses a reserved instruction")]
    Reserved,
    /// The result is larger than the caller allows.
    #[error("the result would have {0} bytes")]
    TooLarge(u64),
}

/// The sizes in a delta's header and where its instructions begin.
struct Header {
    base: u64,
    result: u64,
    instructions: usize,
}

fn size(delta: &[u8], at: &mut usize) -> Result<u64, DeltaError> {
    let (mut value, mut shift) = (0_u64, 0);
    loop {
        let byte = *delta.get(*at).ok_or(DeltaError::Truncated)?;
        *at += 1;
        if shift > 56 {
            return Err(DeltaError::WrongResult);
        }
        value |= u64::from(byte & 0x7f) << shift;
        shift += 7;
        if byte & 0x80 == 0 {
            return Ok(value);
        }
    }
}

fn header(delta: &[u8]) -> Result<Header, DeltaError> {
    let mut at = 0;
    let base = size(delta, &mut at)?;
    let result = size(delta, &mut at)?;
    Ok(Header { base, result, instructions: at })
}

/// Builds the result of `delta` on `base` into `out` and lists its parts in `segments`; both are cleared first.
///
/// Copies that go on where the last one ended become one segment (git splits long copies at 64 KiB), so that every
/// boundary between segments is a real seam. A result of more than `limit` bytes is refused before anything is built.
pub fn apply(
    base: &[u8],
    delta: &[u8],
    limit: u64,
    out: &mut Vec<u8>,
    segments: &mut Vec<Segment>,
) -> Result<(), DeltaError> {
    let header = header(delta)?;
    if header.base != base.len() as u64 {
        return Err(DeltaError::WrongBase { expected: header.base, actual: base.len() as u64 });
    }
    if header.result > limit {
        return Err(DeltaError::TooLarge(header.result));
    }
    out.clear();
    segments.clear();
    // The announced size may be a lie: no more is set aside at once than the bytes at hand speak for.
    out.reserve((header.result as usize).min(base.len() + delta.len()));
    let mut rest = &delta[header.instructions..];
    while let Some((&op, tail)) = rest.split_first() {
        let to = out.len() as u32;
        let segment = if op & 0x80 != 0 {
            let mut tail_at = 0;
            let mut field = |bits: std::ops::Range<u32>| -> Result<usize, DeltaError> {
                let mut value = 0;
                for (byte, bit) in bits.enumerate() {
                    if op & (1 << bit) != 0 {
                        value |= usize::from(*tail.get(tail_at).ok_or(DeltaError::Truncated)?) << (8 * byte);
                        tail_at += 1;
                    }
                }
                Ok(value)
            };
            let offset = field(0..4)?;
            let len = match field(4..7)? {
                0 => 0x1_0000,
                len => len,
            };
            rest = &tail[tail_at..];
            let bytes = base.get(offset..offset + len).ok_or(DeltaError::CopyOutOfRange)?;
            out.extend_from_slice(bytes);
            Segment { to, from: Some(offset as u32), len: len as u32 }
        } else {
            let len = usize::from(op);
            if len == 0 {
                return Err(DeltaError::Reserved);
            }
            out.extend_from_slice(tail.get(..len).ok_or(DeltaError::Truncated)?);
            rest = &tail[len..];
            Segment { to, from: None, len: len as u32 }
        };
        if out.len() as u64 > header.result {
            return Err(DeltaError::WrongResult);
        }
        match segments.last_mut() {
            Some(last) if last.from.map(|from| from + last.len) == segment.from && last.from.is_some() => {
                last.len += segment.len;
            }
            Some(last) if last.from.is_none() && segment.from.is_none() => last.len += segment.len,
            _ => segments.push(segment),
        }
    }
    if out.len() as u64 == header.result { Ok(()) } else { Err(DeltaError::WrongResult) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const LIMIT: u64 = 1 << 20;

    fn run(base: &[u8], delta: &[u8]) -> Result<(Vec<u8>, Vec<Segment>), DeltaError> {
        let (mut out, mut segments) = (Vec::new(), Vec::new());
        apply(base, delta, LIMIT, &mut out, &mut segments)?;
        Ok((out, segments))
    }

    #[test]
    fn copies_and_insertions_are_applied_and_neighbouring_copies_joined() {
        // copy 0..4, copy 4..6, insert "XY", copy 0..1
        let delta = [10, 9, 0x90, 4, 0x91, 4, 2, 2, b'X', b'Y', 0x90, 1];
        let (out, segments) = run(b"0123456789", &delta).unwrap();
        assert_eq!(out, b"012345XY0");
        assert_eq!(
            segments,
            [
                Segment { to: 0, from: Some(0), len: 6 },
                Segment { to: 6, from: None, len: 2 },
                Segment { to: 8, from: Some(0), len: 1 }
            ]
        );
    }

    #[test]
    fn every_kind_of_damage_is_told_apart() {
        assert_eq!(run(b"abc", &[4, 1, 0x90, 1]), Err(DeltaError::WrongBase { expected: 4, actual: 3 }));
        assert_eq!(run(b"abc", &[3, 9, 0x90, 9]), Err(DeltaError::CopyOutOfRange));
        assert_eq!(run(b"abc", &[3, 2, 0x90]), Err(DeltaError::Truncated));
        assert_eq!(run(b"abc", &[3, 2, 0x90, 1]), Err(DeltaError::WrongResult));
        assert_eq!(run(b"abc", &[3, 1, 0]), Err(DeltaError::Reserved));
        assert_eq!(run(b"abc", &[]), Err(DeltaError::Truncated));
        assert_eq!(run(b"abc", &[3, 0x80, 0x80, 0x80, 1]), Err(DeltaError::TooLarge(1 << 21)));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic_and_segments_tile_the_result(
            base in proptest::collection::vec(any::<u8>(), 0..300),
            delta in proptest::collection::vec(any::<u8>(), 0..200),
        ) {
            let mut delta = delta;
            if let (Some(first), true) = (delta.first_mut(), base.len() < 128) {
                *first = base.len() as u8;
            }
            if let Ok((out, segments)) = run(&base, &delta) {
                let mut at = 0;
                for segment in segments {
                    prop_assert_eq!(segment.to, at);
                    at = segment.end();
                    if let Some(from) = segment.from {
                        let (from, to, len) = (from as usize, segment.to as usize, segment.len as usize);
                        prop_assert_eq!(&base[from..from + len], &out[to..to + len]);
                    }
                }
                prop_assert_eq!(at as usize, out.len());
            }
        }
    }
}
