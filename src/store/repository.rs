//! Repositories, as their host lists them.

use super::database::Store;
use super::row::{parsed, plain};
use super::shard::{Shard, slot};
use super::{Moment, RunId, StoreError};
use sqlx::any::AnyRow;
use sqlx::{AssertSqlSafe, Row};
use std::collections::BTreeMap;

/// A repository, as a host lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// What it is called for good, whatever its name: the host's origin and the host's id of it, e.g.
    /// `https://github.com/1296269`.
    pub id: String,
    /// Its full name, e.g. `acme/shop`.
    pub name: String,
    /// What git clones it from, without credentials.
    pub clone_url: String,
    /// Where a person looks at it.
    pub web_url: Option<String>,
    /// The branch that HEAD names, without `refs/heads/`, where the host tells.
    pub branch: Option<String>,
    /// Whether it is read only.
    pub archived: bool,
    /// Whether it was made from another one.
    pub fork: bool,
    /// The id of what it was forked from, where the host tells.
    pub parent: Option<String>,
    /// Whether it is a wiki.
    pub wiki: bool,
}

/// A repository, as it is remembered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repository {
    /// What the host said last.
    pub listed: Listed,
    /// What was audited when it was listed last, e.g. `github:acme`.
    pub source: String,
    /// The run that it was listed by last.
    pub listed_run: RunId,
    /// Since when it is no longer listed.
    pub unlisted_at: Option<Moment>,
}

/// Rows in one statement. `SQLite` looks names of values up one by one: 500 rows take far longer than ten times 50.
const ROWS: usize = 50;

pub(super) const COLUMNS: &str = "r.id, r.source, r.name, r.clone_url, r.web_url, r.branch, r.archived, r.fork, r.wiki, r.parent, r.listed_run, \
                       r.unlisted_at";

impl Store {
    /// Takes in what `run` was told by the host: the whole list at once. If the host has told all, those of its source that are no
    /// longer in it are marked so. Each of the list that is in the run's shard is from now on
    /// [`super::OutcomeKind::NotReached`] by this run until something is recorded. Of several with one id the last counts.
    pub fn list(&self, run: RunId, at: &Moment, listed: &[Listed], is_whole: bool) -> Result<(), StoreError> {
        // Sorted, so that two processes take their locks in one order.
        let listed: BTreeMap<&str, &Listed> = listed.iter().map(|one| (one.id.as_str(), one)).collect();
        let listed: Vec<&Listed> = listed.into_values().collect();
        let known = self.write("take in the list of repositories", async |connection| {
            let row = sqlx::query("SELECT source, shard FROM runs WHERE id = $1").bind(run.0);
            let row = row.fetch_optional(&mut *connection).await?;
            let Some(row) = row else { return Ok(false) };
            let source: String = row.try_get(0)?;
            let shard = parsed(&row, "shard", |shard| shard.parse::<Shard>().ok())?;
            for rows in listed.chunks(ROWS) {
                let sql = format!(
                    "INSERT INTO repositories (id, slot, source, name, clone_url, web_url, branch, archived, fork, wiki, parent, \
                     listed_run) \
                     VALUES {} ON CONFLICT (id) DO UPDATE SET source = excluded.source, name = excluded.name, \
                     clone_url = excluded.clone_url, web_url = excluded.web_url, branch = excluded.branch, archived = excluded.archived, \
                     fork = excluded.fork, wiki = excluded.wiki, parent = excluded.parent, \
                     listed_run = excluded.listed_run, unlisted_at = NULL",
                    placeholders(rows.len(), 12)
                );
                let mut query = sqlx::query(AssertSqlSafe(sql));
                for one in rows {
                    query = query.bind(plain(&one.id)).bind(slot(&one.id)).bind(plain(&source)).bind(plain(&one.name));
                    query = query.bind(plain(&one.clone_url)).bind(one.web_url.as_deref().map(plain));
                    query = query.bind(one.branch.as_deref().map(plain));
                    query = query.bind(i64::from(one.archived)).bind(i64::from(one.fork)).bind(i64::from(one.wiki));
                    query = query.bind(one.parent.as_deref().map(plain)).bind(run.0);
                }
                query.execute(&mut *connection).await?;
            }
            let sql = "INSERT INTO outcomes (run, repository, outcome) SELECT $1, id, 'not_reached' FROM repositories \
                       WHERE listed_run = $1 AND slot % $2 = $3 ON CONFLICT (run, repository) DO NOTHING";
            let query = sqlx::query(sql).bind(run.0).bind(shard.count()).bind(shard.remainder());
            query.execute(&mut *connection).await?;
            if !is_whole {
                return Ok(true);
            }
            let sql = "UPDATE repositories SET unlisted_at = $3 WHERE source = $1 AND listed_run < $2 AND unlisted_at IS NULL";
            sqlx::query(sql).bind(source).bind(run.0).bind(at.as_str()).execute(&mut *connection).await?;
            Ok(true)
        })?;
        if known { Ok(()) } else { Err(self.unknown(format!("run {run}"))) }
    }

    /// All repositories, or those of one source, by name; those that are no longer listed, too.
    pub fn repositories(&self, source: Option<&str>) -> Result<Vec<Repository>, StoreError> {
        self.read("read the repositories", async |connection| {
            let sql =
                format!("SELECT {COLUMNS} FROM repositories r WHERE $1 IS NULL OR r.source = $1 ORDER BY r.name, r.id");
            let query = sqlx::query(AssertSqlSafe(sql)).bind(source.map(plain));
            query.fetch_all(connection).await?.iter().map(repository).collect()
        })
    }

    /// Those listed by `run` that nothing was recorded of yet, by name: what is left to do, also after a crash.
    pub fn not_reached(&self, run: RunId) -> Result<Vec<Repository>, StoreError> {
        self.read("read what is left to do", async |connection| {
            let sql = format!(
                "SELECT {COLUMNS} FROM repositories r JOIN outcomes o ON o.repository = r.id \
                 WHERE o.run = $1 AND o.outcome = 'not_reached' ORDER BY r.name, r.id"
            );
            sqlx::query(AssertSqlSafe(sql)).bind(run.0).fetch_all(connection).await?.iter().map(repository).collect()
        })
    }
}

/// `($1, $2), ($3, $4)` for two rows of two columns.
fn placeholders(rows: usize, columns: usize) -> String {
    let row = |row: usize| {
        let numbers: Vec<String> = (1..=columns).map(|column| format!("${}", row * columns + column)).collect();
        format!("({})", numbers.join(", "))
    };
    (0..rows).map(row).collect::<Vec<_>>().join(", ")
}

pub(super) fn repository(row: &AnyRow) -> Result<Repository, sqlx::Error> {
    let flag = |column: &str| row.try_get::<i64, _>(column).map(|flag| flag != 0);
    Ok(Repository {
        listed: Listed {
            id: row.try_get("id")?,
            name: row.try_get("name")?,
            clone_url: row.try_get("clone_url")?,
            web_url: row.try_get("web_url")?,
            branch: row.try_get("branch")?,
            archived: flag("archived")?,
            fork: flag("fork")?,
            parent: row.try_get("parent")?,
            wiki: flag("wiki")?,
        },
        source: row.try_get("source")?,
        listed_run: RunId(row.try_get("listed_run")?),
        unlisted_at: super::row::parsed_optional(row, "unlisted_at", Moment::parse)?,
    })
}
