//! Why an audit cannot go on.

use super::queue::QueueError;
use crate::store::StoreError;

/// Why an audit cannot go on. What was recorded before is kept.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// The store cannot be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The queue cannot be used.
    #[error(transparent)]
    Queue(#[from] QueueError),
}
