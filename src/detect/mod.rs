//! Bytes in, candidates out. Pure: the same bytes give the same candidates, whatever was scanned before.

mod detector;
mod found;
mod judge;
mod prefilter;
mod view;

pub use detector::{Detector, Scratch};
pub use found::Found;
pub use view::View;
