//! Reads texts that lie beside the object store: files, names, standard input. They are matched as objects are.

use super::{
    Progress,
    content::{ContentReader, ContentWork},
    objects::Held,
};
use crate::{
    git::{BlobHash, Cancellable, MAX_HELD, Object, ObjectIndex, OwnContent, Visitor},
    model::ObjectKind,
};
use rayon::prelude::*;
use std::{
    fmt,
    fs::{self, File},
    io::{self, Read},
    path::PathBuf,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

/// Where a text is read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Content {
    Bytes(Vec<u8>),
    File(PathBuf),
    /// A symbolic link, whose text is where it leads: so git keeps it, too.
    Link(PathBuf),
}

/// For messages.
impl fmt::Display for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) | Self::Link(path) => path.display().fmt(f),
            Self::Bytes(_) => f.write_str("a text of git's"),
        }
    }
}

impl From<OwnContent> for Content {
    fn from(content: OwnContent) -> Self {
        match content {
            OwnContent::File(path) => Self::File(path),
            OwnContent::Bytes(bytes) => Self::Bytes(bytes),
        }
    }
}

/// How texts are read.
#[derive(Clone, Copy)]
pub(super) struct TextReader<'a> {
    pub reader: &'a ContentReader<'a>,
    pub hash: BlobHash,
    /// Larger ones are streamed.
    pub max_size: u64,
    pub progress: &'a dyn Progress,
    pub cancel: &'a AtomicBool,
}

/// A text that was read.
pub(super) struct Taken {
    pub size: u64,
    /// `None`: nothing is to be told of it.
    pub held: Option<Held>,
}

/// Texts that were read.
pub(super) struct Readings {
    pub work: Vec<ContentWork>,
    /// In the order of the texts; `None`: the scan was stopped before.
    pub each: Vec<Option<io::Result<Taken>>>,
}

impl TextReader<'_> {
    /// Whether the scan was stopped.
    pub fn stopped(&self) -> bool {
        self.cancel.load(Ordering::Relaxed)
    }

    /// Reads all `texts`, each with its number, in the current rayon pool.
    pub fn all(&self, texts: &[(ObjectIndex, Content)]) -> Readings {
        let workers: Vec<_> = (0..rayon::current_num_threads()).map(|_| Mutex::new(self.reader.work())).collect();
        let read = |(number, content): &(ObjectIndex, Content)| {
            if self.stopped() {
                return None;
            }
            let n = rayon::current_thread_index().unwrap_or(0);
            // Never contended: a thread reads one text at a time.
            let mut work = workers[n].lock().unwrap_or_else(PoisonError::into_inner);
            Some(self.content(&mut work, *number, content))
        };
        let each = texts.par_iter().map(read).collect();
        let work = workers.into_iter().map(|worker| worker.into_inner().unwrap_or_else(PoisonError::into_inner));
        Readings { work: work.collect(), each }
    }

    fn content(&self, work: &mut ContentWork, number: ObjectIndex, content: &Content) -> io::Result<Taken> {
        match content {
            Content::Bytes(bytes) => self.one(work, number, &mut &bytes[..], || Ok(self.hash.nothing())),
            Content::Link(path) => {
                let target = fs::read_link(path)?.into_os_string().into_encoded_bytes();
                self.one(work, number, &mut &target[..], || Ok(self.hash.nothing()))
            }
            Content::File(path) => {
                let mut file = File::open(path)?;
                self.one(work, number, &mut file, || {
                    let size = fs::metadata(path)?;
                    // What comes through a pipe cannot be read again.
                    if !size.is_file() {
                        return Ok(self.hash.nothing());
                    }
                    self.hash.id(size.len(), &mut File::open(path)?)
                })
            }
        }
    }

    /// Reads one text. `id` is asked for that of a text that is too large to be held and in which something was found.
    pub fn one(
        &self,
        work: &mut ContentWork,
        number: ObjectIndex,
        content: &mut dyn Read,
        id: impl FnOnce() -> io::Result<crate::model::Oid>,
    ) -> io::Result<Taken> {
        let found = |work: &ContentWork| work.sightings.len() + work.dropped.len();
        let (before, unopened) = (found(work), work.unopened.len());
        let noted = |work: &ContentWork| found(work) > before || work.unopened.len() > unopened;
        let most = self.max_size.min(MAX_HELD);
        let mut content = Cancellable { content, cancel: self.cancel };
        let mut bytes = Vec::new();
        // One byte more tells whether there is more.
        (&mut content).take(most + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 <= most {
            let object = Object { id: number, kind: ObjectKind::Blob, bytes: &bytes, counts: true };
            self.reader.visit(work, object, None);
            let size = bytes.len() as u64;
            self.progress.advance(1, size);
            if !noted(work) {
                return Ok(Taken { size, held: None });
            }
            let id = self.hash.id(size, &mut &bytes[..])?;
            return Ok(Taken { size, held: Some(Held { id, bytes: (found(work) > before).then_some(bytes) }) });
        }
        let mut counted = Counted { content: bytes.as_slice().chain(content), count: 0 };
        self.reader.stream(work, number, None, &mut counted)?;
        let size = counted.count;
        self.progress.advance(1, size);
        let held = if noted(work) { Some(Held { id: id()?, bytes: None }) } else { None };
        Ok(Taken { size, held })
    }
}

/// Counts what is read.
struct Counted<R> {
    content: R,
    count: u64,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.content.read(into)?;
        self.count += read as u64;
        Ok(read)
    }
}
