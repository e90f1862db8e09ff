//! One credential's block.

use super::Page;
use crate::model::{
    CommitRef, Component, ComponentKind, Finding, Place, RepositoryReport, Source, SuppressionKind, Trace,
};
use crate::report::count::{plural, some};
use crate::report::words;
use std::io;

/// Refs named before "and N more".
const REFS: usize = 3;
/// Other places named before "and N more".
const PLACES: usize = 5;

pub(super) fn write(page: &mut Page<'_>, repository: &RepositoryReport, finding: &Finding) -> io::Result<()> {
    header(page, finding)?;
    for component in &finding.components {
        let note = component_note(finding, component).map(|note| page.paint.dim(note)).unwrap_or_default();
        let says = format!("{}  {}{note}", page.mask.shown(&component.secret), page.mask.spot(&component.location));
        let label = page.mask.line(&component_label(&component.kind));
        page.fact(&label, &says)?;
    }
    life(page, repository, &finding.trace)?;
    if let Some(pairing) = &finding.pairing {
        let reason = page.mask.line(&pairing.reason());
        page.fact("paired", &reason)?;
    }
    other_places(page, finding)?;
    if let Some(verification) = &finding.verification {
        super::verdict::write(page, verification)?;
    }
    page.fact("fingerprint", finding.fingerprint.as_str())?;
    let Some(suppression) = &finding.suppression else {
        let advice = page.paint.advice(&format!("→ {}", page.mask.line(&finding.advice)));
        return writeln!(page.out, "  {advice}");
    };
    let by = match suppression.kind {
        SuppressionKind::Inline => "a comment on the line",
        SuppressionKind::Config => "the configuration",
        SuppressionKind::Baseline => "the baseline",
    };
    let reason = page.mask.line(&suppression.reason);
    page.fact("suppressed", &if reason.is_empty() { format!("by {by}") } else { format!("by {by}: {reason}") })
}

fn header(page: &mut Page<'_>, finding: &Finding) -> io::Result<()> {
    let word = if finding.suppression.is_some() {
        page.paint.dim(&format!("{:<10}", "SUPPRESSED"))
    } else {
        let word = finding.severity.to_string().to_ascii_uppercase();
        page.paint.severity(finding.severity, &format!("{word:<8}"))
    };
    let mut line = format!("{word}  {}", page.paint.bold(&page.mask.line(&finding.title)));
    let redacted = finding.components.first().map(|component| component.secret.redacted());
    let account = finding.account_id.as_ref().map(|account| format!("account {account}"));
    let lifetime = finding.lifetime.map(|lifetime| lifetime.as_str().to_owned());
    let expires = finding.expires.as_ref().map(|time| format!("valid until {time}"));
    for part in [redacted, account, lifetime, expires].into_iter().flatten() {
        line.push_str(" · ");
        line.push_str(&part);
    }
    writeln!(page.out, "{line}")
}

fn component_label(kind: &ComponentKind) -> String {
    match kind {
        ComponentKind::AccessKeyId => "key id".to_owned(),
        ComponentKind::SecretAccessKey => "secret".to_owned(),
        ComponentKind::SessionToken => "token".to_owned(),
        ComponentKind::Other(kind) => {
            // A kind is named after its service; the last two words say what it is, and fit the column.
            let words: Vec<&str> = kind.rsplitn(3, '_').take(2).collect();
            words.into_iter().rev().collect::<Vec<_>>().join(" ")
        }
    }
}

/// Said of a component only where it fares otherwise than the credential as a whole.
fn component_note(finding: &Finding, component: &Component) -> Option<&'static str> {
    let fate = Fate::of(&component.trace);
    (finding.components.len() > 1 && fate != Fate::of(&finding.trace)).then_some(match fate {
        Fate::Present => "  (still at a tip)",
        Fate::History => "  (in history only)",
        Fate::Unreachable => "  (unreachable)",
        Fate::Beside => "  (not in history)",
    })
}

/// Where a value is now.
#[derive(PartialEq, Eq)]
enum Fate {
    Present,
    History,
    Unreachable,
    /// In no object of the history, but in a text beside it.
    Beside,
}

impl Fate {
    fn of(trace: &Trace) -> Self {
        match trace {
            trace if trace.at_head || !trace.present_in.is_empty() => Self::Present,
            trace if trace.beside_history().is_some() => Self::Beside,
            trace if trace.occurrences.iter().any(|at| at.reachable && at.location.place.is_history()) => Self::History,
            _ => Self::Unreachable,
        }
    }
}

