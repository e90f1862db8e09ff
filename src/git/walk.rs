//! Reads every object once, in delta order, on all cores.
//!
//! Each pack is walked from its roots down (see [`super::forest`]). Work is shared between roots, and inside one delta
//! family as soon as a subtree is worth more than [`SPLIT`]; the base travels with it by reference count. Of the deltas
//! against one base the lightest subtree goes first, so a base is held only while something heavier than what is being
//! built still needs it: at most log2(n) bases are held at once on one path, however deep the chain.

mod single;

use super::{
    delta,
    forest::{Forest, Node},
    inflate::{Cancellable, Inflater},
    store::{MAX_HELD, Store, corrupt},
    table::{Home, ObjectIndex},
};
use crate::model::{Gap, GapKind, ObjectKind, Segment};
use rayon::{Scope, prelude::*};
use std::{
    io::Read,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

/// A delta family is split between cores where a branch is worth at least this many inflated bytes. Below it the
/// hand-over (about a microsecond) would show; above it one core could be left alone with the last family.
const SPLIT: u64 = 4 << 20;

/// Roots that are handed out together.
const BATCH: usize = 32;

/// Bytes of used buffers that all workers together keep for the next object. The rest goes back to the system: on many
/// cores the memory at rest would otherwise outweigh the memory at work.
const KEEP: usize = 32 << 20;

/// An object, built.
#[derive(Debug, Clone, Copy)]
pub struct Object<'a> {
    /// Its number.
    pub id: ObjectIndex,
    /// What it is.
    pub kind: ObjectKind,
    /// Its content.
    pub bytes: &'a [u8],
    /// Whether this is the visit that counts. An object that is stored more than once may be shown more than once,
    /// since others are built from each copy; one visit at the most counts.
    pub counts: bool,
}

/// What an object was built from.
#[derive(Debug)]
pub struct Base<'a, N> {
    /// The base's content.
    pub bytes: &'a [u8],
    /// What the visitor noted of it.
    pub notes: &'a N,
    /// Which part of the object comes from where in it.
    pub segments: &'a [Segment],
}

/// Looks at objects as they are built.
pub trait Visitor: Sync {
    /// What is noted of an object for the sake of those built from it.
    type Notes: Send + Sync;
    /// What a worker keeps for itself: buffers, and results that are collected at the end.
    type Work: Send;

    /// A new worker's own things.
    fn work(&self) -> Self::Work;

    /// Looks at one object. The outcome must not depend on whether a base is given.
    fn visit(&self, work: &mut Self::Work, object: Object<'_>, base: Option<Base<'_, Self::Notes>>) -> Self::Notes;

    /// Looks at an object that is too large to be held, from a stream of `size` bytes; `None`: not known beforehand.
    fn stream(
        &self,
        work: &mut Self::Work,
        id: ObjectIndex,
        size: Option<u64>,
        content: &mut dyn Read,
    ) -> std::io::Result<()>;
}

/// How to walk.
pub struct Walk<'a> {
    /// What to read from.
    pub store: &'a Store,
    /// The kinds to read.
    pub kinds: &'a [ObjectKind],
    /// Objects above this size (bytes) are streamed if they are stored whole, else named as gaps.
    pub max_object_size: u64,
    /// Ends the walk when set.
    pub cancel: &'a AtomicBool,
    /// Told now and then how many objects and bytes are done.
    pub advance: &'a (dyn Fn(u64, u64) + Sync),
}

/// What a walk leaves behind.
#[derive(Debug)]
pub struct Walked<W> {
    /// Each worker's own things.
    pub work: Vec<W>,
    /// Objects and bytes read, by kind, in the order of [`ObjectKind::ALL`].
    pub read: [(u64, u64); 4],
    /// Objects that could not be read.
    pub gaps: Vec<Gap>,
}

/// A built object that others are built from.
struct Held<N> {
    bytes: Vec<u8>,
    notes: N,
}

/// Why an object is not there for those that are built from it.
#[derive(Debug, Clone, Copy)]
enum Lost {
    Broken,
    /// It has this many bytes.
    TooLarge(u64),
}

struct Worker<W> {
    work: W,
    inflater: Inflater,
    delta: Vec<u8>,
    segments: Vec<Segment>,
    spare: Vec<Vec<u8>>,
    spare_bytes: usize,
    /// Most bytes to keep in `spare`.
    keep: usize,
    read: [(u64, u64); 4],
    unreported: (u64, u64),
    gaps: Vec<Gap>,
}

