//! A repository's object store: packs, loose files and what alternates lend.

use super::{
    forest::{Forest, Orphan},
    inflate::Inflater,
    lender::Lender,
    loose::Loose,
    pack::{Form, Pack},
    table::{Home, ObjectIndex, Table},
};
use crate::model::{Gap, GapKind, KnownBlobs, ObjectKind, Oid};
use rayon::prelude::*;
use std::{
    collections::HashSet,
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

/// No larger object is held in memory: places within an object are 32-bit numbers. Larger blobs are streamed.
pub const MAX_HELD: u64 = 2 << 30;

/// Every object of a repository, once, and how to read it.
pub struct Store {
    pub(super) table: Table,
    pub(super) forests: Vec<Forest>,
    pub(super) loose: Vec<Loose>,
    pub(super) lent: Option<Lent>,
    /// By object: whether it is left out, since an earlier scan read it. Empty: none is.
    known: Vec<bool>,
    gaps: Vec<Gap>,
}

/// Single objects out of folders that are not listed whole.
pub(super) struct Lent {
    pub objects: Vec<(Oid, ObjectKind)>,
    pub lender: Arc<Lender>,
}

/// A folder that holds objects, and what it holds.
#[derive(Default)]
struct Folders {
    packs: Vec<PathBuf>,
    loose: Vec<Loose>,
    gaps: Vec<Gap>,
}

impl Store {
    /// A store of nothing, for texts that are in no repository.
    pub fn empty() -> Self {
        let table = Table::new(gix_hash::Kind::Sha1.len_in_bytes(), Vec::new(), |_, _| ());
        Self { table, forests: Vec::new(), loose: Vec::new(), lent: None, known: Vec::new(), gaps: Vec::new() }
    }

    /// Opens the store whose object folder is `objects`, following alternates. What cannot be read becomes a gap.
    pub fn open(objects: &Path, hash: gix_hash::Kind) -> Self {
        Self::gather(Some(objects), hash, None)
    }

    /// Opens the store whose object folder is `objects`, if there is one, together with what is lent.
    pub(super) fn gather(objects: Option<&Path>, hash: gix_hash::Kind, lent: Option<Lent>) -> Self {
        let Folders { packs, loose, mut gaps } = objects.map(|objects| list(objects, hash)).unwrap_or_default();
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
        let borrowed = lent.as_ref().map_or(&[][..], |lent| &lent.objects);
        places.extend(borrowed.iter().enumerate().map(|(n, (oid, _))| (*oid, Home::Lent(n as u32))));
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
            .filter_map(|n| needed(n).map(|id| (n, id, loose[n as usize].open().map(|open| open.kind))))
            .collect();
        for (n, id, header) in headers {
            match header {
                Ok(kind) => table.kinds[id as usize] = Some(kind),
                Err(detail) => {
                    gaps.push(corrupt(&table, id, format!("{}: {detail}", loose[n as usize].path().display())));
                }
            }
        }
        for (n, (oid, kind)) in borrowed.iter().enumerate() {
            // What is here is read here.
            if let Some(id) = table.find(oid.as_bytes()).filter(|&id| table.home(id) == Home::Lent(n as u32)) {
                table.kinds[id as usize] = Some(*kind);
            }
        }
        let mut store = Self { table, forests, loose, lent, known: Vec::new(), gaps };
        store.settle_orphans();
        store
    }

    /// Deltas whose base lies outside their pack take their kind from there. That base may be such a delta itself, so
    /// this goes on until a round settles nothing.
    fn settle_orphans(&mut self) {
        let mut open: Vec<(usize, Orphan)> = Vec::new();
        for (f, forest) in self.forests.iter().enumerate() {
            open.extend(forest.orphans.iter().map(|&orphan| (f, orphan)));
        }
        loop {
            let before = open.len();
            open.retain(|&(f, orphan)| {
                let base = self.table.find(orphan.base.as_bytes());
                let Some(kind) = base.and_then(|base| self.table.kind(base)) else { return true };
                let forest = &mut self.forests[f];
                for node in std::iter::once(orphan.node).chain(forest.below(orphan.node)) {
                    let node = &mut forest.nodes[node as usize];
                    node.kind = Some(kind);
                    if node.owned {
                        self.table.kinds[node.id as usize] = Some(kind);
                    }
                }
                false
            });
            if open.len() == before {
                return;
            }
        }
    }

    /// Leaves blobs out of walks that an earlier scan read.
    pub fn leave_out(&mut self, known: &KnownBlobs) {
        if known.is_empty() {
            return;
        }
        let table = &self.table;
        let is_known = |id: ObjectIndex| table.kind(id) == Some(ObjectKind::Blob) && known.contains(table.raw_id(id));
        self.known = (0..table.len() as ObjectIndex).into_par_iter().map(is_known).collect();
        let known = &self.known;
        self.forests.par_iter_mut().for_each(|forest| forest.leave_out(known));
    }

    /// Whether an object is left out.
    pub fn is_known(&self, id: ObjectIndex) -> bool {
        self.known.get(id as usize).copied().unwrap_or(false)
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
        self.read_within(id, MAX_HELD)
    }

    /// The same for an object of at most `most` bytes, as are those that it is built from.
    pub(super) fn read_within(&self, id: ObjectIndex, most: u64) -> Result<(ObjectKind, Vec<u8>), Gap> {
        self.read_with(id, most, &mut Inflater::default())
    }

    pub(super) fn read_with(
        &self,
        id: ObjectIndex,
        most: u64,
        inflater: &mut Inflater,
    ) -> Result<(ObjectKind, Vec<u8>), Gap> {
        let mut bytes = Vec::new();
        let mut seen = HashSet::new();
        // Deltas still to be applied, outermost first.
        let mut deltas = Vec::new();
        let (mut home, mut offset) = (self.table.home(id), None);
        let fail = |detail: String| corrupt(&self.table, id, detail);
        let kind = loop {
            match home {
                Home::Loose(n) => {
                    let open = self.loose[n as usize].open().map_err(fail)?;
                    let kind = open.kind;
                    if open.size > most {
                        return Err(fail(format!("{} bytes are too many to be held", open.size)));
                    }
                    open.read(&mut bytes).map_err(fail)?;
                    break kind;
                }
                Home::Lent(n) => {
                    let (kind, content) = self.borrow(n).map_err(fail)?;
                    bytes = content;
                    break kind;
                }
                Home::Pack { pack, entry } => {
                    let source = &self.forests[pack as usize].pack;
                    let at = offset.take().unwrap_or_else(|| source.offset(entry));
                    if !seen.insert((pack, at)) {
                        return Err(fail("its chain of delta bases runs in a circle".to_owned()));
                    }
                    let entry = source.entry(at).map_err(fail)?;
                    if entry.size > most {
                        return Err(fail(format!("{} bytes are too many to be held", entry.size)));
                    }
                    let end = self.forests[pack as usize].end_of(at);
                    let mut stored = Vec::new();
                    inflater.exactly(source.packed(entry.data, end), entry.size, &mut stored).map_err(fail)?;
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
                }
            }
        };
        let (mut built, mut segments) = (Vec::new(), Vec::new());
        while let Some(delta) = deltas.pop() {
            super::delta::apply(&bytes, &delta, most, &mut built, &mut segments)
                .map_err(|error| fail(error.to_string()))?;
            std::mem::swap(&mut bytes, &mut built);
        }
        Ok((kind, bytes))
    }
}

impl Store {
    /// Reads the lent object with this number.
    pub(super) fn borrow(&self, n: u32) -> Result<(ObjectKind, Vec<u8>), String> {
        let Some(lent) = &self.lent else { return Err("nobody lends it".to_owned()) };
        lent.lender.read(&lent.objects[n as usize].0)
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
            let detail = if folder == objects {
                "the object folder cannot be found"
            } else {
                "info/alternates names this object folder, and it cannot be found; correct or remove the line"
            };
            found.gaps.push(unreadable(&folder, detail));
            continue;
        };
        if !seen.insert(real.clone()) {
            continue;
        }
        list_one(&real, hash, &mut found);
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

/// What cannot be read does not keep the rest from being read.
fn list_one(folder: &Path, hash: gix_hash::Kind, found: &mut Folders) {
    let shared: Arc<Path> = Arc::from(folder);
    for name in names(folder, &mut found.gaps) {
        let path = folder.join(&name);
        if name == "pack" {
            list_packs(&path, found);
        } else if name.len() == 2 && name.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            for rest in names(&path, &mut found.gaps) {
                if name.len() + rest.len() == 2 * hash.len_in_bytes()
                    && let Ok(oid) = Oid::from_hex(format!("{name}{rest}").as_bytes())
                {
                    found.loose.push(Loose::new(Arc::clone(&shared), oid));
                }
            }
        }
    }
}

fn list_packs(folder: &Path, found: &mut Folders) {
    let files = names(folder, &mut found.gaps);
    let has = |stem: &str, extension| files.binary_search(&format!("{stem}.{extension}")).is_ok();
    for file in &files {
        if let Some(stem) = file.strip_suffix(".pack") {
            if has(stem, "idx") {
                found.packs.push(folder.join(file).with_extension("idx"));
            } else if stem.starts_with("pack-") {
                let detail = "a pack without an index; run 'git index-pack' on it";
                found.gaps.push(unreadable(&folder.join(file), detail));
            }
        } else if let Some(stem) = file.strip_suffix(".idx")
            && stem.starts_with("pack-")
            && !has(stem, "pack")
        {
            let detail =
                "an index without its pack: the objects it lists are lost, unless they are stored elsewhere too";
            found.gaps.push(unreadable(&folder.join(file), detail));
        }
    }
}

/// The sorted names in a folder. One that has gone since it was listed is no gap: git packs loose objects and removes
/// their folders, and packs are listed last.
fn names(folder: &Path, gaps: &mut Vec<Gap>) -> Vec<String> {
    let mut names = Vec::new();
    let mut read = || {
        for entry in fs::read_dir(folder)? {
            // Git's own names are ASCII; others are not git's.
            names.extend(entry?.file_name().into_string());
        }
        Ok::<_, io::Error>(())
    };
    match read() {
        Err(error) if error.kind() != io::ErrorKind::NotFound => gaps.push(unreadable(folder, &error.to_string())),
        _ => {}
    }
    names.sort();
    names
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
