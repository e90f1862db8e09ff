//! How a text may be wrapped before it is committed.

mod archive;
mod database;
mod nested;
mod office;
mod python;
mod text;

pub use archive::{gzip, zip};
pub use database::{deleted_row, emptied_large_table, emptied_table, row};
pub use python::{Version, compiled};
pub use text::{base64, hex};

use super::cell::Group;

/// One way to wrap.
pub struct Encoding {
    pub group: Group,
    pub name: String,
    pub how: How,
}

/// What is wrapped.
pub enum How {
    /// The whole file: its path and text give another path and its bytes.
    Whole(Box<WholeFile>),
    /// Each value by itself, by its name.
    Values(Box<EachValue>),
}

type WholeFile = dyn Fn(&str, &str) -> (String, Vec<u8>);
type EachValue = dyn Fn(&str, &str) -> String;

/// All of them.
pub fn all() -> Vec<Encoding> {
    let mut all = text::all();
    all.extend(archive::all());
    all.extend(office::all());
    all.extend(database::all());
    all.extend(nested::all());
    all
}

/// The whole file becomes another with `ending` after its name.
fn whole(group: Group, name: &str, ending: &'static str, how: impl Fn(&[u8]) -> Vec<u8> + 'static) -> Encoding {
    whole_named(group, name, move |path, text| (path.to_owned() + ending, how(text.as_bytes())))
}

/// The whole file becomes a file of another name.
fn whole_named(group: Group, name: &str, how: impl Fn(&str, &str) -> (String, Vec<u8>) + 'static) -> Encoding {
    Encoding { group, name: name.to_owned(), how: How::Whole(Box::new(how)) }
}

/// Each value is written otherwise where it stands.
fn values(name: &str, how: impl Fn(&str) -> String + 'static) -> Encoding {
    let how = move |_: &str, value: &str| how(value);
    Encoding { group: Group::TextEncodings, name: name.to_owned(), how: How::Values(Box::new(how)) }
}

/// Secrets are written otherwise where they stand, and ids as they are.
fn secrets(name: &str, how: impl Fn(&str) -> String + 'static) -> Encoding {
    let how = move |name: &str, value: &str| if name.starts_with("secret") { how(value) } else { value.to_owned() };
    Encoding { group: Group::TextEncodings, name: name.to_owned(), how: How::Values(Box::new(how)) }
}
