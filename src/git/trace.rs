//! Who brought a value in, who took it out, where it still is: by containment, not by diffs.
//!
//! Which objects hold a value is known. From there upward: which trees hold such a blob, which trees hold those, which
//! commits record such a tree. A commit *introduced* a value if it holds it while none of its parents does; it
//! *removed* it if it does not hold it while its parents do. Merges need no special case.

use super::{
    graph::{Commit, Graph, Tip, TipEnd},
    sets::{EMPTY, SetIndex, Sets},
    table::{ObjectIndex, Table},
    tree::{Containment, Edge},
};
use crate::model::{ObjectKind, Oid};
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeMap;

/// A value's life, in numbers.
#[derive(Debug, Clone, Default)]
pub struct Life {
    /// Commits (or tags, for a value in a tag's message), earliest first.
    pub introductions: Vec<ObjectIndex>,
    /// Commits, earliest first.
    pub removals: Vec<ObjectIndex>,
    /// Names of the refs whose tip holds it, sorted.
    pub present_in: Vec<String>,
    /// Whether a ref reaches an object that holds it.
    pub reachable: bool,
    /// Where it stood, sorted by path.
    pub places: Vec<Stand>,
    /// The place that the introducing commit brought in: an index into `places` and the object there.
    pub primary: Option<(usize, ObjectIndex)>,
}

/// One path at which a value stood, or a message, or a blob that no tree names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stand {
    /// The path; `None` for messages and unnamed blobs.
    pub path: Option<Vec<u8>>,
    /// The distinct objects that held it there, earliest first.
    pub objects: Vec<ObjectIndex>,
    /// Whether a ref reaches one of them.
    pub reachable: bool,
}

/// Follows values through history.
pub struct Tracer<'a> {
    table: &'a Table,
    graph: &'a Graph,
    trees: &'a Containment,
    sets: Sets,
    /// By object: the values it holds itself.
    own: FxHashMap<ObjectIndex, SetIndex>,
    /// By object number, of trees: the values it holds at any depth, or [`UNKNOWN`]. Filled as asked for.
    within: Vec<SetIndex>,
    /// By commit: the values in its tree.
    held: Vec<SetIndex>,
    /// A tree, and one that it holds and is held by. No honest store has such trees; these steps are not taken.
    circles: FxHashSet<(ObjectIndex, ObjectIndex)>,
}

/// Paths, each kept once as its parent and a name.
#[derive(Default)]
struct Paths {
    numbers: FxHashMap<(u32, u32), u32>,
    list: Vec<(u32, u32)>,
}

const ROOT: u32 = u32::MAX;

/// Paths at which one tree is followed. No honest tree stands at more; a small one that holds the next ten times over
/// stands at a thousand million after nine steps.
const MOST_PATHS: u32 = 2_000;

/// Not a set.
const UNKNOWN: SetIndex = SetIndex::MAX;

impl Paths {
    fn child(&mut self, parent: u32, name: u32) -> u32 {
        *self.numbers.entry((parent, name)).or_insert_with(|| {
            self.list.push((parent, name));
            self.list.len() as u32 - 1
        })
    }

    fn bytes(&self, trees: &Containment, mut path: u32) -> Vec<u8> {
        let mut names = Vec::new();
        while path != ROOT {
            let (parent, name) = self.list[path as usize];
            names.push(trees.name(name));
            path = parent;
        }
        names.reverse();
        names.join(&b'/')
    }
}

/// That a commit brought a value in or took it out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Change {
    value: u32,
    /// Unreachable, passed on: of the changes of a value only those of the smallest grade are told.
    grade: (bool, bool),
    age: (i64, u32),
    id: ObjectIndex,
}

/// Where one value stood at one path, while it is being counted.
#[derive(Default)]
struct Count {
    objects: Vec<ObjectIndex>,
    reachable: bool,
}

impl<'a> Tracer<'a> {
    /// Prepares to follow values; `holders` lists for each the objects that hold it.
    pub fn new(table: &'a Table, graph: &'a Graph, trees: &'a Containment, holders: &[Vec<ObjectIndex>]) -> Self {
        let mut by_object: FxHashMap<ObjectIndex, Vec<u32>> = FxHashMap::default();
        for (value, objects) in holders.iter().enumerate() {
            for &object in objects {
                by_object.entry(object).or_default().push(value as u32);
            }
        }
        let mut sets = Sets::default();
        let own = by_object.into_iter().map(|(object, values)| (object, sets.of(values))).collect();
        let (within, circles) = (vec![UNKNOWN; table.len()], FxHashSet::default());
        let mut tracer = Self { table, graph, trees, sets, own, within, held: Vec::new(), circles };
        if tracer.own.is_empty() {
            return tracer;
        }
        tracer.held =
            graph.commits.iter().map(|commit| commit.tree.map_or(EMPTY, |tree| tracer.within(tree))).collect();
        for object in graph.objects_at_refs() {
            tracer.within(object);
        }
        tracer
    }

