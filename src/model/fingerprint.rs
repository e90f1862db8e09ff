//! What a finding is called from one scan to the next.

use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use std::fmt;

/// The key of the keyed hash. The default is public; an organisation that stores fingerprints may set its own, so
/// that nobody who holds a list of fingerprints can test guesses against it.
#[derive(Clone)]
pub struct FingerprintKey(Vec<u8>);

impl fmt::Debug for FingerprintKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FingerprintKey(…)")
    }
}

impl Default for FingerprintKey {
    fn default() -> Self {
        Self(b"keytrail fingerprint v1".to_vec())
    }
}

impl FingerprintKey {
    /// A private key. Fingerprints made with it compare only with others made with it.
    pub fn new(key: Vec<u8>) -> Self {
        Self(key)
    }
}

/// A keyed hash of a rule and a value: 32 hexadecimal digits, the same wherever the value stands.
///
/// It does not depend on path, line, commit or repository, so it survives moves, rebases and squashes, and a baseline
/// entry can never hide another value that turns up in the same place.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fingerprint(String);

impl Fingerprint {
    /// The fingerprint of `values` under `rule`. Each part is length-prefixed, so no two lists collide by joining.
    #[allow(clippy::expect_used, clippy::missing_panics_doc, reason = "HMAC takes a key of any length")]
    pub fn new(key: &FingerprintKey, rule: &str, values: &[&[u8]]) -> Self {
        let mut mac = Hmac::<Sha256>::new_from_slice(&key.0).expect("any key length is accepted");
        for part in std::iter::once(rule.as_bytes()).chain(values.iter().copied()) {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        let digest = mac.finalize().into_bytes();
        Self(hex(&digest[..16]))
    }

    /// From text, as in a baseline or a configuration file: 32 hexadecimal digits.
    pub fn parse(text: &str) -> Option<Self> {
        let valid = text.len() == 32 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        valid.then(|| Self(text.to_owned()))
    }

    /// The 32 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// `bytes` as lower-case hexadecimal digits, two each.
pub fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .filter_map(|digit| char::from_digit(digit.into(), 16))
        .collect()
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rule_value_and_key_all_matter_and_joining_does_not_collide() {
        let key = FingerprintKey::default();
        let base = Fingerprint::new(&key, "r", &[b"ab", b"c"]);
        assert_eq!(base, Fingerprint::new(&key, "r", &[b"ab", b"c"]));
        assert_ne!(base, Fingerprint::new(&key, "r", &[b"a", b"bc"]));
        assert_ne!(base, Fingerprint::new(&key, "s", &[b"ab", b"c"]));
        assert_ne!(base, Fingerprint::new(&FingerprintKey::new(b"k".to_vec()), "r", &[b"ab", b"c"]));
        assert_eq!(Fingerprint::parse(base.as_str()), Some(base));
        assert_eq!(Fingerprint::parse("not one"), None);
    }
}
