//! Reads blobs, commits and tags: matches them, and notes what commits and tags say of history.

use super::{
    lines::{LineIndex, Start},
    sighting::{DroppedSighting, Names, Sighting, Value},
};
use crate::{
    aws,
    detect::{Detector, Found, Scratch, View},
    git::{Base, CommitHeader, Object, ObjectIndex, Visitor, lfs::Pointer, tag_target},
    model::{Candidate, DropReason, ObjectKind, Oid, Secret, Verdict},
    policy::inline,
};
use std::{collections::BTreeMap, io::Read};

/// Objects that are too large to be held are matched in windows of this many bytes, or of eight overlaps if that is more.
const WINDOW: usize = 8 << 20;

/// Matches every object it is shown.
pub(super) struct ContentReader<'a> {
    pub detector: &'a Detector<'a>,
    pub names: &'a Names,
    /// Whether dropped values are kept.
    pub explain: bool,
}

/// What a worker collects.
pub(super) struct ContentWork {
    scratch: Scratch,
    pub sightings: Vec<Sighting>,
    pub dropped: Vec<DroppedSighting>,
    pub drops: BTreeMap<(u16, DropReason), u64>,
    pub commits: Vec<(ObjectIndex, CommitHeader)>,
    pub tags: Vec<(ObjectIndex, Oid)>,
    /// Blobs that stand for content which Git LFS keeps.
    pub pointers: Vec<(ObjectIndex, Pointer)>,
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
            ObjectKind::Blob => {
                work.pointers.extend(Pointer::parse(object.bytes).map(|pointer| (object.id, pointer)));
                true
            }
            ObjectKind::Tree => true,
        };
        if !understood {
            work.damaged.push(object.id);
        }
    }

    /// Takes down `candidates`, which stand in `text` of `object`.
    fn take_down(
        &self,
        work: &mut ContentWork,
        object: ObjectIndex,
        text: &LineIndex<'_>,
        candidates: impl Iterator<Item = Candidate>,
    ) {
        for candidate in candidates {
            let (start, end) = (candidate.start as usize, candidate.end as usize);
            let into = match candidate.verdict {
                Verdict::Keep => &self.names.values,
                Verdict::Drop(reason) => {
                    *work.drops.entry((candidate.rule, reason)).or_insert(0) += 1;
                    if !self.explain {
                        continue;
                    }
                    &self.names.dropped
                }
            };
            let (line, column) = text.locate(start);
            let profile = aws::profile(text.bytes, start).map(|name| self.names.profiles.number(name));
            let sighting = Sighting {
                value: into.number(Value { rule: candidate.rule, secret: Secret::new(candidate.value(text.bytes)) }),
                object,
                wrapping: 0,
                at: text.start.origin + start as u64,
                line,
                column,
                length: (end - start) as u32,
                pattern: candidate.pattern,
                profile,
                marker: inline::marker(text.line_of(start, end)),
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
            pointers: Vec::new(),
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
                self.take_down(work, object.id, &LineIndex::new(object.bytes, Start::TEXT), candidates);
            }
        }
        found
    }

    fn stream(
        &self,
        work: &mut ContentWork,
        id: ObjectIndex,
        size: Option<u64>,
        content: &mut dyn Read,
    ) -> std::io::Result<()> {
        work.streamed.push(id);
        // A candidate is taken from the window in which it stands at least `margin` away from both edges that are not the
        // object's own: there its keyword and all that its keyword reaches are in view.
        let margin = 2 * self.detector.overlap() as usize;
        let most = WINDOW.max(8 * margin);
        let mut window = Vec::with_capacity(most);
        let mut start = Start::TEXT;
        loop {
            (&mut *content).take((most - window.len()) as u64).read_to_end(&mut window)?;
            let (text, filled) = (&window[..], window.len());
            let is_end = filled < most || size == Some(start.origin + filled as u64);
            let is_start = start.origin == 0;
            let found = self.detector.scan(View { bytes: text, is_start, is_end }, &mut work.scratch);
            let from = if is_start { 0 } else { margin };
            let to = if is_end { filled } else { filled - margin };
            let candidates = found.candidates().into_iter();
            let candidates = candidates.filter(|candidate| (from..to).contains(&(candidate.start as usize)));
            let lines = LineIndex::new(text, start);
            self.take_down(work, id, &lines, candidates);
            if is_end {
                break;
            }
            let done = filled - 2 * margin;
            start = lines.from(done);
            window.drain(..done);
        }
        // One more read reaches the checksum at the end of the stream.
        let read = start.origin + window.len() as u64 + content.read(&mut [0])? as u64;
        match size {
            Some(size) if size != read => {
                Err(std::io::Error::other(format!("it holds {read} bytes instead of the {size} it announces")))
            }
            _ => Ok(()),
        }
    }
}
