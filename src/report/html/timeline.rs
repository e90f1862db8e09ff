//! How long keys have been exposed, as bars on one axis.

use super::Page;
use super::words::{commit_day, day, severity, shown};
use crate::report::count::{number, plural};
use crate::report::picture::{Picture, PictureFinding};
use jiff::Timestamp;
use jiff::civil::date;
use jiff::tz::TimeZone;
use maud::{Markup, html};

/// The first commit of git is of April 2005, and no key is older: what claims to be is drawn from there on.
const FIRST: i64 = 1_112_911_993;
/// The least that an axis spans, in seconds: thirty days.
const LEAST: i64 = 30 * 86_400;
/// Marks on the axis, at most: a phone has room for six.
const MARKS: usize = 6;
/// The least width of a bar in per cent: a day in ten years would not be seen.
const THIN: f64 = 0.7;
/// Bars of the overview; the table of findings has all.
const BARS: usize = 15;

/// The time that all bars share.
pub(super) struct Axis {
    /// Seconds since 1970.
    start: i64,
    end: i64,
}

impl Axis {
    pub(super) fn of(picture: &Picture) -> Self {
        let end = picture.made_at.as_second();
        let first = picture.findings.iter().filter_map(|finding| finding.exposed_from).min();
        let start = first.map_or(end, Timestamp::as_second).clamp(FIRST.min(end), end);
        Self { start: start.min(end - LEAST), end }
    }

    /// Where `at` is on the axis, in per cent of it.
    fn place(&self, at: i64) -> f64 {
        (at.clamp(self.start, self.end) - self.start) as f64 * 100.0 / (self.end - self.start) as f64
    }

    /// Years, or months of a short time: what is written there, and where.
    fn marks(&self) -> Vec<(String, f64)> {
        let civil = |second| Timestamp::from_second(second).map(|at| TimeZone::UTC.to_datetime(at).date());
        let (Ok(first), Ok(last)) = (civil(self.start), civil(self.end)) else { return Vec::new() };
        let months = |day: jiff::civil::Date| i32::from(day.year()) * 12 + i32::from(day.month()) - 1;
        let (first, last) = (months(first) + 1, months(last));
        let in_years = last - first >= 24;
        // Years begin with months that twelve divides.
        let all: Vec<i32> = (first..=last).filter(|month| !in_years || month % 12 == 0).collect();
        let step = all.len().div_ceil(MARKS).max(1);
        let mark = |month: i32| {
            let (year, month) =
                (i16::try_from(month.div_euclid(12)).ok()?, i8::try_from(month.rem_euclid(12) + 1).ok()?);
            let at = TimeZone::UTC.to_timestamp(date(year, month, 1).at(0, 0, 0, 0)).ok()?;
            let name = if in_years { year.to_string() } else { format!("{year}-{month:02}") };
            Some((name, self.place(at.as_second())))
        };
        all.into_iter().rev().step_by(step).filter_map(mark).collect()
    }

    /// The bar of a finding. It says nothing that the words beside it do not say.
    pub(super) fn bar(&self, finding: &PictureFinding) -> Markup {
        let from = finding.exposed_from.map(Timestamp::as_second);
        let to = finding.exposed_to.map_or(self.end, Timestamp::as_second);
        html! {
            @if let Some(from) = from {
                @let width = (self.place(to) - self.place(from)).max(THIN);
                @let start = self.place(from).min(100.0 - width);
                svg.bar width="100%" height="10" aria-hidden="true" {
                    rect class=(finding.severity) x=(format!("{start:.1}%")) width=(format!("{width:.1}%")) height="10" {}
                }
            }
        }
    }
}

/// `634 days`, small: `2024-03-01 to now`.
pub(super) fn exposure(finding: &PictureFinding, now: Timestamp) -> Markup {
    let (Some(from), Some(days)) = (finding.exposed_from, finding.exposed_days(now)) else {
        return html! { small { "no commit tells" } };
    };
    // The author's own day, as in the row's other column, where it is the day of the first commit.
    let begun = finding.introduced.as_ref().filter(|by| by.date.parse().ok() == Some(from));
    let begun = begun.map_or_else(|| day(from), |by| commit_day(&by.date));
    let end = finding.exposed_to.map_or_else(|| "now".to_owned(), day);
    html! { (plural(days.unsigned_abs(), "day", "days")) " " small { (begun) " to " (end) } }
}

/// Those that could be read longest and still work, for all that is known.
pub(super) fn section(page: &Page<'_>) -> Markup {
    let now = page.picture.made_at;
    let mut longest: Vec<&PictureFinding> =
        page.findings.iter().copied().filter(|f| f.state.counts() && f.exposed_from.is_some()).collect();
    longest.sort_by_key(|finding| std::cmp::Reverse(finding.exposed_days(now)));
    let more = longest.len().saturating_sub(BARS);
    html! {
        @if !longest.is_empty() {
            section aria-labelledby="exposure" {
                h2 #exposure { "Longest exposed" }
                p.quiet {
                    "From the first commit that held the key until it was revoked or ran out. "
                    "Deleting a file ends nothing: history and every clone keep it."
                }
                ol.timeline {
                    @for finding in longest.iter().take(BARS) {
                        li {
                            span.what {
                                (severity(finding.severity)) " " (shown(&finding.title)) " "
                                span.quiet { (shown(&finding.repository)) }
                            }
                            (page.axis.bar(finding))
                            span.when { (exposure(finding, now)) }
                        }
                    }
                }
                div.axis-row aria-hidden="true" {
                    svg width="100%" height="22" {
                        @for (name, place) in page.axis.marks() {
                            line x1=(format!("{place:.1}%")) x2=(format!("{place:.1}%")) y1="0" y2="6" {}
                            @if (4.0..=96.0).contains(&place) {
                                text x=(format!("{place:.1}%")) y="19" text-anchor="middle" { (name) }
                            }
                        }
                    }
                }
                @if more > 0 {
                    p.quiet { "And " (number(more as u64)) " more: see the table of findings, which sorts by exposure." }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axis(start: &str, end: &str) -> Axis {
        let second = |text: &str| text.parse::<Timestamp>().unwrap().as_second();
        Axis { start: second(start), end: second(end) }
    }

    #[test]
    fn marks_are_years_or_months_and_never_too_many() {
        let names = |axis: &Axis| axis.marks().into_iter().map(|(name, _)| name).collect::<Vec<_>>();
        let decades = axis("2005-04-07T00:00:00Z", "2026-11-25T00:00:00Z");
        assert_eq!(names(&decades), ["2026", "2022", "2018", "2014", "2010", "2006"]);
        assert_eq!(names(&axis("2026-09-15T00:00:00Z", "2026-11-25T00:00:00Z")), ["2026-11", "2026-10"]);
        assert!(decades.marks().iter().all(|(_, place)| (0.0..=100.0).contains(place)));
    }

    #[test]
    fn what_commits_claim_does_not_stretch_the_axis() {
        let made_at: Timestamp = "2026-11-25T00:00:00Z".parse().unwrap();
        let picture = Picture { made_at, ..Picture::default() };
        let axis = Axis::of(&picture);
        assert_eq!(axis.end - axis.start, LEAST);
        assert_eq!((axis.place(i64::MIN), axis.place(i64::MAX)), (0.0, 100.0));
    }
}
