//! `hook.toml`: what the server's administrator decided. `docs/hook.md` tells of every key.

mod effective;
mod error;
mod file;
mod overrides;

pub use effective::{Door, Effective};
pub use error::SettingsError;

use crate::policy::Config;
use overrides::{Changes, Override};
use serde::Deserialize;
use std::io;
use std::path::{Path, PathBuf};

/// Where the file is unless another one is named.
pub const SETTINGS_FILE: &str = "/etc/keytrail/hook.toml";

/// The verdict where there is none of the scan's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Fallback {
    /// The push is refused.
    Reject,
    /// The push is let in, with a warning.
    Accept,
}

/// What holds for all repositories of a server, and what is otherwise for some.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where every block and bypass is written down; `None`: nowhere.
    pub audit_log: Option<PathBuf>,
    /// Rule files besides the built-in rules.
    pub rules: Vec<PathBuf>,
    /// Values that are known.
    pub baseline: Option<PathBuf>,
    /// The key that fingerprints are made with; `None`: the public one.
    pub fingerprint_key: Option<PathBuf>,
    /// Objects larger than this many bytes are not held in memory whole.
    pub max_object_size: u64,
    /// How many bytes may come out of one object, besides as many as it has itself; `None`: nothing is decoded.
    pub max_decoded: Option<u64>,
    /// What the server allows.
    pub allow: Config,
    base: Changes,
    overrides: Vec<Override>,
}

impl Default for Settings {
    /// What holds without a file.
    fn default() -> Self {
        let scan = crate::scan::ScanOptions::default();
        Self {
            audit_log: None,
            rules: Vec::new(),
            baseline: None,
            fingerprint_key: None,
            max_object_size: scan.max_object_size,
            max_decoded: scan.unwrap.map(|limits| limits.bytes),
            allow: Config::default(),
            base: Changes::default(),
            overrides: Vec::new(),
        }
    }
}

impl Settings {
    /// Reads and checks the file at `path`. Relative paths in it start at its folder.
    ///
    /// # Errors
    ///
    /// A file that cannot be read, that every user of the machine may write, or that says something that has no meaning.
    pub fn read(path: &Path) -> Result<Self, SettingsError> {
        Self::parse(path, &error::read(path)?)
    }

