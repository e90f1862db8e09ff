//! Who was told what.

use super::database::Store;
use super::{Filter, Moment, Presence, RunId, StoreError, StoredFinding, Triage};
use sqlx::Row;
use std::collections::HashMap;

/// Findings that one process is about to tell, and nobody else until it gives up on them or its time is over.
#[derive(Debug, Clone, Copy)]
pub struct Claim<'a> {
    /// Who is told.
    pub channel: &'a str,
    /// What this claim is called, and no other.
    pub name: &'a str,
    /// Now.
    pub at: &'a Moment,
    /// From when on another process may tell them: this one must have died.
    pub until: &'a Moment,
}

impl Store {
    /// Notes that `channel` is told of what `run` and later ones find. Nothing older becomes news to a channel that is there.
    ///
    /// It is noted when a run begins: one that dies before it could tell anything, or that ends after a younger one, has news all the
    /// same.
    pub fn subscribe(&self, channel: &str, run: RunId) -> Result<(), StoreError> {
        self.write("note who is told", async |connection| {
            let sql = "INSERT INTO channels (channel, since_run) VALUES ($1, $2) ON CONFLICT (channel) \
                       DO UPDATE SET since_run = excluded.since_run WHERE channels.since_run > excluded.since_run";
            sqlx::query(sql).bind(channel).bind(run.0).execute(connection).await?;
            Ok(())
        })
    }

    /// What `channel` was not told yet, as things stand at `now`: findings that are open and still there, found first, or again, by
    /// the run that it was first told of or a later one. Nothing for a channel that nobody subscribed.
    pub fn undelivered(&self, channel: &str, now: &Moment) -> Result<Vec<StoredFinding>, StoreError> {
        let (since, told) = self.read("see who was told what", async |connection| {
            let sql = "SELECT since_run FROM channels WHERE channel = $1";
            let since = sqlx::query(sql).bind(channel).fetch_optional(&mut *connection).await?;
            let since = since.map(|row| row.try_get::<i64, _>(0)).transpose()?;
            let sql =
                "SELECT repository, fingerprint, event_run FROM deliveries WHERE channel = $1 AND told_at IS NOT NULL";
            let mut told: HashMap<(String, String), i64> = HashMap::new();
            for row in sqlx::query(sql).bind(channel).fetch_all(connection).await? {
                told.insert((row.try_get(0)?, row.try_get(1)?), row.try_get(2)?);
            }
            Ok((since, told))
        })?;
        let Some(since) = since else { return Ok(Vec::new()) };
        let mut findings = self.findings(&Filter::default(), now)?;
        findings.retain(|finding| {
            let event = finding.life.newest().run.0;
            let name = (finding.repository.clone(), finding.fingerprint.to_string());
            let counts = finding.triage == Triage::Open && finding.life.presence() != Presence::Gone;
            counts && event >= since && told.get(&name).is_none_or(|&told| told < event)
        });
        Ok(findings)
    }

    /// Takes those of `findings` that nobody else has told, or is about to, and returns them.
    pub fn claim<'f>(
        &self,
        claim: &Claim<'_>,
        findings: &[&'f StoredFinding],
    ) -> Result<Vec<&'f StoredFinding>, StoreError> {
        self.write("say who will tell it", async |connection| {
            let mut taken = Vec::with_capacity(findings.len());
            for &finding in findings {
                let sql = "INSERT INTO deliveries (channel, repository, fingerprint, event_run, claim, claimed_until) \
                           VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (channel, repository, fingerprint) \
                           DO UPDATE SET event_run = excluded.event_run, claim = excluded.claim, \
                           claimed_until = excluded.claimed_until, told_at = NULL \
                           WHERE deliveries.event_run < excluded.event_run OR (deliveries.told_at IS NULL \
                           AND (deliveries.claim = excluded.claim OR deliveries.claimed_until <= $7))";
                let query = sqlx::query(sql).bind(claim.channel).bind(finding.repository.as_str());
                let query = query.bind(finding.fingerprint.as_str()).bind(finding.life.newest().run.0);
                let query = query.bind(claim.name).bind(claim.until.as_str()).bind(claim.at.as_str());
                if query.execute(&mut *connection).await?.rows_affected() > 0 {
                    taken.push(finding);
                }
            }
            Ok(taken)
        })
    }

    /// Notes that what `claim` took was told, at `at`.
    pub fn delivered(&self, claim: &Claim<'_>, at: &Moment) -> Result<(), StoreError> {
        self.write("note who was told what", async |connection| {
            let sql = "UPDATE deliveries SET told_at = $3 WHERE channel = $1 AND claim = $2";
            sqlx::query(sql).bind(claim.channel).bind(claim.name).bind(at.as_str()).execute(connection).await?;
            Ok(())
        })
    }

    /// Notes that what `claim` took was not told: whoever comes next may take it.
    pub fn withdraw(&self, claim: &Claim<'_>) -> Result<(), StoreError> {
        self.write("note who was not told", async |connection| {
            let sql = "DELETE FROM deliveries WHERE channel = $1 AND claim = $2 AND told_at IS NULL";
            sqlx::query(sql).bind(claim.channel).bind(claim.name).execute(connection).await?;
            Ok(())
        })
    }
}
