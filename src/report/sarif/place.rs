//! Where a value stands, as SARIF says it: a relative URI and a region.

use super::log::{ArtifactLocation, LogicalLocation, Message, PhysicalLocation, ROOT, Region, SarifLocation};
use crate::model::Location;
use crate::report::mask::Mask;
use std::fmt::Write as _;

/// The location of a value. What is no file is named by its object under `.git/`, since every result needs a file:
/// `.git/commit/<id>`, `.git/tag/<id>`, `.git/blob/<id>`, `.git/stdin/<id>`.
pub(super) fn location(at: &Location, id: Option<usize>, message: Option<String>, mask: &Mask) -> SarifLocation {
    let uri = match at.place.path() {
        Some(path) => escape(&mask.bytes(&path), "/"),
        None => format!(".git/{}/{}", at.place.kind(), at.object),
    };
    // Lines of what a container holds are not lines of the file; viewers want some line all the same.
    let (start_line, start_column, length) =
        if at.wrapping.is_own_text() { (at.line.max(1), at.column.max(1), at.length) } else { (1, 1, 0) };
    SarifLocation {
        id,
        physical_location: PhysicalLocation {
            artifact_location: ArtifactLocation { uri: Some(uri), uri_base_id: ROOT },
            region: Region { start_line, start_column, end_column: start_column.saturating_add(length) },
        },
        logical_locations: mask.wrapping(at).map(|wrapping| {
            [LogicalLocation { fully_qualified_name: format!("{wrapping}:{}:{}", at.line, at.column) }]
        }),
        message: message.map(|text| Message { text }),
    }
}

/// Percent-encodes all but the letters, digits and marks that mean nothing in a URI, and the bytes of `also`. A colon
/// is encoded, as a first segment that holds one would read as a scheme.
pub(super) fn escape(bytes: &[u8], also: &str) -> String {
    let mut uri = String::with_capacity(bytes.len());
    for &byte in bytes {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) || also.as_bytes().contains(&byte) {
            uri.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri
}

/// `scheme://authority…` of characters that a URI may hold.
pub(super) fn is_absolute_url(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once("://") else { return false };
    let scheme_ok = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b));
    let rest_ok = rest.bytes().all(|b| b.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&b));
    scheme_ok && rest_ok && !rest.is_empty() && !rest.starts_with('/')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_relative_references() {
        assert_eq!(escape(b"src/a b#c?.rs", "/"), "src/a%20b%23c%3F.rs");
        assert_eq!(escape(b"a:b/%\n\xff", "/"), "a%3Ab/%25%0A%FF");
    }

    #[test]
    fn only_urls_that_stand_alone_are_provenance() {
        assert!(is_absolute_url("https://example.com/team/app.git"));
        assert!(is_absolute_url("ssh://git@example.com:22/app"));
        for text in ["git@example.com:team/app.git", "/srv/app", "../app", "file:///srv/app", "https://a b", "://x"] {
            assert!(!is_absolute_url(text), "{text}");
        }
    }
}
