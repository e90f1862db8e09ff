//! Where one hook's file belongs.

use super::{
    HookKind, InstallError, Layout, Repositories,
    layout::runs_folder,
    script::{KEPT, OWN_NAME},
};
use crate::git::ask;
use std::{
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
};

/// The place of one hook: for one repository, or for several that share it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Which hook.
    pub kind: HookKind,
    /// How the host arranges hooks.
    pub layout: Layout,
    /// Where our file goes. It need not be there, nor its folder.
    pub hook: PathBuf,
    /// The repository's own folder (`.git`, or a bare repository); `None` for a place that serves several.
    pub repository: Option<PathBuf>,
    /// Whether the hooks lie outside the repository.
    pub outside: bool,
}

impl Place {
    /// Where a server's hook goes for `path`: a repository, or, in layouts that serve several, the folder for all of them.
    /// Without a `layout` it is told by what is there.
    ///
    /// # Errors
    /// No repository is there, git cannot say where its hooks lie, or the layout does not fit.
    pub fn on_server(path: &Path, layout: Option<Layout>) -> Result<Self, InstallError> {
        let path = real(path)?;
        let shared =
            |layout, hook| Ok(Self { kind: HookKind::PreReceive, layout, hook, repository: None, outside: false });
        match layout {
            // In a repository's own folder git looks for no hooks, but in one below it.
            Some(Layout::Folder) if Repositories::git_dir(&path).is_some() => {
                return Err(InstallError::NothingRuns(path));
            }
            Some(Layout::Folder) => return shared(Layout::Folder, path.join("pre-receive")),
            Some(Layout::Gitolite) => return shared(Layout::Gitolite, gitolite_folder(&path)?.join("pre-receive")),
            Some(Layout::Gitlab) if Repositories::git_dir(&path).is_none() => {
                return shared(Layout::Gitlab, path.join("pre-receive.d").join(OWN_NAME));
            }
            _ => {}
        }
        let git_dir = Repositories::git_dir(&path).ok_or_else(|| InstallError::NoRepository(path.clone()))?;
        // A repository that is named is git's to open: `--git-dir` asks for no owner, as the server's git asks for none.
        let (hooks, outside) = hooks_of(&git_dir, &["--git-dir=."], &git_dir)?;
        let layout = layout.unwrap_or_else(|| Layout::of_repository(&git_dir, &hooks));
        let several = |folder: PathBuf| folder.join("pre-receive.d").join(OWN_NAME);
        let (hook, outside) = match layout {
            Layout::Gitlab => (several(git_dir.join("custom_hooks")), false),
            Layout::Gitea if !runs_folder(&hooks) => {
                return Err(InstallError::NothingRuns(hooks.join("pre-receive.d")));
            }
            Layout::Gitea => (several(hooks), outside),
            Layout::Plain | Layout::Gitolite | Layout::Folder => (hooks.join("pre-receive"), outside),
        };
        Ok(Self { kind: HookKind::PreReceive, layout, hook, repository: Some(git_dir), outside })
    }

    /// Where the hook `kind` goes for whoever works in the work tree that `path` is in; with [`Layout::Folder`], in the
    /// folder `path` itself.
    ///
    /// # Errors
    /// No work tree is there, or git cannot say where its hooks lie.
    pub fn on_client(path: &Path, kind: HookKind, layout: Option<Layout>) -> Result<Self, InstallError> {
        let path = real(path)?;
        if layout == Some(Layout::Folder) {
            let hook = path.join(kind.name());
            return Ok(Self { kind, layout: Layout::Folder, hook, repository: None, outside: false });
        }
        let failed = |words| InstallError::Git { repository: path.clone(), words };
        let is_inside = ask(&path, &["rev-parse", "--is-inside-work-tree"]).map_err(failed)?;
        if is_inside != b"true" {
            return Err(InstallError::Bare(path));
        }
        // A relative `core.hooksPath` begins at the root of the work tree, where git runs these hooks.
        let root = native(ask(&path, &["rev-parse", "--show-toplevel"]).map_err(failed)?);
        let git_dir = native(ask(&root, &["rev-parse", "--absolute-git-dir"]).map_err(failed)?);
        let (hooks, outside) = hooks_of(&root, &[], &git_dir)?;
        let hook = hooks.join(kind.name());
        Ok(Self { kind, layout: Layout::Plain, hook, repository: Some(git_dir), outside })
    }

