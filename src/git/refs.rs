//! Ref files as they lie in the folder. libgit2 leaves out silently what it cannot read, and a ref that is left out is
//! history that looks unreachable.

use crate::model::{Gap, GapKind, Oid};
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// What a ref file says.
pub(super) enum Said {
    /// An object's id.
    Object(Oid),
    /// Another ref's name.
    Ref,
    /// The file is gone.
    Nothing,
}

/// Reads a ref file, or says what is wrong with it.
pub(super) fn read(file: &Path) -> Result<Said, String> {
    match fs::read(file) {
        Ok(text) if text.starts_with(b"ref:") && !text[4..].trim_ascii().is_empty() => Ok(Said::Ref),
        Ok(text) if text.trim_ascii().is_empty() => Err("the file is empty".to_owned()),
        Ok(text) => match Oid::from_hex(text.trim_ascii()) {
            Ok(oid) => Ok(Said::Object(oid)),
            Err(_) => Err("the file holds neither an object's id nor another ref's name".to_owned()),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Said::Nothing),
        Err(error) => Err(error.to_string()),
    }
}

/// A ref that leads nowhere; `file` is where it is written down.
pub(super) fn bad(name: &str, file: &Path, detail: &str) -> Gap {
    Gap {
        kind: GapKind::BadRef,
        subject: name.to_owned(),
        detail: format!(
            "{}: {detail}; correct or remove it: until then, what only it reaches is taken for unreachable",
            file.display()
        ),
    }
}

/// Names and files of all refs that have a file of their own below `common`, sorted. Folders that cannot be read become
/// gaps.
pub(super) fn files(common: &Path, gaps: &mut Vec<Gap>) -> Vec<(String, PathBuf)> {
    let mut found = Vec::new();
    let mut waiting = vec![("refs".to_owned(), common.join("refs"))];
    while let Some((prefix, folder)) = waiting.pop() {
        let mut list = || {
            for entry in fs::read_dir(&folder)? {
                let entry = entry?;
                let name = format!("{prefix}/{}", entry.file_name().to_string_lossy());
                let kind = entry.file_type()?;
                // Links are not followed: they may run in a circle.
                if kind.is_dir() {
                    waiting.push((name, entry.path()));
                } else if kind.is_file() && entry.path().extension().is_none_or(|extension| extension != "lock") {
                    found.push((name, entry.path()));
                }
            }
            Ok::<_, io::Error>(())
        };
        match list() {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                gaps.push(bad(&prefix, &folder, &error.to_string()));
            }
            _ => {}
        }
    }
    found.sort();
    found
}
