//! Prints the matrix of what is found where: `cargo run --release --example matrix`. See `docs/accuracy.md`.

#![allow(clippy::print_stdout, reason = "a program that prints a table")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "it shares its modules with a test")]

#[path = "../tests/corpus/matrix/mod.rs"]
mod matrix;

use clap::Parser;
use matrix::{Cell, Verdict, cells, run};
use std::process::ExitCode;

/// Scans repositories with known truth and prints what came of each cell: placement, encoding, key type.
#[derive(Parser)]
#[command(about, long_about = None)]
struct Arguments {
    /// Only cells whose placement, encoding, key type or group contains this, whatever the case; several: all of them.
    #[arg(long, value_name = "WORD")]
    only: Vec<String>,
    /// Only rows that are wrong.
    #[arg(long)]
    wrong: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let words: Vec<String> = arguments.only.iter().map(|word| word.to_lowercase()).collect();
    let cells = cells();
    let named = |cell: &&Cell| {
        let name = format!("{:?}, {}", cell.group, cell.name()).to_lowercase();
        words.iter().all(|word| name.contains(word))
    };
    let cells: Vec<&Cell> = cells.iter().filter(named).collect();
    let outcome = run(&cells);

    let line = |fields: [&str; 6]| {
        println!(
            "{:<44} {:<36} {:<26} {:<26} {:<30} {}",
            fields[0], fields[1], fields[2], fields[3], fields[4], fields[5]
        );
    };
    line(["placement", "encoding", "key type", "expected", "got", "verdict"]);
    for row in &outcome.rows {
        if !arguments.wrong || row.verdict.is_wrong() {
            let Cell { placement, encoding, key, .. } = row.cell;
            line([placement, encoding, key, &row.expected, &row.got, &row.verdict.to_string()]);
        }
    }
    outcome.remarks.iter().for_each(|remark| println!("{remark}"));
    let count = |is: fn(Verdict) -> bool| outcome.rows.iter().filter(|row| is(row.verdict)).count();
    let right = count(|verdict| verdict == Verdict::Right);
    let missed = count(|verdict| verdict == Verdict::Missed);
    let false_alarms = count(|verdict| verdict == Verdict::False);
    let impossible = outcome.rows.len() - right - missed - false_alarms;
    println!(
        "{} cells: {right} ok, {missed} missed, {false_alarms} false, {impossible} impossible",
        outcome.rows.len()
    );
    if missed + false_alarms == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
