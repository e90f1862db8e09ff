//! The files beside a leak: of a commit, or as they lie in a folder.

use crate::cli::error::CliError;
use crate::cli::target::{Target, file_and_base};
use crate::git::{GitError, Repository};
use crate::model::{Finding, Location, Oid, Place, RepositoryReport, Source as Scanned};
use crate::remedy::{Beside, Leak, Listed, Source, beside, template_above};
use crate::report::Mask;
use ignore::WalkBuilder;
use std::collections::HashMap;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Largest file that a leak's place is read off.
const MAX_LEAK: u64 = 5 << 20;

/// Most files that are listed below a folder without a repository.
const MAX_LISTED: usize = 100_000;

/// Where a listed file is read.
enum Content {
    Blob(Oid),
    File(PathBuf),
}

/// The files of one state of a repository, by the path that is shown.
#[derive(Default)]
struct State {
    listed: Vec<Listed>,
    content: HashMap<String, Content>,
    /// Why nothing is listed, where that is so.
    problem: Option<String>,
}

/// What a scan's findings lie among.
pub(super) struct Files<'a> {
    repository: Option<Repository>,
    /// The folder, where there is no repository.
    folder: PathBuf,
    report: &'a RepositoryReport,
    mask: &'a Mask,
    /// The files of commits that were asked about; of a folder, under `None`.
    states: HashMap<Option<Oid>, State>,
}

impl<'a> Files<'a> {
    /// Opens what `target` names once more, to read what lies beside its findings.
    pub(super) fn open(target: &Target, report: &'a RepositoryReport, mask: &'a Mask) -> Result<Self, CliError> {
        let (path, folder) = match target {
            Target::File(path) => (path.clone(), file_and_base(path).1),
            Target::Path(path) => (path.clone(), path.clone()),
            Target::Url(_) | Target::Stdin => return Err(CliError::new("what lies beside a leak is read in a folder")),
        };
        let in_repository =
            report.source != Scanned::Files && !report.findings.is_empty() | !report.suppressed.is_empty();
        let failed = |error: GitError| CliError::new(error.to_string());
        let repository = if in_repository { Some(Repository::open(&path).map_err(failed)?) } else { None };
        Ok(Self { repository, folder, report, mask, states: HashMap::new() })
    }

    /// A place as it may be shown.
    pub(super) fn shown(&self, location: &Location) -> String {
        match location.place.path() {
            Some(path) => self.mask.line(&String::from_utf8_lossy(&path)),
            None => location.place.display(&location.object),
        }
    }

    /// The text that holds a leak; empty where it has none, or too much of it.
    pub(super) fn text(&self, location: &Location) -> String {
        let read = match (&self.repository, &location.place) {
            (Some(repository), Place::File(_)) => repository.with_blob(&location.object, MAX_LEAK, read_text).ok(),
            (_, Place::Worktree(path)) => file_at(&self.folder, path).and_then(|path| read_file(&path)),
            _ => None,
        };
        read.unwrap_or_default()
    }

    /// What lies beside a leak: at HEAD if its file is there, or else in the commit that last had it.
    pub(super) fn beside(&mut self, finding: &Finding, leak: &Leak<'_>) -> Beside {
        let commit = self.commit(finding);
        if !self.states.contains_key(&commit) {
            let state = match (&self.repository, commit) {
                (Some(repository), Some(commit)) => self.of_commit(repository, &commit),
                (Some(_), None) => State::default(),
                (None, _) => self.of_folder(),
            };
            self.states.insert(commit, state);
        }
        let state = &self.states[&commit];
        let template = template_above(leak.spot.path, &state.listed).map(str::to_owned);
        let template = template.and_then(|path| self.read(state, &[path]).0.pop());
        let template = template.as_ref().map(|source| (source.path.as_str(), source.text.as_str()));
        let selection = beside(leak.spot.path, leak.text, leak.spot.line, &state.listed, template);
        let (code, mut unread) = self.read(state, &selection.code);
        let (settings, more) = self.read(state, &selection.settings);
        unread.extend(more);
        let mut left_out = selection.left_out;
        left_out.extend(unread.into_iter().map(|path| format!("{path} could not be read as text")));
        if let (Some(commit), true) = (commit, commit != self.report.head) {
            left_out
                .push(format!("the file is not in HEAD: what lies beside it was read in commit {}", commit.short()));
        }
        left_out.extend(state.problem.clone());
        Beside { code, settings, left_out }
    }