    /// Where a hook is kept that was there before ours.
    pub fn kept(&self) -> PathBuf {
        let mut name = OsString::from(&self.hook);
        name.push(KEPT);
        name.into()
    }

    /// Whether the host runs our file beside others, so that there is nothing to chain.
    pub fn is_one_of_several(&self) -> bool {
        self.hook.ends_with(OWN_NAME)
    }

    /// What this place is for, as it is shown: the repository, or the folder for several.
    pub fn subject(&self) -> &Path {
        self.repository.as_deref().or_else(|| self.hook.parent()).unwrap_or(&self.hook)
    }

    /// Why nothing is to be changed here: the hooks are not this repository's alone.
    pub(super) fn refused(&self) -> Option<InstallError> {
        let repository = self.repository.clone()?;
        if self.layout == Layout::Gitolite {
            return Some(InstallError::Gitolite(repository));
        }
        let folder = self.hook.parent()?.to_path_buf();
        self.outside.then_some(InstallError::Outside { repository, folder })
    }
}

/// Where git, run in `folder`, looks for hooks, and whether that is outside of the repository `git_dir`. The server's git
/// runs a hook in the repository's folder, where a relative `core.hooksPath` begins.
fn hooks_of(folder: &Path, options: &[&str], git_dir: &Path) -> Result<(PathBuf, bool), InstallError> {
    let ask = |question: &[&str]| {
        let failed = |words| InstallError::Git { repository: git_dir.to_path_buf(), words };
        Ok(folder.join(native(ask(folder, &[options, &["rev-parse"], question].concat()).map_err(failed)?)))
    };
    // Of a folder by itself git tells another path than it takes when `core.hooksPath` is empty.
    let hooks = ask(&["--git-path", "hooks/pre-receive"])?.parent().map_or_else(PathBuf::new, Path::to_path_buf);
    let own = real(&ask(&["--git-common-dir"])?)?;
    let leads_to = leads_to(&hooks);
    let outside = !leads_to.starts_with(&own);
    Ok((if outside { leads_to } else { hooks }, outside))
}

/// The folder of hooks that gitolite links into all its repositories; `path` is its user's home or `.gitolite` in it.
fn gitolite_folder(path: &Path) -> Result<PathBuf, InstallError> {
    let bases = [path.join(".gitolite"), path.to_path_buf()];
    let base = bases.iter().find(|base| base.join("hooks/common/update").exists());
    let base = base.ok_or_else(|| InstallError::NoGitolite(path.to_path_buf()))?;
    // The two places that its manual names for LOCAL_CODE. Links to these are made first, and ours would replace them.
    let locals = [base.join("local"), base.with_file_name("local")];
    let theirs = locals.iter().map(|local| local.join("hooks/common/pre-receive")).find(|hook| hook.exists());
    theirs.map_or_else(|| Ok(base.join("hooks/common")), |hook| Err(InstallError::Displaces(hook)))
}

/// Where `path` leads, whose last folders may be missing still.
fn leads_to(path: &Path) -> PathBuf {
    let there = path.ancestors().find_map(|above| Some((above, fs::canonicalize(above).ok()?)));
    there.map_or_else(
        || path.to_path_buf(),
        |(above, real)| path.strip_prefix(above).map_or_else(|_| real.clone(), |rest| real.join(rest)),
    )
}

fn real(path: &Path) -> Result<PathBuf, InstallError> {
    fs::canonicalize(path).map_err(InstallError::io("find", path))
}

/// A path as git prints it.
#[cfg(unix)]
fn native(bytes: Vec<u8>) -> PathBuf {
    <OsString as std::os::unix::ffi::OsStringExt>::from_vec(bytes).into()
}

#[cfg(not(unix))]
fn native(bytes: Vec<u8>) -> PathBuf {
    String::from_utf8_lossy(&bytes).into_owned().into()
}
