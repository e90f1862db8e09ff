//! What git itself says of a value's life.
//!
//! Containment is read off `git grep` on every commit of the store, parents and dates off `git log --no-walk`, tips off
//! `git for-each-ref`; what follows from these is the definition at the top of `src/git/trace.rs`, written out anew.

use super::repo::Repo;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// A value's life, in the words of a report.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Life {
    pub introductions: Vec<String>,
    pub removals: Vec<String>,
    pub removed: Option<String>,
    pub present_in: Vec<String>,
    pub reachable: bool,
    pub at_head: bool,
    /// Path, distinct blobs there, whether reachable; sorted.
    pub places: Vec<(Option<String>, u64, bool)>,
}

impl Life {
    /// As a finding tells it.
    pub fn told(finding: &Value) -> Self {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let commits = |field: &str| finding[field].as_array().unwrap().iter().map(|one| text(&one["commit"]).unwrap());
        let place = |one: &Value| (text(&one["path"]), one["blobs"].as_u64().unwrap(), one["reachable"] == true);
        // A reflog may repeat the first line of a message.
        let in_history = |one: &&Value| one["place"] != "reflog";
        let mut places: Vec<_> =
            finding["occurrences"].as_array().unwrap().iter().filter(in_history).map(place).collect();
        places.sort();
        Self {
            introductions: commits("introductions").collect(),
            removals: commits("removals").collect(),
            removed: text(&finding["removed"]["commit"]),
            present_in: finding["present_in"].as_array().unwrap().iter().map(|one| text(one).unwrap()).collect(),
            reachable: finding["reachable"] == true,
            at_head: finding["at_head"] == true,
            places,
        }
    }
}

struct Commit {
    id: String,
    parents: Vec<String>,
    time: i64,
    reachable: bool,
}

/// Which commits hold which values, and which blobs.
type Held = BTreeMap<String, BTreeMap<String, BTreeSet<(String, String)>>>;

/// Asks git once about all values of interest.
pub struct Judge<'a> {
    repo: &'a Repo,
    /// Earliest first.
    commits: Vec<Commit>,
    /// By value and commit (or what else a ref names): path and blob.
    held: Held,
    /// Commits and tags that hold a value in their own text: kind, id.
    messages: BTreeMap<String, Vec<(String, String)>>,
    /// Full name and the object, peeled.
    refs: Vec<(String, String)>,
    head: String,
}

impl<'a> Judge<'a> {
    pub fn new(repo: &'a Repo, values: &[String]) -> Self {
        let all = repo.git(&["cat-file", "--batch-all-objects", "--batch-check=%(objecttype) %(objectname)"]);
        let of_kind = |kind: &str| -> Vec<&str> { all.lines().filter_map(|line| line.strip_prefix(kind)).collect() };
        let commits = Self::commits(repo, &of_kind("commit "));
        let refs = Self::refs(repo);
        let mut rooted: Vec<String> = commits.iter().map(|commit| commit.id.clone()).collect();
        rooted.extend(refs.iter().map(|(_, object)| object.clone()));
        rooted.sort();
        rooted.dedup();
        let mut messages: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
        for kind in ["commit", "tag"] {
            for (id, text) in texts(repo, &of_kind(&format!("{kind} "))) {
                for value in values.iter().filter(|value| text.contains(*value)) {
                    messages.entry(value.clone()).or_default().push((kind.to_owned(), id.clone()));
                }
            }
        }
        let head = repo.try_git(&["symbolic-ref", "-q", "HEAD"]).stdout;
        let head = String::from_utf8(head).unwrap().trim().to_owned();
        let head = if head.is_empty() { "HEAD".to_owned() } else { head };
        Self { repo, commits, held: Self::held(repo, values, &rooted), messages, refs, head }
    }