    /// The same, if anything lies at `path`. A link that leads nowhere, or a folder that may not be looked into, is not nothing.
    ///
    /// # Errors
    ///
    /// As those of [`Settings::read`].
    pub fn read_if_there(path: &Path) -> Result<Option<Self>, SettingsError> {
        match path.symlink_metadata() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            _ => Self::read(path).map(Some),
        }
    }

    /// Checks `text`; `path` is for messages, and where relative paths start.
    ///
    /// # Errors
    ///
    /// As those of [`Settings::read`].
    pub fn parse(path: &Path, text: &str) -> Result<Self, SettingsError> {
        file::check(path, text)
    }

    /// What holds for a repository: `name` as [`super::Pusher`] has it, `path` its folder, without symbolic links.
    pub fn for_repository(&self, name: &str, path: &Path) -> Effective {
        let mine = self.overrides.iter().filter(|one| one.is_for(name, path)).cloned().collect();
        Effective::new(&self.base, mine)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Severity;
    use std::time::Duration;

    fn parse(text: &str) -> Result<Settings, String> {
        Settings::parse(Path::new("/etc/k/hook.toml"), text).map_err(|error| error.to_string())
    }

    fn repository(settings: &str, name: &str) -> Effective {
        parse(settings).unwrap().for_repository(name, Path::new("/srv/git/x.git"))
    }

    #[test]
    fn without_a_file_all_is_strict() {
        let settings = Settings::default();
        let effective = settings.for_repository("a", Path::new("/a"));
        assert_eq!(effective.deadline, Duration::from_secs(4));
        assert_eq!([effective.on_timeout, effective.on_error], [Fallback::Reject; 2]);
        assert!(!effective.inline_allow && !effective.repository_config && effective.search_history);
        let strict = Door { enabled: true, block: Severity::ALL.into(), bypass: false, contact: None };
        assert_eq!(effective.for_ref("refs/heads/main"), strict);
        assert_eq!((settings.max_object_size, settings.max_decoded), (64 << 20, Some(256 << 20)));
    }

    #[test]
    #[cfg(unix)]
    fn only_where_nothing_lies_the_defaults_hold() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::write(at("file"), "deadline = 1\n").unwrap();
        std::os::unix::fs::symlink("nowhere", at("link")).unwrap();
        assert!(Settings::read_if_there(&at("absent")).unwrap().is_none());
        assert!(Settings::read_if_there(&at("file")).unwrap().is_some());
        // The last is what a folder gives that may not be looked into, for root, too: an error, and not that of absence.
        for name in ["link", ".", "file/hook.toml"] {
            assert!(Settings::read_if_there(&at(name)).is_err(), "{name}");
        }
    }

    #[test]
    fn every_key_is_read_and_relative_paths_start_at_the_file() {
        let settings = parse(
            "deadline = 3.5\non-timeout = 'accept'\non-error = 'accept'\nblock = ['critical', 'high']\n\
             contact = ' us '\naudit-log = '/log'\nbypass = true\ninline-allow = true\nrepository-config = true\n\
             search-history = false\nrules = ['a.toml', '/b.toml']\nbaseline = 'b.json'\nfingerprint-key = 'key'\n\
             max-object-size = '1M'\nmax-decoded = '2M'\n[[allow]]\nrules = ['x']\nreason = 'r'\n",
        )
        .unwrap();
        assert_eq!(settings.rules, [Path::new("/etc/k/a.toml"), Path::new("/b.toml")]);
        assert_eq!(settings.baseline.as_deref(), Some(Path::new("/etc/k/b.json")));
        assert_eq!(settings.fingerprint_key.as_deref(), Some(Path::new("/etc/k/key")));
        assert_eq!(settings.audit_log.as_deref(), Some(Path::new("/log")));
        assert_eq!((settings.max_object_size, settings.max_decoded), (1 << 20, Some(2 << 20)));
        assert_eq!(settings.allow.allow[0].place, "/etc/k/hook.toml:16: allow entry 1");
        let effective = settings.for_repository("a", Path::new("/a"));
        assert_eq!(effective.deadline, Duration::from_millis(3500));
        assert_eq!([effective.on_timeout, effective.on_error], [Fallback::Accept; 2]);
        assert!(effective.inline_allow && effective.repository_config && !effective.search_history);
        let block = [Severity::Critical, Severity::High].into();
        let door = Door { enabled: true, block, bypass: true, contact: Some("us".to_owned()) };
        assert_eq!(effective.for_ref("refs/heads/main"), door);
        assert_eq!(parse("decode = false").unwrap().max_decoded, None);
    }

    #[test]
    fn every_mistake_is_named_with_file_line_and_entry_and_no_value_is_shown() {
        let pasted = ["wJal", "rXUtnFEMIxK7MDENG"].concat();
        for (bad, wanted) in [
            ("dead-line = 4", "unknown field `dead-line`"),
            ("deadline = 0.05", "`deadline` is a number of seconds from 0.1 to 3600"),
            ("deadline = 3601", "`deadline` is a number of seconds"),
            ("deadline = nan", "`deadline` is a number of seconds"),
            ("deadline = -4", "`deadline` is a number of seconds"),
            ("deadline = '#'", "expected f64"),
            ("on-timeout = '#'", "expected `reject` or `accept`"),
            ("block = ['#']", "expected one of"),
            ("block = '#'", "expected a sequence"),
            ("bypass = '#'", "expected a boolean"),
            ("contact = ''", "`contact` is one line"),
            ("contact = \"a\\nb\"", "`contact` is one line"),
            ("audit-log = 'log'", "`audit-log` is an absolute path"),
            ("bypass = true", "`bypass` needs an `audit-log`"),
            ("max-object-size = '#'", "write a number and a unit"),
            ("rules = '#'", "expected a sequence"),
            ("deadline = 4\ndeadline = 4", "duplicate key"),
            ("[[allow]]\nrules = ['a']", "allow entry 1: `reason` is missing"),
            ("[[allow]]\nfingerprints = ['#']\nreason = 'r'", "allow entry 1: a value in `fingerprints`"),
            ("[[override]]\nbypass = false", "override entry 1: it needs `repositories`, `refs` or both"),
            ("[[override]]\nrefs = ['refs/heads/a']", "override entry 1: it changes nothing"),
            ("[[override]]\nrefs = []\nblock = []", "override entry 1: `refs` is empty"),
            ("[[override]]\nrepositories = ['']\nblock = []", "override entry 1: a glob is empty"),
            ("[[override]]\nrepositories = ['a[']\nblock = []", "override entry 1: `a[` is not a glob"),
            ("[[override]]\nrefs = ['main']\nblock = []", "override entry 1: `main` matches no ref"),
            ("[[override]]\nrefs = ['refs/heads/a']\ndeadline = 4", "`deadline` holds for a push as a whole"),
            ("[[override]]\nrefs = ['refs/heads/a']\non-error = 'accept'", "`on-error` holds for a push as a whole"),
            (
                "[[override]]\nrefs = ['refs/heads/a']\ninline-allow = true",
                "`inline-allow` holds for a push as a whole",
            ),
            ("[[override]]\nrepositories = ['a']\nbypass = true", "override entry 1: `bypass` needs an `audit-log`"),
            ("[[override]]\nrepositories = ['a']\naudit-log = '/a'", "override entry 1: unknown field `audit-log`"),
            ("[[override]]\nrepositories = ['a']\nblock = ['#']", "override entry 1: expected one of"),
        ] {
            let error = parse(&format!("\n{}\n", bad.replace('#', &pasted))).unwrap_err();
            assert!(
                error.starts_with("/etc/k/hook.toml:") && error.contains(wanted),
                "{bad}\n{error}\n  wanted: {wanted}"
            );
            let line: usize = error.split(':').nth(1).unwrap().parse().unwrap();
            assert!((2..=bad.lines().count() + 1).contains(&line), "{bad}\n{error}");
            assert!(!error.contains(&pasted), "{error}");
        }
    }

    #[test]
    fn the_last_override_that_matches_decides_key_by_key() {
        let settings = "contact = 'all'\ndeadline = 2\n\
             [[override]]\nrepositories = ['team/**']\ncontact = 'team'\ndeadline = 3\n\
             [[override]]\nrepositories = ['team/app']\nblock = []\ndeadline = 5\n\
             [[override]]\nrefs = ['refs/heads/main']\nblock = ['low']\n\
             [[override]]\nrepositories = ['team/app']\nrefs = ['refs/heads/*']\ncontact = 'app'\n\
             [[override]]\nrepositories = ['/srv/git/x.git']\non-error = 'accept'\n";
        for (name, refname, deadline, block, contact) in [
            ("other", "refs/heads/x", 2, 4, "all"),
            ("other", "refs/heads/main", 2, 1, "all"),
            ("team/sub/x", "refs/heads/x", 3, 4, "team"),
            ("team/app", "refs/tags/x", 5, 0, "team"),
            ("team/app", "refs/heads/x", 5, 0, "app"),
            ("team/app", "refs/heads/main", 5, 1, "app"),
            ("team/app", "refs/heads/deep/x", 5, 0, "team"),
        ] {
            let effective = repository(settings, name);
            let door = effective.for_ref(refname);
            assert_eq!(effective.deadline.as_secs(), deadline, "{name} {refname}");
            assert_eq!((door.block.len(), door.contact.as_deref()), (block, Some(contact)), "{name} {refname}");
            assert_eq!(effective.on_error, Fallback::Accept, "by its folder");
        }
    }

    #[test]
    fn a_name_that_looks_like_a_path_is_no_path() {
        let settings = "[[override]]\nrepositories = ['/srv/git/open.git', 'open']\nblock = []\n";
        let blocks = |name: &str, path: &str| {
            let door = parse(settings).unwrap().for_repository(name, Path::new(path)).for_ref("refs/heads/a");
            !door.block.is_empty()
        };
        assert!(blocks("/srv/git/open.git", "/srv/git/closed.git"));
        assert!(blocks("closed", "open"));
        assert!(!blocks("open", "/srv/git/closed.git") && !blocks("x", "/srv/git/open.git"));
    }

    #[test]
    fn what_is_switched_off_is_not_watched() {
        let settings = "[[override]]\nrepositories = ['off']\nenabled = false\n\
             [[override]]\nrefs = ['refs/heads/wip/**']\nenabled = false\n\
             [[override]]\nrefs = ['refs/heads/main']\nenabled = true\n";
        let update = |name: &str| crate::model::RefUpdate { name: name.as_bytes().into(), old: None, new: None };
        let updates = ["refs/heads/main", "refs/heads/wip/a", "refs/tags/v1"].map(update);
        let watched = |name: &str| -> Vec<String> {
            repository(settings, name).watched(&updates).iter().map(crate::model::RefUpdate::name).collect()
        };
        assert_eq!(watched("on"), ["refs/heads/main", "refs/tags/v1"]);
        assert_eq!(watched("off"), ["refs/heads/main"]);
    }

    #[test]
    fn the_documented_examples_can_be_used_and_every_key_is_documented() {
        let page = include_str!("../../docs/hook.md");
        let examples: Vec<&str> = page
            .split("```toml\n")
            .skip(1)
            .filter_map(|rest| rest.split_once("```"))
            .map(|(example, _)| example)
            .collect();
        assert_eq!(examples.len(), 2);
        for example in examples {
            parse(example).unwrap();
        }
        let unknown = parse("x = 1").unwrap_err();
        let keys: Vec<&str> = unknown.split('`').skip(1).step_by(2).skip(1).collect();
        assert!(keys.len() > 15, "{unknown}");
        for key in keys {
            assert!(page.contains(&format!("`{key}`")) || page.contains(&format!("`[[{key}]]`")), "{key}");
        }
    }
}
