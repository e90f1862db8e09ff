//! Values known to be harmless, each with its reason.

use crate::model::ComponentKind;
use rustc_hash::FxHashMap;

/// One group of harmless values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Harmless {
    /// What the value is taken for.
    pub kind: ComponentKind,
    /// The value itself, or the text that it contains.
    pub text: Vec<u8>,
    /// Whether `text` is the whole value.
    pub exact: bool,
    /// Why it is harmless: for `--explain`.
    pub reason: String,
}

/// The built-in list of harmless values. What a user decides about his own findings is policy, not this.
#[derive(Debug, Clone, Default)]
pub struct Allowlist {
    exact: FxHashMap<Vec<u8>, Vec<Harmless>>,
    contains: Vec<Harmless>,
}

impl Allowlist {
    /// Adds an entry; the first of two that match gives the reason, exact ones before the others.
    pub fn add(&mut self, entry: Harmless) {
        if entry.exact {
            self.exact.entry(entry.text.clone()).or_default().push(entry);
        } else {
            self.contains.push(entry);
        }
    }

    /// Why `value` is harmless as a `kind`, if it is. Letter case counts: `EXAMPLE` is AWS's own mark, and a
    /// random secret is 128 times likelier to hold the word in some case than as written.
    pub fn reason(&self, kind: &ComponentKind, value: &[u8]) -> Option<&str> {
        let exact = self.exact.get(value).into_iter().flatten().find(|entry| entry.kind == *kind);
        let found = exact.or_else(|| {
            self.contains.iter().find(|entry| entry.kind == *kind && memchr::memmem::find(value, &entry.text).is_some())
        });
        found.map(|entry| entry.reason.as_str())
    }

    /// Number of entries.
    pub fn len(&self) -> usize {
        self.exact.values().map(Vec::len).sum::<usize>() + self.contains.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
