//! Inflated bytes per second of walking a pack with a visitor that does nothing, and of reading its trees.

#![allow(clippy::unwrap_used, reason = "a bench may panic")]

mod data;

use criterion::{Criterion, Throughput};
use keytrail::git::{Base, Object, ObjectIndex, Repository, Store, TreeReader, Visitor, Walk, Walked};
use keytrail::model::ObjectKind;
use std::io::Read;
use std::sync::atomic::AtomicBool;

struct Nothing;

impl Visitor for Nothing {
    type Notes = ();
    type Work = ();

    fn work(&self) {}

    fn visit(&self, (): &mut (), _: Object<'_>, _: Option<Base<'_, ()>>) {}

    fn stream(&self, (): &mut (), _: ObjectIndex, _: Option<u64>, _: &mut dyn Read) -> std::io::Result<()> {
        Ok(())
    }
}

fn walk<V: Visitor>(store: &Store, kind: ObjectKind, visitor: &V) -> Walked<V::Work> {
    let cancel = AtomicBool::new(false);
    let walk = Walk { store, kinds: &[kind], max_object_size: 64 << 20, cancel: &cancel, advance: &|_, _| {} };
    let walked = walk.run(visitor);
    assert!(walked.gaps.is_empty(), "{:?}", walked.gaps);
    walked
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let folder = data::repository();
    let repository = Repository::open(folder.path()).unwrap();
    let store = repository.store();
    let bytes = |kind: ObjectKind| Throughput::Bytes(walk(&store, kind, &Nothing).read[kind as usize].1);

    let mut group = criterion.benchmark_group("walk");
    group.throughput(Throughput::Elements(store.table().len() as u64));
    group.bench_function("open", |bencher| bencher.iter(|| repository.store()));
    for (name, kind) in [("blobs", ObjectKind::Blob), ("trees", ObjectKind::Tree)] {
        group.throughput(bytes(kind));
        group.bench_function(name, |bencher| bencher.iter(|| walk(&store, kind, &Nothing)));
    }
    // As a scan does it, with one blob in fifty wanted.
    let wanted: Vec<bool> = (0..store.table().len()).map(|n| n % 50 == 0).collect();
    group.throughput(bytes(ObjectKind::Tree));
    group.bench_function("trees/containment", |bencher| {
        bencher.iter(|| walk(&store, ObjectKind::Tree, &TreeReader::new(store.table(), &wanted)));
    });
    group.finish();
    criterion.final_summary();
}
