//! What is to be scanned, and which configuration stands beside it.

use crate::git::{Binding, mirror};
use crate::policy::CONFIG_FILE;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// What is to be scanned, as the user named it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    /// A folder, or nothing at all.
    Path(PathBuf),
    /// A file.
    File(PathBuf),
    /// Standard input.
    Stdin,
    /// A repository to be mirrored first.
    Url(String),
}

impl Target {
    /// A URL if it looks like one. What is there as a folder is a folder, whatever it looks like.
    pub(super) fn new(argument: &OsStr) -> Self {
        let path = Path::new(argument);
        match argument.to_str() {
            Some("-") => Self::Stdin,
            Some(text) if mirror::is_url(text) && !Path::new(text).exists() => Self::Url(text.to_owned()),
            // The `.git` of a linked work tree is a file that leads to a repository.
            _ if path.exists() && !path.is_dir() && path.file_name() != Some(OsStr::new(".git")) => {
                Self::File(argument.into())
            }
            _ => Self::Path(argument.into()),
        }
    }

    /// For the report and for messages: never with a password.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Path(path) | Self::File(path) => path.display().to_string(),
            Self::Stdin => "standard input".to_owned(),
            Self::Url(url) => mirror::display(url),
        }
    }
}

/// What git's environment says of the repository here.
pub(super) fn binding() -> Binding {
    let path = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    Binding { git_dir: path("GIT_DIR"), work_tree: path("GIT_WORK_TREE"), index: path("GIT_INDEX_FILE") }
}

/// Where to read a file, and the folder from which its path counts: the root of its work tree, or else the folder it is
/// in.
pub(super) fn file_and_base(path: &Path) -> (PathBuf, PathBuf) {
    // What is no regular file may have no other name: a pipe of the shell's.
    let real = if path.is_file() { path.canonicalize().unwrap_or_else(|_| path.to_owned()) } else { path.to_owned() };
    let folder = real.parent().unwrap_or(Path::new(""));
    let base = work_tree(folder).unwrap_or(folder).to_owned();
    (real, base)
}

/// The configuration file at the root of the work tree that `path` lies in, or in the folder itself if it is in no
/// repository. A bare repository has none.
pub(super) fn config_beside(path: &Path) -> Option<PathBuf> {
    let config = if path.join(".git").exists() {
        // The short name: it is what messages show.
        if path == Path::new(".") { PathBuf::from(CONFIG_FILE) } else { path.join(CONFIG_FILE) }
    } else {
        let path = path.canonicalize().ok()?;
        let is_bare = path.ancestors().any(is_git_folder);
        work_tree(&path).or_else(|| (!is_bare).then_some(&*path))?.join(CONFIG_FILE)
    };
    config.exists().then_some(config)
}

fn work_tree(path: &Path) -> Option<&Path> {
    for folder in path.ancestors() {
        if folder.join(".git").exists() {
            return Some(folder);
        }
        if is_git_folder(folder) {
            // Inside of a repository's own folder: what lies above it matters only if it is that work tree's `.git`.
            return (folder.file_name() == Some(OsStr::new(".git"))).then(|| folder.parent()).flatten();
        }
    }
    None
}

/// Whether a folder is that of a repository itself, as bare ones are.
pub(super) fn is_git_folder(folder: &Path) -> bool {
    folder.join("HEAD").is_file() && folder.join("objects").is_dir()
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
        let plain = tempfile::tempdir().unwrap();
        let plain = plain.path().canonicalize().unwrap();
        fs::write(plain.join(CONFIG_FILE), "").unwrap();
        assert_eq!(config_beside(&plain), Some(plain.join(CONFIG_FILE)));
        assert_eq!(file_and_base(&root.join("src/deep")).1, root);
        assert_eq!(file_and_base(&plain.join(CONFIG_FILE)), (plain.join(CONFIG_FILE), plain));
    }

    #[test]
    fn urls_are_told_from_folders() {
        assert_eq!(Target::new(OsStr::new("src")), Target::Path("src".into()));
        assert_eq!(Target::new(OsStr::new("Cargo.toml")), Target::File("Cargo.toml".into()));
        assert_eq!(Target::new(OsStr::new("-")), Target::Stdin);
        let url = Target::new(OsStr::new("https://u:p@example.org/a.git"));
        assert_eq!(url.name(), "https://example.org/a.git");
        assert!(matches!(Target::new(OsStr::new("git@example.org:a/b.git")), Target::Url(_)));
    }
}
