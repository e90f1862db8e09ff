//! A pack as a forest: an object stored whole is a root, and each delta hangs below its base.
//!
//! Walking it from the roots down inflates every object once and has each base in hand while its children are built.

use super::{
    pack::{Form, Pack},
    table::ObjectIndex,
};
use crate::model::{ObjectKind, Oid};
use rayon::prelude::*;

/// "No node": the end of a list of siblings, the base of a root.
pub(super) const NONE: u32 = u32::MAX;

/// One pack entry. Nodes are numbered by offset.
#[derive(Debug, Clone, Copy)]
pub(super) struct Node {
    offset: u64,
    /// Inflated size of what is stored.
    pub size: u64,
    /// The object's number.
    pub id: ObjectIndex,
    /// The node it is a delta against, or [`NONE`].
    base: u32,
    /// First delta against it.
    child: u32,
    /// Next delta against the same base.
    sibling: u32,
    /// Nodes in its subtree, itself included, that are read from this pack and not from another.
    pub weight: u32,
    /// Length of the entry's header; 0 marks an entry without a usable one.
    header: u8,
    /// Whether this pack is the object's home.
    pub owned: bool,
    /// Filled from the root down.
    pub kind: Option<ObjectKind>,
}

impl Node {
    fn new(offset: u64, id: ObjectIndex, owned: bool) -> Self {
        Self {
            offset,
            size: 0,
            id,
            base: NONE,
            child: NONE,
            sibling: NONE,
            weight: u32::from(owned),
            header: 0,
            owned,
            kind: None,
        }
    }
}

/// A delta whose base is not in its pack.
#[derive(Debug, Clone, Copy)]
pub(super) struct Orphan {
    /// The delta's node.
    pub node: u32,
    /// The base it names.
    pub base: Oid,
}

/// The forest of one pack.
pub(super) struct Forest {
    pub pack: Pack,
    pub nodes: Vec<Node>,
    /// Nodes that are stored whole.
    pub roots: Vec<u32>,
    /// Deltas against something outside the pack.
    pub orphans: Vec<Orphan>,
    /// Entries that cannot be used, and why; what hangs below them cannot be built.
    pub broken: Vec<(u32, String)>,
}

impl Forest {
    /// Reads all entry headers of `pack`. `number` gives the object number of an index position, and whether this
    /// pack is that object's home.
    pub fn new(pack: Pack, number: impl Fn(u32) -> (ObjectIndex, bool) + Sync) -> Self {
        let mut order: Vec<(u64, u32)> = (0..pack.len()).map(|position| (pack.offset(position), position)).collect();
        order.par_sort_unstable();
        let node_at = |offset: u64| order.binary_search_by_key(&offset, |&(offset, _)| offset).ok().map(|n| n as u32);
        let nodes = order
            .par_iter()
            .map(|&(offset, position)| {
                let (id, owned) = number(position);
                let mut node = Node::new(offset, id, owned);
                if let Ok(entry) = pack.entry(offset) {
                    node.size = entry.size;
                    node.header = (entry.data - offset) as u8;
                    match entry.form {
                        Form::Whole(kind) => node.kind = Some(kind),
                        Form::OffsetDelta(base) => node.base = node_at(base).unwrap_or(NONE),
                        Form::RefDelta(base) => {
                            let position = pack.position(&base);
                            node.base = position.and_then(|position| node_at(pack.offset(position))).unwrap_or(NONE);
                        }
                    }
                }
                node
            })
            .collect();
        let mut forest = Self { pack, nodes, roots: Vec::new(), orphans: Vec::new(), broken: Vec::new() };
        forest.sort_out();
        forest.hang();
        forest.fill_in();
        forest
    }

    /// Tells roots, orphans and broken entries apart.
    fn sort_out(&mut self) {
        for (n, node) in (0..).zip(&self.nodes) {
            if node.base != NONE {
                continue;
            }
            if node.kind.is_some() {
                self.roots.push(n);
                continue;
            }
            match self.pack.entry(node.offset).map(|entry| entry.form) {
                Ok(Form::RefDelta(base)) => self.orphans.push(Orphan { node: n, base }),
                Ok(Form::OffsetDelta(base)) => {
                    self.broken.push((n, format!("no entry begins at its delta base, offset {base}")));
                }
                Ok(Form::Whole(_)) => self.roots.push(n),
                Err(detail) => self.broken.push((n, detail)),
            }
        }
    }

