//! What an answer's status and headers ask for: to be read, waited for, sent again, followed, or given up.

use super::problem::ProblemKind;
use jiff::fmt::rfc2822;
use std::time::Duration;
use ureq::http::HeaderMap;

/// How long GitHub asks to wait at least after a secondary limit of which it tells no end; doubled each time.
const SECONDARY: Duration = Duration::from_mins(1);

/// Numbers below this are seconds from now, others since 1970: hosts write `reset` either way.
const EPOCHS_BEGIN: i64 = 1_000_000_000;

/// What to do about an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Read it.
    Read,
    /// Send the request again after so long: a limit is reached.
    Wait(Duration),
    /// Send it again soon: the server failed.
    Again,
    /// Ask there.
    Follow(String),
    /// That was it.
    Failed(ProblemKind),
}

/// Judges an answer that came at `now` (seconds since 1970), after `waits` that were for limits.
pub(super) fn judge(status: u16, headers: &HeaderMap, body: &[u8], now: i64, waits: u32) -> Verdict {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let retry_after = text("retry-after").and_then(|value| delay(value, now));
    match status {
        200..=299 => Verdict::Read,
        301 | 302 | 307 | 308 => match text("location") {
            Some(location) => Verdict::Follow(location.to_owned()),
            None => Verdict::Failed(ProblemKind::Malformed),
        },
        400 | 403 | 429 if status == 429 || is_limit(headers, body, retry_after) => {
            let reset = ["x-ratelimit-reset", "ratelimit-reset"].iter().find_map(|name| text(name)?.parse().ok());
            let reset = reset.filter(|_| is_used_up(headers)).map(|reset: i64| {
                let seconds = if reset < EPOCHS_BEGIN { reset } else { reset.saturating_sub(now) };
                // One more: the second that it names may not be over on their clock.
                Duration::from_secs(u64::try_from(seconds).unwrap_or(0).saturating_add(1))
            });
            let wait = retry_after.or(reset).unwrap_or_else(|| SECONDARY.saturating_mul(1 << waits.min(10)));
            Verdict::Wait(wait.max(Duration::from_secs(1)))
        }
        408 | 500 | 502..=599 => retry_after.map_or(Verdict::Again, Verdict::Wait),
        401 => Verdict::Failed(ProblemKind::Unauthorised),
        403 | 404 if text("x-github-sso").is_some() => Verdict::Failed(ProblemKind::SingleSignOn),
        403 => Verdict::Failed(ProblemKind::Forbidden),
        404 | 410 => Verdict::Failed(ProblemKind::NotFound),
        400 => Verdict::Failed(refusal(body)),
        _ => Verdict::Failed(ProblemKind::Server),
    }
}

/// Whether a 400 or 403 means "not now": by its headers, by GitHub's words for a secondary limit, which has none, or by
/// AWS's names for it.
fn is_limit(headers: &HeaderMap, body: &[u8], retry_after: Option<Duration>) -> bool {
    let says = |words: &str| memchr::memmem::find(body, words.as_bytes()).is_some();
    let words = ["secondary rate limit", "abuse detection", "ThrottlingException", "TooManyRequestsException"];
    retry_after.is_some() || is_used_up(headers) || words.into_iter().any(says)
}

fn is_used_up(headers: &HeaderMap) -> bool {
    let names = ["x-ratelimit-remaining", "ratelimit-remaining"];
    names.iter().any(|name| headers.get(*name).is_some_and(|left| left.as_bytes() == b"0"))
}

/// What AWS means by a 400: it names the error in the body.
fn refusal(body: &[u8]) -> ProblemKind {
    let says = |words: &str| memchr::memmem::find(body, words.as_bytes()).is_some();
    let keys =
        ["UnrecognizedClientException", "InvalidSignatureException", "ExpiredTokenException", "IncompleteSignature"];
    if keys.into_iter().any(says) {
        ProblemKind::Unauthorised
    } else if says("AccessDeniedException") {
        ProblemKind::Forbidden
    } else {
        ProblemKind::Server
    }
}

/// `Retry-After`: seconds, or a date as HTTP writes it.
pub(in crate::audit) fn delay(value: &str, now: i64) -> Option<Duration> {
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = rfc2822::DateTimeParser::new().parse_timestamp(value).ok()?;
    Some(Duration::from_secs(u64::try_from(date.as_second().saturating_sub(now)).unwrap_or(0)))
}

