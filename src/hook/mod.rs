//! At the door: what a push brings in is judged before it is let in.

pub mod chain;
pub mod doctor;
pub mod install;
