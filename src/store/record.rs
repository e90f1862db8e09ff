//! Writes down what became of a repository: all of it in one transaction.

use super::database::Store;
use super::outcome::OutcomeKind;
use super::row::{parsed, plain, stamp};
use super::{FindingLine, Life, Moment, RunId, Stamp, StoreError, Tip, document, previous};
use crate::model::{Gap, GapKind, KnownBlobs};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row};
use std::collections::BTreeMap;

/// What became of a repository in a run.
#[derive(Debug, Clone, Copy)]
pub struct Record<'a> {
    /// The run, which has listed it.
    pub run: RunId,
    /// The repository's id.
    pub repository: &'a str,
    /// Now.
    pub at: &'a Moment,
    /// What became of it.
    pub outcome: Outcome<'a>,
}

/// What became of a repository.
#[derive(Debug, Clone, Copy)]
pub enum Outcome<'a> {
    /// It was read anew.
    Scanned(Scan<'a>),
    /// Nothing changed since its last scan: not its refs, not the rules. What that scan could not read counts for this run, too.
    Unchanged,
    /// It could not be read.
    Failed {
        /// Why, for a person. It may hold what a program or a server said, but no credentials.
        reason: &'a str,
    },
}

/// What a scan of a repository knows.
#[derive(Debug, Clone, Copy)]
pub struct Scan<'a> {
    /// The version of the program.
    pub engine: &'a str,
    /// Digest of the rule set.
    pub rules: &'a str,
    /// All refs, as they were when their objects were read.
    pub tips: &'a [Tip],
    /// What was not read.
    pub gaps: &'a [Gap],
    /// All that the repository holds, of what was found before, too: what is missing here is gone, if there are no gaps.
    pub findings: &'a [FindingLine],
    /// Blobs that need not be read next time; those that were not read this time for the same reason belong to them.
    pub clean_blobs: &'a KnownBlobs,
    /// What the scan wrote for code scanning, redacted; `None` if it found nothing.
    pub sarif: Option<&'a [u8]>,
}

impl Scan<'_> {
    /// So many gaps are kept of a repository; all are counted. A broken pack may have one for each object.
    pub const KEPT_GAPS: usize = 1000;
}

/// Why something was not written.
enum Unknown {
    Repository,
    Scan,
}

impl Store {
    /// Writes down what became of a repository. All of it is there afterwards, or nothing.
    ///
    /// It may be told several times, and late. The same twice writes the same rows; in one run a failure does not undo a scan, and
    /// a scan of an older run than the last changes nothing but the older run's own report.
    pub fn record(&self, record: &Record<'_>) -> Result<(), StoreError> {
        self.record_all(std::slice::from_ref(record))
    }

