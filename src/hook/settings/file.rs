//! The file as it is written, and what is checked of it.

use super::overrides::{Changes, Override, Repositories};
use super::{Fallback, Settings, SettingsError};
use crate::model::Severity;
use crate::policy::{Config, PolicyError, RawAllow, line_of, parse_size};
use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use serde::Deserialize;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;
use toml::Spanned;

/// Most characters of a contact: a few lines of a terminal.
const MAX_CONTACT: usize = 300;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawSettings {
    deadline: Option<Seconds>,
    on_timeout: Option<Fallback>,
    on_error: Option<Fallback>,
    block: Option<BTreeSet<Severity>>,
    contact: Option<Contact>,
    bypass: Option<Spanned<bool>>,
    inline_allow: Option<bool>,
    repository_config: Option<bool>,
    search_history: Option<bool>,
    audit_log: Option<LogPath>,
    #[serde(default)]
    rules: Vec<PathBuf>,
    baseline: Option<PathBuf>,
    fingerprint_key: Option<PathBuf>,
    max_object_size: Option<Size>,
    max_decoded: Option<Size>,
    decode: Option<bool>,
    #[serde(default)]
    allow: Vec<Spanned<RawAllow>>,
    #[serde(default, rename = "override")]
    overrides: Vec<Spanned<RawOverride>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawOverride {
    repositories: Option<Vec<String>>,
    refs: Option<Vec<String>>,
    enabled: Option<bool>,
    deadline: Option<Seconds>,
    on_timeout: Option<Fallback>,
    on_error: Option<Fallback>,
    block: Option<BTreeSet<Severity>>,
    contact: Option<Contact>,
    bypass: Option<bool>,
    inline_allow: Option<bool>,
    repository_config: Option<bool>,
    search_history: Option<bool>,
}

/// A time that the hook may take.
#[derive(Deserialize)]
#[serde(try_from = "f64")]
struct Seconds(Duration);

impl TryFrom<f64> for Seconds {
    type Error = &'static str;

    fn try_from(seconds: f64) -> Result<Self, Self::Error> {
        let range = 0.1..=3600.0;
        let duration = range.contains(&seconds).then(|| Duration::from_secs_f64(seconds));
        duration.map(Self).ok_or("`deadline` is a number of seconds from 0.1 to 3600")
    }
}

#[derive(Deserialize)]
#[serde(try_from = "String")]
struct Size(u64);

impl TryFrom<String> for Size {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        parse_size(&text).map(Self)
    }
}

#[derive(Deserialize)]
#[serde(try_from = "String")]
struct Contact(String);

impl TryFrom<String> for Contact {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let fits = (1..=MAX_CONTACT).contains(&text.trim().chars().count()) && !text.contains(char::is_control);
        let error = || format!("`contact` is one line of 1 to {MAX_CONTACT} characters");
        fits.then(|| Self(text.trim().to_owned())).ok_or_else(error)
    }
}

/// Git changes the folder before it runs a hook: a relative path would lead into the repository.
#[derive(Deserialize)]
#[serde(try_from = "PathBuf")]
struct LogPath(PathBuf);

impl TryFrom<PathBuf> for LogPath {
    type Error = &'static str;

    fn try_from(path: PathBuf) -> Result<Self, Self::Error> {
        if path.is_absolute() { Ok(Self(path)) } else { Err("`audit-log` is an absolute path") }
    }
}

