//! A credential value that cannot be printed by accident.

use std::fmt;
use zeroize::Zeroize;

/// A value that must not leave the program unless the user said `--reveal`.
///
/// There is no `Display` and no `Serialize`; `Debug` shows the redacted form; the memory is zeroed on drop.
/// [`Secret::expose`] is the only way to the bytes.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Secret(Box<[u8]>);

impl Secret {
    /// Takes a copy of `value`.
    pub fn new(value: &[u8]) -> Self {
        Self(value.into())
    }

    /// The bytes themselves. Every call is a place to review.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// The first four characters and the length: see [`redact`].
    pub fn redacted(&self) -> String {
        redact(&self.0)
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.redacted())
    }
}

/// What may be shown of a value: its first four characters and its length, e.g. `AKIA…(20)`.
///
/// Four characters name the kind of an AWS id (`AKIA`, `ASIA`) and are 24 of a secret's 240 bits. A value shorter
/// than 12 bytes shows nothing but its length.
pub fn redact(value: &[u8]) -> String {
    let shown = if value.len() >= 12 { &value[..4] } else { &[] };
    let shown: String = shown.iter().map(|&b| if b.is_ascii_graphic() { char::from(b) } else { '?' }).collect();
    format!("{shown}…({})", value.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn debug_shows_the_redacted_form_only() {
        let secret = Secret::new(b"abcdefghijklmnopqrstuvwxyz");
        assert_eq!(format!("{secret:?}"), "abcd…(26)");
    }

    proptest! {
        #[test]
        fn redaction_never_contains_the_secret(value in "[ -~]{5,80}") {
            prop_assert!(!redact(value.as_bytes()).contains(&value));
        }
    }
}
