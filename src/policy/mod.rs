//! What the user decided: an allowlist, a baseline, comments on the line. Knows findings; knows nothing of git.

mod baseline;
mod config;
mod error;
pub mod inline;
#[cfg(test)]
mod sample;
mod size;

pub use baseline::{BASELINE_FILE, Baseline, BaselineEntry};
pub use config::{Allow, CONFIG_FILE, Config, RawAllow};
pub use error::PolicyError;
pub(crate) use error::line_of;
pub use size::parse_size;

use crate::model::{Finding, Fingerprint, Oid, Suppression, SuppressionKind};
use jiff::civil::Date;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

/// Everything that may keep a finding from counting, for one repository.
#[derive(Debug, Clone)]
pub struct Policy {
    /// Whether comments on the line are honoured. Off where the writer of the line is not to be trusted with the
    /// decision, as in a server's hook.
    pub inline_allowed: bool,
    config: Option<Config>,
    baseline: Option<(PathBuf, Arc<Baseline>)>,
    today: Date,
}

/// Findings after the policy's judgement; the order within each list is that of the input.
#[derive(Debug, Clone, Default)]
pub struct Judged {
    /// What counts.
    pub counted: Vec<Finding>,
    /// What does not, each with its [`Suppression`].
    pub suppressed: Vec<Finding>,
    /// Entries that hid nothing because they are expired, ambiguous or without a match: one line each, in the order of
    /// their files.
    pub stale: Vec<String>,
}

impl Policy {
    /// Nothing is decided beforehand; comments on the line count.
    pub fn none() -> Self {
        Self { inline_allowed: true, config: None, baseline: None, today: Date::MIN }
    }

    /// A policy of these files; `today` is the day against which expiry dates are held.
    pub fn new(config: Option<Config>, baseline: Option<(PathBuf, Arc<Baseline>)>, today: Date) -> Self {
        Self { inline_allowed: true, config, baseline, today }
    }

    /// Decides about all findings of a scan.
    ///
    /// A finding that comes with an inline suppression keeps it if `inline_allowed`, and loses it otherwise. Where
    /// several decisions hide a finding, the one nearest to the code is named: comment, configuration, baseline.
    ///
    /// `whole` says that the scan covered everything: only then is an entry without a match called stale.
    pub fn judge_all(&self, findings: Vec<Finding>, whole: bool) -> Judged {
        let live = LiveEntries::new(self, &findings);
        let mut matched = BTreeSet::new();
        let mut seen: BTreeSet<Fingerprint> = BTreeSet::new();
        let mut judged = Judged::default();
        for mut finding in findings {
            let inline = finding.suppression.take().filter(|_| self.inline_allowed);
            let hits: Vec<usize> = live.matching(&finding).collect();
            matched.extend(&hits);
            if self.baseline.is_some() {
                seen.extend(finding.components.iter().map(|component| component.fingerprint.clone()));
            }
            finding.suppression = inline
                .or_else(|| hits.first().and_then(|&index| self.by_config(index)))
                .or_else(|| self.by_baseline(&finding));
            let side = if finding.suppression.is_some() { &mut judged.suppressed } else { &mut judged.counted };
            side.push(finding);
        }
        judged.stale = self.stale_config(&live, &matched, whole);
        if whole {
            judged.stale.extend(self.stale_baseline(&seen));
        }
        judged
    }

    fn by_config(&self, index: usize) -> Option<Suppression> {
        let entry = self.config.as_ref()?.allow.get(index)?;
        Some(Suppression { kind: SuppressionKind::Config, reason: entry.reason.clone() })
    }

    fn by_baseline(&self, finding: &Finding) -> Option<Suppression> {
        let (path, baseline) = self.baseline.as_ref()?;
        let reason = || format!("known since {} was written", path.display());
        baseline.covers(finding).then(|| Suppression { kind: SuppressionKind::Baseline, reason: reason() })
    }

    fn stale_config(&self, live: &LiveEntries<'_>, matched: &BTreeSet<usize>, whole: bool) -> Vec<String> {
        let Some(config) = &self.config else { return Vec::new() };
        let describe = |(index, state): (usize, &EntryState<'_>)| {
            let cause = match state {
                EntryState::Expired(date) => format!("expired on {date}"),
                EntryState::Ambiguous(prefix) => format!("names several commits with {prefix}: write more digits"),
                EntryState::Live(_) if whole && !matched.contains(&index) => "matched nothing in this scan".to_owned(),
                EntryState::Live(_) => return None,
            };
            let Allow { place, reason, .. } = &config.allow[index];
            Some(format!("{place} ({reason}) {cause}"))
        };
        live.0.iter().enumerate().filter_map(describe).collect()
    }

    fn stale_baseline<'a>(&'a self, seen: &'a BTreeSet<Fingerprint>) -> impl Iterator<Item = String> + 'a {
        self.baseline.iter().flat_map(move |(path, baseline)| {
            let gone = baseline.entries().filter(|entry| !seen.contains(&entry.fingerprint));
            gone.map(move |entry| {
                let BaselineEntry { fingerprint, rule_id, redacted, path: place, .. } = entry;
                let what = format!("{fingerprint} ({rule_id} {redacted}, {place})");
                format!("{}: {what} matched nothing in this scan", path.display())
            })
        })
    }
}

