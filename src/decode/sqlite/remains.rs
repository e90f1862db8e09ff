//! What is left of rows that were deleted: between the cells of a page, and on pages that are free.
//!
//! SQLite leaves a deleted cell as it was but for its first four bytes, in which it notes where the next free block is and
//! how long this one is (file format, 1.6). They held the payload's length, the row's number, and the header's length or
//! more. So a cell is looked for at each place, whole or without its front, and is taken for one if all lengths agree and
//! its texts are texts. Of a row that flowed over to other pages only what lies on its own is read.

use super::{Database, size, varint};
use std::ops::Range;

/// How many bytes may be looked at for each byte of a page. Cells that are made to lie over each other would need as many
/// as the page has; what is left of such a page is searched in the raw bytes only, as it would be without all this.
const EFFORT: usize = 16;

/// The bytes of a freed cell that are written over.
const GONE: usize = 4;

/// The fewest bytes of the longest text in a row. Less than that, noise has too.
const TELLING: usize = 8;

/// The search of one page.
pub(super) struct Remains<'a> {
    database: &'a Database<'a>,
    /// The page as far as it is used.
    page: &'a [u8],
    /// Whether its cells have numbers of rows.
    is_table: bool,
    effort: usize,
    text: &'a mut Vec<u8>,
}

impl<'a> Remains<'a> {
    pub(super) fn new(database: &'a Database<'a>, page: &'a [u8], is_table: bool, text: &'a mut Vec<u8>) -> Self {
        Self { database, page, is_table, effort: page.len() * EFFORT, text }
    }

    /// Writes the columns of each row that once was in `space`, one a line, as long as it may.
    ///
    /// It goes backwards: a block may be several cells that were freed one after the other, and only where the next begins
    /// tells where the one before ended.
    pub(super) fn columns(&mut self, space: Range<usize>) {
        let mut limit = space.end;
        for at in space.clone().rev() {
            let place = &self.page[at..space.end];
            let is_cell = self.whole(place).is_some() || self.block(place, at, limit - at).is_some();
            if self.effort == 0 {
                return;
            }
            if is_cell {
                limit = at;
            }
        }
    }

    /// Reads a cell that nothing was written over at the start of `place`.
    fn whole(&mut self, place: &[u8]) -> Option<()> {
        let (length, mut head) = varint(place)?;
        if self.is_table {
            head += varint(&place[head..])?.1;
        }
        let record = &place[head..];
        let kinds = header(record)?;
        let length = usize::try_from(length).ok()?;
        // Most places end here.
        if kinds.len() + 1 + self.body(kinds, length)? != length {
            return None;
        }
        (self.on_page(length) <= record.len()).then_some(())?;
        self.row(0, kinds, record.get(kinds.len() + 1..self.database.local(length, self.is_table))?)
    }

    /// Reads a cell at the start of `place`, `at` on the page, if a free block begins there or once did. The cell is as long
    /// as the block, or ends at `limit`.
    fn block(&mut self, place: &[u8], at: usize, limit: usize) -> Option<()> {
        let front = place.first_chunk::<GONE>()?;
        let next = usize::from(u16::from_be_bytes([front[0], front[1]]));
        let len = usize::from(u16::from_be_bytes([front[2], front[3]]));
        // Blocks are listed in the order of their places.
        (next == 0 || (at + len..self.page.len()).contains(&next)).then_some(())?;
        let block = place.get(..len).filter(|_| len > GONE)?;
        let whole = self.frontless(block);
        // Less than the block: it was merged with the one behind it.
        let part = if (GONE + 1..len).contains(&limit) { self.frontless(&place[..limit]) } else { None };
        whole.or(part)
    }

    /// Reads `cell`, whose front is gone, in each way that agrees with its length.
    fn frontless(&mut self, cell: &[u8]) -> Option<()> {
        let mut read = None;
        for number in if self.is_table { 1..=9 } else { 0..=0 } {
            for length in 1..=3 {
                // Where the record begins, with its header's length.
                let head = length + number;
                let row = match GONE.checked_sub(head + 1) {
                    None => self.headed(cell, head, length),
                    Some(0) => self.headless(cell, head, length),
                    Some(gone) => self.beheaded(cell, head, length, gone),
                };
                read = read.or(row);
            }
        }
        read
    }

