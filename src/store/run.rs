//! Runs of an audit.

use super::database::Store;
use super::row::{parsed, parsed_optional, plain};
use super::{Moment, Shard, StoreError};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row};
use std::fmt;

/// A run's number: a later run has a higher one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RunId(pub i64);

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// A run that begins.
#[derive(Debug, Clone, Copy)]
pub struct NewRun<'a> {
    /// What is audited, e.g. `github:acme`.
    pub source: &'a str,
    /// Which part of it.
    pub shard: Shard,
    /// Why: `scheduled`, `resumed` or what else the caller calls it.
    pub kind: &'a str,
    /// The version of the program.
    pub engine: &'a str,
    /// Digest of the rule set.
    pub rules: &'a str,
    /// Now.
    pub at: &'a Moment,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunEnd {
    /// The exit code.
    pub exit_code: i32,
    /// Whether it was told to stop before its end.
    pub interrupted: bool,
}

/// How many repositories a run listed, and what became of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// All that were listed: the sum of the next four.
    pub listed: u64,
    /// Read anew.
    pub scanned: u64,
    /// As they were when last read.
    pub unchanged: u64,
    /// Not read, for a reason.
    pub failed: u64,
    /// Nobody came to them.
    pub not_reached: u64,
    /// Scanned or unchanged ones of which something was not read.
    pub incomplete: u64,
}

impl Counts {
    /// Whether everything was covered: only then does no finding mean clean.
    pub fn is_complete(&self) -> bool {
        self.failed == 0 && self.not_reached == 0 && self.incomplete == 0
    }
}

/// One run, as it is remembered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Its number.
    pub id: RunId,
    /// What was audited.
    pub source: String,
    /// Which part of it.
    pub shard: Shard,
    /// Why.
    pub kind: String,
    /// The version of the program.
    pub engine: String,
    /// Digest of the rule set.
    pub rules: String,
    /// When it began.
    pub started: Moment,
    /// When it ended; `None` while it runs, and after a crash.
    pub ended: Option<Moment>,
    /// How; `None` while it runs, and after a crash.
    pub end: Option<RunEnd>,
    /// What became of the repositories.
    pub counts: Counts,
    /// What went wrong while the repositories were listed: there may be more of them.
    pub problems: Vec<String>,
}

/// So many runs are looked through for the last of each source and shard.
const RUNS: u32 = 1000;

/// Of how many runs of a source each repository's outcome is kept: about a month of nights. The counts are kept for good.
const KEPT: i64 = 30;

impl Store {
    /// Begins a run.
    pub fn begin_run(&self, run: &NewRun<'_>) -> Result<RunId, StoreError> {
        self.write("begin a run", async |connection| {
            let sql =
                "INSERT INTO runs (source, shard, kind, engine, rules, started) VALUES ($1, $2, $3, $4, $5, $6) RETURNING id";
            let query = sqlx::query(sql).bind(plain(run.source)).bind(run.shard.to_string()).bind(plain(run.kind));
            let query = query.bind(plain(run.engine));
            let row = query.bind(plain(run.rules)).bind(run.at.as_str()).fetch_one(&mut *connection).await?;
            Ok(RunId(row.try_get(0)?))
        })
    }

    /// Writes down how `run` ended. A run that is resumed ends again. Of its source only the last 30 runs keep what became of
    /// each repository.
    pub fn finish_run(&self, run: RunId, at: &Moment, end: RunEnd) -> Result<Counts, StoreError> {
        let counts = self.write("finish a run", async |connection| {
            let counts = count(connection, run).await?;
            let sql = "UPDATE runs SET ended = $2, exit_code = $3, interrupted = $4, listed = $5, scanned = $6, \
                       unchanged = $7, failed = $8, not_reached = $9, incomplete = $10 WHERE id = $1";
            let query = sqlx::query(sql).bind(run.0).bind(at.as_str()).bind(i64::from(end.exit_code));
            let mut query = query.bind(i64::from(end.interrupted));
            let Counts { listed, scanned, unchanged, failed, not_reached, incomplete } = counts;
            for count in [listed, scanned, unchanged, failed, not_reached, incomplete] {
                query = query.bind(count.cast_signed());
            }
            if query.execute(&mut *connection).await?.rows_affected() == 0 {
                return Ok(None);
            }
            let sql = "DELETE FROM outcomes WHERE run IN (SELECT id FROM runs \
                       WHERE source = (SELECT source FROM runs WHERE id = $1) \
                       AND shard = (SELECT shard FROM runs WHERE id = $1) AND ended IS NOT NULL \
                       ORDER BY id DESC LIMIT 1000000 OFFSET $2)";
            sqlx::query(sql).bind(run.0).bind(KEPT).execute(&mut *connection).await?;
            Ok(Some(counts))
        })?;
        counts.ok_or_else(|| self.unknown(format!("run {run}")))
    }

