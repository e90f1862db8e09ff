//! What may be spent on unwrapping one object.

use super::Problem;

/// What one stream may always give, however small it is packed.
const FREE: u64 = 8 << 20;

/// Bounds on unwrapping one object of the repository, all levels together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// How many wrappings may lie in each other.
    pub depth: u32,
    /// Bytes that all pieces together may have, beyond the size of the object itself.
    pub bytes: u64,
    /// Members of containers, and other pieces.
    pub members: u64,
    /// How many times its packed size a stream may give, once that is more than 8 MiB.
    pub ratio: u64,
}

impl Default for Limits {
    /// 24 wrappings (boto's releases hold each other seven deep, each two wrappings), 256 MiB, 100,000 members, 1000 times.
    fn default() -> Self {
        Self { depth: 24, bytes: 256 << 20, members: 100_000, ratio: 1000 }
    }
}

/// What is left of the [`Limits`] for one object.
///
/// No clock: the same object gives the same pieces on every machine. Time is bounded through bytes, since what is read
/// of an entry counts as well as what comes out of it. On one core of a Xeon bzip2, the slowest, gives 37 MB a second, xz 51,
/// zstd 250, gzip 360.
#[derive(Debug)]
pub struct Budget {
    limits: Limits,
    /// What all pieces may have: [`Limits::bytes`] and the object's own size.
    total: u64,
    bytes: u64,
    members: u64,
    depth: u32,
    /// Whether it was said that the budget is spent.
    told: bool,
}

impl Budget {
    /// The whole of `limits` for an object of `size` bytes.
    pub fn new(limits: Limits, size: usize) -> Self {
        let total = limits.bytes.saturating_add(size as u64);
        Self { limits, total, bytes: total, members: limits.members, depth: 0, told: false }
    }

    /// Whether nothing more can be unwrapped.
    pub fn is_spent(&self) -> bool {
        self.bytes == 0 || self.members == 0
    }

    /// Goes one wrapping down while `inside` runs; [`super::open()`] does so by itself.
    ///
    /// # Errors
    ///
    /// [`Problem::TooDeep`] for `layer`, with nothing run.
    pub fn nested<R>(&mut self, layer: &str, inside: impl FnOnce(&mut Self) -> R) -> Result<R, Problem> {
        if self.depth >= self.limits.depth {
            return Err(Problem::TooDeep { layer: layer.to_owned(), limit: self.limits.depth });
        }
        self.depth += 1;
        let result = inside(self);
        self.depth -= 1;
        Ok(result)
    }

    /// Pays for one piece of `bytes` bytes that was decoded by [`super::region()`] or [`super::stretches()`];
    /// [`super::open()`] pays by itself. False if that is more than there was: then the piece should be left alone, and
    /// [`Budget::exhausted`] says why.
    pub fn pay(&mut self, bytes: usize) -> bool {
        let enough = !self.is_spent() && bytes as u64 <= self.bytes;
        self.bytes = self.bytes.saturating_sub(bytes as u64);
        self.members = self.members.saturating_sub(1);
        enough
    }

    /// How many bytes a stream of `packed` bytes may give now.
    pub(super) fn allowance(&self, packed: usize) -> usize {
        self.by_ratio(packed).min(self.bytes) as usize
    }

    /// Why a stream of `packed` bytes that asked for more than its allowance did not get it.
    pub(super) fn refusal(&mut self, layer: &str, packed: usize) -> Option<Problem> {
        if self.by_ratio(packed) < self.bytes {
            return Some(Problem::Ratio { layer: layer.to_owned(), ratio: self.limits.ratio });
        }
        self.bytes = 0;
        self.exhausted(layer)
    }

    /// Says once that the budget is spent; `None` while it is not, and when that was said already.
    pub fn exhausted(&mut self, layer: &str) -> Option<Problem> {
        if !self.is_spent() || self.told {
            return None;
        }
        self.told = true;
        let layer = layer.to_owned();
        Some(if self.members == 0 {
            Problem::TooManyMembers { layer, limit: self.limits.members }
        } else {
            Problem::TooLarge { layer, limit: self.total }
        })
    }

    fn by_ratio(&self, packed: usize) -> u64 {
        self.limits.ratio.saturating_mul(packed as u64).max(FREE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_is_spent_once_and_says_so_once() {
        let mut budget = Budget::new(Limits { bytes: 90, members: 9, ..Limits::default() }, 10);
        assert!(budget.pay(60));
        assert_eq!(budget.allowance(1), 40);
        assert_eq!(budget.exhausted("a"), None);
        assert!(!budget.pay(41), "more than is left");
        assert_eq!(budget.exhausted("a"), Some(Problem::TooLarge { layer: "a".into(), limit: 100 }));
        assert_eq!(budget.exhausted("b"), None);
        let mut budget = Budget::new(Limits { members: 1, ..Limits::default() }, 0);
        assert!(budget.pay(1));
        assert!(!budget.pay(1));
        assert_eq!(budget.exhausted("a"), Some(Problem::TooManyMembers { layer: "a".into(), limit: 1 }));
    }

    #[test]
    fn depth_is_given_back() {
        let mut budget = Budget::new(Limits { depth: 2, ..Limits::default() }, 0);
        for _ in 0..3 {
            let inner = budget.nested("a", |budget| budget.nested("b", |budget| budget.nested("c", |_| ())));
            assert_eq!(inner, Ok(Ok(Err(Problem::TooDeep { layer: "c".into(), limit: 2 }))));
        }
    }

    #[test]
    fn a_small_stream_may_give_eight_mebibytes_and_a_large_one_a_thousand_times_its_size() {
        let mut budget = Budget::new(Limits::default(), 0);
        assert_eq!(budget.allowance(10), 8 << 20);
        assert_eq!(budget.allowance(100_000), 100_000_000);
        assert_eq!(budget.refusal("a", 10), Some(Problem::Ratio { layer: "a".into(), ratio: 1000 }));
        assert_eq!(budget.refusal("a", 1 << 20), Some(Problem::TooLarge { layer: "a".into(), limit: 256 << 20 }));
    }
}
