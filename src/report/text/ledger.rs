//! What was read, what was dropped, what is missing, and the verdict.

use super::Page;
use super::paint::{number, plural, size};
use crate::model::{Coverage, Gap, GapKind, ObjectKind, RepositoryReport, Source};
use std::collections::BTreeMap;
use std::io;

/// Gaps named one by one.
const GAPS: usize = 10;

pub(super) fn write(page: &mut Page<'_>, repository: &RepositoryReport) -> io::Result<()> {
    let (word, name) = (page.paint.bold("SCANNED"), page.mask.line(&repository.name));
    writeln!(page.out, "{word}   {name}")?;
    suppressed(page, repository)?;
    drops(page, repository)?;
    for line in &repository.stale {
        let line = page.mask.line(line);
        page.fact("stale", &line)?;
    }
    if repository.source == Source::History {
        read(page, &repository.coverage)?;
    }
    beside(page, repository)?;
    gaps(page, "gaps", &repository.coverage.gaps)?;
    gaps(page, "accepted", &repository.coverage.accepted_gaps)?;
    gaps(page, "sealed", &repository.coverage.sealed)?;
    verdict(page, repository)
}

fn suppressed(page: &mut Page<'_>, repository: &RepositoryReport) -> io::Result<()> {
    match (repository.suppressed.len() as u64, page.style.show_suppressed) {
        (0, _) => Ok(()),
        (count, true) => page.fact("suppressed", &format!("{}, listed above", plural(count, "finding", "findings"))),
        (count, false) => page.fact("suppressed", &plural(count, "finding", "findings")),
    }
}

fn drops(page: &mut Page<'_>, repository: &RepositoryReport) -> io::Result<()> {
    let mut by_reason = BTreeMap::new();
    for drop in &repository.drops {
        *by_reason.entry(drop.reason).or_insert(0_u64) += drop.count;
    }
    if !by_reason.is_empty() {
        let total = by_reason.values().sum();
        let reasons: Vec<_> =
            by_reason.iter().map(|(reason, &n)| format!("{} {}", number(n), spaced(reason.as_str()))).collect();
        page.fact("dropped", &format!("{}: {}", plural(total, "candidate", "candidates"), reasons.join(", ")))?;
    }
    if !page.style.explain {
        return Ok(());
    }
    for dropped in &repository.dropped {
        let reason = page.paint.dim(&format!("{:<19}", spaced(dropped.reason.as_str())));
        let mut says = format!("{reason}{}  {}", page.mask.shown(&dropped.secret), page.mask.spot(&dropped.location));
        if dropped.objects > 1 {
            says.push_str(&page.paint.dim(&format!("  (in {} objects)", number(dropped.objects))));
        }
        if !dropped.detail.is_empty() {
            says.push_str(&page.paint.dim(&format!("  {}", page.mask.line(&dropped.detail))));
        }
        page.fact("", &says)?;
    }
    Ok(())
}

fn spaced(word: &str) -> String {
    word.replace('_', " ")
}

fn read(page: &mut Page<'_>, coverage: &Coverage) -> io::Result<()> {
    let total = coverage.total();
    let kinds: Vec<String> = ObjectKind::ALL
        .iter()
        .filter_map(|kind| coverage.objects.get(kind).map(|tally| (kind, tally.scanned)))
        .filter(|&(_, scanned)| scanned > 0)
        .map(|(kind, scanned)| plural(scanned, kind.as_str(), &format!("{kind}s")))
        .collect();
    let of = if total.scanned == total.seen {
        plural(total.seen, "object", "objects")
    } else {
        format!("{} of {}", number(total.scanned), plural(total.seen, "object", "objects"))
    };
    let mut says = format!("{of}, {}, {}", size(total.bytes), plural(coverage.refs, "ref", "refs"));
    if !kinds.is_empty() {
        says.push_str(&page.paint.dim(&format!("  ({})", kinds.join(", "))));
    }
    page.fact("read", &says)?;
    if coverage.known > 0 {
        page.fact(
            "known",
            &format!("{} of earlier scans, in which nothing is", plural(coverage.known, "blob", "blobs")),
        )?;
    }
    Ok(())
}

/// Texts that are no objects: `3 ref names, 1 config`.
fn beside(page: &mut Page<'_>, repository: &RepositoryReport) -> io::Result<()> {
    let texts = &repository.coverage.texts;
    let named: Vec<String> = texts.iter().map(|(kind, tally)| text_words(kind, tally.scanned)).collect();
    let bytes = size(repository.coverage.total_texts().bytes);
    match (repository.source, named.is_empty()) {
        (Source::History, true) => Ok(()),
        (Source::History, false) => page.fact("beside it", &format!("{}, {bytes}", named.join(", "))),
        (source, _) => {
            let named = if named.is_empty() { "nothing".to_owned() } else { named.join(", ") };
            page.fact("read", &format!("{named}, {bytes}  ({})", source_words(source)))
        }
    }
}

