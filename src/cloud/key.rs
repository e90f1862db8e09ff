//! What a request is signed with.

use crate::model::Secret;

/// Id, secret, and the session's token if the key is a temporary one. `Debug` shows redacted forms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// `AKIA…` or `ASIA…`.
    pub id: Secret,
    /// The forty characters.
    pub secret: Secret,
    /// What goes with an `ASIA…` id.
    pub session: Option<Secret>,
}

impl Key {
    /// The id as it stands in scopes. An id that is no text is none at all.
    pub fn id(&self) -> &str {
        std::str::from_utf8(self.id.expose()).unwrap_or_default()
    }

    /// Whether the id is that of a temporary key.
    pub fn is_temporary(&self) -> bool {
        self.id.expose().starts_with(b"ASIA")
    }
}
