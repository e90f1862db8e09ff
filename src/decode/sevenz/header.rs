//! What the header of a 7z says: which bytes are packed how, and what they are named.

use std::mem;

/// A header read from its beginning; every number and list in it is as long as bytes are there for it.
struct Cursor<'a>(&'a [u8]);

/// Marks of the parts of a header (7zFormat.txt of the LZMA SDK).
mod mark {
    pub const END: u64 = 0x00;
    pub const HEADER: u64 = 0x01;
    pub const STREAMS: u64 = 0x04;
    pub const FILES: u64 = 0x05;
    pub const PACKED: u64 = 0x06;
    pub const FOLDERS: u64 = 0x07;
    pub const PARTS: u64 = 0x08;
    pub const SIZES: u64 = 0x09;
    pub const CHECKSUMS: u64 = 0x0a;
    pub const FOLDER: u64 = 0x0b;
    pub const UNPACKED_SIZES: u64 = 0x0c;
    pub const PART_COUNTS: u64 = 0x0d;
    pub const EMPTY: u64 = 0x0e;
    pub const NAMES: u64 = 0x11;
    pub const PACKED_HEADER: u64 = 0x17;
}

/// One method of packing.
#[derive(Debug, Default)]
pub(super) struct Coder {
    pub method: Vec<u8>,
    pub properties: Vec<u8>,
    /// How many bytes come out of it.
    pub size: u64,
    /// Streams that go in and come out: one each, or it is not known here.
    inputs: u64,
    outputs: u64,
}

/// Files packed as one stream.
#[derive(Debug, Default)]
pub(super) struct Folder {
    /// In the order in which bytes go through them when they are unpacked.
    pub coders: Vec<Coder>,
    /// Which coder's input is which one's output.
    pairs: Vec<(u64, u64)>,
    /// Where its packed bytes begin, behind the archive's own header, and how many they are.
    pub packed: (u64, u64),
    /// The sizes of the files.
    pub parts: Vec<u64>,
    /// How many packed streams it takes.
    streams: usize,
    /// Whether all of it has a checksum, so that a single file in it has none of its own.
    is_summed: bool,
}

/// What stands in an archive.
pub(super) enum Header {
    /// The header itself is packed as the first of these.
    Packed(Vec<Folder>),
    /// The folders, and the names of all files that are not empty.
    Plain(Vec<Folder>, Vec<String>),
}

impl Folder {
    /// Whether each coder has one input and one output.
    pub fn is_chain(&self) -> bool {
        self.streams == 1 && self.coders.iter().all(|coder| (coder.inputs, coder.outputs) == (1, 1))
    }

    /// Puts the coders of a chain in order: first the one whose input is no other's output.
    fn arrange(&mut self) -> Option<()> {
        if !self.is_chain() {
            return Some(());
        }
        let mut next = (0..self.coders.len() as u64).find(|&n| self.pairs.iter().all(|pair| pair.0 != n));
        let mut arranged = Vec::with_capacity(self.coders.len());
        while let Some(n) = next.take()
            && arranged.len() < self.coders.len()
        {
            arranged.push(mem::take(self.coders.get_mut(usize::try_from(n).ok()?)?));
            next = self.pairs.iter().find(|pair| pair.1 == n).map(|pair| pair.0);
        }
        let is_whole = arranged.len() == self.coders.len();
        self.coders = arranged;
        is_whole.then_some(())
    }
}

impl Header {
    /// Reads a header; `None` if it is damaged.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let mut cursor = Cursor(bytes);
        match cursor.number()? {
            mark::PACKED_HEADER => return Some(Self::Packed(cursor.streams()?)),
            mark::HEADER => {}
            _ => return None,
        }
        let (mut folders, mut names) = (Vec::new(), Vec::new());
        loop {
            match cursor.number()? {
                mark::STREAMS => folders = cursor.streams()?,
                mark::FILES => names = cursor.files()?,
                mark::END => return Some(Self::Plain(folders, names)),
                // Properties of the archive, and streams that describe others: no archiver writes them.
                _ => return None,
            }
        }
    }
}

