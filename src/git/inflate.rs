//! Zlib streams: whole ones of known size, and streamed ones.

use std::{
    io::{BufRead, Read},
    sync::atomic::{AtomicBool, Ordering},
};

/// Inflates streams whose size is known, one after the other, without setting up anew.
pub(super) struct Inflater(libdeflater::Decompressor);

impl Default for Inflater {
    fn default() -> Self {
        Self(libdeflater::Decompressor::new())
    }
}

impl Inflater {
    /// Inflates the stream at the start of `packed`, which must give exactly `size` bytes, into `out`.
    pub fn exactly(&mut self, packed: &[u8], size: u64, out: &mut Vec<u8>) -> Result<(), String> {
        // A stream gives at most 1,032 bytes for one: a size beyond that is a lie, and not worth its memory.
        if size > (packed.len() as u64).saturating_mul(1032) {
            return Err(format!("{} packed bytes cannot hold the {size} bytes it announces", packed.len()));
        }
        let size = size as usize;
        if out.len() > size {
            out.truncate(size);
        } else {
            out.resize(size, 0);
        }
        // An empty output still has a stream with a checksum; libdeflate wants a buffer to write to.
        let mut nothing = [0];
        let into = if size == 0 { &mut nothing[..] } else { &mut out[..] };
        match self.0.zlib_decompress(packed, into) {
            Ok(written) if written == size => Ok(()),
            Ok(written) => Err(format!("it holds {written} bytes instead of the {size} it announces")),
            Err(libdeflater::DecompressionError::InsufficientSpace) => {
                Err(format!("it holds more than the {size} bytes it announces"))
            }
            Err(libdeflater::DecompressionError::BadData) => Err("its zlib stream is damaged or cut short".to_owned()),
        }
    }
}

/// A zlib stream read piece by piece.
pub(super) fn stream<'a>(packed: impl BufRead + 'a) -> impl Read + 'a {
    flate2::bufread::ZlibDecoder::new(packed)
}

/// A stream that ends with an error when the scan is cancelled: it may have gigabytes to go.
pub struct Cancellable<'a> {
    /// What is read.
    pub content: &'a mut dyn Read,
    /// Ends it when set.
    pub cancel: &'a AtomicBool,
}

impl Read for Cancellable<'_> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        if self.cancel.load(Ordering::Relaxed) {
            return Err(std::io::Error::other("the scan was stopped"));
        }
        self.content.read(into)
    }
}
