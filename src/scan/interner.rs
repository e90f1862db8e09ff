//! Distinct things as workers find them, each kept once and called by a number.

use rustc_hash::FxHashMap;
use std::{
    hash::Hash,
    sync::{Mutex, PoisonError},
};

/// The number of something.
pub(super) type Number = u32;

/// Things as they are found, by all workers. Asked only for what is kept of an object, so one lock serves.
pub(super) struct Interner<T>(Mutex<FxHashMap<T, Number>>);

impl<T> Default for Interner<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T: Hash + Eq + Ord> Interner<T> {
    /// The number of `thing`, given on first sight.
    pub fn number(&self, thing: T) -> Number {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let next = known.len() as Number;
        *known.entry(thing).or_insert(next)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Those whose number is `wanted`, in an order that does not depend on which worker came first, and for each old
    /// number the new one.
    pub fn sorted(self, wanted: impl Fn(Number) -> bool) -> (Vec<T>, Vec<Number>) {
        let known = self.0.into_inner().unwrap_or_else(PoisonError::into_inner);
        let mut renumbered = vec![0; known.len()];
        let mut things: Vec<(T, Number)> = known.into_iter().filter(|&(_, number)| wanted(number)).collect();
        things.sort_unstable();
        for (new, (_, old)) in things.iter().enumerate() {
            renumbered[*old as usize] = new as Number;
        }
        (things.into_iter().map(|(thing, _)| thing).collect(), renumbered)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_given_once_and_sorted_out_at_the_end() {
        let interner = Interner::default();
        assert_eq!(["b", "a", "b"].map(|thing| interner.number(thing)), [0, 1, 0]);
        assert_eq!(interner.len(), 2);
        assert_eq!(interner.number("c"), 2);
        assert_eq!(interner.sorted(|number| number < 2), (vec!["a", "b"], vec![1, 0, 0]));
    }
}
