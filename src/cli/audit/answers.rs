//! What the store answers: `audit status`, `findings`, `mark`, `diff`.

use super::{StoreArgs, now};
use crate::cli::{error::CliError, output::Output, since, terminal::clean};
use crate::model::{Fingerprint, Severity};
use crate::store::{Filter, Mark, Moment, OutcomeKind, Presence, Run, RunId, StoredFinding, Triage};
use clap::{Args, ValueEnum};
use globset::GlobBuilder;
use serde_json::Value;
use std::io::{self, Write};
use std::process::ExitCode;

#[derive(Debug, Args)]
pub(in crate::cli) struct StatusArgs {
    #[command(flatten)]
    store: StoreArgs,
    /// Show so many runs
    #[arg(long, value_name = "N", default_value_t = 10)]
    runs: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum AnswerFormat {
    /// For people
    Text,
    /// The `finding` lines of docs/findings.schema.json, with what the store knows besides
    Jsonl,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum StateArg {
    Open,
    Revoked,
    FalsePositive,
    Accepted,
}

impl StateArg {
    fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Revoked => "revoked",
            Self::FalsePositive => "false_positive",
            Self::Accepted => "accepted",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum WhereArg {
    /// At the tip of a ref
    Tip,
    /// In history only
    History,
    /// Nowhere any more
    Gone,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct FindingsArgs {
    #[command(flatten)]
    store: StoreArgs,
    #[arg(short, long, value_enum, default_value_t = AnswerFormat::Text)]
    format: AnswerFormat,
    /// This severity or a worse one: critical, high, medium, low
    #[arg(long, value_parser = severity)]
    severity: Option<Severity>,
    /// Of this account
    #[arg(long, value_name = "ID")]
    account: Option<String>,
    /// In repositories whose name this glob matches; `*` stays within one part of it
    #[arg(long, value_name = "GLOB")]
    repository: Option<String>,
    /// First seen then or later: `2026-01-31`, `2 weeks ago`
    #[arg(long, value_name = "DATE", value_parser = since::parse)]
    since: Option<i64>,
    /// First seen before then: `30 days ago`
    #[arg(long, value_name = "DATE", value_parser = since::parse)]
    before: Option<i64>,
    /// Brought in by somebody whose name or address holds this
    #[arg(long, value_name = "TEXT")]
    owner: Option<String>,
    /// Decided upon in this way (repeatable)
    #[arg(long, value_enum)]
    state: Vec<StateArg>,
    /// Standing there now (repeatable)
    #[arg(long = "at", value_enum)]
    at: Vec<WhereArg>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum DecisionArg {
    /// It counts again
    Open,
    /// It no longer works
    Revoked,
    /// It never was a credential
    FalsePositive,
    /// It is known and may stay until --until
    Accepted,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct MarkArgs {
    #[command(flatten)]
    store: StoreArgs,
    /// The finding's fingerprint, as in every report
    fingerprint: String,
    /// What was decided
    #[arg(value_enum)]
    decision: DecisionArg,
    /// Why
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// The last day on which it is accepted, in UTC: 2027-01-31
    #[arg(long, value_name = "DATE")]
    until: Option<jiff::civil::Date>,
    /// Who decides [default: the user that runs this]
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct DiffArgs {
    #[command(flatten)]
    store: StoreArgs,
    /// The run [default: the last one]
    #[arg(long, value_name = "N")]
    run: Option<i64>,
}

fn severity(text: &str) -> Result<Severity, String> {
    let known = Severity::ALL.into_iter().find(|severity| severity.to_string() == text);
    known.ok_or_else(|| "one of critical, high, medium, low".to_owned())
}

pub(super) fn status(args: &StatusArgs) -> Result<ExitCode, CliError> {
    let store = args.store.open_existing()?;
    let runs = store.runs(None, args.runs.max(1))?;
    let last = store.last_runs()?;
    let mut outcomes = Vec::new();
    for run in &last {
        outcomes.extend(store.outcomes(run.id)?);
    }
    Output::Stdout.write(|out| {
        if runs.is_empty() {
            writeln!(out, "no run yet")?;
        }
        runs.iter().try_for_each(|run| write_run(run, out))?;
        for problem in last.iter().flat_map(|run| &run.problems) {
            writeln!(out, "  not listed: {}", clean(problem))?;
        }
        for outcome in outcomes {
            let reason = match outcome.kind {
                OutcomeKind::Failed => outcome.reason.unwrap_or_default(),
                OutcomeKind::NotReached => "not reached".to_owned(),
                _ if outcome.gap_count > 0 => format!("{} things could not be read", outcome.gap_count),
                _ => continue,
            };
            writeln!(out, "  not covered: {}: {}", clean(&outcome.name), clean(&reason))?;
        }
        Ok(())
    })?;
    Ok(ExitCode::SUCCESS)
}

fn write_run(run: &Run, out: &mut dyn Write) -> io::Result<()> {
    let state = match (&run.ended, &run.end) {
        (Some(_), Some(end)) if end.exit_code == 0 => "covered",
        (Some(_), _) => "not fully covered",
        (None, _) => "not finished",
    };
    let counts = &run.counts;
    let shard = if run.shard.is_all() { String::new() } else { format!(" part {}", run.shard) };
    writeln!(
        out,
        "run {} of {}{shard}  {}  {state}: {} listed, {} scanned, {} unchanged, {} failed, {} not reached",
        run.id,
        clean(&run.source),
        run.started,
        counts.listed,
        counts.scanned,
        counts.unchanged,
        counts.failed,
        counts.not_reached
    )
}

pub(super) fn findings(args: &FindingsArgs) -> Result<ExitCode, CliError> {
    let store = args.store.open_existing()?;
    let glob = |text: &String| {
        let glob = GlobBuilder::new(text).literal_separator(true).build();
        glob.map(|glob| glob.compile_matcher()).map_err(|error| CliError::new(error.to_string()))
    };
    let moment = |seconds: i64| jiff::Timestamp::from_second(seconds).ok().map(Moment::from);
    let presence = |at: &WhereArg| match at {
        WhereArg::Tip => Presence::AtTip,
        WhereArg::History => Presence::InHistory,
        WhereArg::Gone => Presence::Gone,
    };
    let filter = Filter {
        severity: args.severity,
        account: args.account.clone(),
        repository: args.repository.as_ref().map(glob).transpose()?,
        first_seen_from: args.since.and_then(moment),
        first_seen_before: args.before.and_then(moment),
        author: args.owner.clone(),
        states: args.state.iter().map(|state| state.as_str().to_owned()).collect(),
        presences: args.at.iter().map(presence).collect(),
        new_since: None,
    };
    let found = store.findings(&filter, &now())?;
    let lines = match args.format {
        AnswerFormat::Jsonl => found.iter().map(StoredFinding::audit_line).collect::<Result<Vec<_>, _>>()?,
        AnswerFormat::Text => Vec::new(),
    };
    Output::Stdout.write(|out| match args.format {
        AnswerFormat::Jsonl => lines.iter().try_for_each(|line| writeln!(out, "{line}")),
        AnswerFormat::Text => {
            found.iter().try_for_each(|finding| write_finding(finding, out))?;
            writeln!(out, "{} findings", found.len())
        }
    })?;
    Ok(ExitCode::SUCCESS)
}

fn write_finding(finding: &StoredFinding, out: &mut dyn Write) -> io::Result<()> {
    let account = finding.account_id.as_ref().map(|account| format!(" · account {account}")).unwrap_or_default();
    let presence = match finding.life.presence() {
        Presence::AtTip => "at a tip",
        Presence::InHistory => "in history",
        Presence::Gone => "gone",
    };
    let author = finding.author.as_ref().map(|author| format!(" by {}", clean(author))).unwrap_or_default();
    writeln!(
        out,
        "{:8}  {}{account}\n  {}  {}\n  {presence}{author}, first seen {}, {}\n  {}",
        finding.severity.to_string().to_uppercase(),
        finding.title,
        clean(&finding.repository_name),
        clean(&place(finding)),
        finding.life.first.at,
        finding.triage.as_str().replace('_', " "),
        finding.fingerprint
    )
}

/// Where its first value stands: path and line, or what else holds it.
fn place(finding: &StoredFinding) -> String {
    let line: Value = serde_json::from_str(&finding.line).unwrap_or_default();
    let first = &line["components"][0];
    let text = |name: &str| first[name].as_str().unwrap_or_default();
    let holder = match first["path"].as_str() {
        Some(path) => path.to_owned(),
        None => format!("{} {}", text("place"), text("blob").get(..10).unwrap_or_default()),
    };
    format!("{holder}:{}", first["line"])
}

pub(super) fn mark(args: &MarkArgs) -> Result<ExitCode, CliError> {
    let store = args.store.open_existing()?;
    let Some(fingerprint) = Fingerprint::parse(&args.fingerprint) else {
        // The text itself is not repeated: somebody may have put the secret there.
        return Err(CliError::new("a fingerprint is 32 lower-case hexadecimal digits, as in every report"));
    };
    let triage = match (args.decision, args.until) {
        (DecisionArg::Accepted, Some(until)) if until.to_string().as_str() < now().day() => {
            return Err(CliError::new(format!("--until {until} is over: it would be open again at once")));
        }
        (DecisionArg::Accepted, Some(until)) => Triage::Accepted { until },
        (DecisionArg::Accepted, None) => return Err(CliError::new("accepted until when? Name the day with --until")),
        (_, Some(_)) => return Err(CliError::new("--until goes with accepted only")),
        (DecisionArg::Open, None) => Triage::Open,
        (DecisionArg::Revoked, None) => Triage::Revoked,
        (DecisionArg::FalsePositive, None) => Triage::FalsePositive,
    };
    if args.reason.trim().is_empty() {
        return Err(CliError::new("--reason is empty: say why"));
    }
    let user = || std::env::var("USER").or_else(|_| std::env::var("LOGNAME")).unwrap_or_else(|_| "unknown".to_owned());
    let who = args.by.clone().unwrap_or_else(user);
    store.mark(&fingerprint, &Mark { triage, reason: args.reason.trim().to_owned(), who, at: now() })?;
    Ok(ExitCode::SUCCESS)
}

pub(super) fn diff(args: &DiffArgs) -> Result<ExitCode, CliError> {
    let store = args.store.open_existing()?;
    let last = || Ok::<_, CliError>(store.runs(None, 1)?.first().map(|run| run.id));
    let Some(run) = args.run.map_or_else(last, |run| Ok(Some(RunId(run))))? else {
        return Err(CliError::new("no run yet"));
    };
    let changes = store.changes(run, &now())?;
    Output::Stdout.write(|out| {
        let groups = [
            ("new", &changes.new),
            ("come back", &changes.reopened),
            ("fixed: at no tip any more", &changes.fixed),
            ("gone: not in history any more", &changes.gone),
        ];
        for (title, findings) in groups {
            writeln!(out, "{title}: {}", findings.len())?;
            findings.iter().try_for_each(|finding| write_finding(finding, out))?;
        }
        Ok(())
    })?;
    Ok(ExitCode::SUCCESS)
}
