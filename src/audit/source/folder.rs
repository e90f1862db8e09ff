//! Every repository below a folder.

use super::collector::{Collector, Told};
use super::listing::{Address, Listed};
use super::problem::{Problem, ProblemKind};
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

/// How deep folders are looked into. Hosts keep repositories two or three deep, GitLab's nested groups go to 20.
const MAX_DEPTH: usize = 64;

/// Adds the repositories below `root`, in the order of their paths. Links are not followed, and what lies inside a repository
/// is part of it.
///
/// # Errors
/// The folder itself cannot be read, or the search was stopped.
pub(super) fn list(root: &Path, cancel: &AtomicBool, into: &mut Collector<'_>) -> Result<(), Problem> {
    let unreadable = |path: &Path, error: std::io::Error| {
        Problem::new(ProblemKind::Unreadable, path.display().to_string(), error.to_string())
    };
    let root = root.canonicalize().map_err(|error| unreadable(root, error))?;
    if is_repository(&root) {
        into.add(told(&root, &root));
        return Ok(());
    }
    let mut waiting = vec![(root.clone(), 0)];
    while let Some((folder, depth)) = waiting.pop() {
        if cancel.load(Relaxed) {
            return Err(Problem::new(ProblemKind::Interrupted, root.display().to_string(), "interrupted"));
        }
        let entries = fs::read_dir(&folder).and_then(Iterator::collect::<Result<Vec<_>, _>>);
        let mut entries = match entries {
            Ok(entries) => entries,
            Err(error) if folder == root => return Err(unreadable(&root, error)),
            Err(error) => {
                into.problem(unreadable(&folder, error));
                continue;
            }
        };
        // Downwards, since the last one is the next to be looked at.
        entries.sort_by_key(|entry| std::cmp::Reverse(entry.file_name()));
        for entry in entries {
            let path = entry.path();
            match entry.file_type() {
                Ok(kind) if !kind.is_dir() => {}
                Ok(_) if depth >= MAX_DEPTH => {
                    let detail = format!("lies more than {MAX_DEPTH} folders deep: not looked into");
                    into.problem(Problem::new(ProblemKind::Unreadable, path.display().to_string(), detail));
                }
                Ok(_) => waiting.push((path, depth + 1)),
                Err(error) => into.problem(unreadable(&path, error)),
            }
        }
        // Looked at when their turn comes, so that all are told in the order of their paths.
        while let Some((folder, _)) = waiting.pop_if(|(folder, _)| is_repository(folder)) {
            into.add(told(&root, &folder));
        }
    }
    Ok(())
}

/// A bare repository or a work tree: `.git` is a folder, or a file that leads to one. A linked work tree's objects are those
/// of another repository, and are read all the same: that one may lie elsewhere.
pub(super) fn is_repository(folder: &Path) -> bool {
    // One without HEAD is broken, and to be named as that.
    let is_bare = |folder: &Path| {
        folder.join("objects").is_dir() && (folder.join("HEAD").is_file() || folder.join("refs").is_dir())
    };
    let git = folder.join(".git");
    is_bare(folder) || git.is_file() || is_bare(&git)
}

/// The repository at `folder`, named by its path below `root`.
pub(super) fn told(root: &Path, folder: &Path) -> Told {
    let below = folder.strip_prefix(root).ok().filter(|path| !path.as_os_str().is_empty());
    let name = below.unwrap_or_else(|| folder.file_name().map_or(folder, Path::new));
    let listed = Listed {
        id: Address::Folder(folder.to_owned()).to_text(),
        name: name.display().to_string(),
        address: Address::Folder(folder.to_owned()),
        web_url: None,
        archived: false,
        fork: false,
        parent: None,
        wiki_of: None,
        empty: None,
        moved_from: None,
        size: None,
        default_branch: None,
        pushed_at: None,
    };
    Told { listed, wiki: None }
}

#[cfg(test)]
mod tests {
    use super::super::{ListOptions, Listing};
    use super::*;

    fn bare(path: &Path) {
        fs::create_dir_all(path.join("objects")).unwrap();
        fs::write(path.join("HEAD"), "ref: refs/heads/main\n").unwrap();
    }

    fn found(root: &Path) -> Listing {
        let options = ListOptions::default();
        let mut collector = Collector::new(&options);
        if let Err(problem) = list(root, &AtomicBool::new(false), &mut collector) {
            collector.problem(problem);
        }
        collector.finish()
    }

    #[test]
    fn every_repository_is_found_once_and_none_inside_another() {
        let root = tempfile::tempdir().unwrap();
        let at = |path: &str| root.path().join(path);
        for path in ["b.git", "team/c.git", "a/.git", "a/vendor/inner.git", "b.git/worktrees/x"] {
            bare(&at(path));
        }
        fs::create_dir_all(at("linked")).unwrap();
        fs::write(at("linked/.git"), "gitdir: ../b.git/worktrees/x\n").unwrap();
        fs::create_dir_all(at("empty/deep")).unwrap();
        fs::write(at("file.git"), "").unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink(at("b.git"), at("link.git")).unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink(root.path(), at("team/loop")).unwrap();
        let listing = found(root.path());
        let names: Vec<&str> = listing.repositories.iter().map(|listed| listed.name.as_str()).collect();
        assert_eq!(names, ["a", "b.git", "linked", "team/c.git"]);
        assert!(listing.complete);
        let own = found(&at("b.git"));
        assert_eq!(own.repositories[0].id, listing.repositories[1].id);
    }

    #[test]
    fn a_folder_that_is_not_there_is_no_empty_one() {
        let listing = found(Path::new("/absent/folder"));
        assert_eq!((listing.complete, listing.problems[0].kind), (false, ProblemKind::Unreadable));
    }
}
