//! Sets of small numbers, each distinct set kept once and named by a number.

use rustc_hash::FxHashMap;
use std::rc::Rc;

/// A set, by number. Equal sets have equal numbers, so that comparing two is comparing two integers.
pub(super) type SetIndex = u32;

/// The set without members.
pub(super) const EMPTY: SetIndex = 0;

/// All sets in use.
pub(super) struct Sets {
    members: Vec<Rc<[u32]>>,
    numbers: FxHashMap<Rc<[u32]>, SetIndex>,
    unions: FxHashMap<(SetIndex, SetIndex), SetIndex>,
}

impl Default for Sets {
    fn default() -> Self {
        let mut sets = Self { members: Vec::new(), numbers: FxHashMap::default(), unions: FxHashMap::default() };
        sets.of(Vec::new());
        sets
    }
}

impl Sets {
    /// The set of `members`, in any order.
    pub fn of(&mut self, mut members: Vec<u32>) -> SetIndex {
        members.sort_unstable();
        members.dedup();
        if let Some(&number) = self.numbers.get(&members[..]) {
            return number;
        }
        let members: Rc<[u32]> = members.into();
        let number = self.members.len() as SetIndex;
        self.members.push(Rc::clone(&members));
        self.numbers.insert(members, number);
        number
    }

    /// Everything in `a` or `b`. Remembered: histories ask for the same few pairs again and again.
    pub fn union(&mut self, a: SetIndex, b: SetIndex) -> SetIndex {
        let (a, b) = (a.min(b), a.max(b));
        if a == EMPTY || a == b {
            return b;
        }
        if let Some(&known) = self.unions.get(&(a, b)) {
            return known;
        }
        let both = self.members[a as usize].iter().chain(&*self.members[b as usize]).copied().collect();
        let union = self.of(both);
        self.unions.insert((a, b), union);
        union
    }

    /// The members, sorted.
    pub fn members(&self, set: SetIndex) -> &[u32] {
        &self.members[set as usize]
    }

    /// Whether `member` is in the set.
    pub fn contains(&self, set: SetIndex, member: u32) -> bool {
        self.members(set).binary_search(&member).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_sets_have_equal_numbers() {
        let mut sets = Sets::default();
        let a = sets.of(vec![3, 1, 3]);
        let b = sets.of(vec![2]);
        assert_eq!(sets.of(vec![1, 3]), a);
        assert_eq!(sets.union(a, EMPTY), a);
        let both = sets.union(b, a);
        assert_eq!(sets.members(both), [1, 2, 3]);
        assert_eq!(sets.union(a, b), both);
        assert!(sets.contains(both, 2) && !sets.contains(a, 2));
    }
}
