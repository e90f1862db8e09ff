//! Repositories below a folder.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// What a folder holds.
#[derive(Debug, Default)]
pub struct Repositories {
    /// Bare repositories, sorted.
    pub bare: Vec<PathBuf>,
    /// What was passed over, and why.
    pub skipped: Vec<(PathBuf, &'static str)>,
    /// What could not be looked into.
    pub unread: Vec<(PathBuf, io::Error)>,
}

impl Repositories {
    /// The folder that git keeps the repository `path` in: itself if it is bare, or its `.git`.
    pub(super) fn git_dir(path: &Path) -> Option<PathBuf> {
        let inner = path.join(".git");
        [path, &inner].into_iter().find(|folder| is_repository(folder)).map(Path::to_path_buf)
    }
}

/// Looks for bare repositories in `folder` and everything below it, in the order of their names. Links are not followed:
/// they may lead out of the folder or in a circle. Nor is anything looked for inside a repository.
pub fn repositories_below(folder: &Path) -> Repositories {
    let mut found = Repositories::default();
    let mut waiting = vec![folder.to_path_buf()];
    while let Some(folder) = waiting.pop() {
        if is_repository(&folder) {
            found.bare.push(folder);
        } else if folder.join(".git").exists() {
            found.skipped.push((folder, "it has a work tree"));
        } else {
            match list(&folder) {
                Ok((mut folders, links)) => {
                    folders.sort_by(|a, b| b.cmp(a)); // the first comes out first
                    waiting.extend(folders);
                    found.skipped.extend(links.into_iter().map(|link| (link, "it is a link")));
                }
                Err(error) => found.unread.push((folder, error)),
            }
        }
    }
    found.bare.sort();
    found.skipped.sort();
    found
}

/// The folders in `folder`, and the links to folders.
fn list(folder: &Path) -> io::Result<(Vec<PathBuf>, Vec<PathBuf>)> {
    let (mut folders, mut links) = (Vec::new(), Vec::new());
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() {
            folders.push(entry.path());
        } else if kind.is_symlink() && entry.path().is_dir() {
            links.push(entry.path());
        }
    }
    Ok((folders, links))
}

/// What git itself looks for.
fn is_repository(folder: &Path) -> bool {
    folder.join("HEAD").symlink_metadata().is_ok() && folder.join("objects").is_dir() && folder.join("refs").is_dir()
}
