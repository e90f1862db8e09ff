//! Refs in tables (`git init --ref-format=reftable`): libgit2 reads refs from files only, so git itself is asked.

use super::{
    program,
    repository::{Head, Reference},
};
use crate::model::Oid;
use std::{path::Path, process::Output};

/// What git says of a repository's refs.
pub(super) struct Tables {
    /// Refs that name an object directly, and detached HEADs, sorted by name.
    pub references: Vec<Reference>,
    pub head: Head,
}

impl Tables {
    /// Asks about the repository with the folder `git_dir`, whose work trees share `common`; `heads` are the names of
    /// their HEADs, from there, and `detached` that of the repository's own.
    pub fn read(git_dir: &Path, common: &Path, heads: &[String], detached: String) -> Result<Self, String> {
        let list = ask(common, &["for-each-ref", "--format=%(objectname) %(refname) %(symref)"])?;
        if !list.status.success() {
            return Err(String::from_utf8_lossy(&list.stderr).trim().replace('\n', "; "));
        }
        let mut references = Vec::new();
        for line in list.stdout.split(|&byte| byte == b'\n') {
            // A symbolic ref is another name for one of the others.
            let Some(line) = line.strip_suffix(b" ") else { continue };
            let Some(space) = memchr::memchr(b' ', line) else { continue };
            let target = Oid::from_hex(&line[..space]).map_err(|error| error.to_string())?;
            references.push(Reference { name: String::from_utf8_lossy(&line[space + 1..]).into_owned(), target });
        }
        for name in heads {
            if let (None, Some(target)) = (branch(common, name)?, commit(common, name)?) {
                references.push(Reference { name: name.clone(), target });
            }
        }
        references.sort();
        let (commit, branch) = (commit(git_dir, "HEAD")?, branch(git_dir, "HEAD")?);
        let tip = branch.clone().or(Some(detached));
        Ok(Self { references, head: Head { commit, branch, tip } })
    }
}

/// The commit that git takes `word` for.
pub(super) fn commit_called(git_dir: &Path, word: &str) -> Result<Oid, String> {
    let output = ask(git_dir, &["rev-parse", "--verify", "--end-of-options", &format!("{word}^{{commit}}")])?;
    let id = Oid::from_hex(output.stdout.trim_ascii());
    id.map_err(|_| String::from_utf8_lossy(&output.stderr).trim().replace('\n', "; "))
}

/// The branch that `head` names; `None` when it is detached.
fn branch(git_dir: &Path, head: &str) -> Result<Option<String>, String> {
    let output = ask(git_dir, &["symbolic-ref", "-q", head])?;
    let name = String::from_utf8_lossy(output.stdout.trim_ascii()).into_owned();
    Ok(output.status.success().then_some(name))
}

/// The commit that `head` leads to; `None` on an unborn branch.
fn commit(git_dir: &Path, head: &str) -> Result<Option<Oid>, String> {
    let output = ask(git_dir, &["rev-parse", "-q", "--verify", head])?;
    Ok(Oid::from_hex(output.stdout.trim_ascii()).ok())
}

fn ask(git_dir: &Path, arguments: &[&str]) -> Result<Output, String> {
    let mut command = program();
    command.arg("--git-dir").arg(git_dir).args(arguments);
    // Nothing is fetched that a partial clone lacks.
    command.env("GIT_NO_LAZY_FETCH", "1");
    command.output().map_err(|error| format!("cannot run git: {error}"))
}

/// All reflogs: committers and messages, one entry a line.
pub(super) fn reflogs(common: &Path) -> Result<Vec<u8>, String> {
    let log = ask(common, &["log", "--walk-reflogs", "--all", "--format=%gd %gn <%ge> %gs"])?;
    if log.status.success() {
        return Ok(log.stdout);
    }
    Err(format!("git cannot show the reflogs: {}", String::from_utf8_lossy(&log.stderr).trim().replace('\n', "; ")))
}
