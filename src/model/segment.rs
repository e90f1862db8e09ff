//! What an object has from another that it is stored against.

/// A part of a delta's result and where it comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segment {
    /// First byte in the result.
    pub to: u32,
    /// First byte in the base, or `None` for bytes that the delta itself carries.
    pub from: Option<u32>,
    /// Number of bytes.
    pub len: u32,
}

impl Segment {
    /// One past the last byte in the result.
    pub fn end(&self) -> u32 {
        self.to + self.len
    }
}
