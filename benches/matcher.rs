//! Bytes per second of text that is full of keywords; and of a new version of a text, scanned whole and over its delta.

#![allow(clippy::unwrap_used, reason = "a bench may panic")]

mod data;

use criterion::{Criterion, Throughput};
use keytrail::detect::{Detector, View};
use keytrail::rules;
use std::hint::black_box;

const BYTES: usize = 256 << 10;

/// Lines that the new version brings.
const EDITS: usize = 20;

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let rules = rules::builtin().unwrap();
    let detector = Detector::new(&rules).unwrap();
    let mut scratch = detector.scratch();
    for (name, base) in [("source", data::source_like(BYTES, 3)), ("dense", data::keyword_dense(BYTES, 4))] {
        let (text, segments) = data::edited(&base, EDITS, 5);
        let known = detector.scan(View::whole(&base), &mut scratch);
        let whole = detector.scan(View::whole(&text), &mut scratch);
        let over_delta = detector.rescan(View::whole(&text), &known, &segments, &mut scratch);
        assert_eq!(whole.candidates(), over_delta.candidates(), "both ways find the same");

        let mut group = criterion.benchmark_group(format!("matcher/{name}"));
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function("scan", |bencher| {
            bencher.iter(|| detector.scan(View::whole(black_box(&text)), &mut scratch));
        });
        group.bench_function("rescan", |bencher| {
            bencher.iter(|| detector.rescan(View::whole(black_box(&text)), &known, &segments, &mut scratch));
        });
        group.finish();
    }
    criterion.final_summary();
}
