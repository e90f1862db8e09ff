//! What talks to other machines does so by one client, to URLs that show nothing to the network.

mod agent;
mod base;
mod clock;
#[cfg(test)]
pub(crate) mod stub;

pub use agent::{agent, proxy, proxy_except};
pub use base::{Base, Origin, private_authority};
pub use clock::{Clock, SystemClock};
