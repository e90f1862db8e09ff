//! A file with a repository on each line.

use super::collector::{Collector, Told};
use super::folder;
use super::listing::{Address, Listed};
use super::problem::{Problem, ProblemKind};
use crate::git::mirror;
use crate::net::Origin;

use std::fs::File;
use std::io::Read;
use std::path::Path;

/// The largest file that is read, in bytes: half a million lines.
const MAX_FILE: u64 = 64 << 20;

/// Adds what the file at `path` names: a URL or a path on each line, which counts from the file's own folder. Empty lines and
/// those that begin with `#` are none.
///
/// # Errors
/// The file cannot be read.
pub(super) fn list(path: &Path, into: &mut Collector<'_>) -> Result<(), Problem> {
    let file = path.display().to_string();
    let problem = |detail: &str| Problem::new(ProblemKind::Unreadable, &file, detail);
    let mut bytes = Vec::new();
    // Of a device no size is known beforehand.
    let read = File::open(path).and_then(|file| file.take(MAX_FILE + 1).read_to_end(&mut bytes));
    read.map_err(|error| problem(&error.to_string()))?;
    if bytes.len() as u64 > MAX_FILE {
        return Err(problem("too large for a list"));
    }
    let folder = path.parent().unwrap_or(Path::new(""));
    for (index, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
        let at = format!("{file}:{}", index + 1);
        let Ok(line) = std::str::from_utf8(line) else {
            into.problem(Problem::new(ProblemKind::BadLine, at, "is not UTF-8"));
            continue;
        };
        // Editors of Windows begin a file with a mark.
        let line = line.trim_start_matches('\u{feff}').trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        match told(line, folder) {
            Ok(told) => into.add(told),
            Err(why) => into.problem(Problem::new(ProblemKind::BadLine, at, why)),
        }
    }
    Ok(())
}

/// What a line names. The user wrote the URL, so any transport will do that a mirror takes; no credentials, which would be in
/// the store and in reports.
fn told(line: &str, folder: &Path) -> Result<Told, &'static str> {
    if mirror::is_url(line) {
        let shown = mirror::display(line);
        if shown != line {
            return Err("a URL must hold no credentials, query or fragment: tokens come from the environment");
        }
        let web_url = Origin::of(&shown).map(|_| shown.trim_end_matches(".git").to_owned());
        let name = shown.split_once("://").map_or(shown.as_str(), |(_, rest)| rest).trim_end_matches('/');
        let mut told = folder::told(folder, Path::new(name));
        let (name, id) = (name.to_owned(), format!("url:{shown}"));
        told.listed = Listed { id, name, address: Address::Url(shown), web_url, ..told.listed };
        return Ok(told);
    }
    let path = folder.join(line);
    let path = path.canonicalize().map_err(|_| "is neither a URL nor a folder that is there")?;
    if !folder::is_repository(&path) {
        return Err("is a folder, but not a repository");
    }
    let mut told = folder::told(folder, &path);
    line.clone_into(&mut told.listed.name);
    Ok(told)
}

#[cfg(test)]
mod tests {
    use super::super::ListOptions;
    use super::*;
    use std::fs;

    #[test]
    fn lines_are_repositories_or_named_with_their_numbers() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join("a.git/objects")).unwrap();
        fs::write(root.path().join("a.git/HEAD"), "").unwrap();
        let lines = [
            "\u{feff}# all of them",
            "",
            "  https://h.org/team/a.git \r",
            "a.git",
            "git@h.org:team/b.git",
            "absent",
            ".",
            "https://user:word§h.org/c",
            "https://h.org/team/a.git",
            "ext::sh -c evil",
        ];
        let file = root.path().join("list");
        let text = lines.join("\n").replace('§', "@");
        fs::write(&file, [text.as_bytes(), b"\n\xff\n"].concat()).unwrap();
        let options = ListOptions::default();
        let mut collector = Collector::new(&options);
        list(&file, &mut collector).unwrap();
        let listing = collector.finish();
        let names: Vec<&str> = listing.repositories.iter().map(|listed| listed.name.as_str()).collect();
        assert_eq!(names, ["h.org/team/a.git", "a.git", "git@h.org:team/b.git"]);
        assert_eq!(listing.repositories[0].id, "url:https://h.org/team/a.git");
        assert_eq!(listing.repositories[0].web_url.as_deref(), Some("https://h.org/team/a"));
        let line = |problem: &Problem| problem.subject.rsplit_once(':').unwrap().1.parse().unwrap();
        let numbers: Vec<u32> = listing.problems.iter().map(line).collect();
        assert_eq!(numbers, [6, 7, 8, 10, 11]);
        assert!(listing.problems.iter().all(|problem| !problem.to_string().contains("word")));
        assert!(!listing.complete);
    }
}
