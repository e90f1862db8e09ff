//! What a push brings in.

use crate::model::{Oid, RepositoryReport};
use std::collections::BTreeMap;

/// What a push brings in, and with which of its refs.
#[derive(Debug, Clone, Default)]
pub struct PushReport {
    /// The findings are those that no ref reached before; paths and commits are those of the push.
    pub report: RepositoryReport,
    /// By commit or tag that introduced something: the pushed refs that reach it, full names, lossily decoded, sorted. What is
    /// found in an object that no pushed ref reaches has no introduction, and belongs to the push as a whole.
    pub brought_by: BTreeMap<Oid, Vec<String>>,
}
