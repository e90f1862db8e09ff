//! Findings as a scan has written them, to be written again with what was found out.

use super::line::Object;
use crate::cli::error::CliError;
use crate::cloud::{Leaked, LeakedId};
use crate::model::{ComponentKind, Confidence, Fingerprint, Lifetime, Secret, Severity, Status, Verification};
use crate::report::{Mask, write_verification};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read, Write};
use std::path::Path;
use zeroize::Zeroizing;

/// The text of a findings file, or of standard input.
pub(super) fn read(path: &Path) -> Result<Zeroizing<String>, CliError> {
    let text = if path == Path::new("-") {
        let mut text = String::new();
        io::stdin().lock().read_to_string(&mut text).map(|_| text)
    } else {
        fs::read_to_string(path)
    };
    let error = |error: io::Error| CliError::new(format!("cannot read {}: {error}", path.display()));
    text.map(Zeroizing::new).map_err(error)
}

/// The lines of a file, in their order.
pub(super) struct Findings<'a> {
    lines: Vec<Line<'a>>,
    /// All that the file reveals: of findings, of suppressed ones, of matches that were dropped.
    values: Vec<Secret>,
    /// Whether it may stay.
    reveal: bool,
}

struct Line<'a> {
    object: Object<'a>,
    /// What is asked for, of a finding.
    credential: Option<Credential<'a>>,
}

/// The part of a finding that is read.
struct Credential<'a> {
    components: Vec<Object<'a>>,
    severity: Severity,
    leaked: Leaked,
    /// The id, as far as the line tells it.
    id: Option<LeakedId>,
}

#[derive(Deserialize)]
struct PairingField {
    confidence: Confidence,
}

impl<'a> Findings<'a> {
    /// Reads JSON Lines. Lines that are no findings are kept as they stand.
    pub(super) fn parse(path: &Path, text: &'a str) -> Result<Self, CliError> {
        let (mut lines, mut values) = (Vec::new(), Vec::new());
        for (n, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            // What serde says of a text can quote it.
            let error = |why: &str| CliError::new(format!("{}:{}: {why}", path.display(), n + 1));
            let object: Object<'a> = serde_json::from_str(line).map_err(|_| {
                error("no JSON object").with_hint("write findings with `keytrail scan --format jsonl --reveal`")
            })?;
            let credential = match object.text("type").as_deref() {
                Some("finding") => Some(credential(&object).ok_or_else(|| error("no finding of Keytrail's"))?),
                Some(_) => None,
                None => return Err(error("the object has no 'type'")),
            };
            let components = components(&object).unwrap_or_default();
            values.extend(components.iter().chain([&object]).filter_map(value));
            lines.push(Line { object, credential });
        }
        Ok(Self { lines, values, reveal: false })
    }

    fn credentials(&self) -> impl Iterator<Item = &Credential<'a>> {
        self.lines.iter().filter_map(|line| line.credential.as_ref())
    }

    /// Whether there are findings, and no value in any of them.
    pub(super) fn are_redacted(&self) -> bool {
        let mut all = self.credentials().flat_map(|credential| &credential.components).peekable();
        all.peek().is_some() && all.all(|component| component.get("value").is_none())
    }

    /// What is to be asked for.
    pub(super) fn leaked(&self) -> Vec<Leaked> {
        self.credentials().map(|credential| credential.leaked.clone()).collect()
    }

    /// The ids of the keys that owners are asked about.
    pub(super) fn ids(&self) -> Vec<Option<LeakedId>> {
        self.credentials().map(|credential| credential.id.clone()).collect()
    }

    /// What hides the values in whatever is written: a path, a branch or an author's name may hold one, too.
    pub(super) fn mask(&self) -> Result<Mask, CliError> {
        Mask::of(&self.values).map_err(|error| CliError::new(format!("cannot mask what AWS answers: {error}")))
    }

    /// Takes over what was found out: one of `answers` for each finding. Values go unless they are to stay.
    pub(super) fn take(&mut self, answers: &[Verification], reveal: bool) -> Result<(), CliError> {
        self.reveal = reveal;
        let cannot = |error: serde_json::Error| CliError::new(format!("cannot write a finding: {error}"));
        let mut counts: BTreeMap<Status, usize> = BTreeMap::new();
        let mut answers = answers.iter();
        for Line { object, credential } in &mut self.lines {
            if !reveal {
                object.remove("value");
                if let Some(mut components) = components(object) {
                    for component in &mut components {
                        component.remove("value");
                    }
                    object.set("components", &components).map_err(cannot)?;
                }
            }
            let Some(credential) = credential else { continue };
            if let Some(answer) = answers.next() {
                *counts.entry(answer.status).or_default() += 1;
                object.set("severity", &answer.grade(ungraded(object, credential.severity))).map_err(cannot)?;
                if object.get("account_id").is_none_or(|account| account == "null") {
                    object.set("account_id", &answer.account_id).map_err(cannot)?;
                }
                object.set("verification", answer).map_err(cannot)?;
            }
        }
        for Line { object, .. } in &mut self.lines {
            if object.text("type").as_deref() == Some("summary") {
                object.set("verification", &counts).map_err(cannot)?;
            }
        }
        Ok(())
    }

    /// The lines again.
    pub(super) fn write_lines(&self, out: &mut dyn Write) -> io::Result<()> {
        let mask = self.mask().map_err(|error| io::Error::other(error.to_string()))?;
        for line in &self.lines {
            let text = serde_json::to_string(&line.object)?;
            writeln!(out, "{}", if self.reveal { text } else { mask.text(&text) })?;
        }
        Ok(())
    }

    /// A block for each finding, for people.
    pub(super) fn write_text(&self, answers: &[Verification], color: bool, out: &mut dyn Write) -> io::Result<()> {
        let mut answers = answers.iter();
        let mut counts: BTreeMap<Status, usize> = BTreeMap::new();
        let mask = self.mask().map_err(|error| io::Error::other(error.to_string()))?;
        for line in &self.lines {
            let (Some(credential), Some(answer)) = (&line.credential, line.credential.as_ref().and(answers.next()))
            else {
                continue;
            };
            *counts.entry(answer.status).or_default() += 1;
            let text = |name: &str| line.object.text(name).unwrap_or_default();
            let first = credential.components.first();
            let of = |name: &str| first.and_then(|component| component.text(name)).unwrap_or_default();
            let at = first.and_then(|component| component.get("line")).unwrap_or_default();
            let severity = text("severity").to_uppercase();
            writeln!(out, "{severity:<8}  {} · {}", mask.line(&text("title")), mask.line(&of("redacted")))?;
            writeln!(out, "  {:<13}{}  {}:{at}", "found in", mask.line(&text("repository")), mask.line(&of("path")))?;
            write_verification(answer, color, out)?;
            writeln!(out, "  {:<13}{}\n", "fingerprint", mask.line(&text("fingerprint")))?;
        }
        let counts: Vec<String> = counts.iter().map(|(status, count)| format!("{count} {status}")).collect();
        let counts = if counts.is_empty() { "no findings".to_owned() } else { counts.join(", ") };
        writeln!(out, "Verified: {counts}.")
    }
}

