//! A baseline: values that were known on the day it was written, so that only new ones count.
//!
//! It lists *component* fingerprints. A finding is baselined only if each of its components is listed, so neither a new
//! secret for an old id nor a new value at an old place is ever hidden; and as fingerprints do not depend on path, line
//! or commit, moving code, rebasing and squashing change nothing.

use super::error::PolicyError;
use crate::model::{Component, ComponentKind, Finding, Fingerprint, Report, SuppressionKind};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;

/// Name of the file that `keytrail baseline` writes unless told otherwise.
pub const BASELINE_FILE: &str = ".keytrail-baseline.json";

/// The only version of the format so far.
const VERSION: u32 = 1;

/// One known value. Only the fingerprint decides; the rest is for the reader of the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BaselineEntry {
    /// The component's fingerprint.
    pub fingerprint: Fingerprint,
    /// The rule that found it.
    pub rule_id: String,
    /// What it is.
    pub kind: ComponentKind,
    /// What may be shown of it.
    pub redacted: String,
    /// Where it stood first.
    pub path: String,
}

/// The values of a baseline, one entry a fingerprint.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Baseline(BTreeMap<Fingerprint, BaselineEntry>);

#[derive(Deserialize)]
struct Header {
    version: u32,
    tool: String,
}

#[derive(Deserialize)]
struct Body {
    components: Vec<BaselineEntry>,
}

impl Baseline {
    /// All components of what counts in `report`, and of what an older baseline already hid there.
    pub fn from_report(report: &Report) -> Self {
        let known = |finding: &&Finding| {
            finding.suppression.as_ref().is_none_or(|suppression| suppression.kind == SuppressionKind::Baseline)
        };
        let findings =
            report.repositories.iter().flat_map(|one| one.findings.iter().chain(one.suppressed.iter().filter(known)));
        let mut entries = BTreeMap::new();
        for component in findings.flat_map(|finding| &finding.components) {
            entries.entry(component.fingerprint.clone()).or_insert_with(|| BaselineEntry::new(component));
        }
        Self(entries)
    }

    /// Reads the file at `path`.
    pub fn read(path: &Path) -> Result<Self, PolicyError> {
        Self::parse(path, &PolicyError::read(path)?)
    }

    /// Reads `text`; `path` is for messages.
    pub fn parse(path: &Path, text: &str) -> Result<Self, PolicyError> {
        let syntax = |error: serde_json::Error| {
            PolicyError::invalid(path, error.line().max(1), format!("not a keytrail baseline: {error}"))
        };
        let header: Header = serde_json::from_str(text).map_err(syntax)?;
        if header.tool != "keytrail" || header.version != VERSION {
            let found = format!("version {} of {:?}", header.version, header.tool);
            return Err(PolicyError::invalid(path, 1, format!("{found} is not a baseline this keytrail can read")));
        }
        let body: Body = serde_json::from_str(text).map_err(syntax)?;
        for entry in &body.components {
            if Fingerprint::parse(entry.fingerprint.as_str()).is_none() {
                let line = 1 + text.lines().position(|line| line.contains(entry.fingerprint.as_str())).unwrap_or(0);
                let message = "`fingerprint` is not 32 lower-case hexadecimal digits";
                return Err(PolicyError::invalid(path, line, message));
            }
        }
        Ok(Self(body.components.into_iter().map(|entry| (entry.fingerprint.clone(), entry)).collect()))
    }

    /// Writes the file's bytes: sorted by path, rule and fingerprint, one component a line, so that a diff shows
    /// exactly what came and went. The same values give the same bytes.
    pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut entries: Vec<_> = self.0.values().collect();
        entries.sort_by_key(|entry| (&entry.path, &entry.rule_id, &entry.fingerprint));
        write!(out, "{{\n  \"version\": {VERSION},\n  \"tool\": \"keytrail\",\n  \"components\": [")?;
        for (index, entry) in entries.iter().enumerate() {
            let line = serde_json::to_string(entry)?;
            write!(out, "{}\n    {line}", if index == 0 { "" } else { "," })?;
        }
        writeln!(out, "{}]\n}}", if entries.is_empty() { "" } else { "\n  " })
    }

    /// How many values are listed.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether none is listed.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether `fingerprint` is listed.
    pub fn contains(&self, fingerprint: &Fingerprint) -> bool {
        self.0.contains_key(fingerprint)
    }

    /// Whether every component of `finding` is listed.
    pub fn covers(&self, finding: &Finding) -> bool {
        finding.components.iter().all(|component| self.contains(&component.fingerprint))
    }

    /// The entries, by fingerprint.
    pub fn entries(&self) -> impl Iterator<Item = &BaselineEntry> {
        self.0.values()
    }
}

