//! The morning picture: what stands on the page and in the table, and that nobody's name can do more than stand there.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test says no by panicking")]
#![allow(unreachable_pub, reason = "modules of a test have no public")]

mod browser;
mod fixture;
mod page;
mod table;
