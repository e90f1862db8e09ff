//! What the audit log keeps of a push: `docs/events.schema.json` says what a line holds.
//!
//! Strings of the pusher are as in the message: without values, on one line, cut where they are long. So a line can be
//! looked at in a terminal.

use super::doors::{brought_in, refs_of};
use super::message::shorten;
use super::{Bypass, Case, Decision, Host, Unscanned, Verdict};
use crate::model::{ComponentKind, Finding, Fingerprint, GapKind, Oid, Severity};
use crate::report::Mask;
use jiff::Timestamp;
use serde::Serialize;
use std::collections::BTreeMap;
use std::io;
use std::time::Duration;

/// Grows when a field changes its meaning or goes away; a new field leaves it as it is.
pub const EVENT_SCHEMA_VERSION: u32 = 1;

/// Findings and refs that are listed; how many there are is told besides.
const LISTED: usize = 1000;
/// Refs listed of one finding.
const REFS_OF_FINDING: usize = 10;
/// Characters of a string that comes from outside.
const MAX_TEXT: usize = 1000;

/// One line of the audit log.
#[derive(Debug, Clone, Serialize)]
pub struct Event {
    #[serde(rename = "type")]
    kind: &'static str,
    schema_version: u32,
    time: String,
    duration_ms: u64,
    keytrail: &'static str,
    host: Host,
    user: Option<String>,
    user_from: Option<&'static str>,
    address: Option<String>,
    via: Option<String>,
    repository: String,
    path: String,
    causes: Vec<&'static str>,
    bypass: Option<&'static str>,
    reason: Option<String>,
    refs_count: usize,
    refs: Vec<RefField>,
    findings_count: usize,
    findings: Vec<FindingField>,
    error: Option<String>,
    gaps: BTreeMap<GapKind, u64>,
}

#[derive(Debug, Clone, Serialize)]
struct RefField {
    name: String,
    old: Option<Oid>,
    new: Option<Oid>,
}

#[derive(Debug, Clone, Serialize)]
struct FindingField {
    rule_id: String,
    fingerprint: Fingerprint,
    severity: Severity,
    blocks: bool,
    account_id: Option<String>,
    commit: Option<Oid>,
    place: &'static str,
    path: Option<String>,
    line: u32,
    refs: Vec<String>,
    components: Vec<ComponentField>,
}

#[derive(Debug, Clone, Serialize)]
struct ComponentField {
    kind: ComponentKind,
    rule_id: String,
    fingerprint: Fingerprint,
    redacted: String,
}

impl Event {
    /// The event of `verdict` at this `time`, `duration` after the hook began; `mask` is [`Case::mask`]. A push against which
    /// there is nothing to say is none.
    pub fn new(
        case: &Case<'_>,
        verdict: &Verdict<'_>,
        mask: &Mask,
        time: Timestamp,
        duration: Duration,
    ) -> Option<Self> {
        let kind = match verdict.decision {
            Decision::Accept => return None,
            Decision::Warn => "warn",
            Decision::Unscanned => "unscanned",
            Decision::Bypass => "bypass",
            Decision::Refuse => "block",
        };
        let text = |text: &str| shorten(&mask.line(text), MAX_TEXT);
        let pusher = case.pusher;
        let blocking = verdict.blocking.iter().map(|&finding| (finding, true));
        let findings = blocking.chain(verdict.noted.iter().map(|&finding| (finding, false)));
        Some(Self {
            kind,
            schema_version: EVENT_SCHEMA_VERSION,
            time: format!("{time:.3}"),
            duration_ms: u64::try_from(duration.as_millis()).unwrap_or(u64::MAX),
            keytrail: env!("CARGO_PKG_VERSION"),
            host: pusher.host,
            user: pusher.user.as_deref().map(text),
            user_from: pusher.user_from,
            address: pusher.address.as_deref().map(text),
            via: pusher.via.as_deref().map(text),
            repository: text(&pusher.repository),
            path: text(&pusher.path.to_string_lossy()),
            causes: causes(verdict),
            bypass: bypass(&verdict.bypass),
            reason: verdict.bypass.reason().map(text),
            refs_count: case.updates.len(),
            refs: case
                .updates
                .iter()
                .take(LISTED)
                .map(|update| RefField { name: text(&update.name()), old: update.old, new: update.new })
                .collect(),
            findings_count: verdict.blocking.len() + verdict.noted.len(),
            findings: findings.take(LISTED).map(|(finding, blocks)| field(case, finding, blocks, &text)).collect(),
            error: match &verdict.unscanned {
                Some(Unscanned::Error(words)) => Some(text(words)),
                _ => None,
            },
            gaps: case.push.report.coverage.gaps_by_kind(),
        })
    }

