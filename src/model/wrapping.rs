//! How the text that holds a value was got from its object.

use std::fmt;

/// What was unwrapped, one layer after the other: nothing for an object's own bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Wrapping {
    /// Outermost first: `zip:conf/app.env`, `base64`.
    pub layers: Vec<String>,
    /// How many of the layers lead to a text of its own: containers, and what is around them. The others are
    /// encodings of a stretch of that text, in which lines and columns are told.
    pub containers: usize,
}

impl Wrapping {
    /// The layers that lead to the text in which lines are counted. Values are near each other only within one text.
    pub fn text(&self) -> &[String] {
        &self.layers[..self.containers]
    }

    /// Whether lines and columns are those of the object itself.
    pub fn is_own_text(&self) -> bool {
        self.containers == 0
    }
}

impl fmt::Display for Wrapping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.layers.join(" → "))
    }
}