impl<W> Worker<W> {
    fn new(work: W, keep: usize) -> Self {
        Self {
            work,
            inflater: Inflater::default(),
            delta: Vec::new(),
            segments: Vec::new(),
            spare: Vec::new(),
            spare_bytes: 0,
            keep,
            read: [(0, 0); 4],
            unreported: (0, 0),
            gaps: Vec::new(),
        }
    }

    fn buffer(&mut self) -> Vec<u8> {
        let buffer = self.spare.pop().unwrap_or_default();
        self.spare_bytes -= buffer.capacity();
        buffer
    }

    fn give_back(&mut self, buffer: Vec<u8>) {
        if self.spare_bytes + buffer.capacity() <= self.keep {
            self.spare_bytes += buffer.capacity();
            self.spare.push(buffer);
        }
    }

    fn count(&mut self, kind: ObjectKind, bytes: u64, advance: &(dyn Fn(u64, u64) + Sync)) {
        let read = &mut self.read[kind as usize];
        *read = (read.0 + 1, read.1 + bytes);
        self.unreported = (self.unreported.0 + 1, self.unreported.1 + bytes);
        if self.unreported.0 >= 4096 || self.unreported.1 >= 16 << 20 {
            let (objects, bytes) = std::mem::take(&mut self.unreported);
            advance(objects, bytes);
        }
    }
}

impl Walk<'_> {
    /// Shows every object of the wanted kinds to `visitor`, once each. Runs in the current rayon pool.
    pub fn run<V: Visitor>(&self, visitor: &V) -> Walked<V::Work> {
        let threads = rayon::current_num_threads();
        let workers: Vec<_> = (0..threads).map(|_| Mutex::new(Worker::new(visitor.work(), KEEP / threads))).collect();
        let run = Run { walk: self, visitor, workers: &workers };
        rayon::scope(|scope| run.start(scope));
        let mut walked = Walked { work: Vec::new(), read: [(0, 0); 4], gaps: Vec::new() };
        for worker in workers {
            let worker = worker.into_inner().unwrap_or_else(PoisonError::into_inner);
            for (sum, part) in walked.read.iter_mut().zip(worker.read) {
                *sum = (sum.0 + part.0, sum.1 + part.1);
            }
            (self.advance)(worker.unreported.0, worker.unreported.1);
            walked.gaps.extend(worker.gaps);
            walked.work.push(worker.work);
        }
        walked
    }

    fn wants(&self, kind: Option<ObjectKind>) -> bool {
        kind.is_some_and(|kind| self.kinds.contains(&kind))
    }
}

struct Run<'a, V: Visitor> {
    walk: &'a Walk<'a>,
    visitor: &'a V,
    workers: &'a [Mutex<Worker<V::Work>>],
}

impl<V: Visitor> Clone for Run<'_, V> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<V: Visitor> Copy for Run<'_, V> {}

impl<'a, V: Visitor> Run<'a, V> {
    fn start(self, scope: &Scope<'a>) {
        let store = self.walk.store;
        // A worker takes its newest task first and thieves the oldest: the order makes both go through the file
        // in one direction.
        let single: Vec<ObjectIndex> = (0..store.table.len() as u32)
            .filter(|&id| {
                !matches!(store.table.home(id), Home::Pack { .. })
                    && self.walk.wants(store.table.kind(id))
                    && !store.is_known(id)
            })
            .collect();
        scope.spawn(move |_| {
            single.into_par_iter().for_each(|id| self.with_worker(|worker| self.read_single(worker, id)));
        });
        for forest in store.forests.iter().rev() {
            let wanted = |&n: &u32| {
                let node = &forest.nodes[n as usize];
                node.weight > 0 && self.walk.wants(node.kind)
            };
            scope.spawn(move |_| self.report_broken(forest));
            for orphan in forest.orphans.iter().copied().filter(|orphan| forest.nodes[orphan.node as usize].weight > 0)
            {
                scope.spawn(move |scope| self.adopt(scope, forest, orphan));
            }
            let roots: Vec<u32> = forest.roots.iter().copied().filter(wanted).collect();
            for batch in roots.chunks(BATCH).rev() {
                let batch = batch.to_vec();
                scope.spawn(move |scope| {
                    for root in batch {
                        self.descend(scope, forest, root, None);
                    }
                });
            }
        }
    }

