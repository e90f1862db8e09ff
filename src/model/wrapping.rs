//! How the text that holds a value was got from its object.

use std::{cmp::Ordering, fmt};

/// What was unwrapped, one layer after the other: nothing for an object's own bytes.
///
/// What lies in more containers comes first. A value in a tar archive can be read in the archive's own bytes, too: of such
/// places the first is told, and a line of a member tells more than one of the archive.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
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

impl Ord for Wrapping {
    fn cmp(&self, other: &Self) -> Ordering {
        other.containers.cmp(&self.containers).then_with(|| self.layers.cmp(&other.layers))
    }
}

impl PartialOrd for Wrapping {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Wrapping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.layers.join(" → "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_comes_before_the_archive_and_its_encodings() {
        let wrapping = |layers: &[&str], containers| Wrapping {
            layers: layers.iter().map(ToString::to_string).collect(),
            containers,
        };
        let sorted = [
            wrapping(&["gzip", "tar:a"], 2),
            wrapping(&["gzip", "tar:b"], 2),
            wrapping(&["gzip"], 1),
            wrapping(&["gzip", "base64"], 1),
            wrapping(&[], 0),
            wrapping(&["base64"], 0),
        ];
        assert!(sorted.is_sorted());
    }
}