/// The URL that a `Link` header calls `next` (RFC 8288).
pub(super) fn next_link(headers: &HeaderMap) -> Option<String> {
    headers.get_all("link").iter().filter_map(|value| value.to_str().ok()).find_map(|value| {
        // A comma may stand in a URL, so links end where the next `<` begins.
        value.split('<').skip(1).find_map(|link| {
            let (url, parameters) = link.split_once('>')?;
            let is_next = parameters.split([';', ',']).any(|parameter| {
                let (key, value) = parameter.split_once('=').unwrap_or((parameter, ""));
                let value = value.trim().trim_matches('"');
                key.trim().eq_ignore_ascii_case("rel")
                    && value.split_ascii_whitespace().any(|relation| relation.eq_ignore_ascii_case("next"))
            });
            is_next.then(|| url.trim().to_owned())
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use ureq::http::{HeaderName, HeaderValue};

    const NOW: i64 = 1_800_000_000;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let pair = |(name, value): &(&'static str, &str)| {
            (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap())
        };
        pairs.iter().map(pair).collect()
    }

    fn verdict(status: u16, pairs: &[(&'static str, &str)], body: &str) -> Verdict {
        judge(status, &headers(pairs), body.as_bytes(), NOW, 0)
    }

    #[test]
    fn limits_say_how_long_they_hold() {
        let wait = |seconds| Verdict::Wait(Duration::from_secs(seconds));
        assert_eq!(verdict(429, &[("retry-after", "7")], ""), wait(7));
        assert_eq!(verdict(403, &[("retry-after", "0")], ""), wait(1));
        // 15 January 2027, 08:00:00, is the second 1,800,000,000.
        assert_eq!(verdict(429, &[("retry-after", "Fri, 15 Jan 2027 08:01:30 GMT")], ""), wait(90));
        assert_eq!(verdict(429, &[("retry-after", "Fri, 15 Jan 2016 08:01:30 GMT")], ""), wait(1));
        let used_up = [("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1800000100")];
        assert_eq!(verdict(403, &used_up, ""), wait(101));
        assert_eq!(verdict(429, &[("ratelimit-remaining", "0"), ("ratelimit-reset", "30")], ""), wait(31));
        assert_eq!(verdict(403, &[], "You have exceeded a secondary rate limit."), wait(60));
        assert_eq!(judge(429, &HeaderMap::new(), b"", NOW, 2), wait(240));
        assert_eq!(verdict(400, &[], r#"{"__type":"ThrottlingException"}"#), wait(60));
        assert_eq!(verdict(503, &[("retry-after", "9")], ""), wait(9));
        // Left, but this is refused all the same: no limit.
        let left = [("x-ratelimit-remaining", "12"), ("x-ratelimit-reset", "1800000100")];
        assert_eq!(verdict(403, &left, ""), Verdict::Failed(ProblemKind::Forbidden));
    }

    #[test]
    fn a_refusal_is_told_as_what_it_is() {
        let failed = Verdict::Failed;
        assert_eq!(verdict(200, &[("x-ratelimit-remaining", "0")], ""), Verdict::Read);
        assert_eq!(verdict(500, &[], ""), Verdict::Again);
        assert_eq!(verdict(501, &[], ""), failed(ProblemKind::Server));
        assert_eq!(verdict(401, &[], ""), failed(ProblemKind::Unauthorised));
        assert_eq!(verdict(404, &[], ""), failed(ProblemKind::NotFound));
        assert_eq!(verdict(403, &[("x-github-sso", "required; url=x")], ""), failed(ProblemKind::SingleSignOn));
        assert_eq!(verdict(400, &[], "AccessDeniedException"), failed(ProblemKind::Forbidden));
        assert_eq!(verdict(400, &[], "InvalidSignatureException"), failed(ProblemKind::Unauthorised));
        assert_eq!(verdict(301, &[("location", "/x")], ""), Verdict::Follow("/x".into()));
        assert_eq!(verdict(302, &[], ""), failed(ProblemKind::Malformed));
        assert_eq!(verdict(304, &[], ""), failed(ProblemKind::Server));
    }

    #[test]
    fn the_next_page_is_found_among_links() {
        for (link, next) in [
            (r#"<https://h/x?page=1>; rel="prev", <https://h/x?page=3>; rel="next""#, Some("https://h/x?page=3")),
            (r#"<https://h/a,b?x=1,2>; title="a"; rel=next"#, Some("https://h/a,b?x=1,2")),
            (r#"<https://h/x>; rel="last NEXT""#, Some("https://h/x")),
            (r#"<https://h/x>; rel="last""#, None),
            ("<https://h/x", None),
            ("", None),
        ] {
            assert_eq!(next_link(&headers(&[("link", link)])).as_deref(), next, "{link}");
        }
    }
}
