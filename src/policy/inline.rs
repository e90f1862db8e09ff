//! Comments that allow a value on their own line.

use memchr::memmem;

/// The marker that `line` carries, in its canonical spelling, if there is one.
///
/// Three are honoured: `keytrail:allow`, `gitleaks:allow`, and `pragma: allowlist secret` of detect-secrets (any number
/// of blanks after the colon, a blank or a hyphen before the last word). As in those tools the words are exact, in
/// lower case; the comment syntax of the language around them does not matter. A longer word that merely begins with a
/// marker, e.g. `keytrail:allowance`, is none.
pub fn marker(line: &[u8]) -> Option<&'static str> {
    const PLAIN: [&str; 2] = ["keytrail:allow", "gitleaks:allow"];
    PLAIN
        .into_iter()
        .find(|words| memmem::find_iter(line, words).any(|at| ends_word(&line[at + words.len()..])))
        .or_else(|| pragma(line).then_some("pragma: allowlist secret"))
}

fn pragma(line: &[u8]) -> bool {
    const OPENING: &[u8] = b"pragma:";
    memmem::find_iter(line, OPENING).any(|at| {
        let rest = line[at + OPENING.len()..].trim_ascii_start();
        let secret = rest.strip_prefix(b"allowlist").and_then(|rest| match rest {
            [b' ' | b'-', rest @ ..] => rest.strip_prefix(b"secret"),
            _ => None,
        });
        secret.is_some_and(ends_word)
    })
}

/// Whether a word is over before `rest`.
fn ends_word(rest: &[u8]) -> bool {
    rest.first().is_none_or(|&next| !(next.is_ascii_alphanumeric() || matches!(next, b'_' | b'-')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_markers_count_wherever_they_stand_in_the_line() {
        assert_eq!(marker(b"key = 'x' # keytrail:allow"), Some("keytrail:allow"));
        assert_eq!(marker(b"<!-- gitleaks:allow --> x"), Some("gitleaks:allow"));
        for pragma in ["pragma: allowlist secret", "pragma:allowlist secret", "pragma:  allowlist-secret"] {
            let line = format!("x = 1 // {pragma} because");
            assert_eq!(marker(line.as_bytes()), Some("pragma: allowlist secret"), "{pragma}");
        }
    }

    #[test]
    fn words_that_only_look_like_a_marker_allow_nothing() {
        for line in [
            "",
            "keytrail: allow",
            "KEYTRAIL:ALLOW",
            "keytrail:allowance",
            "gitleaks:allow-list",
            "pragma: allow secret",
            "pragma: allowlist  secret",
            "pragma: allowlist secrets",
            "pragma: Allowlist Secret",
        ] {
            assert_eq!(marker(line.as_bytes()), None, "{line}");
        }
        assert_eq!(marker(b"keytrail:allowance keytrail:allow"), Some("keytrail:allow"));
    }
}
