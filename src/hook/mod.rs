//! At the door: what a push brings in is judged before it is let in.
//!
//! * [`Settings`]: what the server's administrator decided, in a file that no push can reach.
//! * [`Pusher`]: who pushes, to which repository, as the host says it.
//! * [`Examination`]: looks at the push and comes back in time.
//! * [`Case`]: all of that together; [`Case::judge`] gives the [`Verdict`].
//! * [`Event`]: what the audit log keeps of it, by [`append`]; [`message`]: what the pusher reads of it.
//! * [`commit`]: what the author of a commit reads that is stopped before it is made.
//! * [`chain`]: runs the hook that was there before.
//! * [`install`] puts the hook where git looks for it, [`doctor`] tells whether it can do its work there.
//!
//! Event and message in this order, for the message tells if nothing could be written down: see [`Verdict::unlogged`].

mod case;
pub mod chain;
pub mod commit;
pub mod doctor;
mod doors;
mod event;
mod examination;
pub mod install;
mod log;
pub mod message;
mod pusher;
mod remedy;
#[cfg(test)]
mod sample;
mod settings;
mod verdict;

pub use case::{Case, Ended};
pub use event::{EVENT_SCHEMA_VERSION, Event};
pub use examination::{Examination, Examined};
pub use log::{LogError, append};
pub use pusher::{Host, Pusher};
pub use settings::{Door, Effective, Fallback, SETTINGS_FILE, Settings, SettingsError};
pub use verdict::{Bypass, Decision, Unscanned, Verdict};
