//! From places in a decoded text to places in the text it was decoded from.

/// Where bytes of a decoded text stand in the text they were decoded from.
///
/// A list of places that are known, with straight lines between them. There is one at each begin and end of a line on
/// either side, so that an answer is always on the right line; within a line it is exact where all characters are
/// encoded with the same number of bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Map {
    /// (decoded, encoded), rising on both sides. Two with the same decoded place: the later one begins a new line.
    marks: Vec<(u32, u32)>,
}

impl Map {
    /// The place of the decoded byte `at`; for one beyond the end that of the end.
    pub fn outer(&self, at: usize) -> usize {
        let next = self.marks.partition_point(|&(inner, _)| inner as usize <= at);
        let Some(&(inner, outer)) = next.checked_sub(1).and_then(|last| self.marks.get(last)) else { return 0 };
        let Some(&(next_inner, next_outer)) = self.marks.get(next) else { return outer as usize };
        let (run, rise) = (u64::from(next_inner - inner), u64::from(next_outer - outer));
        outer as usize + ((at as u64 - u64::from(inner)) * rise / run) as usize
    }

    /// Notes that the decoded byte `inner` stands at `outer`. Calls come in rising order.
    pub(super) fn mark(&mut self, inner: usize, outer: usize) {
        let mark = (inner as u32, outer as u32);
        if self.marks.last() != Some(&mark) {
            self.marks.push(mark);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn between_marks_places_lie_on_a_straight_line() {
        let mut map = Map::default();
        for (inner, outer) in [(0, 10), (57, 86), (57, 97), (60, 101)] {
            map.mark(inner, outer);
        }
        assert_eq!([0, 3, 56].map(|at| map.outer(at)), [10, 14, 84]);
        assert_eq!([57, 59, 60, 1000].map(|at| map.outer(at)), [97, 99, 101, 101], "a gap is leapt over");
        assert_eq!(Map::default().outer(5), 0);
    }
}