fn text_words(kind: &str, count: u64) -> String {
    let (one, many) = match kind {
        "lfs" => ("LFS file", "LFS files"),
        "staged" => ("staged file", "staged files"),
        "worktree" => ("file", "files"),
        "ref_name" => ("ref name", "ref names"),
        "config" => ("configuration file", "configuration files"),
        "reflog" => ("reflog", "reflogs"),
        _ => ("text", "texts"),
    };
    plural(count, one, many)
}

fn source_words(source: Source) -> &'static str {
    match source {
        Source::History => "a repository",
        Source::Staged => "what is staged; history is not read",
        Source::Worktree => "the work tree; history is not read",
        Source::Files => "not a repository: files as they lie there",
        Source::Stdin => "standard input",
        Source::Push => "a push: what it brings in",
    }
}

fn gaps(page: &mut Page<'_>, label: &str, gaps: &[Gap]) -> io::Result<()> {
    if gaps.is_empty() {
        return Ok(());
    }
    // Sorted by kind: each kind has its share of the names, so that none crowds out the others.
    let groups: Vec<&[Gap]> = gaps.chunk_by(|a, b| a.kind == b.kind).collect();
    let share = (GAPS / groups.len()).max(1);
    for (number_of_group, group) in groups.iter().enumerate() {
        let label = if number_of_group == 0 { label } else { "" };
        // What is true of all is said once.
        let detail = &group[0].detail;
        let common = group.len() > 1 && group.iter().all(|gap| gap.detail == *detail);
        let mut heading = gap_words(group[0].kind, group.len() as u64);
        if common && !detail.is_empty() {
            heading = format!("{heading}: {}", page.mask.line(detail));
        }
        page.fact(label, &heading)?;
        for gap in group.iter().take(share) {
            let (subject, detail) = (page.mask.line(&gap.subject), page.mask.line(&gap.detail));
            let says = if common || detail.is_empty() { subject } else { format!("{subject}: {detail}") };
            page.fact("", &format!("  {says}"))?;
        }
        if group.len() > share {
            page.fact("", &format!("  … and {} more", number((group.len() - share) as u64)))?;
        }
    }
    Ok(())
}

/// `12 missing objects, 1 shallow boundary`.
fn kinds_of_gaps(gaps: &[Gap]) -> String {
    let mut counts: BTreeMap<GapKind, u64> = BTreeMap::new();
    for gap in gaps {
        *counts.entry(gap.kind).or_default() += 1;
    }
    let words: Vec<String> = counts.iter().map(|(&kind, &count)| gap_words(kind, count)).collect();
    words.join(", ")
}

fn gap_words(kind: GapKind, count: u64) -> String {
    let (one, many) = match kind {
        GapKind::MissingObject => ("missing object", "missing objects"),
        GapKind::LfsNotStored => ("LFS file not stored here", "LFS files not stored here"),
        GapKind::ShallowBoundary => ("shallow boundary", "shallow boundaries"),
        GapKind::TooLarge => ("object too large", "objects too large"),
        GapKind::UnpackLimit => ("object not unpacked whole", "objects not unpacked whole"),
        GapKind::Sealed => ("part that cannot be unpacked", "parts that cannot be unpacked"),
        GapKind::CorruptObject => ("corrupt object", "corrupt objects"),
        GapKind::MissingBase => ("missing delta base", "missing delta bases"),
        GapKind::UnreadableStore => ("unreadable part of the store", "unreadable parts of the store"),
        GapKind::UnreadableFile => ("unreadable file", "unreadable files"),
        GapKind::BadRef => ("bad ref", "bad refs"),
        GapKind::Interrupted => ("interruption", "interruptions"),
        GapKind::NotOpened => ("repository not opened", "repositories not opened"),
    };
    plural(count, one, many)
}

fn verdict(page: &mut Page<'_>, repository: &RepositoryReport) -> io::Result<()> {
    let coverage = &repository.coverage;
    let findings = repository.findings.len() as u64;
    let mut limits = Vec::new();
    if !coverage.accepted_gaps.is_empty() {
        limits.push(plural(coverage.accepted_gaps.len() as u64, "accepted gap", "accepted gaps"));
    }
    if repository.left_out > 0 {
        limits.push(format!("{} left out", plural(repository.left_out, "finding", "findings")));
    }
    let limits = limits.join(" and ");
    let count = plural(findings, "finding", "findings");
    let says = match (coverage.is_complete(), findings) {
        (false, _) => {
            let why = kinds_of_gaps(&coverage.gaps);
            page.paint.bad(&format!("{count}; NOT FULLY COVERED: {why}."))
        }
        (true, 0) if limits.is_empty() => page.paint.good("Clean and fully covered."),
        (true, 0) => page.paint.good(&format!("Clean, apart from {limits}.")),
        (true, _) if limits.is_empty() => page.paint.bad(&format!("{count}; fully covered.")),
        (true, _) => page.paint.bad(&format!("{count}; covered apart from {limits}.")),
    };
    writeln!(page.out, "\n{says}")
}
