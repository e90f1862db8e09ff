//! Dates, as `--since` takes them.

use jiff::{Span, Timestamp, ZonedDateTime, civil};

/// Seconds since 1970 of a date, a date with a time, or a span before now. Without a time zone that of this machine is
/// meant, and without a time the day's beginning.
pub(super) fn parse(text: &str) -> Result<i64, String> {
    at(text.trim(), &ZonedDateTime::now())
}

fn at(text: &str, now: &ZonedDateTime) -> Result<i64, String> {
    let refused = |_| "write a date (2026-01-31), a time (2026-01-31T12:00+01:00) or a span (2 weeks ago)".to_owned();
    if let Ok(time) = text.parse::<Timestamp>() {
        return Ok(time.as_second());
    }
    let zoned = match text.parse::<civil::DateTime>() {
        Ok(local) => local.to_zoned_datetime(now.time_zone().clone()),
        Err(_) => match text {
            "today" => now.start_of_day(),
            "yesterday" => now.yesterday().and_then(|day| day.start_of_day()),
            span => span.parse::<Span>().map(|span| -span.abs()).and_then(|span| now.checked_add(span)),
        },
    };
    zoned.map(|time| time.timestamp().as_second()).map_err(refused)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_times_and_spans_are_understood() {
        let now: ZonedDateTime = "2026-11-24T12:00:00+01:00[Europe/Berlin]".parse().unwrap();
        for (text, time) in [
            ("2026-01-31", "2026-01-30T23:00:00Z"),
            ("2026-07-31", "2026-07-30T22:00:00Z"),
            ("2026-01-31T12:00", "2026-01-31T11:00:00Z"),
            ("2026-01-31 12:00:30", "2026-01-31T11:00:30Z"),
            ("2026-01-31T12:00:00Z", "2026-01-31T12:00:00Z"),
            ("2026-01-31T12:00:00-05:00", "2026-01-31T17:00:00Z"),
            ("2 weeks ago", "2026-11-10T11:00:00Z"),
            ("1 day 2 hours ago", "2026-11-23T09:00:00Z"),
            ("3d", "2026-11-21T11:00:00Z"),
            ("today", "2026-11-23T23:00:00Z"),
            ("yesterday", "2026-11-22T23:00:00Z"),
        ] {
            assert_eq!(at(text, &now), Ok(time.parse::<Timestamp>().unwrap().as_second()), "{text}");
        }
        for text in ["", "soon", "2026-13-01", "last tuesday", "99999 years ago"] {
            assert!(at(text, &now).unwrap_err().contains("2 weeks ago"), "{text}");
        }
    }
}
