//! What existing refs reach: the question that a push raises of every commit it builds on.
//!
//! Mostly the commit is what some ref names, or lies a few steps behind such a one. Only where neither is seen does git
//! walk history.

use super::{
    commit::CommitHeader,
    error::GitError,
    lender::Lender,
    refs::{self, Said},
};
use crate::model::{ObjectKind, Oid};
use rustc_hash::FxHashSet;
use std::{
    collections::BinaryHeap,
    ffi::OsStr,
    fs, io,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// Commits looked at behind the refs that a push moves, before git is asked. At 10 µs each that is less than starting git
/// costs, which must walk at least as far.
const STEPS: usize = 2_000;

/// Refs behind which is looked. A push of ten thousand tags would search `packed-refs` for each name, at 0.4 ms where there are
/// a hundred thousand refs.
const LIKELY: usize = 64;

/// More objects than this are looked for in `packed-refs` all at once: reading its ids takes as long as a dozen searches.
const MANY: usize = 16;

/// Which refs count as existing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Existing {
    /// All of the repository's own.
    All,
    /// Those of a remote, as far as they are known here.
    Remote {
        /// What it is called here, or its URL.
        name: String,
        /// What it says it has.
        has: Vec<Oid>,
    },
}

/// The refs of a repository, read only as far as is needed: it may have a hundred thousand.
pub(super) struct Known<'a> {
    common: &'a Path,
    existing: &'a Existing,
    /// `packed-refs` as it lies there.
    packed: Vec<u8>,
    /// Refs are in files, not in tables.
    plain: bool,
}

/// A commit to go on from, latest first: its time and its parents.
type Step = (i64, Vec<Oid>);

impl<'a> Known<'a> {
    /// Looks at the repository whose common folder is `common`.
    pub fn new(common: &'a Path, existing: &'a Existing, plain: bool) -> Result<Self, GitError> {
        let file = common.join("packed-refs");
        let packed = match fs::read(&file) {
            Ok(packed) => packed,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(source) => return Err(GitError::Io { path: file, source }),
        };
        Ok(Self { common, existing, packed, plain })
    }

    /// Of `commits`, those that no existing ref reaches, and what they build on that none reaches either. `moved` are the
    /// names of refs near which the others are likely to be found.
    pub fn unreached(&self, commits: &[Oid], moved: &[&[u8]], lender: &Lender) -> Result<Vec<Oid>, GitError> {
        let mut open: FxHashSet<Oid> = commits.iter().copied().filter(|oid| !self.remote_has(oid)).collect();
        if open.len() > MANY {
            self.take_out_named(&mut open);
        } else {
            open.retain(|oid| !self.names(oid));
        }
        if !open.is_empty() && self.plain {
            self.look_behind(&mut open, moved, lender);
        }
        if open.is_empty() {
            return Ok(Vec::new());
        }
        let mut open: Vec<Oid> = open.into_iter().collect();
        open.sort_unstable();
        self.ask_git(&open, lender)
    }

    /// Whether an existing ref names this object, as far as it can be told without reading all refs: those in
    /// `packed-refs`, also through a tag.
    pub fn names(&self, oid: &Oid) -> bool {
        if self.remote_has(oid) {
            return true;
        }
        let hex = oid.to_string();
        let is_current = |at: usize| {
            let peeled = at > 0 && self.packed[at - 1] == b'^';
            let begins = at == 0 || self.packed[at - 1] == b'\n' || peeled && at > 1 && self.packed[at - 2] == b'\n';
            // A peeled id stands on the line below its ref's.
            let start = if peeled { line_before(&self.packed, at - 1) } else { at };
            begins && self.is_current(&self.packed[start..], if peeled { None } else { Some(oid) })
        };
        self.plain && memchr::memmem::find_iter(&self.packed, hex.as_bytes()).any(is_current)
    }

    fn remote_has(&self, oid: &Oid) -> bool {
        matches!(self.existing, Existing::Remote { has, .. } if has.contains(oid))
    }

    /// Takes out of `open` what `packed-refs` names, as [`Known::names`] tells it of one.
    fn take_out_named(&self, open: &mut FxHashSet<Oid>) {
        let mut line_of_ref = &b""[..];
        for line in self.packed.split(|&byte| byte == b'\n').filter(|_| self.plain) {
            let peeled = line.strip_prefix(b"^");
            if peeled.is_none() {
                line_of_ref = line;
            }
            let digits = peeled.unwrap_or(line).split(|&byte| byte == b' ').next().unwrap_or_default();
            if let Ok(oid) = Oid::from_hex(digits)
                && open.contains(&oid)
                && self.is_current(line_of_ref, if peeled.is_some() { None } else { Some(&oid) })
            {
                open.remove(&oid);
            }
        }
    }

    /// Whether the line at the start of `text` still says what its ref is: a file of the ref's own, unless it says the same
    /// `oid`, overrules it.
    fn is_current(&self, text: &[u8], oid: Option<&Oid>) -> bool {
        let line = text.split(|&byte| byte == b'\n').next().unwrap_or_default();
        let Some(space) = memchr::memchr(b' ', line) else { return false };
        let name = &line[space + 1..];
        self.counts(name)
            && match refs::read(&self.file(name)) {
                Ok(Said::Nothing) => true,
                Ok(Said::Object(named)) => oid == Some(&named),
                Ok(Said::Ref) | Err(_) => false,
            }
    }