    /// Trees that hold themselves, directly or through others: sorted. Known only where there is a value to trace.
    pub fn circular(&self) -> Vec<ObjectIndex> {
        let mut trees: Vec<_> = self.circles.iter().map(|&(tree, _)| tree).collect();
        trees.sort_unstable();
        trees.dedup();
        trees
    }

    /// What a tree holds, as far as it can be followed.
    fn edges(&self, tree: ObjectIndex) -> impl Iterator<Item = &'a Edge> {
        let edges = self.trees.edges(tree).iter();
        edges.filter(move |edge| self.circles.is_empty() || !self.circles.contains(&(tree, edge.target)))
    }

    /// Of the objects that trees name and the store lacks, those that a ref reaches, with a tree that names each.
    /// What only unreachable trees name is not missed: git itself prunes it piece by piece.
    pub fn missed(&self) -> Vec<(Oid, ObjectIndex)> {
        if self.trees.is_whole() { Vec::new() } else { self.trees.missed(self.reached()) }
    }

    /// By object number, of trees and of blobs whose place matters: whether a ref reaches it.
    pub fn reached(&self) -> Vec<bool> {
        let mut seen = vec![false; self.table.len()];
        let from_refs = self.graph.objects_at_refs();
        let from_commits = self.graph.commits.iter().filter(|commit| commit.reachable).filter_map(|commit| commit.tree);
        let mut stack: Vec<ObjectIndex> = from_commits.chain(from_refs).collect();
        while let Some(tree) = stack.pop() {
            if !std::mem::replace(&mut seen[tree as usize], true) {
                stack.extend(self.trees.edges(tree).iter().map(|edge| edge.target));
            }
        }
        seen
    }

    /// The lives of all values, in their order.
    pub fn lives(mut self, values: usize) -> Vec<Life> {
        let mut lives = vec![Life::default(); values];
        if self.own.is_empty() {
            return lives;
        }
        let held = std::mem::take(&mut self.held);
        self.changes(&held, &mut lives);
        self.tips(&held, &mut lives);
        self.places(&held, &mut lives);
        lives
    }

    fn own(&self, object: ObjectIndex) -> SetIndex {
        self.own.get(&object).copied().unwrap_or(EMPTY)
    }

    /// The values a blob or tree holds. Iterative: a hostile tree may be a hundred thousand levels deep.
    fn within(&mut self, object: ObjectIndex) -> SetIndex {
        if self.table.kind(object) != Some(ObjectKind::Tree) {
            return self.own(object);
        }
        let trees = self.trees;
        let mut stack = vec![object];
        // Trees on the way from `object` to the one at hand.
        let mut open: FxHashSet<ObjectIndex> = FxHashSet::default();
        while let Some(&tree) = stack.last() {
            if self.within[tree as usize] != UNKNOWN {
                stack.pop();
                continue;
            }
            let before = stack.len();
            let mut set = EMPTY;
            for edge in trees.edges(tree) {
                if self.table.kind(edge.target) != Some(ObjectKind::Tree) {
                    set = self.sets.union(set, self.own(edge.target));
                } else if self.within[edge.target as usize] != UNKNOWN {
                    set = self.sets.union(set, self.within[edge.target as usize]);
                } else if edge.target == tree || open.contains(&edge.target) {
                    self.circles.insert((tree, edge.target));
                } else {
                    stack.push(edge.target);
                }
            }
            if stack.len() == before {
                self.within[tree as usize] = set;
                open.remove(&tree);
                stack.pop();
            } else {
                open.insert(tree);
            }
        }
        self.within[object as usize]
    }

    /// Introductions and removals. Where a ref reaches a commit that holds a value, only such commits count: an
    /// abandoned draft of the same commit introduced nothing that anybody can see.
    fn changes(&mut self, held: &[SetIndex], lives: &mut [Life]) {
        let graph = self.graph;
        let held = self.with_lost_trees(held);
        let mut introduced: Vec<Change> = Vec::new();
        let mut removed: Vec<Change> = Vec::new();
        for (n, commit) in graph.commits.iter().enumerate() {
            let message = self.own(commit.id);
            let set = held[n];
            let before = commit.parents.iter().fold(EMPTY, |sum, &parent| self.sets.union(sum, held[parent as usize]));
            if message == EMPTY && set == before {
                continue;
            }
            let is_new = |value: &u32| !self.sets.contains(before, *value);
            let brought = self.sets.members(set).iter().copied().filter(is_new);
            let all = brought.chain(self.sets.members(message).iter().copied());
            let Commit { id, age, reachable, .. } = *commit;
            introduced.extend(all.map(|value| Change { value, grade: (!reachable, false), age, id }));
            for &value in self.sets.members(before).iter().filter(|&&value| !self.sets.contains(set, value)) {
                // A merge that lacks a value which one side had lost already passes that on. It counts as the removal
                // only if nobody else is to be found: the merge itself dropped a value that the other side never had.
                let passed_on = !commit.parents.iter().all(|&parent| self.sets.contains(held[parent as usize], value));
                removed.push(Change { value, grade: (!reachable, passed_on), age, id });
            }
        }
        for (tag, &set) in self.own.iter().filter(|(object, _)| self.table.kind(**object) == Some(ObjectKind::Tag)) {
            let reachable = graph.refs.iter().any(|tip| tip.tags.contains(tag));
            let values = self.sets.members(set).iter();
            let change = |&value| Change { value, grade: (!reachable, false), age: (i64::MAX, 0), id: *tag };
            introduced.extend(values.map(change));
        }
        for (list, of) in [
            (&mut introduced, (|life| &mut life.introductions) as fn(&mut Life) -> &mut Vec<ObjectIndex>),
            (&mut removed, |life| &mut life.removals),
        ] {
            list.sort_unstable();
            list.dedup();
            for group in list.chunk_by(|a, b| a.value == b.value) {
                let counted = group.iter().filter(|change| change.grade == group[0].grade);
                of(&mut lives[group[0].value as usize]).extend(counted.map(|change| change.id));
            }
        }
    }

    /// By commit: the values in its tree, where a tree that the store lacks is taken for what its parents hold. Unknown is
    /// not gone: such a commit removed nothing, and its child brought nothing back.
    fn with_lost_trees(&mut self, held: &[SetIndex]) -> Vec<SetIndex> {
        let mut held = held.to_vec();
        for (n, commit) in self.graph.commits.iter().enumerate().filter(|(_, commit)| commit.tree.is_none()) {
            held[n] = commit.parents.iter().fold(EMPTY, |sum, &parent| self.sets.union(sum, held[parent as usize]));
        }
        held
    }

    /// The values that a ref's tip holds, messages that it reaches included.
    fn tips(&mut self, held: &[SetIndex], lives: &mut [Life]) {
        let graph = self.graph;
        let messages = self.messages_reached();
        let mut present: Vec<(u32, &str)> = Vec::new();
        for Tip { name, tags, end } in &graph.refs {
            let mut set = match *end {
                TipEnd::Commit(commit) => {
                    let reached = messages.get(commit as usize).copied().unwrap_or(EMPTY);
                    self.sets.union(held[commit as usize], reached)
                }
                TipEnd::Other(object) => self.within(object),
                TipEnd::Missing => EMPTY,
            };
            for &tag in tags {
                set = self.sets.union(set, self.own(tag));
            }
            present.extend(self.sets.members(set).iter().map(|&value| (value, name.as_str())));
        }
        for (value, name) in present {
            lives[value as usize].present_in.push(name.to_owned());
        }
    }

    /// By commit: the values in its message and in those of its ancestors. Empty if no message holds any.
    fn messages_reached(&mut self) -> Vec<SetIndex> {
        let graph = self.graph;
        if !graph.commits.iter().any(|commit| self.own(commit.id) != EMPTY) {
            return Vec::new();
        }
        let mut reached: Vec<SetIndex> = Vec::with_capacity(graph.commits.len());
        for commit in &graph.commits {
            let own = self.own(commit.id);
            let set = commit.parents.iter().fold(own, |sum, &parent| self.sets.union(sum, reached[parent as usize]));
            reached.push(set);
        }
        reached
    }

    /// Where each value stood: all paths, earliest object first.
    fn places(&mut self, held: &[SetIndex], lives: &mut [Life]) {
        let graph = self.graph;
        let mut paths = Paths::default();
        let mut counts: BTreeMap<(u32, u32), Count> = BTreeMap::new();
        let mut placed: FxHashSet<(u32, ObjectIndex)> = FxHashSet::default();
        let mut seen: FxHashSet<(ObjectIndex, u32)> = FxHashSet::default();
        let mut visits: FxHashMap<ObjectIndex, u32> = FxHashMap::default();
        let named_by_refs: FxHashSet<ObjectIndex> = graph.objects_at_refs().collect();
        let mut order: Vec<usize> = (0..graph.commits.len()).filter(|&n| held[n] != EMPTY).collect();
        order.sort_unstable_by_key(|&n| (!graph.commits[n].reachable, graph.commits[n].age, graph.commits[n].id));
        let reached = order.partition_point(|&n| graph.commits[n].reachable);
        let roots = |order: &[usize]| order.iter().filter_map(|&n| graph.commits[n].tree).collect::<Vec<_>>();
        let is_tree = |object: &ObjectIndex| self.table.kind(*object) == Some(ObjectKind::Tree);
        // What refs reach comes first: where an object is seen again at its path, it is not looked at again.
        let reachable = roots(&order[..reached]).into_iter().chain(graph.objects_at_refs().filter(is_tree));
        let lost = roots(&order[reached..]);
        for (root, reachable) in reachable.map(|root| (root, true)).chain(lost.into_iter().map(|root| (root, false))) {
            let mut stack = vec![(root, ROOT)];
            while let Some((tree, path)) = stack.pop() {
                if !seen.insert((tree, path)) {
                    continue;
                }
                let visits = visits.entry(tree).or_insert(0);
                *visits += 1;
                if *visits > MOST_PATHS {
                    continue;
                }
                for edge in self.edges(tree) {
                    if self.table.kind(edge.target) == Some(ObjectKind::Tree) {
                        if self.holds_any(edge.target) {
                            stack.push((edge.target, paths.child(path, edge.name)));
                        }
                        continue;
                    }
                    let at = paths.child(path, edge.name);
                    if !placed.insert((at, edge.target)) {
                        continue;
                    }
                    for &value in self.sets.members(self.own(edge.target)) {
                        let count = counts.entry((value, at)).or_default();
                        count.objects.push(edge.target);
                        count.reachable |= reachable || named_by_refs.contains(&edge.target);
                    }
                }
            }
        }
        let named: FxHashSet<ObjectIndex> = placed.into_iter().map(|(_, object)| object).collect();
        for ((value, path), count) in counts {
            let path = Some(paths.bytes(self.trees, path));
            let Count { objects, reachable } = count;
            lives[value as usize].places.push(Stand { path, objects, reachable });
        }
        self.unnamed(&named, lives);
        for (value, life) in lives.iter_mut().enumerate() {
            life.places.sort_by(|a, b| (&a.path, &a.objects).cmp(&(&b.path, &b.objects)));
            life.reachable = life.places.iter().any(|place| place.reachable);
            life.primary = self.primary(value as u32, life);
        }
    }

    /// Whether a tree is known to hold a value.
    fn holds_any(&self, tree: ObjectIndex) -> bool {
        !matches!(self.within[tree as usize], EMPTY | UNKNOWN)
    }

    /// Messages, and blobs that no commit's tree names.
    fn unnamed(&self, named: &FxHashSet<ObjectIndex>, lives: &mut [Life]) {
        let graph = self.graph;
        for (&object, &set) in self.own.iter().filter(|(object, _)| !named.contains(object)) {
            let reachable = match self.table.kind(object) {
                Some(ObjectKind::Commit) => graph.commit(object).is_some_and(|commit| commit.reachable),
                Some(ObjectKind::Tag) => graph.refs.iter().any(|tip| tip.tags.contains(&object)),
                _ => graph.objects_at_refs().any(|named| named == object),
            };
            for &value in self.sets.members(set) {
                lives[value as usize].places.push(Stand { path: None, objects: vec![object], reachable });
            }
        }
    }

    /// The first path, in sorted order, at which the introducing commit holds the value.
    fn primary(&self, value: u32, life: &Life) -> Option<(usize, ObjectIndex)> {
        let place_of = |object: ObjectIndex, path: Option<&[u8]>| {
            let matches =
                |place: &Stand| place.path.as_deref() == path && (path.is_some() || place.objects[0] == object);
            life.places.iter().position(matches).map(|n| (n, object))
        };
        let fallback = || life.places.first().map(|place| (0, place.objects[0]));
        let Some(&introduction) = life.introductions.first() else { return fallback() };
        let commit = self.graph.commit(introduction);
        let found = commit.and_then(|commit| self.first_path(commit.tree?, value));
        match found {
            Some((path, object)) => place_of(object, Some(&path)),
            None => place_of(introduction, None),
        }
        .or_else(fallback)
    }

    /// The first path below `tree` that holds `value`, and the blob there.
    fn first_path(&self, mut tree: ObjectIndex, value: u32) -> Option<(Vec<u8>, ObjectIndex)> {
        let mut path = Vec::new();
        loop {
            let holds = |object: ObjectIndex| {
                let set = match self.table.kind(object) {
                    Some(ObjectKind::Tree) => self.within[object as usize],
                    _ => self.own(object),
                };
                set != UNKNOWN && self.sets.contains(set, value)
            };
            let edge = self.edges(tree).find(|edge| holds(edge.target))?;
            path.extend_from_slice(self.trees.name(edge.name));
            if self.table.kind(edge.target) != Some(ObjectKind::Tree) {
                return Some((path, edge.target));
            }
            path.push(b'/');
            tree = edge.target;
        }
    }
}
