//! Which of git's hooks.

/// A hook that git runs, and in which we have a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum HookKind {
    /// On a server, before a push is let in.
    PreReceive,
    /// On the author's machine, before a commit is made.
    PreCommit,
    /// On the author's machine, before a push leaves it.
    PrePush,
}

impl HookKind {
    /// Git's name for it: that of its file, and of our command that does its work.
    pub fn name(self) -> &'static str {
        match self {
            Self::PreReceive => "pre-receive",
            Self::PreCommit => "pre-commit",
            Self::PrePush => "pre-push",
        }
    }

    /// The hook that git calls `name`.
    pub fn called(name: &str) -> Option<Self> {
        [Self::PreReceive, Self::PreCommit, Self::PrePush].into_iter().find(|kind| kind.name() == name)
    }
}