    /// The event as it is appended: JSON and a newline.
    ///
    /// # Errors
    ///
    /// What the serializer answers.
    pub fn line(&self) -> io::Result<Vec<u8>> {
        let mut line = serde_json::to_vec(self)?;
        line.push(b'\n');
        Ok(line)
    }
}

/// What spoke against the push.
fn causes(verdict: &Verdict<'_>) -> Vec<&'static str> {
    let findings = !(verdict.blocking.is_empty() && verdict.noted.is_empty());
    let unscanned = verdict.unscanned.as_ref().map(|unscanned| match unscanned {
        Unscanned::Timeout => "timeout",
        Unscanned::Error(_) => "error",
        Unscanned::Gaps => "gaps",
    });
    findings.then_some("findings").into_iter().chain(unscanned).collect()
}

/// What became of a bypass that was asked for.
fn bypass(bypass: &Bypass) -> Option<&'static str> {
    match bypass {
        // What is not logged has no event.
        Bypass::Unneeded | Bypass::Off | Bypass::Possible | Bypass::NotLogged(_) => None,
        Bypass::Denied(_) => Some("denied"),
        Bypass::NoReason => Some("no_reason"),
        Bypass::TooLong(_) => Some("too_long"),
        Bypass::Granted(_) => Some("granted"),
    }
}