    /// Reads a cell with its whole record, from `head` on, behind a length of `length` bytes.
    fn headed(&mut self, cell: &[u8], head: usize, length: usize) -> Option<()> {
        let kinds = header(cell.get(head..)?)?;
        let sum = self.body(kinds, self.database.bytes.len())?;
        let from = head + 1;
        self.exact(cell, head, length, from..from + kinds.len(), sum)
    }

    /// Reads a cell that has all its columns' types and lacks the byte before, which says how many they are.
    fn headless(&mut self, cell: &[u8], head: usize, length: usize) -> Option<()> {
        let (mut end, mut sum, mut read) = (GONE, 0, None);
        while let Some((len, more)) = self.kind(cell, end).filter(|(len, _)| end + len <= head + 0x7f) {
            (end, sum) = (end + len, sum + more);
            read = read.or(self.exact(cell, head, length, GONE..end, sum));
        }
        read
    }

    /// Reads a cell whose record is at `head` and has columns of the types in `kinds` and of `sum` bytes, if that agrees with
    /// its length.
    fn exact(&mut self, cell: &[u8], head: usize, length: usize, kinds: Range<usize>, sum: usize) -> Option<()> {
        let body = kinds.end;
        let payload = body - head + sum;
        (varint_len(payload) == length && head + self.on_page(payload) == cell.len()).then_some(())?;
        self.row(0, &cell[kinds], cell.get(body..head + self.database.local(payload, self.is_table))?)
    }

    /// Reads a cell that lacks the first `gone` bytes of its columns' types. The first column has what the others leave.
    ///
    /// How many there are is not known. Wrong guesses shift the others, and few are texts then; those are handed on as well.
    fn beheaded(&mut self, cell: &[u8], head: usize, length: usize, gone: usize) -> Option<()> {
        let payload = cell.len() - head;
        (varint_len(payload) == length && self.on_page(payload) == payload).then_some(())?;
        let mut read = None;
        // The byte that is there may be the second of the first column's type.
        for start in GONE..=if gone == 1 { GONE + 1 } else { GONE } {
            let (mut end, mut sum) = (start, 0);
            while let Some((len, more)) = self.kind(cell, end).filter(|(len, _)| end + len <= head + 0x7f) {
                (end, sum) = (end + len, sum + more);
                let Some(first) = cell.len().checked_sub(end + sum) else { break };
                let is_first = |high: u8| size(u64::from(high) << 7 | u64::from(cell[GONE])) == Some(first as u64);
                if start == GONE || is_first(1) || is_first(2) {
                    read = read.or(self.row(first, &cell[start..end], &cell[end..]));
                }
            }
        }
        read
    }

    /// How many bytes of a payload of `length`, and of the number of the next page behind it, lie on the cell's own page.
    fn on_page(&self, length: usize) -> usize {
        let local = self.database.local(length, self.is_table);
        if local < length { local + 4 } else { length }
    }

    /// How many bytes columns of the types `kinds` have; `None` if more than `most` or if there are no such types.
    fn body(&mut self, kinds: &[u8], most: usize) -> Option<usize> {
        let (mut at, mut sum) = (0, 0);
        while at < kinds.len() {
            let (len, more) = self.kind(kinds, at)?;
            (at, sum) = (at + len, sum + more);
            (sum <= most).then_some(())?;
        }
        Some(sum)
    }

    /// How long the type at `at` is, and a column of it; `None` if that is no type, or none that the file has room for.
    fn kind(&mut self, kinds: &[u8], at: usize) -> Option<(usize, usize)> {
        let (kind, len) = kinds.get(at..).and_then(varint).filter(|_| self.pay(1))?;
        let size = size(kind).filter(|&size| size <= self.database.bytes.len() as u64)?;
        Some((len, size as usize))
    }

