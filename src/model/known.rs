//! Blobs that an earlier scan read, and in which it found nothing.

use super::Oid;

/// A set of blobs, packed: their ids one after the other, sorted. All have ids of the same width. Which rules found nothing in
/// them is for the owner of the set to remember.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KnownBlobs {
    /// Bytes of an id; 0 for an empty set.
    width: usize,
    ids: Vec<u8>,
}

impl KnownBlobs {
    /// A set of these ids, in whatever order.
    pub fn new(mut ids: Vec<Oid>) -> Self {
        ids.sort_unstable();
        ids.dedup();
        let width = ids.first().map_or(0, |oid| oid.as_bytes().len());
        // Ids of another width belong to another repository.
        let same = ids.iter().map(Oid::as_bytes).filter(|id| id.len() == width);
        Self { width, ids: same.flatten().copied().collect() }
    }

    /// The set that [`KnownBlobs::as_bytes`] gave, of ids with `width` bytes; `None` if it is not one: then nothing is known.
    pub fn from_bytes(width: usize, ids: Vec<u8>) -> Option<Self> {
        let whole = [20, 32].contains(&width) && ids.len().is_multiple_of(width);
        let sorted = whole && ids.chunks_exact(width).is_sorted_by(|a, b| a < b);
        sorted.then_some(Self { width, ids })
    }

    /// All that are in one of `lists` whose ids are `width` bytes wide.
    pub fn union(width: usize, lists: &[Self]) -> Self {
        let mut lists = lists.iter().filter(|list| list.width == width);
        match (lists.next(), lists.next()) {
            (None, _) => Self::default(),
            (Some(only), None) => only.clone(),
            (Some(first), Some(second)) => {
                let all = [first, second].into_iter().chain(lists);
                let mut ids: Vec<&[u8]> = all.flat_map(|list| list.ids.chunks_exact(width)).collect();
                ids.sort_unstable();
                ids.dedup();
                Self { width, ids: ids.concat() }
            }
        }
    }

    /// Bytes of an id.
    pub fn width(&self) -> usize {
        self.width
    }

    /// The ids, sorted, one after the other.
    pub fn as_bytes(&self) -> &[u8] {
        &self.ids
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.ids.len().checked_div(self.width).unwrap_or(0)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Whether the blob with this raw id is among them.
    pub fn contains(&self, raw: &[u8]) -> bool {
        if raw.len() != self.width {
            return false;
        }
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low.midpoint(high);
            match self.ids[middle * self.width..][..self.width].cmp(raw) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Equal => return true,
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_holds_what_was_put_in_and_nothing_else_and_survives_its_bytes() {
        for width in [20, 32] {
            let oid = |n: u8| Oid::from_bytes(&vec![n; width]).unwrap();
            let set = KnownBlobs::new([9, 3, 5, 3].map(oid).to_vec());
            assert_eq!(set.len(), 3);
            for n in 0..12 {
                assert_eq!(set.contains(oid(n).as_bytes()), [3, 5, 9].contains(&n), "{n}");
            }
            assert!(!set.contains(&[3; 19]));
            assert_eq!(KnownBlobs::from_bytes(width, set.as_bytes().to_vec()), Some(set.clone()));
            let mut damaged = set.as_bytes().to_vec();
            damaged[0] = 200;
            assert_eq!(KnownBlobs::from_bytes(width, damaged), None, "not sorted");
            assert_eq!(KnownBlobs::from_bytes(width, set.as_bytes()[1..].to_vec()), None);
            let lists = [[2, 3], [3, 7]].map(|ids| KnownBlobs::new(ids.map(oid).to_vec()));
            let other = KnownBlobs::new(vec![Oid::from_bytes(&vec![8; 52 - width]).unwrap()]);
            let both = KnownBlobs::union(width, &[set, lists[0].clone(), other, lists[1].clone()]);
            assert_eq!(both, KnownBlobs::new([2, 3, 5, 7, 9].map(oid).to_vec()));
        }
        assert_eq!(KnownBlobs::new(Vec::new()).len(), 0);
    }
}
