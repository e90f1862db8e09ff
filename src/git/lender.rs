//! Objects that lie in other folders, read one by one through libgit2: for the few that a push leads to and did not bring.

use super::error::GitError;
use crate::model::{ObjectKind, Oid};
use std::{
    io::Read,
    path::{Path, PathBuf},
};

/// Object folders that lend. Read by several threads at once.
pub(super) struct Lender(git2::Odb<'static>);

impl Lender {
    /// Opens `folders` and what alternates lend them.
    pub fn open(folders: &[PathBuf], format: git2::ObjectFormat) -> Result<Self, GitError> {
        let failed = |path: &Path| {
            let path = path.to_path_buf();
            move |source| GitError::Git { path, source }
        };
        let first = folders.first().map_or(Path::new(""), PathBuf::as_path);
        let odb = git2::Odb::new_ext(format).map_err(failed(first))?;
        for folder in folders {
            let text = folder.to_str().ok_or_else(|| GitError::Unsupported {
                path: folder.clone(),
                reason: "libgit2 opens object folders only under names that are UTF-8".to_owned(),
            })?;
            odb.add_disk_alternate(text).map_err(failed(folder))?;
        }
        Ok(Self(odb))
    }

    /// Whether an object is there.
    pub fn has(&self, oid: &Oid) -> bool {
        // Most that are asked for are not; without the flag libgit2 lists the folders anew each time.
        raw(oid).is_ok_and(|oid| self.0.exists_ext(oid, git2::OdbLookupFlags::NO_REFRESH))
    }

    /// What an object is, and its size in bytes; `None` if it is not there.
    pub fn header(&self, oid: &Oid) -> Result<Option<(ObjectKind, u64)>, String> {
        match raw(oid).and_then(|oid| self.0.read_header(oid)) {
            Ok((size, kind)) => Ok(Some((kind_of(kind)?, size as u64))),
            Err(error) if error.code() == git2::ErrorCode::NotFound => Ok(None),
            Err(error) => Err(error.message().to_owned()),
        }
    }

    /// Reads an object whole.
    pub fn read(&self, oid: &Oid) -> Result<(ObjectKind, Vec<u8>), String> {
        let object = raw(oid).and_then(|oid| self.0.read(oid)).map_err(|error| error.message().to_owned())?;
        Ok((kind_of(object.kind())?, object.data().to_vec()))
    }

    /// Hands the content of an object to `read` piece by piece, which only some ways to store it allow: else `None`.
    pub fn stream<T>(&self, oid: &Oid, read: impl FnOnce(&mut dyn Read) -> T) -> Option<T> {
        let (mut content, ..) = self.0.reader(raw(oid).ok()?).ok()?;
        Some(read(&mut content))
    }
}

fn raw(oid: &Oid) -> Result<git2::Oid, git2::Error> {
    git2::Oid::from_bytes(oid.as_bytes())
}

fn kind_of(kind: git2::ObjectType) -> Result<ObjectKind, String> {
    match kind {
        git2::ObjectType::Blob => Ok(ObjectKind::Blob),
        git2::ObjectType::Tree => Ok(ObjectKind::Tree),
        git2::ObjectType::Commit => Ok(ObjectKind::Commit),
        git2::ObjectType::Tag => Ok(ObjectKind::Tag),
        git2::ObjectType::Any => Err("it is of no known kind".to_owned()),
    }
}