    /// Writes the columns in `body`: a first one of `first` bytes and unknown type, if any, and those of the types `kinds`.
    /// Nothing is written if what should be a text is none.
    fn row(&mut self, first: usize, mut kinds: &[u8], mut body: &[u8]) -> Option<()> {
        // Most guesses end here, with a part of the header for a text.
        let begins = &body[..first.min(16)];
        if first > 8 && self.database.wide.is_none() && begins.iter().any(|&byte| byte < b'\t') {
            return None;
        }
        let before = self.text.len();
        let mut longest = 0;
        let mut goes_on = self.pay(body.len());
        if goes_on && first > 0 {
            let value = body.split_off(..first)?;
            let len = self.line(13, value);
            // Else it may be a number.
            goes_on = len.is_some() || matches!(first, 1..=4 | 6 | 8);
            longest = len.unwrap_or(0);
        }
        while goes_on && let Some((kind, len)) = varint(kinds) {
            kinds = &kinds[len..];
            let len = size(kind)?.min(body.len() as u64) as usize;
            let value = body.split_off(..len)?;
            match self.line(kind, value) {
                Some(len) => longest = longest.max(len),
                None => goes_on = false,
            }
        }
        let is_row = goes_on && longest >= TELLING;
        if !is_row {
            self.text.truncate(before);
        }
        is_row.then_some(())
    }

    /// Writes a value of type `kind` as a line, and returns how many bytes of text that is; `None`, and nothing is written,
    /// if it should be a text and is none.
    fn line(&mut self, kind: u64, value: &[u8]) -> Option<usize> {
        let before = self.text.len();
        self.database.line(kind, value, self.text);
        let line = &self.text[before..];
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        if is_text(line) {
            return Some(line.len());
        }
        if kind.is_multiple_of(2) {
            return Some(0);
        }
        self.text.truncate(before);
        None
    }

    /// Pays for looking at `bytes`, and whether that may go on.
    fn pay(&mut self, bytes: usize) -> bool {
        self.effort = self.effort.saturating_sub(bytes);
        self.effort > 0
    }
}

/// The types of the columns at the start of a record, behind the byte that says how long they are. Longer headers, of 60
/// columns or more, are left alone.
fn header(record: &[u8]) -> Option<&[u8]> {
    let len = usize::from(*record.first()?);
    if len < 0x80 { record.get(1..len).filter(|kinds| !kinds.is_empty()) } else { None }
}

/// How many bytes a length takes, up to 2 MiB.
fn varint_len(length: usize) -> usize {
    match length {
        ..0x80 => 1,
        0x80..0x4000 => 2,
        _ => 3,
    }
}

/// Whether `value` is text as people write it; its last character may be cut off.
fn is_text(value: &[u8]) -> bool {
    let text = str::from_utf8(value).or_else(|end| match end.error_len() {
        None => Ok(str::from_utf8(&value[..end.valid_up_to()]).unwrap_or_default()),
        Some(_) => Err(end),
    });
    let is_noise = |char: char| char == char::REPLACEMENT_CHARACTER || char.is_control() && !"\t\n\r".contains(char);
    text.is_ok_and(|text| !text.contains(is_noise))
}

#[cfg(test)]
mod tests {
    use super::super::columns;
    use proptest::prelude::*;
    use rusqlite::{Connection, params_from_iter};
    use std::collections::BTreeSet;

    /// The columns of the row `n`, as lengths that ids, secrets and words have.
    fn values(n: usize, count: usize) -> Vec<String> {
        let lens = [20, 40, 9, 4, 61];
        lens.iter()
            .take(count)
            .enumerate()
            .map(|(column, &len)| format!("{n}{column}{}", "aZ/".repeat(len))[..len].to_owned())
            .collect()
    }

    /// A database with a table as `schema` says, that had `count` texts in each of eight rows, after `changes`.
    fn written(settings: &str, schema: &str, count: usize, changes: &str) -> Vec<u8> {
        database(settings, |database| {
            database.execute_batch(schema).unwrap();
            let names: Vec<String> = (0..count).map(|n| format!("c{n}")).collect();
            let insert = format!("INSERT INTO t ({}) VALUES ({})", names.join(","), vec!["?"; count].join(","));
            for n in 1..=8 {
                database.execute(&insert, params_from_iter(values(n, count))).unwrap();
            }
            database.execute_batch(changes).unwrap();
        })
    }

