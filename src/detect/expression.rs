//! A pattern's expression with the memory it needs to run.

use super::view::View;
use crate::rules::{self, Pattern};
use regex::bytes::{CaptureLocations, Regex};
use std::ops::Range;

/// An expression that a worker runs.
#[derive(Debug)]
pub(super) struct Expression {
    source: rules::Expression,
    ready: Option<Ready>,
}

/// The regex is the worker's own copy, so that workers do not share a cache.
#[derive(Debug)]
struct Ready {
    regex: Regex,
    /// The group that holds the value: 0 is the whole match.
    group: usize,
    slots: CaptureLocations,
}

impl Expression {
    pub fn new(pattern: &Pattern) -> Self {
        Self { source: pattern.regex.clone(), ready: None }
    }

    /// Calls `found` with the place of each value in `window`, in order.
    ///
    /// A match that touches an edge at which the window ends within its object might read on, and is left to the window
    /// that holds all of it. Looking goes on at the end of the last value, not of the last match: what ended one match
    /// may begin the next.
    pub fn values(&mut self, window: View<'_>, mut found: impl FnMut(Range<usize>)) {
        let Ready { regex, group, slots } = self.ready.get_or_insert_with(|| Ready::new(self.source.get().clone()));
        let bytes = window.bytes;
        let mut from = 0;
        while from <= bytes.len() {
            let Some(whole) = regex.captures_read_at(slots, bytes, from) else { return };
            from = whole.start() + 1;
            let cut = !window.is_start && whole.start() == 0 || !window.is_end && whole.end() == bytes.len();
            if let (false, Some((start, end))) = (cut, slots.get(*group))
                && start < end
            {
                from = from.max(end);
                found(start..end);
            }
        }
    }
}

impl Ready {
    fn new(regex: Regex) -> Self {
        let group = regex.capture_names().position(|name| name == Some("value")).unwrap_or(0);
        let slots = regex.capture_locations();
        Self { regex, group, slots }
    }
}
