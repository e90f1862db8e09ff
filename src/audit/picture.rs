//! What a store knows, as a page or a table shows it.

use crate::{
    model::Lifetime,
    report::{self, Mask, Picture, PictureCommit, PictureFinding, PictureRepository, PictureRun, PictureValue, State},
    store::{
        Filter, Moment, OutcomeKind, Presence, Run, RunId, Store, StoreError, StoredFinding, StoredOutcome, Triage,
    },
};
use jiff::Timestamp;
use serde::Deserialize;

/// Runs that are shown.
const RUNS: u32 = 30;

/// What a page shows of a finding's line: see `docs/findings.schema.json`.
#[derive(Deserialize)]
struct Line {
    components: Vec<Component>,
    expires: Option<String>,
    introduced: Option<Commit>,
    removed: Option<Commit>,
    present_in: Vec<String>,
    occurrences: Vec<Spot>,
}

#[derive(Deserialize)]
struct Component {
    kind: String,
    redacted: String,
    #[serde(flatten)]
    spot: Spot,
}

#[derive(Deserialize)]
struct Spot {
    path: Option<String>,
    place: String,
    line: u32,
    column: u32,
    blob: String,
    #[serde(default)]
    wrapped: Vec<String>,
}

#[derive(Deserialize)]
struct Commit {
    #[serde(rename = "commit")]
    id: String,
    author: String,
    email: String,
    date: String,
}

/// What `store` knows as of `now`; `title` is whose repositories they are. New is what the last run found first.
///
/// # Errors
///
/// The store cannot be read.
pub fn picture(store: &Store, title: &str, now: Timestamp) -> Result<Picture, StoreError> {
    let moment = Moment::from(now);
    let (runs, last) = (store.runs(None, RUNS)?, store.last_runs()?);
    let mut outcomes = Vec::new();
    for run in &last {
        outcomes.extend(store.outcomes(run.id)?);
    }
    let findings = store.findings(&Filter::default(), &moment)?;
    let urls = |id: &str| findings.iter().find(|finding| finding.repository == id)?.web_url.clone();
    let words = Words::new();
    let new = |run: RunId| findings.iter().filter(|finding| finding.life.first.run == run).count() as u64;
    let shown = findings.iter().map(|stored| finding(stored, &last, now, &words));
    let mut picture = Picture {
        title: words.line(title),
        made_at: now,
        since: last.first().and_then(|run| before(&runs, run)).and_then(|run| time(&run.started)),
        repositories: outcomes.iter().map(|outcome| repository(outcome, urls(&outcome.repository), &words)).collect(),
        findings: shown.collect::<Result<_, _>>()?,
        runs: runs.iter().filter_map(|one| run(one, new(one.id), &words)).collect(),
        notes: Vec::new(),
    };
    let unlisted = findings.iter().filter(|finding| !finding.is_listed).count();
    if unlisted > 0 {
        picture.notes.push(format!("{unlisted} findings are in repositories that are not listed any more."));
    }
    for run in &last {
        let problems =
            run.problems.iter().map(|problem| words.line(&format!("Not listed whole: {}: {problem}", run.source)));
        picture.notes.extend(problems);
        if run.ended.is_none() {
            picture.notes.push(words.line(&format!("Run {} of {} has not come to its end.", run.id, run.source)));
        }
    }
    Ok(picture)
}

/// The run of the same source and shard before `run`.
fn before<'a>(runs: &'a [Run], run: &Run) -> Option<&'a Run> {
    runs.iter().find(|other| other.id < run.id && other.source == run.source && other.shard == run.shard)
}

/// Makes texts fit for one line. Values in them were masked when they were stored.
struct Words(Option<Mask>);

impl Words {
    fn new() -> Self {
        // Without values there is nothing that could be too large to look for.
        Self(Mask::new([], false).ok())
    }

    fn line(&self, text: &str) -> String {
        self.0.as_ref().map_or_else(String::new, |mask| mask.line(text))
    }

    fn spot(&self, spot: &Spot) -> String {
        let wrapped =
            if spot.wrapped.is_empty() { String::new() } else { format!("  ({})", spot.wrapped.join(" → ")) };
        self.line(&format!("{}:{}{wrapped}", name(spot), spot_place(spot)))
    }
}

/// The path, or what else holds it.
fn name(spot: &Spot) -> String {
    let short = spot.blob.get(..10).unwrap_or(&spot.blob);
    spot.path.clone().unwrap_or_else(|| format!("{} {short}", spot.place))
}

fn spot_place(spot: &Spot) -> String {
    format!("{}:{}", spot.line, spot.column)
}

fn time(moment: &Moment) -> Option<Timestamp> {
    moment.as_str().parse().ok()
}

