//! `.keytrail.toml`: what the user allows, why, and until when.
//!
//! ```toml
//! [[allow]]
//! paths = ["tests/fixtures/**"]     # globs from the repository's root; `*` stays within a folder, `**` does not
//! rules = ["aws-access-key-id"]     # rule ids
//! fingerprints = ["0123…cdef"]      # 32 hexadecimal digits, as in every report
//! commits = ["1a2b3c4d"]            # introducing commits: full ids, or unique prefixes of 7 digits and more
//! reason = "keys of the emulator"   # required
//! expires = 2027-06-30              # optional: the last day (UTC) on which the entry applies
//! ```
//!
//! An entry holds one or several of `paths`, `rules`, `fingerprints` and `commits`. All that it holds must match:
//!
//! * `paths`: *every* occurrence of every component lies under one of the globs. A value that also stands elsewhere, in
//!   a message or in a blob without a name is not hidden.
//! * `rules`: the finding's rule, or else the rules of all its components, are listed.
//! * `fingerprints`: likewise, with fingerprints.
//! * `commits`: *every* commit that introduced the value is listed, and there is one.

use super::error::{PolicyError, line_of};
use crate::model::{CommitRef, Finding, Fingerprint, Oid, Place};
use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use jiff::civil::Date;
use serde::Deserialize;
use std::collections::BTreeSet;
use std::path::Path;
use toml::Spanned;

/// Name of the file at the root of a work tree.
pub const CONFIG_FILE: &str = ".keytrail.toml";

/// Fewest hexadecimal digits of a commit's id that name it: git's own default for short ids.
const MIN_COMMIT_DIGITS: usize = 7;

/// What a configuration file allows, checked.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// Its entries, in order.
    pub allow: Vec<Allow>,
}

/// One `[[allow]]` entry. Criteria that the entry does not hold are `None`.
#[derive(Debug, Clone)]
pub struct Allow {
    /// Where it stands, for messages: `FILE:LINE: allow entry N`.
    pub place: String,
    /// Why the finding is no leak.
    pub reason: String,
    /// The last day on which the entry applies.
    pub expires: Option<Date>,
    /// Prefixes of commit ids, in lower case.
    pub commits: Option<Vec<String>>,
    paths: Option<GlobSet>,
    rules: Option<BTreeSet<String>>,
    fingerprints: Option<BTreeSet<Fingerprint>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawConfig {
    #[serde(default)]
    allow: Vec<Spanned<RawAllow>>,
}

/// An `[[allow]]` entry as it is written: [`Config::new`] checks it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawAllow {
    paths: Option<Vec<String>>,
    rules: Option<Vec<String>>,
    fingerprints: Option<Vec<String>>,
    commits: Option<Vec<String>>,
    reason: Option<String>,
    expires: Option<toml::Value>,
}

impl Config {
    /// Reads and checks the file at `path`.
    pub fn read(path: &Path) -> Result<Self, PolicyError> {
        Self::parse(path, &PolicyError::read(path)?)
    }

    /// Checks `text`; `path` is for messages.
    pub fn parse(path: &Path, text: &str) -> Result<Self, PolicyError> {
        let raw: RawConfig = toml::from_str(text).map_err(|error| PolicyError::toml(path, text, &error))?;
        Self::new(path, text, raw.allow)
    }

    /// Checks the entries of a file that holds other things, too; `path` and `text` are the file's.
    pub fn new(path: &Path, text: &str, entries: Vec<Spanned<RawAllow>>) -> Result<Self, PolicyError> {
        let check = |(index, entry): (usize, Spanned<RawAllow>)| {
            let (name, line) = (format!("allow entry {}", index + 1), line_of(text, entry.span().start));
            let place = format!("{}:{line}: {name}", path.display());
            Allow::check(entry.into_inner(), place)
                .map_err(|message| PolicyError::invalid(path, line, format!("{name}: {message}")))
        };
        Ok(Self { allow: entries.into_iter().enumerate().map(check).collect::<Result<_, _>>()? })
    }
}

