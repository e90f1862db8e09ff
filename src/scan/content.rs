//! Reads blobs, commits and tags: matches them, and notes what commits and tags say of history.

use super::{
    lines::{Lines, line_of},
    values::{ValueIndex, Values},
};
use crate::{
    detect::{Detector, Found, Scratch, View},
    git::{Base, CommitHeader, Object, ObjectIndex, Visitor, tag_target},
    model::{Candidate, DropReason, ObjectKind, Oid, Verdict},
    policy::inline,
};
use std::{collections::BTreeMap, io::Read};

/// Objects that are too large to be held are matched in windows of this many bytes, or of eight overlaps if that is more.
const WINDOW: usize = 8 << 20;

/// A value at a place of an object.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sighting {
    pub value: ValueIndex,
    pub object: ObjectIndex,
    /// First byte, from the start of the object.
    pub at: u64,
    pub line: u32,
    pub column: u32,
    /// The pattern of the value's rule that found it.
    pub pattern: u16,
    /// A comment on the line that allows it.
    pub marker: Option<&'static str>,
}

/// A dropped value at its first place in an object: only for `--explain`.
#[derive(Debug, Clone, Copy)]
pub(super) struct DroppedSighting {
    pub sighting: Sighting,
    pub reason: DropReason,
}

/// Matches every object it is shown.
pub(super) struct ContentReader<'a> {
    pub detector: &'a Detector<'a>,
    pub values: &'a Values,
    /// Values that were dropped; `None` unless they are to be explained.
    pub dropped: Option<&'a Values>,
}

/// What a worker collects.
pub(super) struct ContentWork {
    scratch: Scratch,
    pub sightings: Vec<Sighting>,
    pub dropped: Vec<DroppedSighting>,
    pub drops: BTreeMap<(u16, DropReason), u64>,
    pub commits: Vec<(ObjectIndex, CommitHeader)>,
    pub tags: Vec<(ObjectIndex, Oid)>,
    /// Commits and tags whose header makes no sense.
    pub damaged: Vec<ObjectIndex>,
    /// Objects that are too large to be held.
    pub streamed: Vec<ObjectIndex>,
}

impl ContentReader<'_> {
    fn note_history(work: &mut ContentWork, object: Object<'_>) {
        let understood = match object.kind {
            ObjectKind::Commit => {
                CommitHeader::parse(object.bytes).map(|header| work.commits.push((object.id, header))).is_some()
            }
            ObjectKind::Tag => tag_target(object.bytes).map(|target| work.tags.push((object.id, target))).is_some(),
            ObjectKind::Blob | ObjectKind::Tree => true,
        };
        if !understood {
            work.damaged.push(object.id);
        }
    }

    /// Takes down `candidates`, which stand in `text` in ascending order; `text` begins at `origin` of its object.
    fn take_down(
        &self,
        work: &mut ContentWork,
        object: ObjectIndex,
        text: &[u8],
        origin: u64,
        lines: &mut Lines,
        candidates: impl Iterator<Item = Candidate>,
    ) {
        for candidate in candidates {
            let (start, end) = (candidate.start as usize, candidate.end as usize);
            let into = match candidate.verdict {
                Verdict::Keep => Some(self.values),
                Verdict::Drop(reason) => {
                    *work.drops.entry((candidate.rule, reason)).or_insert(0) += 1;
                    self.dropped
                }
            };
            let Some(into) = into else { continue };
            let (line, column) = lines.locate(text, start);
            let sighting = Sighting {
                value: into.number(candidate.rule, candidate.value(text)),
                object,
                at: origin + start as u64,
                line,
                column,
                pattern: candidate.pattern,
                marker: inline::marker(line_of(text, start, end)),
            };
            match candidate.verdict {
                Verdict::Keep => work.sightings.push(sighting),
                Verdict::Drop(reason) => work.dropped.push(DroppedSighting { sighting, reason }),
            }
        }
    }
}

impl Visitor for ContentReader<'_> {
    type Notes = Found;
    type Work = ContentWork;

    fn work(&self) -> ContentWork {
        ContentWork {
            scratch: self.detector.scratch(),
            sightings: Vec::new(),
            dropped: Vec::new(),
            drops: BTreeMap::new(),
            commits: Vec::new(),
            tags: Vec::new(),
            damaged: Vec::new(),
            streamed: Vec::new(),
        }
    }

    fn visit(&self, work: &mut ContentWork, object: Object<'_>, base: Option<Base<'_, Found>>) -> Found {
        let view = View::whole(object.bytes);
        let found = match base {
            Some(base) => self.detector.rescan(view, base.notes, base.segments, &mut work.scratch),
            None => self.detector.scan(view, &mut work.scratch),
        };
        if object.counts {
            Self::note_history(work, object);
            if !found.is_empty() {
                let candidates = found.candidates().into_iter();
                self.take_down(work, object.id, object.bytes, 0, &mut Lines::new(), candidates);
            }
        }
        found
    }

    fn stream(
        &self,
        work: &mut ContentWork,
        id: ObjectIndex,
        size: u64,
        content: &mut dyn Read,
    ) -> std::io::Result<()> {
        work.streamed.push(id);
        // A candidate is taken from the window in which it stands at least `margin` away from both edges that are not the
        // object's own: there its keyword and all that its keyword reaches are in view.
        let margin = 2 * self.detector.overlap() as usize;
        let most = WINDOW.max(8 * margin);
        let mut window = Vec::with_capacity(most);
        let (mut origin, mut front) = (0_u64, Lines::new());
        loop {
            (&mut *content).take((most - window.len()) as u64).read_to_end(&mut window)?;
            let (text, filled) = (&window[..], window.len());
            let is_end = filled < most || origin + filled as u64 == size;
            let is_start = origin == 0;
            let found = self.detector.scan(View { bytes: text, is_start, is_end }, &mut work.scratch);
            let from = if is_start { 0 } else { margin };
            let to = if is_end { filled } else { filled - margin };
            let candidates = found.candidates().into_iter();
            let candidates = candidates.filter(|candidate| (from..to).contains(&(candidate.start as usize)));
            self.take_down(work, id, text, origin, &mut front.clone(), candidates);
            if is_end {
                break;
            }
            let done = filled - 2 * margin;
            front.drop_front(text, done);
            window.drain(..done);
            origin += done as u64;
        }
        // One more read reaches the checksum at the end of the stream.
        let read = origin + window.len() as u64 + content.read(&mut [0])? as u64;
        if read == size {
            Ok(())
        } else {
            Err(std::io::Error::other(format!("it holds {read} bytes instead of the {size} it announces")))
        }
    }
}
