//! What a request says that carries its signature in its query: presigned URLs, and what RDS and Bedrock take for tokens.

use jiff::{SignedDuration, Timestamp, civil::DateTime, tz::TimeZone};
use memchr::memmem;

/// How an equals sign is written in a query that stands in another text.
const EQUALS: [&[u8]; 6] = [b"=", b"%3D", b"%3d", b"%253D", br"\u003d", br"\u003D"];

/// The longest that Signature Version 4 lets a presigned request live: seven days, in seconds.
const LONGEST: i64 = 7 * 24 * 60 * 60;

/// The id of the key that signed it.
pub(super) fn key_id(query: &[u8]) -> Option<&[u8]> {
    parameter(query, b"X-Amz-Credential").or_else(|| parameter(query, b"AWSAccessKeyId"))
}

/// When it stops working, RFC 3339 in UTC: so many seconds after it was signed (Signature Version 4), or the second since
/// 1970 that it names (Version 2). The session that signed it may end sooner.
pub(super) fn expires(query: &[u8]) -> Option<String> {
    let end = match parameter(query, b"X-Amz-Date") {
        Some(signed) => {
            let signed = DateTime::strptime("%Y%m%dT%H%M%SZ", signed).ok()?;
            let signed = TimeZone::UTC.to_timestamp(signed).ok()?;
            let seconds = number(parameter(query, b"X-Amz-Expires")?)?.min(LONGEST);
            signed.checked_add(SignedDuration::from_secs(seconds)).ok()?
        }
        None => Timestamp::from_second(number(parameter(query, b"Expires")?)?).ok()?,
    };
    Some(end.to_string())
}

/// The letters and digits that the parameter `name` begins with.
fn parameter<'a>(query: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    memmem::find_iter(query, name).find_map(|at| {
        let rest = &query[at + name.len()..];
        let value = EQUALS.iter().find_map(|equals| rest.strip_prefix(*equals))?;
        let end = value.iter().position(|byte| !byte.is_ascii_alphanumeric()).unwrap_or(value.len());
        Some(&value[..end])
    })
}

fn number(digits: &[u8]) -> Option<i64> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn version_4_counts_from_the_time_of_signing() {
        for (and, equals) in [("&", "="), ("&amp;", "="), (r"\u0026", r"\u003d"), ("%26", "%3D"), ("%2526", "%253D")] {
            let query = ["X-Amz-Credential=KEYID%2F2026", "X-Amz-Date=20260228T235930Z", "X-Amz-Expires=86400", "x=1"];
            let query = query.join(and).replace('=', equals);
            assert_eq!(expires(query.as_bytes()).as_deref(), Some("2026-03-01T23:59:30Z"), "{query}");
            assert_eq!(key_id(query.as_bytes()), Some(&b"KEYID"[..]), "{query}");
        }
    }

    #[test]
    fn version_4_lives_seven_days_at_most() {
        let query = b"X-Amz-Date=20260101T000000Z&X-Amz-Expires=99999999";
        assert_eq!(expires(query).as_deref(), Some("2026-01-08T00:00:00Z"));
    }

    #[test]
    fn version_2_names_its_end() {
        let query = b"AWSAccessKeyId=KEYID&Signature=abc%3D&Expires=1767322800";
        assert_eq!(expires(query).as_deref(), Some("2026-01-02T03:00:00Z"));
        assert_eq!(key_id(query), Some(&b"KEYID"[..]));
    }

    #[test]
    fn what_makes_no_sense_says_nothing() {
        for query in [
            "",
            "X-Amz-Date=20260101T000000Z",
            "X-Amz-Date=20261301T000000Z&X-Amz-Expires=60",
            "X-Amz-Date=20260101T000000Z&X-Amz-Expires=soon",
            "Expires=9223372036854775807",
            "Expires=99999999999999999999",
        ] {
            assert_eq!(expires(query.as_bytes()), None, "{query}");
        }
    }
}
