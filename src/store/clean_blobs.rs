//! Blobs that need not be read again.

use super::StoreError;
use super::database::Store;
use crate::model::KnownBlobs;
use sqlx::Row;

impl Store {
    /// Clean blobs of `repository` and of all that it was forked from or that were forked with it, of ids `width` bytes wide: only
    /// those that the same rule set and engine found clean. What was recorded as the parent counts, listed or not.
    pub fn clean_blobs_of_network(
        &self,
        repository: &str,
        rules: &str,
        engine: &str,
        width: usize,
    ) -> Result<KnownBlobs, StoreError> {
        // Up to the root, then down to all that hang below any of these; a parent that nobody listed joins its forks, too.
        const NETWORK: &str = "\
            WITH RECURSIVE up (id, parent) AS (
                SELECT id, parent FROM repositories WHERE id = $1
                UNION SELECT r.id, r.parent FROM repositories r JOIN up ON r.id = up.parent
            ), network (id) AS (
                SELECT id FROM (SELECT id FROM up UNION SELECT parent FROM up WHERE parent IS NOT NULL) roots
                UNION SELECT r.id FROM repositories r JOIN network ON r.parent = network.id
            )
            SELECT b.width, b.ids FROM clean_blobs b JOIN network ON b.repository = network.id
            WHERE b.rules = $2 AND b.engine = $3 ORDER BY b.repository";
        let lists = self.read("read the clean blobs", async |connection| {
            let query = sqlx::query(NETWORK).bind(repository).bind(rules).bind(engine);
            let rows = query.fetch_all(&mut *connection).await?;
            let list = |row: &sqlx::any::AnyRow| Ok::<_, sqlx::Error>((row.try_get::<i64, _>(0)?, row.try_get(1)?));
            rows.iter().map(list).collect::<Result<Vec<(i64, Vec<u8>)>, _>>()
        })?;
        // A list that is not one is no reason to stop: its blobs are read again.
        let lists =
            lists.into_iter().filter_map(|(width, ids)| KnownBlobs::from_bytes(usize::try_from(width).ok()?, ids));
        Ok(KnownBlobs::union(width, &lists.collect::<Vec<_>>()))
    }
}