    /// Links children to their bases.
    fn hang(&mut self) {
        for n in 0..self.nodes.len() {
            let base = self.nodes[n].base;
            if base != NONE {
                self.nodes[n].sibling = self.nodes[base as usize].child;
                self.nodes[base as usize].child = n as u32;
            }
        }
    }

    /// Hands kinds down and weights up. Offset deltas always point backwards, so offset order has every base before
    /// its deltas, unless a reference delta points forward.
    fn fill_in(&mut self) {
        let forward = (0..).zip(&self.nodes).any(|(n, node)| node.base != NONE && node.base >= n);
        let order = if forward { self.top_down() } else { (0..self.nodes.len() as u32).collect() };
        for &n in &order {
            let base = self.nodes[n as usize].base;
            if base != NONE {
                self.nodes[n as usize].kind = self.nodes[base as usize].kind;
            }
        }
        self.weigh(&order);
        if order.len() < self.nodes.len() {
            let mut seen = vec![false; self.nodes.len()];
            for &n in &order {
                seen[n as usize] = true;
            }
            let cyclic = (0..self.nodes.len() as u32).filter(|&n| !seen[n as usize]);
            self.broken.extend(cyclic.map(|n| (n, "its chain of delta bases runs in a circle".to_owned())));
        }
    }

    /// Sums weights up; `order` has bases before their deltas.
    fn weigh(&mut self, order: &[u32]) {
        for &n in order.iter().rev() {
            let Node { base, weight, .. } = self.nodes[n as usize];
            if base != NONE {
                self.nodes[base as usize].weight += weight;
            }
        }
    }

    /// Leaves out the objects for which `known` is set: they are built only where others hang below them.
    pub fn leave_out(&mut self, known: &[bool]) {
        for node in &mut self.nodes {
            node.owned &= !known[node.id as usize];
            node.weight = u32::from(node.owned);
        }
        let order = self.top_down();
        self.weigh(&order);
    }

    fn top_down(&self) -> Vec<u32> {
        let mut order: Vec<u32> =
            (0..self.nodes.len() as u32).filter(|&n| self.nodes[n as usize].base == NONE).collect();
        let mut at = 0;
        while at < order.len() {
            order.extend(self.children(order[at]));
            at += 1;
        }
        order
    }

    /// The deltas against a node.
    pub fn children(&self, node: u32) -> impl Iterator<Item = u32> + '_ {
        let some = |n: u32| (n != NONE).then_some(n);
        std::iter::successors(some(self.nodes[node as usize].child), move |&n| some(self.nodes[n as usize].sibling))
    }

    /// Every node below `node`, itself not included. Not to be asked of a node in a circle.
    pub fn below(&self, node: u32) -> Vec<u32> {
        let mut found: Vec<u32> = self.children(node).collect();
        let mut at = 0;
        // The bound is never met outside of circles.
        while at < found.len() && found.len() <= self.nodes.len() {
            found.extend(self.children(found[at]));
            at += 1;
        }
        found
    }

    /// Whether a broken node is one for its chain of bases: then all that hang below it are broken too, each by itself.
    pub fn is_circular(&self, node: u32) -> bool {
        self.nodes[node as usize].base != NONE
    }

    /// Where a node ends: where the next one begins.
    fn end(&self, node: u32) -> u64 {
        self.nodes.get(node as usize + 1).map_or_else(|| self.pack.end(), |next| next.offset)
    }

    /// The zlib stream of a node.
    pub fn packed(&self, node: u32) -> &[u8] {
        let Node { offset, header, .. } = self.nodes[node as usize];
        self.pack.packed(offset.saturating_add(u64::from(header)), self.end(node))
    }

    /// Where the entry at `offset` ends: where the next one begins.
    pub fn end_of(&self, offset: u64) -> u64 {
        let next = self.nodes.partition_point(|node| node.offset <= offset);
        self.nodes.get(next).map_or_else(|| self.pack.end(), |next| next.offset)
    }

    /// Whether a node's bytes are those that entry `position` of the index was made for.
    pub fn is_as_indexed(&self, node: u32, position: u32) -> bool {
        let offset = self.nodes[node as usize].offset;
        self.pack.is_as_indexed(position, offset, self.end(node))
    }

    /// Where a node stands, for an error message.
    pub fn place(&self, node: u32) -> String {
        format!("{} at offset {}", self.pack.path().display(), self.nodes[node as usize].offset)
    }
}
