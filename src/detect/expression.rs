//! A pattern's expression with the memory it needs to run.

use super::view::View;
use crate::rules::Pattern;
use regex::bytes::{CaptureLocations, Regex};
use std::ops::Range;

/// An expression that a worker runs. The regex is its own copy, so that workers do not share a cache.
#[derive(Debug)]
pub(super) struct Expression {
    regex: Regex,
    /// The group that holds the value: 0 is the whole match.
    group: usize,
    slots: CaptureLocations,
}

impl Expression {
    pub fn new(pattern: &Pattern) -> Self {
        Self {
            regex: pattern.regex.clone(),
            group: pattern.regex.capture_names().position(|name| name == Some("value")).unwrap_or(0),
            slots: pattern.regex.capture_locations(),
        }
    }

    /// Calls `found` with the place of each value in `window`, in order.
    ///
    /// A match that touches an edge at which the window ends within its object might read on, and is left to the window
    /// that holds all of it. Looking goes on at the end of the last value, not of the last match: what ended one match
    /// may begin the next.
    pub fn values(&mut self, window: View<'_>, mut found: impl FnMut(Range<usize>)) {
        let bytes = window.bytes;
        let mut from = 0;
        while from <= bytes.len() {
            let Some(whole) = self.regex.captures_read_at(&mut self.slots, bytes, from) else { return };
            from = whole.start() + 1;
            let cut = !window.is_start && whole.start() == 0 || !window.is_end && whole.end() == bytes.len();
            if let (false, Some((start, end))) = (cut, self.slots.get(self.group))
                && start < end
            {
                from = from.max(end);
                found(start..end);
            }
        }
    }
}
