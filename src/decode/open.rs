//! Unwrapping, one piece after the other.

use super::{
    Budget, Format, Map, Piece, Problem, base64,
    codec::{self, Codec, Stop},
    hex, pyc, sevenz, sqlite, tar, utf16, zip,
};

/// Takes what comes out of a wrapping. It may call [`open()`] again for a piece: the budget is handed on for that.
pub trait Sink {
    /// A piece, as soon as it is unwrapped. Only this one is in memory.
    fn piece(&mut self, piece: Piece, budget: &mut Budget);
    /// Something that could not be unwrapped.
    fn problem(&mut self, problem: Problem);
}

/// Unwraps `bytes`, which are wrapped as `format` says, once.
///
/// Each piece is handed on as it comes. What was unwrapped before a problem comes first, and one member's problem does not
/// end the others; only a spent budget does.
pub fn open(format: Format, bytes: &[u8], budget: &mut Budget, sink: &mut dyn Sink) {
    let layer = format.name();
    let opened = budget.nested(layer, |budget| {
        let mut out = Out { budget, sink: &mut *sink };
        match format {
            Format::Gzip => drop(out.packed(layer, Codec::Gzip, bytes)),
            Format::Zlib => drop(out.packed(layer, Codec::Zlib, bytes)),
            Format::Bzip2 => drop(out.packed(layer, Codec::Bzip2, bytes)),
            Format::Xz => drop(out.packed(layer, Codec::Xz, bytes)),
            Format::Lzma => drop(out.packed(layer, Codec::Lzma, bytes)),
            Format::Zstd => drop(out.packed(layer, Codec::Zstd, bytes)),
            Format::Zip => zip::open(bytes, &mut out),
            Format::Tar => tar::open(bytes, &mut out),
            Format::SevenZ => sevenz::open(bytes, &mut out),
            Format::Sqlite => {
                out.stream(layer, bytes.len(), |most, text| (bytes.len(), sqlite::columns(bytes, most, text)));
            }
            Format::Pyc => out.text(layer, bytes, pyc::strings),
            Format::Utf16Le => out.text(layer, bytes, |bytes| utf16::whole(bytes, false)),
            Format::Utf16Be => out.text(layer, bytes, |bytes| utf16::whole(bytes, true)),
            Format::Base64 => out.text(layer, bytes, base64::whole),
            Format::Hex => out.text(layer, bytes, hex::whole),
            Format::HexDump => out.text(layer, bytes, hex::dump),
        }
    });
    if let Err(problem) = opened {
        sink.problem(problem);
    }
}

/// The way out of a container: pays for what comes.
pub(super) struct Out<'a> {
    budget: &'a mut Budget,
    sink: &'a mut dyn Sink,
}