    fn database(settings: &str, write: impl FnOnce(&Connection)) -> Vec<u8> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("database");
        let database = Connection::open(&path).unwrap();
        let plain = "PRAGMA secure_delete = OFF; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;";
        database.execute_batch(&format!("{plain}{settings}")).unwrap();
        write(&database);
        database.close().unwrap();
        std::fs::read(path).unwrap()
    }

    fn schema(count: usize, first: &str) -> String {
        let columns: Vec<String> = (0..count).map(|n| format!("c{n} TEXT")).collect();
        format!("CREATE TABLE t ({first}{})", columns.join(","))
    }

    fn lines(bytes: &[u8]) -> Vec<String> {
        let mut text = Vec::new();
        columns(bytes, 1 << 24, &mut text).unwrap();
        String::from_utf8_lossy(&text).lines().map(str::to_owned).collect()
    }

    /// Whether all columns of row `n` are there behind each other.
    fn holds(lines: &[String], n: usize, count: usize) -> bool {
        lines.windows(count).any(|lines| lines == values(n, count))
    }

    const CHANGES: [(&str, &[usize]); 9] = [
        ("DELETE FROM t WHERE c0 LIKE '1%'", &[1]),
        ("DELETE FROM t WHERE c0 LIKE '4%'", &[4]),
        ("DELETE FROM t WHERE c0 LIKE '8%'", &[8]),
        ("DELETE FROM t WHERE c0 LIKE '4%'; DELETE FROM t WHERE c0 LIKE '5%'", &[4, 5]),
        ("DELETE FROM t WHERE c0 LIKE '5%'; DELETE FROM t WHERE c0 LIKE '4%'", &[4, 5]),
        (
            "DELETE FROM t WHERE c0 LIKE '3%'; DELETE FROM t WHERE c0 LIKE '5%'; DELETE FROM t WHERE c0 LIKE '4%'",
            &[3, 4, 5],
        ),
        ("DELETE FROM t WHERE c0 > '2'", &[2, 3, 4, 5, 6, 7, 8]),
        ("DELETE FROM t", &[1, 2, 3, 4, 5, 6, 7, 8]),
        ("CREATE TABLE u (x); DROP TABLE t", &[1, 2, 3, 4, 5, 6, 7, 8]),
    ];

    #[test]
    fn deleted_rows_come_out() {
        let mut missing = Vec::new();
        for count in [2, 3, 5] {
            for first in ["", "id INTEGER PRIMARY KEY,", "at INTEGER DEFAULT 1700000000,"] {
                for settings in ["", "PRAGMA encoding = 'UTF-16le'"] {
                    for (changes, rows) in CHANGES {
                        let lines = lines(&written(settings, &schema(count, first), count, changes));
                        let lost = rows.iter().filter(|&&n| !holds(&lines, n, count));
                        missing.extend(lost.map(|n| format!("{count} {first} {settings} {changes}: {n}")));
                    }
                }
            }
        }
        assert!(missing.is_empty(), "{}", missing.join("\n"));
    }

    /// Deletes the fourth of eight rows of `values`, in a table as `schema` says, and returns the lines.
    fn without_fourth(schema: &str, values: impl Fn(usize) -> Vec<String>) -> Vec<String> {
        let bytes = database("", |database| {
            database.execute_batch(schema).unwrap();
            for n in 1..=8 {
                let values = values(n);
                let insert = format!("INSERT INTO t VALUES ({})", vec!["?"; values.len()].join(","));
                database.execute(&insert, params_from_iter(values)).unwrap();
            }
            database.execute_batch("DELETE FROM t WHERE a LIKE '4%'").unwrap();
        });
        lines(&bytes)
    }

    #[test]
    fn whatever_the_lost_bytes_were_the_others_tell() {
        let [id, secret] = [20, 40].map(|len| move |n: usize| format!("{n}{}", "bX/".repeat(len))[..len].to_owned());
        let name = |n: usize, len: usize| format!("{n}{}", "name ".repeat(len))[..len].to_owned();
        // The first column's type takes two bytes from 58 bytes of text on, the payload's length from 128 on.
        for len in [1, 8, 30, 57, 58, 62, 100, 122, 500] {
            let row = |n| vec![name(n, len), id(n), secret(n)];
            for schema in ["CREATE TABLE t (a, b, c)", "CREATE TABLE t (a PRIMARY KEY, b, c) WITHOUT ROWID"] {
                let lines = without_fourth(schema, row);
                let expected = [id(4), secret(4)];
                let place = lines
                    .windows(2)
                    .position(|lines| lines == expected || lines[0].ends_with(&id(4)) && lines[1] == secret(4));
                assert!(place.is_some(), "{len} {schema} {lines:?}");
            }
        }
        // Numbers of rows of more and more bytes.
        for first in [1_i64, 200, 20_000, 3_000_000, 1 << 40, 1 << 60] {
            let schema = "CREATE TABLE t (n INTEGER PRIMARY KEY, a, b)";
            let bytes = database("", |database| {
                database.execute_batch(schema).unwrap();
                for (n, number) in (first..).take(8).enumerate() {
                    let row = (number, id(n), secret(n));
                    database.execute("INSERT INTO t VALUES (?, ?, ?)", row).unwrap();
                }
                database.execute_batch("DELETE FROM t WHERE a LIKE '4%'").unwrap();
            });
            assert!(lines(&bytes).windows(2).any(|lines| lines == [id(4), secret(4)]), "{first}");
        }
    }

    #[test]
    fn a_row_that_flowed_over_gives_what_is_on_its_page() {
        let name = |n: usize| format!("{n} a name");
        let row = |n| vec![name(n), "long text ".repeat(900)];
        assert!(
            without_fourth("CREATE TABLE t (a, b)", row)
                .windows(2)
                .any(|lines| lines[0] == name(4) && lines[1].starts_with("long text"))
        );
    }

    #[test]
    fn rows_that_are_there_make_no_others() {
        let table = "CREATE TABLE t (a TEXT, b TEXT, c BLOB); CREATE INDEX i ON t (b); CREATE TABLE u (n INTEGER PRIMARY KEY, x REAL);";
        let bytes = database("", |database| {
            database.execute_batch(table).unwrap();
            for n in 0..2000_usize {
                let noise: Vec<u8> = (0..n % 700).map(|m| (n * n * 31 + m * m * 17 + m * n) as u8).collect();
                let row = (format!("row {n} of many"), "text ".repeat(n % 50), noise);
                database.execute("INSERT INTO t VALUES (?, ?, ?)", row).unwrap();
                database.execute("INSERT INTO u VALUES (?, ?)", ((n * 77).to_string(), n as f64 / 7.0)).unwrap();
            }
            database.execute_batch("VACUUM").unwrap();
        });
        let mut text = Vec::new();
        columns(&bytes, 1 << 24, &mut text).unwrap();
        let lines = String::from_utf8_lossy(&text);
        let rows: Vec<&str> = lines.lines().filter(|line| line.contains("row ")).collect();
        // A page that was divided keeps what it gave away: those rows come twice, and whole.
        assert!(rows.len() < 2020, "{}", rows.len());
        assert!(rows.iter().all(|row| row.starts_with("row ") && row.ends_with(" of many")));
        assert_eq!(rows.into_iter().collect::<BTreeSet<_>>().len(), 2000);
    }

    #[test]
    fn cells_that_lie_over_each_other_end() {
        // Each place of the page begins a block as long as the rest, and its bytes are types of no length.
        let mut bytes = written("", &schema(2, ""), 2, "");
        for kind in [0, 1, 8, 13, 15] {
            let page = bytes.len() - 4096;
            bytes[page..].fill(kind);
            let mut text = Vec::new();
            let _ = columns(&bytes, 1 << 24, &mut text);
            assert!(text.len() < bytes.len() * super::EFFORT);
        }
    }

    proptest! {
        #[test]
        fn damage_never_panics(
            change in 0..CHANGES.len(),
            damage in prop::collection::vec((0..8192_usize, any::<u8>()), 0..40),
            cut in 0..8192_usize,
        ) {
            let mut bytes = written("", &schema(3, ""), 3, CHANGES[change].0);
            let len = bytes.len();
            for (at, with) in damage {
                bytes[at % len] = with;
            }
            bytes.truncate(cut.max(100));
            let mut text = Vec::new();
            let _ = columns(&bytes, 3000, &mut text);
            prop_assert!(text.len() <= 3000);
        }
    }
}
