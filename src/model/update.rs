//! What a push asks for: refs, each from one object to another.

use super::Oid;

/// One ref that a push wants to move, as git tells a `pre-receive` hook of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RefUpdate {
    /// The ref's full name: any bytes but NUL, newline and space.
    pub name: Vec<u8>,
    /// What the pusher says it named before; `None` for a ref that is to be created. Nobody has checked it yet.
    pub old: Option<Oid>,
    /// What it is to name; `None` for one that is to be deleted.
    pub new: Option<Oid>,
}

/// A line that is not an update.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("line {line} of standard input is not '<old id> <new id> <ref>'")]
pub struct UpdateError {
    /// Which line, from 1.
    pub line: usize,
}

impl RefUpdate {
    /// Reads all lines `<old> SP <new> SP <ref> LF` of a `pre-receive` hook's standard input. Ids have 40 digits or 64; one
    /// of zeros only means that there is no object.
    pub fn parse_all(input: &[u8]) -> Result<Vec<Self>, UpdateError> {
        let lines = input.strip_suffix(b"\n").unwrap_or(input);
        if lines.is_empty() {
            return Ok(Vec::new());
        }
        let parse = |(n, line)| Self::parse(line).ok_or(UpdateError { line: n + 1 });
        lines.split(|&byte| byte == b'\n').enumerate().map(parse).collect()
    }

    fn parse(line: &[u8]) -> Option<Self> {
        let mut words = line.splitn(3, |&byte| byte == b' ');
        let mut id = || Oid::from_hex(words.next()?).ok();
        let (old, new) = (id()?, id()?);
        let name = words.next().filter(|name| !name.is_empty())?.to_vec();
        let there = |id: Oid| id.as_bytes().iter().any(|&byte| byte != 0).then_some(id);
        Some(Self { name, old: there(old), new: there(new) })
    }

    /// The ref's name, lossily decoded.
    pub fn name(&self) -> String {
        String::from_utf8_lossy(&self.name).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn creations_deletions_and_names_of_any_bytes_are_read() {
        for digits in [40, 64] {
            let (zero, one) = ("0".repeat(digits), "1".repeat(digits));
            let mut input = format!("{zero} {one} refs/heads/a\n{one} {zero} refs/tags/b\n{one} {one} ").into_bytes();
            input.extend(b"refs/heads/\xff\x1b[31m\n");
            let updates = RefUpdate::parse_all(&input).unwrap();
            let id = Oid::from_hex(one.as_bytes()).ok();
            assert_eq!(updates[0], RefUpdate { name: b"refs/heads/a".to_vec(), old: None, new: id });
            assert_eq!((updates[1].old, updates[1].new), (id, None));
            assert_eq!(updates[2].name, b"refs/heads/\xff\x1b[31m");
        }
        assert_eq!(RefUpdate::parse_all(b""), Ok(Vec::new()));
    }

    #[test]
    fn a_line_that_makes_no_sense_is_named_and_nothing_is_guessed() {
        let (zero, one) = ("0".repeat(40), "1".repeat(40));
        let good = format!("{zero} {one} refs/heads/a\n");
        for bad in ["", "x", &format!("{zero} {one}"), &format!("{zero} {one} "), &format!("{zero}0 {one} refs/a")] {
            let input = format!("{good}{bad}\n{good}");
            assert_eq!(RefUpdate::parse_all(input.as_bytes()), Err(UpdateError { line: 2 }), "{bad}");
        }
    }
}
