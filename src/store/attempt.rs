//! Who works on what: a queue delivers a job at least once, and the store knows whether anything is left of it to do.

use super::database::Store;
use super::repository::{COLUMNS, repository};
use super::{Repository, RunId, StoreError};
use sqlx::{AnyConnection, AssertSqlSafe, Row};

/// A repository that somebody begins to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// Which one.
    pub repository: Repository,
    /// How often it was begun in this run, with this time: more than once if a worker went away in the middle.
    pub number: u64,
}

/// How far a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Repositories that nothing was recorded of yet.
    pub left: u64,
    /// Whether a newer run of the same source and shard has taken its place.
    pub superseded: bool,
}

/// Whether a newer run of the same source and shard than $1 is there.
const SUPERSEDED: &str = "SELECT COUNT(*) FROM runs newer JOIN runs own ON newer.source = own.source AND newer.shard = own.shard \
                          AND newer.id > own.id WHERE own.id = $1";

impl Store {
    /// Notes that somebody begins to look at `repository` for `run`. `None` if there is nothing to do: it was recorded already, or
    /// a newer run has taken this one's place.
    pub fn attempt(&self, run: RunId, repository: &str) -> Result<Option<Attempt>, StoreError> {
        self.write("begin with a repository", async |connection| {
            if is_superseded(connection, run).await? {
                return Ok(None);
            }
            let sql = "UPDATE outcomes SET attempts = attempts + 1 WHERE run = $1 AND repository = $2 \
                       AND outcome = 'not_reached' RETURNING attempts";
            let query = sqlx::query(sql).bind(run.0).bind(repository);
            let Some(row) = query.fetch_optional(&mut *connection).await? else { return Ok(None) };
            let number = row.try_get::<i64, _>(0)?.cast_unsigned();
            let sql = format!("SELECT {COLUMNS} FROM repositories r WHERE r.id = $1");
            let row = sqlx::query(AssertSqlSafe(sql)).bind(repository).fetch_one(connection).await?;
            Ok(Some(Attempt { repository: self::repository(&row)?, number }))
        })
    }

    /// Takes an attempt back that was stopped in good order: it says nothing against the repository.
    pub fn give_back(&self, run: RunId, repository: &str) -> Result<(), StoreError> {
        self.write("give a repository back", async |connection| {
            let sql = "UPDATE outcomes SET attempts = attempts - 1 WHERE run = $1 AND repository = $2 AND attempts > 0";
            sqlx::query(sql).bind(run.0).bind(repository).execute(connection).await?;
            Ok(())
        })
    }

    /// How far `run` is.
    pub fn progress(&self, run: RunId) -> Result<Progress, StoreError> {
        self.read("see how far a run is", async |connection| {
            let sql = "SELECT COUNT(*) FROM outcomes WHERE run = $1 AND outcome = 'not_reached'";
            let left: i64 = sqlx::query(sql).bind(run.0).fetch_one(&mut *connection).await?.try_get(0)?;
            Ok(Progress { left: left.cast_unsigned(), superseded: is_superseded(connection, run).await? })
        })
    }
}

async fn is_superseded(connection: &mut AnyConnection, run: RunId) -> Result<bool, sqlx::Error> {
    let newer: i64 = sqlx::query(SUPERSEDED).bind(run.0).fetch_one(connection).await?.try_get(0)?;
    Ok(newer > 0)
}