impl Allow {
    fn check(raw: RawAllow, place: String) -> Result<Self, String> {
        let reason = raw.reason.unwrap_or_default().trim().to_owned();
        if reason.is_empty() {
            return Err("`reason` is missing: say why this is not a leak".into());
        }
        let criteria = [
            ("paths", &raw.paths),
            ("rules", &raw.rules),
            ("fingerprints", &raw.fingerprints),
            ("commits", &raw.commits),
        ];
        if criteria.iter().all(|(_, values)| values.is_none()) {
            return Err("it needs at least one of `paths`, `rules`, `fingerprints` and `commits`".into());
        }
        for (name, values) in criteria {
            if values.as_ref().is_some_and(|values| values.iter().all(|value| value.trim().is_empty())) {
                return Err(format!("`{name}` is empty"));
            }
        }
        Ok(Self {
            place,
            reason,
            expires: raw.expires.as_ref().map(date).transpose()?,
            commits: raw.commits.map(|ids| ids.iter().map(|id| commit_prefix(id)).collect()).transpose()?,
            paths: raw.paths.as_deref().map(globs).transpose()?,
            rules: raw.rules.map(BTreeSet::from_iter),
            fingerprints: raw.fingerprints.map(|all| all.iter().map(|one| fingerprint(one)).collect()).transpose()?,
        })
    }

    /// Whether the entry is over on the day `today`.
    pub fn expired(&self, today: Date) -> bool {
        self.expires.is_some_and(|last| last < today)
    }

    /// Whether everything the entry holds matches `finding`. Expiry and the uniqueness of commit prefixes are not
    /// looked at here: they are the same for all findings.
    pub fn matches(&self, finding: &Finding) -> bool {
        self.paths.as_ref().is_none_or(|globs| all_paths_match(globs, finding))
            && self.rules.as_ref().is_none_or(|rules| {
                rules.contains(&finding.rule_id) || finding.components.iter().all(|one| rules.contains(&one.rule_id))
            })
            && self.fingerprints.as_ref().is_none_or(|fingerprints| {
                fingerprints.contains(&finding.fingerprint)
                    || finding.components.iter().all(|one| fingerprints.contains(&one.fingerprint))
            })
            && self.commits.as_ref().is_none_or(|prefixes| {
                let mut ids = introductions(finding).map(|commit| commit.id.to_string()).peekable();
                ids.peek().is_some() && ids.all(|id| prefixes.iter().any(|prefix| id.starts_with(prefix.as_str())))
            })
    }

    /// The first prefix in `commits` that names more than one of `ids`.
    pub fn ambiguous_commit(&self, ids: &BTreeSet<Oid>) -> Option<&str> {
        let names = |prefix: &str| ids.iter().filter(|id| id.to_string().starts_with(prefix)).count();
        self.commits.iter().flatten().map(String::as_str).find(|prefix| names(prefix) > 1)
    }
}

/// Commits that introduced a component of `finding`.
pub(super) fn introductions(finding: &Finding) -> impl Iterator<Item = &CommitRef> {
    let of_components = finding.components.iter().flat_map(|one| &one.trace.introductions);
    finding.trace.introductions.iter().chain(of_components)
}

fn all_paths_match(globs: &GlobSet, finding: &Finding) -> bool {
    let allowed = |place: &Place| place.path().is_some_and(|path| globs.is_match(path_from(&path).as_ref()));
    finding.components.iter().all(|component| {
        allowed(&component.location.place) && component.trace.occurrences.iter().all(|one| allowed(&one.location.place))
    }) && finding.trace.occurrences.iter().all(|one| allowed(&one.location.place))
}

#[cfg(unix)]
fn path_from(bytes: &[u8]) -> std::borrow::Cow<'_, Path> {
    use std::os::unix::ffi::OsStrExt;
    Path::new(std::ffi::OsStr::from_bytes(bytes)).into()
}

