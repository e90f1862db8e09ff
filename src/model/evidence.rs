//! What a judgement rests on.

use serde::Serialize;

/// What a finding's severity and confidence rest on, besides the value itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Evidence {
    /// Id and secret were found, and stand near each other.
    NearPair,
    /// Id and secret were found, and something joins them less surely.
    FarPair,
    /// The other half was not found.
    Half,
    /// A name or its own first characters say what the value is.
    Named,
    /// Only its form says so, and the id that stands near.
    ByShape,
    /// Every path is that of a test or of its data: less sure.
    TestPath,
    /// Every path is that of an example: less sure.
    ExamplePath,
    /// Every path is that of documentation: less sure.
    DocsPath,
}