    /// The last `limit` runs, newest first; of one source only, if one is named.
    pub fn runs(&self, source: Option<&str>, limit: u32) -> Result<Vec<Run>, StoreError> {
        self.read("read the runs", async |connection| {
            let sql = "SELECT id, source, shard, kind, engine, rules, started, ended, exit_code, interrupted, problems, listed, \
                       scanned, unchanged, failed, not_reached, incomplete FROM runs WHERE $1 IS NULL OR source = $1 ORDER BY id DESC LIMIT $2";
            let query = sqlx::query(sql).bind(source.map(plain)).bind(i64::from(limit));
            let rows = query.fetch_all(&mut *connection).await?;
            let mut runs = rows.iter().map(run).collect::<Result<Vec<Run>, _>>()?;
            for run in runs.iter_mut().filter(|run| run.ended.is_none()) {
                run.counts = count(connection, run.id).await?;
            }
            Ok(runs)
        })
    }

    /// The last run of each source; of one that is audited in shards, the last of each shard. Newest first.
    pub fn last_runs(&self) -> Result<Vec<Run>, StoreError> {
        let mut last: Vec<Run> = Vec::new();
        for run in self.runs(None, RUNS)? {
            let newest = last.iter().find(|other| other.source == run.source);
            // How many shards there are may change: what counts is how many there were in the newest run.
            let is_of_this_cut = newest.is_none_or(|newest| newest.shard.count() == run.shard.count());
            if is_of_this_cut && !last.iter().any(|other| other.source == run.source && other.shard == run.shard) {
                last.push(run);
            }
        }
        Ok(last)
    }

    /// Writes down what went wrong while the repositories of `run` were listed.
    pub fn note_problems(&self, run: RunId, problems: &[String]) -> Result<(), StoreError> {
        self.write("write down what could not be listed", async |connection| {
            let problems = serde_json::to_string(problems).map_err(|error| sqlx::Error::Encode(error.into()))?;
            let query = sqlx::query("UPDATE runs SET problems = $2 WHERE id = $1").bind(run.0);
            query.bind(plain(&problems)).execute(connection).await?;
            Ok(())
        })
    }

    /// The last run of `source` and `shard`, if it was interrupted or never came to its end: it can be gone on with.
    pub fn unfinished_run(&self, source: &str, shard: Shard) -> Result<Option<Run>, StoreError> {
        // Runs of other shards lie between.
        let last = self.runs(Some(source), RUNS)?.into_iter().find(|run| run.shard == shard);
        Ok(last.filter(|run| run.end.is_none_or(|end| end.interrupted)))
    }
}

async fn count(connection: &mut AnyConnection, run: RunId) -> Result<Counts, sqlx::Error> {
    let sql = "SELECT outcome, COUNT(*), COUNT(CASE WHEN gap_count > 0 THEN 1 END) FROM outcomes WHERE run = $1 GROUP BY outcome";
    let mut counts = Counts::default();
    for row in sqlx::query(sql).bind(run.0).fetch_all(connection).await? {
        let number = |column: usize| row.try_get::<i64, _>(column).map(i64::cast_unsigned);
        let all = number(1)?;
        match row.try_get::<&str, _>(0)? {
            "scanned" => counts.scanned = all,
            "unchanged" => counts.unchanged = all,
            "failed" => counts.failed = all,
            _ => counts.not_reached += all,
        }
        counts.listed += all;
        counts.incomplete += number(2)?;
    }
    Ok(counts)
}

fn run(row: &AnyRow) -> Result<Run, sqlx::Error> {
    let count = |column: &str| row.try_get::<i64, _>(column).map(i64::cast_unsigned);
    let interrupted = row.try_get::<i64, _>("interrupted")? != 0;
    let exit_code: Option<i64> = row.try_get("exit_code")?;
    Ok(Run {
        id: RunId(row.try_get("id")?),
        source: row.try_get("source")?,
        shard: parsed(row, "shard", |shard| shard.parse().ok())?,
        kind: row.try_get("kind")?,
        engine: row.try_get("engine")?,
        rules: row.try_get("rules")?,
        started: parsed(row, "started", Moment::parse)?,
        ended: parsed_optional(row, "ended", Moment::parse)?,
        end: exit_code.map(|code| RunEnd { exit_code: code as i32, interrupted }),
        counts: Counts {
            listed: count("listed")?,
            scanned: count("scanned")?,
            unchanged: count("unchanged")?,
            failed: count("failed")?,
            not_reached: count("not_reached")?,
            incomplete: count("incomplete")?,
        },
        problems: parsed(row, "problems", |list| serde_json::from_str(list).ok())?,
    })
}
