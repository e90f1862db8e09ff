//! What a set of rules is known by: whoever remembers what was scanned must know with which rules.

use super::{RulesError, load::BUILTIN};
use crate::model::hex;
use sha2::{Digest, Sha256};
use std::{fs, path::PathBuf};

/// The digest of the built-in rules together with those of `files`, in their order: 64 hexadecimal digits. Any change of a
/// file changes it, a comment's, too.
///
/// # Errors
///
/// A file that cannot be read.
pub fn digest(files: &[PathBuf]) -> Result<String, RulesError> {
    let mut hash = Sha256::new();
    let mut add = |bytes: &[u8]| {
        hash.update((bytes.len() as u64).to_le_bytes());
        hash.update(bytes);
    };
    for (_, text) in BUILTIN {
        add(text.as_bytes());
    }
    for file in files {
        add(&fs::read(file).map_err(|cause| RulesError::Read { path: file.clone(), cause })?);
    }
    Ok(hex(&hash.finalize()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::slice::from_ref;

    #[test]
    fn it_changes_with_every_file_and_with_their_order() {
        let folder = tempfile::tempdir().unwrap();
        let [a, b] = ["a", "b"].map(|name| folder.path().join(name));
        fs::write(&a, "x").unwrap();
        fs::write(&b, "y").unwrap();
        let all = [&[][..], from_ref(&a), from_ref(&b), &[a.clone(), b.clone()], &[b.clone(), a.clone()]];
        let digests: std::collections::BTreeSet<_> = all.iter().map(|files| digest(files).unwrap()).collect();
        assert_eq!(digests.len(), all.len());
        fs::remove_file(&a).unwrap();
        assert!(digest(from_ref(&a)).unwrap_err().to_string().contains(&a.display().to_string()));
    }
}
