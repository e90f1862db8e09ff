//! How text was written so that it does not stand there as itself.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A way to write bytes as other bytes: of a whole stretch of text, or of one value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Coding {
    /// Base64, standard or URL-safe.
    Base64,
    /// Two hexadecimal digits a byte.
    Hex,
    /// UTF-16, either endianness.
    #[serde(rename = "utf-16")]
    Utf16,
    /// `\u0041`, and `\/`: as JSON and its kin write characters.
    Json,
    /// `%41`: as URLs write bytes.
    Url,
    /// `&#65;`, `&#x41;`, `&plus;`.
    Html,
    /// `\x41`: as C and its kin write bytes.
    Backslash,
    /// `=41`, and lines that end in `=` to go on: as mail writes bytes.
    QuotedPrintable,
    /// String literals that the program puts together.
    Joined,
}

impl Coding {
    /// The word used in outputs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Base64 => "base64",
            Self::Hex => "hex",
            Self::Utf16 => "utf-16",
            Self::Json => "json",
            Self::Url => "url",
            Self::Html => "html",
            Self::Backslash => "backslash",
            Self::QuotedPrintable => "quoted-printable",
            Self::Joined => "joined",
        }
    }
}

impl fmt::Display for Coding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