fn repository(outcome: &StoredOutcome, url: Option<String>, words: &Words) -> PictureRepository {
    PictureRepository {
        name: words.line(&outcome.name),
        url,
        outcome: match outcome.kind {
            OutcomeKind::Failed => report::Outcome::Failed,
            OutcomeKind::NotReached => report::Outcome::NotReached,
            _ if outcome.gap_count > 0 => report::Outcome::Partly,
            OutcomeKind::Unchanged => report::Outcome::Unchanged,
            OutcomeKind::Scanned => report::Outcome::Whole,
        },
        reason: outcome.reason.as_deref().map(|reason| words.line(reason)),
        gaps: outcome.gaps.clone(),
        read: None,
        known: 0,
    }
}

fn run(run: &Run, new: u64, words: &Words) -> Option<PictureRun> {
    let counts = &run.counts;
    let shard = if run.shard.is_all() { String::new() } else { format!(" part {}", run.shard) };
    Some(PictureRun {
        source: words.line(&format!("{}{shard}", run.source)),
        began: time(&run.started)?,
        ended: run.ended.as_ref().and_then(time),
        listed: counts.listed,
        scanned: counts.scanned,
        unchanged: counts.unchanged,
        failed: counts.failed + counts.incomplete,
        not_reached: counts.not_reached,
        new,
    })
}

fn finding(stored: &StoredFinding, last: &[Run], now: Timestamp, words: &Words) -> Result<PictureFinding, StoreError> {
    let nonsense = |why: String| StoreError::Line(format!("the store's line of {}: {why}", stored.fingerprint));
    let fields: Line = serde_json::from_str(&stored.line).map_err(|error| nonsense(error.to_string()))?;
    let life = &stored.life;
    let presence = life.presence();
    let by_last = |run: RunId| last.iter().any(|last| last.id == run);
    let is_new = by_last(life.first.run) || life.reopened.as_ref().is_some_and(|stamp| by_last(stamp.run));
    let state = match stored.triage {
        Triage::Revoked => State::Revoked,
        Triage::FalsePositive => State::FalsePositive,
        Triage::Accepted { .. } => State::Accepted,
        Triage::Open if presence == Presence::Gone => State::Fixed,
        Triage::Open if is_new => State::New,
        Triage::Open => State::Open,
    };
    let mark = stored.mark.as_ref();
    let note = mark.map_or_else(String::new, |mark| {
        let until =
            if let Triage::Accepted { until } = mark.triage { format!(", until {until}") } else { String::new() };
        words.line(&format!("{} by {}, {}{until}: {}", mark.triage.as_str(), mark.who, mark.at.day(), mark.reason))
    });
    let revoked = mark.filter(|mark| mark.triage == Triage::Revoked).and_then(|mark| time(&mark.at));
    let ended = fields.expires.as_deref().and_then(|end| end.parse().ok()).filter(|&end: &Timestamp| end < now);
    let commit = |commit: &Commit| PictureCommit {
        id: commit.id.clone(),
        author: words.line(&commit.author),
        email: words.line(&commit.email),
        date: commit.date.clone(),
    };
    let named: Vec<Option<&String>> = fields.components.iter().map(|component| component.spot.path.as_ref()).collect();
    let others = fields.occurrences.iter().filter(|spot| !named.contains(&spot.path.as_ref()));
    let first = fields.components.first().ok_or_else(|| nonsense("it has no component".to_owned()))?;
    Ok(PictureFinding {
        fingerprint: stored.fingerprint.to_string(),
        rule: stored.rule_id.clone(),
        title: words.line(&stored.title),
        advice: words.line(&stored.advice),
        severity: stored.severity,
        confidence: stored.confidence,
        state,
        note,
        account: stored.account_id.clone(),
        lifetime: match stored.lifetime.as_deref() {
            Some("long_lived") => Some(Lifetime::LongLived),
            Some("temporary") => Some(Lifetime::Temporary),
            _ => None,
        },
        expires: fields.expires.clone(),
        repository: words.line(&stored.repository_name),
        place: words.line(&format!("{}:{}", name(&first.spot), first.spot.line)),
        values: fields
            .components
            .iter()
            .map(|component| PictureValue {
                kind: component.kind.clone(),
                shown: words.line(&component.redacted),
                place: words.spot(&component.spot),
            })
            .collect(),
        also_at: others.map(|spot| words.spot(spot)).collect(),
        introduced: fields.introduced.as_ref().map(commit),
        removed: fields.removed.as_ref().map(commit),
        still_in: fields.present_in.iter().map(|name| words.line(name)).collect(),
        now: match presence {
            Presence::AtTip => "at the tip of a ref",
            Presence::InHistory => "in history",
            Presence::Gone => "in no history any more",
        }
        .to_owned(),
        seen: time(&life.first.at).zip(time(&life.last.at)),
        exposed_from: fields.introduced.as_ref().and_then(|commit| commit.date.parse().ok()),
        exposed_to: revoked.or(ended),
        verified: None,
    })
}