#[cfg(not(unix))]
fn path_from(bytes: &[u8]) -> std::borrow::Cow<'_, Path> {
    std::path::PathBuf::from(String::from_utf8_lossy(bytes).into_owned()).into()
}

fn globs(patterns: &[String]) -> Result<GlobSet, String> {
    let mut set = GlobSetBuilder::new();
    for pattern in patterns {
        if pattern.starts_with('/') || pattern.starts_with("./") {
            return Err(format!("`{pattern}`: paths begin at the repository's root: leave the first `/` or `./` out"));
        }
        // A folder's name with its slash means what is in it, as in .gitignore.
        let whole = if pattern.ends_with('/') { format!("{pattern}**") } else { pattern.clone() };
        let glob = GlobBuilder::new(&whole).literal_separator(true).backslash_escape(true).build();
        set.add(glob.map_err(|error| format!("`{pattern}` is not a glob: {}", error.kind()))?);
    }
    set.build().map_err(|error| format!("the globs are too large together: {error}"))
}

fn commit_prefix(text: &str) -> Result<String, String> {
    let hex = text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if hex && (MIN_COMMIT_DIGITS..=64).contains(&text.len()) {
        Ok(text.to_ascii_lowercase())
    } else {
        Err(format!("`{text}` is not a commit's id: {MIN_COMMIT_DIGITS} hexadecimal digits or more"))
    }
}

fn fingerprint(text: &str) -> Result<Fingerprint, String> {
    // The text itself is not repeated: somebody may have put the secret there.
    Fingerprint::parse(text).ok_or_else(|| "a value in `fingerprints` is not 32 lower-case hexadecimal digits".into())
}

