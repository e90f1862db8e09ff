//! Which commits the user asks about: what others brought in is read all the same, and not told.

use crate::{
    git::{Graph, Life, ObjectIndex, Push, Range, Store, tag_time},
    model::{ObjectKind, Oid},
};
use rustc_hash::FxHashSet;

/// Commits of a range, or since a date.
pub(super) struct Selection<'a> {
    store: &'a Store,
    /// Only what this brings.
    push: Option<&'a Push>,
    /// `None`: all of them.
    commits: Option<FxHashSet<ObjectIndex>>,
    /// A tag is in no range, but has a date.
    tags_since: Option<i64>,
}

impl<'a> Selection<'a> {
    /// Commits that are in `range`, if there is one, and were committed at `since` or later, if that is given: seconds
    /// since 1970.
    pub fn new(store: &'a Store, graph: &Graph, range: Option<&Range>, since: Option<i64>) -> Self {
        let asked = range.is_some() || since.is_some();
        let commits = asked.then(|| graph.select(store.table(), range, since.unwrap_or(i64::MIN)));
        Self { store, push: None, commits, tags_since: since.filter(|_| range.is_none()) }
    }

    /// What `push` brings; `store` is its store.
    pub fn of_push(store: &'a Store, push: &'a Push) -> Self {
        Self { store, push: Some(push), commits: None, tags_since: None }
    }

    /// Whether all are asked for.
    pub fn is_all(&self) -> bool {
        self.commits.is_none() && self.push.is_none()
    }

    /// Whether one of them introduced this value.
    pub fn introduced(&self, life: &Life) -> bool {
        if let Some(push) = self.push {
            // A blob that no commit holds was brought all the same, and so was a ref's name.
            let beyond = self.store.table().len();
            let is_new = |&id: &ObjectIndex| id as usize >= beyond || push.is_new(&self.store.table().id(id));
            let unnamed = life.places.iter().filter(|_| life.introductions.is_empty());
            return life.introductions.iter().any(is_new) || unnamed.flat_map(|place| &place.objects).any(is_new);
        }
        self.is_all() || life.introductions.iter().any(|&id| self.contains(id))
    }

    /// Shallow boundaries among them: what these are said to have introduced may be older.
    pub fn boundaries(&self, shallow: &[Oid]) -> Vec<Oid> {
        let number = |oid: &Oid| self.store.table().find(oid.as_bytes());
        let asked = |oid: &&Oid| self.is_all() || number(oid).is_some_and(|id| self.contains(id));
        shallow.iter().filter(asked).copied().collect()
    }

    fn contains(&self, id: ObjectIndex) -> bool {
        if self.store.table().kind(id) != Some(ObjectKind::Tag) {
            return self.commits.as_ref().is_none_or(|commits| commits.contains(&id));
        }
        self.tags_since.is_some_and(|since| self.store.read(id).is_ok_and(|(_, bytes)| tag_time(&bytes) >= since))
    }
}
