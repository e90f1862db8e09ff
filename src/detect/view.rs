//! A stretch of an object's bytes, and whether its edges are the object's own.

/// What the matcher looks at: a whole object, or a window of one that is too large to be held.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    /// The bytes.
    pub bytes: &'a [u8],
    /// Whether the object begins here.
    pub is_start: bool,
    /// Whether the object ends here.
    pub is_end: bool,
}

impl<'a> View<'a> {
    /// A whole object.
    pub fn whole(bytes: &'a [u8]) -> Self {
        Self { bytes, is_start: true, is_end: true }
    }

    /// The part from `start` to `end`, clipped to the view.
    #[must_use]
    pub fn window(&self, start: usize, end: usize) -> Self {
        let end = end.min(self.bytes.len());
        let start = start.min(end);
        Self {
            bytes: &self.bytes[start..end],
            is_start: self.is_start && start == 0,
            is_end: self.is_end && end == self.bytes.len(),
        }
    }
}
