//! Why several values are taken for one credential.

use super::{Confidence, Oid};
use serde::Serialize;

/// What joins the components of one credential, surest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PairingScope {
    /// They stand in one file: an object, or a member of an archive.
    SameBlob,
    /// They stood in different versions of the file at one path.
    SamePath,
    /// One commit brought them in, in different files.
    SameCommit,
    /// They stood in files of one folder.
    SameDirectory,
    /// They go by one name: a profile, a prefix of a variable.
    SameProfile,
    /// The secret took the place of another one of this id, in another file than the id's.
    Replaced,
}

/// Why these components are taken for one credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pairing {
    /// What joins them.
    pub scope: PairingScope,
    /// Lines between the id and the secret, where one text holds both.
    pub lines_apart: Option<u32>,
    /// How sure it is that they belong together: it falls with distance.
    pub confidence: Confidence,
    /// What they share: a path, a commit, a folder, a profile.
    pub shared: Vec<Shared>,
    /// Other ids that were as near by the same measure of scope, and were passed over for this one.
    pub rivals: u32,
}

/// Something that the components of a credential have in common.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shared {
    /// A path, lossily decoded.
    Path(String),
    /// The commit that brought them in.
    Commit(Oid),
    /// A folder, lossily decoded; empty for the root.
    Directory(String),
    /// A profile or a part of a name, in lower case.
    Profile(String),
}

impl Pairing {
    /// Why these belong together, in one sentence without a full stop.
    pub fn reason(&self) -> String {
        let mut reason = match (self.scope, self.lines_apart) {
            (PairingScope::SameBlob, Some(0)) => "on one line".to_owned(),
            (PairingScope::SameBlob, Some(1)) => "in one file, 1 line apart".to_owned(),
            (PairingScope::SameBlob, Some(lines)) => format!("in one file, {lines} lines apart"),
            (PairingScope::SameBlob, None) => "in one file".to_owned(),
            (PairingScope::SamePath, _) => "in different versions of one file".to_owned(),
            (PairingScope::SameCommit, _) => "in different files of one commit".to_owned(),
            (PairingScope::SameDirectory, _) => "in files of one folder, brought in by different commits".to_owned(),
            (PairingScope::SameProfile, _) => "under one name".to_owned(),
            (PairingScope::Replaced, _) => "the secret took the place of another one of this id".to_owned(),
        };
        for shared in &self.shared {
            reason.push_str(&match shared {
                Shared::Path(path) => format!(", at {path}"),
                Shared::Commit(id) => format!(", commit {}", id.short()),
                Shared::Directory(folder) if folder.is_empty() => ", the root folder".to_owned(),
                Shared::Directory(folder) => format!(", folder {folder}"),
                Shared::Profile(name) => format!(", both named {name}"),
            });
        }
        let alone = if self.scope == PairingScope::SameBlob { "nearest" } else { "the only one left" };
        match self.rivals {
            0 => {}
            1 => reason.push_str(&format!("; {alone} of 2 ids")),
            more => reason.push_str(&format!("; {alone} of {} ids", more + 1)),
        }
        reason
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_one_sentence() {
        let pairing = |scope, lines_apart, shared, rivals| {
            Pairing { scope, lines_apart, confidence: Confidence::High, shared, rivals }.reason()
        };
        assert_eq!(pairing(PairingScope::SameBlob, Some(0), Vec::new(), 0), "on one line");
        assert_eq!(
            pairing(PairingScope::SameBlob, Some(1), vec![Shared::Profile("prod".to_owned())], 2),
            "in one file, 1 line apart, both named prod; nearest of 3 ids"
        );
        assert_eq!(
            pairing(PairingScope::SameDirectory, None, vec![Shared::Directory(String::new())], 0),
            "in files of one folder, brought in by different commits, the root folder"
        );
    }
}