    /// The commit whose files are read.
    fn commit(&self, finding: &Finding) -> Option<Oid> {
        let repository = self.repository.as_ref()?;
        let now = self.report.head;
        let Place::File(path) = &finding.primary().location.place else { return now };
        let has = |commit: &Oid| repository.has_file(commit, path);
        if now.is_some_and(|now| has(&now)) {
            return now;
        }
        let (references, _) = repository.references();
        let tips = references.iter().filter(|one| finding.trace.present_in.contains(&one.name)).map(|one| one.target);
        let before = finding.trace.removals.iter().rev().flat_map(|commit| repository.parents_of(&commit.id));
        let since = finding.trace.introductions.iter().map(|commit| commit.id);
        tips.chain(before).chain(since).find(has).or(now)
    }

    fn of_commit(&self, repository: &Repository, commit: &Oid) -> State {
        let mut state = State::default();
        match repository.files_at(commit) {
            Ok(files) => {
                for file in files {
                    let path = self.mask.line(&String::from_utf8_lossy(&file.path));
                    state.listed.push(Listed { path: path.clone(), size: file.size });
                    state.content.insert(path, Content::Blob(file.blob));
                }
            }
            // A damaged tree is no reason to say nothing: the place of the leak is known all the same.
            Err(error) => state.problem = Some(format!("no file beside the leak could be read: {error}")),
        }
        state
    }

    fn of_folder(&self) -> State {
        let mut state = State::default();
        let walk = WalkBuilder::new(&self.folder).standard_filters(false).sort_by_file_name(Ord::cmp).build();
        for entry in
            walk.flatten().filter(|entry| entry.file_type().is_some_and(|kind| kind.is_file())).take(MAX_LISTED)
        {
            let path = entry.path().strip_prefix(&self.folder).unwrap_or(entry.path());
            let names: Vec<_> = path.iter().map(|name| name.to_string_lossy()).collect();
            let path = self.mask.line(&names.join("/"));
            let size = entry.metadata().ok().map(|meta| meta.len());
            state.listed.push(Listed { path: path.clone(), size });
            state.content.insert(path, Content::File(entry.into_path()));
        }
        state
    }

    /// The texts of files, and the paths of those that could not be read.
    fn read(&self, state: &State, paths: &[String]) -> (Vec<Source>, Vec<String>) {
        let (mut found, mut unread) = (Vec::new(), Vec::new());
        for path in paths {
            let text = match (state.content.get(path), &self.repository) {
                (Some(Content::Blob(blob)), Some(repository)) => repository.with_blob(blob, u64::MAX, read_text).ok(),
                (Some(Content::File(file)), _) => read_file(file),
                _ => None,
            };
            match text {
                // What holds a zero byte is no text.
                Some(text) if !text.contains('\0') => found.push(Source { path: path.clone(), text }),
                _ => unread.push(path.clone()),
            }
        }
        (found, unread)
    }
}

fn read_text(content: &mut dyn Read) -> String {
    let mut bytes = Vec::new();
    // What could be read of a damaged one is still of use: the scan has told of the damage.
    let _ = content.take(MAX_LEAK).read_to_end(&mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}

fn read_file(path: &Path) -> Option<String> {
    let mut file = std::fs::File::open(path).ok()?;
    file.metadata().ok().filter(std::fs::Metadata::is_file)?;
    Some(read_text(&mut file))
}

fn file_at(folder: &Path, path: &[u8]) -> Option<PathBuf> {
    std::str::from_utf8(path).ok().map(|path| folder.join(path))
}
