//! A part of an organisation's repositories.

use sha2::{Digest, Sha256};
use std::fmt;
use std::str::FromStr;

/// One of several equal parts of the repositories: each is in one part, the same in every run. The default is all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    index: u32,
    count: u32,
}

impl Default for Shard {
    fn default() -> Self {
        Self { index: 1, count: 1 }
    }
}

impl Shard {
    /// The repositories of a part are those whose slot leaves this, divided by [`Self::count`].
    pub(super) fn remainder(self) -> i64 {
        i64::from(self.index - 1)
    }

    /// How many parts there are.
    pub(super) fn count(self) -> i64 {
        i64::from(self.count)
    }

    /// Whether it is all there is.
    pub fn is_all(self) -> bool {
        self.count == 1
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.count)
    }
}

/// Not a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected I/N with I from 1 to N, such as 2/8; or I+1/N with I from 0")]
pub struct ShardError;

impl FromStr for Shard {
    type Err = ShardError;

    fn from_str(text: &str) -> Result<Self, ShardError> {
        let (index, count) = text.split_once('/').ok_or(ShardError)?;
        let number = |text: &str| text.parse::<u32>().map_err(|_| ShardError);
        // Launchers that count from 0 may know no arithmetic.
        let index = match index.strip_suffix("+1") {
            Some(index) => number(index)?.checked_add(1).ok_or(ShardError)?,
            None => number(index)?,
        };
        let shard = Self { index, count: number(count)? };
        if (1..=shard.count).contains(&shard.index) { Ok(shard) } else { Err(ShardError) }
    }
}

/// The number that decides in which part a repository is: from the hash of its id, so that parts are of one size.
pub(super) fn slot(id: &str) -> i64 {
    let hash = Sha256::digest(id.as_bytes());
    let first = hash.iter().take(8).fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    (first >> 1).cast_signed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_repository_is_in_one_of_the_parts() {
        let mut sizes = [0; 8];
        for n in 0..8000 {
            let slot = slot(&format!("https://github.com:{n}"));
            let parts = (1..=8_u32).map(|index| Shard { index, count: 8 });
            let of: Vec<_> = parts.filter(|part| slot % part.count() == part.remainder()).collect();
            assert_eq!(of.len(), 1);
            sizes[usize::try_from(of[0].remainder()).unwrap()] += 1;
        }
        assert!(sizes.iter().all(|size| (900..1100).contains(size)), "{sizes:?}");
    }

    #[test]
    fn it_is_read_and_written_in_one_way() {
        assert_eq!("2/8".parse::<Shard>().unwrap().to_string(), "2/8");
        assert_eq!("0+1/8".parse::<Shard>().unwrap().to_string(), "1/8");
        assert!("1/1".parse::<Shard>().unwrap().is_all());
        for wrong in ["", "2", "0/8", "9/8", "1/0", "a/b", "1/2/3", "-1/2", "8+1/8", "+1/8", "4294967295+1/8"] {
            assert_eq!(wrong.parse::<Shard>(), Err(ShardError), "{wrong}");
        }
    }
}
