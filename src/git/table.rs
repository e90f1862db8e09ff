//! All object ids of a repository, sorted, each with a number and the one place it is read from.

use crate::model::{ObjectKind, Oid};

/// An object's number: its rank among all ids of the repository. Dense, so that per-object facts are plain arrays.
pub type ObjectIndex = u32;

/// Where an object is read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Home {
    /// An entry of a pack, both by number; entries count in the order of the pack's index.
    Pack {
        /// Which pack.
        pack: u32,
        /// Which entry.
        entry: u32,
    },
    /// A file of its own, by number.
    Loose(u32),
    /// Another folder, which is not listed whole, by number.
    Lent(u32),
}

/// The table.
#[derive(Debug)]
pub struct Table {
    /// Ids, sorted, `width` bytes each.
    ids: Vec<u8>,
    /// 20 or 32.
    width: usize,
    /// `fan[n]`: how many ids begin with bits below `n`. Ids are evenly spread, so that few are left to search.
    fan: Vec<u32>,
    /// How many bits that is: enough for two to four ids a bucket. A look-up is mostly one miss of the cache then.
    bits: u32,
    homes: Vec<Home>,
    /// Filled in once headers have been read; `None`: not readable.
    pub(super) kinds: Vec<Option<ObjectKind>>,
}

impl Table {
    /// Takes ids with their places; of several places for one id the smallest counts. `number` is told the number of
    /// every place, also of those that do not count.
    pub(super) fn new(width: usize, mut places: Vec<(Oid, Home)>, mut number: impl FnMut(Home, ObjectIndex)) -> Self {
        // Each source is sorted already, which makes this a merge.
        places.sort();
        let bits = places.len().checked_ilog2().unwrap_or(0).saturating_sub(1).clamp(8, 24);
        let mut table = Self {
            ids: Vec::with_capacity(places.len() * width),
            width,
            fan: vec![0; (1 << bits) + 1],
            bits,
            homes: Vec::with_capacity(places.len()),
            kinds: Vec::new(),
        };
        let mut last = None;
        for (oid, home) in places {
            if last != Some(oid) {
                last = Some(oid);
                table.ids.extend_from_slice(oid.as_bytes());
                table.fan[first_bits(oid.as_bytes(), bits) + 1] += 1;
                table.homes.push(home);
            }
            number(home, table.homes.len() as u32 - 1);
        }
        for n in 1..table.fan.len() {
            table.fan[n] += table.fan[n - 1];
        }
        table.kinds = vec![None; table.homes.len()];
        table
    }

    /// How many objects there are.
    pub fn len(&self) -> usize {
        self.homes.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.homes.is_empty()
    }

    /// The raw id of an object.
    pub fn raw_id(&self, index: ObjectIndex) -> &[u8] {
        &self.ids[index as usize * self.width..][..self.width]
    }

    /// The id of an object.
    #[allow(clippy::expect_used, clippy::missing_panics_doc, reason = "the width is that of an id")]
    pub fn id(&self, index: ObjectIndex) -> Oid {
        Oid::from_bytes(self.raw_id(index)).expect("20 or 32 bytes")
    }

    /// Where an object is read from.
    pub fn home(&self, index: ObjectIndex) -> Home {
        self.homes[index as usize]
    }

    /// What an object is, unless its header could not be read.
    pub fn kind(&self, index: ObjectIndex) -> Option<ObjectKind> {
        self.kinds[index as usize]
    }

    /// The number of the object with this raw id.
    pub fn find(&self, raw: &[u8]) -> Option<ObjectIndex> {
        if raw.len() != self.width {
            return None;
        }
        let bucket = first_bits(raw, self.bits);
        let (mut low, mut high) = (self.fan[bucket], self.fan[bucket + 1]);
        // Whoever makes ids on purpose can fill one bucket: it must not be walked through one by one.
        while high - low > 8 {
            let middle = low.midpoint(high);
            match self.raw_id(middle).cmp(raw) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Equal => return Some(middle),
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        (low..high).find(|&index| self.raw_id(index) == raw)
    }
}

fn first_bits(raw: &[u8], bits: u32) -> usize {
    (u32::from_be_bytes([raw[0], raw[1], raw[2], raw[3]]) >> (32 - bits)) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    fn oid(seed: u32) -> Oid {
        let mut bytes = [0; 20];
        for (i, byte) in bytes.iter_mut().enumerate() {
            *byte = (seed.wrapping_mul(2_654_435_761).rotate_left(i as u32 * 3) >> 7) as u8;
        }
        Oid::from_bytes(&bytes).unwrap()
    }

    #[test]
    fn every_id_is_found_once_and_duplicates_keep_the_first_home() {
        let mut places: Vec<_> = (0..500).map(|n| (oid(n), Home::Pack { pack: 0, entry: n })).collect();
        places.extend((400..600).map(|n| (oid(n), Home::Loose(n))));
        let mut numbers = Vec::new();
        let table = Table::new(20, places, |home, number| numbers.push((home, number)));
        assert_eq!(table.len(), 600);
        assert_eq!(numbers.len(), 700);
        for n in 0..600 {
            let index = table.find(oid(n).as_bytes()).unwrap();
            assert_eq!(table.id(index), oid(n));
            let home = if n < 500 { Home::Pack { pack: 0, entry: n } } else { Home::Loose(n) };
            assert_eq!(table.home(index), home);
        }
        assert_eq!(table.find(oid(601).as_bytes()), None);
        assert_eq!(table.find(&[0; 32]), None);
    }

    #[test]
    fn ids_made_to_share_a_bucket_are_still_told_apart() {
        let near = |n: u8| Oid::from_bytes(&[&[7; 19][..], &[n]].concat()).unwrap();
        let places = (0..200).step_by(2).map(|n| (near(n), Home::Loose(u32::from(n)))).collect();
        let table = Table::new(20, places, |_, _| ());
        for n in 0..200 {
            let found = table.find(near(n).as_bytes()).map(|index| table.home(index));
            assert_eq!(found, (n % 2 == 0).then_some(Home::Loose(u32::from(n))));
        }
    }
}
