//! What looks like a credential and is none: nothing may be said of it.

mod data;
mod documentation;
mod hashes;
mod sealed;

use super::{
    cell::{Cell, Expect, Group, Step},
    encodings::{self, How},
    key_types::noise,
    keys::Keys,
    values::Values,
};

/// A file without a credential.
pub struct Negative {
    pub name: &'static str,
    pub path: &'static str,
    pub bytes: Vec<u8>,
}

fn at(name: &'static str, path: &'static str, text: impl Into<Vec<u8>>) -> Negative {
    Negative { name, path, bytes: text.into() }
}

/// What stands for a random source in each module: the same for ever.
fn keys(name: &str) -> Keys {
    Values::new(name, false).keys
}

pub fn all() -> Vec<Cell> {
    let documented = documentation::all();
    let wrapped: Vec<Cell> = encodings::all().iter().filter_map(|encoding| wrapped(encoding, &documented[0])).collect();
    let plain = [documented, hashes::all(), sealed::all(), data::all()].into_iter().flatten();
    let mut cells: Vec<Cell> =
        plain.map(|Negative { name, path, bytes }| cell(name, "plain", vec![Step::file(path, bytes)])).collect();
    cells.extend(wrapped);
    cells.push(message());
    cells
}

fn cell(name: &str, encoding: &str, steps: Vec<Step>) -> Cell {
    let placement = format!("no key: {name}");
    Cell {
        group: Group::Negatives,
        placement,
        encoding: encoding.to_owned(),
        key: "-".to_owned(),
        expect: Expect::Nothing,
        steps,
    }
}

/// What is harmless stays so in every wrapping.
fn wrapped(encoding: &encodings::Encoding, negative: &Negative) -> Option<Cell> {
    let How::Whole(how) = &encoding.how else { return None };
    let (path, bytes) = how(negative.path, std::str::from_utf8(&negative.bytes).unwrap());
    Some(cell(negative.name, &encoding.name, vec![Step::file(path, bytes)]))
}

/// Commit ids in a message that speaks of secret access keys.
fn message() -> Cell {
    let mut keys = keys("message");
    let [first, second, third] = [(); 3].map(|()| encodings::hex(&noise(&mut keys, 20)));
    let message = format!(
        "Rotate the AWS secret access key {first}\n\nThe AWS secret access key: see {second}.\n\nChange-Id: I{third}\n(cherry picked from commit {first})\ngit-svn-id: https://svn.example.org/trunk@4711 13f79535-47bb-0310-9956-ffa450edef68\n"
    );
    cell(
        "a commit message with commit ids",
        "plain",
        vec![Step::Commit { message, files: vec![("README".to_owned(), b"Of no interest.\n".to_vec())] }],
    )
}
