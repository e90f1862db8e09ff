//! Who asks.

use crate::model::Secret;

/// What the host is shown. The caller reads it from the environment or a file; `Debug` shows no value of it.
#[derive(Debug, Clone)]
pub enum Credentials {
    /// Nothing: public repositories only.
    Nobody,
    /// A token, sent in the header that the host expects it in.
    Token(Secret),
    /// HTTP's basic authentication: a user of Bitbucket and a password or API token.
    Basic {
        /// The login name or e-mail address.
        user: String,
        /// The password or API token.
        password: Secret,
    },
    /// A key of the cloud that hosts `CodeCommit`.
    Key {
        /// Its id.
        id: String,
        /// Its secret half.
        secret: Secret,
        /// The token of a temporary key.
        session: Option<Secret>,
    },
}
