//! The id that a text would have as a blob.

use crate::model::Oid;
use std::io::{self, Read};

/// How a repository names blobs: by SHA-1 or SHA-256.
#[derive(Debug, Clone, Copy)]
pub struct BlobHash(gix_hash::Kind);

/// That of a text in no repository: git's default.
impl Default for BlobHash {
    fn default() -> Self {
        Self(gix_hash::Kind::Sha1)
    }
}

impl BlobHash {
    pub(super) fn new(kind: gix_hash::Kind) -> Self {
        Self(kind)
    }

    /// The id of the `size` bytes of `content`, as `git hash-object --no-filters` gives it.
    pub fn id(self, size: u64, content: &mut dyn Read) -> io::Result<Oid> {
        let mut hasher = gix_hash::hasher(self.0);
        hasher.update(format!("blob {size}\0").as_bytes());
        let mut buffer = vec![0; 64 << 10];
        loop {
            match content.read(&mut buffer)? {
                0 => break,
                read => hasher.update(&buffer[..read]),
            }
        }
        let id = hasher.try_finalize().map_err(io::Error::other)?;
        Oid::from_bytes(id.as_slice()).map_err(io::Error::other)
    }

    /// The id that names nothing.
    pub fn nothing(self) -> Oid {
        Oid::null(self.0.len_in_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_those_that_git_gives() {
        let id = |hash: BlobHash, text: &[u8]| hash.id(text.len() as u64, &mut &text[..]).unwrap().to_string();
        assert_eq!(id(BlobHash::default(), b""), "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391");
        assert_eq!(id(BlobHash::default(), b"hello\n"), "ce013625030ba8dba906f756967f9e9ca394464a");
        let sha256 = BlobHash::new(gix_hash::Kind::Sha256);
        assert_eq!(id(sha256, b""), "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813");
        assert_eq!(sha256.nothing().to_string(), "0".repeat(64));
    }
}
