//! What is to be scanned, and which configuration stands beside it.

use crate::git::mirror;
use crate::policy::CONFIG_FILE;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// A repository as the user named it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    /// A folder.
    Path(PathBuf),
    /// A repository to be mirrored first.
    Url(String),
}

impl Target {
    /// A URL if it looks like one. What is there as a folder is a folder, whatever it looks like.
    pub(super) fn new(argument: &OsStr) -> Self {
        match argument.to_str() {
            Some(text) if mirror::is_url(text) && !Path::new(text).exists() => Self::Url(text.to_owned()),
            _ => Self::Path(argument.into()),
        }
    }

    /// For the report and for messages: never with a password.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Path(path) => path.display().to_string(),
            Self::Url(url) => mirror::display(url),
        }
    }
}

/// The configuration file at the root of the work tree that `path` lies in, if there is one. A bare repository has none.
pub(super) fn config_beside(path: &Path) -> Option<PathBuf> {
    let config = if path.join(".git").exists() {
        // The short name: it is what messages show.
        if path == Path::new(".") { PathBuf::from(CONFIG_FILE) } else { path.join(CONFIG_FILE) }
    } else {
        work_tree(&path.canonicalize().ok()?)?.join(CONFIG_FILE)
    };
    config.exists().then_some(config)
}

fn work_tree(path: &Path) -> Option<&Path> {
    for folder in path.ancestors() {
        if folder.join(".git").exists() {
            return Some(folder);
        }
        if folder.join("HEAD").is_file() && folder.join("objects").is_dir() {
            // Inside of a repository's own folder: what lies above it matters only if it is that work tree's `.git`.
            return (folder.file_name() == Some(OsStr::new(".git"))).then(|| folder.parent()).flatten();
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn the_configuration_is_that_of_the_work_tree_and_of_no_other() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path().canonicalize().unwrap();
        for git in [".git", "bare.git"] {
            fs::create_dir_all(root.join(git).join("objects")).unwrap();
            fs::write(root.join(git).join("HEAD"), "").unwrap();
        }
        fs::create_dir_all(root.join("src/deep")).unwrap();
        assert_eq!(config_beside(&root), None);
        fs::write(root.join(CONFIG_FILE), "").unwrap();
        for path in [root.clone(), root.join("src/deep"), root.join(".git")] {
            assert_eq!(config_beside(&path), Some(root.join(CONFIG_FILE)), "{}", path.display());
        }
        assert_eq!(config_beside(&root.join("bare.git")), None);
        assert_eq!(config_beside(&root.join("absent")), None);
    }

    #[test]
    fn urls_are_told_from_folders() {
        assert_eq!(Target::new(OsStr::new("src")), Target::Path("src".into()));
        let url = Target::new(OsStr::new("https://u:p@example.org/a.git"));
        assert_eq!(url.name(), "https://example.org/a.git");
        assert!(matches!(Target::new(OsStr::new("git@example.org:a/b.git")), Target::Url(_)));
    }
}
