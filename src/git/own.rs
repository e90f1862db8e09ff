//! What a repository's folder holds for itself: reflogs and configuration. No push carries them; copies, backups and
//! images of the folder do.

use super::Repository;
use crate::model::{Gap, GapKind, Place};
use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

/// A text of the repository's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnText {
    /// What it is.
    pub place: Place,
    /// Where to read it.
    pub content: OwnContent,
}

/// Where a text is read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OwnContent {
    /// A file.
    File(PathBuf),
    /// It is read already.
    Bytes(Vec<u8>),
}

impl Repository {
    /// Reflogs and configuration of the repository and its linked work trees, sorted by place. What cannot be listed
    /// becomes a gap.
    pub fn own_texts(&self) -> (Vec<OwnText>, Vec<Gap>) {
        let common = self.git.commondir();
        let mut gaps = Vec::new();
        let mut folders = vec![String::new()];
        folders
            .extend(names(&common.join("worktrees"), &mut gaps).into_iter().map(|name| format!("worktrees/{name}/")));
        let mut texts = BTreeMap::new();
        for folder in &folders {
            for name in ["config", "config.worktree"] {
                add_config(common, &common.join(format!("{folder}{name}")), &mut texts);
            }
            let mut waiting = vec![format!("{folder}logs")];
            while let Some(path) = waiting.pop() {
                let full = common.join(&path);
                // Links are not followed: they may run in a circle.
                match fs::symlink_metadata(&full).map(|data| data.file_type()) {
                    Ok(kind) if kind.is_dir() => {
                        waiting.extend(names(&full, &mut gaps).into_iter().map(|name| format!("{path}/{name}")));
                    }
                    Ok(kind) if kind.is_file() => drop(texts.insert(Place::Reflog(path.into_bytes()), full)),
                    _ => {}
                }
            }
        }
        let file = |(place, path)| OwnText { place, content: OwnContent::File(path) };
        let mut texts: Vec<OwnText> = texts.into_iter().map(file).collect();
        if self.tables.is_some() {
            let place = Place::Reflog(b"reftable".to_vec());
            match super::tables::reflogs(common) {
                Ok(bytes) => texts.push(OwnText { place, content: OwnContent::Bytes(bytes) }),
                Err(detail) => gaps.push(unreadable(&common.join("reftable"), &detail)),
            }
        }
        (texts, gaps)
    }
}

/// A file or folder that cannot be read.
fn unreadable(path: &Path, detail: &str) -> Gap {
    Gap { kind: GapKind::UnreadableFile, subject: path.display().to_string(), detail: detail.to_owned() }
}

/// The names in a folder, if there is one.
fn names(folder: &Path, gaps: &mut Vec<Gap>) -> Vec<String> {
    let name = |entry: io::Result<fs::DirEntry>| Ok(entry?.file_name().to_string_lossy().into_owned());
    let list: io::Result<Vec<String>> = fs::read_dir(folder).and_then(|entries| entries.map(name).collect());
    list.unwrap_or_else(|error| {
        if error.kind() != io::ErrorKind::NotFound {
            gaps.push(unreadable(folder, &error.to_string()));
        }
        Vec::new()
    })
}

/// Adds a file of configuration, and those below the git folder that it includes. One outside is the user's own and not
/// part of the repository.
fn add_config(common: &Path, file: &Path, texts: &mut BTreeMap<Place, PathBuf>) {
    let (Ok(root), Ok(real)) = (common.canonicalize(), file.canonicalize()) else { return };
    let Ok(path) = real.strip_prefix(&root) else { return };
    let place = Place::Config(path.to_string_lossy().replace('\\', "/").into_bytes());
    if !real.is_file() || texts.insert(place, real.clone()).is_some() {
        return;
    }
    // One that cannot be read is named when it is to be scanned.
    let text = fs::read(&real).unwrap_or_default();
    for line in String::from_utf8_lossy(&text).lines() {
        let Some((name, value)) = line.split_once('=') else { continue };
        if name.trim().eq_ignore_ascii_case("path") {
            let folder = real.parent().unwrap_or(&root);
            add_config(common, &folder.join(value.trim().trim_matches('"')), texts);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn includes_are_followed_within_the_folder_and_not_in_a_circle() {
        let folder = tempfile::tempdir().unwrap();
        let common = folder.path().join("git");
        fs::create_dir_all(common.join("more")).unwrap();
        fs::write(common.join("config"), "[include]\n\tpath = more/a\n\tpath = ../outside\n\tPath=absent\n").unwrap();
        fs::write(common.join("more/a"), "[include]\npath = \"../config\"\n").unwrap();
        fs::write(folder.path().join("outside"), "").unwrap();
        let mut texts = BTreeMap::new();
        add_config(&common, &common.join("config"), &mut texts);
        let found: Vec<Place> = texts.into_keys().collect();
        assert_eq!(found, [Place::Config(b"config".to_vec()), Place::Config(b"more/a".to_vec())]);
    }
}
