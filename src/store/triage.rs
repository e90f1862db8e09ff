//! What people decided about findings.

use super::database::Store;
use super::row::{meaningless, parsed, plain};
use super::{Moment, StoreError};
use crate::model::Fingerprint;
use jiff::civil::Date;
use sqlx::Row;
use sqlx::any::AnyRow;

/// What was decided about a credential, wherever it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Triage {
    /// Nothing yet, or that it counts again.
    Open,
    /// It no longer works.
    Revoked,
    /// It never was one.
    FalsePositive,
    /// It is known and may stay for a while.
    Accepted {
        /// The last day, in UTC, on which it may; from the next day on it is open.
        until: Date,
    },
}

impl Triage {
    /// The word used in outputs, e.g. `false_positive`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Revoked => "revoked",
            Self::FalsePositive => "false_positive",
            Self::Accepted { .. } => "accepted",
        }
    }

    /// What it amounts to at `now`: what was accepted for too long is open.
    #[must_use]
    pub fn at(self, now: &Moment) -> Self {
        match self {
            Self::Accepted { until } if until.to_string().as_str() < now.day() => Self::Open,
            other => other,
        }
    }
}

/// A decision: what, why, by whom and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// What.
    pub triage: Triage,
    /// Why, in the words of who decided.
    pub reason: String,
    /// Who decided.
    pub who: String,
    /// When.
    pub at: Moment,
}

impl Store {
    /// Adds a decision about `fingerprint`. Older ones are kept: the last counts.
    pub fn mark(&self, fingerprint: &Fingerprint, mark: &Mark) -> Result<(), StoreError> {
        let known = self.write("mark a finding", async |connection| {
            let sql = "SELECT 1 FROM findings WHERE fingerprint = $1 LIMIT 1";
            let row = sqlx::query(sql).bind(fingerprint.as_str()).fetch_optional(&mut *connection).await?;
            if row.is_none() {
                return Ok(false);
            }
            let until = match mark.triage {
                Triage::Accepted { until } => Some(until.to_string()),
                _ => None,
            };
            let sql = "INSERT INTO triage (fingerprint, state, until, reason, who, marked_at) VALUES ($1, $2, $3, $4, $5, $6)";
            let query = sqlx::query(sql).bind(fingerprint.as_str()).bind(mark.triage.as_str()).bind(until);
            let query = query.bind(plain(&mark.reason)).bind(plain(&mark.who)).bind(mark.at.as_str());
            query.execute(&mut *connection).await?;
            Ok(true)
        })?;
        if known { Ok(()) } else { Err(self.unknown(format!("finding {fingerprint}"))) }
    }

    /// All decisions about `fingerprint`, the oldest first.
    pub fn marks(&self, fingerprint: &Fingerprint) -> Result<Vec<Mark>, StoreError> {
        self.read("read what was decided", async |connection| {
            let sql = "SELECT state, until, reason, who, marked_at FROM triage WHERE fingerprint = $1 ORDER BY id";
            let rows = sqlx::query(sql).bind(fingerprint.as_str()).fetch_all(connection).await?;
            rows.iter().map(mark).collect()
        })
    }
}

/// The decision that a row tells.
pub(super) fn mark(row: &AnyRow) -> Result<Mark, sqlx::Error> {
    let state: &str = row.try_get("state")?;
    let triage = match state {
        "open" => Triage::Open,
        "revoked" => Triage::Revoked,
        "false_positive" => Triage::FalsePositive,
        "accepted" => Triage::Accepted { until: parsed(row, "until", |text| text.parse().ok())? },
        other => return Err(meaningless("state", other)),
    };
    Ok(Mark {
        triage,
        reason: row.try_get("reason")?,
        who: row.try_get("who")?,
        at: parsed(row, "marked_at", Moment::parse)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_accepted_is_open_again_on_the_day_after() {
        let accepted = Triage::Accepted { until: "2026-12-31".parse().unwrap() };
        let at = |text| accepted.at(&Moment::parse(text).unwrap());
        assert_eq!(at("2026-11-25T00:00:00Z"), accepted);
        assert_eq!(at("2026-12-31T23:59:59Z"), accepted);
        assert_eq!(at("2027-01-01T00:00:00Z"), Triage::Open);
        assert_eq!(Triage::Revoked.at(&Moment::parse("2027-01-01T00:00:00Z").unwrap()), Triage::Revoked);
    }
}
