//! The tables, version by version.

use super::database::Dialect;
use sqlx::{AnyConnection, AssertSqlSafe, Row};

/// What leads from each version to the next, from none to 1 on. What was released is never changed, only added to.
const STEPS: [&str; VERSION as usize] = [include_str!("schema/1.sql")];

/// The version that this program knows.
pub(super) const VERSION: u32 = 1;

/// Brings the tables to [`VERSION`], inside the caller's transaction, and says which version was found: a newer one is left as it
/// is. Whoever comes at the same time waits.
pub(super) async fn migrate(connection: &mut AnyConnection, dialect: Dialect) -> Result<i64, sqlx::Error> {
    if dialect == Dialect::Postgres {
        // Any number will do that no other program takes: this is "keytrail" in ASCII. `SQLite` has its write lock already.
        sqlx::query("SELECT pg_advisory_xact_lock(7738154999063701868)").execute(&mut *connection).await?;
    }
    sqlx::query("CREATE TABLE IF NOT EXISTS keytrail_store (version BIGINT NOT NULL)")
        .execute(&mut *connection)
        .await?;
    let row = sqlx::query("SELECT version FROM keytrail_store").fetch_optional(&mut *connection).await?;
    let found: i64 = row.as_ref().map_or(Ok(0), |row| row.try_get(0))?;
    if row.is_none() {
        sqlx::query("INSERT INTO keytrail_store (version) VALUES (0)").execute(&mut *connection).await?;
    }
    for step in STEPS.iter().skip(usize::try_from(found).unwrap_or(usize::MAX)) {
        for statement in in_dialect(step, dialect).split_terminator(";\n") {
            sqlx::query(AssertSqlSafe(statement.to_owned())).execute(&mut *connection).await?;
        }
    }
    if found < i64::from(VERSION) {
        sqlx::query("UPDATE keytrail_store SET version = $1")
            .bind(i64::from(VERSION))
            .execute(&mut *connection)
            .await?;
    }
    Ok(found)
}

/// The two databases differ in three words only. Texts are compared byte by byte in both, whatever the server's language.
fn in_dialect(sql: &str, dialect: Dialect) -> String {
    let (key, bytes, text) = match dialect {
        Dialect::Sqlite => ("INTEGER PRIMARY KEY", "BLOB", "TEXT"),
        Dialect::Postgres => ("BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY", "BYTEA", "TEXT COLLATE \"C\""),
    };
    sql.replace("{key}", key).replace("{bytes}", bytes).replace("{text}", text)
}
