//! What could not be read.

/// Why a file, or a document in it, could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Counted from 1.
    pub line: u32,
    /// Counted from 1, in characters.
    pub column: u32,
    /// The reason, without a final stop.
    pub says: String,
    /// Whether it surely is a policy document, or holds one. If not, it only looks a little like one, e.g. a chart for
    /// Kubernetes with the word `Statement` in it.
    pub certain: bool,
}

impl Problem {
    /// Of the file as a whole.
    pub(super) fn whole(says: String, certain: bool) -> Self {
        Self { line: 1, column: 1, says, certain }
    }

    /// With the reason behind the reason: a file that another program fills in is none of its format's before.
    pub(super) fn explained(mut self, text: &str) -> Self {
        if let Some(mark) = ["{{", "{%", "<%"].into_iter().find(|mark| text.contains(mark)) {
            self.says = format!("{} (it holds '{mark}': another program is to fill it in first)", self.says);
        }
        self
    }
}