impl<'a> Cursor<'a> {
    fn take(&mut self, len: u64) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(usize::try_from(len).ok()?)?;
        self.0 = rest;
        Some(taken)
    }

    fn byte(&mut self) -> Option<u8> {
        Some(self.take(1)?[0])
    }

    /// A number: as many one bits as its first byte begins with say how many bytes follow, least significant first; the
    /// rest of the first byte is the most significant.
    fn number(&mut self) -> Option<u64> {
        let first = self.byte()?;
        let more = first.leading_ones();
        let mut bytes = [0; 8];
        bytes[..more as usize].copy_from_slice(self.take(more.into())?);
        let high = if more < 7 { u64::from(first & (0x7f >> more)) << (8 * more) } else { 0 };
        Some(u64::from_le_bytes(bytes) | high)
    }

    /// One bit for each of `count` things.
    fn bits(&mut self, count: usize) -> Option<Vec<bool>> {
        let bytes = self.take(count.div_ceil(8) as u64)?;
        Some((0..count).map(|n| bytes[n / 8] & (0x80 >> (n % 8)) != 0).collect())
    }

    /// Passes over checksums of `count` things; says which of them have one.
    fn checksums(&mut self, count: usize) -> Option<Vec<bool>> {
        let some = if self.byte()? == 0 { Some(self.bits(count)?) } else { None };
        let defined = some.as_ref().map_or(count, |some| some.iter().filter(|&&bit| bit).count());
        self.take((defined as u64).checked_mul(4)?)?;
        Some(some.unwrap_or_else(|| vec![true; count]))
    }

    fn streams(&mut self) -> Option<Vec<Folder>> {
        let (mut start, mut sizes, mut folders) = (0, Vec::new(), Vec::new());
        loop {
            match self.number()? {
                mark::PACKED => (start, sizes) = self.packed()?,
                mark::FOLDERS => folders = self.folders()?,
                mark::PARTS => self.parts(&mut folders)?,
                mark::END => break,
                _ => return None,
            }
        }
        let mut sizes = sizes.into_iter();
        for folder in &mut folders {
            folder.packed = (start, 0);
            for size in sizes.by_ref().take(folder.streams) {
                folder.packed.1 = size.checked_add(folder.packed.1)?;
            }
            start = folder.packed.1.checked_add(start)?;
        }
        Some(folders)
    }

    fn packed(&mut self) -> Option<(u64, Vec<u64>)> {
        let (start, count, mut sizes) = (self.number()?, self.number()?, Vec::new());
        loop {
            match self.number()? {
                mark::SIZES => sizes = (0..count).map(|_| self.number()).collect::<Option<_>>()?,
                mark::CHECKSUMS => drop(self.checksums(usize::try_from(count).ok()?)?),
                mark::END => return Some((start, sizes)),
                _ => return None,
            }
        }
    }

    fn folders(&mut self) -> Option<Vec<Folder>> {
        let mut folders = Vec::new();
        loop {
            match self.number()? {
                mark::FOLDER => {
                    let (count, external) = (self.number()?, self.byte()?);
                    folders =
                        (0..count).map(|_| self.folder()).collect::<Option<Vec<_>>>().filter(|_| external == 0)?;
                }
                mark::UNPACKED_SIZES => {
                    for coder in folders.iter_mut().flat_map(|folder: &mut Folder| &mut folder.coders) {
                        for _ in 0..coder.outputs {
                            coder.size = self.number()?;
                        }
                    }
                }
                mark::CHECKSUMS => {
                    let summed = self.checksums(folders.len())?;
                    folders.iter_mut().zip(summed).for_each(|(folder, is_summed)| folder.is_summed = is_summed);
                }
                mark::END => break,
                _ => return None,
            }
        }
        for folder in &mut folders {
            folder.arrange()?;
            folder.parts = vec![folder.coders.last()?.size];
        }
        Some(folders)
    }

    fn folder(&mut self) -> Option<Folder> {
        let mut coders = Vec::new();
        for _ in 0..self.number()? {
            let flags = self.byte()?;
            let mut coder = Coder { inputs: 1, outputs: 1, ..Coder::default() };
            coder.method = self.take(u64::from(flags & 15))?.to_vec();
            if flags & 0x10 != 0 {
                (coder.inputs, coder.outputs) = (self.number()?, self.number()?);
            }
            if flags & 0x20 != 0 {
                let len = self.number()?;
                coder.properties = self.take(len)?.to_vec();
            }
            coders.push(coder);
        }
        let sum = |count: fn(&Coder) -> u64| coders.iter().try_fold(0_u64, |sum, coder| sum.checked_add(count(coder)));
        let (inputs, pairs) = (sum(|coder| coder.inputs)?, sum(|coder| coder.outputs)?.checked_sub(1)?);
        let pairs = (0..pairs).map(|_| Some((self.number()?, self.number()?))).collect::<Option<Vec<_>>>()?;
        let streams = inputs.checked_sub(pairs.len() as u64)?;
        if streams > 1 {
            for _ in 0..streams {
                self.number()?;
            }
        }
        Some(Folder { coders, pairs, streams: usize::try_from(streams).ok()?, ..Folder::default() })
    }

    fn parts(&mut self, folders: &mut [Folder]) -> Option<()> {
        let mut counts = vec![1; folders.len()];
        let mut next = self.number()?;
        if next == mark::PART_COUNTS {
            counts = folders.iter().map(|_| self.number()).collect::<Option<_>>()?;
            next = self.number()?;
        }
        for (folder, count) in folders.iter_mut().zip(counts) {
            let mut rest = folder.parts.first().copied().unwrap_or(0);
            folder.parts.clear();
            for _ in 1..count {
                let size = if next == mark::SIZES { self.number()? } else { return None };
                folder.parts.push(size);
                rest = rest.checked_sub(size)?;
            }
            folder.parts.extend((count > 0).then_some(rest));
        }
        if next == mark::SIZES {
            next = self.number()?;
        }
        if next == mark::CHECKSUMS {
            let own =
                |folder: &Folder| if folder.is_summed && folder.parts.len() == 1 { 0 } else { folder.parts.len() };
            self.checksums(folders.iter().map(own).sum())?;
            next = self.number()?;
        }
        (next == mark::END).then_some(())
    }

    fn files(&mut self) -> Option<Vec<String>> {
        let count = usize::try_from(self.number()?).ok()?;
        let (mut names, mut empty) = (Vec::new(), Vec::new());
        loop {
            let kind = self.number()?;
            if kind == mark::END {
                break;
            }
            let len = self.number()?;
            let mut property = Cursor(self.take(len)?);
            match kind {
                mark::EMPTY => empty = property.bits(count)?,
                mark::NAMES => names = property.names(),
                _ => {}
            }
        }
        let is_empty = |n: usize| empty.get(n).copied().unwrap_or(false);
        Some(names.into_iter().enumerate().filter(|&(n, _)| !is_empty(n)).map(|(_, name)| name).collect())
    }

    /// Names in UTF-16 that each end with a zero, behind a byte that says that they stand here.
    fn names(&self) -> Vec<String> {
        let units: Vec<u16> =
            self.0.get(1..).unwrap_or_default().as_chunks().0.iter().map(|&pair| u16::from_le_bytes(pair)).collect();
        let mut names: Vec<String> = units.split(|&unit| unit == 0).map(String::from_utf16_lossy).collect();
        names.pop();
        names
    }
}
