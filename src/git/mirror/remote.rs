//! The refs that a server has, without their objects.

use super::{MirrorError, MirrorOptions, Task};
use crate::git::{Reference, Temporary};
use crate::model::Oid;
use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::AtomicBool;

/// More than this many bytes of refs are not read: five million of them.
const MOST: u64 = 512 << 20;

/// All refs of the repository at `url`, by name: those that a mirror of it has below `refs/`, in the words of
/// [`crate::git::Repository::references`].
///
/// # Errors
/// As for [`super::mirror`]; besides, an answer that is no list of refs.
pub fn refs(url: &str, options: &MirrorOptions<'_>, cancel: &AtomicBool) -> Result<Vec<Reference>, MirrorError> {
    let options = MirrorOptions { disk: Some(options.disk.unwrap_or(MOST).min(MOST)), ..*options };
    let task = Task::new(url, &options, cancel)?;
    let folder = Temporary::new(options.folder).map_err(|source| task.no_folder(source))?;
    let list = folder.path().join("refs");
    let file = File::create(&list).map_err(|source| task.no_folder(source))?;
    let mut command = task.command();
    command.args(["ls-remote", "--quiet", "--", &task.address.plain]);
    outside(&mut command, folder.path());
    task.run_into(&mut command, folder.path(), Stdio::from(file))?;
    let text = fs::read(&list).map_err(|source| task.no_folder(source))?;
    let mut refs = Vec::new();
    for line in text.split_inclusive(|&byte| byte == b'\n') {
        let (name, target) = parse(line).ok_or_else(|| MirrorError::Failed {
            url: task.shown.clone(),
            words: format!("its list of refs makes no sense: {:?}", String::from_utf8_lossy(line)),
        })?;
        let name = String::from_utf8_lossy(name).into_owned();
        if is_ref(&name) {
            refs.push(Reference { name, target });
        }
    }
    refs.sort_unstable();
    Ok(refs)
}

/// Runs `command` in `folder`, and in no repository that this lies in: its configuration may turn one URL into another.
pub(super) fn outside(command: &mut Command, folder: &Path) {
    command.current_dir(folder);
    if let Some(parent) = folder.parent() {
        command.env("GIT_CEILING_DIRECTORIES", parent);
    }
}

/// `ID TAB NAME LF`.
fn parse(line: &[u8]) -> Option<(&[u8], Oid)> {
    let line = line.strip_suffix(b"\n")?;
    let tab = line.iter().position(|&byte| byte == b'\t')?;
    Some((&line[tab + 1..], Oid::from_hex(&line[..tab]).ok()?))
}

/// What is not below `refs/` (HEAD) is no ref, nor is what a tag leads to (`^{}`) or any other name that git refuses to store: a
/// mirror would never have it.
fn is_ref(name: &str) -> bool {
    name.starts_with("refs/") && git2::Reference::is_valid_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_ref_or_something_beside_it_or_nonsense() {
        let id = "1234567890123456789012345678901234567890";
        let wide = format!("{id}{}", "0".repeat(24));
        let holds_ref = |text: &str| parse(text.as_bytes()).map(|(name, _)| is_ref(std::str::from_utf8(name).unwrap()));
        assert_eq!(holds_ref(&format!("{id}\trefs/heads/a\n")), Some(true));
        assert_eq!(holds_ref(&format!("{wide}\trefs/heads/ä\n")), Some(true));
        for beside in
            ["HEAD", "refs/tags/v1^{}", "refs/heads/../x", "refs/heads/a b", "refs/heads/x.lock", "refs", "FOO"]
        {
            assert_eq!(holds_ref(&format!("{id}\t{beside}\n")), Some(false), "{beside}");
        }
        for nonsense in ["", "\n", "x\trefs/heads/a\n", "<html>\n"] {
            assert_eq!(holds_ref(nonsense), None);
        }
        assert_eq!(holds_ref(&format!("{id} refs/heads/a\n")), None);
        assert_eq!(holds_ref(&format!("{id}\trefs/heads/a")), None, "cut off");
    }
}