    fn commits(repo: &Repo, ids: &[&str]) -> Vec<Commit> {
        if ids.is_empty() {
            return Vec::new();
        }
        // HEAD in a worktree of its own counts as a ref: `--all` has it.
        let reachable = repo.git(&["rev-list", "--all", "HEAD"]);
        let reachable: BTreeSet<&str> = reachable.lines().collect();
        let text = repo.git(&[&["log", "--no-walk=unsorted", "--format=%H,%ct,%P"], ids].concat());
        let commit = |line: &str| {
            let fields: Vec<&str> = line.split(',').collect();
            Commit {
                id: fields[0].to_owned(),
                time: fields[1].parse().unwrap(),
                parents: fields[2].split_whitespace().map(str::to_owned).collect(),
                reachable: reachable.contains(fields[0]),
            }
        };
        let mut commits: Vec<Commit> = text.lines().map(commit).collect();
        commits.sort_by_key(|commit| commit.time);
        commits
    }

    fn refs(repo: &Repo) -> Vec<(String, String)> {
        let text = repo.git(&["for-each-ref", "--format=%(refname) %(symref)"]);
        let names: Vec<&str> = text.lines().filter_map(|line| line.strip_suffix(' ')).collect();
        let peeled: Vec<String> = names.iter().map(|name| format!("{name}^{{}}")).collect();
        let mut arguments = vec!["rev-parse"];
        arguments.extend(peeled.iter().map(String::as_str));
        let objects = repo.git(&arguments);
        let mut refs: Vec<(String, String)> =
            names.into_iter().zip(objects.lines()).map(|(name, object)| (name.to_owned(), object.to_owned())).collect();
        if !repo.try_git(&["symbolic-ref", "-q", "HEAD"]).status.success() {
            refs.push(("HEAD".to_owned(), repo.git(&["rev-parse", "HEAD"])));
        }
        refs.sort();
        refs
    }