pub(super) fn check(path: &Path, text: &str) -> Result<Settings, SettingsError> {
    let raw: RawSettings = toml::from_str(text).map_err(|error| PolicyError::toml(path, text, &error))?;
    let invalid =
        |at: usize, message: String| SettingsError::Invalid { path: path.to_owned(), line: line_of(text, at), message };
    let unlogged = || "`bypass` needs an `audit-log`: what passes by it must be written down".to_owned();
    let logged = raw.audit_log.is_some();
    if let Some(bypass) = raw.bypass.as_ref().filter(|bypass| *bypass.get_ref() && !logged) {
        return Err(invalid(bypass.span().start, unlogged()));
    }
    let mut overrides = Vec::with_capacity(raw.overrides.len());
    for (index, entry) in raw.overrides.into_iter().enumerate() {
        let at = entry.span().start;
        let entry = entry.into_inner();
        let checked = if entry.bypass == Some(true) && !logged { Err(unlogged()) } else { entry.check() };
        let name = |message: String| invalid(at, format!("override entry {}: {message}", index + 1));
        overrides.push(checked.map_err(name)?);
    }
    let folder = path.parent().unwrap_or(Path::new(""));
    let beside = |path: PathBuf| folder.join(path);
    let defaults = Settings::default();
    let max_decoded = raw.max_decoded.map(|size| size.0).or(defaults.max_decoded);
    Ok(Settings {
        audit_log: raw.audit_log.map(|path| path.0),
        rules: raw.rules.into_iter().map(beside).collect(),
        baseline: raw.baseline.map(beside),
        fingerprint_key: raw.fingerprint_key.map(beside),
        max_object_size: raw.max_object_size.map_or(defaults.max_object_size, |size| size.0),
        max_decoded: max_decoded.filter(|_| raw.decode != Some(false)),
        allow: Config::new(path, text, raw.allow)?,
        base: Changes {
            enabled: None,
            deadline: raw.deadline.map(|seconds| seconds.0),
            on_timeout: raw.on_timeout,
            on_error: raw.on_error,
            block: raw.block,
            contact: raw.contact.map(|contact| contact.0),
            bypass: raw.bypass.map(Spanned::into_inner),
            inline_allow: raw.inline_allow,
            repository_config: raw.repository_config,
            search_history: raw.search_history,
        },
        overrides,
    })
}

impl RawOverride {
    fn check(self) -> Result<Override, String> {
        if self.repositories.is_none() && self.refs.is_none() {
            return Err("it needs `repositories`, `refs` or both".into());
        }
        // A push is scanned once, whatever its refs.
        let of_the_push = [
            ("deadline", self.deadline.is_some()),
            ("on-timeout", self.on_timeout.is_some()),
            ("on-error", self.on_error.is_some()),
            ("inline-allow", self.inline_allow.is_some()),
            ("repository-config", self.repository_config.is_some()),
            ("search-history", self.search_history.is_some()),
        ];
        if let Some((key, _)) = of_the_push.iter().find(|(_, given)| *given && self.refs.is_some()) {
            return Err(format!("`{key}` holds for a push as a whole, not for some of its refs"));
        }
        let changes = Changes {
            enabled: self.enabled,
            deadline: self.deadline.map(|seconds| seconds.0),
            on_timeout: self.on_timeout,
            on_error: self.on_error,
            block: self.block,
            contact: self.contact.map(|contact| contact.0),
            bypass: self.bypass,
            inline_allow: self.inline_allow,
            repository_config: self.repository_config,
            search_history: self.search_history,
        };
        if changes.is_empty() {
            return Err("it changes nothing".into());
        }
        Ok(Override {
            repositories: self.repositories.as_deref().map(repositories).transpose()?,
            refs: self.refs.as_deref().map(refs).transpose()?,
            changes,
        })
    }
}

fn repositories(patterns: &[String]) -> Result<Repositories, String> {
    let (paths, names): (Vec<&str>, Vec<&str>) =
        patterns.iter().map(String::as_str).partition(|pattern| pattern.starts_with('/'));
    if patterns.is_empty() {
        return Err("`repositories` is empty".into());
    }
    Ok(Repositories { names: globs(&names)?, paths: globs(&paths)? })
}

fn refs(patterns: &[String]) -> Result<GlobSet, String> {
    let patterns: Vec<&str> = patterns.iter().map(String::as_str).collect();
    if patterns.is_empty() {
        return Err("`refs` is empty".into());
    }
    if let Some(short) = patterns.iter().find(|pattern| !pattern.starts_with("refs/")) {
        return Err(format!("`{short}` matches no ref: write full names, as `refs/heads/main` or `refs/tags/**`"));
    }
    globs(&patterns)
}

fn globs(patterns: &[&str]) -> Result<GlobSet, String> {
    let mut set = GlobSetBuilder::new();
    for pattern in patterns {
        if pattern.trim().is_empty() {
            return Err("a glob is empty".into());
        }
        let whole = if pattern.ends_with('/') { format!("{pattern}**") } else { (*pattern).to_owned() };
        let glob = GlobBuilder::new(&whole).literal_separator(true).backslash_escape(true).build();
        set.add(glob.map_err(|error| format!("`{pattern}` is not a glob: {}", error.kind()))?);
    }
    set.build().map_err(|error| format!("the globs are too large together: {error}"))
}
