//! What became of a repository in a run, as it is remembered.

use super::database::Store;
use super::row::{meaningless, parsed, parsed_optional};
use super::{Moment, RunId, StoreError};
use crate::model::Gap;
use sqlx::Row;
use sqlx::any::AnyRow;

/// What became of a repository in a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OutcomeKind {
    /// It was read anew.
    Scanned,
    /// It is as it was when last read, and so are the rules.
    Unchanged,
    /// It could not be read.
    Failed,
    /// Nobody came to it.
    NotReached,
}

impl OutcomeKind {
    const ALL: [Self; 4] = [Self::Scanned, Self::Unchanged, Self::Failed, Self::NotReached];

    /// The word used in outputs, e.g. `not_reached`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Scanned => "scanned",
            Self::Unchanged => "unchanged",
            Self::Failed => "failed",
            Self::NotReached => "not_reached",
        }
    }

    pub(super) fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// What became of one repository in one run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredOutcome {
    /// The repository's id.
    pub repository: String,
    /// Its name now.
    pub name: String,
    /// What became of it.
    pub kind: OutcomeKind,
    /// When this was told; `None` if nobody came to it.
    pub at: Option<Moment>,
    /// Why it failed.
    pub reason: Option<String>,
    /// How much of it was not read.
    pub gap_count: u64,
    /// What was not read: the first [`super::Scan::KEPT_GAPS`].
    pub gaps: Vec<Gap>,
}

impl Store {
    /// What became of each repository that `run` listed, by name.
    pub fn outcomes(&self, run: RunId) -> Result<Vec<StoredOutcome>, StoreError> {
        self.read("read what became of the repositories", async |connection| {
            let sql = "SELECT o.repository, r.name, o.outcome, o.told_at, o.reason, o.gap_count, o.gaps \
                       FROM outcomes o JOIN repositories r ON r.id = o.repository WHERE o.run = $1 ORDER BY r.name, r.id";
            sqlx::query(sql).bind(run.0).fetch_all(connection).await?.iter().map(outcome).collect()
        })
    }
}

fn outcome(row: &AnyRow) -> Result<StoredOutcome, sqlx::Error> {
    Ok(StoredOutcome {
        repository: row.try_get("repository")?,
        name: row.try_get("name")?,
        kind: parsed(row, "outcome", OutcomeKind::parse)?,
        at: parsed_optional(row, "told_at", Moment::parse)?,
        reason: row.try_get("reason")?,
        gap_count: row.try_get::<i64, _>("gap_count")?.cast_unsigned(),
        gaps: gaps(row)?,
    })
}

pub(super) fn gaps(row: &AnyRow) -> Result<Vec<Gap>, sqlx::Error> {
    let text: &str = row.try_get("gaps")?;
    serde_json::from_str(text).map_err(|_| meaningless("gaps", text))
}