    /// Runs `work` with this thread's worker. The lock is never contended: a thread runs one task at a time.
    fn with_worker<T>(self, work: impl FnOnce(&mut Worker<V::Work>) -> T) -> T {
        let n = rayon::current_thread_index().unwrap_or(0);
        work(&mut self.workers[n].lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Builds `node` and all that hangs below it, handing heavy branches to the pool.
    fn descend(self, scope: &Scope<'a>, forest: &'a Forest, node: u32, base: Option<Arc<Held<V::Notes>>>) {
        self.with_worker(|worker| {
            let mut stack = vec![(node, base)];
            let mut children = Vec::new();
            while let Some((n, base)) = stack.pop() {
                if self.walk.cancel.load(Ordering::Relaxed) {
                    return;
                }
                let node = &forest.nodes[n as usize];
                children.clear();
                children.extend(forest.children(n).filter(|&child| forest.nodes[child as usize].weight > 0));
                let built = self.build(worker, forest, n, base.as_deref());
                if let Some(held) = base.and_then(Arc::into_inner) {
                    worker.give_back(held.bytes);
                }
                let held = match built {
                    Ok(held) => held,
                    Err(lost) => {
                        self.lose(worker, forest, n, lost);
                        continue;
                    }
                };
                if children.is_empty() {
                    worker.give_back(held.bytes);
                    continue;
                }
                let size = held.bytes.len() as u64;
                let held = Arc::new(held);
                children.sort_unstable_by_key(|&child| std::cmp::Reverse(forest.nodes[child as usize].weight));
                let (&lightest, heavier) = children.split_last().unwrap_or((&node.id, &[]));
                for &child in heavier {
                    let held = Arc::clone(&held);
                    if u64::from(forest.nodes[child as usize].weight) * size >= SPLIT {
                        scope.spawn(move |scope| self.descend(scope, forest, child, Some(held)));
                    } else {
                        stack.push((child, Some(held)));
                    }
                }
                stack.push((lightest, Some(held)));
            }
        });
    }

    /// Builds one node and shows it to the visitor. What could not be built has its gap already; the error is for those
    /// that are built from it.
    fn build(
        self,
        worker: &mut Worker<V::Work>,
        forest: &Forest,
        n: u32,
        base: Option<&Held<V::Notes>>,
    ) -> Result<Held<V::Notes>, Lost> {
        let node = &forest.nodes[n as usize];
        let Some(kind) = node.kind else {
            worker.gaps.extend(node.owned.then(|| self.no_kind(node.id)));
            return Err(Lost::Broken);
        };
        let limit = self.walk.max_object_size;
        if node.size > limit {
            if base.is_none() && node.owned && kind == ObjectKind::Blob {
                let mut content = super::inflate::stream(forest.packed(n));
                self.stream(worker, node.id, node.size, &mut content);
            } else if node.owned {
                worker.gaps.push(self.too_large(node.id, node.size));
            }
            return Err(Lost::TooLarge(node.size));
        }
        let mut bytes = worker.buffer();
        let into = if base.is_some() { &mut worker.delta } else { &mut bytes };
        let mut outcome = worker.inflater.exactly(forest.packed(n), node.size, into);
        if let (Some(base), Ok(())) = (base, &outcome) {
            match delta::apply(&base.bytes, &worker.delta, limit, &mut bytes, &mut worker.segments) {
                Ok(()) => {}
                Err(delta::DeltaError::TooLarge(size)) => {
                    if node.owned {
                        worker.gaps.push(self.too_large(node.id, size));
                    }
                    return Err(Lost::TooLarge(size));
                }
                Err(error) => outcome = Err(error.to_string()),
            }
        }
        if let Err(detail) = outcome {
            if node.owned {
                worker.gaps.push(corrupt(&self.walk.store.table, node.id, format!("{}: {detail}", forest.place(n))));
            }
            return Err(Lost::Broken);
        }
        // It decodes, and yet a bit of its header may have tipped: another kind, another base.
        if let Home::Pack { entry, .. } = self.walk.store.table.home(node.id)
            && node.owned
            && !forest.is_as_indexed(n, entry)
        {
            let detail = format!("{}: its bytes are not those the index was made for", forest.place(n));
            worker.gaps.push(corrupt(&self.walk.store.table, node.id, detail));
        }
        Ok(self.show(worker, node, kind, bytes, base))
    }

    fn show(
        self,
        worker: &mut Worker<V::Work>,
        node: &Node,
        kind: ObjectKind,
        bytes: Vec<u8>,
        base: Option<&Held<V::Notes>>,
    ) -> Held<V::Notes> {
        let base = base.map(|held| Base { bytes: &held.bytes, notes: &held.notes, segments: &worker.segments });
        let notes =
            self.visitor.visit(&mut worker.work, Object { id: node.id, kind, bytes: &bytes, counts: node.owned }, base);
        if node.owned {
            worker.count(kind, bytes.len() as u64, self.walk.advance);
        }
        Held { bytes, notes }
    }

    /// Names everything that hangs below a node that could not be built.
    fn lose(self, worker: &mut Worker<V::Work>, forest: &Forest, n: u32, lost: Lost) {
        let table = &self.walk.store.table;
        let base = table.id(forest.nodes[n as usize].id);
        let (kind, detail) = match lost {
            Lost::Broken => {
                (GapKind::MissingBase, format!("it is stored as a delta, and its base {base} could not be built"))
            }
            Lost::TooLarge(size) => (
                GapKind::TooLarge,
                format!("it is stored as a delta against {base} of {size} bytes; raise --max-object-size to read it"),
            ),
        };
        for below in forest.below(n) {
            let node = &forest.nodes[below as usize];
            if node.owned {
                worker.gaps.push(Gap { kind, subject: table.id(node.id).to_string(), detail: detail.clone() });
            }
        }
    }

    fn no_kind(self, id: ObjectIndex) -> Gap {
        corrupt(&self.walk.store.table, id, "no base in its chain of deltas says what kind of object it is".to_owned())
    }

    fn too_large(self, id: ObjectIndex, size: u64) -> Gap {
        Gap {
            kind: GapKind::TooLarge,
            subject: self.walk.store.table.id(id).to_string(),
            detail: format!("{size} bytes; raise --max-object-size to read it"),
        }
    }

    fn stream(self, worker: &mut Worker<V::Work>, id: ObjectIndex, size: u64, content: &mut dyn Read) {
        let mut content = Cancellable { content, cancel: self.walk.cancel };
        match self.visitor.stream(&mut worker.work, id, Some(size), &mut content) {
            Ok(()) => worker.count(ObjectKind::Blob, size, self.walk.advance),
            // That the scan was stopped is said by a gap of its own.
            Err(_) if self.walk.cancel.load(Ordering::Relaxed) => {}
            Err(error) => worker.gaps.push(corrupt(&self.walk.store.table, id, error.to_string())),
        }
    }

    /// Builds a delta whose base lies outside its pack.
    fn adopt(self, scope: &Scope<'a>, forest: &'a Forest, orphan: super::forest::Orphan) {
        let store = self.walk.store;
        let node = &forest.nodes[orphan.node as usize];
        // Without a kind the base is unknown, and nobody else will say so: the walk of blobs does.
        if !self.walk.wants(node.kind.or(Some(ObjectKind::Blob))) {
            return;
        }
        let base = store.table.find(orphan.base.as_bytes()).map(|base| {
            self.with_worker(|worker| {
                let (kind, bytes) = store.read_with(base, MAX_HELD, &mut worker.inflater)?;
                let notes =
                    self.visitor.visit(&mut worker.work, Object { id: base, kind, bytes: &bytes, counts: false }, None);
                Ok::<_, Gap>(Arc::new(Held { bytes, notes }))
            })
        });
        match base {
            Some(Ok(base)) => self.descend(scope, forest, orphan.node, Some(base)),
            failed => self.with_worker(|worker| {
                let detail = match failed {
                    Some(Err(gap)) => format!("its delta base {} cannot be read: {}", orphan.base, gap.detail),
                    _ => format!("its delta base {} is not in the store", orphan.base),
                };
                if node.owned {
                    let subject = store.table.id(node.id).to_string();
                    worker.gaps.push(Gap { kind: GapKind::MissingBase, subject, detail });
                }
                self.lose(worker, forest, orphan.node, Lost::Broken);
            }),
        }
    }

    /// Names the entries of a pack that have no usable header. Their kind is unknown, so it is done in the walk that
    /// reads blobs and not again in others.
    fn report_broken(self, forest: &Forest) {
        if !self.walk.kinds.contains(&ObjectKind::Blob) {
            return;
        }
        self.with_worker(|worker| {
            for (n, detail) in &forest.broken {
                let node = &forest.nodes[*n as usize];
                if node.owned {
                    let detail = format!("{}: {detail}", forest.place(*n));
                    worker.gaps.push(corrupt(&self.walk.store.table, node.id, detail));
                }
                if !forest.is_circular(*n) {
                    self.lose(worker, forest, *n, Lost::Broken);
                }
            }
        });
    }
}
