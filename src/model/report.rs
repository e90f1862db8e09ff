//! What a scan hands to the writers.

use super::{Coverage, DropReason, Finding, Gap, GapKind, Location, Oid, Secret};

/// How many candidates a rule dropped for a reason, over all objects.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct DropCount {
    /// The rule.
    pub rule_id: String,
    /// Why.
    pub reason: DropReason,
    /// How often: a candidate counts once for each object that holds it.
    pub count: u64,
}

/// One distinct dropped value, kept only for `--explain`.
#[derive(Debug, Clone)]
pub struct Dropped {
    /// The rule that matched it.
    pub rule_id: String,
    /// The value.
    pub secret: Secret,
    /// Why it was dropped.
    pub reason: DropReason,
    /// The reason's particulars, e.g. the allowlist entry's own reason.
    pub detail: String,
    /// The first place that held it.
    pub location: Location,
    /// How many objects held it.
    pub objects: u64,
}

/// What was scanned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Source {
    /// A repository: its history and what lies beside it.
    #[default]
    History,
    /// What is staged in a repository.
    Staged,
    /// The work tree of a repository.
    Worktree,
    /// A folder, or one file, that is scanned as it lies there.
    Files,
    /// Standard input.
    Stdin,
    /// What a push brings into a repository.
    Push,
}

impl Source {
    /// The word used in outputs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::History => "history",
            Self::Staged => "staged",
            Self::Worktree => "worktree",
            Self::Files => "files",
            Self::Stdin => "stdin",
            Self::Push => "push",
        }
    }
}

/// The result of scanning one repository.
#[derive(Debug, Clone, Default)]
pub struct RepositoryReport {
    /// As the user named it: a path or a URL (without credentials).
    pub name: String,
    /// What of it was scanned.
    pub source: Source,
    /// The commit at HEAD, if there is one.
    pub head: Option<Oid>,
    /// The branch HEAD names, e.g. `refs/heads/main`; `None` when detached.
    pub branch: Option<String>,
    /// The URL of the remote called `origin`, without credentials.
    pub origin: Option<String>,
    /// What counts, sorted by severity (worst first), then place, then fingerprint.
    pub findings: Vec<Finding>,
    /// What the user decided not to count, in the same order.
    pub suppressed: Vec<Finding>,
    /// Findings left out on request: no ref reaches them, or no commit that was asked for introduced them.
    pub left_out: u64,
    /// The values of these: no report shows them, and a path or a branch's name that holds one is masked all the same.
    pub left_out_values: Vec<Secret>,
    /// Allowlist entries of the user's configuration that no longer apply (expired, or matching nothing): one line each.
    pub stale: Vec<String>,
    /// Drops, sorted.
    pub drops: Vec<DropCount>,
    /// Dropped values, only with `--explain`, sorted.
    pub dropped: Vec<Dropped>,
    /// The ledger.
    pub coverage: Coverage,
}

impl RepositoryReport {
    /// The report of a repository called `name` that could not be opened, for the reason `detail`.
    pub fn not_opened(name: String, detail: String) -> Self {
        let gap = Gap { kind: GapKind::NotOpened, subject: name.clone(), detail };
        Self { name, coverage: Coverage { gaps: vec![gap], ..Coverage::default() }, ..Self::default() }
    }
}

/// The result of a run over one or several repositories.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// In the order the user named them.
    pub repositories: Vec<RepositoryReport>,
}

impl Report {
    /// Findings that count, in all repositories.
    pub fn finding_count(&self) -> usize {
        self.repositories.iter().map(|repository| repository.findings.len()).sum()
    }

    /// Whether every repository was covered whole.
    pub fn is_complete(&self) -> bool {
        self.repositories.iter().all(|repository| repository.coverage.is_complete())
    }
}
