//! The index. Where it is in a form that libgit2 does not know, split or sparse, git itself lists it.

use super::{Repository, error::GitError, program};
use crate::model::Oid;

impl Repository {
    /// The index that counts: the repository's own, or the one that git named.
    pub(super) fn index(&self) -> Result<git2::Index, GitError> {
        let opened = match &self.index_file {
            Some(file) => git2::Index::open_ext(file, self.git.object_format()),
            None => self.git.index(),
        };
        match opened {
            Err(error) if error.message().contains("extension") => self.listed().map_err(|cause| {
                let reason = format!("its index is split or sparse, which only git can read: {cause}");
                GitError::Unsupported { path: self.path.clone(), reason }
            }),
            opened => opened.map_err(self.failed()),
        }
    }

    /// The index as git lists it, which is whole then.
    fn listed(&self) -> Result<git2::Index, String> {
        let root = self.work_tree().map_err(|error| error.to_string())?;
        let mut git = program();
        // No code of the repository's runs.
        git.args(["-c", "core.fsmonitor=false"]).arg("--git-dir").arg(self.git.path()).arg("--work-tree").arg(root);
        git.args(["ls-files", "--stage", "-z"]).current_dir(root);
        if let Some(file) = &self.index_file {
            let file = std::path::absolute(file).map_err(|error| error.to_string())?;
            git.env("GIT_INDEX_FILE", file);
        }
        let output = git.output().map_err(|error| format!("cannot run git: {error}"))?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).trim().replace('\n', "; "));
        }
        let mut index = git2::Index::new_ext(self.git.object_format()).map_err(|error| error.message().to_owned())?;
        for line in output.stdout.split(|&byte| byte == 0).filter(|line| !line.is_empty()) {
            let entry = entry(line).ok_or_else(|| format!("'{}' makes no sense", String::from_utf8_lossy(line)))?;
            index.add(&entry).map_err(|error| error.message().to_owned())?;
        }
        Ok(index)
    }
}

/// `<mode> SP <id> SP <stage> TAB <path>`
fn entry(line: &[u8]) -> Option<git2::IndexEntry> {
    let tab = memchr::memchr(b'\t', line)?;
    let mut words = std::str::from_utf8(&line[..tab]).ok()?.split(' ');
    let mode = u32::from_str_radix(words.next()?, 8).ok()?;
    let id = git2::Oid::from_bytes(Oid::from_hex(words.next()?.as_bytes()).ok()?.as_bytes()).ok()?;
    let stage: u16 = words.next()?.parse().ok()?;
    let never = git2::IndexTime::new(0, 0);
    Some(git2::IndexEntry {
        ctime: never,
        mtime: never,
        dev: 0,
        ino: 0,
        mode,
        uid: 0,
        gid: 0,
        file_size: 0,
        id,
        flags: stage << 12,
        flags_extended: 0,
        path: line[tab + 1..].to_vec(),
    })
}
