//! The leaked key that is to be shut off, from a scan or from findings that were written down.

use crate::cli::error::CliError;
use crate::cloud::LeakedId;
use crate::cloud::contain::Spot;
use crate::model::{Component, ComponentKind, Finding, Fingerprint, Lifetime, PrincipalKind, Secret};
use serde::Deserialize;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

/// The characters of an access key id.
const ID_LENGTH: u32 = 20;

/// What is known of it.
#[derive(Debug, Clone)]
pub(super) struct Leak {
    /// The finding's.
    pub fingerprint: Fingerprint,
    pub rule_id: String,
    pub title: String,
    pub id: Option<LeakedId>,
    /// What may be shown of the id.
    pub redacted: Option<String>,
    /// Where the id stands.
    pub spot: Option<Spot>,
    pub account: Option<String>,
    pub lifetime: Option<Lifetime>,
    pub principal: Option<PrincipalKind>,
    pub user: Option<String>,
    /// The author date of the commit that brought it in.
    pub introduced: Option<String>,
    /// Whether it is one of AWS's access keys, or a part of one.
    pub is_access_key: bool,
    /// What to do about it otherwise.
    pub advice: String,
    /// The fingerprints of all its values.
    values: Vec<Fingerprint>,
}

impl Leak {
    /// Of a finding of a scan of `folder`, if paths count from there.
    pub(super) fn of(finding: &Finding, folder: Option<&str>) -> Self {
        let id = finding.components.iter().find(|component| component.kind == ComponentKind::AccessKeyId);
        let kinds: Vec<&ComponentKind> = finding.components.iter().map(|component| &component.kind).collect();
        Self {
            fingerprint: finding.fingerprint.clone(),
            rule_id: finding.rule_id.clone(),
            title: finding.title.clone(),
            redacted: id.map(|id| id.secret.redacted()),
            spot: id.map(|id| spot(id, folder)),
            account: finding.account_id.clone(),
            lifetime: finding.lifetime,
            principal: None,
            user: None,
            introduced: finding.trace.introduced().map(|commit| commit.date.clone()),
            is_access_key: kinds.into_iter().any(is_of_access_key),
            advice: finding.advice.clone(),
            values: finding.components.iter().map(|component| component.fingerprint.clone()).collect(),
            id: LeakedId::of(finding),
        }
    }

    /// Whether `digits` begin its fingerprint, or that of one of its values.
    fn is_named(&self, digits: &str) -> bool {
        std::iter::once(&self.fingerprint).chain(&self.values).any(|own| own.as_str().starts_with(digits))
    }
}

fn is_of_access_key(kind: &ComponentKind) -> bool {
    matches!(kind, ComponentKind::AccessKeyId | ComponentKind::SecretAccessKey | ComponentKind::SessionToken)
}

fn spot(component: &Component, folder: Option<&str>) -> Spot {
    let location = &component.location;
    let mut wrapped = location.wrapping.layers.clone();
    if u64::from(location.length) != component.secret.expose().len() as u64 {
        wrapped.push("in parts".to_owned());
    }
    Spot {
        folder: folder.map(str::to_owned),
        place: location.place.kind().to_owned(),
        path: location.place.path().and_then(|path| String::from_utf8(path).ok()),
        object: location.object.to_string(),
        line: location.line,
        column: location.column,
        length: location.length,
        wrapped,
    }
}

/// The one of `leaks` that `digits` name.
pub(super) fn choose(leaks: impl Iterator<Item = Leak>, digits: &str, place: &str) -> Result<Leak, CliError> {
    let mut named: Vec<Leak> = leaks.filter(|leak| leak.is_named(digits)).collect();
    // A whole finding tells more than a half of it; of several with one id, any tells what is needed.
    named.sort_by_key(|leak| (leak.fingerprint.as_str() != digits, std::cmp::Reverse(leak.values.len())));
    let same =
        |leak: &Leak| leak.id.as_ref().map(|id| &id.fingerprint) == named[0].id.as_ref().map(|id| &id.fingerprint);
    let one = named.first().is_some_and(|first| first.fingerprint.as_str() == digits || named.iter().all(same));
    if !one && !named.is_empty() {
        let list: Vec<&str> = named.iter().map(|leak| leak.fingerprint.as_str()).collect();
        let message = format!("'{digits}' is the beginning of several fingerprints: {}", list.join(", "));
        return Err(CliError::new(message).with_hint("write one of them whole"));
    }
    let none = || CliError::new(format!("no finding '{digits}' in {place}"));
    let leak = named.into_iter().next().ok_or_else(none)?;
    if !leak.is_access_key {
        let message = format!("{} is no access key of AWS ({}), and Keytrail cannot shut it off", digits, leak.rule_id);
        return Err(CliError::new(message).with_hint(leak.advice));
    }
    Ok(leak)
}

