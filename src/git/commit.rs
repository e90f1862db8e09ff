//! The headers of commits and tags.

use crate::model::{CommitRef, Oid};

/// What a commit says of its place in history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitHeader {
    /// The tree it records.
    pub tree: Oid,
    /// Its parents, in order.
    pub parents: Vec<Oid>,
    /// Seconds since 1970 at which it was committed.
    pub time: i64,
}

impl CommitHeader {
    /// Reads the header of a commit object.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let mut lines = header_lines(bytes);
        let tree = Oid::from_hex(lines.next()?.strip_prefix(b"tree ")?).ok()?;
        let mut header = Self { tree, parents: Vec::new(), time: 0 };
        for line in lines {
            if let Some(parent) = line.strip_prefix(b"parent ") {
                header.parents.push(Oid::from_hex(parent).ok()?);
            } else if let Some(person) = line.strip_prefix(b"committer ") {
                header.time = time_of(person).0;
            }
        }
        Some(header)
    }
}

/// The object a tag names.
pub fn tag_target(bytes: &[u8]) -> Option<Oid> {
    Oid::from_hex(header_lines(bytes).next()?.strip_prefix(b"object ")?).ok()
}

/// Seconds since 1970 at which a tag was set.
pub fn tag_time(bytes: &[u8]) -> i64 {
    header_lines(bytes).find_map(|line| line.strip_prefix(b"tagger ")).map_or(0, |person| time_of(person).0)
}

/// Who wrote a commit (or set a tag) and when.
pub fn signature(id: Oid, bytes: &[u8]) -> CommitRef {
    let person = header_lines(bytes)
        .find_map(|line| line.strip_prefix(b"author ").or_else(|| line.strip_prefix(b"tagger ")))
        .unwrap_or_default();
    let open = person.iter().rposition(|&byte| byte == b'<');
    let close = person.iter().rposition(|&byte| byte == b'>');
    let (name, email) = match (open, close) {
        (Some(open), Some(close)) if open < close => (&person[..open], &person[open + 1..close]),
        _ => (person, &b""[..]),
    };
    let (seconds, offset) = time_of(person);
    CommitRef {
        id,
        author: String::from_utf8_lossy(name).trim().to_owned(),
        email: String::from_utf8_lossy(email).trim().to_owned(),
        date: rfc3339(seconds, offset),
    }
}

fn header_lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    bytes.split(|&byte| byte == b'\n').take_while(|line| !line.is_empty())
}

/// Seconds since 1970 and the offset from UTC in minutes, of a line that ends in `> 1700000000 +0100`.
fn time_of(person: &[u8]) -> (i64, i32) {
    let after = person.iter().rposition(|&byte| byte == b'>').map_or(person, |close| &person[close + 1..]);
    let text = String::from_utf8_lossy(after);
    let mut words = text.split_ascii_whitespace();
    let seconds = words.next().and_then(|word| word.parse().ok()).unwrap_or(0);
    let zone: i32 = words.next().and_then(|word| word.parse().ok()).unwrap_or(0);
    (seconds, zone / 100 * 60 + zone % 100)
}

/// `2026-11-24T21:34:22+01:00`. Dates that no calendar holds are shown as the epoch's seconds.
fn rfc3339(seconds: i64, offset_minutes: i32) -> String {
    let offset = jiff::tz::Offset::from_seconds(offset_minutes.saturating_mul(60)).unwrap_or(jiff::tz::Offset::UTC);
    match jiff::Timestamp::from_second(seconds) {
        Ok(time) => time.display_with_offset(offset).to_string(),
        Err(_) => format!("@{seconds}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMMIT: &[u8] = b"tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n\
        parent 1111111111111111111111111111111111111111\n\
        parent 2222222222222222222222222222222222222222\n\
        author A <U Thor> <a@example.com> 1700000000 -0330\n\
        committer C <c@example.com> 1700000100 +0000\n\nparent of none\nauthor nobody\n";

    #[test]
    fn the_header_ends_where_the_message_begins() {
        let header = CommitHeader::parse(COMMIT).unwrap();
        assert_eq!(header.parents.len(), 2);
        assert_eq!(header.time, 1_700_000_100);
        assert_eq!(header.tree.to_string(), "4b825dc642cb6eb9a060e54bf8d69288fbee4904");
        assert_eq!(CommitHeader::parse(b"tree nothing\n"), None);
    }

    #[test]
    fn the_author_keeps_his_own_time_zone() {
        let by = signature(Oid::from_bytes(&[1; 20]).unwrap(), COMMIT);
        assert_eq!(by.author, "A <U Thor>");
        assert_eq!(by.email, "a@example.com");
        assert_eq!(by.date, "2023-11-14T18:43:20-03:30");
    }

    #[test]
    fn absurd_dates_and_missing_people_are_survived() {
        assert_eq!(signature(Oid::from_bytes(&[1; 20]).unwrap(), b"tree x\n").date, "1970-01-01T00:00:00+00:00");
        let far = b"tagger T <t> 99999999999999999 +9999\n";
        assert_eq!(signature(Oid::from_bytes(&[1; 20]).unwrap(), far).date, "@99999999999999999");
        let zone = b"tagger T <t> 0 +2147483647\n";
        assert_eq!(signature(Oid::from_bytes(&[1; 20]).unwrap(), zone).date, "1970-01-01T00:00:00+00:00");
    }
}
