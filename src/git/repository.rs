//! A repository: where its objects are, what its refs name.

use super::{error::GitError, hash::BlobHash, mirror, owner::open_as_git_would, refs, store::Store, tables::Tables};
use crate::model::{Gap, Oid};
use std::{
    collections::HashSet,
    fs,
    path::{Path, PathBuf},
};

/// An open repository.
pub struct Repository {
    pub(super) git: git2::Repository,
    pub(super) path: PathBuf,
    /// Where the refs are not in files.
    pub(super) tables: Option<Tables>,
    /// The index, if it is not the repository's own.
    pub(super) index_file: Option<PathBuf>,
}

/// A ref and the object it names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reference {
    /// Its full name, lossily decoded, e.g. `refs/heads/main`; `HEAD` or `worktrees/NAME/HEAD` when detached.
    pub name: String,
    /// The object it names: mostly a commit or a tag.
    pub target: Oid,
}

/// What HEAD is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Head {
    /// The commit it leads to; `None` on an unborn branch.
    pub commit: Option<Oid>,
    /// The branch it names; `None` when detached.
    pub branch: Option<String>,
    /// The name under which the commit stands among the repository's refs.
    pub tip: Option<String>,
}

impl Repository {
    /// Opens the repository that `path` is, or is inside of: a work tree, a `.git` folder, a bare repository, a linked
    /// work tree or a submodule's checkout.
    pub fn open(path: &Path) -> Result<Self, GitError> {
        if !path.exists() {
            return Err(GitError::NotFound(path.to_path_buf()));
        }
        allow_extensions();
        let open = || git2::Repository::open_ext(path, git2::RepositoryOpenFlags::empty(), &[] as &[&Path]);
        match open_as_git_would(path, open) {
            Ok(git) => {
                let mut repository = Self { git, path: path.to_path_buf(), tables: None, index_file: None };
                repository.read_tables()?;
                Ok(repository)
            }
            Err(source) => Err(match source.code() {
                git2::ErrorCode::NotFound => no_repository(path),
                git2::ErrorCode::Owner => GitError::OtherOwner(path.to_path_buf()),
                _ if source.message().contains("extension") => {
                    GitError::Unsupported { path: path.to_path_buf(), reason: source.message().to_owned() }
                }
                _ => GitError::Git { path: path.to_path_buf(), source },
            }),
        }
    }

    /// Reads the refs if they are stored in a form that libgit2 does not know.
    fn read_tables(&mut self) -> Result<(), GitError> {
        let config = self.git.config().and_then(|config| config.open_level(git2::ConfigLevel::Local));
        let Ok(storage) = config.and_then(|config| config.get_string("extensions.refstorage")) else { return Ok(()) };
        let unsupported = |reason| GitError::Unsupported { path: self.path.clone(), reason };
        match storage.to_ascii_lowercase().as_str() {
            "files" => {}
            "reftable" => {
                let heads: Vec<String> = self.heads().into_iter().map(|(name, _)| name).collect();
                let tables = Tables::read(self.git.path(), self.git.commondir(), &heads, self.detached_name());
                let reason = |error| format!("its refs are in tables (reftable), which only git can read: {error}");
                self.tables = Some(tables.map_err(|error| unsupported(reason(error)))?);
            }
            other => return Err(unsupported(format!("its refs are stored in an unknown form, '{other}'"))),
        }
        Ok(())
    }

    /// How this repository names blobs.
    pub fn blob_hash(&self) -> BlobHash {
        BlobHash::new(self.hash())
    }

    /// The root of its work tree.
    pub fn work_tree(&self) -> Result<&Path, GitError> {
        self.git.workdir().ok_or_else(|| GitError::Bare(self.path.clone()))
    }

