//! At the door: what a push brings in is judged before it is let in.

mod examination;

pub use examination::{Examination, Examined};
