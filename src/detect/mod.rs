//! Bytes in, candidates out. Pure: the same bytes give the same candidates, whatever was scanned before.

mod anchors;
mod detector;
mod entropy;
mod escape;
mod expression;
mod found;
mod judge;
mod literal;
mod pair;
mod prefilter;
pub mod prove;
mod structure;
mod value;
mod view;
mod wrapped;

pub use detector::{Detector, Scratch};
pub use found::{Found, Hint};
pub use judge::judge;
pub use pair::{Item, Pair, pair};
pub use view::View;
