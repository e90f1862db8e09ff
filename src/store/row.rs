//! Values as rows hold them.

use super::{Moment, RunId, Stamp};
use sqlx::Row;
use sqlx::any::AnyRow;

/// What a column holds is not what this program writes there.
#[derive(Debug, thiserror::Error)]
#[error("'{0}' has no meaning here")]
pub(super) struct Meaningless(String);

/// An error for `value`, which stands in `column`.
pub(super) fn meaningless(column: &str, value: &str) -> sqlx::Error {
    sqlx::Error::ColumnDecode { index: column.to_owned(), source: Box::new(Meaningless(value.to_owned())) }
}

/// The word in `column`, read by `parse`.
pub(super) fn parsed<T>(row: &AnyRow, column: &str, parse: impl Fn(&str) -> Option<T>) -> Result<T, sqlx::Error> {
    let word: &str = row.try_get(column)?;
    parse(word).ok_or_else(|| meaningless(column, word))
}

/// The same, where there may be none.
pub(super) fn parsed_optional<T>(
    row: &AnyRow,
    column: &str,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<Option<T>, sqlx::Error> {
    let word: Option<&str> = row.try_get(column)?;
    word.map(|word| parse(word).ok_or_else(|| meaningless(column, word))).transpose()
}

/// When and by which run, in the columns `{what}_at` and `{what}_run`.
pub(super) fn stamp(row: &AnyRow, what: &str) -> Result<Option<Stamp>, sqlx::Error> {
    let at = parsed_optional(row, &format!("{what}_at"), Moment::parse)?;
    let run: Option<i64> = row.try_get(format!("{what}_run").as_str())?;
    Ok(at.zip(run).map(|(at, run)| Stamp { run: RunId(run), at }))
}

/// A word of JSON, such as an enum's name, as its type.
pub(super) fn word<T: serde::de::DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_value(serde_json::Value::String(text.to_owned())).ok()
}

/// `text` as a column takes it: PostgreSQL knows no NUL in texts.
pub(super) fn plain(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}
