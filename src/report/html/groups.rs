//! What is open, by account and by repository.

use super::Page;
use super::words::{day, severity, shown};
use super::{NO_ACCOUNT, account};
use crate::model::Severity;
use crate::report::count::number;
use crate::report::picture::PictureFinding;
use jiff::Timestamp;
use maud::{Markup, html};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// What is open under one name.
#[derive(Default)]
struct Group<'a> {
    /// By severity, worst first.
    counts: [u64; 4],
    /// Names of the other kind: repositories of an account, accounts of a repository.
    others: BTreeSet<&'a str>,
    since: Option<Timestamp>,
}

type Of<'a> = fn(&'a PictureFinding) -> &'a str;

/// The groups of all open findings, worst first.
fn groups<'a>(page: &Page<'a>, name: Of<'a>, other: Of<'a>) -> Vec<(&'a str, Group<'a>)> {
    let mut groups: BTreeMap<&str, Group<'_>> = BTreeMap::new();
    for finding in page.picture.open() {
        let group = groups.entry(name(finding)).or_default();
        group.counts[Severity::Critical as usize - finding.severity as usize] += 1;
        group.others.insert(other(finding));
        group.since = group.since.into_iter().chain(finding.exposed_from).min();
    }
    let mut groups: Vec<_> = groups.into_iter().collect();
    groups.sort_by_key(|(_, group)| Reverse(group.counts));
    groups
}

pub(super) fn sections(page: &Page<'_>) -> Markup {
    let accounts = groups(page, account, |finding| &finding.repository);
    let repositories = groups(page, |finding| &finding.repository, account);
    html! {
        @if !accounts.is_empty() {
            div.pair {
                section aria-labelledby="accounts" {
                    h2 #accounts { "By account" }
                    (table(["accounts", "Account", "Repositories"], &accounts, |name| html! {
                        a href="#findings" data-filter=(format!("state=new+open&account={}", page.accounts[name])) {
                            @if name == NO_ACCOUNT { "not known" } @else { (shown(name)) }
                        }
                    }))
                }
                section aria-labelledby="repositories" {
                    h2 #repositories { "By repository" }
                    (table(["repositories", "Repository", "Accounts"], &repositories, |name| html! {
                        a href="#findings" data-filter=(format!("state=new+open&repository={}", page.repositories[name])) {
                            (shown(name))
                        }
                    }))
                }
            }
        }
    }
}

fn table<'a>(
    [noun, first, others]: [&str; 3],
    groups: &[(&'a str, Group<'_>)],
    link: impl Fn(&'a str) -> Markup,
) -> Markup {
    html! {
        table.cards.groups data-paged=(noun) data-size="10" {
            caption.unseen { "Open findings by " (first.to_lowercase()) ", worst first" }
            thead {
                tr {
                    th scope="col" { (first) }
                    th scope="col" data-first="descending" { "Open" }
                    th scope="col" data-first="descending" { (others) }
                    th scope="col" { "Exposed since" }
                }
            }
            tbody {
                @for (name, group) in groups {
                    tr {
                        th scope="row" { (link(name)) }
                        td data-v=(group.counts.iter().sum::<u64>()) {
                            @for (level, count) in Severity::ALL.into_iter().rev().zip(group.counts) {
                                @if count > 0 { span.count { b { (number(count)) } " " (severity(level)) } " " }
                            }
                        }
                        td data-v=(group.others.len()) data-l=(others.to_lowercase()) { (number(group.others.len() as u64)) }
                        td data-l="exposed since" { @if let Some(since) = group.since { (day(since)) } @else { "no commit tells" } }
                    }
                }
            }
        }
    }
}
