//! What the audit log keeps of a push: `docs/events.schema.json` says what a line holds.

use super::{Case, Verdict};
use jiff::Timestamp;
use serde::Serialize;
use std::io;
use std::time::Duration;

/// Grows when a field changes its meaning or goes away; a new field leaves it as it is.
pub const EVENT_SCHEMA_VERSION: u32 = 1;

/// One line of the audit log.
#[derive(Debug, Clone, Serialize)]
pub struct Event {
    schema_version: u32,
    time: String,
    duration_ms: u64,
}

impl Event {
    /// The event of a verdict at this `time`, `duration` after the hook began. A push against which there is nothing to say is
    /// none.
    ///
    /// # Errors
    ///
    /// A set of values that is too large to look for: see [`crate::report::Mask`].
    pub fn new(
        _case: &Case<'_>,
        verdict: &Verdict<'_>,
        time: Timestamp,
        duration: Duration,
    ) -> io::Result<Option<Self>> {
        let event = Self {
            schema_version: EVENT_SCHEMA_VERSION,
            time: format!("{time:.3}"),
            duration_ms: u64::try_from(duration.as_millis()).unwrap_or(u64::MAX),
        };
        Ok((verdict.decision != super::Decision::Accept).then_some(event))
    }

    /// The event as it is appended: JSON and a newline.
    ///
    /// # Errors
    ///
    /// None that is known: the type is one of the serializer's.
    pub fn line(&self) -> io::Result<Vec<u8>> {
        let mut line = serde_json::to_vec(self)?;
        line.push(b'\n');
        Ok(line)
    }
}