fn life(page: &mut Page<'_>, repository: &RepositoryReport, trace: &Trace) -> io::Result<()> {
    match (trace.introduced(), trace.beside_history()) {
        (Some(commit), _) => {
            let mut says = commit_words(page, commit);
            if trace.introductions.len() > 1 {
                let more = plural(trace.introductions.len() as u64 - 1, "other commit", "other commits");
                says.push_str(&page.paint.dim(&format!("  and by {more}")));
            }
            page.fact("introduced", &says)?;
        }
        (None, Some(place)) => return page.fact("now", &beside_words(page, repository, trace, place)),
        (None, None) => page.fact("introduced", "by no commit in this repository")?,
    }
    match Fate::of(trace) {
        Fate::Present => page.fact("still in", &some(&ref_names(page, repository, trace), REFS)),
        Fate::Unreachable | Fate::Beside => page.fact("unreachable", "no ref holds it (git gc has not removed it yet)"),
        Fate::History => {
            if let Some(commit) = trace.removed() {
                let says = commit_words(page, commit);
                page.fact("removed", &says)?;
            }
            page.fact("now", "not at any tip, history keeps it")
        }
    }
}

/// Where a value is now that stands beside the history.
fn beside_words(page: &Page<'_>, repository: &RepositoryReport, trace: &Trace, place: &Place) -> String {
    match (trace.at_head, place, repository.source) {
        (true, ..) => format!("in {}", some(&ref_names(page, repository, trace), REFS)),
        (false, Place::Worktree(_), Source::Files) => "in a file".to_owned(),
        (false, Place::Worktree(_), _) => "in the work tree, not committed yet".to_owned(),
        _ => words::place(place).to_owned(),
    }
}

/// Refs without their folders, what HEAD names first, then branches, tags, the rest.
fn ref_names(page: &Page<'_>, repository: &RepositoryReport, trace: &Trace) -> Vec<String> {
    let current = repository.branch.as_deref().filter(|_| trace.at_head);
    let mut names: Vec<(u8, String)> = Vec::with_capacity(trace.present_in.len() + 1);
    if trace.at_head && !trace.present_in.iter().any(|name| Some(name.as_str()) == current) {
        names.push((0, "HEAD".to_owned()));
    }
    for name in trace.present_in.iter().filter(|name| *name != "HEAD") {
        let (order, short) = match (name.strip_prefix("refs/heads/"), name.strip_prefix("refs/tags/")) {
            (Some(short), _) if Some(name.as_str()) == current => (0, format!("{short} (HEAD)")),
            (Some(short), _) => (1, short.to_owned()),
            (_, Some(short)) => (2, short.to_owned()),
            _ => (3, name.strip_prefix("refs/remotes/").or(name.strip_prefix("refs/")).unwrap_or(name).to_owned()),
        };
        names.push((order, page.mask.line(&short)));
    }
    names.sort_by_key(|&(order, _)| order);
    names.into_iter().map(|(_, name)| name).collect()
}

fn commit_words(page: &Page<'_>, commit: &CommitRef) -> String {
    let day = page.mask.line(commit.date.get(..10).unwrap_or(&commit.date));
    let (author, email) = (page.mask.line(&commit.author), page.mask.line(&commit.email));
    format!("{}  {day}  {author} <{email}>", commit.id.short())
}

fn other_places(page: &mut Page<'_>, finding: &Finding) -> io::Result<()> {
    let named = |place| finding.components.iter().any(|component| component.location.place == place);
    let others: Vec<_> = finding.trace.occurrences.iter().filter(|o| !named(o.location.place.clone())).collect();
    for (i, occurrence) in others.iter().take(PLACES).enumerate() {
        let mut says = page.mask.spot(&occurrence.location);
        if occurrence.blobs > 1 {
            says.push_str(&page.paint.dim(&format!("  ({} versions)", occurrence.blobs)));
        }
        if !occurrence.reachable && finding.trace.reachable {
            says.push_str(&page.paint.dim("  (unreachable)"));
        }
        page.fact(if i == 0 { "also at" } else { "" }, &says)?;
    }
    if others.len() > PLACES {
        page.fact("", &format!("… and {} more", others.len() - PLACES))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Location, Occurrence, Wrapping};

    #[test]
    fn a_value_is_where_its_history_or_else_what_lies_beside_has_it() {
        let object = crate::model::Oid::from_bytes(&[7; 20]).unwrap();
        let at = |place, reachable| Occurrence {
            location: Location { place, object, wrapping: Wrapping::default(), line: 1, column: 1, length: 1 },
            blobs: 1,
            reachable,
        };
        let life = |at_head, occurrences| Trace { at_head, occurrences, ..Trace::default() };
        assert!(Fate::of(&life(true, vec![at(Place::Commit, true)])) == Fate::Present);
        assert!(Fate::of(&life(false, vec![at(Place::Commit, true)])) == Fate::History);
        assert!(Fate::of(&life(false, vec![at(Place::Commit, false)])) == Fate::Unreachable);
        let config = || at(Place::Config(b"config".to_vec()), true);
        assert!(Fate::of(&life(false, vec![config()])) == Fate::Beside);
        assert!(Fate::of(&life(false, vec![at(Place::Commit, false), config()])) == Fate::Unreachable);
    }
}
