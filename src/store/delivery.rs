//! Who was told what.

use super::database::Store;
use super::{Filter, Moment, Presence, RunId, StoreError, StoredFinding, Triage};
use sqlx::Row;
use std::collections::HashSet;

impl Store {
    /// What `channel` was not told yet, as things stand at `now`: findings that are open and still there, found first, or again, by
    /// `run` or later. The run that a channel is asked for the first time holds for good: nothing older is news to it.
    pub fn undelivered(&self, channel: &str, run: RunId, now: &Moment) -> Result<Vec<StoredFinding>, StoreError> {
        let (since, told) = self.write("see who was told what", async |connection| {
            let sql = "INSERT INTO channels (channel, since_run) VALUES ($1, $2) ON CONFLICT (channel) DO NOTHING";
            sqlx::query(sql).bind(channel).bind(run.0).execute(&mut *connection).await?;
            let sql = "SELECT since_run FROM channels WHERE channel = $1";
            let since: i64 = sqlx::query(sql).bind(channel).fetch_one(&mut *connection).await?.try_get(0)?;
            let sql = "SELECT repository, fingerprint, event_run FROM deliveries WHERE channel = $1";
            let mut told: HashSet<(String, String, i64)> = HashSet::new();
            for row in sqlx::query(sql).bind(channel).fetch_all(connection).await? {
                told.insert((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?));
            }
            Ok((since, told))
        })?;
        let mut findings = self.findings(&Filter::default(), now)?;
        findings.retain(|finding| {
            let event = finding.life.newest().run.0;
            let name = (finding.repository.clone(), finding.fingerprint.to_string(), event);
            let counts = finding.triage == Triage::Open && finding.life.presence() != Presence::Gone;
            counts && event >= since && !told.contains(&name)
        });
        Ok(findings)
    }

    /// Notes that `channel` was told of `findings`.
    pub fn delivered(&self, channel: &str, findings: &[StoredFinding], at: &Moment) -> Result<(), StoreError> {
        self.write("note who was told what", async |connection| {
            for finding in findings {
                let sql = "INSERT INTO deliveries (channel, repository, fingerprint, event_run, told_at) \
                           VALUES ($1, $2, $3, $4, $5) ON CONFLICT (channel, repository, fingerprint) \
                           DO UPDATE SET event_run = excluded.event_run, told_at = excluded.told_at";
                let query = sqlx::query(sql).bind(channel).bind(finding.repository.as_str());
                let query = query.bind(finding.fingerprint.as_str()).bind(finding.life.newest().run.0);
                query.bind(at.as_str()).execute(&mut *connection).await?;
            }
            Ok(())
        })
    }
}
