//! One pack file and its index, mapped into memory.

use crate::model::{Gap, GapKind, ObjectKind, Oid};
use gix_pack::data::entry::Header;
use memmap2::Mmap;
use std::{
    fs::File,
    path::{Path, PathBuf},
};

/// A pack that can be read.
pub(super) struct Pack {
    path: PathBuf,
    data: Mmap,
    index: gix_pack::index::File,
    hash: gix_hash::Kind,
}

/// What the header of a pack entry says.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry {
    /// Stored whole, or against a base.
    pub form: Form,
    /// Inflated size of what is stored: of the object if stored whole, else of the delta.
    pub size: u64,
    /// Where the zlib stream begins.
    pub data: u64,
}

/// How an entry is stored.
#[derive(Debug, Clone, Copy)]
pub(super) enum Form {
    /// Whole.
    Whole(ObjectKind),
    /// Against the entry at this offset of the same pack.
    OffsetDelta(u64),
    /// Against the object with this id.
    RefDelta(Oid),
}

impl Pack {
    /// Opens the pack that belongs to the index at `path`.
    pub fn open(path: &Path, hash: gix_hash::Kind) -> Result<Self, Gap> {
        let unreadable = |subject: &Path, detail: String| Gap {
            kind: GapKind::UnreadableStore,
            subject: subject.display().to_string(),
            detail,
        };
        let open = |path: &Path| {
            if path.is_dir() {
                return Err(unreadable(path, "a folder stands where a file of a pack should be".to_owned()));
            }
            File::open(path).and_then(|file| map(&file)).map_err(|error| unreadable(path, error.to_string()))
        };
        let index = gix_pack::index::File::from_data(open(path)?, path.to_path_buf(), hash)
            .map_err(|error| unreadable(path, format!("the pack's index cannot be used: {error}")))?;
        let path = path.with_extension("pack");
        let data = open(&path)?;
        let version = data.get(4..8).map(|bytes| u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]));
        let count = data.get(8..12).map(|bytes| u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]));
        if !data.starts_with(b"PACK") || !matches!(version, Some(2 | 3)) {
            return Err(unreadable(&path, "not a pack of version 2 or 3".to_owned()));
        }
        if data.len() < 12 + hash.len_in_bytes() {
            return Err(unreadable(&path, "the pack is cut short".to_owned()));
        }
        if count != Some(index.num_objects()) {
            let detail = format!(
                "the pack says it has {} objects, its index {}; run 'git index-pack' on it",
                count.unwrap_or(0),
                index.num_objects()
            );
            return Err(unreadable(&path, detail));
        }
        Ok(Self { path, data, index, hash })
    }

    /// The pack file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Number of entries.
    pub fn len(&self) -> u32 {
        self.index.num_objects()
    }

    /// The id of the entry at `position` of the index.
    #[allow(clippy::expect_used, reason = "gix gives ids of 20 or 32 bytes")]
    pub fn id(&self, position: u32) -> Oid {
        Oid::from_bytes(self.index.oid_at_index(position).as_bytes()).expect("20 or 32 bytes")
    }

    /// Where the entry at `position` of the index begins.
    pub fn offset(&self, position: u32) -> u64 {
        self.index.pack_offset_at_index(position)
    }

    /// The position in the index of the object with this raw id.
    pub fn position(&self, oid: &Oid) -> Option<u32> {
        self.index.lookup(gix_hash::oid::try_from_bytes(oid.as_bytes()).ok()?)
    }

    /// One past the last byte of the entries: where the trailing checksum begins.
    pub fn end(&self) -> u64 {
        self.data.len() as u64 - self.hash.len_in_bytes() as u64
    }

    /// The header of the entry at `offset`, or what is wrong with it.
    pub fn entry(&self, offset: u64) -> Result<Entry, String> {
        let bytes = self
            .data
            .get(offset as usize..self.end() as usize)
            .filter(|bytes| !bytes.is_empty() && offset >= 12)
            .ok_or_else(|| format!("its offset {offset} lies outside the pack"))?;
        let entry = gix_pack::data::Entry::from_bytes(bytes, offset, self.hash)
            .map_err(|error| format!("bad header: {error}"))?;
        let form = match entry.header {
            Header::Blob => Form::Whole(ObjectKind::Blob),
            Header::Tree => Form::Whole(ObjectKind::Tree),
            Header::Commit => Form::Whole(ObjectKind::Commit),
            Header::Tag => Form::Whole(ObjectKind::Tag),
            Header::OfsDelta { base_distance } => Form::OffsetDelta(
                offset
                    .checked_sub(base_distance)
                    .filter(|_| base_distance > 0)
                    .ok_or("its delta base lies outside the pack")?,
            ),
            Header::RefDelta { base_id } => {
                Form::RefDelta(Oid::from_bytes(base_id.as_bytes()).map_err(|error| error.to_string())?)
            }
        };
        Ok(Entry { form, size: entry.decompressed_size, data: entry.data_offset })
    }

    /// Whether the bytes of an entry, header and all, are those its index was made for. Indexes of version 1 do not say.
    pub fn is_as_indexed(&self, position: u32, offset: u64, end: u64) -> bool {
        self.index.crc32_at_index(position).is_none_or(|sum| sum == libdeflater::crc32(self.packed(offset, end)))
    }

    /// The zlib stream that begins at `data` and ends before `end`.
    pub fn packed(&self, data: u64, end: u64) -> &[u8] {
        self.data.get(data as usize..end as usize).unwrap_or_default()
    }
}

/// Maps a file of the store. Git writes packs once under a temporary name and never changes them, so the mapping
/// stays what it was; should somebody truncate one under a running scan, the process gets SIGBUS, as git does.
#[allow(unsafe_code, reason = "the one place that maps a file")]
fn map(file: &File) -> std::io::Result<Mmap> {
    // SAFETY: packs are immutable once they have their name, see above.
    unsafe { Mmap::map(file) }
}