    fn held(repo: &Repo, values: &[String], objects: &[String]) -> Held {
        let mut held = Held::new();
        let mut arguments = vec!["grep", "-a", "-z", "-o", "--no-color", "-F"];
        arguments.extend(values.iter().flat_map(|value| ["-e", value]));
        arguments.extend(objects.iter().map(String::as_str));
        let output = repo.try_git(&arguments);
        assert!(output.status.code().is_some_and(|code| code < 2), "{}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8(output.stdout).unwrap();
        let hits: Vec<(&str, &str)> = text.lines().map(|line| line.split_once('\0').unwrap()).collect();
        let input: String = hits.iter().map(|(place, _)| format!("{place}\n")).collect();
        let blobs = repo.git_with_input(&["cat-file", "--batch-check=%(objectname)"], input.as_bytes());
        for ((place, value), blob) in hits.into_iter().zip(blobs.lines()) {
            let (commit, path) = place.split_once(':').unwrap_or((place, ""));
            let commits = held.entry(value.to_owned()).or_default();
            commits.entry(commit.to_owned()).or_default().insert((path.to_owned(), blob.to_owned()));
        }
        held
    }

    /// The life of `value` by brute force.
    pub fn life(&self, value: &str) -> Life {
        let empty = BTreeMap::new();
        let held = self.held.get(value).unwrap_or(&empty);
        let holds = |id: &String| held.contains_key(id);
        let messages = self.messages.get(value).map(Vec::as_slice).unwrap_or_default();
        let (mut introduced, mut removed) = (Vec::new(), Vec::new());
        for commit in &self.commits {
            let before = commit.parents.iter().filter(|parent| holds(parent)).count();
            let says_it = messages.iter().any(|(_, id)| *id == commit.id);
            if says_it || holds(&commit.id) && before == 0 {
                introduced.push((!commit.reachable, false, commit.id.clone()));
            }
            if !holds(&commit.id) && before > 0 {
                removed.push((!commit.reachable, before < commit.parents.len(), commit.id.clone()));
            }
        }
        for (_, tag) in messages.iter().filter(|(kind, _)| kind == "tag") {
            introduced.push((self.reaching(tag).is_empty(), false, tag.clone()));
        }
        let mut present: BTreeSet<String> =
            self.refs.iter().filter(|(_, object)| holds(object)).map(|(name, _)| name.clone()).collect();
        for (kind, id) in messages {
            present.extend(if kind == "tag" { self.reaching(id) } else { self.containing(id) });
        }
        let mut life = Life {
            introductions: best(introduced),
            removals: best(removed),
            removed: None,
            at_head: present.contains(&self.head),
            present_in: present.into_iter().collect(),
            reachable: false,
            places: self.places(held, messages),
        };
        life.reachable = life.places.iter().any(|(_, _, reachable)| *reachable);
        life.removed =
            life.removals.last().filter(|_| life.reachable && life.present_in.is_empty() && !life.at_head).cloned();
        life
    }

    fn places(
        &self,
        held: &BTreeMap<String, BTreeSet<(String, String)>>,
        messages: &[(String, String)],
    ) -> Vec<(Option<String>, u64, bool)> {
        let mut by_path: BTreeMap<&str, (BTreeSet<&str>, bool)> = BTreeMap::new();
        for (root, places) in held {
            let reachable = match self.commits.iter().find(|commit| commit.id == *root) {
                Some(commit) => commit.reachable,
                None => true,
            };
            for (path, blob) in places {
                let at = by_path.entry(path).or_default();
                at.0.insert(blob);
                at.1 |= reachable;
            }
        }
        let mut places: Vec<_> = by_path
            .into_iter()
            .map(|(path, (blobs, reachable))| {
                ((!path.is_empty()).then(|| path.to_owned()), blobs.len() as u64, reachable)
            })
            .collect();
        places.extend(messages.iter().map(|(kind, id)| {
            let refs = if kind == "tag" { self.reaching(id) } else { self.containing(id) };
            (None, 1, !refs.is_empty())
        }));
        places.sort();
        places
    }

    /// Refs that lead to this tag.
    fn reaching(&self, tag: &str) -> Vec<String> {
        let text = self.repo.git(&["for-each-ref", "--format=%(objectname) %(refname)"]);
        let names = text.lines().filter_map(|line| line.strip_prefix(tag)).map(|name| name.trim().to_owned());
        names.collect()
    }

    /// Refs from which this commit is reached.
    fn containing(&self, commit: &str) -> Vec<String> {
        let text = self.repo.git(&["for-each-ref", "--format=%(refname)", "--contains", commit]);
        let mut names: Vec<String> = text.lines().map(str::to_owned).collect();
        if self.head == "HEAD" && self.repo.try_git(&["merge-base", "--is-ancestor", commit, "HEAD"]).status.success() {
            names.push("HEAD".to_owned());
        }
        names
    }
}

/// The contents of these objects.
fn texts(repo: &Repo, ids: &[&str]) -> Vec<(String, String)> {
    let input: String = ids.iter().map(|id| format!("{id}\n")).collect();
    let all = repo.git_with_input(&["cat-file", "--batch", "--buffer"], input.as_bytes());
    // Each begins with a line of its own: id, kind, size.
    let start = |id: &str| all.find(&format!("{id} commit ")).or_else(|| all.find(&format!("{id} tag "))).unwrap();
    let starts: Vec<usize> = ids.iter().map(|id| start(id)).chain([all.len()]).collect();
    ids.iter().zip(starts.windows(2)).map(|(id, at)| ((*id).to_owned(), all[at[0]..at[1]].to_owned())).collect()
}

/// Those of the best grade, in their order.
fn best(changes: Vec<(bool, bool, String)>) -> Vec<String> {
    let grade = changes.iter().map(|(unreachable, passed_on, _)| (*unreachable, *passed_on)).min();
    changes.into_iter().filter(|change| Some((change.0, change.1)) == grade).map(|change| change.2).collect()
}
