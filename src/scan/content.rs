//! Reads blobs, commits and tags: matches them, and notes what commits and tags say of history.

use super::{
    lines::{LineIndex, Start},
    sighting::{DroppedSighting, Names, Sighting, Value},
    unwrap::{Text, Unopened, Unwrapper},
};
use crate::{
    aws,
    decode::{Budget, Limits},
    detect::{Detector, Found, Scratch, View},
    git::{Base, CommitHeader, Object, ObjectIndex, Visitor, lfs::Pointer, tag_target},
    model::{Candidate, DropReason, ObjectKind, Oid, Secret, Verdict},
    policy::inline,
};
use std::{collections::BTreeMap, io::Read, sync::atomic::AtomicBool};

/// Objects that are too large to be held are matched in windows of this many bytes, or of eight overlaps if that is more.
const WINDOW: usize = 8 << 20;

/// Matches every object it is shown.
pub(super) struct ContentReader<'a> {
    pub detector: &'a Detector<'a>,
    pub names: &'a Names,
    /// Whether dropped values are kept.
    pub explain: bool,
    /// How far what is wrapped is looked into; `None`: not at all.
    pub limits: Option<Limits>,
    /// Ends unwrapping when set.
    pub cancel: &'a AtomicBool,
}

/// What a worker collects.
pub(super) struct ContentWork {
    pub scratch: Scratch,
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
    /// What was not unwrapped.
    pub unopened: Vec<Unopened>,
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
    pub fn take_down(
        &self,
        work: &mut ContentWork,
        object: ObjectIndex,
        text: &Text<'_>,
        candidates: impl Iterator<Item = Candidate>,
    ) {
        for candidate in candidates {
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
            let (value, coding) = self.detector.value(text.bytes, &candidate);
            let mut wrapping = text.wrapping.clone();
            wrapping.layers.extend(coding.map(|coding| coding.to_string()));
            let (start, end) = (text.place(candidate.start as usize), text.place(candidate.end as usize));
            let (line, column) = text.base.locate(start);
            let profile = aws::profile(text.bytes, candidate.start as usize);
            // Of a value that is encoded by itself the name stands outside.
            let profile = profile.or_else(|| aws::profile(text.base.bytes, start));
            let sighting = Sighting {
                value: into.number(Value { rule: candidate.rule, secret: Secret::new(&value) }),
                object,
                wrapping: self.names.wrappings.number(wrapping),
                at: text.base.start.origin + start as u64,
                line,
                column,
                length: text.base.length_in_line(start, end),
                pattern: candidate.pattern,
                profile: profile.map(|name| self.names.profiles.number(name)),
                marker: inline::marker(text.base.line_of(start, end.max(start))),
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
            unopened: Vec::new(),
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
            let lines = LineIndex::new(object.bytes, Start::TEXT);
            let text = Text::own(&lines);
            if !found.is_empty() {
                self.take_down(work, object.id, &text, found.candidates().into_iter());
            }
            if let Some(limits) = self.limits {
                let mut budget = Budget::new(limits, object.bytes.len());
                Unwrapper { reader: self, work, object: object.id }.look_into(&text, &found, &mut budget);
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
        let mut budget = self.limits.map(|limits| Budget::new(limits, 0));
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
            let text = Text::own(&lines);
            self.take_down(work, id, &text, candidates);
            if let Some(budget) = &mut budget {
                let mut unwrapper = Unwrapper { reader: self, work, object: id };
                if is_start {
                    unwrapper.leave_whole(&text);
                }
                unwrapper.decode_hints(&text, &found, from..to, budget);
            }
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
