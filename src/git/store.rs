//! A repository's object store: packs, loose files and what alternates lend.

use super::{
    forest::Forest,
    inflate::Inflater,
    loose::Loose,
    pack::{Form, Pack},
    table::{Home, ObjectIndex, Table},
};
use crate::model::{Gap, GapKind, ObjectKind, Oid};
use rayon::prelude::*;
use std::{
    collections::HashSet,
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

/// Every object of a repository, once, and how to read it.
pub struct Store {
    pub(super) table: Table,
    pub(super) forests: Vec<Forest>,
    pub(super) loose: Vec<Loose>,
    gaps: Vec<Gap>,
}

/// A folder that holds objects, and what it holds.
#[derive(Default)]
struct Folders {
    packs: Vec<PathBuf>,
    loose: Vec<Loose>,
    gaps: Vec<Gap>,
}

impl Store {
    /// Opens the store whose object folder is `objects`, following alternates. What cannot be read becomes a gap.
    pub fn open(objects: &Path, hash: gix_hash::Kind) -> Self {
        let Folders { packs, mut loose, mut gaps } = list(objects, hash);
        let mut opened = Vec::with_capacity(packs.len());
        for pack in packs.par_iter().map(|path| Pack::open(path, hash)).collect::<Vec<_>>() {
            match pack {
                Ok(pack) => opened.push(pack),
                Err(gap) => gaps.push(gap),
            }
        }
        let mut places = Vec::with_capacity(opened.iter().map(|pack| pack.len() as usize).sum::<usize>() + loose.len());
        for (n, pack) in opened.iter().enumerate() {
            places.extend((0..pack.len()).map(|entry| (pack.id(entry), Home::Pack { pack: n as u32, entry })));
        }
        places.extend(loose.iter().enumerate().map(|(n, loose)| (loose.oid, Home::Loose(n as u32))));
        let mut numbers: Vec<Vec<ObjectIndex>> = opened.iter().map(|pack| vec![0; pack.len() as usize]).collect();
        let mut table = Table::new(hash.len_in_bytes(), places, |home, number| {
            if let Home::Pack { pack, entry } = home {
                numbers[pack as usize][entry as usize] = number;
            }
        });
        let forests: Vec<Forest> = opened
            .into_iter()
            .zip(numbers)
            .enumerate()
            .map(|(n, (pack, numbers))| {
                Forest::new(pack, |entry| {
                    let number = numbers[entry as usize];
                    (number, table.home(number) == Home::Pack { pack: n as u32, entry })
                })
            })
            .collect();
        for node in forests.iter().flat_map(|forest| &forest.nodes).filter(|node| node.owned) {
            table.kinds[node.id as usize] = node.kind;
        }
        // A loose file that is packed too is never opened.
        let needed =
            |n: u32| table.find(loose[n as usize].oid.as_bytes()).filter(|&id| table.home(id) == Home::Loose(n));
        let headers: Vec<_> = (0..loose.len() as u32)
            .into_par_iter()
            .filter_map(|n| needed(n).map(|id| (n, id, loose[n as usize].open().map(|open| (open.kind, open.size)))))
            .collect();
        for (n, id, header) in headers {
            match header {
                Ok((kind, size)) => {
                    table.kinds[id as usize] = Some(kind);
                    loose[n as usize].size = size;
                }
                Err(detail) => {
                    gaps.push(corrupt(&table, id, format!("{}: {detail}", loose[n as usize].path().display())));
                }
            }
        }
        let mut store = Self { table, forests, loose, gaps };
        store.settle_orphans();
        store
    }

    /// Deltas whose base lies outside their pack take their kind from there.
    fn settle_orphans(&mut self) {
        for f in 0..self.forests.len() {
            for orphan in self.forests[f].orphans.clone() {
                let kind = self.table.find(orphan.base.as_bytes()).and_then(|base| self.table.kind(base));
                let nodes: Vec<u32> = std::iter::once(orphan.node).chain(self.forests[f].below(orphan.node)).collect();
                for node in nodes {
                    let node = &mut self.forests[f].nodes[node as usize];
                    node.kind = kind;
                    if node.owned {
                        self.table.kinds[node.id as usize] = kind;
                    }
                }
            }
        }
    }

    /// All ids.
    pub fn table(&self) -> &Table {
        &self.table
    }

    /// What could not be opened.
    pub fn gaps(&self) -> &[Gap] {
        &self.gaps
    }

    /// Reads one object by itself. Rebuilds its whole delta chain: for the few objects a report shows, not for a walk.
    pub fn read(&self, id: ObjectIndex) -> Result<(ObjectKind, Vec<u8>), Gap> {
        self.read_with(id, &mut Inflater::default())
    }

    pub(super) fn read_with(&self, id: ObjectIndex, inflater: &mut Inflater) -> Result<(ObjectKind, Vec<u8>), Gap> {
        let mut bytes = Vec::new();
        // (pack, position or offset) of deltas still to be applied, outermost first.
        let mut deltas = Vec::new();
        let (mut home, mut offset) = (self.table.home(id), None);
        let fail = |detail: String| corrupt(&self.table, id, detail);
        let kind = loop {
            match home {
                Home::Loose(n) => {
                    let open = self.loose[n as usize].open().map_err(fail)?;
                    let kind = open.kind;
                    open.read(&mut bytes).map_err(fail)?;
                    break kind;
                }
                Home::Pack { pack, entry } => {
                    let source = &self.forests[pack as usize].pack;
                    let at = offset.take().unwrap_or_else(|| source.offset(entry));
                    let entry = source.entry(at).map_err(fail)?;
                    let mut stored = Vec::new();
                    source.inflate(&entry, source.end(), inflater, &mut stored).map_err(fail)?;
                    match entry.form {
                        Form::Whole(kind) => {
                            bytes = stored;
                            break kind;
                        }
                        Form::OffsetDelta(base) => offset = Some(base),
                        Form::RefDelta(base) => {
                            let base = self.table.find(base.as_bytes()).ok_or_else(|| Gap {
                                kind: GapKind::MissingBase,
                                subject: self.table.id(id).to_string(),
                                detail: format!("its delta base {base} is not in the store"),
                            })?;
                            home = self.table.home(base);
                        }
                    }
                    deltas.push(stored);
                    if deltas.len() > self.table.len() {
                        return Err(fail("its chain of delta bases runs in a circle".to_owned()));
                    }
                }
            }
        };
        let (mut built, mut segments) = (Vec::new(), Vec::new());
        while let Some(delta) = deltas.pop() {
            super::delta::apply(&bytes, &delta, u64::from(u32::MAX), &mut built, &mut segments)
                .map_err(|error| fail(error.to_string()))?;
            std::mem::swap(&mut bytes, &mut built);
        }
        Ok((kind, bytes))
    }
}

/// A gap for an object whose bytes do not decode.
pub(super) fn corrupt(table: &Table, id: ObjectIndex, detail: String) -> Gap {
    Gap { kind: GapKind::CorruptObject, subject: table.id(id).to_string(), detail }
}

/// Lists packs and loose objects of a folder and of its alternates, each folder once, so that alternates that name
/// each other end.
fn list(objects: &Path, hash: gix_hash::Kind) -> Folders {
    let mut found = Folders::default();
    let mut seen = HashSet::new();
    let mut waiting = vec![objects.to_path_buf()];
    while let Some(folder) = waiting.pop() {
        let Ok(real) = folder.canonicalize() else {
            found.gaps.push(unreadable(&folder, "an alternate object folder that does not exist"));
            continue;
        };
        if !seen.insert(real.clone()) {
            continue;
        }
        if let Err((path, error)) = list_one(&real, hash, &mut found) {
            found.gaps.push(unreadable(&path, &error.to_string()));
        }
        match alternates(&real) {
            Ok(more) => waiting.extend(more.into_iter().rev()),
            Err(error) => found.gaps.push(unreadable(&real.join("info/alternates"), &error.to_string())),
        }
    }
    found
}

fn unreadable(path: &Path, detail: &str) -> Gap {
    Gap { kind: GapKind::UnreadableStore, subject: path.display().to_string(), detail: detail.to_owned() }
}

fn list_one(folder: &Path, hash: gix_hash::Kind, found: &mut Folders) -> Result<(), (PathBuf, io::Error)> {
    let shared: Arc<Path> = Arc::from(folder);
    for name in names(folder)? {
        let path = folder.join(&name);
        if name == "pack" {
            let mut files = names(&path)?;
            files.sort();
            for file in &files {
                let stem = file.strip_suffix(".pack");
                if stem.is_some_and(|stem| files.binary_search(&format!("{stem}.idx")).is_ok()) {
                    found.packs.push(path.join(file).with_extension("idx"));
                } else if stem.is_some_and(|stem| stem.starts_with("pack-")) {
                    found
                        .gaps
                        .push(unreadable(&path.join(file), "a pack without an index; run 'git index-pack' on it"));
                }
            }
        } else if name.len() == 2 && name.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            for rest in names(&path)? {
                if name.len() + rest.len() == 2 * hash.len_in_bytes()
                    && let Ok(oid) = Oid::from_hex(format!("{name}{rest}").as_bytes())
                {
                    found.loose.push(Loose::new(Arc::clone(&shared), oid));
                }
            }
        }
    }
    Ok(())
}

fn names(folder: &Path) -> Result<Vec<String>, (PathBuf, io::Error)> {
    let failed = |error| (folder.to_path_buf(), error);
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        // Git's own names are ASCII; others are not git's.
        names.extend(entry.map_err(failed)?.file_name().into_string());
    }
    names.sort();
    Ok(names)
}

/// The folders that `info/alternates` names, relative ones resolved.
fn alternates(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let text = match fs::read_to_string(folder.join("info/alternates")) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let lines = text.lines().map(str::trim_end).filter(|line| !line.is_empty() && !line.starts_with('#'));
    Ok(lines.map(|line| folder.join(line)).collect())
}
