//! Findings, as they are remembered.

use super::database::Store;
use super::row::{parsed, plain, word};
use super::{Filter, Life, Mark, Moment, Stamp, StoreError, Triage, record, triage};
use crate::model::{Confidence, Fingerprint, Severity};
use futures_util::TryStreamExt;
use serde::Serialize;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe, Row};
use std::cmp::Reverse;

/// A credential in a repository, as it is remembered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredFinding {
    /// What it is called: the same in every repository.
    pub fingerprint: Fingerprint,
    /// The repository's id.
    pub repository: String,
    /// The repository's full name.
    pub repository_name: String,
    /// Where a person looks at the repository.
    pub web_url: Option<String>,
    /// Whether the host still lists the repository.
    pub is_listed: bool,
    /// The rule.
    pub rule_id: String,
    /// How bad.
    pub severity: Severity,
    /// How sure.
    pub confidence: Confidence,
    /// What was found in a few words.
    pub title: String,
    /// What the owner does next.
    pub advice: String,
    /// The account, where it is known.
    pub account_id: Option<String>,
    /// `long_lived` or `temporary`, where it is known.
    pub lifetime: Option<String>,
    /// Who brought it in: a name.
    pub author: Option<String>,
    /// Who brought it in: an e-mail address.
    pub email: Option<String>,
    /// The line of `docs/findings.schema.json`, as the last scan that saw it wrote it.
    pub line: String,
    /// How long it stood.
    pub life: Life,
    /// What counts of what was decided, at the time that was asked for.
    pub triage: Triage,
    /// The last decision.
    pub mark: Option<Mark>,
}

/// What the store adds to a line, under `audit`.
#[derive(Serialize)]
struct Added<'a> {
    repository_id: &'a str,
    repository: &'a str,
    web_url: Option<&'a str>,
    listed: bool,
    state: &'static str,
    now: &'static str,
    first_seen: &'a Moment,
    last_seen: &'a Moment,
    fixed: Option<&'a Moment>,
    gone: Option<&'a Moment>,
    reopened: Option<&'a Moment>,
    decision: Option<Decision<'a>>,
}

/// The last decision, whether it still holds or not.
#[derive(Serialize)]
struct Decision<'a> {
    state: &'static str,
    until: Option<String>,
    reason: &'a str,
    by: &'a str,
    at: &'a Moment,
}

impl StoredFinding {
    /// The line with what the store knows besides, in `audit`: see `docs/findings.schema.json`.
    ///
    /// # Errors
    ///
    /// The stored line is none.
    pub fn audit_line(&self) -> Result<String, StoreError> {
        let Life { first, last, fixed, gone, reopened } = &self.life;
        let at = |stamp: &'_ Option<Stamp>| stamp.as_ref().map(|stamp| stamp.at.clone());
        let (fixed, gone, reopened) = (at(fixed), at(gone), at(reopened));
        let decision = self.mark.as_ref().map(|mark| Decision {
            state: mark.triage.as_str(),
            until: if let Triage::Accepted { until } = mark.triage { Some(until.to_string()) } else { None },
            reason: &mark.reason,
            by: &mark.who,
            at: &mark.at,
        });
        let added = Added {
            repository_id: &self.repository,
            repository: &self.repository_name,
            web_url: self.web_url.as_deref(),
            listed: self.is_listed,
            state: self.triage.as_str(),
            now: self.life.presence().as_str(),
            first_seen: &first.at,
            last_seen: &last.at,
            fixed: fixed.as_ref(),
            gone: gone.as_ref(),
            reopened: reopened.as_ref(),
            decision,
        };
        let nonsense = || StoreError::Line(format!("the store's line of {}", self.fingerprint));
        // The line stays as it was written, to the byte.
        let line = self.line.strip_suffix('}').ok_or_else(nonsense)?;
        let added = serde_json::to_string(&added).map_err(|_| nonsense())?;
        Ok(format!("{line},\"audit\":{added}}}"))
    }
}

const SQL: &str = "\
    SELECT f.*, r.name, r.web_url, r.unlisted_at, t.state, t.until, t.reason, t.who, t.marked_at \
    FROM findings f JOIN repositories r ON r.id = f.repository \
    LEFT JOIN triage t ON t.id = (SELECT MAX(id) FROM triage WHERE fingerprint = f.fingerprint)";

impl Store {
    /// The findings that `filter` asks for, as things stand at `now`: the worst first, then by repository and fingerprint.
    pub fn findings(&self, filter: &Filter, now: &Moment) -> Result<Vec<StoredFinding>, StoreError> {
        self.read("read the findings", async |connection| select(connection, "", None, filter, now).await)
    }

    /// Where a credential stands: `fingerprint` in each repository that has or had it, by repository.
    pub fn finding(&self, fingerprint: &Fingerprint, now: &Moment) -> Result<Vec<StoredFinding>, StoreError> {
        self.read("read a finding", async |connection| {
            let filter = Filter::default();
            select(connection, "WHERE f.fingerprint = $1", Some(fingerprint.as_str()), &filter, now).await
        })
    }
}

/// The conditions are few and cheap, so both databases are spared them; those that the database checks are for single findings.
async fn select(
    connection: &mut AnyConnection,
    condition: &'static str,
    value: Option<&str>,
    filter: &Filter,
    now: &Moment,
) -> Result<Vec<StoredFinding>, sqlx::Error> {
    let mut query = sqlx::query(AssertSqlSafe(format!("{SQL} {condition}")));
    if let Some(value) = value {
        query = query.bind(plain(value));
    }
    // One at a time: a line takes some kilobytes, and few of them may be asked for.
    let (mut rows, mut found) = (query.fetch(connection), Vec::new());
    while let Some(row) = rows.try_next().await? {
        found.push(finding(&row, now)?);
        found.pop_if(|finding| !filter.holds(finding));
    }
    let order = |f: &StoredFinding| {
        (Reverse(f.severity), f.repository_name.clone(), f.repository.clone(), f.fingerprint.clone())
    };
    found.sort_by_cached_key(order);
    Ok(found)
}

fn finding(row: &AnyRow, now: &Moment) -> Result<StoredFinding, sqlx::Error> {
    let is_marked = row.try_get::<Option<&str>, _>("state")?.is_some();
    let mark = is_marked.then(|| triage::mark(row)).transpose()?;
    Ok(StoredFinding {
        fingerprint: parsed(row, "fingerprint", Fingerprint::parse)?,
        repository: row.try_get("repository")?,
        repository_name: row.try_get("name")?,
        web_url: row.try_get("web_url")?,
        is_listed: row.try_get::<Option<&str>, _>("unlisted_at")?.is_none(),
        rule_id: row.try_get("rule_id")?,
        severity: parsed(row, "severity", word)?,
        confidence: parsed(row, "confidence", word)?,
        title: row.try_get("title")?,
        advice: row.try_get("advice")?,
        account_id: row.try_get("account_id")?,
        lifetime: row.try_get("lifetime")?,
        author: row.try_get("author")?,
        email: row.try_get("email")?,
        line: row.try_get("line")?,
        life: record::life(row)?,
        triage: mark.as_ref().map_or(Triage::Open, |mark| mark.triage.at(now)),
        mark,
    })
}
