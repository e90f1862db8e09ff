//! What was read and what was not, and the last runs.

use super::Page;
use super::words::{minute, shown};
use crate::report::count::{number, plural, size};
use crate::report::picture::{Outcome, PictureRepository, PictureRun};
use maud::{Markup, html};

/// Gaps that a repository names one by one.
const GAPS: usize = 20;
/// Repositories without anything to tell that are named: an organisation may have a hundred thousand of them.
const WELL: usize = 2_000;

pub(super) fn sections(page: &Page<'_>) -> Markup {
    let mut repositories: Vec<&PictureRepository> = page.picture.repositories.iter().collect();
    repositories.sort_by_key(|repository| repository.outcome);
    let short = repositories.iter().filter(|repository| !repository.outcome.is_covered()).count();
    let more = repositories.len().saturating_sub(short + WELL);
    repositories.truncate(short + WELL);
    // An audit does not remember how much was read.
    let has_read = repositories.iter().any(|repository| repository.read.is_some());
    html! {
        section #coverage aria-labelledby="coverage-title" {
            h2 #coverage-title { "Coverage" }
            @if repositories.is_empty() {
                p { "No repository was read." }
            } @else {
                table.cards data-paged="repositories" {
                    caption.unseen { "Repositories and how far they were read, those with gaps first" }
                    thead {
                        tr {
                            th scope="col" { "Repository" }
                            th scope="col" { "Outcome" }
                            @if has_read { th scope="col" data-first="descending" { "Read" } }
                            th scope="col" data-first="descending" { "Not read" }
                        }
                    }
                    tbody { @for repository in repositories { (row(repository, has_read)) } }
                }
                @if more > 0 { p.quiet { "And " (number(more as u64)) " more that were covered whole." } }
            }
        }
        @if !page.picture.runs.is_empty() { (runs(&page.picture.runs)) }
    }
}

fn row(repository: &PictureRepository, has_read: bool) -> Markup {
    let well = if repository.outcome.is_covered() { "whole" } else { "short" };
    let missing = repository.gaps.len() + usize::from(repository.reason.is_some());
    html! {
        tr {
            th scope="row" {
                @match repository.url.as_deref().filter(|url| is_web(url)) {
                    Some(url) => a href=(url) rel="noopener noreferrer" { (shown(&repository.name)) },
                    None => (shown(&repository.name)),
                }
            }
            td data-v=(repository.outcome as usize) { span.outcome.(well) { (repository.outcome.as_str()) } }
            @if has_read {
                td data-v=(repository.read.map_or_else(String::new, |read| read.bytes.to_string())) {
                    @if let Some(read) = repository.read {
                        (number(read.scanned)) " of " (plural(read.seen, "object", "objects")) ", " (size(read.bytes))
                        @if repository.known > 0 { ", " (number(repository.known)) " known from before" }
                    }
                }
            }
            td data-v=(missing) { (gaps(repository)) }
        }
    }
}

fn gaps(repository: &PictureRepository) -> Markup {
    let list = html! {
        ul {
            @for gap in repository.gaps.iter().take(GAPS) {
                li { (gap.kind.as_str().replace('_', " ")) ": " code { (shown(&gap.subject)) } " " (shown(&gap.detail)) }
            }
            @if repository.gaps.len() > GAPS { li { "and " (number((repository.gaps.len() - GAPS) as u64)) " more" } }
        }
    };
    html! {
        @if let Some(reason) = &repository.reason { p { (shown(reason)) } }
        @match repository.gaps.len() {
            0 => @if repository.reason.is_none() {
                @if repository.outcome == Outcome::NotReached { "the run ended before" } @else { span.quiet { "nothing" } }
            },
            1..=3 => (list),
            many => details { summary { (plural(many as u64, "gap", "gaps")) } (list) },
        }
    }
}

/// Whether an address is one that a browser may be sent to: never a script's, never a local file's, never one with something in it
/// that nobody sees.
fn is_web(url: &str) -> bool {
    (url.starts_with("https://") || url.starts_with("http://")) && shown(url) == url
}

fn runs(runs: &[PictureRun]) -> Markup {
    html! {
        section aria-labelledby="runs" {
            h2 #runs { "Last runs" }
            table.cards data-paged="runs" {
                caption.unseen { "The last runs, latest first" }
                thead {
                    tr {
                        @for name in ["Of", "Began", "Ended", "Listed", "Scanned", "Unchanged", "Failed", "Not reached", "New findings"] {
                            th scope="col" { (name) }
                        }
                    }
                }
                tbody {
                    @for run in runs {
                        tr {
                            td { (shown(&run.source)) }
                            td { (minute(run.began)) }
                            td { @if let Some(ended) = run.ended { (minute(ended)) } @else { "did not end" } }
                            @for (name, count) in [
                                ("listed", run.listed), ("scanned", run.scanned), ("unchanged", run.unchanged),
                                ("failed", run.failed), ("not reached", run.not_reached), ("new", run.new),
                            ] {
                                td data-v=(count) data-l=(name) { (number(count)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_the_web_become_links() {
        assert!(is_web("https://example.org/a") && is_web("http://localhost/a"));
        for url in [
            "javascript:alert(1)",
            "data:text/html,x",
            "file:///etc/passwd",
            "//example.org",
            " https://a",
            "git@a:b",
            "https://a\u{202e}b",
        ] {
            assert!(!is_web(url), "{url}");
        }
    }
}
