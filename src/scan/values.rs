//! The distinct values of a scan, each kept once.

use crate::model::Secret;
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::{Mutex, PoisonError};

/// A distinct value, by number.
pub(super) type ValueIndex = u32;

/// A rule and a value it found.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Value {
    pub rule: u16,
    pub secret: Secret,
}

/// Values as they are found, by all workers. Asked only for candidates that were kept, so one lock serves.
#[derive(Default)]
pub(super) struct Values(Mutex<FxHashMap<Value, ValueIndex>>);

impl Values {
    /// The number of a value, given on first sight.
    pub fn number(&self, rule: u16, value: &[u8]) -> ValueIndex {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let next = known.len() as ValueIndex;
        *known.entry(Value { rule, secret: Secret::new(value) }).or_insert(next)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// The values that were `seen`, in an order that does not depend on which worker came first, and for each old number
    /// the new one.
    pub fn sorted(self, seen: &FxHashSet<ValueIndex>) -> (Vec<Value>, Vec<ValueIndex>) {
        let known = self.0.into_inner().unwrap_or_else(PoisonError::into_inner);
        let mut renumbered = vec![0; known.len()];
        let mut values: Vec<(Value, ValueIndex)> =
            known.into_iter().filter(|(_, number)| seen.contains(number)).collect();
        values.sort_unstable();
        for (new, (_, old)) in values.iter().enumerate() {
            renumbered[*old as usize] = new as ValueIndex;
        }
        (values.into_iter().map(|(value, _)| value).collect(), renumbered)
    }
}
