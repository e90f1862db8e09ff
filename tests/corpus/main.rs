//! The matrix of placements, encodings, key types, distances and look-alikes, held by group. `cargo run --release
//! --example matrix` prints it as a table.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic, its helpers too")]

mod matrix;

use matrix::{Cell, Group, build, cells, run};

/// Every cell of `group` comes out as it must.
#[track_caller]
fn holds(group: Group) {
    let cells = cells();
    let cells: Vec<&Cell> = cells.iter().filter(|cell| cell.group == group).collect();
    let repo = build(&cells);
    let outcome = run(&cells, repo.path());
    let wrong = outcome.rows.iter().filter(|row| row.verdict.is_wrong());
    let wrong: Vec<String> =
        wrong.map(|row| format!("{}: {}, got {}: {}", row.cell.name(), row.expected, row.got, row.verdict)).collect();
    assert_eq!((outcome.strays, outcome.gaps), (vec![], vec![]), "findings at no cell's place, gaps");
    assert!(wrong.is_empty(), "{} of {} cells:\n{}", wrong.len(), cells.len(), wrong.join("\n"));
}

#[test]
fn plain_values_are_found_wherever_tools_write_them() {
    holds(Group::Placements);
}

#[test]
fn values_joined_from_literals_are_found() {
    holds(Group::Joined);
}

#[test]
fn values_are_found_in_encoded_texts() {
    holds(Group::TextEncodings);
}

#[test]
fn values_are_found_in_containers() {
    holds(Group::Containers);
}

#[test]
fn values_are_found_in_wrappings_of_wrappings() {
    holds(Group::Nested);
}

#[test]
fn every_kind_of_key_is_found() {
    holds(Group::KeyTypes);
}

#[test]
fn parts_are_put_together_over_any_distance() {
    holds(Group::Distances);
}

#[test]
fn look_alikes_are_left_alone() {
    holds(Group::Negatives);
}
