//! The table of all findings, and what filters it.

use super::timeline::exposure;
use super::words::{commit_day, minute, path, severity, shown, slug};
use super::{NO_ACCOUNT, Page, account};
use crate::model::{Confidence, Lifetime, Severity};
use crate::report::State;
use crate::report::count::some;
use crate::report::picture::{PictureCommit, PictureFinding};
use maud::{Markup, html};

/// Refs and other places that a finding names one by one.
const NAMES: usize = 8;

pub(super) fn section(page: &Page<'_>) -> Markup {
    html! {
        section #findings aria-labelledby="findings-title" tabindex="-1" {
            h2 #findings-title { "Findings" }
            @if page.findings.is_empty() {
                p { "None." }
            } @else {
                (filters(page))
                table.cards data-paged="findings" data-filtered {
                    caption.unseen { "Findings, new and open ones first, worst first" }
                    thead {
                        tr {
                            th scope="col" { "Severity" }
                            th scope="col" { "State" }
                            th scope="col" { "Credential" }
                            th scope="col" { "Account" }
                            th scope="col" { "Where" }
                            th scope="col" { "Introduced" }
                            th scope="col" data-first="descending" { "Exposed" }
                        }
                    }
                    tbody { @for finding in &page.findings { (row(page, finding)) } }
                }
            }
        }
    }
}

/// Hidden until the script is there that heeds them.
fn filters(page: &Page<'_>) -> Markup {
    let states = State::ALL.into_iter().filter(|&state| page.findings.iter().any(|finding| finding.state == state));
    html! {
        div.filters role="search" aria-label="Filter the findings" hidden {
            label { "Text" input type="search" name="text" autocomplete="off" spellcheck="false" placeholder="path, author, key, commit …"; }
            label { "Severity" select name="severity" {
                option value="" { "all" }
                @for level in Severity::ALL.into_iter().rev() { option { (level) } }
            } }
            label { "State" select name="state" {
                option value="" { "all" }
                option value="new open" { "new and open" }
                @for state in states { option value=(slug(state)) { (state.as_str()) } }
            } }
            label { "Account" select name="account" {
                option value="" { "all" }
                @for (name, number) in &page.accounts {
                    option value=(number) { @if *name == NO_ACCOUNT { "not known" } @else { (shown(name)) } }
                }
            } }
            label { "Repository" select name="repository" {
                option value="" { "all" }
                @for (name, number) in &page.repositories { option value=(number) { (shown(name)) } }
            } }
            button type="button" { "Clear" }
        }
    }
}

fn row(page: &Page<'_>, finding: &PictureFinding) -> Markup {
    let now = page.picture.made_at;
    let level = Severity::Critical as usize - finding.severity as usize;
    html! {
        tr data-severity=(finding.severity) data-state=(slug(finding.state))
            data-account=(page.accounts[account(finding)]) data-repository=(page.repositories[finding.repository.as_str()])
        {
            td data-v=(level) { (severity(finding.severity)) }
            td data-v=(finding.state as usize) {
                span.state.(slug(finding.state)) { (finding.state.as_str()) }
                @if !finding.note.is_empty() { " " small { (shown(&finding.note)) } }
            }
            td { (details(finding)) }
            td { @if let Some(account) = &finding.account { (shown(account)) } }
            td { (shown(&finding.repository)) " " (path(&finding.place)) }
            td { @if let Some(by) = &finding.introduced { (commit_day(&by.date)) " " small { (shown(&by.author)) } } }
            td data-v=(finding.exposed_days(now).map_or_else(String::new, |days| days.to_string())) {
                (page.axis.bar(finding)) (exposure(finding, now))
            }
        }
    }
}

fn details(finding: &PictureFinding) -> Markup {
    let fact = |name: &str, says: Markup| html! { dt { (name) } dd { (says) } };
    let list = |names: &[String]| html! { (some(&names.iter().map(|name| shown(name)).collect::<Vec<_>>(), NAMES)) };
    html! {
        details {
            summary {
                (shown(&finding.title)) " "
                @if let Some(value) = finding.values.first() { code { (shown(&value.shown)) } }
            }
            dl {
                @for value in &finding.values {
                    (fact(&shown(&value.kind).replace('_', " "), html! { code { (shown(&value.shown)) } " " (shown(&value.place)) }))
                }
                @if let Some(by) = &finding.introduced { (fact("introduced by", commit(by))) }
                @if let Some(by) = &finding.removed { (fact("removed by", commit(by))) }
                @if !finding.now.is_empty() { (fact("now", html! { (shown(&finding.now)) })) }
                @if !finding.still_in.is_empty() { (fact("still in", list(&finding.still_in))) }
                @if !finding.also_at.is_empty() { (fact("also at", list(&finding.also_at))) }
                @if let Some(lifetime) = finding.lifetime { (fact("kind", html! { (Lifetime::as_str(lifetime)) })) }
                @if let Some(expires) = &finding.expires { (fact("valid until", html! { (shown(expires)) })) }
                @if finding.confidence < Confidence::High { (fact("confidence", html! { (finding.confidence) })) }
                @if let Some((first, last)) = finding.seen {
                    (fact("found", html! { "first " (minute(first)) ", last " (minute(last)) }))
                }
                @if let Some(verified) = &finding.verified {
                    (fact("verified", html! { strong { (shown(&verified.headline)) } }))
                    @for (label, says) in &verified.facts { (fact(label, html! { (shown(says)) })) }
                    @for (label, rows) in [("may do", &verified.risks), ("also open", &verified.open_roles)] {
                        @if !rows.is_empty() {
                            (fact(label, html! {
                                @for [level, place, says] in rows {
                                    div { b { (shown(level)) } " " code { (shown(place)) } " " (shown(says)) }
                                }
                            }))
                        }
                    }
                }
                (fact("rule", html! { code { (shown(&finding.rule)) } }))
                (fact("fingerprint", html! { code { (shown(&finding.fingerprint)) } }))
            }
        }
    }
}

fn commit(by: &PictureCommit) -> Markup {
    html! { code { (shown(by.id.get(..10).unwrap_or(&by.id))) } " " (commit_day(&by.date)) " " (shown(&by.author)) " <" (shown(&by.email)) ">" }
}
