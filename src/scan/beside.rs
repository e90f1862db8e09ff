//! What lies beside the object store: the repository's own files, the names of its refs, and what Git LFS keeps.

use super::{
    content::ContentWork,
    objects::Text,
    texts::{Content, Readings, Taken, TextReader},
};
use crate::{
    git::{ObjectIndex, Reference, Repository, lfs::Pointer},
    model::{Gap, GapKind, Place, Tally},
};
use rustc_hash::FxHashMap;
use std::{collections::BTreeMap, fs, io, path::PathBuf};

/// Texts beside the store, read and counted.
pub(super) struct Beside {
    /// The number of the first text.
    first: usize,
    pub texts: Vec<Text>,
    pub work: Vec<ContentWork>,
    /// By the word for their place.
    pub tallies: BTreeMap<&'static str, Tally>,
    pub gaps: Vec<Gap>,
    /// By pointer: the file that holds the content, of those that were read.
    pub lfs: FxHashMap<ObjectIndex, PathBuf>,
    /// Pointers whose content is not here, and why; sorted.
    pub lfs_absent: Vec<(ObjectIndex, Pointer, String)>,
}

impl Beside {
    /// Nothing yet; the store has `objects`.
    pub fn new(objects: usize) -> Self {
        Self {
            first: objects,
            texts: Vec::new(),
            work: Vec::new(),
            tallies: BTreeMap::new(),
            gaps: Vec::new(),
            lfs: FxHashMap::default(),
            lfs_absent: Vec::new(),
        }
    }

    /// The number of the next text.
    pub fn next(&self) -> ObjectIndex {
        (self.first + self.texts.len()) as ObjectIndex
    }

    /// Counts a text, read or not.
    pub fn tally(&mut self, kind: &'static str, read: Option<u64>) {
        let read = read.map_or_else(Tally::default, |bytes| Tally { seen: 0, scanned: 1, bytes });
        let tally = self.tallies.entry(kind).or_default();
        *tally = Tally::sum([&*tally, &Tally { seen: 1, ..read }]);
    }

    /// Reads `texts`, which become the next ones.
    pub fn read(&mut self, reader: &TextReader<'_>, texts: Vec<(Place, Content)>) {
        let first = self.next();
        let (places, contents): (Vec<_>, Vec<_>) = texts.into_iter().unzip();
        let numbered: Vec<_> =
            contents.into_iter().enumerate().map(|(n, text)| (first + n as ObjectIndex, text)).collect();
        let Readings { mut work, each } = reader.all(&numbered);
        self.work.append(&mut work);
        for ((place, (_, content)), reading) in places.into_iter().zip(&numbered).zip(each) {
            let taken = self.taken(reader, content, reading);
            self.tally(place.kind(), taken.as_ref().map(|taken| taken.size));
            self.texts.push(Text { place, held: taken.and_then(|taken| taken.held) });
        }
    }

    /// A text, unless it could not be read: then a gap says so, or that the scan was stopped.
    fn taken(
        &mut self,
        reader: &TextReader<'_>,
        content: &Content,
        reading: Option<io::Result<Taken>>,
    ) -> Option<Taken> {
        let outcome = reading?;
        if let (Err(error), false) = (&outcome, reader.stopped()) {
            self.gaps.push(unreadable(content, error));
        }
        outcome.ok()
    }

    /// Reads the names of refs.
    pub fn read_names(&mut self, reader: &TextReader<'_>, refs: &[Reference]) {
        let all = refs.iter().map(|reference| reference.name.as_bytes().to_vec());
        // A detached HEAD is a name that git gave.
        let given = all.filter(|name| name.starts_with(b"refs/"));
        self.read(reader, given.map(|name| (Place::RefName(name.clone()), Content::Bytes(name))).collect());
    }

    /// Reads reflogs, and with `config` the configuration.
    pub fn read_own(&mut self, reader: &TextReader<'_>, config: &TextReader<'_>, repository: &Repository) {
        let (texts, mut gaps) = repository.own_texts();
        self.gaps.append(&mut gaps);
        let texts = texts.into_iter().map(|text| (text.place, Content::from(text.content)));
        let (configs, others) = texts.partition(|(place, _)| matches!(place, Place::Config(_)));
        self.read(reader, others);
        self.read(config, configs);
    }

    /// Reads what Git LFS keeps for `pointers`, as if it were in the pointers' place: so it has their history.
    pub fn read_lfs(
        &mut self,
        reader: &TextReader<'_>,
        repository: &Repository,
        mut pointers: Vec<(ObjectIndex, Pointer)>,
    ) {
        if pointers.is_empty() {
            return;
        }
        pointers.sort_unstable();
        let folder = repository.lfs_folder();
        let mut here = Vec::new();
        // An empty file needs no content.
        for (number, pointer) in pointers.into_iter().filter(|(_, pointer)| pointer.size > 0) {
            let file = pointer.file(&folder);
            match fs::metadata(&file) {
                Ok(data) if data.is_file() && data.len() == pointer.size => here.push((number, Content::File(file))),
                Ok(data) => {
                    let detail = format!("{} has {} bytes instead of {}", file.display(), data.len(), pointer.size);
                    self.lfs_absent.push((number, pointer, detail));
                }
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    self.lfs_absent.push((number, pointer, String::new()));
                }
                Err(error) => self.lfs_absent.push((number, pointer, format!("{}: {error}", file.display()))),
            }
        }
        let Readings { mut work, each } = reader.all(&here);
        self.work.append(&mut work);
        for ((number, content), reading) in here.into_iter().zip(each) {
            let taken = self.taken(reader, &content, reading);
            self.tally("lfs", taken.map(|taken| taken.size));
            if let Content::File(file) = content {
                self.lfs.insert(number, file);
            }
        }
    }
}

fn unreadable(content: &Content, error: &io::Error) -> Gap {
    let subject = match content {
        Content::File(path) | Content::Link(path) => path.display().to_string(),
        Content::Bytes(_) => "text".to_owned(),
    };
    Gap { kind: GapKind::UnreadableFile, subject, detail: error.to_string() }
}
