//! Inflated bytes per second of a whole scan: open, read, match, trace, report.

#![allow(clippy::unwrap_used, reason = "a bench may panic")]

mod data;

use criterion::{Criterion, Throughput};
use keytrail::model::Report;
use keytrail::policy::Policy;
use keytrail::report::{self, Format, Style};
use keytrail::rules;
use keytrail::scan::{NoProgress, ScanOptions, Scanner};
use std::sync::atomic::AtomicBool;

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let folder = data::repository();
    let (rules, policy, options) = (rules::builtin().unwrap(), Policy::none(), ScanOptions::default());
    let cancel = AtomicBool::new(false);
    let scanner = Scanner { rules: &rules, policy: &policy, options: &options, progress: &NoProgress, cancel: &cancel };
    let first = scanner.scan(folder.path(), "bench").unwrap();
    assert!(first.findings.len() >= 10, "{} findings", first.findings.len());
    assert!(first.coverage.is_complete());

    let mut group = criterion.benchmark_group("end_to_end");
    group.throughput(Throughput::Bytes(first.coverage.total().bytes));
    group.bench_function("scan", |bencher| bencher.iter(|| scanner.scan(folder.path(), "bench").unwrap()));
    group.finish();

    let whole = Report { repositories: vec![first] };
    let mut group = criterion.benchmark_group("report");
    for (name, format) in [("text", Format::Text), ("jsonl", Format::Jsonl), ("sarif", Format::Sarif)] {
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let mut out = Vec::new();
                report::write(&whole, &rules, format, &Style::default(), &mut out).unwrap();
                out
            });
        });
    }
    group.finish();
    criterion.final_summary();
}
