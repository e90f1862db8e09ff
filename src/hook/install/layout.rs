//! How the hosts arrange hooks.

use std::{fs, path::Path};

/// Where a host looks for the hooks of a repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// Git alone: one file, `hooks/pre-receive`.
    Plain,
    /// Gitea and Forgejo: `hooks/pre-receive` is theirs and runs every file of `hooks/pre-receive.d` with the same lines.
    /// They write the one anew now and then, and leave the files of others in the other alone. Source: their
    /// `modules/repository/hooks.go`.
    Gitea,
    /// GitLab: Gitaly tells git to use hooks of its own, which run every file of `custom_hooks/pre-receive.d` of the
    /// repository, then of the server, by name, until one fails. Source: GitLab's page "Git server hooks".
    Gitlab,
    /// Gitolite: the files of `~/.gitolite/hooks/common` are linked into all its repositories by `gitolite setup`. Its
    /// own is `update` there. Source: its `Gitolite/Conf/Store.pm`.
    Gitolite,
    /// A folder of hooks, whatever uses it: where `core.hooksPath` or a link leads.
    Folder,
}

impl Layout {
    /// The word for it on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Gitea => "gitea",
            Self::Gitlab => "gitlab",
            Self::Gitolite => "gitolite",
            Self::Folder => "folder",
        }
    }

    /// What the repository with the folder `git_dir` looks like, whose hooks lie in `hooks`.
    pub(super) fn of_repository(git_dir: &Path, hooks: &Path) -> Self {
        // Gitaly keeps `+gitaly` at the root of each storage, and no hooks in its repositories. Gogs, too, has a folder
        // `custom_hooks`, and hooks besides.
        let is_gitaly = || git_dir.ancestors().any(|folder| folder.join("+gitaly").is_dir());
        if is_gitaly() || git_dir.join("custom_hooks").is_dir() && !hooks.join("pre-receive").exists() {
            Self::Gitlab
        } else if fs::read_link(hooks.join("update")).is_ok_and(|link| link.ends_with("hooks/common/update")) {
            Self::Gitolite
        } else if hooks.join("pre-receive.d").is_dir() && runs_folder(hooks) {
            Self::Gitea
        } else {
            Self::Plain
        }
    }
}

/// Whether `hooks/pre-receive` runs the files of `hooks/pre-receive.d`. It may spell the name with a variable.
pub(super) fn runs_folder(hooks: &Path) -> bool {
    let names = [&b".d/"[..], b".d\"", b"pre-receive.d"];
    fs::read(hooks.join("pre-receive"))
        .is_ok_and(|text| names.iter().any(|name| memchr::memmem::find(&text, name).is_some()))
}
