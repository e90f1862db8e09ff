//! The picture of one scan.

use super::{Outcome, Picture, PictureCommit, PictureFinding, PictureRepository, PictureValue, PictureVerdict, State};
use crate::model::{
    CommitRef, Finding, Gap, GapKind, Location, Report, RepositoryReport, Status, SuppressionKind, Tally, Trace,
    Verification,
};
use crate::report::count::plural;
use crate::report::{Mask, Style, verification, words};
use jiff::Timestamp;

impl Picture {
    /// What `report` says, with its values masked. With [`Style::show_suppressed`] the suppressed findings are part of it; it
    /// is made at [`Style::ended`].
    pub fn of_scan(report: &Report, mask: &Mask, style: &Style) -> Self {
        let mut picture = Self { title: title(report, mask), made_at: style.ended, ..Self::default() };
        for repository in &report.repositories {
            let suppressed = repository.suppressed.iter().filter(|_| style.show_suppressed);
            for finding in repository.findings.iter().chain(suppressed) {
                picture.findings.push(finding_of(repository, finding, mask, style.ended));
            }
            picture.repositories.push(repository_of(repository, mask));
            picture.notes.extend(notes(repository, mask, style));
        }
        picture
    }
}

fn title(report: &Report, mask: &Mask) -> String {
    match &report.repositories[..] {
        // A page outlives the folder that it was made in, of which `.` is the name.
        [one] if one.origin.is_none() && one.name == "." => "This repository".to_owned(),
        [one] => mask.line(one.origin.as_ref().unwrap_or(&one.name)),
        several => format!("{} repositories", several.len()),
    }
}

fn repository_of(repository: &RepositoryReport, mask: &Mask) -> PictureRepository {
    let coverage = &repository.coverage;
    let failed = coverage.gaps.iter().find(|gap| gap.kind == GapKind::NotOpened);
    let masked = |gap: &Gap| Gap { kind: gap.kind, subject: mask.line(&gap.subject), detail: mask.line(&gap.detail) };
    PictureRepository {
        name: mask.line(&repository.name),
        url: repository.origin.as_deref().map(|url| mask.line(url)),
        outcome: match failed {
            Some(_) => Outcome::Failed,
            None if coverage.is_complete() => Outcome::Whole,
            None => Outcome::Partly,
        },
        reason: failed.map(|gap| mask.line(&gap.detail)),
        gaps: coverage.gaps.iter().filter(|gap| gap.kind != GapKind::NotOpened).map(masked).collect(),
        read: failed.is_none().then(|| Tally::sum([&coverage.total(), &coverage.total_texts()])),
        known: coverage.known,
    }
}

/// What a clean page must not pass over in silence.
fn notes(repository: &RepositoryReport, mask: &Mask, style: &Style) -> Vec<String> {
    let name = mask.line(&repository.name);
    let hidden = if style.show_suppressed { 0 } else { repository.suppressed.len() };
    let counted = [
        (hidden as u64, "suppressed and not shown: by a comment, the configuration or the baseline"),
        (repository.left_out, "left out, as the scan was asked to"),
    ];
    let mut notes: Vec<String> = counted
        .into_iter()
        .filter(|&(count, _)| count > 0)
        .map(|(count, what)| format!("{name}: {} {what}.", plural(count, "finding", "findings")))
        .collect();
    let coverage = &repository.coverage;
    for (count, one, many) in [
        (coverage.accepted_gaps.len(), "gap was accepted beforehand", "gaps were accepted beforehand"),
        (coverage.sealed.len(), "part of an archive is sealed", "parts of archives are sealed"),
    ] {
        if count > 0 {
            notes.push(format!("{name}: {}.", plural(count as u64, one, many)));
        }
    }
    notes.extend(repository.stale.iter().map(|line| format!("{name}: {}", mask.line(line))));
    notes
}

