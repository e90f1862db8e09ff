//! SQLite databases: the texts and blobs in their cells.
//!
//! The file is read, not queried: every page that holds cells, whatever table it belongs to, so that what was deleted and
//! lies on a free page comes out too, and a damaged page costs no other. What lies between the cells is searched for rows
//! that were deleted. In the raw bytes the columns of a row stand behind each other without a separator; here each is a
//! line. (The file format is described at
//! <https://www.sqlite.org/fileformat2.html>.)

mod remains;

use super::{codec::Stop, utf16};
use remains::Remains;
use std::{iter::once, ops::Range};

/// How the file begins.
pub(super) const MAGIC: &[u8] = b"SQLite format 3\0";

/// The bytes of the file's own header, which stand before the first page's.
const HEADER: usize = 100;

/// Every text and blob in `bytes`, one a line, `most` bytes at most.
pub(super) fn columns(bytes: &[u8], most: usize, text: &mut Vec<u8>) -> Result<(), Stop> {
    let database = Database::new(bytes).ok_or_else(|| Stop::Damaged("no size of a page in its header".to_owned()))?;
    // Cells that lie over each other could be read for ever: no honest file holds more than its size.
    let mut budget = bytes.len();
    let mut payload = Vec::new();
    // Pages that rows flow over to: they hold nothing else.
    let mut is_taken = vec![false; bytes.len().div_ceil(database.page)];
    for number in 0..is_taken.len() {
        for cell in database.cells(&database.leaf(number)) {
            payload.clear();
            database.payload(cell, &mut payload, &mut is_taken);
            budget = budget
                .checked_sub(payload.len().max(1))
                .ok_or_else(|| Stop::Damaged("its cells lie over each other".to_owned()))?;
            database.lines(&payload, text);
            if text.len() > most {
                text.truncate(most);
                return Err(Stop::TooMuch);
            }
        }
    }
    for (number, is_taken) in is_taken.into_iter().enumerate() {
        let page = database.leaf(number);
        if is_taken && page.pointers.is_empty() {
            continue;
        }
        let used = &page.bytes[..page.bytes.len().min(database.usable)];
        let mut remains = Remains::new(&database, used, page.is_table, text);
        page.spaces(database.cells(&page), used.len()).for_each(|space| remains.columns(space));
        if text.len() > most {
            text.truncate(most);
            return Err(Stop::TooMuch);
        }
    }
    Ok(())
}

/// What the file's header says.
struct Database<'a> {
    bytes: &'a [u8],
    /// Bytes of a page.
    page: usize,
    /// Bytes of it that may be used.
    usable: usize,
    /// How texts are written: in UTF-8, or whether UTF-16's more significant byte comes first.
    wide: Option<bool>,
}

/// A page, and where its cells are listed.
struct Page<'a> {
    bytes: &'a [u8],
    /// Where it begins in the file.
    start: usize,
    /// Where the places of its cells stand.
    pointers: Range<usize>,
    /// Bytes before a cell.
    skip: usize,
    /// Whether its cells have numbers of rows.
    is_table: bool,
}

impl Page<'_> {
    /// What lies between the cells on the first `used` bytes.
    fn spaces(&self, cells: impl Iterator<Item = Cell>, used: usize) -> impl Iterator<Item = Range<usize>> {
        let mut cells: Vec<Cell> = cells.collect();
        cells.sort_unstable_by_key(|cell| cell.start);
        let mut from = self.pointers.end;
        cells.into_iter().map(|cell| cell.start..cell.end).chain(once(used..used)).filter_map(move |taken| {
            let space = from..taken.start.min(used);
            from = from.max(taken.end);
            (!space.is_empty()).then_some(space)
        })
    }
}

/// Where a cell is on its page, where its payload begins in the file, and how much of it lies on the page.
#[derive(Clone, Copy)]
struct Cell {
    start: usize,
    end: usize,
    at: usize,
    length: usize,
    local: usize,
}

impl<'a> Database<'a> {
    fn new(bytes: &'a [u8]) -> Option<Self> {
        let header = bytes.first_chunk::<HEADER>()?;
        // 65536 does not fit and is written as 1.
        let page = match u16::from_be_bytes([header[16], header[17]]) {
            1 => 65536,
            size => usize::from(size),
        };
        let usable = page.checked_sub(header[20].into())?;
        let wide = match header[59] {
            2 => Some(false),
            3 => Some(true),
            _ => None,
        };
        // SQLite takes no page with less.
        (page.is_power_of_two() && usable >= 480).then_some(Self { bytes, page, usable, wide })
    }

