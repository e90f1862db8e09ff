//! Reads objects that are stored by themselves, not in a pack of this store.

use super::{
    super::{
        loose::{Loose, Open},
        store::corrupt,
        table::{Home, ObjectIndex},
    },
    Object, Run, Visitor, Worker,
};
use crate::model::ObjectKind;
use std::{io::Read, sync::atomic::Ordering};

impl<V: Visitor> Run<'_, V> {
    /// Reads an object that is stored by itself.
    pub(super) fn read_single(self, worker: &mut Worker<V::Work>, id: ObjectIndex) {
        if self.walk.cancel.load(Ordering::Relaxed) {
            return;
        }
        let store = self.walk.store;
        let mut bytes = worker.buffer();
        let outcome = match store.table.home(id) {
            Home::Loose(n) => self.read_loose(worker, id, &store.loose[n as usize], &mut bytes),
            Home::Lent(n) => self.read_lent(worker, id, n, &mut bytes),
            Home::Pack { .. } => Ok(None),
        };
        match outcome {
            Ok(Some(kind)) => {
                self.visitor.visit(&mut worker.work, Object { id, kind, bytes: &bytes, counts: true }, None);
                worker.count(kind, bytes.len() as u64, self.walk.advance);
            }
            Ok(None) => {}
            Err(detail) => worker.gaps.push(corrupt(&store.table, id, detail)),
        }
        worker.give_back(bytes);
    }

    /// Reads a loose object into `bytes`; `None` if it is too large for that and was streamed or named.
    fn read_loose(
        self,
        worker: &mut Worker<V::Work>,
        id: ObjectIndex,
        loose: &Loose,
        bytes: &mut Vec<u8>,
    ) -> Result<Option<ObjectKind>, String> {
        let read = |open: Open, bytes: &mut Vec<u8>| {
            let kind = open.kind;
            open.read(bytes).map(|()| Some(kind))
        };
        let outcome = loose.open().and_then(|mut open| match open.kind {
            _ if open.size <= self.walk.max_object_size => read(open, bytes),
            ObjectKind::Blob => {
                self.stream(worker, id, open.size, &mut open.content);
                Ok(None)
            }
            _ => {
                worker.gaps.push(self.too_large(id, open.size));
                Ok(None)
            }
        });
        outcome.map_err(|detail| format!("{}: {detail}", loose.path().display()))
    }

    /// Reads a lent object into `bytes`, likewise.
    fn read_lent(
        self,
        worker: &mut Worker<V::Work>,
        id: ObjectIndex,
        n: u32,
        bytes: &mut Vec<u8>,
    ) -> Result<Option<ObjectKind>, String> {
        let store = self.walk.store;
        let Some(lent) = &store.lent else { return Ok(None) };
        let (oid, _) = &lent.objects[n as usize];
        match lent.lender.header(oid)? {
            None => Err("it is not there any more".to_owned()),
            Some((kind, size)) if size > self.walk.max_object_size => {
                let mut read = |content: &mut dyn Read| self.stream(worker, id, size, content);
                if kind != ObjectKind::Blob || lent.lender.stream(oid, &mut read).is_none() {
                    worker.gaps.push(self.too_large(id, size));
                }
                Ok(None)
            }
            Some(_) => {
                let (kind, content) = store.borrow(n)?;
                *bytes = content;
                Ok(Some(kind))
            }
        }
    }
}