/// A line of findings, as far as it is of use.
#[derive(Deserialize)]
struct Line {
    #[serde(rename = "type")]
    kind: String,
    rule_id: Option<String>,
    fingerprint: Option<Fingerprint>,
    title: Option<String>,
    advice: Option<String>,
    repository: Option<String>,
    #[serde(default)]
    components: Vec<Part>,
    account_id: Option<String>,
    lifetime: Option<String>,
    introduced: Option<Commit>,
    verification: Option<Verdict>,
}

#[derive(Deserialize)]
struct Commit {
    date: String,
}

#[derive(Deserialize)]
struct Verdict {
    account_id: Option<String>,
    principal: Option<PrincipalKind>,
    owner: Option<Owner>,
}

#[derive(Deserialize)]
struct Owner {
    user: Option<String>,
}

#[derive(Deserialize)]
struct Part {
    kind: ComponentKind,
    rule_id: String,
    redacted: String,
    fingerprint: Fingerprint,
    value: Option<String>,
    path: Option<String>,
    place: String,
    line: u32,
    column: u32,
    blob: String,
    wrapped: Vec<String>,
}

/// All findings in the file at `path`; `-` is standard input.
pub(super) fn read(path: &Path) -> Result<Vec<Leak>, CliError> {
    let name = if path == Path::new("-") { "standard input".to_owned() } else { path.display().to_string() };
    let failed = |error: &io::Error| CliError::new(format!("cannot read {name}: {error}"));
    let input: Box<dyn BufRead> = if path == Path::new("-") {
        Box::new(io::stdin().lock())
    } else {
        Box::new(BufReader::new(File::open(path).map_err(|error| failed(&error))?))
    };
    let mut leaks = Vec::new();
    for (number, line) in (1..).zip(input.lines()) {
        let line = line.map_err(|error| failed(&error))?;
        if line.trim().is_empty() {
            continue;
        }
        let unreadable = |error: serde_json::Error| {
            // The error's own words may quote a value.
            let column = error.column();
            CliError::new(format!("{name}, line {number}: not a finding as Keytrail writes it (column {column})"))
                .with_hint("make one with `keytrail scan --format jsonl`")
        };
        let line: Line = serde_json::from_str(&line).map_err(unreadable)?;
        if ["finding", "suppressed"].contains(&line.kind.as_str()) {
            leaks.extend(line.leak());
        }
    }
    Ok(leaks)
}

impl Line {
    fn leak(self) -> Option<Leak> {
        let lifetime = match self.lifetime.as_deref() {
            Some("long_lived") => Some(Lifetime::LongLived),
            Some("temporary") => Some(Lifetime::Temporary),
            _ => None,
        };
        let id = self.components.iter().find(|part| part.kind == ComponentKind::AccessKeyId);
        let (account, principal, user) = match self.verification {
            Some(verdict) => (verdict.account_id, verdict.principal, verdict.owner.and_then(|owner| owner.user)),
            None => (None, None, None),
        };
        let account = self.account_id.or(account);
        let folder = self.repository.filter(|folder| Path::new(folder).is_dir());
        Some(Leak {
            fingerprint: self.fingerprint?,
            rule_id: self.rule_id?,
            title: self.title.unwrap_or_default(),
            redacted: id.map(|part| part.redacted.clone()),
            spot: id.map(|part| part.spot(folder)),
            lifetime,
            principal,
            user,
            introduced: self.introduced.map(|commit| commit.date),
            is_access_key: self.components.iter().any(|part| is_of_access_key(&part.kind)),
            advice: self.advice.unwrap_or_default(),
            values: self.components.iter().map(|part| part.fingerprint.clone()).collect(),
            id: id.map(|part| LeakedId {
                value: part.value.as_ref().map(|value| Secret::new(value.as_bytes())),
                fingerprint: part.fingerprint.clone(),
                rule_id: part.rule_id.clone(),
                account_id: account.clone(),
                lifetime,
            }),
            account,
        })
    }
}

impl Part {
    fn spot(&self, folder: Option<String>) -> Spot {
        // A path in a work tree counts from its root, which need not be the folder that was scanned.
        let is_there = |folder: &String| {
            self.place != "worktree" || self.path.as_ref().is_some_and(|path| Path::new(folder).join(path).is_file())
        };
        Spot {
            folder: folder.filter(is_there),
            place: self.place.clone(),
            path: self.path.clone(),
            object: self.blob.clone(),
            line: self.line,
            column: self.column,
            length: ID_LENGTH,
            wrapped: self.wrapped.clone(),
        }
    }
}
