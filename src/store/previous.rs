//! What the last scan of a repository left behind.

use super::database::Store;
use super::row::{meaningless, parsed};
use super::{Moment, RunId, StoreError};
use crate::model::{Gap, Oid};
use sqlx::Row;
use sqlx::any::AnyRow;

/// A ref and what it named.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tip {
    /// The ref's full name: any bytes but NUL, newline and space.
    pub name: Vec<u8>,
    /// What it named: a commit, or an annotated tag.
    pub id: Oid,
}

/// What the last scan of a repository left behind. Its clean blobs are asked for apart, since they may be many:
/// [`Store::clean_blobs_of_network`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Previous {
    /// The run that scanned it.
    pub run: RunId,
    /// When.
    pub at: Moment,
    /// The version of the program.
    pub engine: String,
    /// Digest of the rule set.
    pub rules: String,
    /// Its refs then, by name.
    pub tips: Vec<Tip>,
    /// How much was not read: only what has none can be unchanged and covered.
    pub gap_count: u64,
    /// What was not read: the first [`super::Scan::KEPT_GAPS`].
    pub gaps: Vec<Gap>,
}

impl Store {
    /// What the last scan of `repository` left behind; `None` if it was never scanned.
    pub fn previous(&self, repository: &str) -> Result<Option<Previous>, StoreError> {
        self.read("read the last scan", async |connection| {
            let sql = "SELECT run, scanned_at, engine, rules, tips, gap_count, gaps FROM scans WHERE repository = $1";
            let row = sqlx::query(sql).bind(repository).fetch_optional(connection).await?;
            row.as_ref().map(previous).transpose()
        })
    }
}

fn previous(row: &AnyRow) -> Result<Previous, sqlx::Error> {
    let tips: &[u8] = row.try_get("tips")?;
    Ok(Previous {
        run: RunId(row.try_get("run")?),
        at: parsed(row, "scanned_at", Moment::parse)?,
        engine: row.try_get("engine")?,
        rules: row.try_get("rules")?,
        tips: unpack(tips).ok_or_else(|| meaningless("tips", &String::from_utf8_lossy(tips)))?,
        gap_count: row.try_get::<i64, _>("gap_count")?.cast_unsigned(),
        gaps: super::outcome::gaps(row)?,
    })
}

/// One line a ref, `ID SP NAME LF`, by name: a repository may have 50,000 of them, which are always read and written together.
pub(super) fn pack(tips: &[Tip]) -> Vec<u8> {
    let mut tips: Vec<&Tip> = tips.iter().collect();
    tips.sort_unstable();
    let mut packed = Vec::with_capacity(tips.len() * 64);
    for tip in tips {
        packed.extend_from_slice(tip.id.to_string().as_bytes());
        packed.push(b' ');
        packed.extend_from_slice(&tip.name);
        packed.push(b'\n');
    }
    packed
}

fn unpack(packed: &[u8]) -> Option<Vec<Tip>> {
    let tip = |line: &[u8]| {
        let space = line.iter().position(|&byte| byte == b' ')?;
        let name = line[space + 1..].strip_suffix(b"\n")?.to_vec();
        Some(Tip { name, id: Oid::from_hex(&line[..space]).ok()? })
    };
    packed.split_inclusive(|&byte| byte == b'\n').map(tip).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tips_come_back_by_name_whatever_bytes_the_name_has() {
        let tip =
            |name: &[u8], n: u8, width| Tip { name: name.to_vec(), id: Oid::from_bytes(&vec![n; width]).unwrap() };
        let tips = [tip(b"refs/tags/\xff", 3, 20), tip("refs/heads/ä".as_bytes(), 2, 32), tip(b"HEAD", 1, 20)];
        let mut sorted = tips.to_vec();
        sorted.sort();
        assert_eq!(unpack(&pack(&tips)), Some(sorted));
        assert_eq!(unpack(b""), Some(Vec::new()));
        assert_eq!(unpack(b"0000 refs/heads/x\n"), None);
        assert_eq!(unpack(&pack(&tips)[..80]), None, "cut short");
    }
}
