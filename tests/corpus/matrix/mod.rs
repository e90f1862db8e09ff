//! The matrix: placement by encoding by key type by distance, and what must not be found.
//!
//! Each cell is a small piece of a repository whose truth is known, since its values were made for it from a seed. The
//! test and the example share these modules.

#![allow(dead_code, reason = "the test and the example use a part each")]

mod cell;
#[path = "../../support/keys.rs"]
mod keys;
mod placements;
#[path = "../../support/repo.rs"]
mod repo;
mod store;
mod values;
mod verdict;

pub use cell::{Cell, Group};
pub use verdict::{Verdict, run};

use cell::{Expect, Step};
use placements::Placement;
use values::Values;

/// All cells, in the order of the table.
pub fn cells() -> Vec<Cell> {
    let placed = placements::all().into_iter().map(|placement| plain(Group::Placements, placement));
    let joined = placements::joined().into_iter().map(|placement| plain(Group::Joined, placement));
    placed.chain(joined).collect()
}

/// A placement as it is.
fn plain(group: Group, placement: Placement) -> Cell {
    let values = Values::of(placement.name, placement.text);
    let credentials = values.credentials(placement.text);
    Cell {
        group,
        placement: placement.name.to_owned(),
        encoding: "plain".to_owned(),
        key: cell::words(&credentials),
        expect: Expect::Found(credentials),
        steps: vec![Step::file(placement.path, values.fill(placement.text))],
    }
}
