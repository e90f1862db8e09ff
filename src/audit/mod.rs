//! The audit of an organisation: which repositories it has, and what is in them.
//!
//! * [`source`]: asks the host, or looks into a folder or a file, for the repositories there are.
//!
//! Mirrors that are kept from one audit to the next are [`crate::git::mirror::keep`]'s.

pub mod source;
