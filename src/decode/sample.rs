//! What tests of this room share.

use super::{Budget, Format, Limits, Piece, Problem, Sink, base64, open};

/// Keeps all that comes.
#[derive(Default)]
pub(super) struct Kept {
    pub pieces: Vec<(String, Vec<u8>)>,
    pub problems: Vec<Problem>,
    /// Whether pieces that are wrapped are opened themselves.
    pub is_nosy: bool,
}

impl Sink for Kept {
    fn piece(&mut self, piece: Piece, budget: &mut Budget) {
        if self.is_nosy
            && let Some(format) = super::recognise(&piece.text)
        {
            open(format, &piece.text, budget, self);
        }
        self.pieces.push((piece.layer, piece.text));
    }

    fn problem(&mut self, problem: Problem) {
        self.problems.push(problem);
    }
}

/// All that comes out of `bytes` within the default limits.
pub(super) fn opened(format: Format, bytes: &[u8]) -> Kept {
    opened_within(Limits::default(), format, bytes)
}

pub(super) fn opened_within(limits: Limits, format: Format, bytes: &[u8]) -> Kept {
    let mut kept = Kept::default();
    open(format, bytes, &mut Budget::new(limits, bytes.len()), &mut kept);
    kept
}

/// Padded base64 of the standard alphabet.
pub(super) fn to_base64(bytes: &[u8]) -> String {
    let digits = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let mut all = [0; 4];
        all[1..=three.len()].copy_from_slice(three);
        let quantum = u32::from_be_bytes(all);
        for n in 0..4 {
            let digit = char::from(digits[(quantum >> (18 - 6 * n)) as usize & 63]);
            text.push(if n > three.len() { '=' } else { digit });
        }
    }
    assert!(base64::is_whole(text.as_bytes()) || text.is_empty());
    text
}

/// Lower-case hexadecimal digits.
pub(super) fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// `text` in lines of `width`.
pub(super) fn wrapped(text: &str, width: usize, seam: &str) -> String {
    let lines: Vec<&str> = text.as_bytes().chunks(width).map(|line| std::str::from_utf8(line).unwrap()).collect();
    lines.join(seam)
}
