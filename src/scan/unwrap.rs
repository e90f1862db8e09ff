//! Looks into what is wrapped in an object: containers, encodings, and these in each other.
//!
//! An object's own bytes are looked into only where that may bring something: as a whole if it begins like something known,
//! in places if the matcher saw an encoded keyword there. What was unwrapped is looked into throughout, since it is rare.

use super::{
    content::{ContentReader, ContentWork},
    lines::{LineIndex, Start},
};
use crate::{
    decode::{self, Budget, Map, Piece, Problem, Sink},
    detect::{Found, Hint, View},
    git::ObjectIndex,
    model::{Coding, Verdict, Wrapping},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
    sync::atomic::Ordering,
};

/// Bytes of the budget that a candidate costs: each takes as long as reading some kilobytes, and an archive whose members share
/// their bytes can hold millions.
const CANDIDATE: usize = 4 << 10;

/// A text, how it was got, and the text in which its lines are counted: the object, or what a container in it holds.
#[derive(Clone)]
pub(super) struct Text<'t> {
    pub bytes: &'t [u8],
    pub wrapping: Wrapping,
    /// The text in which places are told.
    pub base: &'t LineIndex<'t>,
    /// From this text to `base`, innermost first.
    maps: Vec<&'t Map>,
}

impl<'t> Text<'t> {
    /// An object's own bytes, or a window of them.
    pub fn own(base: &'t LineIndex<'t>) -> Self {
        Self { bytes: base.bytes, wrapping: Wrapping::default(), base, maps: Vec::new() }
    }

    /// Where the byte at `at` stands in [`Text::base`].
    pub fn place(&self, at: usize) -> usize {
        self.maps.iter().fold(at, |at, map| map.outer(at)).min(self.base.bytes.len())
    }

    fn layers_with(&self, layer: &str) -> Vec<String> {
        [&self.wrapping.layers[..], &[layer.to_owned()]].concat()
    }
}

/// Something in an object that was not unwrapped.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Unopened {
    pub object: ObjectIndex,
    /// What it is about and why, the wrappings that lead there first.
    pub detail: String,
    /// Whether more was there to be read: a bound stopped it. Else it cannot be read: encrypted, damaged, unknown.
    pub is_bound: bool,
}

/// One object being looked into.
pub(super) struct Unwrapper<'u, 'd> {
    pub reader: &'u ContentReader<'d>,
    pub work: &'u mut ContentWork,
    pub object: ObjectIndex,
}

impl Unwrapper<'_, '_> {
    /// Looks into `text`, in which `found` was found.
    pub fn look_into(&mut self, text: &Text<'_>, found: &Found, budget: &mut Budget) {
        if let Some(format) = decode::recognise(text.bytes) {
            let mut pieces = Pieces { unwrapper: &mut *self, outer: text, opened: false, decoded: false };
            decode::open(format, text.bytes, budget, &mut pieces);
            if pieces.decoded {
                // Its stretches are it itself: each level of many would be decoded several times.
                return;
            }
        }
        let done = self.decode_hints(text, found, 0..text.bytes.len(), budget);
        if !text.wrapping.layers.is_empty() {
            self.decode_stretches(text, &done, budget);
        }
    }

    /// Says of an object that is too large to be held that it was searched as it lies, if there is more in it.
    pub fn leave_whole(&mut self, text: &Text<'_>) {
        if let Some(format) = decode::recognise(text.bytes) {
            let detail = format!("{}: too large to be unpacked: searched as it lies", format.name());
            self.work.unopened.push(Unopened { object: self.object, detail, is_bound: true });
        }
    }

    /// The stretches round the encoded keywords that begin `within`. Gives where they are.
    pub fn decode_hints(
        &mut self,
        text: &Text<'_>,
        found: &Found,
        within: Range<usize>,
        budget: &mut Budget,
    ) -> Vec<Range<usize>> {
        let mut done: BTreeMap<Coding, usize> = BTreeMap::new();
        let mut decoded = Vec::new();
        let hints: Vec<Hint> = self.reader.detector.hints(found).collect();
        for hint in hints.iter().filter(|hint| within.contains(&(hint.at as usize))) {
            let at = hint.at as usize;
            if done.get(&hint.coding).is_some_and(|&end| at < end) {
                continue;
            }
            let Some(coding) = coding(text.bytes, *hint) else { continue };
            // A stretch may reach back over those before it (a line that begins with dashes is the last to join, not the next):
            // without an end, finding them would cost as much as a text's square.
            if self.is_spent(text, coding.name(), budget) {
                break;
            }
            if let Some((range, piece)) = decode::region(coding, text.bytes, at, hint.phase) {
                done.insert(hint.coding, range.end);
                decoded.push(range.clone());
                self.stretch(text, range, &piece, budget);
            }
        }
        disjoint(decoded)
    }

    /// All that looks encoded in a text that was itself unwrapped, but for what is `done`.
    fn decode_stretches(&mut self, text: &Text<'_>, done: &[Range<usize>], budget: &mut Budget) {
        let is_done = |range: &Range<usize>| {
            let next = done.partition_point(|done| done.end <= range.start);
            done.get(next).is_some_and(|done| done.start < range.end)
        };
        for (range, piece) in decode::stretches(text.bytes).filter(|(range, _)| !is_done(range)) {
            if self.is_spent(text, &piece.layer, budget) {
                return;
            }
            self.stretch(text, range, &piece, budget);
        }
    }

