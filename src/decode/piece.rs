//! What comes out of a wrapping.

use super::Map;
use std::fmt;

/// A text, and what it was made from.
///
/// There is no `Clone`, and `Debug` shows no text: what a piece holds may be a secret.
pub struct Piece {
    /// The wrapping: `gzip`, `base64`, `utf-16le`; of a container with the member's name: `zip:conf/app.env`.
    pub layer: String,
    /// What was in it.
    pub text: Vec<u8>,
    /// Where its bytes stand in the text they were decoded from; `None` for members of containers.
    pub map: Option<Map>,
}

impl Piece {
    /// A piece without a place in the text it came from.
    pub(super) fn member(layer: impl Into<String>, text: Vec<u8>) -> Self {
        Self { layer: layer.into(), text, map: None }
    }

    /// A piece whose bytes have places in the text it came from.
    pub(super) fn mapped(layer: &str, (text, map): (Vec<u8>, Map)) -> Self {
        Self { layer: layer.to_owned(), text, map: Some(map) }
    }
}

impl fmt::Debug for Piece {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({} bytes)", self.layer, self.text.len())
    }
}