    /// The page of that number; without cells if none with payload belong there.
    fn leaf(&self, number: usize) -> Page<'a> {
        let start = number * self.page;
        let bytes = &self.bytes[start..self.bytes.len().min(start + self.page)];
        let header = if number == 0 { HEADER } else { 0 };
        // An inner page of a table holds row numbers only; that of an index holds rows, behind the number of a page.
        let (pointers, skip, is_table) = match bytes.get(header) {
            Some(0x0d) => (header + 8, 0, true),
            Some(0x0a) => (header + 8, 0, false),
            Some(0x02) => (header + 12, 4, false),
            _ => return Page { bytes, start, pointers: header..header, skip: 0, is_table: true },
        };
        let count =
            bytes.get(header + 3..header + 5).map_or(0, |count| usize::from(count[0]) << 8 | usize::from(count[1]));
        let end = (pointers + 2 * count).min(bytes.len());
        Page { bytes, start, pointers: pointers.min(end)..end, skip, is_table }
    }

    /// The cells with payload on the page.
    fn cells(&self, page: &Page<'a>) -> impl Iterator<Item = Cell> {
        page.bytes[page.pointers.clone()].chunks_exact(2).filter_map(|pointer| {
            let start = usize::from(pointer[0]) << 8 | usize::from(pointer[1]);
            let mut at = start + page.skip;
            let (length, len) = varint(page.bytes.get(at..)?)?;
            at += len;
            if page.is_table {
                at += varint(&page.bytes[at..])?.1;
            }
            let length = usize::try_from(length).ok().filter(|&length| length <= self.bytes.len())?;
            let local = self.local(length, page.is_table);
            let end = at + local + if local < length { 4 } else { 0 };
            Some(Cell { start, end, at: page.start + at, length, local })
        })
    }

    /// How much of a payload of `length` bytes lies on its own page (file format, 1.6).
    fn local(&self, length: usize, is_table: bool) -> usize {
        let share = |of: usize| (self.usable - 12) * of / 255 - 23;
        let (most, least) = (if is_table { self.usable - 35 } else { share(64) }, share(32));
        if length <= most {
            return length;
        }
        let rest = least + (length - least) % (self.usable - 4);
        if rest <= most { rest } else { least }
    }

    /// Collects a cell's payload from its page and those that it flows over to, which are taken then; less of it if that
    /// chain is broken.
    fn payload(&self, cell: Cell, into: &mut Vec<u8>, is_taken: &mut [bool]) {
        let page_end = (cell.at / self.page + 1) * self.page;
        let end = (cell.at + cell.local).min(page_end).min(self.bytes.len());
        into.extend_from_slice(self.bytes.get(cell.at..end).unwrap_or_default());
        let mut link = cell.at + cell.local;
        while into.len() < cell.length
            && let Some(next) = self.bytes.get(link..).and_then(<[u8]>::first_chunk)
            && let Some(number) = (u32::from_be_bytes(*next) as usize).checked_sub(1)
        {
            let Some(is_taken) = is_taken.get_mut(number) else { return };
            *is_taken = true;
            link = number * self.page;
            let room = (self.usable - 4).min(cell.length - into.len());
            let Some(more) = self.bytes.get(link + 4..).filter(|more| !more.is_empty()) else { return };
            into.extend_from_slice(&more[..room.min(more.len())]);
        }
    }

    /// Writes each text and blob of a record as a line (file format, 2.1).
    fn lines(&self, record: &[u8], text: &mut Vec<u8>) {
        let Some((header_len, mut at)) = varint(record) else { return };
        let mut column = header_len as usize;
        while at < (header_len as usize).min(record.len())
            && let Some((kind, len)) = varint(&record[at..])
        {
            at += len;
            let Some(size) = size(kind).and_then(|size| usize::try_from(size).ok()) else { return };
            let Some(end) = column.checked_add(size) else { return };
            self.line(kind, record.get(column..end.min(record.len())).unwrap_or_default(), text);
            column = end;
        }
    }

    /// Writes a value of type `kind` as a line, if it is a text or a blob.
    fn line(&self, kind: u64, value: &[u8], text: &mut Vec<u8>) {
        if kind < 12 || value.is_empty() {
            return;
        }
        match self.wide.filter(|_| kind % 2 == 1) {
            Some(is_big) => text.extend(utf16::decode(value, 0..value.len(), is_big).0),
            None => text.extend_from_slice(value),
        }
        text.push(b'\n');
    }
}

/// How many bytes a value of type `kind` has, if there is such a type (file format, 2.1).
fn size(kind: u64) -> Option<u64> {
    match kind {
        0 | 8 | 9 => Some(0),
        1..=4 => Some(kind),
        5 => Some(6),
        6 | 7 => Some(8),
        10 | 11 => None,
        _ => Some((kind - 12) / 2),
    }
}

