//! Which repositories an organisation has.
//!
//! [`Organisation::parse`] reads what the user wrote, [`Organisation::list`] gives the [`Listing`]. A listing never fails as a
//! whole: what was told before a page failed stays, each [`Problem`] is named, and [`Listing::complete`] is false.
//!
//! A token goes to the configured origin and to no other: neither a `Link` nor a redirect nor a clone URL can draw it
//! elsewhere ([`Organisation::login`]).

mod bitbucket;
mod client;
mod codecommit;
mod collector;
mod credentials;
mod data_center;
mod folder;
mod gitea;
mod github;
mod gitlab;
mod list;
mod list_file;
mod listing;
mod options;
mod organisation;
mod problem;
mod verdict;

pub use credentials::Credentials;
pub use listing::{Address, LeftOut, Listed, Listing};
pub use options::ListOptions;
pub use organisation::{Host, Organisation, OrganisationError};
pub(super) use problem::clean;
pub use problem::{Problem, ProblemKind};
pub(super) use verdict::delay;

#[cfg(test)]
mod tests;
