//! Object ids of either hash.

use std::fmt;

/// The id of a git object: 20 bytes in a SHA-1 repository, 32 in a SHA-256 one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Oid {
    bytes: [u8; 32],
    len: u8,
}

/// A text or byte string that is not an object id.
#[derive(Debug, thiserror::Error)]
#[error("'{0}' is not an object id (40 or 64 hexadecimal digits)")]
pub struct OidError(String);

impl Oid {
    /// From 20 or 32 raw bytes.
    pub fn from_bytes(raw: &[u8]) -> Result<Self, OidError> {
        if raw.len() != 20 && raw.len() != 32 {
            return Err(OidError(format!("{} bytes", raw.len())));
        }
        let mut bytes = [0; 32];
        bytes[..raw.len()].copy_from_slice(raw);
        Ok(Self { bytes, len: raw.len() as u8 })
    }

    /// All zeros: what git writes where there is no object. `len` is 20 or 32.
    pub fn null(len: usize) -> Self {
        Self { bytes: [0; 32], len: len as u8 }
    }

    /// From 40 or 64 hexadecimal digits.
    pub fn from_hex(hex: &[u8]) -> Result<Self, OidError> {
        let bad = || OidError(String::from_utf8_lossy(hex).into_owned());
        if hex.len() != 40 && hex.len() != 64 {
            return Err(bad());
        }
        let digit = |c: u8| (c as char).to_digit(16).map(|d| d as u8);
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(hex.chunks_exact(2)) {
            *byte = digit(pair[0]).ok_or_else(bad)? << 4 | digit(pair[1]).ok_or_else(bad)?;
        }
        Ok(Self { bytes, len: (hex.len() / 2) as u8 })
    }

    /// The raw bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.len)]
    }

    /// The first ten digits, as shown to a person.
    pub fn short(&self) -> String {
        let mut hex = self.to_string();
        hex.truncate(10);
        hex
    }
}

impl fmt::Display for Oid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_bytes().iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Oid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl serde::Serialize for Oid {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_and_bytes_agree_for_both_hashes() {
        for len in [20, 32] {
            let raw: Vec<u8> = (0..len).map(|i| i * 7 + 1).collect();
            let oid = Oid::from_bytes(&raw).unwrap();
            assert_eq!(oid.as_bytes(), raw);
            assert_eq!(Oid::from_hex(oid.to_string().as_bytes()).unwrap(), oid);
        }
    }

    #[test]
    fn a_bad_id_is_named_in_the_error() {
        let error = Oid::from_hex(b"xyz").unwrap_err();
        assert!(error.to_string().contains("xyz"));
        assert!(Oid::from_hex(&[b'g'; 40]).is_err());
    }
}
