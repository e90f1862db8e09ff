//! Keytrail finds AWS credentials in the whole history of a git repository, and says who brought them in, whether
//! they are still there, and what to do.
//!
//! The map of the house; imports go down only (`tests/architecture.rs` holds this):
//!
//! ```text
//! cli                                       arguments, configuration file, terminal, exit codes
//!  └ hook                                   a push at the door: who may pass, what the pusher is told
//!  └ audit                                  an organisation's repositories: which there are, and their mirrors
//!  └ cloud                                   asks AWS: whether a key works, whose it is, what it may do
//!  └ remedy                                  what replaces a key: roles and policies
//!     └ template                             policy documents in files
//!        └ iam                               policy documents: what they say, what is wrong with them
//!  └ net                                     the one HTTP client
//!  └ store                                  what an audit remembers, in a file or on a server
//!  └ scan                                   joins the rooms below into one scan
//!     ├ policy                              what the user decided: allowlist, baseline, inline comments
//!     ├ report                              text, JSON Lines, SARIF
//!     ├ aws                                 what a key id says of itself
//!     └ git      decode      detect         objects, history       bytes → pieces      bytes → candidates → credentials
//!        │         │          └ rules       patterns/*.toml, read and checked
//!        └─────────└───────────└ model      the nouns
//! ```

pub mod audit;
pub mod aws;
pub mod cli;
pub mod cloud;
pub mod decode;
pub mod detect;
pub mod git;
pub mod hook;
pub mod iam;
pub mod model;
pub mod net;
pub mod policy;
pub mod remedy;
pub mod report;
pub mod rules;
pub mod scan;
pub mod store;
pub mod template;
