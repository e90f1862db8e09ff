//! The matrix: placement by encoding by key type by distance, and what must not be found.
//!
//! Each cell is a small piece of a repository whose truth is known, since its values were made for it from a seed. The
//! test and the example share these modules.

#![allow(dead_code, reason = "the test and the example use a part each")]

mod cell;
mod distances;
mod encodings;
mod key_types;
#[path = "../../support/keys.rs"]
mod keys;
mod negatives;
mod placements;
#[path = "../../support/repo.rs"]
mod repo;
mod single;
mod store;
mod values;
mod verdict;

pub use cell::{Cell, Group};
pub use store::build;
pub use verdict::run;

use cell::{Credential, Expect, Step};
use encodings::{Encoding, How};
use key_types::KeyType;
use placements::Placement;
use values::Values;

/// Placements that are tried in every encoding.
const TELLING: [&str; 5] = ["aws credentials", "env", "JSON, camel case", "Java BasicAWSCredentials", "lone secret"];

/// Encodings that every key type is tried in, besides none.
const FOR_KEY_TYPES: [&str; 2] = ["base64, lines of 76, shifted by 1", "UTF-16 LE with BOM"];

/// All cells, in the order of the table.
pub fn cells() -> Vec<Cell> {
    let encodings = encodings::all();
    let mut cells: Vec<Cell> = placements::all().iter().map(|placement| plain(Group::Placements, placement)).collect();
    cells.extend(placements::joined().iter().map(|placement| plain(Group::Joined, placement)));
    for encoding in &encodings {
        let telling = TELLING.map(|name| placements::all().into_iter().find(|one| one.name == name).unwrap());
        cells.extend(telling.iter().map(|placement| encoded(placement, encoding)));
    }
    cells.extend(single::all());
    cells.extend(key_types::all("plain").into_iter().map(|key| of_type(key, None)));
    for encoding in encodings.iter().filter(|encoding| FOR_KEY_TYPES.contains(&encoding.name.as_str())) {
        cells.extend(key_types::all(&encoding.name).into_iter().map(|key| of_type(key, Some(encoding))));
    }
    cells.extend(distances::all());
    cells.extend(negatives::all());
    cells
}

fn cell(group: Group, placement: &str, encoding: &str, credentials: Vec<Credential>, step: Step) -> Cell {
    Cell {
        group,
        placement: placement.to_owned(),
        encoding: encoding.to_owned(),
        key: cell::words(&credentials),
        expect: Expect::Found(credentials),
        steps: vec![step],
    }
}

/// A placement as it is.
fn plain(group: Group, placement: &Placement) -> Cell {
    let Placement { name, path, text } = *placement;
    let values = Values::of(name, text);
    cell(group, name, "plain", values.credentials(text), Step::file(path, values.fill(text)))
}

/// A placement in an encoding.
fn encoded(placement: &Placement, encoding: &Encoding) -> Cell {
    let Placement { name, path, text } = *placement;
    let values = Values::of(&format!("{name}, {}", encoding.name), text);
    let step = match &encoding.how {
        How::Whole(how) => {
            let (path, bytes) = how(path, &values.fill(text));
            Step::file(path, bytes)
        }
        How::Values(how) => Step::file(path, values.fill_with(text, how)),
    };
    cell(encoding.group, name, &encoding.name, values.credentials(text), step)
}

/// A key type as it is, or in an encoding.
fn of_type(key: KeyType, encoding: Option<&Encoding>) -> Cell {
    let KeyType { name, path, text, credentials } = key;
    let (step, encoding) = match encoding {
        Some(Encoding { name, how: How::Whole(how), .. }) => {
            let (path, bytes) = how(path, &text);
            (Step::file(path, bytes), name.as_str())
        }
        _ => (Step::file(path, text), "plain"),
    };
    Cell { key: name, ..cell(Group::KeyTypes, path, encoding, credentials, step) }
}