fn date(value: &toml::Value) -> Result<Date, String> {
    let text = match value {
        toml::Value::Datetime(date) => date.to_string(),
        toml::Value::String(text) => text.clone(),
        _ => String::new(),
    };
    let shaped = text.len() == "YYYY-MM-DD".len();
    let date = if shaped { text.parse().ok() } else { None };
    date.ok_or_else(|| "`expires` is not a date of the form YYYY-MM-DD".into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::sample;

    fn config(text: &str) -> Result<Config, String> {
        Config::parse(Path::new("k.toml"), text).map_err(|error| error.to_string())
    }

    fn one(criteria: &str) -> Allow {
        config(&format!("[[allow]]\n{criteria}\nreason = 'r'\n")).unwrap().allow.remove(0)
    }

    #[test]
    fn every_mistake_is_named_with_file_line_and_entry() {
        let good = "[[allow]]\nrules = ['a']\nreason = 'r'\n\n";
        for (bad, wanted) in [
            ("[[allow]]\nrules = ['a']\n", "k.toml:5: allow entry 2: `reason` is missing"),
            ("[[allow]]\nrules = ['a']\nreason = ' '\n", "k.toml:5: allow entry 2: `reason` is missing"),
            ("[[allow]]\nreason = 'r'\n", "k.toml:5: allow entry 2: it needs at least one of"),
            ("[[allow]]\nreason = 'r'\npaths = []\n", "k.toml:5: allow entry 2: `paths` is empty"),
            ("[[allow]]\nreason = 'r'\nrule = ['a']\n", "k.toml:7: allow entry 2: unknown field `rule`"),
            ("[[allow]]\nreason = 'r'\ncommits = ['12345']\n", "`12345` is not a commit's id"),
            ("[[allow]]\nreason = 'r'\nfingerprints = ['beef']\n", "is not 32 lower-case hexadecimal digits"),
            ("[[allow]]\nreason = 'r'\npaths = ['a[']\n", "`a[` is not a glob"),
            ("[[allow]]\nreason = 'r'\npaths = ['/a']\n", "begin at the repository's root"),
            ("[[allow]]\nreason = 'r'\nrules = ['a']\nexpires = 'soon'\n", "not a date of the form YYYY-MM-DD"),
            ("[[allow]]\nreason = 'r'\nrules = ['a']\nexpires = 2026-01-01T00:00:00Z\n", "not a date of the form"),
            ("[[allow]]\nreason = = 'r'\n", "k.toml:6: allow entry 2: "),
        ] {
            let error = config(&format!("{good}{bad}")).unwrap_err();
            assert!(error.contains(wanted), "{error}\n  wanted: {wanted}");
        }
        assert!(config("allowed = 1").unwrap_err().starts_with("k.toml:1: unknown field `allowed`"));
    }

    #[test]
    fn a_pasted_secret_is_not_repeated_in_the_error() {
        let pasted = ["wJal", "rXUtnFEMIxK7MDENG"].concat();
        let error = config(&format!("[[allow]]\nreason = 'r'\nfingerprints = ['{pasted}']\n")).unwrap_err();
        assert!(!error.contains(&pasted), "{error}");
    }

    #[test]
    fn a_path_entry_hides_only_what_stands_nowhere_else() {
        let entry = one("paths = ['tests/**', 'doc/*.md']");
        assert!(entry.matches(&sample::finding(&["tests/a/b.txt", "doc/x.md"])));
        assert!(!entry.matches(&sample::finding(&["tests/a.txt", "src/a.txt"])));
        assert!(!entry.matches(&sample::finding(&["doc/deep/x.md"])), "`*` stays within a folder");
        assert!(one("paths = ['tests/']").matches(&sample::finding(&["tests/a/b"])));

        let mut in_message = sample::finding(&["tests/a"]);
        in_message.components[0].trace.occurrences[0].location.place = Place::Commit;
        assert!(!entry.matches(&in_message));
        let mut unnamed = sample::finding(&["tests/a"]);
        unnamed.components[1].location.place = Place::Unnamed;
        assert!(!entry.matches(&unnamed));
    }

    #[test]
    fn rules_and_fingerprints_match_the_finding_or_all_its_components() {
        let finding = sample::finding(&["a"]);
        assert!(one("rules = ['aws-access-key']").matches(&finding));
        assert!(one("rules = ['aws-access-key-id', 'aws-secret-access-key']").matches(&finding));
        assert!(!one("rules = ['aws-access-key-id']").matches(&finding));

        let [id, secret] = [0, 1].map(|at| finding.components[at].fingerprint.clone());
        assert!(one(&format!("fingerprints = ['{}']", finding.fingerprint)).matches(&finding));
        assert!(one(&format!("fingerprints = ['{id}', '{secret}']")).matches(&finding));
        assert!(!one(&format!("fingerprints = ['{id}']")).matches(&finding), "a new secret for an old id shows");
    }

    #[test]
    fn a_commit_entry_needs_every_introduction_and_at_least_one() {
        let mut finding = sample::finding(&["a"]);
        let [first, second] = [sample::commit(1), sample::commit(2)];
        let listed = |ids: &[&str]| one(&format!("commits = {ids:?}"));
        assert!(!listed(&[&first.id.to_string()]).matches(&finding), "no commit introduced it");
        finding.components[0].trace.introductions.push(first.clone());
        assert!(listed(&[&first.id.to_string()[..7]]).matches(&finding));
        finding.components[1].trace.introductions.push(second.clone());
        assert!(!listed(&[&first.id.to_string()]).matches(&finding));
        assert!(listed(&[&first.id.to_string(), &second.id.to_string().to_uppercase()]).matches(&finding));
    }

    #[test]
    fn all_criteria_of_an_entry_must_match() {
        let entry = one("paths = ['tests/**']\nrules = ['aws-access-key']");
        assert!(entry.matches(&sample::finding(&["tests/a"])));
        assert!(!entry.matches(&sample::finding(&["src/a"])));
    }

    #[test]
    fn an_entry_applies_on_its_last_day_and_not_after() {
        for written in ["2026-11-24", "'2026-11-24'"] {
            let entry = one(&format!("rules = ['a']\nexpires = {written}"));
            assert!(!entry.expired(jiff::civil::date(2026, 11, 24)));
            assert!(entry.expired(jiff::civil::date(2026, 11, 25)));
        }
    }
}
