//! Prints the matrix of what is found where: `cargo run --release --example matrix`. See `docs/accuracy.md`.

#![allow(clippy::print_stdout, reason = "a program that prints a table")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "it shares its modules with a test")]

#[path = "../tests/corpus/matrix/mod.rs"]
mod matrix;

use clap::Parser;
use matrix::{Cell, build, cells, run};
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
    /// Leave the repository there, bare: each cell's files are in the folder that its row begins with.
    #[arg(long, value_name = "FOLDER")]
    keep: Option<String>,
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
    let repo = build(&cells);
    if let Some(folder) = &arguments.keep {
        repo.git(&["clone", "-q", "--mirror", ".", folder]);
    }
    let outcome = run(&cells, repo.path());

    let line = |fields: [&str; 7]| {
        let [folder, placement, encoding, key, expected, got, verdict] = fields;
        println!("{folder:<6} {placement:<44} {encoding:<38} {key:<38} {expected:<26} {got:<30} {verdict}");
    };
    line(["", "placement", "encoding", "key type", "expected", "got", "verdict"]);
    for row in &outcome.rows {
        if !arguments.wrong || row.verdict.is_wrong() {
            let Cell { placement, encoding, key, .. } = row.cell;
            line([&row.folder, placement, encoding, key, &row.expected, &row.got, &row.verdict.to_string()]);
        }
    }
    outcome.strays.iter().for_each(|stray| println!("FALSE, at no cell's place: {stray}"));
    outcome.gaps.iter().for_each(|gap| println!("FALSE, a gap: {gap}"));
    let [right, missed, false_alarms, impossible] = outcome.totals();
    println!("{} cells: {right} ok, {missed} missed, {false_alarms} false, {impossible} impossible", cells.len());
    if outcome.is_right() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