    pub(super) fn failed(&self) -> impl Fn(git2::Error) -> GitError + '_ {
        |source| GitError::Git { path: self.path.clone(), source }
    }

    pub(super) fn hash(&self) -> gix_hash::Kind {
        match self.git.object_format() {
            git2::ObjectFormat::Sha1 => gix_hash::Kind::Sha1,
            git2::ObjectFormat::Sha256 => gix_hash::Kind::Sha256,
        }
    }

    /// Opens the object store. `GIT_OBJECT_DIRECTORY` and the like are not looked at: the repository named is the one
    /// that is read.
    pub fn store(&self) -> Store {
        Store::open(&self.git.commondir().join("objects"), self.hash())
    }

    /// What HEAD is.
    pub fn head(&self) -> Head {
        if let Some(tables) = &self.tables {
            return tables.head.clone();
        }
        let detached = self.git.head_detached().unwrap_or(false);
        let branch = if detached { None } else { self.symbolic("HEAD") };
        let head = self.git.head().ok();
        let commit =
            head.as_ref().and_then(git2::Reference::target).and_then(|oid| Oid::from_bytes(oid.as_bytes()).ok());
        let tip = match head {
            // The branch that HEAD names may be another name for another one.
            Some(head) if branch.is_some() => Some(String::from_utf8_lossy(head.name_bytes()).into_owned()),
            Some(_) => Some(self.detached_name()),
            None => None,
        };
        Head { commit, branch, tip }
    }

    /// What HEAD is called among the refs when it is detached: that of a linked work tree is not that of the main one.
    fn detached_name(&self) -> String {
        match self.git.path().file_name() {
            Some(name) if self.git.is_worktree() => format!("worktrees/{}/HEAD", name.to_string_lossy()),
            _ => "HEAD".to_owned(),
        }
    }

    fn symbolic(&self, name: &str) -> Option<String> {
        let reference = self.git.find_reference(name).ok()?;
        Some(String::from_utf8_lossy(reference.symbolic_target_bytes()?).into_owned())
    }

    /// All refs that name an object directly, sorted by name, and detached HEADs of all work trees. Symbolic refs are
    /// other names for these. Refs that cannot be read become gaps.
    pub fn references(&self) -> (Vec<Reference>, Vec<Gap>) {
        if let Some(tables) = &self.tables {
            return (tables.references.clone(), Vec::new());
        }
        let (mut found, mut gaps) = (Vec::new(), Vec::new());
        let mut known = HashSet::new();
        let common = self.git.commondir();
        let mut failed =
            |error: git2::Error| gaps.push(refs::bad("refs", &common.join("packed-refs"), error.message()));
        let references = self.git.references().map_err(&mut failed).into_iter().flatten();
        // After an error the iterator may give the same one for ever.
        for reference in references.map_while(|reference| reference.map_err(&mut failed).ok()) {
            let target = reference.target().and_then(|oid| Oid::from_bytes(oid.as_bytes()).ok());
            let name = String::from_utf8_lossy(reference.name_bytes()).into_owned();
            known.insert(name.clone());
            found.extend(target.map(|target| Reference { name, target }));
        }
        // Also those that are known: of a file that cannot be read, libgit2 gives what was packed under its name before.
        for (name, file) in refs::files(common, &mut gaps).into_iter().chain(self.heads()) {
            match refs::read(&file) {
                Ok(refs::Said::Object(target)) if !known.contains(&name) => found.push(Reference { name, target }),
                // A HEAD that names a branch is found above.
                Ok(_) => {}
                Err(detail) => gaps.push(refs::bad(&name, &file, &detail)),
            }
        }
        found.sort();
        (found, gaps)
    }

    /// The HEAD files of the main work tree and of linked ones.
    fn heads(&self) -> Vec<(String, PathBuf)> {
        let common = self.git.commondir();
        let mut heads = vec![("HEAD".to_owned(), common.join("HEAD"))];
        for entry in fs::read_dir(common.join("worktrees")).into_iter().flatten().flatten() {
            let name = format!("worktrees/{}/HEAD", entry.file_name().to_string_lossy());
            heads.push((name, entry.path().join("HEAD")));
        }
        heads
    }

    /// Commits whose parents were left out when the repository was cloned.
    pub fn shallow(&self) -> Vec<Oid> {
        let text = fs::read(self.git.commondir().join("shallow")).unwrap_or_default();
        text.split(|&byte| byte == b'\n').filter_map(|line| Oid::from_hex(line.trim_ascii()).ok()).collect()
    }

    /// The URL of the remote called `origin`, as it may be shown: see [`mirror::display`].
    pub fn origin(&self) -> Option<String> {
        let remote = self.git.find_remote("origin").ok()?;
        Some(mirror::display(&String::from_utf8_lossy(remote.url_bytes())))
    }
}

/// The error for a path at which there is no repository, or what is left of one. Of a folder that may not be entered
/// nobody knows.
fn no_repository(path: &Path) -> GitError {
    match fs::read_dir(path) {
        Err(source) if source.kind() == std::io::ErrorKind::PermissionDenied => {
            GitError::Io { path: path.to_path_buf(), source }
        }
        _ => not_whole(path).unwrap_or_else(|| GitError::NotARepository(path.to_path_buf())),
    }
}

/// The error for a folder that was a repository, by the parts that are left.
fn not_whole(path: &Path) -> Option<GitError> {
    if let Some(file) = path.ancestors().map(|folder| folder.join(".git")).find(|file| file.is_file()) {
        return Some(GitError::NotWhole { path: file, lacks: "the folder that its file names".to_owned() });
    }
    let inner = path.join(".git");
    let folder = if inner.is_dir() { inner } else { path.to_path_buf() };
    let (there, lacking): (Vec<_>, Vec<_>) =
        ["HEAD", "objects", "refs"].into_iter().partition(|part| folder.join(part).exists());
    let was_one = !lacking.is_empty() && (there.len() > 1 || folder.to_string_lossy().ends_with(".git"));
    was_one.then(|| GitError::NotWhole { path: folder, lacks: lacking.join(", ") })
}

/// Tells libgit2 what goes for all repositories: a partial clone is fine, since objects that are missing are named in the ledger, and that refs in
/// another form are, since they are read by other means.
#[allow(unsafe_code, reason = "libgit2's options are global")]
fn allow_extensions() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        // What is read through libgit2 is hashed no more than what is read without it: see docs/design.md.
        git2::opts::strict_hash_verification(false);
        // SAFETY: runs once, before any repository is opened by this library.
        let set = unsafe { git2::opts::set_extensions(&["partialclone", "refstorage"]) };
        debug_assert!(set.is_ok(), "{set:?}");
    });
}
