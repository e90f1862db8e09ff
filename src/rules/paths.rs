//! Files by the name they have: where a value must stand for a pattern to mean something.

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use std::path::Path;

/// A set of globs, matched from the repository's root in any letter case; `*` stays within a folder, `**` does not.
#[derive(Debug, Clone)]
pub struct Paths {
    globs: Vec<String>,
    set: GlobSet,
}

impl Paths {
    /// Compiles `globs`. The error says what is wrong, for the reader of the rules.
    pub fn new(globs: Vec<String>) -> Result<Self, String> {
        if globs.is_empty() {
            return Err("`paths` is empty; name a glob, or leave it out".to_owned());
        }
        let mut set = GlobSetBuilder::new();
        for glob in &globs {
            let built = GlobBuilder::new(glob).literal_separator(true).case_insensitive(true).build();
            set.add(built.map_err(|error| format!("`{glob}` is no glob: {}", error.kind()))?);
        }
        let set = set.build().map_err(|error| format!("the globs are not usable: {}", error.kind()))?;
        Ok(Self { globs, set })
    }

    /// Whether one of the globs matches the path, bytes as git has it.
    pub fn matches(&self, path: &[u8]) -> bool {
        self.set.is_match(Path::new(&*String::from_utf8_lossy(path)))
    }

    /// The globs as written.
    pub fn globs(&self) -> &[String] {
        &self.globs
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_are_matched_in_any_case_and_within_folders() {
        let paths = Paths::new(vec!["**/*cloud*.pem".to_owned()]).unwrap();
        assert!(paths.matches(b"cloud.pem") && paths.matches(b"a/b/My-Cloud1.PEM"));
        assert!(!paths.matches(b"cloud/x.pem") && !paths.matches(b"cloud.pem.txt"));
        assert!(Paths::new(Vec::new()).unwrap_err().contains("empty"));
        assert!(Paths::new(vec!["a[".to_owned()]).unwrap_err().starts_with("`a[` is no glob"));
    }
}