    /// Whether a ref of this name counts as existing. A hook is told names that git has not checked yet.
    fn counts(&self, name: &[u8]) -> bool {
        let parts = name.split(|&byte| byte == b'/');
        let is_plain = parts.into_iter().all(|part| !part.is_empty() && !part.starts_with(b".") && !part.contains(&0));
        is_plain
            && match self.existing {
                Existing::All => name.starts_with(b"refs/"),
                Existing::Remote { name: remote, .. } => name.starts_with(format!("refs/remotes/{remote}/").as_bytes()),
            }
    }

    fn file(&self, name: &[u8]) -> PathBuf {
        #[cfg(unix)]
        let name = <OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(name);
        #[cfg(not(unix))]
        let name = &OsString::from(String::from_utf8_lossy(name).into_owned());
        self.common.join(name)
    }

    /// What the ref of this name names now.
    fn value(&self, name: &[u8]) -> Option<Oid> {
        match refs::read(&self.file(name)) {
            Ok(Said::Object(oid)) => Some(oid),
            Ok(Said::Nothing) => {
                let line = [b" ", name, b"\n"].concat();
                let end = memchr::memmem::find(&self.packed, &line)?;
                Oid::from_hex(&self.packed[line_before(&self.packed, end + 1)..end]).ok()
            }
            Ok(Said::Ref) | Err(_) => None,
        }
    }

    /// The branch that HEAD names: new branches mostly begin there.
    fn head(&self) -> Option<Vec<u8>> {
        let text = fs::read(self.common.join("HEAD")).ok()?;
        Some(text.strip_prefix(b"ref:")?.trim_ascii().to_vec())
    }

    /// Takes out of `open` what lies a few steps behind refs that are likely to be near.
    fn look_behind(&self, open: &mut FxHashSet<Oid>, moved: &[&[u8]], lender: &Lender) {
        let head = self.head();
        let likely =
            head.as_deref().into_iter().chain(moved.iter().copied()).filter(|name| self.counts(name)).take(LIKELY);
        let mut waiting: BinaryHeap<Step> = BinaryHeap::new();
        let mut seen = FxHashSet::default();
        let mut follow = |oid: Oid, waiting: &mut BinaryHeap<Step>, open: &mut FxHashSet<Oid>| {
            open.remove(&oid);
            if seen.insert(oid)
                && let Ok((ObjectKind::Commit, bytes)) = lender.read(&oid)
                && let Some(CommitHeader { time, parents, .. }) = CommitHeader::parse(&bytes)
            {
                waiting.push((time, parents));
            }
        };
        likely.filter_map(|name| self.value(name)).for_each(|oid| follow(oid, &mut waiting, open));
        for _ in 0..STEPS {
            let Some((_, parents)) = waiting.pop().filter(|_| !open.is_empty()) else { break };
            for parent in parents {
                follow(parent, &mut waiting, open);
            }
        }
    }

    /// Lets git walk. It runs in the environment it finds: in a hook it sees what the push brought.
    fn ask_git(&self, commits: &[Oid], lender: &Lender) -> Result<Vec<Oid>, GitError> {
        let failed = |reason: String| GitError::Unsupported {
            path: self.common.to_path_buf(),
            reason: format!("git cannot tell what its refs reach: {reason}"),
        };
        let mut git = Command::new("git");
        // Before 2.42 git takes no options on standard input.
        let existing = match self.existing {
            Existing::All => "--all".to_owned(),
            Existing::Remote { name, .. } => format!("--remotes={name}"),
        };
        git.arg("--git-dir").arg(self.common).args(["rev-list", "--stdin", "--not", &existing]);
        // What replaces an object for a reader does not replace it for one who fetches.
        git.env("GIT_NO_REPLACE_OBJECTS", "1").env_remove("GIT_NAMESPACE").env("LC_ALL", "C");
        // Where history ends is for the repository to say, and not for whoever pushes.
        git.env_remove("GIT_SHALLOW_FILE");
        git.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = git.spawn().map_err(|error| failed(error.to_string()))?;
        let mut lines: String = commits.iter().map(|oid| format!("{oid}\n")).collect();
        if let Existing::Remote { has, .. } = self.existing {
            // The remote may have what was never fetched: git stops at an id that it does not know.
            lines.extend(has.iter().filter(|oid| lender.has(oid)).map(|oid| format!("^{oid}\n")));
        }
        let stdin = child.stdin.take();
        // Git answers only when it has read all of it.
        let written = stdin.map_or(Ok(()), |mut stdin| stdin.write_all(lines.as_bytes()));
        let output = child.wait_with_output().map_err(|error| failed(error.to_string()))?;
        if !output.status.success() {
            return Err(failed(String::from_utf8_lossy(&output.stderr).trim().to_owned()));
        }
        written.map_err(|error| failed(error.to_string()))?;
        let line = |line: &[u8]| Oid::from_hex(line).map_err(|error| failed(error.to_string()));
        output.stdout.split(|&byte| byte == b'\n').filter(|text| !text.is_empty()).map(line).collect()
    }
}

/// Where the line begins that ends at `end`, its newline included.
fn line_before(text: &[u8], end: usize) -> usize {
    memchr::memrchr(b'\n', &text[..end.saturating_sub(1)]).map_or(0, |newline| newline + 1)
}