fn finding_of(repository: &RepositoryReport, finding: &Finding, mask: &Mask, now: Timestamp) -> PictureFinding {
    let (trace, primary) = (&finding.trace, &finding.primary().location);
    let named = |location: &Location| finding.components.iter().any(|c| c.location.place == location.place);
    let expiry = finding.expires.as_deref().and_then(|time| time.parse().ok());
    PictureFinding {
        fingerprint: finding.fingerprint.to_string(),
        rule: finding.rule_id.clone(),
        title: mask.line(&finding.title),
        advice: mask.line(&finding.advice),
        severity: finding.severity,
        confidence: finding.confidence,
        state: match &finding.verification {
            _ if finding.suppression.is_some() => State::Suppressed,
            Some(verdict) if matches!(verdict.status, Status::Inactive | Status::Expired) => State::Revoked,
            _ => State::Open,
        },
        note: finding.suppression.as_ref().map_or_else(String::new, |suppression| {
            let by = match suppression.kind {
                SuppressionKind::Inline => "by a comment on the line",
                SuppressionKind::Config => "by the configuration",
                SuppressionKind::Baseline => "by the baseline",
            };
            format!("{by}: {}", mask.line(&suppression.reason))
        }),
        account: finding.account_id.clone(),
        lifetime: finding.lifetime,
        expires: finding.expires.clone(),
        repository: mask.line(&repository.name),
        place: place(primary, mask),
        values: finding
            .components
            .iter()
            .map(|component| PictureValue {
                kind: component.kind.as_str().to_owned(),
                shown: mask.shown(&component.secret),
                place: mask.spot(&component.location),
            })
            .collect(),
        also_at: trace
            .occurrences
            .iter()
            .filter(|occurrence| !named(&occurrence.location))
            .map(|occurrence| mask.spot(&occurrence.location))
            .collect(),
        introduced: trace.introduced().map(|by| commit(by, mask)),
        removed: trace.removed().filter(|_| !trace.at_head).map(|by| commit(by, mask)),
        still_in: trace.present_in.iter().map(|name| mask.line(name)).collect(),
        now: where_now(trace).to_owned(),
        seen: None,
        exposed_from: trace.introductions.iter().filter_map(|by| by.date.parse().ok()).min(),
        exposed_to: expiry.filter(|&end| end < now).or_else(|| ended(finding.verification.as_deref()?)),
        verified: finding.verification.as_deref().map(|verdict| of_verdict(verdict, mask)),
    }
}

/// When it was seen not to work.
fn ended(verdict: &Verification) -> Option<Timestamp> {
    let over = matches!(verdict.status, Status::Inactive | Status::Expired);
    verdict.checked_at.as_deref().filter(|_| over)?.parse().ok()
}

fn of_verdict(verdict: &Verification, mask: &Mask) -> PictureVerdict {
    let facts = verification::facts(verdict).into_iter();
    let rows = |rows: Vec<[String; 3]>| rows.into_iter().map(|row| row.map(|cell| mask.line(&cell))).collect();
    PictureVerdict {
        headline: mask.line(&verification::headline(verdict)),
        at: verdict.checked_at.clone(),
        facts: facts.map(|(label, says)| (label.to_owned(), mask.line(&says))).collect(),
        risks: rows(verification::risks(verdict)),
        open_roles: rows(verification::open_roles(verdict)),
    }
}

/// `path:line`, or what else holds it.
fn place(at: &Location, mask: &Mask) -> String {
    let name = mask.path(at).map_or_else(|| at.place.display(&at.object), |path| mask.line(&path));
    format!("{name}:{}", at.line)
}

fn where_now(trace: &Trace) -> &'static str {
    match trace.beside_history() {
        Some(at) if !trace.at_head => words::place(at),
        _ => words::now(trace),
    }
}

fn commit(by: &CommitRef, mask: &Mask) -> PictureCommit {
    PictureCommit {
        id: by.id.to_string(),
        author: mask.line(&by.author),
        email: mask.line(&by.email),
        date: mask.line(&by.date),
    }
}
