//! Bytes per second where no rule's expression is woken, or next to none: the price of looking for keywords.

#![allow(clippy::unwrap_used, reason = "a bench may panic")]

mod data;

use criterion::{Criterion, Throughput};
use keytrail::detect::{Detector, View};
use keytrail::rules;
use std::hint::black_box;

const BYTES: usize = 1 << 20;

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let rules = rules::builtin().unwrap();
    let detector = Detector::new(&rules).unwrap();
    let mut scratch = detector.scratch();
    let mut group = criterion.benchmark_group("prefilter");
    for (name, text) in [("source", data::source_like(BYTES, 1)), ("minified", data::minified(BYTES, 2))] {
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(name, |bencher| {
            bencher.iter(|| detector.scan(View::whole(black_box(&text)), &mut scratch));
        });
    }
    group.finish();
    criterion.final_summary();
}
