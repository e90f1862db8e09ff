//! What the reader knows after ten seconds: what is new, what is open, whether everything was read, what to do.

use super::Page;
use super::words::{commit_day, minute, path, severity, shown};
use crate::model::Severity;
use crate::report::State;
use crate::report::count::{number, plural};
use crate::report::words::sentence;
use maud::{Markup, html};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// New findings that are named at once.
const NEWS: usize = 5;
/// Advice that is given, worst first: more is no plan for a morning.
const STEPS: usize = 8;

pub(super) fn section(page: &Page<'_>) -> Markup {
    let picture = page.picture;
    let new = page.findings.iter().filter(|finding| finding.state == State::New).count();
    let open: Vec<_> = picture.open().collect();
    let keys: BTreeSet<&str> = open.iter().map(|finding| finding.fingerprint.as_str()).collect();
    html! {
        section aria-labelledby="today" {
            h2.unseen #today { "At a glance" }
            p.lede {
                @if let Some(since) = picture.since {
                    @if new == 0 { "Nothing new" } @else { strong { (number(new as u64)) " new" } }
                    " since " (minute(since)) ". "
                }
                @if open.is_empty() {
                    "Nothing is open."
                } @else {
                    strong { (plural(open.len() as u64, "finding", "findings")) }
                    @if open.len() == 1 { " is" } @else { " are" }
                    " open"
                    @if keys.len() < open.len() { ": " (plural(keys.len() as u64, "credential", "different credentials")) }
                    "."
                }
            }
            (news(page))
            (verdict(page))
            ul.tiles {
                @if picture.since.is_some() {
                    li { a href="#findings" data-filter="state=new" { b { (number(new as u64)) } " new" } }
                }
                @for level in Severity::ALL.into_iter().rev() {
                    @let count = open.iter().filter(|finding| finding.severity == level).count();
                    li.(level) {
                        a href="#findings" data-filter=(format!("state=new+open&severity={level}")) {
                            b { (number(count as u64)) } " " (level)
                        }
                    }
                }
            }
            (steps(page))
            @if !picture.notes.is_empty() {
                details.notes {
                    summary { (plural(picture.notes.len() as u64, "note", "notes")) " on what is not shown" }
                    ul { @for note in &picture.notes { li { (shown(note)) } } }
                }
            }
        }
    }
}

/// Whether what is not on the page is not there.
fn verdict(page: &Page<'_>) -> Markup {
    let all = page.picture.repositories.len() as u64;
    let short = page.picture.repositories.iter().filter(|one| !one.outcome.is_covered()).count() as u64;
    html! {
        @if all == 0 {
            p.verdict.short { "No repository was read." }
        } @else if short == 0 {
            p.verdict.whole { (plural(all, "repository was", "repositories were")) " covered whole." }
        } @else {
            p.verdict.short {
                strong { (number(short)) " of " (plural(all, "repository", "repositories")) " not covered whole" }
                ": what is in the rest of them is not on this page. "
                a href="#coverage" { "What was not read" }
            }
        }
    }
}

/// What is new, by name: it is what the reader came for.
fn news(page: &Page<'_>) -> Markup {
    let new: Vec<_> = page.findings.iter().filter(|finding| finding.state == State::New).collect();
    let more = new.len().saturating_sub(NEWS);
    html! {
        @if !new.is_empty() {
            ul.news aria-label="New findings" {
                @for finding in new.iter().take(NEWS) {
                    li {
                        (severity(finding.severity)) " " (shown(&finding.title)) " in " strong { (shown(&finding.repository)) }
                        " " (path(&finding.place))
                        @if let Some(by) = &finding.introduced { " " small { (commit_day(&by.date)) " " (shown(&by.author)) } }
                    }
                }
                @if more > 0 {
                    li { a href="#findings" data-filter="state=new" { "and " (number(more as u64)) " more" } }
                }
            }
        }
    }
}

/// The advice for what is open, each once.
fn steps(page: &Page<'_>) -> Markup {
    let mut steps: BTreeMap<(&str, &str), (Severity, u64)> = BTreeMap::new();
    for finding in page.picture.open() {
        let step = steps.entry((&finding.title, &finding.advice)).or_insert((finding.severity, 0));
        *step = (step.0.max(finding.severity), step.1 + 1);
    }
    let mut steps: Vec<_> = steps.into_iter().collect();
    steps.sort_by_key(|&(_, (worst, count))| Reverse((worst, count)));
    let more = steps.len().saturating_sub(STEPS);
    let short = page.picture.repositories.iter().filter(|one| !one.outcome.is_covered()).count() as u64;
    html! {
        @if !steps.is_empty() || short > 0 {
            h2 { "What to do next" }
            ol.steps {
                @for ((title, advice), (worst, count)) in steps.into_iter().take(STEPS) {
                    li { (severity(worst)) " " strong { (number(count)) " × " (shown(title)) } ": " (sentence(&shown(advice))) }
                }
                @if more > 0 {
                    li { (plural(more as u64, "more kind of finding", "more kinds of findings")) ", less urgent: see below." }
                }
                @if short > 0 {
                    li {
                        "Have " (plural(short, "repository", "repositories")) " read whole: "
                        a href="#coverage" { "each with its reason" } "."
                    }
                }
            }
        }
    }
}