/// The entries of a configuration as they stand today, given these findings.
struct LiveEntries<'a>(Vec<EntryState<'a>>);

enum EntryState<'a> {
    Live(&'a Allow),
    Expired(Date),
    Ambiguous(&'a str),
}

impl<'a> LiveEntries<'a> {
    fn new(policy: &'a Policy, findings: &[Finding]) -> Self {
        let entries = policy.config.as_ref().map_or(&[][..], |config| &config.allow);
        let needs_commits = entries.iter().any(|entry| entry.commits.is_some());
        let commits: BTreeSet<Oid> = if needs_commits {
            findings.iter().flat_map(config::introductions).map(|commit| commit.id).collect()
        } else {
            BTreeSet::new()
        };
        let state = |entry: &'a Allow| match (entry.expires, entry.ambiguous_commit(&commits)) {
            (Some(date), _) if entry.expired(policy.today) => EntryState::Expired(date),
            (_, Some(prefix)) => EntryState::Ambiguous(prefix),
            _ => EntryState::Live(entry),
        };
        Self(entries.iter().map(state).collect())
    }

    fn matching<'b>(&'b self, finding: &'b Finding) -> impl Iterator<Item = usize> + 'b {
        let matches = |state: &EntryState<'_>| matches!(state, EntryState::Live(entry) if entry.matches(finding));
        self.0.iter().enumerate().filter(move |(_, state)| matches(state)).map(|(index, _)| index)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn policy(config: &str, baseline: Vec<Finding>) -> Policy {
        let report = crate::model::Report { repositories: vec![sample::repository(baseline)] };
        let baseline = Some((PathBuf::from("b.json"), Arc::new(Baseline::from_report(&report))));
        let config = Config::parse(Path::new("k.toml"), config).unwrap();
        Policy::new(Some(config), baseline, jiff::civil::date(2026, 11, 24))
    }

    fn kinds(findings: &[Finding]) -> Vec<SuppressionKind> {
        findings.iter().map(|finding| finding.suppression.as_ref().unwrap().kind).collect()
    }

    #[test]
    fn findings_are_parted_and_what_hid_nothing_is_told() {
        let text = "[[allow]]\npaths = ['t/**']\nreason = 'fixtures'\n[[allow]]\nrules = ['x']\nreason = 'old'\n";
        let policy = policy(text, vec![sample::finding_of(5, 6, &["s"]), sample::finding_of(8, 9, &["gone"])]);
        let findings =
            vec![sample::finding(&["t/a"]), sample::finding_of(5, 6, &["s"]), sample::finding_of(5, 7, &["s"])];
        let judged = policy.judge_all(findings.clone(), true);
        assert_eq!(kinds(&judged.suppressed), [SuppressionKind::Config, SuppressionKind::Baseline]);
        assert_eq!(judged.suppressed[0].suppression.as_ref().unwrap().reason, "fixtures");
        assert_eq!(judged.counted.len(), 1);
        assert_eq!(judged.stale.len(), 3, "{:?}", judged.stale);
        assert_eq!(judged.stale[0], "k.toml:4: allow entry 2 (old) matched nothing in this scan");
        assert!(judged.stale[1].starts_with("b.json: ") && judged.stale[1].contains("gone"));
        assert!(policy.judge_all(findings, false).stale.is_empty(), "a scan in part proves nothing stale");
    }

    #[test]
    fn an_expired_entry_hides_nothing_and_is_told_even_after_a_scan_in_part() {
        let policy = policy("[[allow]]\npaths = ['**']\nreason = 'soon'\nexpires = 2026-11-23\n", vec![]);
        let judged = policy.judge_all(vec![sample::finding(&["a"])], false);
        assert_eq!(judged.counted.len(), 1);
        assert_eq!(judged.stale, ["k.toml:1: allow entry 1 (soon) expired on 2026-11-23"]);
    }

    #[test]
    fn a_prefix_of_two_commits_hides_nothing() {
        let [mut one, mut two] = [sample::finding(&["a"]), sample::finding_of(5, 6, &["a"])];
        one.trace.introductions = vec![sample::commit(0xab)];
        let mut twin = [0xab; 20];
        twin[19] = 1;
        two.trace.introductions =
            vec![crate::model::CommitRef { id: Oid::from_bytes(&twin).unwrap(), ..sample::commit(0) }];
        let policy = policy("[[allow]]\ncommits = ['abababa']\nreason = 'r'\n", vec![]);
        let judged = policy.judge_all(vec![one.clone(), two], true);
        assert_eq!((judged.counted.len(), judged.stale.len()), (2, 1), "{:?}", judged.stale);
        assert_eq!(policy.judge_all(vec![one], true).suppressed.len(), 1);
    }

    #[test]
    fn comments_count_unless_switched_off() {
        let mut finding = sample::finding(&["a"]);
        finding.suppression = Some(Suppression { kind: SuppressionKind::Inline, reason: "keytrail:allow".into() });
        let mut policy = Policy::none();
        assert_eq!(kinds(&policy.judge_all(vec![finding.clone()], true).suppressed), [SuppressionKind::Inline]);
        policy.inline_allowed = false;
        let judged = policy.judge_all(vec![finding], true);
        assert!(judged.suppressed.is_empty() && judged.counted[0].suppression.is_none());
    }
}
