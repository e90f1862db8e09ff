//! Blobs that need not be read again.

use super::StoreError;
use super::database::Store;
use crate::model::Oid;
use sqlx::Row;

/// Ids of blobs that were read whole and led to nothing: to no finding and to no candidate, whatever their path. Sorted, one
/// after the other, 20 or 32 bytes each: a million take 20 MB.
#[derive(Clone, PartialEq, Eq)]
pub struct CleanBlobs {
    width: usize,
    packed: Vec<u8>,
}

impl std::fmt::Debug for CleanBlobs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "CleanBlobs({} of {} bytes)", self.len(), self.width)
    }
}

impl CleanBlobs {
    /// From ids of one hash in any order; those of another width than the first are left out.
    pub fn new(ids: impl IntoIterator<Item = Oid>) -> Self {
        let mut ids: Vec<Oid> = ids.into_iter().collect();
        ids.sort_unstable();
        ids.dedup();
        let width = ids.first().map_or(20, |id| id.as_bytes().len());
        let ids = ids.iter().map(Oid::as_bytes).filter(|id| id.len() == width);
        Self { width, packed: ids.flatten().copied().collect() }
    }

    /// From ids one after the other, sorted, `width` bytes each. `None` if they are not.
    pub fn from_packed(width: usize, packed: Vec<u8>) -> Option<Self> {
        let is_whole = [20, 32].contains(&width) && packed.len().is_multiple_of(width);
        (is_whole && packed.chunks_exact(width).is_sorted_by(|a, b| a < b)).then_some(Self { width, packed })
    }

    /// The ids one after the other.
    pub fn as_packed(&self) -> &[u8] {
        &self.packed
    }

    /// Bytes that an id takes.
    pub fn width(&self) -> usize {
        self.width
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.packed.len() / self.width
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.packed.is_empty()
    }

    /// Whether `id` is one of them.
    pub fn contains(&self, id: &Oid) -> bool {
        let id = id.as_bytes();
        let (mut low, mut high) = (0, self.len());
        while low < high && id.len() == self.width {
            let middle = usize::midpoint(low, high);
            match self.packed[middle * self.width..][..self.width].cmp(id) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => return true,
            }
        }
        false
    }

    /// All that are in one of `lists` whose ids are `width` bytes wide.
    fn union(width: usize, lists: &[Self]) -> Self {
        let mut lists = lists.iter().filter(|list| list.width == width);
        match (lists.next(), lists.next()) {
            (None, _) => Self { width, packed: Vec::new() },
            (Some(only), None) => only.clone(),
            (Some(first), Some(second)) => {
                let all = [first, second].into_iter().chain(lists);
                let mut ids: Vec<&[u8]> = all.flat_map(|list| list.packed.chunks_exact(width)).collect();
                ids.sort_unstable();
                ids.dedup();
                Self { width, packed: ids.concat() }
            }
        }
    }
}

impl Store {
    /// Clean blobs of `repository` and of all that it was forked from or that were forked with it, of ids `width` bytes wide: only
    /// those that the same rule set and engine found clean. What was recorded as the parent counts, listed or not.
    pub fn clean_blobs_of_network(
        &self,
        repository: &str,
        rules: &str,
        engine: &str,
        width: usize,
    ) -> Result<CleanBlobs, StoreError> {
        // Up to the root, then down to all that hang below any of these; a parent that nobody listed joins its forks, too.
        const NETWORK: &str = "\
            WITH RECURSIVE up (id, parent) AS (
                SELECT id, parent FROM repositories WHERE id = $1
                UNION SELECT r.id, r.parent FROM repositories r JOIN up ON r.id = up.parent
            ), network (id) AS (
                SELECT id FROM (SELECT id FROM up UNION SELECT parent FROM up WHERE parent IS NOT NULL) roots
                UNION SELECT r.id FROM repositories r JOIN network ON r.parent = network.id
            )
            SELECT b.width, b.ids FROM clean_blobs b JOIN network ON b.repository = network.id
            WHERE b.rules = $2 AND b.engine = $3 ORDER BY b.repository";
        let lists = self.read("read the clean blobs", async |connection| {
            let query = sqlx::query(NETWORK).bind(repository).bind(rules).bind(engine);
            let rows = query.fetch_all(&mut *connection).await?;
            let list = |row: &sqlx::any::AnyRow| Ok::<_, sqlx::Error>((row.try_get::<i64, _>(0)?, row.try_get(1)?));
            rows.iter().map(list).collect::<Result<Vec<(i64, Vec<u8>)>, _>>()
        })?;
        // A list that is not one is no reason to stop: its blobs are read again.
        let lists =
            lists.into_iter().filter_map(|(width, ids)| CleanBlobs::from_packed(usize::try_from(width).ok()?, ids));
        Ok(CleanBlobs::union(width, &lists.collect::<Vec<_>>()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(numbers: impl IntoIterator<Item = u8>, width: usize) -> Vec<Oid> {
        numbers.into_iter().map(|n| Oid::from_bytes(&vec![n; width]).unwrap()).collect()
    }

    #[test]
    fn a_list_holds_what_was_put_in_and_nothing_else() {
        for width in [20, 32] {
            let list = CleanBlobs::new(ids((0..200).step_by(2).rev().chain([4]), width));
            assert_eq!((list.len(), list.width()), (100, width));
            for n in 0..=255 {
                assert_eq!(list.contains(&ids([n], width)[0]), n < 200 && n % 2 == 0, "{n}");
                assert!(!list.contains(&ids([n], 52 - width)[0]));
            }
            assert_eq!(CleanBlobs::from_packed(width, list.as_packed().to_vec()), Some(list.clone()));
            assert_eq!(CleanBlobs::from_packed(width, list.as_packed()[1..].to_vec()), None);
            let other = CleanBlobs::new(ids(100..=255, width));
            let both = CleanBlobs::union(width, &[list, other, CleanBlobs::new(ids([7], 52 - width))]);
            assert_eq!(both, CleanBlobs::new(ids((0..100).step_by(2).chain(100..=255), width)));
        }
        assert_eq!(CleanBlobs::from_packed(20, [2; 20].into_iter().chain([1; 20]).collect()), None, "not sorted");
        assert!(CleanBlobs::new([]).is_empty() && !CleanBlobs::new([]).contains(&ids([0], 20)[0]));
    }
}