/// The values' own objects; `None` if it is no line with values.
fn components<'a>(line: &Object<'a>) -> Option<Vec<Object<'a>>> {
    serde_json::from_str(line.same("components")?).ok()
}

/// What an object reveals.
fn value(object: &Object<'_>) -> Option<Secret> {
    object.text("value").map(Zeroizing::new).map(|value| Secret::new(value.as_bytes()))
}

/// How bad a finding is without an earlier verdict, which may have lowered its severity from what can no longer be told.
fn ungraded(line: &Object<'_>, severity: Severity) -> Severity {
    let before = line.get("verification").and_then(|answer| serde_json::from_str::<Verification>(answer).ok());
    let lowers = |answer: Verification| answer.grade(Severity::Critical) < Severity::High;
    if before.is_some_and(lowers) { severity.max(Severity::High) } else { severity }
}

/// What is read of a finding's line; `None` if it is none of ours.
fn credential<'a>(line: &Object<'a>) -> Option<Credential<'a>> {
    let components = components(line)?;
    let value = |kind: &ComponentKind| {
        value(components.iter().find(|component| component.text("kind").as_deref() == Some(kind.as_str()))?)
    };
    let pairing = line.get("pairing").and_then(|pairing| serde_json::from_str::<PairingField>(pairing).ok());
    let leaked = Leaked {
        id: value(&ComponentKind::AccessKeyId),
        secret: value(&ComponentKind::SecretAccessKey),
        session: value(&ComponentKind::SessionToken),
        confidence: pairing.map_or(Confidence::Low, |pairing| pairing.confidence),
    };
    let severity = serde_json::from_str(line.get("severity")?).ok()?;
    let id = id(line, &components, leaked.id.clone());
    Some(Credential { components, severity, leaked, id })
}

/// What a line tells of the key's id, even if it is redacted.
fn id(line: &Object<'_>, components: &[Object<'_>], value: Option<Secret>) -> Option<LeakedId> {
    let is_id =
        |component: &&Object<'_>| component.text("kind").as_deref() == Some(ComponentKind::AccessKeyId.as_str());
    let component = components.iter().find(is_id)?;
    Some(LeakedId {
        value,
        fingerprint: Fingerprint::parse(&component.text("fingerprint")?)?,
        rule_id: component.text("rule_id")?,
        account_id: line.text("account_id"),
        lifetime: match line.text("lifetime").as_deref() {
            Some("long_lived") => Some(Lifetime::LongLived),
            Some("temporary") => Some(Lifetime::Temporary),
            _ => None,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(value: &str) -> String {
        format!(
            r#"{{"type":"finding","severity":"critical","title":"t","components":[{{"kind":"access_key_id","redacted":"AKIA…(20)"{value},"path":"p","line":3}}],"account_id":null}}"#
        )
    }

    #[test]
    fn values_are_read_and_leave_only_if_they_may() {
        let id = ["AKIA", "Y34FZKBOKMUTVV7A"].concat();
        let text = format!("{}\n\n{}\n", line(&format!(r#","value":"{id}""#)), r#"{"type":"summary","complete":true}"#);
        for reveal in [false, true] {
            let mut findings = Findings::parse(Path::new("f"), &text).unwrap();
            assert_eq!(findings.leaked()[0].id.as_ref().unwrap().expose(), id.as_bytes());
            let answer = Verification { status: Status::Inactive, ..Verification::unknown("why") };
            findings.take(&[answer], reveal).unwrap();
            let mut out = Vec::new();
            findings.write_lines(&mut out).unwrap();
            let out = String::from_utf8(out).unwrap();
            assert_eq!(out.contains(&id), reveal);
            assert!(
                out.contains(r#""severity":"low""#) && out.contains(r#""verification":{"status":"inactive""#),
                "{out}"
            );
            assert!(out.lines().nth(1).unwrap().contains(r#""verification":{"inactive":1}"#), "{out}");
        }
    }

    #[test]
    fn a_bad_line_is_named_and_not_quoted() {
        for (text, place) in
            [("{\"type\":\"summary\"}\nsecret-words", "f:2"), ("{}", "f:1"), (r#"{"type":"finding"}"#, "f:1")]
        {
            let error = Findings::parse(Path::new("f"), text).err().unwrap().to_string();
            assert!(error.starts_with(place) && !error.contains("secret-words"), "{error}");
        }
    }
}