    /// The same for several, in one transaction: many unchanged ones take a tenth of the time.
    pub fn record_all(&self, records: &[Record<'_>]) -> Result<(), StoreError> {
        let written = self.write("record a scan", async |connection| {
            for record in records {
                if let Err(unknown) = one(connection, record).await? {
                    return Ok(Err((record.run, record.repository.to_owned(), unknown)));
                }
            }
            Ok(Ok(()))
        })?;
        written.map_err(|(run, repository, unknown)| {
            self.unknown(match unknown {
                Unknown::Repository => format!("repository {repository} in run {run}"),
                Unknown::Scan => format!("scan of the repository {repository}, so it cannot be unchanged"),
            })
        })
    }
}

async fn one(connection: &mut AnyConnection, record: &Record<'_>) -> Result<Result<(), Unknown>, sqlx::Error> {
    // Whoever comes for the same repository at the same time waits here.
    sqlx::query("UPDATE repositories SET id = id WHERE id = $1")
        .bind(record.repository)
        .execute(&mut *connection)
        .await?;
    let sql = "SELECT outcome FROM outcomes WHERE run = $1 AND repository = $2";
    let query = sqlx::query(sql).bind(record.run.0).bind(record.repository);
    let Some(row) = query.fetch_optional(&mut *connection).await? else { return Ok(Err(Unknown::Repository)) };
    let told = parsed(&row, "outcome", OutcomeKind::parse)?;
    match &record.outcome {
        Outcome::Scanned(scan) => scanned(connection, record, scan).await?,
        Outcome::Unchanged if told == OutcomeKind::Scanned => {}
        Outcome::Unchanged => return unchanged(connection, record).await,
        Outcome::Failed { .. } if matches!(told, OutcomeKind::Scanned | OutcomeKind::Unchanged) => {}
        Outcome::Failed { reason } => {
            tell(connection, record, OutcomeKind::Failed, Some(plain(reason)), &(0, "[]".to_owned())).await?;
        }
    }
    Ok(Ok(()))
}

/// What was not read: how much, and what of it is kept.
type Gaps = (i64, String);

async fn tell(
    connection: &mut AnyConnection,
    record: &Record<'_>,
    kind: OutcomeKind,
    reason: Option<String>,
    gaps: &Gaps,
) -> Result<(), sqlx::Error> {
    let sql = "UPDATE outcomes SET outcome = $3, told_at = $4, reason = $5, gap_count = $6, gaps = $7 \
               WHERE run = $1 AND repository = $2";
    let query = sqlx::query(sql).bind(record.run.0).bind(record.repository).bind(kind.as_str());
    let query = query.bind(record.at.as_str()).bind(reason).bind(gaps.0).bind(gaps.1.as_str());
    query.execute(connection).await?;
    Ok(())
}

async fn unchanged(connection: &mut AnyConnection, record: &Record<'_>) -> Result<Result<(), Unknown>, sqlx::Error> {
    let sql = "SELECT run, gap_count, gaps FROM scans WHERE repository = $1";
    let row = sqlx::query(sql).bind(record.repository).fetch_optional(&mut *connection).await?;
    let Some(row) = row else { return Ok(Err(Unknown::Scan)) };
    let gaps: Gaps = (row.try_get("gap_count")?, row.try_get("gaps")?);
    tell(connection, record, OutcomeKind::Unchanged, None, &gaps).await?;
    // What that scan saw is still there; what an older one saw is not known to be.
    let sql = "UPDATE findings SET last_run = $2, last_at = $3 \
               WHERE repository = $1 AND gone_run IS NULL AND last_run < $2 AND last_run >= $4";
    let query = sqlx::query(sql).bind(record.repository).bind(record.run.0).bind(record.at.as_str());
    query.bind(row.try_get::<i64, _>("run")?).execute(connection).await?;
    Ok(Ok(()))
}

async fn scanned(connection: &mut AnyConnection, record: &Record<'_>, scan: &Scan<'_>) -> Result<(), sqlx::Error> {
    let kept = &scan.gaps[..scan.gaps.len().min(Scan::KEPT_GAPS)];
    let kept = serde_json::to_string(kept).map_err(|error| sqlx::Error::Encode(error.into()))?;
    let gaps: Gaps = (i64::from(scan.gaps.len() as u32), kept);
    tell(connection, record, OutcomeKind::Scanned, None, &gaps).await?;
    let row = sqlx::query("SELECT run FROM scans WHERE repository = $1")
        .bind(record.repository)
        .fetch_optional(&mut *connection)
        .await?;
    let last: i64 = row.as_ref().map_or(Ok(0), |row| row.try_get(0))?;
    if last > record.run.0 {
        return Ok(());
    }
    let sql = "INSERT INTO scans (repository, run, scanned_at, engine, rules, tips, gap_count, gaps) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (repository) DO UPDATE SET run = excluded.run, \
               scanned_at = excluded.scanned_at, engine = excluded.engine, rules = excluded.rules, tips = excluded.tips, \
               gap_count = excluded.gap_count, gaps = excluded.gaps";
    let query = sqlx::query(sql).bind(record.repository).bind(record.run.0).bind(record.at.as_str());
    let query = query.bind(plain(scan.engine)).bind(plain(scan.rules)).bind(previous::pack(scan.tips));
    query.bind(gaps.0).bind(gaps.1).execute(&mut *connection).await?;
    let sql = "INSERT INTO clean_blobs (repository, engine, rules, width, ids) VALUES ($1, $2, $3, $4, $5) \
               ON CONFLICT (repository) DO UPDATE SET engine = excluded.engine, rules = excluded.rules, \
               width = excluded.width, ids = excluded.ids";
    let query = sqlx::query(sql).bind(record.repository).bind(plain(scan.engine)).bind(plain(scan.rules));
    let query = query.bind(i64::from(scan.clean_blobs.width() as u32)).bind(scan.clean_blobs.as_bytes().to_vec());
    query.execute(&mut *connection).await?;
    document::keep(connection, record.repository, record.run, scan.sarif).await?;
    findings(connection, record, scan).await
}

async fn findings(connection: &mut AnyConnection, record: &Record<'_>, scan: &Scan<'_>) -> Result<(), sqlx::Error> {
    let now = Stamp { run: record.run, at: record.at.clone() };
    let sql = "SELECT fingerprint, first_run, first_at, last_run, last_at, fixed_run, fixed_at, gone_run, gone_at, reopened_run, \
               reopened_at FROM findings WHERE repository = $1";
    let rows = sqlx::query(sql).bind(record.repository).fetch_all(&mut *connection).await?;
    let known = |row: &AnyRow| Ok::<_, sqlx::Error>((row.try_get("fingerprint")?, life(row)?));
    let mut known = rows.iter().map(known).collect::<Result<BTreeMap<String, Life>, _>>()?;
    // Where a value stands in the repository's own objects is known without the files of Git LFS.
    let is_whole = scan.gaps.iter().all(|gap| gap.kind == GapKind::LfsNotStored);
    for line in scan.findings {
        // A ref that holds it is proof even in a scan that did not read all; that none does is not.
        let at_tip = !line.fields().present_in.is_empty();
        let at_tip = (at_tip || is_whole).then_some(at_tip);
        let life = Life::seen(known.remove(line.fingerprint().as_str()), &now, at_tip);
        put(connection, record.repository, line, &life).await?;
    }
    if is_whole {
        for (fingerprint, life) in known {
            let Life { fixed, gone, .. } = life.missed(&now);
            let sql = "UPDATE findings SET fixed_run = $3, fixed_at = $4, gone_run = $5, gone_at = $6 \
                       WHERE repository = $1 AND fingerprint = $2";
            let mut query = sqlx::query(sql).bind(record.repository).bind(fingerprint);
            for stamp in [fixed, gone] {
                let (run, at) = columns(stamp.as_ref());
                query = query.bind(run).bind(at);
            }
            query.execute(&mut *connection).await?;
        }
    }
    Ok(())
}

async fn put(
    connection: &mut AnyConnection,
    repository: &str,
    found: &FindingLine,
    life: &Life,
) -> Result<(), sqlx::Error> {
    // First seen is never written again.
    const SQL: &str = "\
        INSERT INTO findings (repository, fingerprint, rule_id, severity, confidence, title, advice, account_id, lifetime, \
        author, email, line, first_run, first_at, last_run, last_at, fixed_run, fixed_at, gone_run, gone_at, \
        reopened_run, reopened_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, \
        $19, $20, $21, $22) ON CONFLICT (repository, fingerprint) DO UPDATE SET rule_id = excluded.rule_id, \
        severity = excluded.severity, confidence = excluded.confidence, title = excluded.title, advice = excluded.advice, \
        account_id = excluded.account_id, lifetime = excluded.lifetime, author = excluded.author, email = excluded.email, \
        line = excluded.line, last_run = excluded.last_run, last_at = excluded.last_at, fixed_run = excluded.fixed_run, \
        fixed_at = excluded.fixed_at, gone_run = excluded.gone_run, gone_at = excluded.gone_at, \
        reopened_run = excluded.reopened_run, reopened_at = excluded.reopened_at";
    let fields = found.fields();
    let query = sqlx::query(SQL).bind(repository).bind(fields.fingerprint.as_str()).bind(plain(&fields.rule_id));
    let query = query.bind(fields.severity.to_string()).bind(fields.confidence.to_string());
    let query = query.bind(plain(&fields.title)).bind(plain(&fields.advice));
    let query = query.bind(fields.account_id.as_deref().map(plain)).bind(fields.lifetime.as_deref().map(plain));
    let author = fields.introduced.as_ref();
    let query = query.bind(author.map(|commit| plain(&commit.author))).bind(author.map(|commit| plain(&commit.email)));
    let mut query = query.bind(found.as_str());
    let stamps = [Some(&life.first), Some(&life.last), life.fixed.as_ref(), life.gone.as_ref(), life.reopened.as_ref()];
    for stamp in stamps {
        let (run, at) = columns(stamp);
        query = query.bind(run).bind(at);
    }
    query.execute(connection).await?;
    Ok(())
}

fn columns(stamp: Option<&Stamp>) -> (Option<i64>, Option<String>) {
    (stamp.map(|stamp| stamp.run.0), stamp.map(|stamp| stamp.at.to_string()))
}

/// The life that a row of findings tells.
pub(super) fn life(row: &AnyRow) -> Result<Life, sqlx::Error> {
    let missing = |what: &str| sqlx::Error::ColumnNotFound(what.to_owned());
    Ok(Life {
        first: stamp(row, "first")?.ok_or_else(|| missing("first_run"))?,
        last: stamp(row, "last")?.ok_or_else(|| missing("last_run"))?,
        fixed: stamp(row, "fixed")?,
        gone: stamp(row, "gone")?,
        reopened: stamp(row, "reopened")?,
    })
}