/// The number at the start of `bytes`, most significant bits first, and its length: seven bits a byte, and all eight of a
/// ninth.
fn varint(bytes: &[u8]) -> Option<(u64, usize)> {
    let mut value = 0;
    for (n, &byte) in bytes.iter().take(9).enumerate() {
        if n == 8 {
            return Some((value << 8 | u64::from(byte), 9));
        }
        value = value << 7 | u64::from(byte & 0x7f);
        if byte < 0x80 {
            return Some((value, n + 1));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PAGE: usize = 512;

    fn to_varint(value: usize) -> Vec<u8> {
        assert!(value < 1 << 14);
        if value < 0x80 { vec![value as u8] } else { vec![0x80 | (value >> 7) as u8, value as u8 & 0x7f] }
    }

    /// A row: texts, with a number before each.
    fn record(texts: &[&[u8]]) -> Vec<u8> {
        let kinds: Vec<u8> = texts.iter().flat_map(|text| [vec![1], to_varint(text.len() * 2 + 13)].concat()).collect();
        let values = texts.iter().flat_map(|text| [b"\x07", *text].concat()).collect();
        [to_varint(kinds.len() + 1), kinds, values].concat()
    }

    /// A page of leaves; what does not fit into it goes over to `overflow` and the pages behind it.
    fn leaf(kind: u8, header: usize, rows: &[Vec<u8>], overflow: usize) -> Vec<u8> {
        let database = Database { bytes: &[], page: PAGE, usable: PAGE, wide: None };
        let (mut page, mut at, mut more) = (vec![0; PAGE], PAGE, Vec::new());
        page[header] = kind;
        page[header + 3..header + 5].copy_from_slice(&(rows.len() as u16).to_be_bytes());
        for (n, row) in rows.iter().enumerate() {
            let local = database.local(row.len(), kind == 0x0d);
            let mut cell = [to_varint(row.len()), if kind == 0x0d { to_varint(n) } else { vec![] }].concat();
            cell.extend_from_slice(&row[..local]);
            if local < row.len() {
                cell.extend_from_slice(&(overflow as u32).to_be_bytes());
                let parts = row[local..].chunks(PAGE - 4);
                let last = parts.len() - 1;
                for (n, part) in parts.enumerate() {
                    let next = if n == last { 0 } else { overflow + n + 1 };
                    more.extend_from_slice(&(next as u32).to_be_bytes());
                    more.extend_from_slice(part);
                    more.resize(more.len().next_multiple_of(PAGE), 0);
                }
            }
            at -= cell.len();
            page[at..at + cell.len()].copy_from_slice(&cell);
            page[header + 8 + 2 * n..][..2].copy_from_slice(&(at as u16).to_be_bytes());
        }
        [page, more].concat()
    }

    fn database() -> Vec<u8> {
        let long = b"long ".repeat(300);
        let mut bytes = leaf(0x0d, HEADER, &[record(&[b"table", b"create table keys"])], 0);
        bytes[..16].copy_from_slice(MAGIC);
        bytes[16..18].copy_from_slice(&(PAGE as u16).to_be_bytes());
        bytes.extend(leaf(0x0d, 0, &[record(&[b"first id", b"first secret"]), record(&[b"second", &long])], 3));
        bytes.extend(leaf(0x0a, 0, &[record(&[b"in an index"])], 0));
        bytes
    }

    fn all(bytes: &[u8]) -> String {
        let mut text = Vec::new();
        columns(bytes, 1 << 20, &mut text).unwrap();
        String::from_utf8(text).unwrap()
    }

    #[test]
    fn each_column_is_a_line() {
        let long = "long ".repeat(300);
        let expected =
            ["table", "create table keys", "first id", "first secret", "second", long.as_str(), "in an index"];
        assert_eq!(all(&database()).lines().collect::<Vec<_>>(), expected);
        let mut text = Vec::new();
        assert_eq!(columns(&database(), 9, &mut text), Err(Stop::TooMuch));
        assert_eq!(text, b"table\ncre");
        assert!(columns(MAGIC, 9, &mut text).is_err());
    }

    #[test]
    fn texts_in_utf_16_are_read() {
        let mut bytes = leaf(0x0d, HEADER, &[record(&[&utf16::encode("wide text", true)])], 0);
        bytes[16..18].copy_from_slice(&(PAGE as u16).to_be_bytes());
        bytes[59] = 3;
        assert_eq!(all(&bytes), "wide text\n");
    }

    #[test]
    fn a_chain_that_bites_its_tail_ends() {
        let mut bytes = database();
        // The second page that the long row goes over to leads back to the first.
        bytes[3 * PAGE..3 * PAGE + 4].copy_from_slice(&3_u32.to_be_bytes());
        assert!(all(&bytes).contains("second\nlong long"));
        // Its cell a hundred times over.
        let (cells, pointer) = (PAGE + 3, bytes[PAGE + 10..PAGE + 12].to_vec());
        bytes[cells..cells + 2].copy_from_slice(&100_u16.to_be_bytes());
        for n in 0..100 {
            bytes[PAGE + 8 + 2 * n..][..2].copy_from_slice(&pointer);
        }
        let mut text = Vec::new();
        assert!(matches!(columns(&bytes, 1 << 20, &mut text), Err(Stop::Damaged(_))));
        assert!(text.len() <= bytes.len());
    }

    proptest! {
        #[test]
        fn damage_never_panics(damage in prop::collection::vec((0..4096_usize, any::<u8>()), 0..20), cut in 0..4096_usize) {
            let mut bytes = database();
            let len = bytes.len();
            for (at, with) in damage {
                bytes[at % len] = with;
            }
            bytes.truncate(cut.max(HEADER));
            let mut text = Vec::new();
            let _ = columns(&bytes, 3000, &mut text);
            prop_assert!(text.len() <= 3000);
        }
    }
}
