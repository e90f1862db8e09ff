//! A value at a place.

use super::interner::{Interner, Number};
use crate::{
    git::ObjectIndex,
    model::{DropReason, Secret, Wrapping},
};

/// A distinct value, by number.
pub(super) type ValueIndex = Number;

/// A rule and a value it found.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Value {
    pub rule: u16,
    pub secret: Secret,
}

/// A value at a place of an object.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sighting {
    pub value: ValueIndex,
    pub object: ObjectIndex,
    /// How it is wrapped.
    pub wrapping: Number,
    /// First byte, from the start of the text that holds it: the object, or what a container in it holds.
    pub at: u64,
    pub line: u32,
    pub column: u32,
    /// Bytes that it takes there, which are not the value's own if it is encoded or written with escapes.
    pub length: u32,
    /// The pattern of the value's rule that found it.
    pub pattern: u16,
    /// The profile it stands under.
    pub profile: Option<Number>,
    /// A comment on the line that allows it.
    pub marker: Option<&'static str>,
}

impl Sighting {
    /// The order in which places of values are told.
    pub fn order(&self) -> impl Ord + use<> {
        (self.value, self.object, self.wrapping, self.at)
    }
}

/// A dropped value at its first place in an object: only for `--explain`.
#[derive(Debug, Clone, Copy)]
pub(super) struct DroppedSighting {
    pub sighting: Sighting,
    pub reason: DropReason,
}

/// What sightings call by number while they are being collected.
pub(super) struct Names {
    pub values: Interner<Value>,
    /// Values that were dropped.
    pub dropped: Interner<Value>,
    pub wrappings: Interner<Wrapping>,
    pub profiles: Interner<String>,
}

impl Names {
    pub fn new() -> Self {
        let wrappings = Interner::default();
        // The first: most sightings are in an object's own bytes.
        wrappings.number(Wrapping::default());
        Self { values: Interner::default(), dropped: Interner::default(), wrappings, profiles: Interner::default() }
    }
}