impl BaselineEntry {
    fn new(component: &Component) -> Self {
        Self {
            fingerprint: component.fingerprint.clone(),
            rule_id: component.rule_id.clone(),
            kind: component.kind.clone(),
            redacted: component.secret.redacted(),
            path: component.location.place.display(&component.location.object),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::sample;

    fn of(findings: Vec<Finding>) -> Baseline {
        Baseline::from_report(&Report { repositories: vec![sample::repository(findings)] })
    }

    fn text(baseline: &Baseline) -> String {
        let mut out = Vec::new();
        baseline.write(&mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn what_is_written_is_read_back_the_same() {
        for baseline in [of(vec![sample::finding(&["b", "a"]), sample::finding_of(7, 8, &["é\n"])]), of(vec![])] {
            let written = text(&baseline);
            assert_eq!(Baseline::parse(Path::new("b.json"), &written).unwrap(), baseline);
            assert!(serde_json::from_str::<serde_json::Value>(&written).is_ok());
        }
    }

    #[test]
    fn one_component_a_line_in_the_order_of_paths_and_no_secret_anywhere() {
        let findings = vec![sample::finding_of(7, 8, &["z"]), sample::finding(&["a"])];
        let written = text(&of(findings.clone()));
        let lines: Vec<_> = written.lines().filter(|line| line.contains("fingerprint")).collect();
        assert_eq!(lines.len(), 4);
        assert!(lines[0].contains(r#""path":"a""#) && lines[3].contains(r#""path":"z""#), "{written}");
        for component in findings.iter().flat_map(|finding| &finding.components) {
            assert!(!written.contains(std::str::from_utf8(component.secret.expose()).unwrap()));
        }
    }

    #[test]
    fn a_new_secret_for_a_known_id_is_not_covered() {
        let known = of(vec![sample::finding_of(1, 2, &["a"])]);
        assert!(known.covers(&sample::finding_of(1, 2, &["another/place"])));
        assert!(!known.covers(&sample::finding_of(1, 3, &["a"])));
    }

    #[test]
    fn what_the_configuration_hides_does_not_enter_but_the_old_baseline_stays() {
        let mut repository = sample::repository(vec![]);
        for (kind, seed) in [(SuppressionKind::Config, 1), (SuppressionKind::Baseline, 3)] {
            let mut finding = sample::finding_of(seed, seed + 1, &["a"]);
            finding.suppression = Some(crate::model::Suppression { kind, reason: "r".into() });
            repository.suppressed.push(finding);
        }
        let baseline = Baseline::from_report(&Report { repositories: vec![repository] });
        assert_eq!(baseline.len(), 2);
        assert!(baseline.covers(&sample::finding_of(3, 4, &["a"])));
    }

    #[test]
    fn foreign_and_broken_files_are_refused_by_name() {
        let error = |text: &str| Baseline::parse(Path::new("b.json"), text).unwrap_err().to_string();
        assert!(error("{\n nonsense").starts_with("b.json:2: not a keytrail baseline"));
        assert!(error(r#"{"version":2,"tool":"keytrail"}"#).contains("version 2"));
        assert!(error(r#"{"version":1,"tool":"other"}"#).contains("\"other\""));
        let short = r#"{"version":1,"tool":"keytrail","components":[
            {"fingerprint":"beef","rule_id":"r","kind":"access_key_id","redacted":"","path":"p"}]}"#;
        assert!(error(short).starts_with("b.json:2: `fingerprint`"));
    }
}
