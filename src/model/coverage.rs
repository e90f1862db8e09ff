//! The ledger: what a scan saw, what it read, what it could not read and why.

use super::ObjectKind;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Why something that should have been read was not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GapKind {
    /// An object that others name is not in the store (a partial clone, a lost object).
    MissingObject,
    /// Git LFS keeps the content of a file elsewhere, and it was not fetched.
    LfsNotStored,
    /// History ends at a shallow boundary: what came before is not in this clone.
    ShallowBoundary,
    /// An object is larger than the limit and could not be streamed.
    TooLarge,
    /// More is packed or encoded in an object than may be unpacked of one.
    UnpackLimit,
    /// A part of a container that cannot be unpacked: encrypted, damaged, of an unknown method.
    Sealed,
    /// An object's bytes do not decode.
    CorruptObject,
    /// A delta names a base that is not there.
    MissingBase,
    /// A pack, its index or a folder of the store cannot be used.
    UnreadableStore,
    /// A file or folder beside the object store cannot be read.
    UnreadableFile,
    /// A ref that names nothing usable.
    BadRef,
    /// The user or the system stopped the scan.
    Interrupted,
    /// A repository that was asked for and could not be opened.
    NotOpened,
}

impl GapKind {
    /// Whether another scan of the same objects, with the same bounds, would meet it again: nothing that may be mended meanwhile.
    pub fn is_lasting(self) -> bool {
        matches!(self, Self::LfsNotStored | Self::TooLarge | Self::UnpackLimit)
    }

    /// Whether the repository as it lies here is damaged.
    pub fn is_damage(self) -> bool {
        matches!(self, Self::MissingObject | Self::CorruptObject | Self::MissingBase | Self::UnreadableStore)
    }

    /// The word used in outputs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::MissingObject => "missing_object",
            Self::LfsNotStored => "lfs_not_stored",
            Self::ShallowBoundary => "shallow_boundary",
            Self::TooLarge => "too_large",
            Self::UnpackLimit => "unpack_limit",
            Self::Sealed => "sealed",
            Self::CorruptObject => "corrupt_object",
            Self::MissingBase => "missing_base",
            Self::UnreadableStore => "unreadable_store",
            Self::UnreadableFile => "unreadable_file",
            Self::BadRef => "bad_ref",
            Self::Interrupted => "interrupted",
            Self::NotOpened => "not_opened",
        }
    }
}

/// One thing that was not covered.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Gap {
    /// Why.
    pub kind: GapKind,
    /// The object id, path or ref it is about.
    pub subject: String,
    /// The cause in words, and what to do where there is something to do.
    pub detail: String,
}

/// Objects of one kind, or texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Tally {
    /// How many there are: distinct objects in the store.
    pub seen: u64,
    /// How many were read whole. Trees are read for paths, the others are scanned.
    pub scanned: u64,
    /// Bytes of those that were read, inflated.
    pub bytes: u64,
}

impl Tally {
    /// All of them together.
    pub fn sum<'a>(tallies: impl IntoIterator<Item = &'a Self>) -> Self {
        tallies.into_iter().fold(Self::default(), |sum, tally| Self {
            seen: sum.seen + tally.seen,
            scanned: sum.scanned + tally.scanned,
            bytes: sum.bytes + tally.bytes,
        })
    }
}

/// The ledger of one repository.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Coverage {
    /// By kind of object.
    pub objects: BTreeMap<ObjectKind, Tally>,
    /// Blobs that were left out, since an earlier scan by the same rules read them and found nothing in them.
    pub known: u64,
    /// Texts that lie beside the object store, by the word for their place: see [`super::Place::kind`].
    pub texts: BTreeMap<&'static str, Tally>,
    /// All that was not covered, sorted.
    pub gaps: Vec<Gap>,
    /// Gaps that the user accepted beforehand (`--allow-missing`): named, but not counted against the scan.
    pub accepted_gaps: Vec<Gap>,
    /// What nobody can read without more than the object: encrypted, damaged or unknown parts of containers, sorted. Their
    /// bytes were searched as they lie, and they do not count against the scan.
    pub sealed: Vec<Gap>,
    /// Refs that were followed.
    pub refs: u64,
}

impl Coverage {
    /// Whether everything was read: only then can a scan without findings exit 0.
    pub fn is_complete(&self) -> bool {
        self.gaps.is_empty()
    }

    /// Objects of all kinds together.
    pub fn total(&self) -> Tally {
        Tally::sum(self.objects.values())
    }

    /// The same for texts beside the object store.
    pub fn total_texts(&self) -> Tally {
        Tally::sum(self.texts.values())
    }

    /// Number of gaps by kind.
    pub fn gaps_by_kind(&self) -> BTreeMap<GapKind, u64> {
        let mut counts = BTreeMap::new();
        for gap in &self.gaps {
            *counts.entry(gap.kind).or_insert(0) += 1;
        }
        counts
    }
}
