//! A point in time, as text.

use jiff::Timestamp;
use serde::Serialize;
use std::fmt;
use std::time::Duration;

/// A point in time to the second: RFC 3339 in UTC, always of one width (`2026-11-25T03:45:03Z`), so that texts sort as times do.
/// No clock is read here: whoever calls says when it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Moment(String);

impl Moment {
    /// From RFC 3339 with any offset; fractions of a second are cut off. `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        text.parse::<Timestamp>().ok().map(Self::from)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// So much later.
    #[must_use]
    pub fn after(&self, length: Duration) -> Self {
        self.0
            .parse::<Timestamp>()
            .ok()
            .and_then(|time| time.checked_add(length).ok())
            .map_or_else(|| self.clone(), Self::from)
    }

    /// Its day in UTC: `2026-11-25`.
    pub fn day(&self) -> &str {
        self.0.split('T').next().unwrap_or_default()
    }
}

impl From<Timestamp> for Moment {
    fn from(time: Timestamp) -> Self {
        Self(format!("{time:.0}"))
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_of_one_width_and_in_utc() {
        let moment = |text| Moment::parse(text).map(|moment| moment.0);
        assert_eq!(moment("2026-11-25T03:45:03Z").as_deref(), Some("2026-11-25T03:45:03Z"));
        assert_eq!(moment("2026-11-25T00:15:03.987+01:00").as_deref(), Some("2026-11-24T23:15:03Z"));
        assert_eq!(moment("2026-11-25"), None);
        let midnight = Moment::parse("2026-11-25T23:59:59Z").unwrap().after(Duration::from_secs(601));
        assert_eq!(midnight.as_str(), "2026-11-26T00:10:00Z");
        assert_eq!(Moment::parse("2026-11-25T03:45:03Z").unwrap().day(), "2026-11-25");
    }
}