fn field(case: &Case<'_>, finding: &Finding, blocks: bool, text: &dyn Fn(&str) -> String) -> FindingField {
    let location = &finding.primary().location;
    FindingField {
        rule_id: finding.rule_id.clone(),
        fingerprint: finding.fingerprint.clone(),
        severity: finding.severity,
        blocks,
        account_id: finding.account_id.clone(),
        commit: brought_in(case, finding).next().map(|commit| commit.id),
        place: location.place.kind(),
        path: location.place.path().map(|path| text(&String::from_utf8_lossy(&path))),
        line: location.line,
        refs: refs_of(case, finding, REFS_OF_FINDING).iter().map(|name| text(name)).collect(),
        components: finding
            .components
            .iter()
            .map(|component| ComponentField {
                kind: component.kind.clone(),
                rule_id: component.rule_id.clone(),
                fingerprint: component.fingerprint.clone(),
                redacted: component.secret.redacted(),
            })
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hook::Ended;
    use crate::hook::sample::{Scene, key_id, pair, secret};
    use serde_json::{Value, json};

    fn event(scene: &Scene) -> Option<Value> {
        let (case, mask) = (scene.case(), scene.case().mask().unwrap());
        let time = "2026-11-24T20:34:22.1234567+01:00".parse().unwrap();
        let event = Event::new(&case, &case.judge(), &mask, time, Duration::from_millis(212))?;
        let line = String::from_utf8(event.line().unwrap()).unwrap();
        assert!(line.ends_with('\n') && line.lines().count() == 1, "{line}");
        assert!(!line.trim_end().contains(char::is_control), "{line}");
        Some(serde_json::from_str(&line).unwrap())
    }

    fn validator() -> jsonschema::Validator {
        let schema = include_str!("../../docs/events.schema.json");
        jsonschema::validator_for(&serde_json::from_str(schema).unwrap()).unwrap()
    }

    const BYPASS: &str = "audit-log = '/log'\nbypass = true\nblock = ['critical']";

    /// One scene a type of event, in this order: block, bypass, warn, unscanned.
    fn scenes() -> [Scene; 4] {
        let scene = |settings| Scene::new(settings).update("refs/heads/main", 1, 2).brings(2, &["refs/heads/main"]);
        let reason = format!("old \u{9b}{}\nx", secret(1));
        [
            scene("").finding(pair(1, "a.env", &[2])).ended(Ended::Failed("no\nroom".into())),
            scene(BYPASS).finding(pair(1, "a.env", &[2])).option(&format!("keytrail.bypass={reason}")),
            scene("block = []").finding(pair(1, "a.env", &[2])),
            scene("on-error = 'accept'").gap("a", "b").gap("c", "d"),
        ]
    }

    #[test]
    fn each_type_of_event_is_of_the_published_shape() {
        let (validator, events) = (validator(), scenes().map(|scene| event(&scene).unwrap()));
        for event in &events {
            let errors: Vec<String> =
                validator.iter_errors(event).map(|error| format!("{} {error}", error.instance_path())).collect();
            assert!(errors.is_empty(), "{errors:?}\n{event}");
        }
        assert_eq!(events.each_ref().map(|event| &event["type"]), ["block", "bypass", "warn", "unscanned"]);
        assert_eq!(events[0]["causes"], json!(["findings", "error"]));
        assert_eq!(events[0]["error"], "no\\nroom");
        assert_eq!(events[3]["gaps"], json!({ "too_large": 2 }));
        assert!(event(&Scene::new("").update("refs/heads/main", 1, 2)).is_none(), "nothing to say");

        let mut wrong = events[0].clone();
        wrong["type"] = json!("other");
        assert!(!validator.is_valid(&wrong));
    }

    #[test]
    fn an_event_tells_who_what_and_why_and_no_value() {
        let [_, bypass, ..] = scenes().map(|scene| event(&scene).unwrap());
        assert_eq!(bypass["time"], "2026-11-24T19:34:22.123Z");
        assert_eq!(bypass["duration_ms"], 212);
        assert_eq!([&bypass["user"], &bypass["host"], &bypass["repository"]], ["jane", "gitolite", "team/app"]);
        assert_eq!([&bypass["bypass"], &bypass["reason"]], ["granted", "old \\u{9b}hmrw…(40)\\nx"]);
        let finding = &bypass["findings"][0];
        assert_eq!([&finding["path"], &finding["line"]], [&json!("a.env"), &json!(12)]);
        assert_eq!(finding["refs"], json!(["refs/heads/main"]));
        assert_eq!(finding["commit"], "02".repeat(20));
        assert_eq!(finding["components"][1]["redacted"], "hmrw…(40)");
        let text = bypass.to_string();
        assert!(!text.contains(&secret(1)) && !text.contains(&key_id(1)), "{text}");
    }

    #[test]
    fn what_the_pusher_chooses_cannot_forge_a_line_or_make_it_endless() {
        let id = key_id(1);
        let mut scene = Scene::new("").update(&format!("refs/heads/\u{1b}[2J{id}"), 0, 2);
        for n in 0..3000 {
            scene = scene.finding(pair(n, &format!("{id}\n{}", "x/".repeat(3000)), &[2]));
        }
        scene.pusher.user = Some(format!("jane\n{{}}\u{202e}{}", "y".repeat(9000)));
        scene.pusher.via = Some(id.clone());
        let text = event(&scene).unwrap().to_string();
        assert!(!text.contains(&id) && !text.contains('\u{202e}') && !text.contains('\u{1b}'), "{}", &text[..900]);
        assert!(text.len() < 3 << 20, "{}", text.len());
        let event: Value = serde_json::from_str(&text).unwrap();
        assert_eq!([&event["findings_count"], &json!(event["findings"].as_array().unwrap().len())], [3000, 1000]);
    }
}
