//! Unwraps bytes: containers (gzip, zip, …) and encodings (base64, UTF-16, …). Bytes in, pieces out.
//!
//! Nothing here recurses and nothing here matches: whoever gets a piece looks into it, and asks again whether the piece
//! itself is wrapped. All that one object unwraps to is paid from one [`Budget`].
//!
//! - [`recognise`] says by the first bytes whether bytes are wrapped as a whole, and [`open()`] unwraps them.
//! - [`region()`] decodes the stretch round a place at which an encoded keyword was seen, [`stretches()`] all of a text that
//!   look encoded.

mod base64;
mod budget;
mod codec;
mod escapes;
mod format;
mod guard;
mod hex;
mod map;
mod open;
mod piece;
mod problem;
mod pyc;
mod region;
#[cfg(test)]
mod sample;
mod sevenz;
mod sqlite;
mod stretches;
mod tar;
mod utf16;
mod wrap;
mod zip;

pub use budget::{Budget, Limits};
pub use format::{Format, recognise};
#[cfg(test)]
pub(crate) use guard::guarded;
pub use guard::is_guarded;
pub use map::Map;
pub use open::{Sink, open};
pub use piece::Piece;
pub use problem::Problem;
pub use region::{Coding, region};
pub use stretches::stretches;
