//! Everything that was read, by number: the objects of the store, and beyond their numbers the texts beside it.

use crate::{
    git::{BlobHash, Life, ObjectIndex, Stand, Store},
    model::{ObjectKind, Oid, Place},
};
use rustc_hash::FxHashMap;
use std::{borrow::Cow, fs, path::PathBuf};

/// The store, and what lies beside it. Only the store's own objects have a history.
pub(super) struct Objects<'a> {
    pub store: &'a Store,
    hash: BlobHash,
    texts: Vec<Text>,
    /// By pointer, of those whose content was read: where that lies.
    lfs: FxHashMap<ObjectIndex, PathBuf>,
}

/// A text beside the store.
pub(super) struct Text {
    pub place: Place,
    /// What a report needs of it; `None` unless there is something to tell.
    pub held: Option<Held>,
}

/// A text of which there is something to tell.
pub(super) struct Held {
    pub id: Oid,
    /// `None`: no value was found in it, or it is too large to be held.
    pub bytes: Option<Vec<u8>>,
}

impl<'a> Objects<'a> {
    pub fn new(store: &'a Store, hash: BlobHash, texts: Vec<Text>, lfs: FxHashMap<ObjectIndex, PathBuf>) -> Self {
        Self { store, hash, texts, lfs }
    }

    /// The text with this number, unless it is an object of the store.
    fn text(&self, number: ObjectIndex) -> Option<&Text> {
        self.texts.get((number as usize).checked_sub(self.store.table().len())?)
    }

    /// Its id, or that which it would have as a blob.
    pub fn id(&self, number: ObjectIndex) -> Oid {
        match self.text(number) {
            Some(text) => text.held.as_ref().map_or_else(|| self.hash.nothing(), |held| held.id),
            None => self.store.table().id(number),
        }
    }

    /// What it is; `path` is where history has it.
    pub fn place(&self, number: ObjectIndex, path: Option<&[u8]>) -> Place {
        if let Some(text) = self.text(number) {
            return text.place.clone();
        }
        match (path, self.store.table().kind(number)) {
            (Some(path), _) if self.lfs.contains_key(&number) => Place::Lfs(path.to_vec()),
            (Some(path), _) => Place::File(path.to_vec()),
            (None, Some(ObjectKind::Commit)) => Place::Commit,
            (None, Some(ObjectKind::Tag)) => Place::Tag,
            (None, _) => Place::Unnamed,
        }
    }

    /// Its bytes, if they can be held.
    pub fn bytes(&self, number: ObjectIndex) -> Option<Cow<'_, [u8]>> {
        if let Some(text) = self.text(number) {
            return text.held.as_ref()?.bytes.as_deref().map(Cow::Borrowed);
        }
        match self.lfs.get(&number) {
            Some(file) => fs::read(file).ok().map(Cow::Owned),
            None => self.store.read(number).ok().map(|(_, bytes)| Cow::Owned(bytes)),
        }
    }

    /// By value: parts the texts that hold it off from the objects that do.
    pub fn part(&self, holders: &mut [Vec<ObjectIndex>]) -> Vec<Vec<ObjectIndex>> {
        let beyond = self.store.table().len();
        let part = |all: &mut Vec<ObjectIndex>| all.extract_if(.., |number| *number as usize >= beyond).collect();
        holders.iter_mut().map(part).collect()
    }

    /// Adds to the lives of values that they stand in texts beside the store.
    pub fn add_texts(&self, holders: &[Vec<ObjectIndex>], lives: &mut [Life]) {
        for (life, texts) in lives.iter_mut().zip(holders) {
            for &number in texts {
                let Some(text) = self.text(number) else { continue };
                let current = text.place.is_current();
                life.places.push(Stand { path: text.place.path(), objects: vec![number], reachable: current });
                life.reachable |= current;
                if let Place::RefName(name) = &text.place {
                    life.present_in.push(String::from_utf8_lossy(name).into_owned());
                    life.present_in.sort();
                    life.present_in.dedup();
                }
            }
            let first = || life.places.first().map(|place| (0, place.objects[0]));
            life.primary = life.primary.or_else(first);
        }
    }
}