impl Out<'_> {
    /// Whether anything more may come; says once that it may not.
    pub fn goes_on(&mut self, layer: &str) -> bool {
        if let Some(problem) = self.budget.exhausted(layer) {
            self.sink.problem(problem);
        }
        !self.budget.is_spent()
    }

    /// Hands on a problem with a member, which counts as one.
    pub fn problem(&mut self, problem: Problem) {
        self.budget.pay(0);
        self.sink.problem(problem);
    }

    /// Unpacks the stream at the start of `packed`, and hands on what it gives; returns how many bytes of it were read.
    pub fn packed(&mut self, layer: &str, codec: Codec, packed: &[u8]) -> usize {
        self.stream(layer, packed.len(), |most, text| codec::unpack(codec, packed, most, text))
    }

    /// Hands on what `unpack` makes of `packed` bytes, which gets how many bytes it may give and where to; returns how many
    /// bytes were read, which `unpack` returns too.
    pub fn stream(
        &mut self,
        layer: &str,
        packed: usize,
        unpack: impl FnOnce(usize, &mut Vec<u8>) -> (usize, Result<(), Stop>),
    ) -> usize {
        if !self.goes_on(layer) {
            return 0;
        }
        let mut text = Vec::new();
        let (read, end) = unpack(self.budget.allowance(packed), &mut text);
        let problem = match end {
            Ok(()) => None,
            Err(Stop::TooMuch) => self.budget.refusal(layer, packed),
            Err(Stop::Damaged(reason)) => Some(Problem::damaged(layer, reason)),
            Err(Stop::Unsupported(reason)) => Some(Problem::unsupported(layer, reason)),
            Err(Stop::Encrypted) => Some(Problem::Encrypted(layer.to_owned())),
        };
        // What was read counts too: a million entries may share one long stream that gives nothing.
        self.budget.pay(text.len().max(read));
        if !text.is_empty() {
            self.sink.piece(Piece::member(layer, text), self.budget);
        }
        if let Some(problem) = problem {
            self.sink.problem(problem);
        }
        read
    }

    /// Hands on what `decode` makes of a whole text, about as many bytes as that has.
    pub fn text(&mut self, layer: &str, bytes: &[u8], decode: impl FnOnce(&[u8]) -> (Vec<u8>, Map)) {
        if !self.goes_on(layer) {
            return;
        }
        if bytes.len() > self.budget.allowance(bytes.len()) {
            let refusal = self.budget.refusal(layer, bytes.len());
            return refusal.into_iter().for_each(|problem| self.sink.problem(problem));
        }
        let decoded = decode(bytes);
        self.budget.pay(bytes.len().max(decoded.0.len()));
        if !decoded.0.is_empty() {
            self.sink.piece(Piece::mapped(layer, decoded), self.budget);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{
        Limits, recognise,
        sample::{Kept, opened, opened_within, to_base64, to_hex},
        utf16,
    };
    use super::*;
    use proptest::prelude::*;
    use std::io::Write;

    #[test]
    fn a_whole_text_is_one_piece_with_places() {
        let text = "key = value\nand a second line of some length";
        for (format, bytes) in [
            (Format::Base64, to_base64(text.as_bytes()).into_bytes()),
            (Format::Hex, to_hex(text.as_bytes()).into_bytes()),
            (Format::Utf16Le, utf16::encode(text, false)),
            (Format::Utf16Be, utf16::encode(text, true)),
        ] {
            assert_eq!(recognise(&bytes), Some(format));
            let kept = opened(format, &bytes);
            assert_eq!(kept.pieces, [(format.name().to_owned(), text.as_bytes().to_vec())]);
            assert_eq!(kept.problems, []);
        }
    }

    #[test]
    fn a_tar_in_a_gzip_is_found_in_its_piece() {
        let mut tar = ::tar::Builder::new(Vec::new());
        let mut header = ::tar::Header::new_old();
        header.set_size(4);
        tar.append_data(&mut header, "a", &b"text"[..]).unwrap();
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(&tar.into_inner().unwrap()).unwrap();
        let gzip = gzip.finish().unwrap();
        let mut kept = Kept { is_nosy: true, ..Kept::default() };
        open(recognise(&gzip).unwrap(), &gzip, &mut Budget::new(Limits::default(), gzip.len()), &mut kept);
        assert_eq!(kept.pieces[0], ("tar:a".to_owned(), b"text".to_vec()));
        assert_eq!((kept.pieces[1].0.as_str(), kept.problems), ("gzip", vec![]));
    }

    #[test]
    fn a_budget_that_is_spent_is_told_once() {
        let text = to_base64(&[b'x'; 99]);
        let limits = Limits { bytes: 50, ..Limits::default() };
        let mut budget = Budget::new(limits, text.len());
        let mut kept = Kept::default();
        for _ in 0..3 {
            open(Format::Base64, text.as_bytes(), &mut budget, &mut kept);
        }
        assert_eq!(kept.pieces.len(), 1);
        assert_eq!(kept.problems, [Problem::TooLarge { layer: "base64".into(), limit: 50 + text.len() as u64 }]);
    }

    proptest! {
        #[test]
        fn whatever_it_is_taken_for_it_stays_within_the_budget(bytes: Vec<u8>, budget in 0..2000_u64) {
            let limits = Limits { bytes: budget, ..Limits::default() };
            for format in Format::ALL {
                let kept = opened_within(limits, format, &bytes);
                let sum: usize = kept.pieces.iter().map(|(_, text)| text.len()).sum();
                prop_assert!(sum <= budget as usize + 2 * bytes.len());
            }
        }
    }
}
