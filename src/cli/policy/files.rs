//! The files that may hold policy documents, and their bytes.

use crate::cli::error::CliError;
use crate::cli::target::{file_and_base, is_git_folder};
use crate::git::{GitError, Repository};
use crate::model::Oid;
use crate::report::Unread;
use crate::scan::{Listed, ScanError, worth_reading};
use crate::template;
use rayon::prelude::*;
use std::collections::HashSet;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

/// No file that is larger is read at all: 13 times what is parsed, so that a large one in which no policy stands is known
/// to be none.
const MAX_READ: u64 = 64 << 20;

/// A file to look at.
pub(super) struct Input {
    /// From the root of its work tree or repository on, or from the folder that the user named.
    pub(super) path: String,
    source: Source,
}

enum Source {
    File(PathBuf),
    /// In a bare repository.
    Blob(PathBuf, Oid),
}

/// What the user named, listed.
pub(super) struct Inputs {
    pub(super) name: String,
    pub(super) files: Vec<Input>,
    /// What could not be listed.
    pub(super) unread: Vec<Unread>,
}

impl Inputs {
    pub(super) fn list(paths: &[PathBuf]) -> Result<Self, CliError> {
        let names: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
        let mut inputs = Self { name: names.join(", "), files: Vec::new(), unread: Vec::new() };
        for path in paths {
            let before = inputs.files.len();
            let root = inputs.add(path)?;
            // Of several trees, the same path may stand in each.
            let others = paths.len() > 1 && inputs.files[..before].iter().any(|input| !input.is_below(&root));
            if others {
                for input in &mut inputs.files[before..] {
                    input.path = format!("{}/{}", path.display(), input.path);
                }
            }
        }
        // A file that was named twice, or lies in two folders that were named, is one file.
        let mut seen = HashSet::new();
        inputs.files.retain(|input| match &input.source {
            Source::File(file) => seen.insert(file.clone()),
            Source::Blob(..) => true,
        });
        Ok(inputs)
    }

    /// Adds what is at `path`; gives the root from which its paths count.
    fn add(&mut self, path: &Path) -> Result<PathBuf, CliError> {
        if !path.exists() {
            return Err(CliError::from(ScanError::from(GitError::NotFound(path.to_owned()))));
        }
        if !path.is_dir() {
            let (file, base) = file_and_base(path);
            let name = file.strip_prefix(&base).unwrap_or(&file).to_string_lossy().replace('\\', "/");
            // One that the user names should be something that can be read.
            if !template::concerns(&name) {
                let message = format!("{}: not a file whose name is that of a template or a policy", path.display());
                return Err(CliError::new(message)
                    .with_hint("what is read: .json, .yaml, .yml, .template, .tf, .tofu, .tpl, .tftpl, .tmpl, .j2"));
            }
            self.files.push(Input { path: name, source: Source::File(file) });
            return Ok(base);
        }
        match Repository::open(path) {
            Ok(repository) => match repository.work_tree() {
                // Without a configuration libgit2 takes a bare repository for the folder of the work tree above it.
                Ok(root) if !is_git_folder(path) => {
                    let tracked = repository.tracked().map_err(ScanError::from)?;
                    self.add_folder(path, root, tracked)?;
                    Ok(root.to_owned())
                }
                _ => {
                    let files = repository.files_at_head().map_err(ScanError::from)?;
                    let files = files.into_iter().map(|file| (file.path, file.blob)).collect();
                    self.add_named(files, |blob| Source::Blob(path.to_owned(), blob));
                    Ok(path.to_owned())
                }
            },
            Err(GitError::NotARepository(_)) => {
                self.add_folder(path, path, Vec::new())?;
                Ok(path.to_owned())
            }
            Err(error) => Err(CliError::from(ScanError::from(error))),
        }
    }

    fn add_folder(&mut self, folder: &Path, root: &Path, tracked: Vec<Vec<u8>>) -> Result<(), CliError> {
        let Listed { files, gaps } = worth_reading(folder, root, tracked)
            .map_err(|error| CliError::new(format!("{}: {error}", folder.display())))?;
        self.add_named(files, Source::File);
        self.unread.extend(gaps.into_iter().map(|gap| Unread {
            path: gap.subject,
            line: None,
            reason: gap.detail,
            counts: true,
        }));
        Ok(())
    }

    fn add_named<T>(&mut self, files: Vec<(Vec<u8>, T)>, source: impl Fn(T) -> Source) {
        for (path, place) in files {
            let path = String::from_utf8_lossy(&path).into_owned();
            if template::concerns(&path) {
                self.files.push(Input { path, source: source(place) });
            }
        }
    }
}

impl Input {
    fn is_below(&self, root: &Path) -> bool {
        match &self.source {
            Source::File(file) => file.starts_with(root.canonicalize().unwrap_or_else(|_| root.to_owned())),
            Source::Blob(repository, _) => repository == root,
        }
    }

    /// Its bytes, or why there are none.
    pub(super) fn read(&self, held: &mut Held) -> Result<Vec<u8>, String> {
        let mut bytes = Vec::new();
        match &self.source {
            Source::File(path) => {
                let file = fs::File::open(path).map_err(|error| error.to_string())?;
                file.take(MAX_READ + 1).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
            }
            Source::Blob(path, blob) => {
                let read = |content: &mut dyn Read| content.take(MAX_READ + 1).read_to_end(&mut bytes);
                let repository = held.repository(path).map_err(|error| error.to_string())?;
                let outcome = repository.with_blob(blob, MAX_READ, read).map_err(|error| error.to_string())?;
                outcome.map_err(|error| error.to_string())?;
            }
        }
        if bytes.len() as u64 > MAX_READ { Err(format!("larger than {} MiB", MAX_READ >> 20)) } else { Ok(bytes) }
    }
}

/// What `look` makes of each input, in their order. Files are read on all cores: parsing is what takes the time.
pub(super) fn each<T: Send>(inputs: &[Input], look: impl Fn(&Input, &mut Held) -> T + Send + Sync) -> Vec<T> {
    inputs.par_iter().map_init(Held::default, |held, input| look(input, held)).collect()
}

/// The bare repository that a reader has open, with its path: opening it anew for each file would take most of the time.
#[derive(Default)]
pub(super) struct Held(Option<(PathBuf, Repository)>);

impl Held {
    fn repository(&mut self, path: &Path) -> Result<&Repository, GitError> {
        let held = match self.0.take() {
            Some(held) if held.0 == path => held,
            _ => (path.to_owned(), Repository::open(path)?),
        };
        Ok(&self.0.insert(held).1)
    }
}
