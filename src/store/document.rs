//! What a scan wrote for code scanning, kept as it is.

use super::database::Store;
use super::{RunId, StoreError};
use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use sqlx::{AnyConnection, Row};
use std::io::{Read, Write};

/// A SARIF log is bounded by what code scanning takes: 25,000 results of some kilobytes.
const MOST: u64 = 1 << 30;

impl Store {
    /// The SARIF log that the last scan of `repository` wrote; `None` if that found nothing.
    pub fn sarif(&self, repository: &str) -> Result<Option<String>, StoreError> {
        let packed: Option<Vec<u8>> = self.read("read a SARIF log", async |connection| {
            let query = sqlx::query("SELECT packed FROM documents WHERE repository = $1").bind(repository);
            query.fetch_optional(connection).await?.map(|row| row.try_get(0)).transpose()
        })?;
        let unpack = |packed: Vec<u8>| {
            let mut text = String::new();
            let unpacked = GzDecoder::new(packed.as_slice()).take(MOST).read_to_string(&mut text);
            unpacked.map(|_| text).map_err(|source| StoreError::Io { store: self.address().clone(), source })
        };
        packed.map(unpack).transpose()
    }
}

/// Keeps `sarif` as the log of `repository`, or none. Most of a log describes rules: a tenth of it remains.
pub(super) async fn keep(
    connection: &mut AnyConnection,
    repository: &str,
    run: RunId,
    sarif: Option<&[u8]>,
) -> Result<(), sqlx::Error> {
    let Some(sarif) = sarif else {
        sqlx::query("DELETE FROM documents WHERE repository = $1").bind(repository).execute(connection).await?;
        return Ok(());
    };
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    let packed = gzip.write_all(sarif).and_then(|()| gzip.finish());
    let sql = "INSERT INTO documents (repository, run, packed) VALUES ($1, $2, $3) \
               ON CONFLICT (repository) DO UPDATE SET run = excluded.run, packed = excluded.packed";
    let query = sqlx::query(sql).bind(repository).bind(run.0);
    query.bind(packed.map_err(sqlx::Error::Io)?).execute(connection).await?;
    Ok(())
}
