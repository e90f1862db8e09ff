//! Objects stored as a file each.

use super::inflate::stream;
use crate::model::{ObjectKind, Oid};
use std::{
    fs::File,
    io::{BufReader, Read},
    path::{Path, PathBuf},
    sync::Arc,
};

/// The largest size in a header that memory is set aside for before its bytes are seen.
const BELIEVED: u64 = 1 << 20;

/// A loose object's file.
#[derive(Debug, Clone)]
pub(super) struct Loose {
    folder: Arc<Path>,
    pub oid: Oid,
}

/// A loose object opened for reading: its header is read, its content is still in the stream.
pub(super) struct Open {
    pub kind: ObjectKind,
    pub size: u64,
    pub content: Box<dyn Read>,
}

impl Loose {
    pub fn new(folder: Arc<Path>, oid: Oid) -> Self {
        Self { folder, oid }
    }

    /// The file.
    pub fn path(&self) -> PathBuf {
        let hex = self.oid.to_string();
        self.folder.join(&hex[..2]).join(&hex[2..])
    }

    /// Reads the header: `blob 12\0`.
    pub fn open(&self) -> Result<Open, String> {
        let file = File::open(self.path()).map_err(|error| error.to_string())?;
        if file.metadata().is_ok_and(|meta| meta.len() == 0) {
            return Err("the file is empty".to_owned());
        }
        let mut content = stream(BufReader::new(file));
        let mut header = Vec::with_capacity(32);
        loop {
            let mut byte = [0];
            match content.read(&mut byte) {
                Ok(1) if byte[0] == 0 => break,
                Ok(1) if header.len() < 32 => header.push(byte[0]),
                Ok(0) => return Err("its header is cut short".to_owned()),
                Ok(_) => return Err("it does not begin with an object header".to_owned()),
                Err(error) => return Err(format!("its zlib stream is damaged: {error}")),
            }
        }
        let (kind, size) = parse(&header).ok_or("it does not begin with an object header")?;
        Ok(Open { kind, size, content: Box::new(content) })
    }
}

impl Open {
    /// Reads the content whole into `out`.
    pub fn read(mut self, out: &mut Vec<u8>) -> Result<(), String> {
        let damaged = |error: std::io::Error| format!("its zlib stream is damaged: {error}");
        // Grows with what there is: the size in the header may be a lie.
        out.clear();
        out.reserve(self.size.min(BELIEVED) as usize);
        let filled = (&mut self.content).take(self.size).read_to_end(out).map_err(damaged)?;
        if (filled as u64) < self.size {
            return Err(format!("the file is cut short: {filled} of {} bytes", self.size));
        }
        // One more read reaches the checksum at the end of the stream.
        match self.content.read(&mut [0]).map_err(damaged)? {
            0 => Ok(()),
            _ => Err(format!("it holds more than the {} bytes it announces", self.size)),
        }
    }
}

fn parse(header: &[u8]) -> Option<(ObjectKind, u64)> {
    let space = header.iter().position(|&byte| byte == b' ')?;
    let size = std::str::from_utf8(&header[space + 1..]).ok()?.parse().ok()?;
    Some((ObjectKind::from_word(&header[..space])?, size))
}
