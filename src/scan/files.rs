//! The files below a folder.

use super::texts::Content;
use crate::model::{Gap, GapKind};
use ignore::{WalkBuilder, WalkState};
use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

/// Which files are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    /// All there are.
    All,
    /// Those of a work tree: none of the git folder.
    WorkTree,
    /// Of these, those that git does not ignore.
    NotIgnored,
}

/// Paths from the folder on, with `/` between names, each with where to read it; what cannot be listed.
pub(super) type Files = (BTreeMap<Vec<u8>, Content>, Vec<Gap>);

/// Lists the files below `root` with several threads. Links are not followed; files that are neither regular nor links
/// (pipes, devices) are left out.
pub(super) fn list(root: &Path, which: Which) -> io::Result<Files> {
    // A link that the user names is what it leads to.
    let root = root.canonicalize()?;
    let mut builder = WalkBuilder::new(&root);
    let ignoring = which == Which::NotIgnored;
    builder.standard_filters(false).git_ignore(ignoring).git_exclude(ignoring).git_global(ignoring).parents(ignoring);
    builder.threads(rayon::current_num_threads());
    if which != Which::All {
        builder.filter_entry(|entry| entry.file_name() != ".git");
    }
    let found = Mutex::new(Files::default());
    builder.build_parallel().run(|| {
        Box::new(|entry| {
            let mut found = found.lock().unwrap_or_else(PoisonError::into_inner);
            match entry {
                Ok(entry) => {
                    let path = entry.path().to_owned();
                    let kind = entry.file_type();
                    if let Some(content) = kind.and_then(|kind| content(kind, path)) {
                        found.0.insert(bytes_of(&root, entry.path()), content);
                    }
                }
                Err(error) => found.1.push(unreadable(&root, &error)),
            }
            WalkState::Continue
        })
    });
    Ok(found.into_inner().unwrap_or_else(PoisonError::into_inner))
}

/// Regular files, for those who only read them.
#[derive(Debug, Default)]
pub struct Listed {
    /// Each with its path from the folder on, sorted.
    pub files: Vec<(Vec<u8>, PathBuf)>,
    /// What could not be listed.
    pub gaps: Vec<Gap>,
}

/// The regular files below a folder that git does not ignore, and those that are tracked all the same, by their paths from
/// `root` on, which is the folder itself or one above it. `tracked` is by paths from `root` on, too.
///
/// # Errors
///
/// That the folder cannot be read.
pub fn worth_reading(folder: &Path, root: &Path, tracked: Vec<Vec<u8>>) -> io::Result<Listed> {
    let (folder, root) = (folder.canonicalize()?, root.canonicalize()?);
    let (mut found, gaps) = list(&folder, Which::NotIgnored)?;
    let below = bytes_of(&root, &folder);
    let prefix = if below.is_empty() { below } else { [below.as_slice(), b"/"].concat() };
    for path in tracked {
        if let Some(name) = path.strip_prefix(prefix.as_slice())
            && !found.contains_key(name)
            && let Ok(text) = std::str::from_utf8(name)
            && let Some(content) = at(&folder.join(text))
        {
            found.insert(name.to_vec(), content);
        }
    }
    let files = found.into_iter().filter_map(|(path, content)| match content {
        Content::File(file) => Some(([prefix.as_slice(), &path].concat(), file)),
        Content::Link(_) | Content::Bytes(_) => None,
    });
    Ok(Listed { files: files.collect(), gaps })
}

/// How to read the file at `path`, if it is there and has a text.
pub(super) fn at(path: &Path) -> Option<Content> {
    content(fs::symlink_metadata(path).ok()?.file_type(), path.to_owned())
}

fn content(kind: fs::FileType, path: PathBuf) -> Option<Content> {
    if kind.is_file() { Some(Content::File(path)) } else { kind.is_symlink().then_some(Content::Link(path)) }
}

/// `path` from `root` on.
pub(super) fn bytes_of(root: &Path, path: &Path) -> Vec<u8> {
    let path = path.strip_prefix(root).unwrap_or(path);
    let names: Vec<_> = path.iter().map(std::ffi::OsStr::as_encoded_bytes).collect();
    names.join(&b'/')
}

fn unreadable(root: &Path, error: &ignore::Error) -> Gap {
    let mut at = error;
    let path = loop {
        match at {
            ignore::Error::WithPath { path, .. } => break path.as_path(),
            ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => at = err,
            _ => break root,
        }
    };
    let detail = error.io_error().map_or_else(|| error.to_string(), ToString::to_string);
    Gap { kind: GapKind::UnreadableFile, subject: path.display().to_string(), detail }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_files_are_listed_and_ignored_ones_only_on_demand() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("tree");
        for (path, text) in [
            (".git/HEAD", "x"),
            (".gitignore", "*.log\n"),
            (".ignore", "a\n"),
            ("a", ""),
            ("b/c.log", ""),
            ("b/.d", ""),
        ] {
            fs::create_dir_all(root.join(path).parent().unwrap()).unwrap();
            fs::write(root.join(path), text).unwrap();
        }
        let listed = |which| -> Vec<String> {
            let (files, gaps) = list(&root, which).unwrap();
            assert!(gaps.is_empty());
            files.into_keys().map(|path| String::from_utf8(path).unwrap()).collect()
        };
        assert_eq!(listed(Which::NotIgnored), [".gitignore", ".ignore", "a", "b/.d"]);
        assert_eq!(listed(Which::WorkTree), [".gitignore", ".ignore", "a", "b/.d", "b/c.log"]);
        assert_eq!(listed(Which::All), [".git/HEAD", ".gitignore", ".ignore", "a", "b/.d", "b/c.log"]);
    }
}
