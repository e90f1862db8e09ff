//! A value's life in a repository's history.

use super::{Location, Oid, Place};

/// The commit that did something to a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitRef {
    /// The commit's id.
    pub id: Oid,
    /// The author's name, lossily decoded.
    pub author: String,
    /// The author's e-mail address, lossily decoded.
    pub email: String,
    /// The author date, RFC 3339 with the author's own offset, e.g. `2026-11-24T20:34:22+01:00`.
    pub date: String,
}

/// One path (or message) that held the value at some time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Occurrence {
    /// The spot, in the first blob that held it at this path.
    pub location: Location,
    /// How many distinct blobs held it at this path.
    pub blobs: u32,
    /// Whether a ref reaches one of them.
    pub reachable: bool,
}

/// Who brought a value in, who took it out, and where it still is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Trace {
    /// Commits that hold the value while no parent does, earliest first. Empty when no commit holds it at all
    /// (a blob that only the index or a lost object ever named).
    pub introductions: Vec<CommitRef>,
    /// Commits that no longer hold it although their parents do, earliest first.
    pub removals: Vec<CommitRef>,
    /// Full names of the refs whose tip holds the value now, sorted. A value in a commit or tag message is held by
    /// every ref that reaches the message.
    pub present_in: Vec<String>,
    /// Whether the commit at HEAD holds it.
    pub at_head: bool,
    /// Whether any ref reaches an object that holds it, or it stands in a text beside the history that is in use now.
    pub reachable: bool,
    /// One entry a path, sorted by place; texts beside the history come last.
    pub occurrences: Vec<Occurrence>,
    /// Distinct blobs (or messages) that hold the value.
    pub blobs: u32,
}

impl Trace {
    /// The first of its places, if no object of the history holds it.
    pub fn beside_history(&self) -> Option<&Place> {
        let mut places = self.occurrences.iter().map(|occurrence| &occurrence.location.place);
        let first = places.next()?;
        (!first.is_history() && !places.any(Place::is_history)).then_some(first)
    }

    /// Whether the commit at HEAD holds it, or a text beside the history that is in use now.
    pub fn is_current(&self) -> bool {
        self.at_head || self.occurrences.iter().any(|occurrence| occurrence.location.place.is_current())
    }

    /// The commit that brought the value in first.
    pub fn introduced(&self) -> Option<&CommitRef> {
        self.introductions.first()
    }

    /// The commit that took the value out for good: `None` while a ref's tip still holds it, and for a value that no
    /// ref reaches.
    pub fn removed(&self) -> Option<&CommitRef> {
        if self.present_in.is_empty() && self.reachable { self.removals.last() } else { None }
    }
}
