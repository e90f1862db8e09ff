//! SQLite databases: the texts and blobs in their cells.
//!
//! The file is read, not queried: every page that holds cells, whatever table it belongs to, so that what was deleted and
//! lies on a free page comes out too, and a damaged page costs no other. In the raw bytes the columns of a row stand
//! behind each other without a separator; here each is a line. (The file format is described at
//! <https://www.sqlite.org/fileformat2.html>.)

use super::{codec::Stop, utf16};

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
    for number in 0..bytes.len().div_ceil(database.page) {
        for cell in database.cells(number) {
            payload.clear();
            database.payload(cell, &mut payload);
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

/// Where a cell's payload begins, and how much of it lies on its own page.
#[derive(Clone, Copy)]
struct Cell {
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

    /// The cells with payload on the page.
    fn cells(&self, number: usize) -> impl Iterator<Item = Cell> {
        let start = number * self.page;
        let page = &self.bytes[start..self.bytes.len().min(start + self.page)];
        let header = if number == 0 { HEADER } else { 0 };
        // An inner page of a table holds row numbers only; that of an index holds rows, behind the number of a page.
        let (pointers, skip, is_table) = match page.get(header) {
            Some(0x0d) => (8, 0, true),
            Some(0x0a) => (8, 0, false),
            Some(0x02) => (12, 4, false),
            _ => (page.len(), 0, false),
        };
        let count =
            page.get(header + 3..header + 5).map_or(0, |count| usize::from(count[0]) << 8 | usize::from(count[1]));
        let pointers = page.get(header + pointers..).unwrap_or_default().chunks_exact(2).take(count);
        pointers.filter_map(move |pointer| {
            let at = (usize::from(pointer[0]) << 8 | usize::from(pointer[1])) + skip;
            let (length, mut len) = varint(page.get(at..)?)?;
            if is_table {
                len += varint(&page[at + len..])?.1;
            }
            let length = usize::try_from(length).ok().filter(|&length| length <= self.bytes.len())?;
            Some(Cell { at: start + at + len, length, local: self.local(length, is_table) })
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

    /// Collects a cell's payload from its page and those that it flows over to; less of it if that chain is broken.
    fn payload(&self, cell: Cell, into: &mut Vec<u8>) {
        let page_end = (cell.at / self.page + 1) * self.page;
        let end = (cell.at + cell.local).min(page_end).min(self.bytes.len());
        into.extend_from_slice(self.bytes.get(cell.at..end).unwrap_or_default());
        let mut link = cell.at + cell.local;
        while into.len() < cell.length
            && let Some(next) = self.bytes.get(link..).and_then(<[u8]>::first_chunk)
            && let Some(number) = (u32::from_be_bytes(*next) as usize).checked_sub(1)
        {
            link = number.saturating_mul(self.page);
            let room = (self.usable - 4).min(cell.length - into.len());
            let Some(more) = self.bytes.get(link.saturating_add(4)..).filter(|more| !more.is_empty()) else { return };
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
            let size = match kind {
                0 | 8..=11 => 0,
                1..=4 => kind,
                5 => 6,
                6 | 7 => 8,
                _ => (kind - 12) / 2,
            };
            let Some(end) = usize::try_from(size).ok().and_then(|size| column.checked_add(size)) else { return };
            let value = record.get(column..end.min(record.len())).unwrap_or_default();
            if kind >= 12 && !value.is_empty() {
                match self.wide.filter(|_| kind % 2 == 1) {
                    Some(is_big) => text.extend(utf16::decode(value, 0..value.len(), is_big).0),
                    None => text.extend_from_slice(value),
                }
                text.push(b'\n');
            }
            column = end;
        }
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