    /// Looks into what the bytes at `range` of `outer` decode to.
    fn stretch(&mut self, outer: &Text<'_>, range: Range<usize>, piece: &Piece, budget: &mut Budget) {
        if !budget.pay(piece.text.len()) {
            self.is_spent(outer, &piece.layer, budget);
            return;
        }
        match budget.nested(&piece.layer, |budget| self.piece(outer, piece, budget)) {
            // Of a credential that is encoded value by value the secret may have no mark of its own.
            Ok(kept) => kept.into_iter().for_each(|rule| self.near(outer, rule, &range)),
            Err(problem) => self.unopened(outer, &problem),
        }
    }

    /// Takes down what stands in `outer` near the encoded value of `rule` at `range`.
    fn near(&mut self, outer: &Text<'_>, rule: u16, range: &Range<usize>) {
        let place = range.start as u32..range.end as u32;
        let found = self.reader.detector.near(View::whole(outer.bytes), rule, place, &mut self.work.scratch);
        self.reader.take_down(self.work, self.object, outer, found.into_iter());
    }

    /// Scans a piece and looks into it. Gives the rules of which it holds a value.
    fn piece(&mut self, outer: &Text<'_>, piece: &Piece, budget: &mut Budget) -> BTreeSet<u16> {
        let layers = outer.layers_with(&piece.layer);
        let own = LineIndex::new(&piece.text, Start::TEXT);
        let text = match &piece.map {
            Some(map) => Text {
                bytes: &piece.text,
                wrapping: Wrapping { layers, containers: outer.wrapping.containers },
                base: outer.base,
                maps: std::iter::once(map).chain(outer.maps.iter().copied()).collect(),
            },
            None => Text {
                bytes: &piece.text,
                wrapping: Wrapping { containers: layers.len(), layers },
                base: &own,
                maps: Vec::new(),
            },
        };
        if self.reader.cancel.load(Ordering::Relaxed) {
            return BTreeSet::new();
        }
        let found = self.reader.detector.scan(View::whole(text.bytes), &mut self.work.scratch);
        let candidates = found.candidates();
        budget.pay(CANDIDATE * candidates.len());
        let kept = candidates.iter().filter(|one| one.verdict == Verdict::Keep).map(|one| one.rule).collect();
        self.reader.take_down(self.work, self.object, &text, candidates.into_iter());
        self.look_into(&text, &found, budget);
        kept
    }

    /// Whether nothing is left for one more `layer` in `outer`, which is told once.
    fn is_spent(&mut self, outer: &Text<'_>, layer: &str, budget: &mut Budget) -> bool {
        if let Some(problem) = budget.exhausted(layer) {
            self.unopened(outer, &problem);
        }
        budget.is_spent()
    }

    fn unopened(&mut self, outer: &Text<'_>, problem: &Problem) {
        let detail = outer.layers_with(&problem.to_string()).join(" → ");
        let is_bound = problem.is_bound();
        self.work.unopened.push(Unopened { object: self.object, detail, is_bound });
    }
}

/// What comes out of a container goes to the unwrapper.
struct Pieces<'p, 'u, 'd> {
    unwrapper: &'p mut Unwrapper<'u, 'd>,
    outer: &'p Text<'p>,
    /// Whether anything came yet.
    opened: bool,
    /// Whether what came is the whole of it decoded, and no file in it.
    decoded: bool,
}

impl Sink for Pieces<'_, '_, '_> {
    fn piece(&mut self, piece: Piece, budget: &mut Budget) {
        self.opened = true;
        self.decoded |= piece.map.is_some();
        self.unwrapper.piece(self.outer, &piece, budget);
    }

    fn problem(&mut self, problem: Problem) {
        // Four letters of a text may decode to what a format begins with: if nothing comes of it, it was none.
        let by_chance = !self.outer.wrapping.layers.is_empty() && !self.opened;
        if !(by_chance && matches!(problem, Problem::Damaged { .. })) {
            self.unwrapper.unopened(self.outer, &problem);
        }
    }
}

/// The ranges in order, those that overlap as one.
fn disjoint(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_unstable_by_key(|range| range.start);
    ranges.dedup_by(|next, last| {
        let joined = next.start <= last.end;
        last.end = if joined { last.end.max(next.end) } else { last.end };
        joined
    });
    ranges
}

/// The decoder for a hint. `None` for codings of single values, which the rules decode.
fn coding(text: &[u8], hint: Hint) -> Option<decode::Coding> {
    Some(match hint.coding {
        Coding::Base64 => decode::Coding::Base64,
        Coding::Hex => decode::Coding::Hex,
        // The keyword's letters are the bytes that are not zero; one form of it stands for both.
        Coding::Utf16 if text.get(hint.at as usize + 1) == Some(&0) => decode::Coding::Utf16Le,
        Coding::Utf16 => decode::Coding::Utf16Be,
        Coding::Json | Coding::Backslash => decode::Coding::Backslash,
        Coding::Url => decode::Coding::Percent,
        Coding::Html => decode::Coding::Entities,
        Coding::QuotedPrintable => decode::Coding::QuotedPrintable,
        Coding::Joined => return None,
    })
}
