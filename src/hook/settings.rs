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
