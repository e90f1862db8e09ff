//! How a scan tells how far it is, without knowing of a terminal.

/// What a scan is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stage {
    /// Listing objects and reading pack entry headers.
    Counting,
    /// Reading and matching blobs, commits and tags.
    Walking,
    /// Reading trees, then following findings to commits and refs.
    Tracing,
}

/// Listens to a scan. Called from several threads, some hundred times a second at the most.
pub trait Progress: Sync {
    /// A stage begins; `objects` is how many it will go through.
    fn begin(&self, stage: Stage, objects: u64);
    /// Some more objects are done in the current stage.
    fn advance(&self, objects: u64, bytes: u64);
    /// Distinct values kept so far.
    fn values(&self, count: u64);
    /// The current stage is over.
    fn end(&self);
}

/// Says nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoProgress;

impl Progress for NoProgress {
    fn begin(&self, _: Stage, _: u64) {}
    fn advance(&self, _: u64, _: u64) {}
    fn values(&self, _: u64) {}
    fn end(&self) {}
}
