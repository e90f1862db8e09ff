//! Git LFS: small blobs that stand for content which is kept elsewhere.

use super::Repository;
use std::path::{Path, PathBuf};

/// Pointers are smaller, says the specification: "less than 1024 bytes". Without extensions they have 130.
const MOST: usize = 1024;

/// What a pointer says.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pointer {
    /// SHA-256 of the content, as 64 hexadecimal digits.
    pub oid: String,
    /// Its bytes.
    pub size: u64,
}

impl Pointer {
    /// Reads a blob that is a pointer. Facts:
    /// <https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md>.
    pub fn parse(blob: &[u8]) -> Option<Self> {
        if blob.len() >= MOST || !blob.starts_with(b"version https://git-lfs.github.com/spec/") {
            return None;
        }
        let text = std::str::from_utf8(blob).ok()?;
        let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        let oid = field("oid")?.strip_prefix("sha256:")?;
        let is_digest = oid.len() == 64 && oid.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        is_digest.then_some(Self { oid: oid.to_owned(), size: field("size")?.parse().ok()? })
    }

    /// Where its content lies below the folder of a repository's LFS objects.
    pub fn file(&self, folder: &Path) -> PathBuf {
        folder.join(&self.oid[..2]).join(&self.oid[2..4]).join(&self.oid)
    }
}

impl Repository {
    /// The folder of the repository's LFS objects, which `lfs.storage` may move.
    pub fn lfs_folder(&self) -> PathBuf {
        let common = self.git.commondir();
        let storage = self.git.config().and_then(|config| config.get_path("lfs.storage"));
        common.join(storage.unwrap_or_else(|_| "lfs".into())).join("objects")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_pointer_is_one() {
        let oid = "0123456789abcdef".repeat(4);
        let text = format!("version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize 12345\n");
        let pointer = Pointer::parse(text.as_bytes()).unwrap();
        assert_eq!(pointer, Pointer { oid: oid.clone(), size: 12345 });
        assert_eq!(pointer.file(Path::new("x")), Path::new("x/01/23").join(&oid));
        for (good, bad) in [("sha256:0", "sha256:O"), ("size 12345", "size -1"), ("version", "Version"), ("oid", "old")]
        {
            assert_eq!(Pointer::parse(text.replacen(good, bad, 1).as_bytes()), None, "{bad}");
        }
        assert_eq!(Pointer::parse((text + &"x".repeat(1024)).as_bytes()), None);
    }
}
